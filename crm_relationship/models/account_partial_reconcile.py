from odoo import models


class AccountPartialReconcile(models.Model):
    _inherit = "account.partial.reconcile"

    def unlink(self):
        """Let the next run see the customers: a deleted reconciliation leaves no trace."""
        self.env["crm.relationship.profile"]._mark_partners_due(self.debit_move_id.partner_id)
        return super().unlink()
