from datetime import timedelta

from odoo.exceptions import UserError, ValidationError
from odoo.fields import Command
from odoo.tests import tagged

from .common_orders import OrderCheckCase

DAY = timedelta(days=1)


@tagged("post_install", "-at_install")
class TestOrderCheckPolicy(OrderCheckCase):
    def test_off_until_turned_on(self):
        other = self.create_company("Another Ltd")
        policy = self.credit_policy._get_of_company(other)
        self.assertEqual(policy.check_mode, "none")
        self.assertFalse(policy.check_grade_id)
        self.assertFalse(policy.checks_limit or policy.checks_overdue or policy.checks_terms)

    def test_the_grade_is_the_policys_own(self):
        other = self.credit_policy._get_of_company(self.create_company("Another Ltd"))
        with self.assertRaises(ValidationError):
            self.credit_policy.check_grade_id = other.grade_ids[0]

    def test_a_grade_that_is_asked_for_stays(self):
        self.credit_policy.check_grade_id = self.grades["B"]
        with self.assertRaisesRegex(UserError, "Order Check"):
            self.grades["B"].unlink()
        self.credit_policy.check_grade_id = False
        self.grades["B"].unlink()

    def test_terms_of_the_own_company(self):
        other = self.create_company("Another Ltd")
        term = self.env["account.payment.term"].create({"name": "Own", "company_id": other.id})
        with self.assertRaises(ValidationError):
            self.grades["A"].payment_term_ids = term

    def test_who_is_asked_approves_credit(self):
        with self.assertRaises(ValidationError):
            self.credit_policy.release_user_id = self.seller
        self.credit_policy.release_user_id = self.approver


@tagged("post_install", "-at_install")
class TestOrderCheckReasons(OrderCheckCase):
    def assert_passes(self, order):
        order.action_confirm()
        self.assertEqual(order.state, "sale")

    def assert_blocked(self, order, reason):
        with self.assertRaisesRegex(UserError, reason), self.cr.savepoint():
            order.action_confirm()
        self.env.invalidate_all()
        self.assertEqual(order.state, "draft")

    def test_limit_is_exceeded_above_it(self):
        self.owe(600)
        self.assert_blocked(self.make_order(400.01), r"1,000\.01")
        self.assert_passes(self.make_order(400))

    def test_limit_counts_confirmed_orders(self):
        self.make_order(700).action_confirm()
        self.make_order(5000)
        self.assert_blocked(self.make_order(301), "credit limit")
        self.assert_passes(self.make_order(300))

    def test_limit_counts_what_others_sold(self):
        """The salesperson sees neither the order nor its amount."""
        boss = self.new_user("check_boss", "sales_team.group_sale_manager")
        self.make_order(700, user=boss, user_id=boss.id).action_confirm()
        order = self.make_order(301)
        self.assert_blocked(order, "credit limit")

    def test_limit_forgets_cancelled_orders(self):
        former = self.make_order(700)
        former.action_confirm()
        former.action_cancel()
        self.assert_passes(self.make_order(1000))

    def test_limit_counts_the_contacts(self):
        branch = self.make_customers(1, parent_id=self.customer.id, is_company=False)
        self.owe(600, branch)
        self.assert_blocked(self.make_order(401, branch), "credit limit")
        self.assert_blocked(self.make_order(401), "credit limit")

    def test_limit_is_of_the_invoice_address(self):
        rich = self.make_limited(9000)
        self.assert_passes(self.make_order(5000, partner_invoice_id=rich.id))
        self.assert_blocked(
            self.make_order(1001, rich, partner_invoice_id=self.customer.id), "credit limit"
        )

    def test_limit_of_the_company(self):
        self.env["ir.default"].set("res.partner", "credit_limit", 50, company_id=self.company.id)
        newcomer = self.make_customers(1, user_id=self.seller.id)
        self.assert_blocked(self.make_order(51, newcomer), "credit limit")
        self.assert_passes(self.make_order(50, newcomer))

    def test_zero_is_no_limit(self):
        self.assert_passes(self.make_order(99999, self.make_limited(0)))

    def test_limits_that_odoo_does_not_use(self):
        self.company.account_use_credit_limit = False
        self.assert_passes(self.make_order(99999))

    def test_limit_in_the_companys_currency(self):
        euro = (
            self.env["res.currency"]
            .with_context(active_test=False)
            .search([("name", "=", "EUR" if self.company.currency_id.name != "EUR" else "USD")])
        )
        euro.active = True
        self.env["res.currency.rate"].create(
            {
                "currency_id": euro.id,
                "name": self.today,
                "rate": 0.5,
                "company_id": self.company.id,
            }
        )
        pricelist = self.env["product.pricelist"].create(
            {"name": "Foreign", "currency_id": euro.id, "company_id": self.company.id}
        )
        self.assert_passes(self.make_order(400, pricelist_id=pricelist.id))
        self.assert_blocked(self.make_order(201), "credit limit")
        self.assert_blocked(self.make_order(101, pricelist_id=pricelist.id), "credit limit")
        self.assert_passes(self.make_order(100, pricelist_id=pricelist.id))

    def test_limit_counts_what_is_not_delivered(self):
        self.product.invoice_policy = "delivery"
        self.make_order(700).action_confirm()
        self.assert_blocked(self.make_order(301), "credit limit")

    def test_another_company_counts_for_itself(self):
        other = self.create_company("Another Ltd")
        (move,) = self.make_invoices([(self.customer, self.today, 5000)], company=other)
        self.make_instalments([(move, self.customer, self.today, 5000)], company=other)
        self.assert_passes(self.make_order(1000))

    def test_orders_confirmed_together_count_each_other(self):
        orders = self.make_order(600) | self.make_order(401)
        with self.assertRaisesRegex(UserError, "credit limit"), self.cr.savepoint():
            orders.action_confirm()
        self.env.invalidate_all()
        self.assertEqual(set(orders.mapped("state")), {"draft"})
        orders[1].order_line.price_unit = 400
        orders.action_confirm()
        self.assertEqual(set(orders.mapped("state")), {"sale"})

    def test_overdue_at_its_tolerance(self):
        self.credit_policy.write(
            {
                "checks_limit": False,
                "checks_overdue": True,
                "overdue_tolerance_days": 10,
                "overdue_tolerance_amount": 100,
            }
        )
        self.owe(500, due=self.today - 10 * DAY)
        self.owe(100, due=self.today - 11 * DAY)
        self.assert_passes(self.make_order(1))
        self.owe(1, due=self.today - 11 * DAY)
        self.assert_blocked(self.make_order(1), r"101.*overdue")

    def test_overdue_is_read_live(self):
        self.credit_policy.write({"checks_limit": False, "checks_overdue": True})
        (line,) = self.owe(500, due=self.today - DAY)
        self.assert_blocked(self.make_order(1), "overdue")
        self.settle([(line, self.today, 500)])
        self.assert_passes(self.make_order(1))

    def test_due_today_is_not_overdue(self):
        self.credit_policy.write({"checks_limit": False, "checks_overdue": True})
        self.owe(500, due=self.today)
        self.assert_passes(self.make_order(1))

    def test_grade_below_the_wanted_one(self):
        self.credit_policy.write({"checks_limit": False, "check_grade_id": self.grades["B"].id})
        self.assert_passes(self.make_order(1))
        profile = self.grade("B")
        self.assert_passes(self.make_order(1))
        self.grade("C")
        self.assert_blocked(self.make_order(1), "grade is C.*below B")
        profile.write({"assessed_grade_id": self.grades["B"].id, "assessed_until": self.today})
        self.assert_passes(self.make_order(1))
        profile.assessed_until = self.today - DAY
        self.assert_blocked(self.make_order(1), "grade is C")

    def test_terms_of_the_grade(self):
        terms = self.env["account.payment.term"].create([{"name": "10 Days"}, {"name": "90 Days"}])
        self.credit_policy.write({"checks_limit": False, "checks_terms": True})
        self.assert_passes(self.make_order(1, payment_term_id=terms[1].id))
        self.grade("C")
        self.assert_passes(self.make_order(1, payment_term_id=terms[1].id))
        self.grades["C"].payment_term_ids = terms[0]
        self.assert_passes(self.make_order(1, payment_term_id=terms[0].id))
        self.assert_passes(self.make_order(1, payment_term_id=False))
        self.assert_blocked(self.make_order(1, payment_term_id=terms[1].id), "90 Days.*10 Days")

    def test_all_reasons_at_once(self):
        self.credit_policy.write({"checks_overdue": True, "check_grade_id": self.grades["A"].id})
        self.grade("B")
        self.owe(500, due=self.today - DAY)
        with self.assertRaises(UserError) as caught:
            self.make_order(501).action_confirm()
        for part in ("grade is B", "1,001", "overdue", "credit approver"):
            self.assertIn(part, str(caught.exception))

    def test_a_warning_is_noted(self):
        self.credit_policy.check_mode = "warn"
        order = self.make_order(1001)
        self.assertEqual(order.relationship_check, "warn")
        self.assert_passes(order)
        note = order.message_ids.filtered(lambda message: "although" in (message.body or ""))
        self.assertIn("credit limit", note.body)
        self.assertTrue(note.is_internal)

    def test_figures_for_those_who_see_the_customer(self):
        self.get_profile(self.customer) or self.grade("A")
        self.assertIn("1,001", self.make_order(1001).relationship_check_note)
        stranger = self.make_limited(1000)
        stranger.user_id = self.approver
        self.grade("A", stranger)
        order = self.make_order(1001, stranger, user_id=self.seller.id)
        self.assertNotIn("1,001", order.relationship_check_note)
        self.assertIn("credit limit", order.relationship_check_note)
        with self.assertRaises(UserError) as caught:
            order.action_confirm()
        self.assertNotIn("1,001", str(caught.exception))

    def test_the_banner_follows_the_screen(self):
        order = self.make_order(1000)
        self.assertFalse(order.relationship_check)
        screen = order.new(origin=order)
        screen.order_line.price_unit = 1001
        self.assertEqual(screen.relationship_check, "block")
        order.order_line = [Command.update(order.order_line.id, {"price_unit": 1001})]
        self.assertEqual(order.relationship_check, "block")


@tagged("post_install", "-at_install")
class TestOrderCheckInvoices(OrderCheckCase):
    """What is invoiced of an order counts once, through Odoo's own invoicing."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env["account.chart.template"].try_loading(
            "generic_coa", company=cls.company, install_demo=False
        )
        cls.seller.group_ids += cls.env.ref("account.group_account_invoice")

    def get_other_figures(self):
        """Return what the check knows of the customer, seen from a new order."""
        order = self.make_order(1)
        return self.credit_policy._get_check_figures(order.sudo())[order]

    def assert_figures(self, receivable, orders):
        figures = self.get_other_figures()
        self.assertAlmostEqual(figures["receivable"], receivable)
        self.assertAlmostEqual(figures["orders"], orders)

    def invoice(self, order, **values):
        wizard = self.env["sale.advance.payment.inv"].create(
            {"sale_order_ids": order.ids, **values}
        )
        return wizard._create_invoices(wizard.sale_order_ids)

    def test_draft_posted_and_credited(self):
        order = self.make_order(300)
        order.action_confirm()
        self.assert_figures(0, 300)
        invoice = self.invoice(order, advance_payment_method="delivered")
        self.assert_figures(0, 300)
        invoice.action_post()
        self.assert_figures(300, 0)
        invoice._reverse_moves(cancel=True)
        self.assert_figures(0, 300)

    def test_a_lower_price_on_the_invoice_leaves_nothing_to_invoice(self):
        order = self.make_order(300)
        order.action_confirm()
        invoice = self.invoice(order, advance_payment_method="delivered")
        invoice.invoice_line_ids.price_unit = 250
        invoice.action_post()
        self.assert_figures(250, 0)

    def test_down_payments_are_of_their_order(self):
        tax = self.env["account.tax"].create(
            {"name": "20", "amount": 20, "company_id": self.company.id}
        )
        order = self.make_order(300)
        order.order_line.tax_ids = tax
        order.action_confirm()
        self.assert_figures(0, 360)
        self.invoice(order, advance_payment_method="percentage", amount=50).action_post()
        self.assert_figures(180, 180)
        self.invoice(order, advance_payment_method="delivered").action_post()
        self.assert_figures(360, 0)

    def test_half_an_order(self):
        order = self.make_order(100)
        order.order_line.write({"product_uom_qty": 4, "price_unit": 100})
        order.action_confirm()
        invoice = self.invoice(order, advance_payment_method="delivered")
        invoice.invoice_line_ids.quantity = 1
        invoice.action_post()
        self.assert_figures(100, 300)

    def test_an_edit_counts_what_is_invoiced_once(self):
        order = self.make_order(600)
        order.action_confirm()
        self.invoice(order, advance_payment_method="delivered").action_post()
        line = {"product_id": self.product.id, "price_unit": 400, "tax_ids": False}
        order.order_line = [Command.create(line)]
        with self.assertRaisesRegex(UserError, "credit limit"):
            order.order_line = [Command.create({**line, "price_unit": 1})]

    def test_overpaid_customers_may_order_more(self):
        journal = self.env["account.journal"].search(
            [("company_id", "=", self.company.id), ("type", "=", "bank")], limit=1
        )
        self.env["account.payment"].with_company(self.company).create(
            {
                "partner_id": self.customer.id,
                "payment_type": "inbound",
                "partner_type": "customer",
                "amount": 500,
                "journal_id": journal.id,
            }
        ).action_post()
        self.assert_figures(-500, 0)
