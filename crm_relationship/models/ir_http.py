from odoo import models

from .res_partner import RELATIONSHIP_GROUP


class IrHttp(models.AbstractModel):
    _inherit = "ir.http"

    def session_info(self):
        """Tell the web client whether the user sees results, so that it need not ask."""
        info = super().session_info()
        groups = info.setdefault("groups", {})
        groups[RELATIONSHIP_GROUP] = bool(info.get("uid")) and self.env.user.has_group(
            RELATIONSHIP_GROUP
        )
        return info
