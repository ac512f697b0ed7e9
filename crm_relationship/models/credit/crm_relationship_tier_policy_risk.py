from odoo import models


class CrmRelationshipTierPolicy(models.Model):
    """Whose risks are shown is kept in memory by tier, and tiers go with their policy."""

    _inherit = "crm.relationship.tier.policy"

    def write(self, vals):
        result = super().write(vals)
        if vals.keys() & {"company_id", "state"}:
            self.env.registry.clear_cache()
        return result

    def unlink(self):
        """The database deletes the tiers along, and tells nobody."""
        result = super().unlink()
        self.env.registry.clear_cache()
        return result
