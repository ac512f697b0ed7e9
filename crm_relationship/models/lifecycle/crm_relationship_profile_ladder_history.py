from datetime import date

from odoo import fields, models
from odoo.exceptions import ValidationError
from odoo.fields import Domain
from odoo.tools import SQL

from ...engine import ladder_history

WENT_ON = ">"
"""After a step: who went on from it to a higher one."""


class CrmRelationshipProfile(models.Model):
    """Looks back: on which steps of the ladder a customer stood during a period."""

    _inherit = "crm.relationship.profile"

    ladder_during = fields.Char(
        "Ladder Step in a Period",
        store=False,
        exportable=False,
        search="_search_ladder_during",
        help="Only to search by: client,member@2025-01-01/2025-03-31 finds who stood on one of "
        "these steps at some time in that period, by the history; client> who went on from it "
        "to a higher one. Write =like instead of = to ask for two at once.",
    )

    def _search_ladder_during(self, operator, value):
        """Return the customers that stood on one of the steps, at some time in the period.

        :raises ValidationError: for a text that is not steps and two days
        """
        if operator not in ("in", "=like"):
            return NotImplemented
        return Domain.OR(
            self._get_ladder_during_domain(*self._parse_ladder_during(item))
            for item in ([value] if operator == "=like" else value)
        )

    def _parse_ladder_during(self, value):
        """Return the steps and the two days of a text such as ``client@2025-01-01/2025-03-31``."""
        steps, _separator, period = str(value or "").partition("@")
        try:
            start, end = (date.fromisoformat(day) for day in period.split("/"))
        except ValueError as error:
            raise ValidationError(
                self.env._(
                    "“%(value)s” is not a step and a period. Write client@2025-01-01/2025-03-31.",
                    value=value,
                )
            ) from error
        return tuple(steps.split(",")), start, end

    def _get_ladder_during_domain(self, steps, start, end):
        def to_sql(model, alias, query):
            model.env["crm.relationship.change"].flush_model()
            companies = None if model.env.su else model.env.companies.ids
            return SQL(
                "(%s, %s) IN (SELECT partner_id, company_id FROM (%s) held"
                " WHERE step IN %s OR (step IN %s AND went_on))",
                model._field_to_sql(alias, "partner_id", query),
                model._field_to_sql(alias, "company_id", query),
                ladder_history.steps_during(start, end, companies),
                steps,
                tuple(step.removesuffix(WENT_ON) for step in steps if step.endswith(WENT_ON))
                or ("",),
            )

        return Domain.custom(to_sql=to_sql)
