from datetime import date, timedelta

from odoo.tests import tagged

from .common import NOON, PosCase


@tagged("post_install", "-at_install")
class TestPosRegulars(PosCase):
    """A restaurant's policy grades its guests by what the till knows of them."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        template = cls.env.ref("crm_relationship.crm_relationship_tier_policy_restaurant")
        policy = template.copy({"company_id": cls.company.id})
        policy.tier_ids.filtered(lambda tier: tier.code == "BQ").average_min = 50
        policy.action_activate()

    def dine(self, partner, visits, amount, guests):
        """Insert so many orders, lunch and dinner on each day."""
        orders = self.env["pos.order"]
        for number in range(visits):
            moment = NOON + timedelta(days=number // 2, hours=7 * (number % 2))
            orders += self.make_order(amount, partner=partner, moment=moment, guests=guests)
        return orders

    def test_graded_by_visits_spend_and_amount(self):
        cases = (
            ("AQ", 18, 850, 10),  # three months: 6 visits and 5,100 a month, 85 per guest
            ("AQ", 18, 850, None),  # guests unknown: 850 per visit
            ("AA", 18, 800, 12),
            ("BQ", 12, 100, 2),
            ("BA", 12, 60, 2),
            ("C", 11, 900, 2),
        )
        customers = self.make_customers(len(cases))
        for customer, (_code, visits, amount, guests) in zip(customers, cases, strict=True):
            self.dine(customer, visits, amount, guests)
        self.measure()
        self.assertEqual(self.tier_codes(customers), [code for code, *_visits in cases])

    def test_a_collective_invoice_keeps_the_regular(self):
        orders = self.dine(self.customer, 18, 850, 10)
        other = self.make_customers(1)
        self.make_invoices([(other, NOON.date(), 18 * 850)])
        self.measure(as_of=date(2025, 6, 29))
        self.invoice(orders)
        self.measure(full=True)
        self.assertEqual(self.tier_codes(self.customer + other), ["AQ", "C"])
