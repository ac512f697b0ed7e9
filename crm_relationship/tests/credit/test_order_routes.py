import json
from datetime import datetime, timedelta

from odoo.exceptions import UserError
from odoo.fields import Command
from odoo.tests import HttpCase, tagged
from odoo.tools import mute_logger

from .common_orders import OrderCheckCase


@tagged("post_install", "-at_install")
class TestOrderRoutes(OrderCheckCase):
    """The ways around the check, each tried as a salesperson."""

    def assert_refused(self, function, *args, **kwargs):
        with self.assertRaisesRegex(UserError, "credit"), self.cr.savepoint():
            function(*args, **kwargs)
            self.env.flush_all()
        self.env.invalidate_all()

    def get_line(self, amount, **values):
        return Command.create(
            {"product_id": self.product.id, "price_unit": amount, "tax_ids": False, **values}
        )

    def make_confirmed(self, amount=1000):
        order = self.make_order(amount)
        order.action_confirm()
        return order

    def test_write_and_create_a_state(self):
        order = self.make_order(1001)
        self.assert_refused(order.write, {"state": "sale"})
        self.assert_refused(order.web_save, {"state": "sale"}, {})
        self.assert_refused(self.make_order, 1001, state="sale")
        defaults = self.seller.with_user(self.seller).env["sale.order"]
        self.assert_refused(
            defaults.with_context(default_state="sale").create,
            {"partner_id": self.customer.id, "order_line": [self.get_line(1001)]},
        )
        self.assertEqual(order.state, "draft")

    def test_context_keys(self):
        keys = {
            "crm_relationship_guarded_orders": [1, 2],
            "crm_relationship_customer_confirms": True,
            "crm_relationship_sets_release": True,
            "crm_relationship_records_release": True,
            "tracking_disable": True,
        }
        order = self.make_order(1001)
        keys["crm_relationship_guarded_orders"] = order.ids
        self.assert_refused(order.with_context(**keys).action_confirm)
        self.assert_refused(order.with_context(**keys).write, {"state": "sale"})
        with self.assertRaises(UserError):
            order.with_context(**keys).write({"relationship_is_held": True})
        with self.assertRaises(UserError):
            self.env["crm.relationship.credit.release"].with_user(self.seller).with_context(
                **keys
            ).create({"order_id": order.id})

    def test_import(self):
        orders = self.env["sale.order"].with_user(self.seller)
        fields = ["partner_id/.id", "state", "order_line/product_id/.id", "order_line/price_unit"]
        row = [str(self.customer.id), "sale", str(self.product.id), "1001"]
        answer = orders.load(fields, [row])
        self.assertFalse(answer["ids"])
        self.assertIn("credit limit", str(answer["messages"]))
        self.assertTrue(orders.load(fields, [[*row[:3], "900"]])["ids"])

    def test_amounts_that_follow_from_the_lines(self):
        order = self.make_order(1001)
        order.write({"amount_total": 1, "amount_untaxed": 1})
        order.order_line.write({"price_total": 1, "price_subtotal": 1})
        self.assertEqual(order.amount_total, 1001)
        self.assert_refused(order.action_confirm)
        self.assert_refused(self.make_order, 1001, state="sale", amount_total=1)

    def test_a_confirmed_order_does_not_grow(self):
        order = self.make_confirmed()
        line = order.order_line
        self.assert_refused(line.write, {"price_unit": 1000.01})
        self.assert_refused(line.write, {"product_uom_qty": 2, "price_unit": 1000})
        self.assert_refused(order.write, {"order_line": [self.get_line(1)]})
        self.assert_refused(
            order.order_line.create,
            {"order_id": order.id, "product_id": self.product.id, "price_unit": 1},
        )
        self.assert_refused(
            line.with_context(default_order_id=order.id).create,
            {"product_id": self.product.id, "price_unit": 1},
        )
        self.assert_refused(
            self.customer.with_user(self.seller).write,
            {"sale_order_ids": [Command.update(order.id, {"order_line": [self.get_line(1)]})]},
        )
        foreign = self.make_order(50)
        self.assert_refused(foreign.order_line.write, {"order_id": order.id})
        self.assertEqual(order.amount_total, 1000)

    def test_a_discount_is_not_taken_off(self):
        order = self.make_order(1100)
        order.write({"order_line": [self.get_line(-100)]})
        order.action_confirm()
        discount = order.order_line.filtered(lambda line: line.price_unit < 0)
        self.assert_refused(discount.write, {"price_unit": 0})
        self.assert_refused(
            order.write, {"order_line": [Command.update(discount.id, {"price_unit": -1})]}
        )

    def test_a_confirmed_order_may_change_otherwise(self):
        order = self.make_confirmed()
        order.order_line.price_unit = 900
        order.client_order_ref = "4711"
        second = self.get_line(50)
        order.write(
            {"order_line": [Command.update(order.order_line.id, {"price_unit": 850}), second]}
        )
        self.assertEqual(order.amount_total, 900)
        order.write({"order_line": [self.get_line(100)]})
        self.assertEqual(order.amount_total, 1000)

    def test_a_confirmed_order_stays_with_its_customer(self):
        poor = self.make_limited(10)
        order = self.make_confirmed()
        self.assert_refused(order.write, {"partner_invoice_id": poor.id})
        self.assert_refused(order.write, {"partner_id": poor.id})
        self.assertEqual(order.partner_invoice_id, self.customer)

    def test_a_confirmed_order_keeps_its_terms(self):
        terms = self.env["account.payment.term"].create([{"name": "10 Days"}, {"name": "90 Days"}])
        self.grade("C")
        self.grades["C"].payment_term_ids = terms[0]
        self.credit_policy.checks_terms = True
        order = self.make_order(10, payment_term_id=terms[0].id)
        order.action_confirm()
        self.assert_refused(order.write, {"payment_term_id": terms[1].id})

    def test_a_confirmed_order_keeps_its_currency(self):
        currency = (
            self.env["res.currency"]
            .with_context(active_test=False)
            .search([("id", "!=", self.company.currency_id.id)], limit=1)
        )
        currency.active = True
        self.env["res.currency.rate"].create(
            {
                "currency_id": currency.id,
                "name": self.today,
                "rate": 0.5,
                "company_id": self.company.id,
            }
        )
        order = self.make_confirmed()
        self.assert_refused(order.write, {"currency_id": currency.id})

    def test_a_locked_order(self):
        order = self.make_order(1001)
        order.action_lock()
        self.assert_refused(order.action_confirm)
        self.assert_refused(order.write, {"locked": True, "state": "sale"})

    def test_changing_the_company(self):
        other = self.create_company("Free Ltd")
        self.seller.company_ids += other
        free = self.env["sale.order"].with_user(self.seller).with_company(other)
        free = free.with_context(allowed_company_ids=(other | self.company).ids)
        order = free.create(
            {
                "partner_id": self.customer.id,
                "company_id": other.id,
                "order_line": [self.get_line(1001)],
            }
        )
        order.action_confirm()
        self.assertEqual(order.state, "sale")
        with self.assertRaises(UserError):  # of ours, or of Odoo's on warehouses
            order.write({"company_id": self.company.id})

    def test_a_copy_is_checked(self):
        order = self.make_order(1001)
        self.release(order)
        order.action_confirm()
        copy = order.copy()
        self.assertFalse(copy.relationship_release_id)
        self.assert_refused(copy.action_confirm)

    def test_reopening_needs_a_new_release(self):
        for state in ("action_draft", "write"):
            order = self.make_order(1001, self.make_limited(1000))
            self.release(order)
            order.action_confirm()
            if state == "write":
                order.write({"state": "draft"})
            else:
                order.action_cancel()
                self.assertFalse(order.relationship_release_id)
                order.action_draft()
            self.assertFalse(order.relationship_release_id)
            self.assert_refused(order.action_confirm)

    def test_release_fields_are_nobodys_to_set(self):
        order = self.make_order(1001)
        release = self.release(order)
        other = self.make_order(1001)
        for user in (self.seller, self.approver, self.env.ref("base.user_admin")):
            for values in (
                {"relationship_release_id": release.id},
                {"relationship_is_held": True},
                {"relationship_release_ids": [Command.link(release.id)]},
            ):
                with self.assertRaises(UserError):
                    other.with_user(user).write(values)
        with self.assertRaises(UserError):
            self.make_order(1001, relationship_release_id=release.id)
        defaulted = self.env["sale.order"].with_user(self.seller)
        defaulted = defaulted.with_context(default_relationship_release_id=release.id).create(
            {"partner_id": self.customer.id, "order_line": [self.get_line(1001)]}
        )
        self.assert_refused(defaulted.action_confirm)

    def test_the_superuser_is_checked_too(self):
        with self.assertRaises(UserError):
            self.make_order(1001).sudo().write({"state": "sale"})


@tagged("post_install", "-at_install")
class TestOrderRoutesHttp(OrderCheckCase, HttpCase):
    """The ways around the check through the JSON-2 API, with the salesperson's own key."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        keys = cls.env["res.users.apikeys"].with_user(cls.seller).sudo()
        cls.key = keys._generate("rpc", "test", datetime.now() + timedelta(days=1))

    def call(self, model, method, **arguments):
        return self.url_open(
            f"/json/2/{model}/{method}",
            data=json.dumps(arguments),
            headers={"Authorization": f"Bearer {self.key}", "Content-Type": "application/json"},
        )

    @mute_logger("odoo.http")
    def test_orders(self):
        order = self.make_order(1001)
        line = [0, 0, {"product_id": self.product.id, "price_unit": 1001, "tax_ids": False}]
        new = {"partner_id": self.customer.id, "order_line": [line], "state": "sale"}
        key = {"crm_relationship_guarded_orders": order.ids, "crm_relationship_sets_release": 1}
        for method, arguments in (
            ("action_confirm", {"ids": order.ids}),
            ("action_confirm", {"ids": order.ids, "context": key}),
            ("write", {"ids": order.ids, "vals": {"state": "sale"}}),
            ("write", {"ids": order.ids, "vals": {"relationship_is_held": True}, "context": key}),
            ("web_save", {"ids": order.ids, "vals": {"state": "sale"}, "specification": {}}),
            ("create", {"vals_list": [new]}),
            ("create", {"vals_list": [{**new, "state": "draft", "relationship_is_held": True}]}),
            ("_release_credit", {"ids": order.ids, "reason": "x", "amount": 9999}),
            ("_set_release_fields", {"ids": order.ids, "relationship_is_held": True}),
        ):
            answer = self.call("sale.order", method, **arguments)
            self.assertGreaterEqual(answer.status_code, 400, (method, answer.text))
        self.env.invalidate_all()
        self.assertEqual(order.state, "draft")
        self.assertFalse(order.relationship_is_held)

    @mute_logger("odoo.http")
    def test_releases(self):
        order = self.make_order(1001)
        release = self.release(order)
        values = {"order_id": order.id, "reason": "x", "amount": 9, "partner_id": self.customer.id}
        for method, arguments in (
            ("create", {"vals_list": [values]}),
            ("write", {"ids": release.ids, "vals": {"amount": 99999}}),
            ("unlink", {"ids": release.ids}),
            ("copy", {"ids": release.ids}),
        ):
            answer = self.call("crm.relationship.credit.release", method, **arguments)
            self.assertGreaterEqual(answer.status_code, 400, method)
        answer = self.call(
            "crm.relationship.release",
            "create",
            vals_list=[{"order_id": order.id, "reason": "x", "amount": 9999}],
        )
        self.assertEqual(answer.status_code, 403)
