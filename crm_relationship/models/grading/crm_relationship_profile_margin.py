from odoo import api, fields, models
from odoo.tools import SQL, formatLang

from ...engine.measurement import MARGIN_COVERAGE_MIN, WINDOW_MONTHS
from ...engine.periods import window_start

RESULTS = {"margin_rate", "margin_health"}
"""What follows from the margin, in SQL alone."""

RATE_DECIMALS = 2


class CrmRelationshipProfile(models.Model):
    """Marks customers by their margin in the window: red, amber, green, or not at all.

    How it works
        Red is a margin below zero, whatever the revenue. Else the margin is compared with
        the company's target, in percent of the revenue: amber below it, green from it on.
        Without an amount to judge by there is no colour: the margin is unknown, or the
        revenue is not above zero. Margins count to the hundredth of the currency, and rates
        are rounded down to the hundredth of a percent, so what people read lies on the side
        of the target that the colour says.
    """

    _inherit = "crm.relationship.profile"

    margin_health = fields.Selection(
        [("red", "Loss"), ("amber", "Thin"), ("green", "Healthy")],
        compute="_compute_margin_results",
        search="_search_margin_health",
        help="Loss: the margin in the window is below zero. Thin: below the company's target. "
        "Healthy: from the target on. Empty: unknown, or nothing sold.",
    )
    margin_rate = fields.Float(
        "Margin Rate (%)",
        compute="_compute_margin_results",
        search="_search_margin_rate",
        aggregator=None,
        digits=(16, RATE_DECIMALS),
        help="Margin in percent of the revenue in the window, rounded down.",
    )

    @api.depends("margin", "revenue", "company_id")
    def _compute_margin_results(self):
        """Read what SQL makes of the margins; new records have none.

        The company's target is no dependency: Odoo would look up all the company's profiles
        when it changes, and no transaction reads colours before and after.
        """
        query = self.browse(self.ids)._as_query(ordered=False)
        columns = [self._field_to_sql(self._table, name, query) for name in sorted(RESULTS)]
        rows = self.env.execute_query(query.select(SQL.identifier(self._table, "id"), *columns))
        results = {id_: (health, rate) for id_, health, rate in rows}
        for profile in self:
            health, rate = results.get(profile._origin.id, (False, False))
            profile.margin_health = health
            profile.margin_rate = rate

    def _search_margin_health(self, operator, value):
        if operator != "in":
            return NotImplemented
        return self._search_in_sql("margin_health", operator, value)

    def _search_margin_rate(self, operator, value):
        return self._search_in_sql("margin_rate", operator, value)

    # -------------------------------------------------------------------- SQL

    def _field_to_sql(self, alias, field_expr, query=None):
        """Give lists, filters and groups the results of the margin without Python."""
        if field_expr not in RESULTS:
            return super()._field_to_sql(alias, field_expr, query)
        self._check_field_access(self._fields[field_expr], "read")
        if field_expr == "margin_rate":
            return self._get_margin_rate_sql(alias, query)
        return self._get_margin_health_sql(alias, query)

    def _get_margin_rate_sql(self, alias, query):
        """Return the margin in percent, NULL where it or a revenue above zero is missing."""
        revenue = self._field_to_sql(alias, "revenue", query)
        return SQL(
            "CASE WHEN %(revenue)s > 0 THEN FLOOR(%(margin)s * 10000 / %(revenue)s) / 100 END",
            margin=self._get_margin_sql(alias, query),
            revenue=revenue,
        )

    def _get_margin_health_sql(self, alias, query):
        """Return the colour as its code, NULL for none."""
        companies = query.left_join(alias, "company_id", "res_company", "id", "margin_company")
        target = self.env["res.company"]._fields["relationship_margin_target"]
        return SQL(
            """CASE WHEN %(margin)s < 0 THEN 'red'
                    WHEN %(rate)s < %(target)s THEN 'amber'
                    WHEN %(rate)s IS NOT NULL THEN 'green' END""",
            margin=self._get_margin_sql(alias, query),
            rate=self._get_margin_rate_sql(alias, query),
            target=SQL.identifier(companies, target.name, to_flush=target),
        )

    def _get_margin_sql(self, alias, query):
        """Return the margin to the hundredth: costs per unit leave smaller rests."""
        return SQL("ROUND(%s, 2)", self._field_to_sql(alias, "margin", query))

    # -------------------------------------------------------------------- why

    def _prepare_explanation(self, standing, **terms):
        return {
            **super()._prepare_explanation(standing, **terms),
            "margin": self._explain_margin(terms["policy"], terms["as_of"]),
        }

    def _explain_margin(self, policy, as_of):
        """Return why the margin has its colour, in sentences; none before the first purchase."""
        if not (as_of and self.purchase_count):
            return []
        if not self.is_margin_known:
            return [self._explain_margin_unknown()]
        sentences = {
            "red": self._explain_margin_red,
            "amber": self._explain_margin_amber,
            "green": self._explain_margin_green,
        }
        explain = sentences.get(self.margin_health, self._explain_margin_unjudged)
        return [
            self._explain_margin_amount(policy, as_of),
            explain(),
            self._explain_margin_coverage(),
        ]

    def _explain_margin_unknown(self):
        if not self._get_margin_sources():
            return self.env._(
                "Unknown, so no colour: no costs are measured. They are read from sale orders "
                "once Odoo's margins on sale orders are installed."
            )
        return self.env._(
            "Unknown, so no colour: costs are known for %(coverage)s %% of the revenue in the "
            "window, and %(needed)s %% are needed.",
            coverage=self._format_percent(self.margin_coverage),
            needed=MARGIN_COVERAGE_MIN,
        )

    def _explain_margin_amount(self, policy, as_of):
        months = policy.window_months or WINDOW_MONTHS
        return self.env._(
            "%(margin)s on a revenue of %(revenue)s, from %(start)s to %(end)s.",
            margin=self._format_amount(self.margin),
            revenue=self._format_amount(self.revenue),
            start=self._format_day(window_start(as_of, months)),
            end=self._format_day(as_of),
        )

    def _explain_margin_red(self):
        return self.env._("A margin below zero is a loss, whatever the revenue.")

    def _explain_margin_amber(self):
        return self.env._(
            "That is %(rate)s %%, less than the %(target)s %% from which %(company)s calls a "
            "margin healthy.",
            **self._get_margin_terms(),
        )

    def _explain_margin_green(self):
        return self.env._(
            "That is %(rate)s %%, at least the %(target)s %% from which %(company)s calls a "
            "margin healthy.",
            **self._get_margin_terms(),
        )

    def _get_margin_terms(self):
        """Return what the margin is compared with; the company is nobody's secret, hence sudo."""
        company = self.company_id.sudo()
        return {
            "rate": self._format_percent(self.margin_rate),
            "target": self._format_percent(company.relationship_margin_target),
            "company": company.name,
        }

    def _explain_margin_unjudged(self):
        return self.env._("Without a revenue above zero there is nothing to judge, so no colour.")

    def _explain_margin_coverage(self):
        return self.env._(
            "Costs are known for %(coverage)s %% of that revenue; %(needed)s %% are needed.",
            coverage=self._format_percent(self.margin_coverage),
            needed=MARGIN_COVERAGE_MIN,
        )

    def _format_percent(self, percent):
        return formatLang(self.env, percent, digits=RATE_DECIMALS)
