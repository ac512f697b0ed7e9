from odoo import api, models

NONE = ""
"""The code of those without a tier."""


class CrmRelationshipMigration(models.AbstractModel):
    """Counts how the customers of a company moved between their tiers, from day to day."""

    _name = "crm.relationship.migration"
    _description = "Tier Migration"
    _inherit = ["crm.relationship.migration.mixin"]

    _dimension = "tier"

    @api.model
    @api.readonly
    def get_migration(self, company_id=None, date_from=None, date_to=None):
        """Return from which tier to which the customers moved between two days.

        :param company_id: default: the current company
        :param date_from: date or its ISO string; default: the last month that is over, or
            the beginning of the history
        :param date_to: likewise
        :raises AccessError: for a company that the user does not work in
        :raises ValidationError: for days that are none or in the wrong order
        """
        company, head = self._prepare_span(company_id, date_from, date_to)
        start, end = head["date_from"], head["date_to"]
        cells = self._get_cells(company, start, end) if start else []
        return {
            **head,
            "tiers": self._get_tiers(company, cells),
            "cells": cells,
            "left_count": self._count_left(company, start, end) if start else 0,
        }

    # ------------------------------------------------------------------ cells

    def _get_cells(self, company, start, end):
        """Return the customers from tier to tier, those never with a tier left out."""
        tiers = self.env["crm.relationship.tier"]._get_known(company)
        places = {code: place for place, code in enumerate(tiers)}
        return [
            {
                "from": former,
                "to": latter,
                "count": count,
                "revenue": float(revenue or 0),
                "direction": self._get_direction(tiers, places, former, latter),
            }
            for former, latter, count, revenue in self._count_moves(company, start, end)
            if former or latter
        ]

    def _get_direction(self, tiers, places, former, latter):
        """Return how a move goes; between policies tiers can't be compared."""
        if former == latter:
            return "same"
        if NONE in (former, latter):
            return "entered" if former == NONE else "gone"
        if not {former, latter} <= set(tiers) or tiers[former].policy_id != tiers[latter].policy_id:
            return "policy"
        return "up" if places[latter] < places[former] else "down"

    def _get_tiers(self, company, cells):
        """Return the tiers to show: the policy's, and former ones that anybody had."""
        codes = {cell[side] for cell in cells for side in ("from", "to")}
        return self.env["crm.relationship.tier"]._prepare_levels(company, codes - {NONE})

    def _count_left(self, company, start, end):
        """Count who lost its tier with its last document: no profile is left to open."""
        return self.env["crm.relationship.change"].search_count(
            [
                ("company_id", "=", company.id),
                ("dimension", "=", "tier"),
                ("cause", "=", "left"),
                ("date", ">", start),
                ("date", "<=", end),
            ]
        )
