from odoo import api, fields, models
from odoo.fields import Domain
from odoo.tools import SQL

MEANS = ("customer_count", "basis_total", "revenue_total")
"""Fields that are summed over tiers and averaged over evaluations."""


class CrmRelationshipTierCut(models.Model):
    """One tier at one evaluation: where the cut stood and how many were in it.

    It is what "why?" answers with, so nobody edits it.
    """

    _name = "crm.relationship.tier.cut"
    _description = "Tier Evaluation"
    _inherit = ["crm.relationship.backfilled.mixin"]
    _order = "date desc, policy_id, sequence, id"
    _rec_name = "tier_id"
    _log_access = False

    policy_id = fields.Many2one(
        "crm.relationship.tier.policy", required=True, ondelete="cascade", index=True
    )
    tier_id = fields.Many2one("crm.relationship.tier", required=True, ondelete="cascade")
    tier_color = fields.Integer(related="tier_id.color", string="Tier Colour", aggregator=None)
    company_id = fields.Many2one("res.company", required=True, ondelete="cascade")
    currency_id = fields.Many2one(related="company_id.currency_id")
    sequence = fields.Integer(related="tier_id.sequence", store=True)
    date = fields.Date(required=True, help="The day as of which the customers were evaluated.")
    population = fields.Integer(
        "Ranked Customers", aggregator="max", help="How many customers were compared."
    )
    cut_rank = fields.Integer(help="The last rank inside the tier.", aggregator=None)
    cut_value = fields.Monetary(
        "Cut", aggregator=None, help="The least amount that was inside the tier."
    )
    has_cut = fields.Boolean(help="Whether anybody could be inside: a share may round to none.")
    customer_count = fields.Integer(
        "Customers",
        help="Customers in the tier after the evaluation. Of several evaluations: the mean.",
    )
    basis_total = fields.Monetary(
        "Amount",
        help="Sum of the amounts that the customers of the tier were ranked by. Of several "
        "evaluations: the mean.",
    )
    is_last_of_month = fields.Boolean(
        "Last of the Month",
        compute="_compute_is_last_of_month",
        search="_search_is_last_of_month",
        help="The month's last evaluation. Customers of several evaluations in a month must not "
        "be added up.",
    )
    revenue_total = fields.Monetary(
        "Revenue",
        help="Untaxed revenue of the tier's customers in the window that ended then. Of several "
        "evaluations: the mean.",
    )

    _evaluation_uniq = models.UniqueIndex("(policy_id, date, tier_id)")

    def _read_group_select(self, aggregate_spec, query):
        """Take sums over an evaluation's tiers and over companies, but the mean of a company's
        several evaluations: the same customers stand in each.
        """
        total = super()._read_group_select(aggregate_spec, query)
        name, _separator, function = aggregate_spec.partition(":")
        if name not in MEANS or not function.startswith("sum"):
            return total
        return SQL(
            """(%(total)s * COUNT(DISTINCT %(company)s)
                / NULLIF(COUNT(DISTINCT (%(company)s, %(date)s)), 0))%(cast)s""",
            total=total,
            company=self._field_to_sql(self._table, "company_id", query),
            date=self._field_to_sql(self._table, "date", query),
            cast=SQL("::integer") if name == "customer_count" else SQL(""),
        )

    def _compute_is_last_of_month(self):
        last = self.search([("id", "in", self.ids), ("is_last_of_month", "=", True)])
        for cut in self:
            cut.is_last_of_month = cut in last

    def _search_is_last_of_month(self, operator, value):
        """Find the company's last evaluation of each month, by its present policy."""
        if operator != "in":
            return NotImplemented
        if {True, False} <= set(value):
            return Domain.TRUE
        last = Domain.custom(
            to_sql=lambda model, alias, query: SQL(
                "(%s, %s) IN (%s)",
                SQL.identifier(alias, "policy_id"),
                SQL.identifier(alias, "date"),
                model._get_last_of_month_query(),
            )
        )
        return last if True in value else ~last

    @api.model
    def _get_last_of_month_query(self):
        """Return the SQL of one evaluation a company and month: policy and date."""
        return SQL(
            """
            SELECT DISTINCT ON (company_id, date_trunc('month', date::timestamp)) policy_id, date
              FROM crm_relationship_tier_cut
             ORDER BY company_id, date_trunc('month', date::timestamp), date DESC, id DESC
            """
        )
