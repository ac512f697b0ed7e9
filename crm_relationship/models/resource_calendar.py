from odoo import models


class ResourceCalendar(models.Model):
    _inherit = "resource.calendar"

    def write(self, vals):
        """Let companies forget which time zone they keep in memory."""
        result = super().write(vals)
        if "tz" in vals:
            self.env.registry.clear_cache()
        return result
