from odoo import fields, models


class CrmRelationshipDepartment(models.Model):
    """A department of customers, such as Purchasing; the same names serve all plans."""

    _name = "crm.relationship.department"
    _description = "Customer's Department"
    _order = "sequence, name, id"

    name = fields.Char(required=True, translate=True)
    sequence = fields.Integer(default=10)
    active = fields.Boolean(default=True)

    _name_uniq = models.UniqueIndex("(name)", "There is a department of this name already.")
