from odoo.exceptions import AccessError, UserError
from odoo.fields import Command
from odoo.tests import Form, tagged

from .common_orders import APPROVER, SALESPERSON, OrderCheckCase


@tagged("post_install", "-at_install")
class TestOrderRelease(OrderCheckCase):
    def open_wizard(self, order, user=None):
        wizards = self.env["crm.relationship.release"].with_user(user or self.approver)
        return wizards.with_context(active_model="sale.order", active_id=order.id)

    def test_release_by_the_wizard(self):
        self.owe(500)
        order = self.make_order(1001)
        order.action_ask_release()
        self.assertTrue(order.relationship_is_held)
        activity = order.activity_ids
        self.assertEqual(activity.user_id, self.approver)
        wizard = self.open_wizard(order).create({"reason": "Paid yesterday"})
        self.assertEqual(wizard.amount, 1001)
        self.assertEqual(wizard.customer_id, self.customer)
        self.assertIn("1,501", wizard.check_note)
        wizard.action_release()
        release = order.relationship_release_id.sudo()
        self.assertEqual(release.user_id, self.approver)
        self.assertEqual(release.reason, "Paid yesterday")
        self.assertEqual(
            (release.amount, release.exposure, release.credit_limit), (1001, 1501, 1000)
        )
        self.assertIn("1,501", release.findings)
        self.assertTrue(release.is_valid)
        self.assertFalse(order.relationship_is_held)
        self.assertFalse(order.activity_ids)
        self.assertEqual(order.relationship_check, "released")
        self.assertTrue(any("Paid yesterday" in body for body in order.message_ids.mapped("body")))
        order.action_confirm()
        self.assertEqual(order.state, "sale")
        self.assertEqual(order.relationship_release_id, release)

    def test_a_reason_is_needed(self):
        order = self.make_order(1001)
        with self.assertRaises(UserError):
            self.release(order, reason="  ")

    def test_up_to_its_amount(self):
        order = self.make_order(1001)
        with self.assertRaises(UserError):
            self.release(order, 1000.99)
        self.release(order, 1100)
        order.action_confirm()
        order.order_line.price_unit = 1100
        with self.assertRaises(UserError):
            order.order_line.price_unit = 1100.01

    def test_a_larger_quotation_needs_another(self):
        order = self.make_order(1001)
        self.release(order)
        order.order_line.price_unit = 1002
        self.assertEqual(order.relationship_check, "block")
        with self.assertRaises(UserError):
            order.action_confirm()

    def test_another_customer_needs_another(self):
        order = self.make_order(1001)
        self.release(order)
        order.partner_invoice_id = self.make_limited(1000)
        with self.assertRaises(UserError):
            order.action_confirm()

    def test_other_terms_need_another(self):
        terms = self.env["account.payment.term"].create([{"name": "10 Days"}, {"name": "90 Days"}])
        order = self.make_order(1001, payment_term_id=terms[0].id)
        self.release(order)
        order.payment_term_id = terms[1]
        with self.assertRaises(UserError), self.cr.savepoint():
            order.action_confirm()
        self.env.invalidate_all()
        order.payment_term_id = terms[0]
        order.action_confirm()
        with self.assertRaises(UserError):
            order.payment_term_id = terms[1]

    def test_a_confirmed_order_may_be_released_to_grow(self):
        order = self.make_order(1000)
        order.action_confirm()
        with self.assertRaises(UserError), self.cr.savepoint():
            order.order_line.price_unit = 1200
        self.env.invalidate_all()
        self.release(order, 1200)
        order.order_line.price_unit = 1200
        self.assertEqual(order.amount_total, 1200)

    def test_nobody_releases_his_own_order(self):
        both = self.new_user("check_both", f"{SALESPERSON}_all_leads,{APPROVER}")
        own = self.make_order(1001, user=both, user_id=both.id)
        entered = self.make_order(1001, user=both, user_id=self.seller.id)
        sold = self.make_order(1001)
        sold.sudo().user_id = both
        for order in (own, entered, sold):
            self.assertFalse(order.with_user(both).relationship_may_release)
            with self.assertRaisesRegex(AccessError, "yourself"):
                order.with_user(both)._release_credit("Mine", 1001)
            with self.assertRaises(AccessError):
                self.open_wizard(order, both).create({"reason": "Mine"}).action_release()
        other = self.make_order(1001)
        other.with_user(both)._release_credit("Fine", 1001)
        other.sudo().user_id = both
        with self.assertRaises(UserError):
            other.action_confirm()

    def test_only_approvers_release(self):
        order = self.make_order(1001)
        manager = self.new_user("check_manager", "sales_team.group_sale_manager")
        for user in (self.seller, manager):
            with self.assertRaises(AccessError):
                order.with_user(user)._release_credit("Please", 1001)
            with self.assertRaises(AccessError):
                self.open_wizard(order, user).create({"reason": "Please"})

    def test_an_approver_of_another_company(self):
        other = self.create_company("Another Ltd")
        stranger = self.new_user("check_stranger", APPROVER, other)
        order = self.make_order(1001)
        with self.assertRaises(AccessError):
            order.with_user(stranger)._release_credit("Mine", 1001)
        release = self.release(order)
        releases = self.env["crm.relationship.credit.release"]
        self.assertFalse(releases.with_user(stranger).search([]))
        self.assertEqual(releases.with_user(self.approver).search([]), release)

    def test_salespeople_see_releases_of_their_customers(self):
        release = self.release(self.make_order(1001))
        stranger = self.make_limited(1000)
        stranger.user_id = self.approver
        self.release(self.make_order(1001, stranger, user_id=self.seller.id))
        releases = self.env["crm.relationship.credit.release"].with_user(self.seller)
        self.assertEqual(releases.search([]), release)
        portal = self.new_user("check_portal", "base.group_portal")
        with self.assertRaises(AccessError):
            releases.with_user(portal).search([])

    def test_a_release_is_kept_as_it_is(self):
        order = self.make_order(1001)
        release = self.release(order)
        admin = self.env.ref("base.user_admin")
        admin.company_ids += self.company
        for record in (release.with_user(admin), release.sudo()):
            for change in (
                lambda record: record.write({"reason": "Another"}),
                lambda record: record.unlink(),
                lambda record: record.copy(),
                lambda record: record.create({"order_id": order.id, "reason": "x"}),
            ):
                with self.assertRaises(UserError):  # an AccessError is one
                    change(record)
        with self.assertRaisesRegex(UserError, "kept"):
            order.sudo().unlink()

    def test_an_order_that_nothing_blocks(self):
        order = self.make_order(1000)
        with self.assertRaises(UserError):
            order.action_ask_release()
        self.credit_policy.check_mode = "warn"
        with self.assertRaises(UserError):
            self.release(order)

    def test_asking_twice_makes_one_activity(self):
        self.credit_policy.release_user_id = self.approver
        order = self.make_order(1001)
        order.action_ask_release()
        order.action_ask_release()
        self.assertEqual(len(order.activity_ids), 1)
        waiting = self.env["sale.order"].with_user(self.approver)
        waiting = waiting.search([("relationship_is_held", "=", True)])
        self.assertEqual(waiting.ids, order.ids)
        order.action_cancel()
        self.assertFalse(order.relationship_is_held)
        self.assertFalse(order.activity_ids)

    def test_a_passed_order_waits_no_longer(self):
        order = self.make_order(1001)
        order.action_ask_release()
        self.customer.with_company(self.company).credit_limit = 2000
        order.action_confirm()
        self.assertFalse(order.relationship_is_held)
        self.assertFalse(order.activity_ids)

    def test_another_rate_does_not_end_the_release(self):
        currency = (
            self.env["res.currency"]
            .with_context(active_test=False)
            .search([("id", "!=", self.company.currency_id.id)], limit=1)
        )
        currency.active = True
        rate = self.env["res.currency.rate"].create(
            {
                "currency_id": currency.id,
                "name": self.today,
                "rate": 0.5,
                "company_id": self.company.id,
            }
        )
        pricelist = self.env["product.pricelist"].create(
            {"name": "Foreign", "currency_id": currency.id, "company_id": self.company.id}
        )
        order = self.make_order(501, pricelist_id=pricelist.id)
        self.release(order, 1002)
        rate.rate = 0.4
        order.action_confirm()
        self.assertEqual(order.state, "sale")

    def test_approvers_read_what_they_release(self):
        order = self.make_order(1001)
        seen = order.with_user(self.approver)
        view = self.env.ref("crm_relationship.sale_order_view_form_release")
        form = Form(seen, view=view)
        self.assertEqual(form.relationship_check, "block")
        self.assertEqual(form.amount_total, 1001)
        with self.assertRaises(AccessError):
            seen.write({"client_order_ref": "x"})
        with self.assertRaises(AccessError):
            seen.order_line = [Command.clear()]


@tagged("post_install", "-at_install")
class TestOrderCheckQueries(OrderCheckCase):
    """What the check costs does not grow with the orders."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.credit_policy.write(
            {"checks_overdue": True, "check_grade_id": cls.grades["C"].id, "checks_terms": True}
        )

    def make_orders(self, quantity):
        orders = self.env["sale.order"]
        for _number in range(quantity):
            customer = self.make_limited(1000)
            self.grade("B", customer)
            orders |= self.make_order(1000, customer)
        return orders

    def count(self, function):
        self.env.flush_all()
        self.env.invalidate_all()
        before = self.cr.sql_log_count
        function()
        self.env.flush_all()
        return self.cr.sql_log_count - before

    def count_check(self, quantity):
        """Return the queries of confirming with the check, less those without."""
        queries = {}
        for mode in ("none", "none", "block"):
            self.credit_policy.check_mode = mode
            queries[mode] = self.count(self.make_orders(quantity).action_confirm)
        return queries["block"] - queries["none"]

    def test_confirming(self):
        few = self.count_check(1)
        self.assertLess(few, 25)
        self.assertLessEqual(self.count_check(40), few + 5)

    def test_banner(self):
        def show(orders):
            return lambda: orders.mapped("relationship_check_note")

        few, many = self.make_orders(2), self.make_orders(40)
        self.customer = few.partner_id[0]
        self.env["res.partner"].search([]).with_company(self.company).credit_limit = 500
        self.count(show(few))
        few_queries = self.count(show(few))
        self.assertLessEqual(self.count(show(many)), few_queries + 3)

    def test_nothing_where_it_is_off(self):
        self.credit_policy.check_mode = "none"
        orders = self.make_orders(3)
        self.env["res.company"]._get_relationship_check_modes()
        orders.mapped("state")
        with self.assertQueryCount(0):
            orders.mapped("relationship_check")
            list(orders._get_unguarded_orders())
            with orders._guard_credit({"state": "sale"}):
                pass
            orders._hold_blocked_orders()
