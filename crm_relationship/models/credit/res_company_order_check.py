from odoo import api, models
from odoo.tools import ormcache


class ResCompany(models.Model):
    """Which companies check orders."""

    _inherit = "res.company"

    @api.model
    @ormcache()
    def _get_relationship_check_modes(self):
        """Return ``{company id: "warn" or "block"}`` of the companies that check orders, kept in
        memory: every order that is written asks.
        """
        # An order is checked whoever confirms it, hence sudo.
        policies = self.env["crm.relationship.credit.policy"].sudo()
        checking = [("company_id", "!=", False), ("check_mode", "!=", "none")]
        return {policy.company_id.id: policy.check_mode for policy in policies.search(checking)}

    def _convert_to_relationship_currency(self, amount, currency):
        """Return the amount in the company's currency, at today's rate."""
        self.ensure_one()
        if not currency or currency == self.currency_id:
            return amount
        today = self._get_relationship_today()
        return currency._convert(amount, self.currency_id, self, today)
