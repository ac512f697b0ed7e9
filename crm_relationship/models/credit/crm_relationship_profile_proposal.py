from odoo import fields, models


class CrmRelationshipProfile(models.Model):
    """The open proposal to dismiss the customer."""

    _inherit = "crm.relationship.profile"

    is_dismissal_proposed = fields.Boolean(
        "Dismissal Proposed",
        readonly=True,
        help="Waits for the decision of a credit approver. Kept here, for every contact's form "
        "shows it.",
    )

    def _follow_proposals(self):
        """Say of these customers whether their dismissal is proposed, when a proposal came or
        went.
        """
        proposals = self._get_open_proposals()
        proposed = {(proposal.partner_id, proposal.company_id) for proposal in proposals}
        wrong = self.filtered(
            lambda profile: (
                profile.is_dismissal_proposed
                != ((profile.partner_id, profile.company_id) in proposed)
            )
        )
        for is_proposed, profiles in wrong.grouped("is_dismissal_proposed").items():
            profiles.is_dismissal_proposed = not is_proposed

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
        return self._get_open_proposals().get_formview_action()
