from odoo.tests import tagged

from odoo.addons.point_of_sale.tests.common import TestPoSCommon


@tagged("post_install", "-at_install")
class TestPosFlow(TestPoSCommon):
    """Orders that went through Odoo's own till, accounting and wizards."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.config = cls.basic_config
        cls.dish = cls.create_product("Dish", cls.categ_basic, 100, 60)
        cls.taxed = cls.create_product(
            "Taxed Dish", cls.categ_basic, 110, 60, tax_ids=cls.taxes["tax10"].ids
        )
        cls.tip = cls.create_product("Tip", cls.categ_basic, 20)
        cls.config.tip_product_id = cls.tip

    def setUp(self):
        super().setUp()
        self.open_new_session()

    def sell(self, *lines, customer=None, **values):
        """Sell ``(product, quantity)`` at the till; return the order."""
        data = self.create_ui_order_data(lines, customer=customer or self.customer, **values)
        result = self.env["pos.order"].sync_from_ui([data])
        return self.env["pos.order"].browse(result["pos.order"][0]["id"])

    def close_session(self):
        self.pos_session.post_closing_cash_details(self.pos_session.cash_register_balance_end)
        self.pos_session.close_session_from_ui()
        self.assertEqual(self.pos_session.state, "closed")

    def measure(self, **options):
        runs = self.env["crm.relationship.run"].sudo()
        run = runs.recalculate(companies=self.company, **options)
        self.assertEqual(run.state, "done", run.error)
        self.env.invalidate_all()
        return (
            self.env["crm.relationship.profile"]
            .sudo()
            .search([("partner_id", "=", self.customer.id), ("company_id", "=", self.company.id)])
        )

    def assert_measures(self, revenue, visits, margin=None, refunded=0):
        """Check the incremental run's profile and that a full run gives the same."""
        for full in (False, True):
            profile = self.measure(full=full)
            self.assertEqual(
                (profile.revenue, profile.visit_count, profile.refund_amount),
                (revenue, visits, refunded),
            )
            if margin is not None:
                self.assertEqual((profile.margin, profile.margin_coverage), (margin, 100))

    def test_invoiced_later_is_counted_once(self):
        order = self.sell((self.dish, 1))
        self.assert_measures(100, 1, margin=40)
        order.action_pos_order_invoice()
        self.assertEqual(order.account_move.state, "posted")
        self.assertEqual(order.account_move.amount_untaxed_signed, 100)
        self.assert_measures(100, 1, margin=40)

    def test_invoiced_after_the_session_is_closed(self):
        order = self.sell((self.dish, 1))
        self.close_session()
        self.assert_measures(100, 1, margin=40)
        order.action_pos_order_invoice()
        self.assertEqual(order.account_move.state, "posted")
        self.assert_measures(100, 1, margin=40)

    def test_invoiced_at_the_till(self):
        order = self.sell((self.taxed, 1), is_invoiced=True)
        self.assertTrue(order.account_move)
        self.assert_measures(order.account_move.amount_untaxed_signed, 1)

    def test_one_invoice_for_several_orders(self):
        orders = self.sell((self.dish, 1)) + self.sell((self.dish, 2)) + self.sell((self.taxed, 1))
        self.close_session()
        wizard = self.env["pos.make.invoice"].with_context(active_ids=orders.ids)
        wizard.create({"consolidated_billing": True}).action_create_invoices()
        self.assertEqual(len(orders.account_move), 1)
        self.assertEqual(orders.account_move.state, "posted")
        self.assert_measures(orders.account_move.amount_untaxed_signed, 3)

    def test_returned_in_the_back_office(self):
        order = self.sell((self.dish, 3))
        refund = self.env["pos.order"].browse(order.refund()["res_id"])
        refund.lines.qty = -1
        refund.lines._onchange_amount_line_all()
        refund._compute_prices()
        payment = self.env["pos.make.payment"].with_context(
            active_id=refund.id, active_ids=refund.ids
        )
        payment.create({"payment_method_id": self.cash_pm1.id}).check()
        self.assertEqual((refund.state, refund.amount_total), ("paid", -100))
        self.assert_measures(200, 1, margin=80, refunded=100)
        refund.action_pos_order_invoice()
        self.assertEqual(refund.account_move.move_type, "out_refund")
        order.action_pos_order_invoice()
        self.assert_measures(200, 1, margin=80, refunded=100)

    def test_an_order_not_paid_yet_does_not_count(self):
        order = self.sell(
            (self.dish, 1), payments=[], pos_order_ui_args={"state": "draft", "amount_paid": 0}
        )
        self.assertEqual(order.state, "draft")
        self.assertFalse(self.measure())
        order.action_pos_order_cancel()
        self.assertEqual(order.state, "cancel")
        self.assertFalse(self.measure())

    def test_tips_are_not_sold_goods(self):
        self.sell((self.dish, 1), (self.tip, 2))
        self.assert_measures(140, 1, margin=40)

    def test_down_payments_are_not_sold_goods(self):
        """Only the addon that settles sale orders at the till knows down payments."""
        self.config.tip_product_id = False
        settles_orders = "down_payment_product_id" in self.config._fields
        if settles_orders:
            self.config.down_payment_product_id = self.tip
        self.sell((self.dish, 1), (self.tip, 2))
        self.assertEqual(self.measure().is_margin_known, settles_orders)

    def test_a_till_in_another_currency(self):
        self.config = self.other_currency_config
        self.open_new_session()
        self.assertNotEqual(self.config.currency_id, self.company.currency_id)
        order = self.sell((self.dish, 1))
        self.assertEqual(order.currency_rate, 0.5)
        self.assertEqual(order.amount_total, 50)
        self.assert_measures(100, 1, margin=40)
        order.action_pos_order_invoice()
        self.assertEqual(order.account_move.amount_untaxed_signed, 100)
        self.assert_measures(100, 1, margin=40)

    def test_the_reversal_of_an_invoice_counts(self):
        order = self.sell((self.dish, 1), is_invoiced=True)
        order.account_move._reverse_moves([{"invoice_date": order.account_move.date}]).action_post()
        self.assert_measures(0, 1, refunded=100)

    def test_tills_do_not_store_tiers(self):
        self.env.user.group_ids += self.env.ref("crm_relationship.group_user")
        order = self.sell((self.dish, 1))
        self.measure()
        self.assertTrue(order.relationship_tier_id)
        row = order.read_pos_data([], self.config)["pos.order"][0]
        self.assertEqual((row["id"], row["partner_id"]), (order.id, self.customer.id))
        self.assertFalse([name for name in row if name.startswith("relationship_")])
