from odoo import api, fields, models
from odoo.fields import Domain
from odoo.tools import SQL, format_date

from ..key_account.worked_out import WorkedOutDate, WorkedOutInteger

COLUMNS = {
    "complaint_open_count": "open_count",
    "complaint_count": "window_count",
    "complaint_last_date": "last_date",
    "days_since_complaint": "days_since",
    "complaint_decided_count": "decided_count",
    "complaint_in_time_share": "in_time_share",
}
"""The figures on the profile, and their columns in the query."""

COUNTS = ("complaint_open_count", "complaint_count", "complaint_decided_count")
"""Figures that are zero without any complaint; the others are empty."""


class CrmRelationshipProfile(models.Model):
    """What is known of a customer's complaints.

    How it works
        Nothing is stored: complaints are few beside documents, and what is open must be right
        at once. The figures are counted whenever they are looked at, for a list or a filter in
        one query, from the complaints that the user sees; so each figure opens just what it
        counted. The window is that of the tier policy, and ends today in the company's time
        zone. While complaints are switched off nothing is counted.
    """

    _inherit = "crm.relationship.profile"

    complaint_open_count = WorkedOutInteger(
        "Open Complaints",
        compute="_compute_complaint_figures",
        search="_search_complaint_open_count",
        aggregator="sum",
        help="Those that you see and that are not closed.",
    )
    complaint_count = WorkedOutInteger(
        "Complaints in the Window",
        compute="_compute_complaint_figures",
        search="_search_complaint_count",
        aggregator="sum",
        help="Those that you see, received within the window of the tier policy until today.",
    )
    complaint_last_date = WorkedOutDate(
        "Last Complaint",
        compute="_compute_complaint_figures",
        search="_search_complaint_last_date",
        help="The day on which the last one was received, in the company's time zone.",
    )
    days_since_complaint = WorkedOutInteger(
        "Days Since the Last Complaint",
        compute="_compute_complaint_figures",
        search="_search_days_since_complaint",
        aggregator="avg",
        help="Empty for customers who never complained.",
    )
    complaint_decided_count = WorkedOutInteger(
        "Complaints Decided",
        compute="_compute_complaint_figures",
        search="_search_complaint_decided_count",
        aggregator="sum",
        help="Those in the window of which is known whether they were resolved in time.",
    )
    complaint_in_time_share = fields.Float(
        "Resolved in Time (%)",
        compute="_compute_complaint_figures",
        search="_search_complaint_in_time_share",
        aggregator="avg",
        digits=(5, 1),
        help="Of the complaints in the window of which it is known; empty without any.",
    )
    revenue_per_complaint = fields.Monetary(
        compute="_compute_revenue_per_complaint",
        help="Revenue of the window for each complaint in it; empty without any.",
    )
    complaint_explanation = fields.Char(
        "What the Complaints Say", compute="_compute_complaint_explanation"
    )

    @api.depends("partner_id", "company_id")
    @api.depends_context("uid", "su", "allowed_company_ids")
    def _compute_complaint_figures(self):
        figures = self._get_complaint_figures()
        for profile in self:
            found = figures.get((profile.partner_id.id, profile.company_id.id), {})
            for name, column in COLUMNS.items():
                profile[name] = found.get(column) or False

    def _get_complaint_figures(self):
        """Return ``{(customer id, company id): figures}`` of those who complained, in a query."""
        query = self._query_complaint_figures(
            Domain("partner_id", "in", self.partner_id.ids)
            & Domain("company_id", "in", self.company_id.ids)
        )
        if query is None:
            return {}
        return {
            (row["partner_id"], row["company_id"]): row
            for row in self.env.execute_query_dict(query)
        }

    @api.depends("complaint_count", "revenue")
    def _compute_revenue_per_complaint(self):
        for profile in self:
            count = profile.complaint_count
            profile.revenue_per_complaint = count and profile.revenue / count

    @api.depends("complaint_open_count", "complaint_count", "complaint_last_date")
    @api.depends_context("lang")
    def _compute_complaint_explanation(self):
        for profile in self:
            last = profile.complaint_last_date
            if not last:
                profile.complaint_explanation = self.env._("No complaint so far.")
                continue
            since, today = profile.company_id._get_complaint_window()
            profile.complaint_explanation = self.env._(
                "%(count)s received from %(since)s to %(today)s, the last one on %(last)s; "
                "%(open)s open.",
                count=profile.complaint_count,
                since=format_date(self.env, since),
                today=format_date(self.env, today),
                last=format_date(self.env, last),
                open=profile.complaint_open_count,
            )

    def action_open_complaints(self):
        """Open the customer's complaints in the profile's company."""
        self.ensure_one()
        return self.env["crm.relationship.complaint"]._open_of(
            [("partner_id", "=", self.partner_id.id), ("company_id", "=", self.company_id.id)],
            partner_id=self.partner_id.id,
            company_id=self.company_id.id,
        )

    # ----------------------------------------------------------------- search

    def _search_complaint_open_count(self, operator, value):
        return self._search_complaint_figure("complaint_open_count", operator, value)

    def _search_complaint_count(self, operator, value):
        return self._search_complaint_figure("complaint_count", operator, value)

    def _search_complaint_last_date(self, operator, value):
        return self._search_complaint_figure("complaint_last_date", operator, value)

    def _search_days_since_complaint(self, operator, value):
        return self._search_complaint_figure("days_since_complaint", operator, value)

    def _search_complaint_decided_count(self, operator, value):
        return self._search_complaint_figure("complaint_decided_count", operator, value)

    def _search_complaint_in_time_share(self, operator, value):
        return self._search_complaint_figure("complaint_in_time_share", operator, value)

    def _search_complaint_figure(self, name, operator, value):
        if operator == "in" and name in COUNTS:
            value = {item or 0 for item in value}
        return self._search_in_sql(name, operator, value)

    # -------------------------------------------------------------------- SQL

    def _field_to_sql(self, alias, field_expr, query=None):
        """Join the figures of all customers: sorting and grouping need them in SQL."""
        if field_expr not in COLUMNS:
            return super()._field_to_sql(alias, field_expr, query)
        self._check_field_access(self._fields[field_expr], "read")
        figures = self._query_complaint_figures(Domain.TRUE)
        if figures is None:
            return SQL("0") if field_expr in COUNTS else self._get_nothing_sql(field_expr)
        joined = query.make_alias(alias, "complaints")
        query.add_join(
            "LEFT JOIN",
            joined,
            SQL("(%s)", figures),
            SQL(
                "%s = %s AND %s = %s",
                SQL.identifier(joined, "partner_id"),
                self._field_to_sql(alias, "partner_id", query),
                SQL.identifier(joined, "company_id"),
                self._field_to_sql(alias, "company_id", query),
            ),
        )
        column = SQL.identifier(joined, COLUMNS[field_expr])
        return SQL("COALESCE(%s, 0)", column) if field_expr in COUNTS else column

    @api.model
    def _get_nothing_sql(self, name):
        return SQL("NULL::date") if self._fields[name].type == "date" else SQL("NULL::numeric")

    @api.model
    def _query_complaint_figures(self, domain):
        """Return the SQL of one row per customer and company with complaints of the domain.

        :return: None while complaints are switched off, or where the user sees none
        """
        complaints = self.env["crm.relationship.complaint"]
        if not complaints._is_used():
            return None
        query = complaints._search(domain)
        if query.is_empty():
            return None

        def column(name):
            return complaints._field_to_sql(complaints._table, name, query)

        companies = self.env.companies
        if self.env.su:  # no rule keeps the complaints to these companies
            companies = self.env["crm.relationship.run"]._get_all_companies()
        bounds = query.make_alias(complaints._table, "bounds")
        query.add_join(
            "JOIN",
            bounds,
            SQL("(%s)", companies._get_complaint_bounds()),
            SQL("%s = %s", SQL.identifier(bounds, "company_id"), column("company_id")),
        )
        decided = column("resolved_in_time")
        in_window = SQL("%s >= %s", column("date_received"), SQL.identifier(bounds, "since"))
        query.groupby = SQL("%s, %s", column("partner_id"), column("company_id"))
        return query.select(
            SQL("%s AS partner_id", column("partner_id")),
            SQL("%s AS company_id", column("company_id")),
            SQL("COUNT(*) FILTER (WHERE %s <> 'closed') AS open_count", column("stage_code")),
            SQL("COUNT(*) FILTER (WHERE %s) AS window_count", in_window),
            SQL("COUNT(%s) FILTER (WHERE %s) AS decided_count", decided, in_window),
            SQL(
                "AVG(CASE %s WHEN 'yes' THEN 100 WHEN 'no' THEN 0 END) FILTER (WHERE %s)"
                " AS in_time_share",
                decided,
                in_window,
            ),
            *self._get_last_complaint_columns(column("date_received"), bounds),
        )

    @api.model
    def _get_last_complaint_columns(self, received, bounds):
        last = SQL(
            "(MAX(%s) AT TIME ZONE 'UTC' AT TIME ZONE MIN(%s))::date",
            received,
            SQL.identifier(bounds, "timezone"),
        )
        return [
            SQL("%s AS last_date", last),
            SQL("MIN(%s) - %s AS days_since", SQL.identifier(bounds, "today"), last),
        ]
