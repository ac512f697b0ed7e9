from odoo import fields, models


class CrmRelationshipComplaintRefusal(models.TransientModel):
    """Asks why a resolution is refused; the resolution itself checks who may."""

    _name = "crm.relationship.complaint.refusal"
    _description = "Refuse Resolution"

    resolution_ids = fields.Many2many(
        "crm.relationship.complaint.resolution",
        "crm_relationship_complaint_refusal_rel",
        required=True,
        readonly=True,
    )
    reason = fields.Char(required=True, help="Who asked for it is told.")

    def action_refuse(self):
        """Refuse them."""
        self.ensure_one()
        self.resolution_ids._refuse(self.reason)
        return {"type": "ir.actions.client", "tag": "soft_reload"}
