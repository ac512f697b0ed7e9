import random
from collections import Counter
from datetime import date, timedelta
from decimal import Decimal

from dateutil.relativedelta import relativedelta

from odoo.tests import tagged

from . import oracle
from .common import LifecycleCase

AS_OF = date(2025, 6, 30)


@tagged("post_install", "-at_install")
class TestStageRule(LifecycleCase):
    """The first placement of generated customers, with values on every limit."""

    def setUp(self):
        super().setUp()
        self.random = random.Random(20251122)

    def make_purchases(self, rules, usual):
        """Return the purchases of one customer that lie on, before or after some limit."""
        chance = self.random
        near = chance.choice((-1, 0, 0, 1))
        counts = (1, 2, 3, 4, rules.formation[0], rules.stability[0])
        count = max(chance.choice(counts) + chance.choice((-1, 0, 0)), 1)
        factor, days = chance.choice((rules.decline[:2], rules.lost))
        interval = chance.choice((3, 7, 10, 15, 40, 90, 200))
        if count < 3:
            silence = max(int(factor * usual), days) + near
        else:
            silence = max(int(factor * interval), days - 1) + 1 + near
        if chance.random() < 0.4:
            silence = chance.choice((0, 1, 5, days, days - 1))
        last = AS_OF - timedelta(days=max(silence, 0))
        made = {last - timedelta(days=interval * number) for number in range(count)}
        made |= {self.draw_beginning(rules, near)} if chance.random() < 0.6 else set()
        return self.draw_amounts(sorted(day for day in made if day <= last), rules)

    def draw_beginning(self, rules, near):
        """Return a first purchase that makes the tenure lie at some limit."""
        tenures = (rules.formation[1], rules.stability[1])
        two_windows = AS_OF - relativedelta(months=2 * rules.window)
        beginnings = [AS_OF - timedelta(days=tenure) for tenure in tenures] + [two_windows]
        return self.random.choice(beginnings) + timedelta(days=near)

    def draw_amounts(self, days, rules):
        """Give the purchases amounts whose windows compare at the limits of the revenue."""
        window = AS_OF - relativedelta(months=rules.window)
        current = [day for day in days if day > window]
        former = [day for day in days if day <= window]
        amounts = dict.fromkeys(former, 100)
        percent = self.random.choice((rules.decline[2], rules.stability[2], 100))
        total = sum(
            amounts[day] for day in former if day > AS_OF - relativedelta(months=2 * rules.window)
        )
        share = total * percent // 100 + self.random.choice((-1, 0, 0, 1))
        amounts |= dict.fromkeys(current, 0)
        if current:
            amounts[current[-1]] = max(share, 1)
        return list(amounts.items())

    def assert_placed(self, rules, quantity):
        """Place generated customers in one run and compare each with the oracle."""
        self.set_rules(rules)
        customers = self.make_customers(quantity)
        self.buy({customer: self.make_purchases(rules, 90) for customer in customers})
        run = self.recalculate(AS_OF)
        self.assertEqual((run.state, run.kind), ("done", "opening"), run.error)
        facts = self.get_facts(AS_OF)
        usual = oracle.get_median(facts.values())
        self.assertEqual(Decimal(str(self.get_frozen_rhythm(AS_OF))), usual)
        expected = {
            customer.id: oracle.get_target(known, rules, usual) for customer, known in facts.items()
        }
        found = self.get_stages()
        wrong = {
            key: (value, found.get(key))
            for key, value in expected.items()
            if found.get(key) != value
        }
        self.assertFalse(wrong)
        self.assertEqual(len(Counter(found.values())), 5, "a stage is empty")
        return facts, usual

    def test_the_default_rules(self):
        facts, usual = self.assert_placed(oracle.Rules(), 2200)
        self.assert_on_limits(facts, oracle.Rules(), usual)

    def test_other_rules(self):
        rules = oracle.Rules(
            formation=(2, 30),
            stability=(4, 100, Decimal("62.5")),
            decline=(Decimal("1.25"), 10, Decimal("37.5")),
            lost=(Decimal("3.1"), 45),
            window=6,
        )
        facts, usual = self.assert_placed(rules, 2200)
        self.assert_on_limits(facts, rules, usual)

    def assert_on_limits(self, facts, rules, usual):
        """Check that the generated customers lie on the limits, and just before."""
        hits = Counter()
        for known in facts.values():
            rhythm = usual if known.rhythm is None else known.rhythm
            own = known.rhythm is not None
            for name, (factor, days) in (("decline", rules.decline[:2]), ("lost", rules.lost)):
                limit = max(int(oracle.Fraction(factor) * oracle.Fraction(rhythm)) + 1, days)
                hits[name, own, known.silence - limit] += 1
            hits["tenure", known.tenure - rules.formation[1]] += 1
            hits["year", known.tenure - rules.stability[1]] += 1
            hits["count", len(known.days)] += 1
        for own in (True, False):
            for name in ("decline", "lost"):
                self.assertTrue(hits[name, own, 0] or not own, (name, own))
        for near in (-1, 0, 1):
            self.assertTrue(hits["decline", True, near] and hits["lost", True, near], near)
            self.assertTrue(hits["tenure", near] and hits["year", near], near)
