from odoo import fields, models
from odoo.exceptions import ValidationError


class CrmRelationshipDismiss(models.TransientModel):
    """Accepts a proposal with the reason, where the dismissal was proposed."""

    _inherit = "crm.relationship.dismiss"

    proposal_id = fields.Many2one("crm.relationship.dismissal.proposal", ondelete="cascade")

    def action_dismiss(self):
        """Let the proposal be accepted; it checks who may."""
        self.ensure_one()
        if not self.proposal_id:
            return super().action_dismiss()
        if self.proposal_id.profile_id != self.profile_id:
            raise ValidationError(
                self.env._("The proposal is about another customer than the one to dismiss.")
            )
        self.proposal_id._accept(self.reason_id, self.note)
        return {"type": "ir.actions.client", "tag": "soft_reload"}
