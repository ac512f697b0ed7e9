from datetime import date

from odoo import Command
from odoo.tests import TransactionCase, tagged

DAY = date(2025, 6, 15)
AS_OF = date(2025, 6, 30)


@tagged("post_install", "-at_install")
class TestSaleMargin(TransactionCase):
    """Orders invoiced through Odoo's own accounting, in a company with a chart."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.company = cls.env["res.company"].create(
            {"name": "Margin Ltd", "country_id": cls.env.ref("base.us").id}
        )
        cls.env.user.company_ids += cls.company
        cls.env = cls.env(context={**cls.env.context, "allowed_company_ids": cls.company.ids})
        cls.env["account.chart.template"].try_loading(
            "generic_coa", company=cls.company, install_demo=False
        )
        cls.customer = cls.env["res.partner"].create({"name": "Buyer", "is_company": True})
        cls.dozen = cls.env.ref("uom.product_uom_dozen")
        cls.product = cls.make_product(60)
        cls.gift = cls.make_product(0)

    @classmethod
    def make_product(cls, cost):
        return cls.env["product.product"].create(
            {
                "name": f"Costs {cost}",
                "type": "consu",
                "invoice_policy": "order",
                "standard_price": cost,
                "list_price": 100,
                "taxes_id": [Command.clear()],
            }
        )

    def sell(self, *lines, day=DAY, pricelist=None):
        """Sell, invoice and post ``(product, quantity, unit price)``."""
        order = self.env["sale.order"].create(
            {
                "partner_id": self.customer.id,
                "date_order": day,
                **({"pricelist_id": pricelist.id} if pricelist else {}),
                "order_line": [
                    Command.create(
                        {
                            "product_id": product.id,
                            "product_uom_qty": quantity,
                            "price_unit": price,
                            "tax_ids": [Command.clear()],
                        }
                    )
                    for product, quantity, price in lines
                ],
            }
        )
        order.action_confirm()
        invoice = order._create_invoices()
        invoice.invoice_date = day
        invoice.action_post()
        return order, invoice

    def measure(self):
        run = self.env["crm.relationship.run"].recalculate(companies=self.company, as_of=AS_OF)
        self.assertEqual(run.state, "done", run.error)
        self.env.invalidate_all()
        return self.env["crm.relationship.profile"].search(
            [("partner_id", "=", self.customer.id), ("company_id", "=", self.company.id)]
        )

    def test_margin_of_an_order(self):
        self.sell((self.product, 3, 100))
        profile = self.measure()
        self.assertEqual((profile.revenue, profile.margin), (300, 120))
        self.assertEqual(profile.margin_coverage, 100)
        self.assertTrue(profile.is_margin_known)

    def test_refund_takes_the_margin_back(self):
        _order, invoice = self.sell((self.product, 3, 100))
        refund = invoice._reverse_moves([{"invoice_date": DAY}])
        refund.action_post()
        profile = self.measure()
        self.assertEqual((profile.revenue, profile.margin), (0, 0))

    def test_a_cost_of_zero_is_unknown(self):
        self.sell((self.product, 8, 100), (self.gift, 2, 100))
        profile = self.measure()
        self.assertEqual((profile.margin_coverage, profile.margin), (80, 320))
        self.sell((self.gift, 1, 1))
        profile = self.measure()
        self.assertAlmostEqual(profile.margin_coverage, 79.92)
        self.assertFalse(profile.is_margin_known)
        self.env.cr.execute(
            "SELECT margin FROM crm_relationship_profile WHERE id = %s", [profile.id]
        )
        self.assertEqual(self.env.cr.fetchone(), (None,))

    def test_colours(self):
        """From a loss over the target to health, as orders come; then the costs get lost."""
        self.sell((self.product, 1, 50))
        self.assertEqual(self.measure().margin_health, "red")
        self.sell((self.product, 1, 70))
        profile = self.measure()
        self.assertEqual((profile.margin_rate, profile.margin_health), (0, "amber"))
        self.sell((self.product, 1, 68.62))
        profile = self.measure()  # 8.62 of 188.62
        self.assertEqual((profile.margin_rate, profile.margin_health), (4.57, "amber"))
        self.sell((self.product, 1, 64), (self.product, 1, 63.17))
        profile = self.measure()  # 15.79 of 315.79
        self.assertEqual((profile.margin_rate, profile.margin_health), (5, "green"))
        self.sell((self.gift, 1, 500))
        profile = self.measure()
        self.assertFalse(profile.margin_health)
        self.assertIn("80 % are needed", profile.tier_explanation)

    def test_coverage_just_below_the_limit_does_not_read_as_enough(self):
        self.sell((self.product, 1, "79999.60"), (self.gift, 1, "20000.40"))
        profile = self.measure()
        self.assertEqual(profile.margin_coverage, 79.99)
        self.assertFalse(profile.is_margin_known)
        self.assertFalse(profile.margin_health)

    def test_an_invoice_without_an_order_is_unknown(self):
        self.env["account.move"].create(
            {
                "move_type": "out_invoice",
                "partner_id": self.customer.id,
                "invoice_date": DAY,
                "invoice_line_ids": [
                    Command.create({"name": "Work", "price_unit": 50, "tax_ids": [Command.clear()]})
                ],
            }
        ).action_post()
        profile = self.measure()
        self.assertEqual((profile.revenue, profile.margin_coverage), (50, 0))
        self.assertFalse(profile.is_margin_known)

    def test_invoiced_in_another_unit(self):
        order, invoice = self.sell((self.product, 12, 100))
        invoice.button_draft()
        invoice.invoice_line_ids.write(
            {"product_uom_id": self.dozen.id, "quantity": 1, "price_unit": 1200}
        )
        invoice.action_post()
        self.assertEqual(order.order_line.product_uom_id, self.product.uom_id)
        profile = self.measure()
        self.assertEqual((profile.revenue, profile.margin), (1200, 480))

    def test_foreign_currency(self):
        currency = (
            self.env["res.currency"].with_context(active_test=False).search([("name", "=", "JPY")])
        )
        currency.active = True
        currency.rate_ids = [
            Command.clear(),
            Command.create({"name": DAY, "rate": 200, "company_id": self.company.id}),
        ]
        pricelist = self.env["product.pricelist"].create(
            {"name": "Yen", "currency_id": currency.id, "company_id": self.company.id}
        )
        order, _invoice = self.sell((self.product, 1, 20000), pricelist=pricelist)
        self.assertEqual(order.order_line.purchase_price, 12000)
        profile = self.measure()
        self.assertEqual(profile.revenue, 100)
        self.assertAlmostEqual(profile.margin, 40, places=2)

    def test_a_corrected_cost_is_seen_by_the_next_run(self):
        order, _invoice = self.sell((self.product, 1, 100))
        self.assertEqual(self.measure().margin, 40)
        order.order_line.purchase_price = 70
        self.assertEqual(self.measure().margin, 30)
        self.assertEqual(self.env["crm.relationship.run"].search([], limit=1).kind, "incremental")

    def test_who_stops_buying_has_a_margin_of_zero(self):
        self.company._get_relationship_policy().basis = "margin"
        self.sell((self.product, 1, 100))
        self.assertEqual(self.measure().tier_basis, 40)
        runs = self.env["crm.relationship.run"]
        for day in (date(2026, 6, 30), date(2026, 7, 31)):
            runs.recalculate(companies=self.company, as_of=day)
        self.env.invalidate_all()
        profile = self.env["crm.relationship.profile"].search(
            [("partner_id", "=", self.customer.id), ("company_id", "=", self.company.id)]
        )
        self.assertEqual((profile.margin, profile.tier_standing), (0, "ranked"))
        self.assertEqual(profile.tier_id.code, "D")

    def test_ranked_by_margin(self):
        policy = self.company._get_relationship_policy()
        policy.basis = "margin"
        self.sell((self.product, 1, 50))
        profile = self.measure()
        self.assertEqual(profile.tier_basis, -10)
        self.assertTrue(profile.is_below_zero)
        self.assertEqual(profile.tier_id.code, "D")
        self.sell((self.gift, 1, 500))
        profile = self.measure()
        self.assertEqual(profile.tier_standing, "unknown")
        self.assertEqual(profile.tier_id.code, "D")
