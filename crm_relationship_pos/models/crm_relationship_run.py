from odoo import models


class CrmRelationshipRun(models.Model):
    _inherit = "crm.relationship.run"

    def _get_terms(self, policy):
        """Measure everybody anew when another time zone moves orders to other days."""
        return {
            **super()._get_terms(policy),
            "timezone": self.company_id.resource_calendar_id.tz,
        }
