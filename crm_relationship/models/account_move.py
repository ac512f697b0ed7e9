from odoo import models


class AccountMove(models.Model):
    """Customer invoices tell the runs of the engine what customers buy.

    How it works
        A row of this table is wide, and a customer's invoices lie all over it. The indexes
        hold what a run reads of posted documents, ordered by customer, so that it reads
        nothing else; and the documents by the time they were written, so that a night
        finds what changed without looking at the rest.

        With 5 million invoices they take 193 MB, 6 MB for the credit notes and 35 MB, the
        last one up to three times that where every row was written at another time. An
        invoice gets an entry when it is posted, and one each time it is written.
    """

    _name = "account.move"
    _inherit = [
        "account.move",
        "crm.relationship.document.mixin",
        "crm.relationship.source.mixin",
    ]

    _relationship_invoice_idx = models.Index(
        """(partner_id, invoice_date) INCLUDE (id, company_id, amount_untaxed_signed)
           WHERE move_type = 'out_invoice' AND state = 'posted'"""
    )
    _relationship_refund_idx = models.Index(
        """(partner_id, invoice_date) INCLUDE (id, company_id, amount_untaxed_signed)
           WHERE move_type = 'out_refund' AND state = 'posted'"""
    )
    _relationship_blocked_idx = models.Index("(partner_id) WHERE payment_state = 'blocked'")
    _relationship_written_idx = models.Index(
        "(write_date) WHERE move_type IN ('out_invoice', 'out_refund')"
    )

    def _mark_relationships_due(self):
        moves = self.filtered(lambda move: move.move_type in ("out_invoice", "out_refund"))
        return super(AccountMove, moves)._mark_relationships_due()
