import random
from collections import Counter
from datetime import date, timedelta
from decimal import Decimal

from odoo.tests import tagged

from ...engine.periods import period_end
from . import oracle
from .common import LifecycleCase

BEGIN = date(2022, 1, 1)
FIRST = date(2023, 6, 30)
MONTHS = 24


@tagged("post_install", "-at_install")
class TestStageHistory(LifecycleCase):
    """Two thousand relationships over 24 month-ends, against an oracle that remembers."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.random = random.Random(20251122)
        cls.customers = cls.make_customers(2000)
        cls.buy({customer: cls.draw_life() for customer in cls.customers})
        cls.month_ends = [FIRST]
        while len(cls.month_ends) < MONTHS:
            cls.month_ends.append(period_end(cls.month_ends[-1] + timedelta(days=1), "monthly"))

    @classmethod
    def draw_life(cls):
        """Return purchases in spells of different rhythm and amount, with silence between."""
        chance = cls.random
        day = BEGIN + timedelta(days=chance.randint(0, 1100))
        end = date(2025, 6, 30)
        made = []
        while day <= end:
            rhythm = chance.choice((2, 5, 10, 20, 30, 45, 90))
            amount = chance.choice((5, 40, 100, 300))
            for _number in range(chance.randint(1, 6)):
                day += timedelta(days=chance.randint(1, 2 * rhythm))
                refunded = chance.random() < 0.05
                made.append((day, -amount // 2 if refunded and made else amount))
            day += timedelta(days=chance.choice((0, 0, 20, 60, 150, 400)))
        return [purchase for purchase in made if purchase[0] <= end] or [(BEGIN, 10)]

    def test_against_an_oracle_that_remembers(self):
        states = {customer: oracle.Relationship() for customer in self.customers}
        expected = []
        for day in self.month_ends:
            self.recalculate(day)
            facts = self.get_facts(day)
            usual = oracle.get_median(facts.values())
            self.assertEqual(Decimal(str(self.get_frozen_rhythm(day))), usual, day)
            for customer, known in facts.items():
                target = oracle.get_target(known, self.rules, usual)
                moved = states[customer].grade(known, target, self.rules, is_month_end=True)
                if moved:
                    expected.append((customer.id, day, *moved))
            found = self.get_stages()
            wrong = {
                customer.id: (states[customer].stage, found.get(customer.id))
                for customer in facts
                if found.get(customer.id) != states[customer].stage
            }
            self.assertFalse(wrong, day)
        self.assert_history(expected)

    def assert_history(self, expected):
        """The history has every move of the oracle, and no other; none skips a stage."""
        changes = self.env["crm.relationship.change"].search_read(
            [("company_id", "=", self.company.id), ("dimension", "=", "stage")],
            ["partner_id", "date", "old_value", "new_value", "cause"],
        )
        found = [
            (row["partner_id"][0], row["date"], row["old_value"] or None, row["new_value"])
            for row in changes
        ]
        self.assertEqual(Counter(found), Counter(expected))
        causes = Counter(row["cause"] for row in changes)
        for cause in ("up", "decline", "lost", "won_back"):
            self.assertGreater(causes[cause], 50, cause)
        self.assertGreater(causes["placed"], 50)
        for row in changes:
            if row["cause"] == "up":
                old, new = (oracle.ORDER.index(row[name]) for name in ("old_value", "new_value"))
                self.assertEqual(new, old + 1)
