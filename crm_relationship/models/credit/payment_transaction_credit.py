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
