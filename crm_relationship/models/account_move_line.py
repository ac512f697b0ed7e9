from odoo import models


class AccountMoveLine(models.Model):
    _inherit = "account.move.line"

    _relationship_instalment_idx = models.Index(
        """(partner_id) INCLUDE (id, move_id, account_id, date, date_maturity)
           WHERE display_type = 'payment_term' AND parent_state = 'posted' AND balance >= 0"""
    )
    _relationship_open_idx = models.Index(
        """(partner_id) INCLUDE (id, move_id, account_id, date, date_maturity, amount_residual)
           WHERE display_type = 'payment_term' AND parent_state = 'posted'
             AND reconciled IS NOT TRUE AND amount_residual <> 0"""
    )
    _relationship_credited_idx = models.Index(
        """(move_id) INCLUDE (id, account_id)
           WHERE display_type = 'payment_term' AND parent_state = 'posted' AND balance <= 0"""
    )
