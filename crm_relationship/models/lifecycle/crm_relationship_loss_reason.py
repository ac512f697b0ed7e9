from odoo import fields, models


class CrmRelationshipLossReason(models.Model):
    """Why a customer was lost, or dismissed."""

    _name = "crm.relationship.loss.reason"
    _description = "Reason of Loss"
    _order = "sequence, id"

    name = fields.Char(required=True, translate=True)
    kind = fields.Selection(
        [("active", "The customer left"), ("passive", "We ended it")],
        help="Empty: both.",
    )
    sequence = fields.Integer(default=10)
    active = fields.Boolean(default=True)
