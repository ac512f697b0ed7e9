from datetime import date

from odoo import api, fields, models
from odoo.exceptions import ValidationError
from odoo.fields import Domain
from odoo.tools import SQL, format_date

from ...engine import history


class CrmRelationshipProfile(models.Model):
    """Looks back: what a customer was on a past day, and its way through the tiers."""

    _inherit = "crm.relationship.profile"

    tier_on = fields.Char(
        "Tier on a Day",
        store=False,
        exportable=False,
        search="_search_tier_on",
        help="Only to search by: A@2025-06-30 finds who was in tier A on that day by the "
        "history, @2025-06-30 who had no tier then. To ask for two days at once write =like "
        "instead of =, which a field could fulfil only once.",
    )

    stage_on = fields.Char(
        "Stage on a Day",
        store=False,
        exportable=False,
        search="_search_stage_on",
        help="Only to search by, as the tier on a day: decline@2025-06-30 finds who was declining "
        "on that day by the history, @2025-06-30 who had no stage then.",
    )

    def _search_tier_on(self, operator, value):
        """Return the customers whose tier by the history was one of ``value``."""
        return self._search_value_on("tier", operator, value)

    def _search_stage_on(self, operator, value):
        """Return the customers whose stage by the history was one of ``value``."""
        return self._search_value_on("stage", operator, value)

    def _search_value_on(self, dimension, operator, value):
        """Return the customers of whom the history says one of ``value``.

        Terms of two days are to be written with ``=like``: Odoo takes ``=`` for a field that
        has one value, and finds that it can't be both.

        :param dimension: of the history
        :param value: texts such as ``A@2025-06-30``; without a code those without a value
        :raises ValidationError: for a text that is no code and day
        """
        if operator not in ("in", "=like"):
            return NotImplemented
        codes_by_day = {}
        for item in [value] if operator == "=like" else value:
            code, day = self._parse_value_on(dimension, item)
            codes_by_day.setdefault(day, set()).add(code)
        return Domain.OR(
            self._get_value_on_domain(dimension, day, codes) for day, codes in codes_by_day.items()
        )

    def _parse_value_on(self, dimension, value):
        """Return the code and the day of a text such as ``A@2025-06-30``."""
        code, _separator, day = str(value or "").rpartition("@")
        try:
            return code, date.fromisoformat(day)
        except ValueError as error:
            problems = {
                "tier": self.env._(
                    "“%(value)s” is not a tier and a day. Write A@2025-06-30 for the customers "
                    "in tier A on that day, or @2025-06-30 for those without a tier.",
                    value=value,
                ),
                "stage": self.env._(
                    "“%(value)s” is not a stage and a day. Write decline@2025-06-30 for the "
                    "customers declining on that day, or @2025-06-30 for those without a stage.",
                    value=value,
                ),
            }
            raise ValidationError(problems[dimension]) from error

    def _get_value_on_domain(self, dimension, day, codes):
        def to_sql(model, alias, query):
            code = model._join_value_on(dimension, query, alias, day)
            return SQL("%s IN %s", code, tuple(codes))

        return Domain.custom(to_sql=to_sql)

    def _join_value_on(self, dimension, query, alias, day):
        """Join what the history says of ``day`` to the profiles ``alias``; return the SQL of
        the code, an empty text without one.
        """
        self.env["crm.relationship.change"].flush_model()
        coalias = query.make_alias(alias, f"{dimension}_on_{day}")
        companies = None if self.env.su else self.env.companies.ids
        condition = SQL(
            "%s = %s AND %s = %s",
            SQL.identifier(coalias, "partner_id"),
            SQL.identifier(alias, "partner_id"),
            SQL.identifier(coalias, "company_id"),
            SQL.identifier(alias, "company_id"),
        )
        values = SQL("(%s)", history.values_on(dimension, day, companies))
        query.add_join("LEFT JOIN", coalias, values, condition)
        return SQL("COALESCE(%s, '')", SQL.identifier(coalias, "code"))

    # --------------------------------------------------------------- the line

    @api.readonly
    def get_tier_line(self):
        """Return the customer's way through the tiers: what the chart draws, in one call.

        ``points`` are the changes of its tier, the oldest first, ``tiers`` those to draw as
        levels, the best first, and ``until`` the day that the line goes on to.
        """
        self.ensure_one()
        changes = self.change_ids.filtered(lambda change: change.dimension == "tier")
        changes = changes.sorted(lambda change: (change.date, change.id))
        codes = set(changes.mapped("new_value")) | {self.tier_id.code}
        return {
            "name": self.partner_id.display_name,
            "tiers": self.env["crm.relationship.tier"]._prepare_levels(
                self.company_id, codes - {False}
            ),
            "points": [change._prepare_point() for change in changes],
            "until": fields.Date.to_string(self._get_line_end(changes)),
        }

    def _get_line_end(self, changes):
        """Return the day of the company's last run, or of the last one of ``changes``."""
        # Whoever may see the customer may know up to which day it was looked at.
        last = self.env["crm.relationship.run"].sudo()._get_last(self.company_id).as_of
        days = [*changes[-1:].mapped("date"), last]
        return max((day for day in days if day), default=False)


class CrmRelationshipChange(models.Model):
    _inherit = "crm.relationship.change"

    def _prepare_point(self):
        """Return what the chart of a customer's tiers shows of this change."""
        self.ensure_one()
        return {
            "id": self.id,
            "date": fields.Date.to_string(self.date),
            "day": format_date(self.env, self.date),
            "code": self.new_value or "",
            "label": self.new_label or self.env._("No tier"),
            "cause": dict(self._fields["cause"]._description_selection(self.env))[self.cause],
            "reason": self.reason,
            "is_backfilled": self.is_backfilled,
        }
