from odoo import fields, models


class CrmRelationshipComplaintTouchpoint(models.Model):
    """A moment at which customers meet us; each belongs to a phase of the relationship."""

    _name = "crm.relationship.complaint.touchpoint"
    _description = "Touchpoint"
    _order = "sequence, id"

    name = fields.Char(required=True, translate=True)
    phase = fields.Selection(
        [
            ("building", "Building the relationship"),
            ("before", "Before use"),
            ("use", "In use"),
            ("keeping", "Keeping the relationship"),
        ],
        required=True,
        group_expand=True,
    )
    sequence = fields.Integer(default=10)
    active = fields.Boolean(default=True)
