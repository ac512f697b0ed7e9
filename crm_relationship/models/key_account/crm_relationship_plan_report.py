from odoo import models
from odoo.tools import format_amount, format_date

from ..numbers import format_short
from .radar_drawing import draw


class CrmRelationshipPlan(models.Model):
    """The plan on paper: what everybody who reads the plan may see of it, nothing private."""

    _inherit = "crm.relationship.plan"

    def _prepare_report(self):
        """Return what the printed plan shows, read with the rights of whoever prints it."""
        self.ensure_one()
        known = self._get_health_facts()
        words = dict(self._fields["red_flag_severity"]._description_selection(self.env))
        assessment = self.assessment or {}
        dimensions = assessment.get("dimensions", [])
        return {
            "health": self._prepare_health_explanation(known),
            "assessment": assessment,
            "radar": draw(dimensions) if dimensions else None,
            "chain": self._prepare_report_chain(),
            "objectives": self._get_objectives_snapshot()[self.id],
            "whitespace": self._prepare_report_whitespace(),
            "goals": self.goal_ids.filtered(lambda goal: goal.state != "dropped"),
            "actions": self._get_known(known, "actions").sorted("date_deadline"),
            "overdue": self._get_overdue_actions(known),
            "flags": [
                {**flag, "word": words[flag["severity"]]} for flag in self._get_shared_flags()
            ],
            # Whoever reads the plan may know who of ours works on it.
            "people": self.sudo(),
            "money": lambda amount: format_amount(
                self.env, amount, self.company_id.sudo().currency_id, trailing_zeroes=False
            ),
            "short": lambda value: format_short(self.env, value, 1),
        }

    def _prepare_report_chain(self):
        """Return the chain from the top down, each contact with how far below it stands."""
        rows = self._get_chain_snapshot()[self.id]
        ids = {row["id"] for row in rows}
        below = {}
        for row in rows:
            above = row["reports_to_id"] if row["reports_to_id"] in ids else False
            below.setdefault(above, []).append(row)
        names = {row["id"]: row["name"] for row in rows}
        chain = []
        waiting = [(row, 0) for row in reversed(below.get(False, []))]
        while waiting:
            row, depth = waiting.pop()
            influences = ", ".join(
                names[role_id] for role_id in row["influences_ids"] if role_id in names
            )
            seen = format_date(self.env, row["last_contact_date"])
            chain.append({**row, "depth": depth, "influences": influences, "seen": seen})
            waiting += [(report, depth + 1) for report in reversed(below.get(row["id"], []))]
        return chain

    def _prepare_report_whitespace(self):
        """Return the potentials with the largest rest first, and their sums."""
        cells = self._get_whitespace_snapshot()[self.id]
        return {
            "cells": sorted(cells, key=lambda cell: -cell["rest"]),
            **{
                name: sum(cell[name] for cell in cells) for name in ("potential", "current", "rest")
            },
        }
