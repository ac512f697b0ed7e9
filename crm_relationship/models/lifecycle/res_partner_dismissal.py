from odoo import fields, models

from ..res_partner import profile_field


class ResPartner(models.Model):
    """Dismissal of the customer, from its contact."""

    _inherit = "res.partner"

    relationship_dismissed_date = profile_field(fields.Date, "dismissed_date")

    def action_dismiss_relationship(self):
        """Ask why the relationship with this customer ends in the current company."""
        self.ensure_one()
        return {
            **self.env["ir.actions.act_window"]._for_xml_id(
                "crm_relationship.crm_relationship_dismiss_action"
            ),
            "context": {"default_profile_id": self.relationship_profile_id.id},
        }

    def action_lift_relationship_dismissal(self):
        """Let the rules of the lifecycle hold again for this customer."""
        return self.relationship_profile_id.action_lift_dismissal()
