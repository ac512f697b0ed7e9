import random
from collections import Counter
from datetime import date, timedelta
from unittest.mock import patch

from psycopg2.extras import execute_values

from odoo.exceptions import ValidationError
from odoo.tests import tagged
from odoo.tools import SQL

from ...engine import tier_cuts
from ..common import RelationshipCase
from . import oracle

DAY = date(2025, 6, 15)
AS_OF = date(2025, 6, 30)


class MethodCase(RelationshipCase):
    """A policy by any method, and who is where by it."""

    @classmethod
    def set_policy(cls, method, tiers, **values):
        """Give the company a policy with tiers ``(code, {field: value})`` and a lowest Z;
        return it.
        """
        rows = [*tiers, ("Z", {})]
        policy = cls.env["crm.relationship.tier.policy"].create(
            {
                "name": method,
                "company_id": cls.company.id,
                "method": method,
                "tier_ids": [
                    (0, 0, {"code": code, "name": code, "sequence": place, **conditions})
                    for place, (code, conditions) in enumerate(rows)
                ],
                **values,
            }
        )
        policy.action_activate()
        return policy

    @classmethod
    def get_codes(cls):
        """Return ``{partner id: tier code}``."""
        profiles = cls.env["crm.relationship.profile"].search([("company_id", "=", cls.company.id)])
        return {profile.partner_id.id: profile.tier_id.code for profile in profiles}


@tagged("post_install", "-at_install")
class TestTierMethods(MethodCase):
    """Each method against plain Python on 2,000 customers in one run, ties at every cut."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.customers = cls.make_customers(2000)

    def setUp(self):
        super().setUp()
        self.random = random.Random(20251122)

    def invoice_amounts(self, amounts):
        """Invoice ``amounts``, negative ones as credit notes; return them by partner id."""
        pairs = list(zip(self.customers, amounts, strict=True))
        self.make_invoices([(partner, DAY, max(amount, 0)) for partner, amount in pairs])
        self.make_invoices(
            [(partner, DAY, -amount) for partner, amount in pairs if amount < 0],
            move_type="out_refund",
        )
        return {partner.id: amount for partner, amount in pairs}

    def assert_positions(self, expected, codes):
        run = self.recalculate(AS_OF)
        self.assertEqual(run.state, "done", run.error)
        found = self.get_codes()
        wrong = {
            partner: (codes[place], found[partner])
            for partner, place in expected.items()
            if found[partner] != codes[place]
        }
        self.assertFalse(wrong)
        self.assertEqual(len(Counter(found.values())), len(codes), "a tier is empty")

    def test_share_of_customers(self):
        amounts = self.invoice_amounts(
            # The same amount on both sides of each cut: ranks 20, 100 and 400.
            [9000] * 15 + [8000] * 12 + [700] * 80 + [60] * 300 + [0] * 20 + [-5] * 20
            + [self.random.randint(1, 50) for _number in range(1553)]
        )  # fmt: skip
        self.assert_positions(oracle.compute_tiers(amounts, ("1", "4", "15")), "ABCD")

    def test_share_of_revenue(self):
        shares = ("20", "30", "30.5")
        self.set_policy(
            "revenue_share",
            [(code, {"share": float(share)}) for code, share in zip("ABC", shares, strict=True)],
        )
        amounts = self.invoice_amounts(
            # Small wholes, so that hundreds share each amount and each cut falls among equals.
            [self.random.choice((0, 1, 2, 3, 5, 8, 13, 21, 34, -4)) for _number in range(2000)]
        )
        expected = oracle.compute_revenue_shares(amounts, shares)
        self.assert_positions(expected, "ABCZ")

    def test_the_cuts_are_the_same_wherever_they_are_looked_for(self):
        policy = self.set_policy("revenue_share", [("A", {"share": 50}), ("B", {"share": 25})])
        terms = policy._get_tier_terms(AS_OF)
        amounts = [self.random.choice((0, 1, 2, 3, 5, 8, 13.5, 21, -4)) for _number in range(500)]
        ranked = SQL("SELECT unnest(%s::numeric[]) AS tier_basis", amounts)
        expected = self.env.execute_query(tier_cuts.cuts(terms, ranked))
        self.assertTrue(all(row[3] for row in expected[:2]))
        looked_from = [(-9,), (-9, -4, 0), (1000, 2000), (3,), (13.5, 13.5), (2, 2.5, 3, 21)]
        looked_from += [
            tuple(sorted(self.random.choices(range(-5, 25), k=size))) for size in range(1, 9)
        ]
        for pivots in looked_from:
            with self.subTest(pivots=pivots):
                found = self.env.execute_query(tier_cuts.cuts(terms, ranked, pivots))
                self.assertEqual(found, expected)

    def test_share_of_revenue_with_a_cut_between_equals(self):
        self.set_policy("revenue_share", [("A", {"share": 50}), ("B", {"share": 25})])
        # 500 of 4 bring the first half exactly; then 500 of 2 the next quarter.
        amounts = self.invoice_amounts([4] * 500 + [2] * 500 + [1] * 1000)
        expected = oracle.compute_revenue_shares(amounts, ("50", "25"))
        self.assertEqual(Counter(expected.values()), {0: 500, 1: 500, 2: 1000})
        self.assert_positions(expected, "ABZ")

    def test_thresholds(self):
        minimums = (10_000_000, 500_000, 50_000)
        self.set_policy(
            "threshold",
            [
                (code, {"amount_min": minimum})
                for code, minimum in zip("ABC", minimums, strict=True)
            ],
        )
        near = [minimum + step for minimum in minimums for step in (-1, 0, 1)]
        amounts = self.invoice_amounts(
            [self.random.choice([*near, 0, 1, -1, 20_000_000]) for _number in range(2000)]
        )
        self.assert_positions(oracle.compute_thresholds(amounts, minimums), "ABCZ")


@tagged("post_install", "-at_install")
class TestPurchaseBehaviour(MethodCase):
    """A restaurant's method; the visits come from a source that knows guests."""

    MONTHS = 3
    CONDITIONS = ((6, 80, 5000), (6, 60, 4500), (4, 50, 0), (4, 0, 0))

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.set_policy(
            "behaviour",
            [
                (
                    code,
                    {"visits_min": visits, "average_min": average, "monthly_amount_min": amount},
                )
                for code, (visits, average, amount) in zip("ABCD", cls.CONDITIONS, strict=True)
            ],
            window_months=cls.MONTHS,
        )
        cls.env.cr.execute(
            """CREATE TEMPORARY TABLE relationship_test_visit (
                   partner_id integer, date date, amount numeric, guests integer)
               ON COMMIT DROP"""
        )
        source = SQL(
            """SELECT partner_id, %s AS company_id, date, amount, FALSE AS is_refund, guests,
                      TRUE AS counts, now() AT TIME ZONE 'UTC' AS changed_at
                 FROM relationship_test_visit""",
            cls.company.id,
        )
        profiles = type(cls.env["crm.relationship.profile"])
        cls.startClassPatcher(
            patch.object(profiles, "_get_purchase_sources", lambda self: [source])
        )

    def make_visits(self, visits):
        """Insert visits ``{partner: [(amount, guests)]}``, several on one day."""
        rows = [
            (partner.id, DAY - timedelta(days=number // 3), amount, guests)
            for partner, made in visits.items()
            for number, (amount, guests) in enumerate(made)
        ]
        self.env.flush_all()
        execute_values(self.env.cr._obj, "INSERT INTO relationship_test_visit VALUES %s", rows)

    def grade(self, *visits):
        """Return the tier codes of new customers with these visits."""
        customers = self.make_customers(len(visits))
        self.make_visits(dict(zip(customers, visits, strict=True)))
        self.recalculate(AS_OF)
        return self.tier_codes(customers)

    def test_against_the_oracle(self):
        chance = random.Random(20251122)
        visits = {}
        for partner in self.make_customers(2000):
            guests = chance.choice((None, 0, 1, 2, 4))
            spend = chance.choice((49, 50, 59, 60, 61, 79, 80, 81, 250, 280)) * (guests or 1)
            count = chance.choice((1, 11, 12, 13, 17, 18, 19, 60))
            made = [(spend, guests)] * count
            # One more without guests, so that only part of the amount has them.
            visits[partner] = made + [(chance.choice((1, 300, 9000)), None)] * chance.randint(0, 1)
        self.make_visits(visits)
        run = self.recalculate(AS_OF)
        self.assertEqual(run.state, "done", run.error)
        found = self.get_codes()
        expected = {
            partner.id: "ABCDZ"[oracle.compute_behaviour(made, self.CONDITIONS, self.MONTHS)]
            for partner, made in visits.items()
        }
        self.assertEqual(Counter(expected.values()).keys(), set("ABCDZ"))
        self.assertEqual({key: found[key] for key in expected}, expected)

    def test_all_conditions_are_inclusive(self):
        exact = [(830, 10)] * 17 + [(15000 - 17 * 830, 10)]
        self.assertEqual(sum(amount for amount, _guests in exact), 15000)
        codes = self.grade(
            exact,  # 18 visits, 83 per guest, 5,000 a month
            exact[:-1],  # one visit and some money less
            [(800, 10)] * 18 + [(600, None)],  # 80 per guest exactly
            [(799, 10)] * 18 + [(1000, None)],
        )
        self.assertEqual(codes, ["A", "C", "A", "B"])

    def test_lunch_and_dinner_are_two_visits(self):
        self.assertEqual(self.grade([(1000, 10)] * 18, [(1100, 10)] * 17), ["A", "C"])

    def test_a_cent_below_the_average_is_missing(self):
        visits = [(80, None)] * 18 + [(6959.99, None), (7600, None)]
        # 15,999.99 over 200 visits: the mean is not 80, though it rounds to it.
        visits += [(0, None)] * 180
        self.assertEqual(self.grade(visits), ["B"])
        profile = self.env["crm.relationship.profile"].search(
            [("company_id", "=", self.company.id)]
        )
        self.assertEqual(profile.average_spend, 79.99)
        self.assertIn("$ 79.99 per visit", profile.tier_explanation.striptags())

    def test_average_per_visit_where_no_guests_are_known(self):
        self.assertEqual(self.grade([(900, None)] * 18, [(900, 0)] * 18), ["A", "A"])

    def test_average_over_the_documents_with_guests(self):
        # 50 per guest, whatever the many visits without a count brought.
        self.assertEqual(self.grade([(1000, 20)] + [(5000, None)] * 17), ["C"])

    def test_why_names_what_the_average_is_taken_of(self):
        self.grade([(900, 10)] * 18, [(700, None)] * 18, [(10, None)])
        guest, visit, once = self.env["crm.relationship.profile"].search(
            [("company_id", "=", self.company.id)], order="revenue desc"
        )
        answer = guest.tier_explanation.striptags()
        self.assertIn("18 visits, that is 6 a month; $ 90.00 per guest", answer)
        self.assertIn("over the 180 guests that are known; $ 5,400.00 a month", answer)
        self.assertIn("No tier is better", answer)
        self.assertEqual(guest.average_spend_per, "guest")
        answer = visit.tier_explanation.striptags()
        self.assertIn("$ 700.00 per visit, for no guests are known", answer)
        self.assertIn("Missing for B · B: $ 300.00 a month", answer)
        self.assertEqual((visit.average_spend, visit.average_spend_per), (700, "visit"))
        self.assertIn("from 6 visits a month, $ 80 per guest or visit", answer)
        answer = once.tier_explanation.striptags()
        self.assertIn("Missing for D · D: 3.667 visits a month.", answer)

    def test_history_keeps_the_evidence(self):
        self.grade([(900, 10)] * 18)
        change = self.env["crm.relationship.change"].search(
            [("company_id", "=", self.company.id), ("dimension", "=", "tier")]
        )
        self.assertEqual(
            change.reason.replace("\xa0", " "),
            "First placement by 6 visits a month, $ 90.00 per guest, $ 5,400.00 a month.",
        )
        self.assertFalse(change.cut_amount)


@tagged("post_install", "-at_install")
class TestTierBoundaries(MethodCase):
    def assert_codes(self, amounts, codes):
        customers = self.make_ranking(amounts)
        self.recalculate(AS_OF)
        self.assertEqual(self.tier_codes(customers), list(codes))

    def test_pareto_keeps_equal_amounts_together(self):
        self.set_policy("revenue_share", [("A", {"share": 50})])
        self.assert_codes([40, 30, 30], "AAA")

    def test_pareto_sum_on_the_cut_is_below_it(self):
        self.set_policy("revenue_share", [("A", {"share": 50})])
        self.assert_codes([50, 30, 20], "AZZ")

    def test_pareto_counts_positive_amounts_only(self):
        self.set_policy("revenue_share", [("A", {"share": 50}), ("B", {"share": 50})])
        customers = self.make_ranking([60, 40, 0, 10])
        self.make_invoices([(customers[3], DAY, 1000)], move_type="out_refund")
        self.recalculate(AS_OF)
        self.assertEqual(self.tier_codes(customers), ["A", "B", "Z", "Z"])

    def test_pareto_of_nothing(self):
        self.set_policy("revenue_share", [("A", {"share": 80})])
        self.assert_codes([0, 0], "ZZ")

    def test_thresholds_are_inclusive(self):
        self.set_policy(
            "threshold",
            [(code, {"amount_min": amount})
             for code, amount in (("P", 10_000_000), ("W", 500_000), ("G", 50_000))],
        )  # fmt: skip
        self.assert_codes(
            [49_999, 50_000, 499_999, 499_999.99, 500_000, 9_999_999.99, 10_000_000],
            "ZGGGWWP",
        )

    def test_thresholds_in_the_history(self):
        self.set_policy("threshold", [("A", {"amount_min": 100})])
        customers = self.make_ranking([150, 50])
        self.recalculate(AS_OF)
        change = self.get_tier_changes(self.get_profile(customers[0]))
        self.assertEqual(
            change.reason.replace("\xa0", " "),
            "First placement: $ 150.00 reaches the cut of $ 100.00.",
        )
        answer = self.get_profile(customers[1]).tier_explanation.striptags()
        self.assertIn("$ 50.00 more would reach A · A", answer)
        self.assertIn("from $ 100", answer)

    def test_pareto_says_what_the_greater_bring(self):
        self.set_policy("revenue_share", [("A", {"share": 80})])
        customers = self.make_ranking([50, 30, 20])
        self.recalculate(AS_OF)
        answer = self.get_profile(customers[1]).tier_explanation.striptags()
        self.assertIn("The customers with more bring 50 % of the total of $ 100.00", answer)
        self.assertIn("up to 80 % of the total", answer)

    def test_rising_and_falling_by_thresholds(self):
        self.set_policy("threshold", [("A", {"amount_min": 100})])
        customer = self.make_ranking([60])
        self.recalculate(AS_OF)
        self.make_invoices([(customer, date(2025, 7, 3), 40)])
        self.recalculate(date(2025, 7, 31))
        self.assertEqual(self.tier_codes(customer), ["A"])
        self.recalculate(date(2026, 6, 30))
        self.assertEqual(self.tier_codes(customer), ["A"])
        self.recalculate(date(2026, 8, 31))
        self.assertEqual(self.tier_codes(customer), ["Z"])

    def test_conditions_must_leave_every_tier_possible(self):
        for better, worse in ((100, 100), (50, 100)):
            with self.assertRaisesRegex(ValidationError, "Nobody could be in the tier B"):
                self.set_policy(
                    "threshold", [("A", {"amount_min": better}), ("B", {"amount_min": worse})]
                )

    def test_conditions_must_ask_for_something(self):
        with self.assertRaisesRegex(ValidationError, "A · A asks for nothing"):
            self.set_policy("threshold", [("A", {})])
        with self.assertRaisesRegex(ValidationError, "C · C asks for nothing"):
            self.set_policy("behaviour", [("B", {"visits_min": 4}), ("C", {})])

    def test_tiers_of_an_active_policy_change_together(self):
        policy = self.set_policy(
            "threshold", [("A", {"amount_min": 100}), ("B", {"amount_min": 50})]
        )
        better, worse = policy.tier_ids[:2]
        policy.tier_ids = [
            (1, better.id, {"amount_min": 40}),
            (1, worse.id, {"amount_min": 20}),
        ]
        with self.assertRaises(ValidationError):
            better.amount_min = 10
        with self.assertRaises(ValidationError):
            policy.tier_ids = [(1, worse.id, {"amount_min": 90})]

    def test_behaviour_is_measured_by_revenue(self):
        draft = self.policy.copy({"basis": "margin"})
        draft.method = "behaviour"
        self.assertEqual(draft.basis, "revenue")
        with self.assertRaises(ValidationError):
            draft.basis = "paid"

    def test_ranking_by_margin_needs_a_source_of_costs(self):
        draft = self.policy.copy({"basis": "margin"})
        profiles = type(self.env["crm.relationship.profile"])
        for sources, missing in (([], True), ([SQL("SELECT 1")], False)):
            draft.invalidate_recordset(["is_margin_missing"])
            with patch.object(profiles, "_get_margin_sources", lambda self, found=sources: found):
                self.assertEqual(draft.is_margin_missing, missing)
        self.assertFalse(self.policy.is_margin_missing)

    def test_every_template_says_what_it_does(self):
        templates = self.env["crm.relationship.tier.policy"].search([("state", "=", "template")])
        self.assertEqual(
            set(templates.mapped("method")),
            {"customers", "revenue_share", "threshold", "behaviour"},
        )
        restaurant = self.env.ref("crm_relationship.crm_relationship_tier_policy_restaurant")
        self.assertIn(
            "AQ · A quality from 6 visits a month, 80 per guest or visit, and 5,000 a month",
            restaurant.summary,
        )
        draft = restaurant.copy({"company_id": self.company.id})
        with self.assertRaisesRegex(ValidationError, "Nobody could be in the tier BA"):
            draft.action_activate()
