from datetime import date
from unittest.mock import patch

from odoo.tests import tagged

from odoo.addons.crm_relationship.models.grading.crm_relationship_profile import (
    CrmRelationshipProfile,
)

from .common import PosCase


@tagged("post_install", "-at_install")
class TestPosMargin(PosCase):
    """Margins from the costs that the till keeps on its lines."""

    def sell(self, untaxed, cost=0, **values):
        order = self.make_order(untaxed)
        return order, self.make_line(order, untaxed, cost, **values)

    def test_margin_of_an_order(self):
        self.sell(100, 60)
        profile = self.measure()
        self.assertEqual((profile.revenue, profile.margin), (100, 40))
        self.assertEqual(profile.margin_coverage, 100)

    def test_what_the_till_lost_lowers_the_margin(self):
        self.sell(100, 130)
        self.assertEqual(self.measure().margin, -30)

    def test_refunds_of_the_till_and_of_the_back_office(self):
        """The till gives the amount of a returned line as positive, the office as negative."""
        for untaxed in (30, -30):
            with self.subTest(price_subtotal=untaxed):
                customer = self.make_customers(1)
                order = self.make_order(100, partner=customer)
                self.make_line(order, 100, 60)
                refund = self.make_order(-30, partner=customer)
                self.make_line(refund, untaxed, -18)
                profile = self.measure(customer)
                self.assertEqual((profile.revenue, profile.margin), (70, 28))

    def test_a_cost_of_zero_or_not_computed_is_unknown(self):
        self.sell(80, 50)
        self.sell(15)
        self.sell(5, 3, is_total_cost_computed=False)
        profile = self.measure()
        self.assertEqual((profile.margin_coverage, profile.margin), (80, 30))
        self.sell(1)
        self.assertFalse(self.measure().is_margin_known)

    def test_a_cost_computed_when_the_session_closes_is_seen(self):
        _order, line = self.sell(100, 0, is_total_cost_computed=False)
        self.assertFalse(self.measure().is_margin_known)
        line.write({"is_total_cost_computed": True, "total_cost": 60})
        self.assertEqual(self.measure().margin, 40)
        self.assertEqual(self.run_record.kind, "incremental")

    def test_a_discount_needs_no_cost(self):
        order, _line = self.sell(100, 60)
        self.make_line(order, -10, qty=1, price_unit=-10)
        profile = self.measure()
        self.assertEqual((profile.margin_coverage, profile.margin), (100, 30))

    def test_foreign_currency(self):
        order = self.make_order(200, currency_rate=2)
        self.make_line(order, 200, 120)
        profile = self.measure()
        self.assertEqual((profile.revenue, profile.margin), (100, 40))

    def test_an_invoiced_order_counts_once(self):
        order, _line = self.sell(100, 60)
        move_id = self.invoice(order)
        self.make_product_line(move_id, 100)
        profile = self.measure()
        self.assertEqual((profile.margin_coverage, profile.margin), (100, 40))

    def test_invoices_without_costs_lower_the_coverage(self):
        self.sell(60, 40)
        self.make_product_line(self.make_invoices([(self.customer, date(2025, 6, 1), 40)])[0], 40)
        profile = self.measure()
        self.assertEqual((profile.revenue, profile.margin_coverage), (100, 60))
        self.assertFalse(profile.is_margin_known)

    def test_the_same_where_no_other_addon_knows_costs(self):
        self.sell(60, 40)
        self.make_invoices([(self.customer, date(2025, 6, 1), 40)])
        with patch.object(
            self.registry["crm.relationship.profile"],
            "_get_invoice_margin_source",
            CrmRelationshipProfile._get_invoice_margin_source,
        ):
            profile = self.measure()
        self.assertEqual((profile.revenue, profile.margin_coverage), (100, 60))

    def make_product_line(self, move_id, untaxed):
        """Insert the line of an invoice that earned ``untaxed``."""
        move = self.env["account.move"].browse(move_id)
        row = {
            "move_id": move_id,
            "partner_id": move.partner_id.id,
            "company_id": move.company_id.id,
            "currency_id": move.currency_id.id,
            "account_id": self.get_receivable(move.company_id).id,
            "date": move.date,
            "balance": -untaxed,
            "credit": untaxed,
            "display_type": "product",
            "parent_state": "posted",
        }
        return self.insert("account_move_line", row)
