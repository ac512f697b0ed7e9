from odoo import models


class AccountPartialReconcile(models.Model):
    _inherit = "account.partial.reconcile"

    _relationship_settled_idx = models.Index(
        "(debit_move_id) INCLUDE (company_id, max_date, amount, credit_move_id)"
    )
    _relationship_date_idx = models.Index("(max_date)")
    _relationship_written_idx = models.Index("(write_date)")

    def unlink(self):
        """Let the next run see the customers: a deleted reconciliation leaves no trace."""
        self.env["crm.relationship.profile"]._mark_partners_due(self.debit_move_id.partner_id)
        return super().unlink()
