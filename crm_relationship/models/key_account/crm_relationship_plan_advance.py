from odoo import fields, models


class CrmRelationshipPlanAdvance(models.Model):
    """A concrete step by which a customer moves forward; friendly words are none."""

    _name = "crm.relationship.plan.advance"
    _description = "Advance"
    _order = "sequence, name, id"

    name = fields.Char(required=True, translate=True)
    sequence = fields.Integer(default=10)
    active = fields.Boolean(default=True)

    _name_uniq = models.UniqueIndex("(name)", "There is an advance of this name already.")
