from odoo import api, fields, models

from ..trusting_many2one import TrustingMany2one


class CrmRelationshipProfile(models.Model):
    """The customer's credit: the automatic score and grade, and what is measured for them."""

    _inherit = "crm.relationship.profile"

    credit_score = fields.Float(
        readonly=True,
        digits=(5, 2),
        aggregator="avg",
        help="Of 100 points, by the criteria of the credit policy. Empty: nothing is known.",
    )
    credit_coverage = fields.Float(
        "Coverage (%)",
        readonly=True,
        digits=(5, 2),
        aggregator="avg",
        help="How many of the points are known; the others get the share for unknown.",
    )
    credit_grade_id = TrustingMany2one(
        "crm.relationship.credit.grade",
        "Credit Grade",
        readonly=True,
        group_expand="_group_expand_credit_grade_id",
    )
    open_amount = fields.Monetary(
        "Open Receivables", readonly=True, help="All that it owes, including tax."
    )
    overdue_since = fields.Date(readonly=True, help="Due date of its oldest overdue instalment.")
    on_time_share = fields.Float(
        "Paid on Time (%)",
        readonly=True,
        digits=(5, 1),
        aggregator="avg",
        help="Of the amounts paid in this month and the two before it. Empty: nothing was paid.",
    )
    recent_days_late = fields.Float(
        "Days Late Recently",
        readonly=True,
        digits=(16, 1),
        aggregator="avg",
        help="Of the payments in this month and the two before it, weighted by their amounts; "
        "below zero is early.",
    )
    dispute_count = fields.Integer(
        "Disputes and Bad Debts",
        readonly=True,
        help="Invoices whose payment is blocked, and invoices written off in 24 months.",
    )
    quarter_revenue = fields.Monetary(
        "Revenue of Three Months", readonly=True, help="Of this month and the two before it."
    )
    quarter_revenue_previous = fields.Monetary(
        "Revenue a Year Before",
        readonly=True,
        help="Of the same months a year before, until the same day.",
    )
    purchase_months = fields.Integer(
        "Months With Purchases",
        readonly=True,
        aggregator="avg",
        help="Of this month and the two before it.",
    )

    @api.model
    def _score_at_once(self, customers):
        """Score customers of whom something was entered now, or else with the next run."""
        # Whoever enters something need not see the customer in every company, hence sudo.
        profiles = self.sudo()
        profiles._mark_partners_due(customers)
        own = [("partner_id", "in", customers.ids), ("company_id", "in", self.env.companies.ids)]
        profiles.search(own)._grade_at_once()

    @api.model
    def _group_expand_credit_grade_id(self, grades, domain):
        """Show the empty grades too."""
        return grades.search([("company_id", "in", self.env.companies.ids)])
