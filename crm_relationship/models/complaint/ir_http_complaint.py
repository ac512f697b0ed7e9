from odoo import models


class IrHttp(models.AbstractModel):
    _inherit = "ir.http"

    def session_info(self):
        """Tell the chatter whether it offers to make complaints of messages."""
        info = super().session_info()
        wizard = self.env["crm.relationship.complaint.make"]
        info["relationship_complaints"] = self.env.user._is_internal() and wizard._is_offered()
        return info
