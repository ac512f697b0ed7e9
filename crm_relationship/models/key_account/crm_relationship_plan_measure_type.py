from odoo import fields, models

from .layers import LAYERS


class CrmRelationshipPlanMeasureType(models.Model):
    """A kind of measure, such as an executive meeting; the same kinds serve all plans."""

    _name = "crm.relationship.plan.measure.type"
    _description = "Type of Measure"
    _order = "sequence, name, id"

    name = fields.Char(required=True, translate=True)
    layer = fields.Selection(LAYERS, help="Empty: it serves all layers.")
    is_relationship = fields.Boolean(
        "Relationship Activity",
        default=True,
        help="Costs time or money for the relationship itself: visits, dinners, events. Its "
        "actions must name the project that they serve, and what came of them.",
    )
    sequence = fields.Integer(default=10)
    active = fields.Boolean(default=True)

    _name_uniq = models.UniqueIndex("(name)", "There is a type of this name already.")
