from odoo import fields, models


class ResCompany(models.Model):
    """From which amounts on a company's relationship spending needs the manager."""

    _inherit = "res.company"

    relationship_spending_limit = fields.Monetary(
        "Limit of an Expense",
        help="Relationship spending above it needs a relationship manager's approval, exactly at "
        "it none. 0: no limit.",
    )
    relationship_contact_limit = fields.Monetary(
        "Limit of a Contact and Year",
        help="What is spent on one contact in a calendar year, in all plans together; above it "
        "spending needs a relationship manager's approval. 0: no limit.",
    )

    _relationship_spending_positive = models.Constraint(
        "CHECK (relationship_spending_limit >= 0 AND relationship_contact_limit >= 0)",
        "A limit of relationship spending is zero (no limit) or more.",
    )


class ResConfigSettings(models.TransientModel):
    _inherit = "res.config.settings"

    relationship_currency_id = fields.Many2one(
        related="company_id.currency_id", string="Currency of the Limits"
    )
    relationship_spending_limit = fields.Monetary(
        related="company_id.relationship_spending_limit",
        currency_field="relationship_currency_id",
        readonly=False,
    )
    relationship_contact_limit = fields.Monetary(
        related="company_id.relationship_contact_limit",
        currency_field="relationship_currency_id",
        readonly=False,
    )
