from odoo import fields, models


class CrmRelationshipCreditGrade(models.Model):
    """The credit limit that a grade proposes."""

    _inherit = "crm.relationship.credit.grade"

    currency_id = fields.Many2one(related="company_id.currency_id")
    limit_months = fields.Float(
        "Limit (Months)",
        digits=(5, 2),
        help="The proposed credit limit: so many months of the customer's average monthly "
        "purchases. 0 is no credit.",
    )
    limit_max = fields.Monetary("Limit at Most", help="0: as high as the months give.")

    _limit_not_negative = models.Constraint(
        "CHECK (COALESCE(limit_months, 0) >= 0 AND COALESCE(limit_max, 0) >= 0)",
        "The months of a limit and its maximum can't be negative.",
    )
