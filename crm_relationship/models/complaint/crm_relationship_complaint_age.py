from odoo import api, fields, models
from odoo.fields import Domain
from odoo.tools import SQL

from ..key_account.worked_out import COMPARISONS, WorkedOutInteger

OPERATORS = {name: SQL(name) for name in COMPARISONS}


class CrmRelationshipComplaint(models.Model):
    """How many days a complaint has been open, or was.

    How it works
        Days of the calendar in the company's time zone, from the day it was received: one that
        came yesterday at 23:50 is a day old. Python counts them for what is shown, and SQL, by
        the same dates, for searching, sorting and grouping.
    """

    _inherit = "crm.relationship.complaint"

    age_days = WorkedOutInteger(
        "Age (Days)",
        compute="_compute_age_days",
        search="_search_age_days",
        aggregator="avg",
        help="Days since it was received; of a closed one, until it was closed.",
    )

    @api.depends("date_received", "date_closed", "company_id")
    def _compute_age_days(self):
        for complaint in self:
            company = complaint.company_id
            if not complaint.date_received or not company:
                complaint.age_days = 0
                continue
            until = complaint.date_closed or fields.Datetime.now()
            days = company._get_relationship_day(until) - company._get_relationship_day(
                complaint.date_received
            )
            complaint.age_days = days.days

    def _search_age_days(self, operator, value):
        if operator != "in" and operator not in OPERATORS:
            return NotImplemented

        def to_sql(model, alias, query):
            age = model._field_to_sql(alias, "age_days", query)
            if operator == "in":
                return SQL("%s IN %s", age, tuple(value) or (None,))
            return SQL("%s %s %s", age, OPERATORS[operator], value)

        return Domain.custom(to_sql=to_sql)

    def _field_to_sql(self, alias, field_expr, query=None):
        if field_expr != "age_days":
            return super()._field_to_sql(alias, field_expr, query)
        company = query.left_join(alias, "company_id", "res_company", "id", "age_company")
        calendar = query.left_join(
            company, "resource_calendar_id", "resource_calendar", "id", "age_calendar"
        )
        timezone = SQL("COALESCE(%s, 'UTC')", SQL.identifier(calendar, "tz"))

        def day(moment):
            return SQL("(%s AT TIME ZONE 'UTC' AT TIME ZONE %s)::date", moment, timezone)

        received = self._field_to_sql(alias, "date_received", query)
        closed = self._field_to_sql(alias, "date_closed", query)
        until = SQL("COALESCE(%s, %s::timestamp)", closed, fields.Datetime.now())
        return SQL("(%s - %s)", day(until), day(received))
