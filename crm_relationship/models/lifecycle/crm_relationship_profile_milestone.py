from datetime import timedelta

from odoo import api, fields, models
from odoo.fields import Domain
from odoo.tools import SQL

from .tenure import (
    NEAR_DAYS,
    anniversary,
    anniversary_sql,
    completed_years,
    completed_years_sql,
)

TENURE_FIELDS = {
    "tenure_years",
    "milestone_id",
    "next_milestone_id",
    "next_milestone_date",
    "is_milestone_near",
}
"""What follows from the first purchase and today, in SQL alone."""


class CrmRelationshipProfile(models.Model):
    """How many years a customer is one, and which milestones it has and will have.

    How it works
        Nothing is stored, for time alone changes it. Records are computed in Python;
        searches, orders and groups by the same rules in SQL, where a company's today in
        its own time zone is a parameter and the few milestones are a CASE. On the day of
        a milestone the customer has it, and it is still the coming one.
    """

    _inherit = "crm.relationship.profile"

    tenure_years = fields.Integer(
        "Years as a Customer",
        compute="_compute_tenure",
        search=lambda self, operator, value: self._search_tenure("tenure_years", operator, value),
        aggregator="avg",
        help="Whole years since the first purchase.",
    )
    milestone_id = fields.Many2one(
        "crm.relationship.milestone",
        compute="_compute_tenure",
        search=lambda self, operator, value: self._search_tenure("milestone_id", operator, value),
        help="The last milestone that was reached.",
    )
    next_milestone_id = fields.Many2one(
        "crm.relationship.milestone",
        "Coming Milestone",
        compute="_compute_tenure",
        search=lambda self, operator, value: self._search_tenure(
            "next_milestone_id", operator, value
        ),
        help="The next milestone; on its day it is still this one.",
    )
    next_milestone_years = fields.Integer(
        related="next_milestone_id.years", string="Milestone Years", aggregator=None
    )
    next_milestone_date = fields.Date(
        "Milestone On",
        compute="_compute_tenure",
        search=lambda self, operator, value: self._search_tenure(
            "next_milestone_date", operator, value
        ),
        help="The day of the coming milestone.",
    )
    is_milestone_near = fields.Boolean(
        "Milestone in the Next 30 Days",
        compute="_compute_tenure",
        search="_search_is_milestone_near",
        help="Today and the thirtieth day included.",
    )

    @api.depends("first_purchase_date", "company_id")
    def _compute_tenure(self):
        milestones = self._get_milestones()
        for company, profiles in self.grouped("company_id").items():
            # Everybody who may see a profile may know which day it is there, hence sudo.
            today = company.sudo()._get_relationship_today() if company else None
            for profile in profiles:
                first = profile.first_purchase_date
                values = profile._prepare_tenure(first, today, milestones) if first else {}
                profile.update({**dict.fromkeys(TENURE_FIELDS, False), **values})

    def _prepare_tenure(self, first, today, milestones):
        """Return the values of :data:`TENURE_FIELDS` for a customer since ``first``."""
        reached = completed_years(first, today)
        before = completed_years(first, today, inclusive=False)
        coming = next((each for each in milestones if each[0] > before), None)
        day = bool(coming) and anniversary(first, coming[0])
        return {
            "tenure_years": max(reached, 0),
            "milestone_id": next(
                (id_ for years, id_ in reversed(milestones) if years <= reached), False
            ),
            "next_milestone_id": bool(coming) and coming[1],
            "next_milestone_date": day,
            "is_milestone_near": bool(day) and day <= today + timedelta(days=NEAR_DAYS),
        }

    @api.model
    def _get_milestones(self):
        """Return ``[(years, id)]`` of the milestones in use, the earliest first."""
        cached = self.env["crm.relationship.milestone"]._get_cached()
        return [(each["years"], id_) for id_, each in cached.items() if each["active"]]

    # ----------------------------------------------------------------- search

    def _search_is_milestone_near(self, operator, value):
        if operator != "in":
            return NotImplemented
        if {True, False} <= set(value):
            return Domain.TRUE
        is_wanted = True in value
        return Domain.custom(
            to_sql=lambda model, alias, query: SQL(
                "%s IS %s", model._field_to_sql(alias, "is_milestone_near", query), is_wanted
            )
        )

    def _search_tenure(self, name, operator, value):
        if operator == "any" and name.endswith("milestone_id"):
            return self._search_tenure(
                name, "in", self.env["crm.relationship.milestone"].search(value).ids
            )
        return self._search_in_sql(name, operator, value)

    # -------------------------------------------------------------------- SQL

    def _field_to_sql(self, alias, field_expr, query=None):
        """Give lists, filters and groups the tenure without Python."""
        if field_expr not in TENURE_FIELDS:
            return super()._field_to_sql(alias, field_expr, query)
        self._check_field_access(self._fields[field_expr], "read")
        first = self._field_to_sql(alias, "first_purchase_date", query)
        today = self._get_today_sql(self._field_to_sql(alias, "company_id", query))
        years = completed_years_sql(first, today)
        before = completed_years_sql(first, today, inclusive=False)
        if field_expr == "tenure_years":
            return SQL("GREATEST(%s, 0)", years)
        if field_expr == "milestone_id":
            return self._get_reached_sql(years)
        if field_expr == "next_milestone_id":
            return self._get_coming_sql(before, "id")
        coming = anniversary_sql(first, self._get_coming_sql(before, "years"))
        if field_expr == "next_milestone_date":
            return coming
        return SQL("COALESCE(%s <= %s + %s, FALSE)", coming, today, NEAR_DAYS)

    def _get_today_sql(self, company: SQL) -> SQL:
        """Return today in the time zone of the company, as a parameter."""
        # Everybody who may see a profile may know which day it is there, hence sudo.
        companies = self.env["res.company"].sudo().search(Domain.TRUE)
        by_day = companies.grouped(lambda each: each._get_relationship_today())
        days = sorted(by_day, key=lambda day: len(by_day[day]))
        cases = [
            SQL("WHEN %s IN %s THEN %s::date", company, tuple(by_day[day].ids), day)
            for day in days[:-1]
        ]
        if not cases:
            return SQL("%s::date", days[-1])
        return SQL("CASE %s ELSE %s::date END", SQL(" ").join(cases), days[-1])

    def _get_reached_sql(self, years: SQL) -> SQL:
        """Return the id of the last milestone until ``years``."""
        cases = [
            SQL("WHEN %s >= %s THEN %s", years, needed, id_)
            for needed, id_ in reversed(self._get_milestones())
        ]
        return SQL("(CASE %s END)", SQL(" ").join(cases)) if cases else SQL("NULL::integer")

    def _get_coming_sql(self, before: SQL, name: str) -> SQL:
        """Return ``name`` of the first milestone after the years that were full yesterday."""
        cases = [
            SQL("WHEN %s < %s THEN %s", before, years, id_ if name == "id" else years)
            for years, id_ in self._get_milestones()
        ]
        return SQL("(CASE %s END)", SQL(" ").join(cases)) if cases else SQL("NULL::integer")
