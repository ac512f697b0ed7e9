from odoo import fields, models

from ..res_partner import RELATIONSHIP_GROUP


class ResPartner(models.Model):
    """The open proposal to dismiss the customer, on its contact."""

    _inherit = "res.partner"

    relationship_is_dismissal_proposed = fields.Boolean(
        related="relationship_profile_id.is_dismissal_proposed",
        related_sudo=False,
        groups=RELATIONSHIP_GROUP,
    )

    def action_open_relationship_proposal(self):
        """Open the proposal to dismiss this customer."""
        return self.relationship_profile_id.action_open_proposal()
