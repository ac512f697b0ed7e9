from unittest.mock import patch

from odoo.exceptions import UserError
from odoo.fields import Command
from odoo.tests import tagged

from .common_orders import APPROVER, SALESPERSON, OrderCheckCase


class CornerCase(OrderCheckCase):
    def assert_refused(self, function, *args, reason="credit", **kwargs):
        with self.assertRaisesRegex(UserError, reason), self.cr.savepoint():
            function(*args, **kwargs)
            self.env.flush_all()
        self.env.invalidate_all()

    def get_line(self, amount, **values):
        return Command.create(
            {"product_id": self.product.id, "price_unit": amount, "tax_ids": False, **values}
        )

    def make_confirmed(self, amount, customer=None, **values):
        order = self.make_order(amount, customer, **values)
        order.action_confirm()
        return order

    def get_counted(self):
        """Return what the confirmed orders of the customer count."""
        order = self.make_order(1).sudo()
        return self.credit_policy._get_check_figures(order)[order]["orders"]


@tagged("post_install", "-at_install")
class TestOrderInvoiceLinks(CornerCase):
    """Nobody makes an order look invoiced."""

    def setUp(self):
        super().setUp()
        (line,) = self.owe(1, self.make_limited(0))
        self.foreign = [Command.link(line)]

    def assert_counted(self, order):
        self.assertFalse(order.sudo().order_line.invoice_lines)
        self.assertEqual(self.get_counted(), 900)
        self.assert_refused(self.make_order(200).action_confirm)

    def test_written(self):
        order = self.make_confirmed(900)
        order.order_line.write({"invoice_lines": self.foreign})
        values = {"invoice_lines": self.foreign}
        order.write({"order_line": [Command.update(order.order_line.id, values)]})
        self.assert_counted(order)

    def test_created(self):
        line = self.get_line(900, invoice_lines=self.foreign)
        self.assert_counted(self.make_confirmed(0, order_line=[line]))

    def test_created_for_an_order(self):
        order = self.make_order(0)
        values = self.get_line(900, invoice_lines=self.foreign)[2]
        order.order_line.create({"order_id": order.id, **values})
        order.action_confirm()
        self.assert_counted(order)

    def test_by_default(self):
        orders = self.env["sale.order"].with_user(self.seller).with_company(self.company)
        keys = {"default_invoice_lines": self.foreign, "default_price_total": 1}
        order = orders.with_context(**keys).create(
            {"partner_id": self.customer.id, "order_line": [self.get_line(900)]}
        )
        order.action_confirm()
        self.assert_counted(order)

    def test_a_users_own_default(self):
        defaults = self.env["ir.default"].with_user(self.seller)
        defaults.set("sale.order", "amount_total", 1, user_id=True)
        defaults.set("sale.order.line", "price_total", 1, user_id=True)
        order = self.make_order(1001)
        self.assertEqual(order.amount_total, 1001)
        self.assert_refused(order.action_confirm)


@tagged("post_install", "-at_install")
class TestOrderDeliveries(CornerCase):
    """What is delivered beyond the order is owed too."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env["account.chart.template"].try_loading(
            "generic_coa", company=cls.company, install_demo=False
        )
        cls.product.invoice_policy = "delivery"

    def test_lines_of_which_nothing_was_ordered(self):
        tax = self.env["account.tax"].create(
            {"name": "20", "amount": 20, "company_id": self.company.id}
        )
        included = tax.copy({"name": "In", "price_include_override": "tax_included"})
        values = {"product_uom_qty": 0, "qty_delivered": 2}
        order = self.make_order(
            0,
            order_line=[
                self.get_line(100, **values, discount=50),
                self.get_line(100, **values, tax_ids=[Command.set(tax.ids)]),
                self.get_line(100, **values, tax_ids=[Command.set(included.ids)]),
            ],
        )
        order.action_confirm()
        self.assertAlmostEqual(self.get_counted(), 100 + 240 + 200)
        self.assertAlmostEqual(order.sudo()._get_credit_amount(), 540)

    def test_a_quotation_that_was_delivered(self):
        line = self.get_line(1001, product_uom_qty=0, qty_delivered=1)
        self.assert_refused(self.make_order(0, order_line=[line]).action_confirm)

    def test_delivered_beyond_the_order(self):
        order = self.make_confirmed(400)
        line = order.order_line
        self.assert_refused(line.write, {"qty_delivered": 3})
        line.qty_delivered = 2
        self.assertEqual(self.get_counted(), 800)
        self.assert_refused(line.write, {"price_unit": 501})
        line.write({"product_uom_qty": 2, "price_unit": 400})
        self.assertEqual(self.get_counted(), 800)

    def test_what_is_invoiced_as_ordered(self):
        self.product.invoice_policy = "order"
        order = self.make_confirmed(400)
        order.order_line.qty_delivered = 3
        self.assertEqual(self.get_counted(), 400)

    def test_released_to_be_delivered(self):
        order = self.make_confirmed(400)
        self.release(order, 1200)
        order.order_line.qty_delivered = 3
        self.assert_refused(order.order_line.write, {"qty_delivered": 3.1})


@tagged("post_install", "-at_install")
class TestOrderContacts(CornerCase):
    """A contact takes its orders along to another company."""

    def setUp(self):
        super().setUp()
        self.rich, self.poor = self.make_limited(9000), self.make_limited(1000)
        self.contact = self.make_customers(1, parent_id=self.rich.id, is_company=False)
        self.move = self.contact.with_user(self.seller).with_company(self.company).write

    def make_contacts_order(self, amount):
        return self.make_confirmed(amount, self.rich, partner_invoice_id=self.contact.id)

    def test_refused(self):
        self.make_contacts_order(1001)
        self.assert_refused(self.move, {"parent_id": self.poor.id})
        self.assertEqual(self.contact.commercial_partner_id, self.rich)

    def test_up_to_the_limit(self):
        self.make_contacts_order(1000)
        self.move({"parent_id": self.poor.id})
        self.assertEqual(self.contact.commercial_partner_id, self.poor)

    def test_orders_that_others_sold(self):
        boss = self.new_user("check_boss", "sales_team.group_sale_manager")
        order = self.make_order(
            1001, self.rich, user=boss, user_id=boss.id, partner_invoice_id=self.contact.id
        )
        order.action_confirm()
        self.assert_refused(self.move, {"parent_id": self.poor.id})

    def test_quotations_go_along(self):
        order = self.make_order(1001, self.rich, partner_invoice_id=self.contact.id)
        self.move({"parent_id": self.poor.id})
        self.assert_refused(order.action_confirm)


@tagged("post_install", "-at_install")
class TestOrderSellers(CornerCase):
    """Nobody sells, sold or will sell what he releases."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.both = cls.new_user("check_both", f"{SALESPERSON}_all_leads,{APPROVER}")

    def test_a_colleague_in_between(self):
        boss = self.new_user("check_boss", "sales_team.group_sale_manager")
        order = self.make_order(1001, user=boss, user_id=self.both.id)
        keys = {"tracking_disable": True, "mail_notrack": True}
        order.with_user(self.both).with_context(**keys).user_id = self.seller
        self.assert_refused(
            order.with_user(self.both)._release_credit, "Mine", 1001, reason="yourself"
        )
        self.assertIn(self.both, order._get_credit_makers())
        self.release(order)
        order.action_confirm()

    def test_taken_back_before(self):
        order = self.make_order(1001)
        order.with_user(self.both)._release_credit("Fine", 1001)
        order.with_user(self.both).user_id = self.both
        self.assertFalse(order.relationship_release_id)
        order.with_user(self.both).user_id = self.seller
        self.assert_refused(order.action_confirm)

    def test_taken_back_afterwards(self):
        order = self.make_order(1001)
        order.with_user(self.both)._release_credit("Fine", 1001)
        order.action_confirm()
        self.release(order, 2000)
        self.assert_refused(
            order.with_user(self.both).write, {"user_id": self.both.id}, reason="released"
        )
        order.with_user(self.both).user_id = self.approver.search(
            [("share", "=", False), ("id", "not in", (self.both | self.approver).ids)], limit=1
        )

    def test_former_salespersons_are_nobodys_to_set(self):
        order = self.make_order(1001)
        with self.assertRaises(UserError):
            order.write({"relationship_former_seller_ids": [Command.clear()]})


@tagged("post_install", "-at_install")
class TestOrderFigures(CornerCase):
    """Figures are for those who see the customer's profile, or would if there were one."""

    def assert_figures(self, order, shown):
        note = order.relationship_check_note
        (self.assertIn if shown else self.assertNotIn)("1,001", note)
        self.assertIn("credit limit", note)
        with self.assertRaises(UserError) as caught, self.cr.savepoint():
            order.action_confirm()
        (self.assertIn if shown else self.assertNotIn)("1,001", str(caught.exception))
        self.env.invalidate_all()

    def test_customers_without_a_profile(self):
        stranger = self.make_limited(1000)
        for user, shown in ((self.seller, True), (self.approver, False), (False, True)):
            stranger.user_id = user
            self.assertFalse(self.get_profile(stranger))
            self.assert_figures(self.make_order(1001, stranger, user_id=self.seller.id), shown)

    def test_under_the_superuser(self):
        stranger = self.make_limited(1000)
        stranger.user_id = self.approver
        order = self.make_order(1001, stranger, user_id=self.seller.id)
        self.assert_figures(order.sudo(), False)
        self.assert_figures(order.with_user(self.approver).sudo(), True)


@tagged("post_install", "-at_install")
class TestOrderNotes(CornerCase):
    def get_notes(self, order):
        bodies = order.sudo().message_ids.mapped("body")
        return [body for body in bodies if "although" in body]

    def test_one_note_of_what_is_created_confirmed(self):
        self.credit_policy.check_mode = "warn"
        order = self.make_order(1001, state="sale")
        (note,) = self.get_notes(order)
        self.assertIn("Confirmed although", note)
        order.order_line.price_unit = 1002
        edited, confirmed = sorted(self.get_notes(order))
        self.assertIn("Changed although", edited)
        self.assertEqual(confirmed, note)

    def test_what_is_created_confirmed_is_refused_as_such(self):
        self.assert_refused(self.make_order, 1001, state="sale", reason="can't be confirmed")

    def test_another_order_that_grows_meanwhile(self):
        discounted = self.make_order(1500)
        discounted.order_line = [self.get_line(-500)]
        discounted.action_confirm()
        discount = discounted.order_line.filtered(lambda line: line.price_unit < 0)
        values = {"partner_id": self.make_limited(0).id, "state": "sale"}
        orders = self.env["sale.order"].with_user(self.seller).with_company(self.company)
        self.assert_refused(
            orders.create,
            {**values, "order_line": [Command.link(discount.id)]},
            reason="this change",
        )

    def test_counted_orders(self):
        counted = self.make_confirmed(700)
        boss = self.new_user("check_boss", "sales_team.group_sale_manager")
        foreign = self.make_order(100, user=boss, user_id=boss.id)
        foreign.action_confirm()
        self.make_order(50)
        order = self.make_order(201)
        self.assertTrue(order.relationship_counts_orders)
        action = order.action_open_counted_orders()
        seen = order.search(action["domain"])
        self.assertEqual(seen, counted)
        self.assertEqual(seen.relationship_uninvoiced, 700)
        action = order.with_user(boss).action_open_counted_orders()
        self.assertEqual(foreign.search(action["domain"]), counted | foreign)
        small = self.make_order(1)
        self.assertFalse(small.relationship_counts_orders)
        self.assertEqual(small.relationship_uninvoiced, 0)


@tagged("post_install", "-at_install")
class TestOrderRewards(CornerCase):
    """Rewards that are computed anew are judged by their result."""

    def setUp(self):
        super().setUp()
        self.product.list_price = 1100
        self.program = self.env["loyalty.program"].create(
            {
                "name": "Ten Percent",
                "program_type": "promotion",
                "trigger": "auto",
                "applies_on": "current",
                "company_id": self.company.id,
                "rule_ids": [Command.create({"minimum_qty": 0, "minimum_amount": 0})],
                "reward_ids": [
                    Command.create(
                        {"reward_type": "discount", "discount": 10, "required_points": 1}
                    )
                ],
            }
        )
        self.order = self.make_order(1100)
        self.order._update_programs_and_rewards()
        for coupon, rewards in self.order._get_claimable_rewards().items():
            self.order._apply_program_reward(rewards, coupon)
        self.assertAlmostEqual(self.order.amount_total, 990)
        self.order.action_confirm()

    def test_computed_anew(self):
        self.order._update_programs_and_rewards()
        self.order._recompute_prices()
        self.assertAlmostEqual(self.order.amount_total, 990)

    def test_prices_that_rise(self):
        self.product.list_price = 1200
        self.assert_refused(self.order._recompute_prices)


@tagged("post_install", "-at_install")
class TestOrderCosts(CornerCase):
    """A vendor bill is posted, whatever the limit of the customer that bears its costs."""

    def test_reinvoiced_costs(self):
        self.env["account.chart.template"].try_loading(
            "generic_coa", company=self.company, install_demo=False
        )
        clerk = self.new_user(
            "check_clerk", f"{SALESPERSON}_all_leads,account.group_account_invoice"
        )
        order = self.make_confirmed(1000)
        cost = self.product.copy({"expense_policy": "cost", "invoice_policy": "delivery"})
        plan = self.env["account.analytic.plan"].create({"name": "Plan"})
        account = self.env["account.analytic.account"].create({"name": "Job", "plan_id": plan.id})
        bills = self.env["account.move"].with_user(clerk).with_company(self.company)
        bill = bills.create(
            {
                "move_type": "in_invoice",
                "partner_id": self.make_limited(0).id,
                "invoice_date": self.today,
                "invoice_line_ids": [
                    Command.create(
                        {
                            "name": "Parts",
                            "product_id": cost.id,
                            "price_unit": 50,
                            "quantity": 2,
                            "tax_ids": False,
                            "analytic_distribution": {str(account.id): 100},
                        }
                    )
                ],
            }
        )
        found = {line.id: order.with_user(clerk) for line in bill.invoice_line_ids}
        lines = self.env.registry["account.move.line"]
        with patch.object(lines, "_sale_determine_order", lambda lines: found):
            added = bill.invoice_line_ids._sale_create_reinvoice_sale_line()
        self.assertTrue(added)
        self.assertEqual(order.amount_total, 1100)
        self.assert_refused(
            order.order_line.with_user(clerk).with_context(crm_relationship_reinvoices=True).create,
            {"order_id": order.id, "product_id": self.product.id, "price_unit": 1},
        )
