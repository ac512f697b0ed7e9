from datetime import date

from dateutil.relativedelta import relativedelta

from odoo import api, fields, models
from odoo.exceptions import AccessError, ValidationError
from odoo.tools import SQL

from ...engine.periods import DAY
from .days import to_date

NONE = ""
"""The code of those without a tier."""


class CrmRelationshipMigration(models.AbstractModel):
    """Counts how the customers of a company moved between their tiers, from day to day.

    How it works
        The history says which tier each customer had on either day. Both are joined to
        the profiles that the user may see, so that a cell counts just the customers that
        it opens.
    """

    _name = "crm.relationship.migration"
    _description = "Tier Migration"

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
        self.env["crm.relationship.profile"].check_access("read")
        company = self._get_company(company_id)
        span = self._get_history_span(company)
        presets = self._get_presets(span)
        start, end = self._get_days(presets, date_from, date_to)
        cells = self._get_cells(company, start, end) if start else []
        return {
            "company": {"id": company.id, "name": company.display_name},
            "currency_id": company.currency_id.id,
            "window_months": company.sudo()._get_relationship_policy().window_months,
            "first_date": fields.Date.to_string(span[0]),
            "last_date": fields.Date.to_string(span[1]),
            "is_comparable": bool(span[0] and span[0] < span[1]),
            "can_backfill": self.env.user.has_group("crm_relationship.group_manager"),
            "presets": presets,
            "date_from": fields.Date.to_string(start),
            "date_to": fields.Date.to_string(end),
            "tiers": self._get_tiers(company, cells),
            "cells": cells,
            "left_count": self._count_left(company, start, end) if start else 0,
        }

    def _get_company(self, company_id):
        company = self.env["res.company"].browse(company_id) if company_id else self.env.company
        if company not in self.env.companies:
            raise AccessError(self.env._("Choose one of the companies that you work in."))
        return company

    # ------------------------------------------------------------------- days

    def _get_history_span(self, company):
        """Return the first day of the company's history and the last one that is known."""
        # A day tells nothing of a customer.
        changes = self.env["crm.relationship.change"].sudo()
        domain = [("company_id", "=", company.id), ("dimension", "=", "tier")]
        first = changes.search(domain, order="date, id", limit=1).date
        latest = changes.search(domain, order="date desc, id desc", limit=1).date
        run = self.env["crm.relationship.run"].sudo()._get_last(company).as_of
        return first, max((day for day in (latest, run) if day), default=False)

    def _get_presets(self, span):
        """Return the spans of time to choose from: those within the history."""
        first, last = span
        if not first:
            return []
        month = self._get_closed_month(last)
        quarter = month - relativedelta(months=month.month % 3, day=31)
        spans = [
            ("month", self.env._("Last month"), month - relativedelta(months=1, day=31), month),
            (
                "quarter",
                self.env._("Last quarter"),
                quarter - relativedelta(months=3, day=31),
                quarter,
            ),
            ("year", self.env._("12 months"), month - relativedelta(months=12, day=31), month),
            ("all", self.env._("Since the beginning"), first, last),
        ]
        return [
            {
                "key": key,
                "name": name,
                "date_from": fields.Date.to_string(start),
                "date_to": fields.Date.to_string(end),
            }
            for key, name, start, end in spans
            if start >= first
        ]

    def _get_closed_month(self, day: date) -> date:
        """Return the last day of the last month that is over on ``day``."""
        return (day + DAY).replace(day=1) - DAY

    def _get_days(self, presets, date_from, date_to):
        """Return the two days to compare, by default those of the shortest preset."""
        default = presets[0] if presets else {"date_from": False, "date_to": False}
        start = to_date(self.env, date_from or default["date_from"])
        end = to_date(self.env, date_to or default["date_to"])
        if start and end and start > end:
            raise ValidationError(
                self.env._(
                    "The first day, %(start)s, lies after the second, %(end)s.",
                    start=start,
                    end=end,
                )
            )
        return start, end

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

    def _count_moves(self, company, start, end):
        """Return ``(from, to, customers, revenue)``; the revenue is the present one."""
        profiles = self.env["crm.relationship.profile"].with_company(company)
        query = profiles._search([("company_id", "=", company.id)])
        former = profiles._join_tier_on(query, query.table, start)
        latter = profiles._join_tier_on(query, query.table, end)
        revenue = SQL("SUM(%s)", profiles._field_to_sql(query.table, "revenue", query))
        query.groupby = SQL("1, 2")
        query.order = None
        return self.env.execute_query(query.select(former, latter, SQL("COUNT(*)"), revenue))

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
                ("cause", "=", "left"),
                ("date", ">", start),
                ("date", "<=", end),
            ]
        )
