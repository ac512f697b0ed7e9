from dateutil.relativedelta import relativedelta

from odoo import api, fields, models
from odoo.tools import SQL

from ...engine import history
from ...engine.stage import CODES

GROWING = CODES[:4]
"""Stages of a relationship that grows, in their order."""

FADING = CODES[4:]
"""Stages that lead out of it."""


class CrmRelationshipLifecycleBoard(models.AbstractModel):
    """The figures of the lifecycle board: how many customers are in which stage, from where
    they came and how long they stay.

    How it works
        Everything is counted with the user's own rights, each picture in one query. The
        funnel is the last column of the matrix. Flows are the changes of the history, so
        they count those, too, whose last document is gone.
    """

    _name = "crm.relationship.lifecycle.board"
    _description = "Lifecycle Board"
    _inherit = ["crm.relationship.migration.mixin"]

    _dimension = "stage"

    @api.model
    @api.readonly
    def get_board(self, company_id=None, date_from=None, date_to=None):
        """Return the stages on ``date_to``, and what moved since ``date_from``, as plain JSON.

        :param company_id: default: the current company
        :param date_from: date or its ISO string; default: twelve months before the last day
            known, or the beginning of the history
        :param date_to: likewise; default: the last day known
        :raises AccessError: for who sees no customers, or a company not worked in
        :raises ValidationError: for days that are none or in the wrong order
        """
        company, head = self._prepare_span(company_id, date_from, date_to)
        head["domain"] = self._get_customer_domain(company)
        head["stages"] = self._get_stages(company)
        start, end = head["date_from"], head["date_to"]
        if not start:
            return {**head, "cells": [], "flows": [], "stays": []}
        return {
            **head,
            "cells": self._get_cells(company, start, end),
            "flows": self._get_flows(company, start, end),
            "stays": self._get_stays(company, head["first_date"], start, end),
        }

    def _get_stages(self, company):
        """Return the company's stages, in their order."""
        stages = self.env["crm.relationship.stage"]._get_of_company(company)
        names = ("code", "name", "color", "description", "rule")
        return [{name: stage[name] or "" for name in names} for stage in stages]

    def _get_customer_domain(self, company):
        """Archived customers are graded no more: they would stay in their stage for good."""
        return [*super()._get_customer_domain(company), ("tier_standing", "!=", "frozen")]

    # ------------------------------------------------------------------- days

    def _get_spans(self, first, last):
        """The year ends with the last day known, so that the funnel shows the present."""
        spans = {key: (name, *days) for key, name, *days in super()._get_spans(first, last)}
        ago = last - relativedelta(months=12, day=31)
        spans["year"] = (self.env._("Last 12 months"), ago, last)
        return [(key, *span) for key, span in spans.items()]

    def _get_default_preset(self, presets):
        """Return the last twelve months, before they have passed the whole history."""
        by_key = {preset["key"]: preset for preset in presets}
        return by_key.get("year") or by_key.get("all") or super()._get_default_preset(presets)

    # ------------------------------------------------------------------ cells

    def _get_cells(self, company, start, end):
        """Return the customers from stage to stage, those never in one left out."""
        return [
            {
                "from": former,
                "to": latter,
                "count": count,
                "revenue": float(revenue or 0),
                "direction": self._get_direction(former, latter),
            }
            for former, latter, count, revenue in self._count_moves(company, start, end)
            if former or latter
        ]

    def _get_direction(self, former, latter):
        """Return how a move goes, with the causes of the history where they name it."""
        if former == latter:
            return "same"
        if not former or not latter:
            return "gone" if former else "entered"
        if latter in FADING and (former in GROWING or latter == "lost"):
            return "lost" if latter == "lost" else "decline"
        if former in FADING and latter != "prospect":
            return "up" if latter in FADING else "won_back"
        return "up" if CODES.index(latter) > CODES.index(former) and former in GROWING else "down"

    # ------------------------------------------------------------------ flows

    def _get_flows(self, company, start, end):
        """Return how many changes there were after ``start`` through ``end``, by month and
        by the stages that were left and entered.

        First placements are none: the customer was there before.
        """
        groups = self.env["crm.relationship.change"]._read_group(
            self._get_flow_domain(company, start, end),
            ["date:month", "old_value", "new_value"],
            ["__count"],
        )
        return [
            {
                "month": fields.Date.to_string(month),
                "from": former or "",
                "to": latter or "",
                "direction": self._get_direction(former, latter),
                "count": count,
            }
            for month, former, latter, count in groups
            if former != latter
        ]

    def _get_flow_domain(self, company, start, end):
        return [
            ("company_id", "=", company.id),
            ("dimension", "=", self._dimension),
            ("cause", "!=", "opening"),
            ("date", ">", start),
            ("date", "<=", end),
        ]

    # ------------------------------------------------------------------ stays

    def _get_stays(self, company, begin, start, end):
        """Return for each stage the median days of the stays that ended after ``start``
        through ``end``, and of those that last on ``end``, with how many there are.

        Stays that were on when the history began have no known length: of those that ended
        they are left out, of those that last they count from that day.

        :param begin: the first day of the history
        """
        profiles = self.env["crm.relationship.profile"]
        query = profiles._search(self._get_customer_domain(company))
        self.env["crm.relationship.change"].flush_model()
        rows = self.env.execute_query(
            SQL(
                """
                SELECT code,
                       percentile_cont(0.5) WITHIN GROUP (ORDER BY ended - entered)
                           FILTER (WHERE %(is_over)s),
                       COUNT(*) FILTER (WHERE %(is_over)s),
                       percentile_cont(0.5) WITHIN GROUP (ORDER BY %(end)s::date - entered)
                           FILTER (WHERE ended IS NULL),
                       COUNT(*) FILTER (WHERE ended IS NULL),
                       COUNT(*) FILTER (WHERE ended IS NULL AND was_there)
                  FROM (%(stays)s) stay
                  JOIN (%(visible)s) visible USING (partner_id)
                 WHERE code IS NOT NULL AND (ended IS NULL OR ended > %(start)s)
                 GROUP BY code
                """,
                is_over=SQL("ended IS NOT NULL AND NOT was_there"),
                start=start,
                end=end,
                stays=history.stays(self._dimension, company.id, begin, end),
                visible=query.select("partner_id"),
            )
        )
        names = ("code", "ended_days", "ended_count", "days", "count", "was_there_count")
        return [dict(zip(names, row, strict=True)) for row in rows]
