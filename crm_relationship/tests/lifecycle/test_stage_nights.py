import random
from datetime import date, timedelta

from odoo.tests import tagged

from ...engine.periods import period_end
from . import oracle
from .common import LifecycleCase

FIRST = date(2025, 1, 17)
NIGHTS = 60

STATE = """
    SELECT partner_id, stage.code, profile.stage_date, profile.stage_purchase_date,
           profile.ladder_step, profile.ladder_date, profile.next_due_date
      FROM crm_relationship_profile profile
      LEFT JOIN crm_relationship_stage stage ON stage.id = profile.stage_id
     WHERE profile.company_id = %s
     ORDER BY partner_id
"""
HISTORY = """
    SELECT partner_id, date, dimension, old_value, new_value, cause, evidence
      FROM crm_relationship_change
     WHERE company_id = %s
     ORDER BY partner_id, date, dimension, new_value
"""


@tagged("post_install", "-at_install")
class TestStageNights(LifecycleCase):
    """Sixty nights: what changed and what time changes, in two companies of the same life.

    One measures in full every night, the other what the scope finds; the oracle knows.
    """

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.random = random.Random(20251122)
        cls.twin = cls.create_company("Twin Ltd")
        cls.customers = list(cls.make_customers(160))
        cls.live({customer: cls.draw_past() for customer in cls.customers[:140]})

    @classmethod
    def draw_past(cls):
        rhythm = cls.random.choice((1, 3, 6, 10, 12, 30))
        day = FIRST - timedelta(days=cls.random.randint(0, 90))
        return [
            (day - timedelta(days=number * rhythm), cls.random.choice((10, 50, 200)))
            for number in range(cls.random.randint(1, 12))
        ]

    @classmethod
    def live(cls, purchases):
        cls.buy(purchases)
        for customer, made in purchases.items():
            cls.make_invoices([(customer, *purchase) for purchase in made], company=cls.twin)

    def live_a_day(self, day):
        """Some buy, some of them again after long; one invoice is entered late."""
        for customer in self.random.sample(self.customers, 5):
            late = self.random.choice((0, 0, 0, 0, 4))
            self.live({customer: [(day - timedelta(days=late), self.random.choice((5, 80)))]})

    def get_rows(self, query, company):
        self.env.flush_all()
        self.env.cr.execute(query, [company.id])
        return self.env.cr.fetchall()

    def test_sixty_nights_equal_full_runs_and_the_oracle(self):
        day, states = FIRST, {customer: oracle.Relationship() for customer in self.customers}
        usual, evaluated, kinds = self.pass_opening(day, states)
        for _night in range(NIGHTS):
            self.forget_writes()
            day += timedelta(days=self.random.choice((1, 1, 1, 2, 3)))
            self.live_a_day(day)
            kinds.append(self.recalculate(day).kind)
            self.recalculate(day, company=self.twin, full=True)
            month_end = period_end(evaluated + timedelta(days=1), "monthly")
            if month_end <= day:
                facts = self.get_facts(month_end)
                usual = oracle.get_median(facts.values())
                self.grade(states, facts, usual, is_month_end=True)
                evaluated = month_end
            if evaluated != day:
                self.grade(states, self.get_facts(day), usual, is_month_end=False)
            self.assert_stages(states, day)
        self.assertGreater(kinds.count("incremental"), NIGHTS / 2)
        for query in (STATE, HISTORY):
            rows = self.get_rows(query, self.company)
            self.assertGreater(len(rows), 100)
            self.assertEqual(rows, self.get_rows(query, self.twin))
        run = self.recalculate(day, full=True)
        self.assertEqual((run.kind, run.updated_count, run.change_count), ("full", 0, 0))

    def assert_stages(self, states, day):
        found = self.get_stages()
        wrong = {
            customer: (state.stage, found.get(customer.id), self.purchases[customer][-3:])
            for customer, state in states.items()
            if state.stage != found.get(customer.id)
        }
        self.assertFalse(wrong, day)

    def pass_opening(self, day, states):
        for company in (self.company, self.twin):
            self.recalculate(day, company=company)
        facts = self.get_facts(day)
        usual = oracle.get_median(facts.values())
        self.grade(states, facts, usual, is_month_end=True)
        return usual, day, []

    def grade(self, states, facts, usual, is_month_end):
        for customer, known in facts.items():
            target = oracle.get_target(known, self.rules, usual)
            states[customer].grade(known, target, self.rules, is_month_end)
