from odoo.tests import HttpCase, tagged

from .common_orders import OrderCheckCase


@tagged("post_install", "-at_install")
class TestTourOrderCheck(OrderCheckCase, HttpCase):
    """A salesperson is refused and asks, an approver releases, the salesperson confirms."""

    def test_blocked_released_confirmed(self):
        self.customer.name = "Tour Debtor"
        order = self.make_order(1001)
        form = f"/odoo/sale.order/{order.id}"
        self.start_tour(form, "crm_relationship_order_blocked", login="check_seller")
        self.assertTrue(order.relationship_is_held)
        self.start_tour(
            "/odoo/orders-to-release", "crm_relationship_order_release", login="check_approver"
        )
        self.assertEqual(order.relationship_check, "released")
        self.start_tour(form, "crm_relationship_order_confirmed", login="check_seller")
        self.assertEqual(order.state, "sale")
