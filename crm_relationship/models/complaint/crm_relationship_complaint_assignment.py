from odoo import api, models


class CrmRelationshipComplaint(models.Model):
    """New complaints without a handler go to a member of their team."""

    _inherit = "crm.relationship.complaint"

    @api.model_create_multi
    def create(self, vals_list):
        complaints = super().create(vals_list)
        complaints.filtered(lambda complaint: not complaint.user_id)._assign()
        return complaints

    def _assign(self):
        """Name a handler by the rule of each complaint's team."""
        # Whoever enters a complaint need not see its team's members and what they have to do.
        for team, complaints in self.sudo().grouped("team_id").items():
            if team.assignment != "manual":
                team.member_ids._share_out(complaints)

    def action_assign(self):
        """Name handlers where there is none yet."""
        self._check_may_work()
        self.filtered(lambda complaint: not complaint.user_id)._assign()
