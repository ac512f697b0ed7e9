from odoo import models


class CrmRelationshipComplaintTeam(models.Model):
    """Another calendar of a team moves the deadlines of its open complaints."""

    _inherit = "crm.relationship.complaint.team"

    def write(self, vals):
        result = super().write(vals)
        if "resource_calendar_id" in vals:
            complaints = self.env["crm.relationship.complaint"]
            complaints._refresh_deadlines([("team_id", "in", self.ids)])
        return result
