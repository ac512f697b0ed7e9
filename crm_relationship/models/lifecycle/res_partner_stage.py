from odoo import fields, models

from ..res_partner import RELATIONSHIP_GROUP, profile_field


class ResPartner(models.Model):
    """Shows the lifecycle stage of the customer in the current company."""

    _inherit = "res.partner"

    relationship_stage_id = profile_field(fields.Many2one, "stage_id", string="Lifecycle Stage")
    relationship_stage_code = profile_field(
        fields.Selection, "stage_code", string="Lifecycle Stage Code"
    )
    relationship_stage_color = fields.Integer(
        related="relationship_profile_id.stage_color",
        related_sudo=False,
        groups=RELATIONSHIP_GROUP,
    )
    relationship_stage_date = profile_field(fields.Date, "stage_date", string="In the Stage Since")

    def action_explain_relationship_stage(self):
        """Open the answer to "why this stage?"."""
        self.ensure_one()
        return self.relationship_profile_id.action_explain_stage()
