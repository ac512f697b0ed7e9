from datetime import date

from odoo.tests import tagged

from ..common import RelationshipCase


@tagged("post_install", "-at_install")
class TestTierPyramid(RelationshipCase):
    def test_pyramid_of_1000(self):
        self.make_ranking(range(1, 1001))
        run = self.recalculate()
        self.assertEqual(run.state, "done", run.error)
        self.assertEqual(self.count_tiers(), {"A": 10, "B": 40, "C": 150, "D": 800})

    def test_pyramid_of_100(self):
        self.make_ranking(range(1, 101))
        self.recalculate()
        self.assertEqual(self.count_tiers(), {"A": 1, "B": 4, "C": 15, "D": 80})

    def test_pyramid_of_10(self):
        self.make_ranking(range(1, 11))
        self.recalculate()
        self.assertEqual(self.count_tiers(), {"A": 1, "C": 1, "D": 8})

    def test_one_percent_of_300_is_3(self):
        customers = self.make_ranking(range(300, 0, -1))
        self.recalculate()
        self.assertEqual(self.tier_codes(customers[:4]), ["A", "A", "A", "B"])

    def test_one_customer_is_at_the_top(self):
        customers = self.make_ranking([0.01])
        self.recalculate()
        self.assertEqual(self.tier_codes(customers), ["A"])

    def test_no_customer(self):
        run = self.recalculate()
        self.assertEqual(run.state, "done", run.error)
        self.assertEqual(self.count_tiers(), {})

    def test_all_equal_are_all_at_the_top(self):
        self.make_ranking([100] * 50)
        self.recalculate()
        self.assertEqual(self.count_tiers(), {"A": 50})

    def test_ties_share_the_better_tier(self):
        customers = self.make_ranking([900, 500, 500, *range(97, 0, -1)])
        self.recalculate()
        self.assertEqual(self.tier_codes(customers[:3]), ["A", "B", "B"])
        tied = self.make_ranking([900])
        self.recalculate(as_of=date(2025, 7, 31))
        self.assertEqual(self.tier_codes(tied), ["A"])

    def test_zero_and_negative_take_the_lowest(self):
        nothing, returned = self.make_ranking([0, 10])
        self.make_invoices([(returned, date(2025, 6, 20), 25)], move_type="out_refund")
        self.recalculate()
        self.assertEqual(self.tier_codes(nothing + returned), ["D", "D"])
        below = self.env["crm.relationship.profile"].search(
            [("company_id", "=", self.company.id), ("is_below_zero", "=", True)]
        )
        self.assertEqual(below.partner_id, returned)
        self.assertEqual(below.tier_basis, -15)
