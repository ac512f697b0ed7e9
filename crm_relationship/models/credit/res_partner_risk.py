from odoo import fields, models

from ..res_partner import RELATIONSHIP_GROUP


class ResPartner(models.Model):
    """The five risks of a key customer, on its contact."""

    _inherit = "res.partner"

    relationship_shows_risks = fields.Boolean(
        related="relationship_profile_id.shows_risks",
        related_sudo=False,
        groups=RELATIONSHIP_GROUP,
    )

    def action_explain_risks(self):
        """Open the five risks with what shows them."""
        self.ensure_one()
        return self.relationship_profile_id.action_explain_risks()

    def action_judge_risks(self):
        """Open what was judged of this customer."""
        self.ensure_one()
        return self.relationship_profile_id.action_judge_risks()
