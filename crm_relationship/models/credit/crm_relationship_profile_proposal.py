from odoo import fields, models


class CrmRelationshipProfile(models.Model):
    """The open proposal to dismiss the customer."""

    _inherit = "crm.relationship.profile"

    dismissal_proposal_id = fields.Many2one(
        "crm.relationship.dismissal.proposal",
        compute="_compute_dismissal_proposal_id",
        help="Waits for the decision of a credit approver.",
    )

    def _compute_dismissal_proposal_id(self):
        proposals = self._get_open_proposals()
        known = {(proposal.partner_id, proposal.company_id): proposal for proposal in proposals}
        for profile in self:
            profile.dismissal_proposal_id = known.get((profile.partner_id, profile.company_id))

    def _get_open_proposals(self):
        return self.env["crm.relationship.dismissal.proposal"].search(
            [
                ("partner_id", "in", self.partner_id.ids),
                ("company_id", "in", self.company_id.ids),
                ("state", "=", "open"),
            ]
        )

    def _dismiss(self, reason, note=False):
        """Who dismisses by hand settles the proposal, too."""
        result = super()._dismiss(reason, note)
        # Proposals are the engine's to write, like every result.
        self.sudo()._get_open_proposals()._withdraw("dismissed", decided_by=self.env.user)
        return result

    def action_open_proposal(self):
        """Open the proposal to dismiss this customer."""
        self.ensure_one()
        return self.dismissal_proposal_id.get_formview_action()
