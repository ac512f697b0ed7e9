from odoo import api, models


class CrmRelationshipCreditEntryMixin(models.AbstractModel):
    """What people enter of a customer's credit: the customer is scored anew at once."""

    _name = "crm.relationship.credit.entry.mixin"
    _description = "Entry for the Credit of a Customer"

    @api.model_create_multi
    def create(self, vals_list):
        entries = super().create(vals_list)
        entries._score_at_once()
        return entries

    def write(self, vals):
        before = self.partner_id
        result = super().write(vals)
        self._score_at_once(before)
        return result

    def unlink(self):
        """Let the next run see the customers: a deleted entry leaves no trace."""
        customers = self.partner_id
        result = super().unlink()
        self._score_at_once(customers)
        return result

    def _score_at_once(self, customers=None):
        """Score the customers of these entries, and ``customers``."""
        customers = self.exists().partner_id | (customers or self.partner_id.browse())
        self.env["crm.relationship.profile"]._score_at_once(customers.exists())
