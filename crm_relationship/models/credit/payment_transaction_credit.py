from odoo import models

from .sale_order_credit_guard import CONFIRMING, CUSTOMER_CONFIRMS


class PaymentTransaction(models.Model):
    """A captured payment is booked, whatever the order check says of its order."""

    _inherit = "payment.transaction"

    def _post_process(self):
        confirming = self.with_context(**{CUSTOMER_CONFIRMS: CONFIRMING})
        return super(PaymentTransaction, confirming)._post_process()

    def _check_amount_and_confirm_order(self):
        """Return the orders that are confirmed: a blocked one is left a quotation."""
        confirming = self.with_context(**{CUSTOMER_CONFIRMS: CONFIRMING})
        orders = super(PaymentTransaction, confirming)._check_amount_and_confirm_order()
        return orders.filtered(lambda order: order.state == "sale").with_env(self.env)

    def _get_kept_amount(self):
        """Return what was captured and not refunded, in the transaction's currency.

        A transaction that is captured in parts ends done at its full amount, even if parts of it
        were voided; what was captured is in its children.
        """
        self.ensure_one()
        if self.operation == "validation":
            return 0
        children = self.child_transaction_ids
        refunds = children.filtered(lambda child: child.operation == "refund")
        captures = (children - refunds).filtered(lambda child: child.state != "error")
        if captures:
            captured = sum(capture._get_kept_amount() for capture in captures)
        else:
            captured = self.amount if self.state == "done" else 0
        refunded = refunds.filtered(lambda refund: refund.state == "done")
        return captured + sum(refunded.mapped("amount"))  # of refunds it is negative
