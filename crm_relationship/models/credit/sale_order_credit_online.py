from odoo import SUPERUSER_ID, models

from .sale_order_credit_guard import CONFIRMING, CUSTOMER_CONFIRMS, CreditRefusal


class SaleOrder(models.Model):
    """Customers and payments never meet an error of the check: a blocked order is left a
    quotation, and a credit approver is asked.
    """

    _inherit = "sale.order"

    def action_confirm(self):
        """Leave blocked orders quotations where a customer or a payment confirms them."""
        modes = self.env["res.company"]._get_relationship_check_modes()
        if "block" not in modes.values() or not self._is_confirmed_by_customer():
            return super().action_confirm()
        confirming = self.with_context(**{CUSTOMER_CONFIRMS: CONFIRMING})
        passing = confirming - confirming._hold_blocked_orders()
        if not passing:
            return True
        try:
            with self.env.cr.savepoint():
                return super(SaleOrder, passing).action_confirm()
        except CreditRefusal:  # confirming made one of them larger, as rewards do
            if len(passing) == 1:
                passing._hold_orders()
            else:
                for order in passing:
                    order.action_confirm()
            return True

    def _validate_order(self):
        """A customer signs, or pays nothing; in a preview it is one of the company's people."""
        confirming = self.with_context(**{CUSTOMER_CONFIRMS: CONFIRMING})
        return super(SaleOrder, confirming)._validate_order()

    def _is_confirmed_by_customer(self):
        """Return whether nobody of the company is there to read an error: a customer signs, or
        a payment is processed.
        """
        if self.env.context.get(CUSTOMER_CONFIRMS) is CONFIRMING:
            return True
        return self.env.su and (self.env.user.share or self.env.uid == SUPERUSER_ID)

    def _hold_blocked_orders(self):
        """Hold the orders that the check blocks as they are; return them."""
        modes = self.env["res.company"]._get_relationship_check_modes()
        if "block" not in modes.values():
            return self.browse()
        quotations = self.filtered(
            lambda order: (
                order.state in ("draft", "sent")
                and modes.get(order.sudo().company_id.id) == "block"
            )
        )
        blocked = self.browse(
            order.id
            for order in quotations._find_credit_reasons()
            if not order._get_covering_release()
        )
        blocked._hold_orders()
        return blocked

    def _hold_orders(self):
        """Leave the orders sent quotations, with an activity for a credit approver."""
        if not self:
            return
        # The customer has no rights on the order, and nobody is asked in its name, hence the
        # superuser.
        held = self.with_user(SUPERUSER_ID)
        held.filtered(lambda order: order.state == "draft").with_context(
            tracking_disable=True
        ).write({"state": "sent"})
        held._ask_for_release(
            self.env._(
                "The customer has confirmed or paid it online; it was told that the order is being "
                "reviewed."
            )
        )
