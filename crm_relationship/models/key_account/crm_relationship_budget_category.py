from odoo import fields, models


class CrmRelationshipBudgetCategory(models.Model):
    """What relationship spending goes to, such as dining or gifts."""

    _name = "crm.relationship.budget.category"
    _description = "Category of Relationship Spending"
    _order = "sequence, name, id"

    name = fields.Char(required=True, translate=True)
    needs_contact = fields.Boolean(
        "Names a Contact",
        help="Spending of this kind names the contact who gets it, so that it counts for the "
        "contact's limit of the year.",
    )
    sequence = fields.Integer(default=10)
    active = fields.Boolean(default=True)

    _name_uniq = models.UniqueIndex("(name)", "There is a category of this name already.")
