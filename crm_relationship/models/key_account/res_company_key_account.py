from odoo import fields, models


class ResCompany(models.Model):
    """What a company decides about its key accounts."""

    _inherit = "res.company"

    relationship_unseen_days = fields.Integer(
        "Decision Makers Unseen (Days)",
        default=60,
        help="A contact without a meeting, message, done activity or order for so many days "
        "counts as unseen.",
    )
    relationship_private_data = fields.Boolean(
        "Private Data of Key Contacts",
        help="The account team may keep birthdays, wishes and private notes of contacts. Without "
        "it nobody sees or enters any; what is there stays hidden.",
    )

    _relationship_unseen_positive = models.Constraint(
        "CHECK (relationship_unseen_days > 0)", "A contact is unseen after one day or more."
    )
