from odoo import models


class AccountMove(models.Model):
    _name = "account.move"
    _inherit = ["account.move", "crm.relationship.document.mixin"]

    def write(self, vals):
        """Let the next run see the customer that an invoice is taken away from."""
        if "partner_id" in vals:
            self._mark_relationships_due()
        return super().write(vals)

    def unlink(self):
        """Let the next run see the customers: a deleted invoice leaves no trace."""
        self._mark_relationships_due()
        return super().unlink()

    def _mark_relationships_due(self):
        moves = self.filtered(lambda move: move.move_type in ("out_invoice", "out_refund"))
        self.env["crm.relationship.profile"]._mark_partners_due(moves.partner_id)
