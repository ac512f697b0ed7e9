from odoo import fields, models


class CrmRelationshipDeclineDismissal(models.TransientModel):
    """Asks why a customer is not dismissed though it was proposed."""

    _name = "crm.relationship.decline.dismissal"
    _description = "Keep Customer"

    proposal_id = fields.Many2one(
        "crm.relationship.dismissal.proposal", "Customer", required=True, ondelete="cascade"
    )
    note = fields.Text("Why", required=True)

    def action_decline(self):
        """Decline the proposal; it checks who may."""
        self.ensure_one()
        self.proposal_id._decline(self.note)
        return {"type": "ir.actions.client", "tag": "soft_reload"}
