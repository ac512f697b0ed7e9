from datetime import date
from unittest.mock import patch

from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import Form, tagged
from odoo.tools import mute_logger

from ...engine import grade_tier
from ..common import RelationshipCase

MONTH_ENDS = [
    date(2025, 1, 31),
    date(2025, 2, 28),
    date(2025, 3, 31),
    date(2025, 4, 30),
    date(2025, 5, 31),
    date(2025, 6, 30),
]
CHANGES = """
    SELECT partner_id, date, dimension, old_value, new_value, cause, basis_amount, cut_amount,
           evidence
      FROM crm_relationship_change
     WHERE company_id = %s AND date <= %s AND dimension IN ('tier', 'stage')
     ORDER BY date, partner_id, dimension
"""
RHYTHMS = """
    SELECT date, median_days, customer_count
      FROM crm_relationship_stage_evaluation
     WHERE company_id = %s AND date <= %s
     ORDER BY date
"""
EVALUATIONS = """
    SELECT cut.date, tier.code, population, cut_rank, cut_value, has_cut, customer_count,
           basis_total, revenue_total
      FROM crm_relationship_tier_cut cut
      JOIN crm_relationship_tier tier ON tier.id = cut.tier_id
     WHERE cut.company_id = %s AND cut.date <= %s
     ORDER BY cut.date, tier.sequence
"""
RUN_LOGGER = "odoo.addons.crm_relationship.models.grading.crm_relationship_run"


@tagged("post_install", "-at_install")
class TestBackfill(RelationshipCase):
    """Two companies with the same documents: one runs month by month, one backfills."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.forward = cls.create_company("Forward Ltd")
        cls.runs = cls.env["crm.relationship.run"]
        cls.customers = cls.make_customers(60)
        cls.documents = cls.draw_documents()
        for company in (cls.company, cls.forward):
            cls.make_invoices(cls.documents, company=company)

    @classmethod
    def draw_documents(cls):
        """Customers that come, grow and shrink: an invoice every few weeks of two years."""
        rows = []
        for number, customer in enumerate(cls.customers):
            for step in range(number % 7, 40, 2 + number % 5):
                month = 1 + (step + number) % 12
                year = 2023 + (step + number) // 12 % 3
                if (year, month) <= (2025, 7):
                    amount = 10 + (number * 37 + step * step * 11) % 997
                    rows.append((customer, date(year, month, 1 + (number + step) % 28), amount))
        return rows

    def run_forward(self, days=MONTH_ENDS):
        for day in days:
            run = self.recalculate(day, company=self.forward)
            self.assertEqual(run.state, "done", run.error)

    def backfill(self, months=6, company=None):
        run = self.runs.backfill(company or self.company, months)
        run._process_backfill()
        self.env.invalidate_all()
        return run

    def get_rows(self, query, company, until=date(2025, 6, 30)):
        self.env.flush_all()
        self.env.cr.execute(query, [company.id, until])
        return self.env.cr.fetchall()

    def get_profiles(self, company):
        self.env.flush_all()
        self.env.cr.execute(
            """SELECT xmin::text, ctid::text, to_jsonb(profile)
                 FROM crm_relationship_profile profile
                WHERE company_id = %s ORDER BY id""",
            [company.id],
        )
        return self.env.cr.fetchall()

    def assert_same_history(self):
        for query in (CHANGES, EVALUATIONS, RHYTHMS):
            expected = self.get_rows(query, self.forward)
            self.assertGreater(len(expected), 5)
            self.assertEqual(self.get_rows(query, self.company), expected)

    def test_backfill_equals_forward_runs(self):
        self.run_forward()
        self.recalculate(date(2025, 7, 18))
        profiles = self.get_profiles(self.company)
        run = self.backfill()
        self.assertEqual((run.state, run.error), ("done", False))
        self.assertEqual(run.mapped("evaluation_count"), [6])
        self.assertEqual((run.progress, run.steps_done), (100, 6))
        self.assert_same_history()
        self.assertEqual(self.get_profiles(self.company), profiles)

    def test_backfill_equals_forward_runs_of_other_policies(self):
        for values in (
            {"fall": "step", "grace_evaluations": 1},
            {"only_buyers": True, "window_months": 3, "grace_evaluations": 3},
            {"method": "revenue_share"},
        ):
            with self.subTest(**values):
                second = self.create_company(f"Second Ltd {values}")
                self.forward = self.create_company(f"Third Ltd {values}")
                for company in (second, self.forward):
                    company._get_relationship_policy().write(values)
                    self.make_invoices(self.documents, company=company)
                self.run_forward()
                self.recalculate(date(2025, 7, 1), company=second)
                self.backfill(company=second)
                for query in (CHANGES, EVALUATIONS, RHYTHMS):
                    self.assertEqual(
                        self.get_rows(query, second), self.get_rows(query, self.forward)
                    )

    def test_rows_are_marked_and_the_rest_is_not(self):
        self.recalculate(date(2025, 7, 18))
        run = self.backfill()
        changes = self.env["crm.relationship.change"].search([("company_id", "=", self.company.id)])
        old = changes.filtered(lambda change: change.date < date(2025, 7, 1))
        self.assertTrue(all(old.mapped("is_backfilled")))
        self.assertEqual(old.run_id, run)
        self.assertFalse(any((changes - old).mapped("is_backfilled")))
        self.assertEqual(set(old.mapped("origin")), {"Backfilled"})
        cuts = self.env["crm.relationship.tier.cut"].search(
            [("company_id", "=", self.company.id), ("is_backfilled", "=", True)]
        )
        self.assertEqual(sorted(set(cuts.mapped("date"))), MONTH_ENDS)

    def test_nothing_is_carried_after_the_end(self):
        self.recalculate(date(2025, 7, 18))
        self.backfill()
        self.env.cr.execute("SELECT COUNT(*) FROM crm_relationship_backfill_state")
        self.assertEqual(self.env.cr.fetchone(), (0,))

    def test_it_is_no_recalculation(self):
        recalculation = self.recalculate(date(2025, 7, 18))
        evaluated_until = self.policy.evaluated_until
        self.backfill()
        self.assertEqual(self.runs._get_last(self.company), recalculation)
        self.assertEqual(self.policy.evaluated_until, evaluated_until)
        later = self.recalculate(date(2025, 7, 19))
        self.assertEqual(later.kind, "incremental")

    def test_a_waiting_backfill_does_not_hold_up_the_night(self):
        self.recalculate(date(2025, 7, 18))
        waiting = self.runs.backfill(self.company, 6)
        night = self.recalculate(date(2025, 7, 19))
        self.assertEqual((night.kind, night.state), ("incremental", "done"))
        self.assertEqual(waiting.state, "pending")

    def test_the_scheduler_does_it(self):
        self.recalculate(date(2025, 7, 18))
        run = self.runs.backfill(self.company, 6)
        with self.enter_registry_test_mode():
            self.env.ref(
                "crm_relationship.ir_cron_process_relationship_runs"
            ).method_direct_trigger()
        self.assertEqual((run.state, run.steps_done), ("done", 6))

    def test_it_goes_on_where_it_stood(self):
        self.run_forward()
        self.recalculate(date(2025, 7, 18))
        run = self.runs.backfill(self.company, 6)
        run._start()
        for day in MONTH_ENDS[:3]:
            run._backfill(day)
        self.assertEqual(run.state, "running")
        run._process_backfill()
        self.assertEqual((run.state, run.steps_done), ("done", 6))
        self.assert_same_history()

    @mute_logger(RUN_LOGGER)
    def test_a_failure_is_on_the_run_and_can_be_tried_again(self):
        self.run_forward()
        self.recalculate(date(2025, 7, 18))
        run = self.runs.backfill(self.company, 6)
        keep_cuts = grade_tier.keep_cuts

        def fail_in_march(terms, cut):
            if terms.as_of == MONTH_ENDS[2]:
                raise ValueError("broken in March")
            return keep_cuts(terms, cut)

        with patch.object(grade_tier, "keep_cuts", fail_in_march):
            run._process_backfill()
        self.assertEqual((run.state, run.error), ("failed", "broken in March"))
        with self.assertRaisesRegex(UserError, "failed"):
            self.runs.backfill(self.company, 6)
        run.action_retry_backfill()
        self.assertEqual(run.state, "pending")
        run._process_backfill()
        self.assertEqual((run.state, run.error), ("done", False))
        self.assert_same_history()
        with self.assertRaises(UserError):
            run.action_retry_backfill()

    def test_another_company_is_untouched(self):
        self.run_forward()
        self.recalculate(date(2025, 7, 18))
        before = [self.get_rows(query, self.forward) for query in (CHANGES, EVALUATIONS)]
        profiles = self.get_profiles(self.forward)
        self.backfill()
        after = [self.get_rows(query, self.forward) for query in (CHANGES, EVALUATIONS)]
        self.assertEqual(after, before)
        self.assertEqual(self.get_profiles(self.forward), profiles)

    def test_a_second_backfill_is_refused(self):
        self.recalculate(date(2025, 7, 18))
        self.runs.backfill(self.company, 3)
        with self.assertRaisesRegex(UserError, "is on"):
            self.runs.backfill(self.company, 6)
        self.runs._cron_process_runs()
        with self.assertRaisesRegex(UserError, "append only"):
            self.runs.backfill(self.company, 24)

    def test_there_must_be_something_to_do(self):
        with self.assertRaisesRegex(UserError, "first recalculation"):
            self.runs.backfill(self.company, 6)
        empty = self.create_company("Empty Ltd")
        self.make_invoices([(self.customers[0], date(2025, 7, 3), 5)], company=empty)
        self.recalculate(date(2025, 7, 18), company=empty)
        with self.assertRaisesRegex(UserError, "nothing to backfill"):
            self.runs.backfill(empty, 6)
        for months in (0, 121):
            with self.assertRaises(ValidationError):
                self.runs.backfill(self.company, months)
        self.policy.state = "retired"
        with self.assertRaisesRegex(UserError, "no active tier policy"):
            self.runs.backfill(self.company, 6)

    def test_which_period_ends(self):
        self.recalculate(date(2025, 7, 18))
        plan = self.runs._plan_backfill
        self.assertEqual(plan(self.company, 6), MONTH_ENDS)
        self.assertEqual(plan(self.company, 1), MONTH_ENDS[-1:])
        first = min(day for _customer, day, _amount in self.documents)
        self.assertEqual(plan(self.company, 120)[0].strftime("%Y-%m"), first.strftime("%Y-%m"))
        self.policy.period = "daily"
        self.assertEqual(plan(self.company, 6), MONTH_ENDS)
        self.policy.period = "quarterly"
        self.assertEqual(plan(self.company, 6), [MONTH_ENDS[2], MONTH_ENDS[5]])

    def test_what_the_retention_would_delete_is_left_out(self):
        self.recalculate(date(2025, 7, 18))
        self.env["ir.config_parameter"].set_param("crm_relationship.change_retention_months", "1")
        self.assertEqual(self.runs._plan_backfill(self.company, 6), [])

    def test_who_may_backfill(self):
        self.recalculate(date(2025, 7, 18))
        salesperson = self.new_user("backfill_sales", "sales_team.group_sale_salesman")
        other = self.new_user(
            "backfill_other", "sales_team.group_sale_manager", self.create_company("Other Ltd")
        )
        for user in (salesperson, other):
            with self.assertRaises(AccessError):
                self.runs.with_user(user).backfill(self.company.id, 6)
        with self.assertRaises(AccessError):
            self.env["crm.relationship.backfill"].with_user(salesperson).create({})
        manager = self.new_user("backfill_manager", "sales_team.group_sale_manager")
        wizards = self.env["crm.relationship.backfill"].with_user(manager)
        action = wizards.create({"months": 6}).action_start()
        self.assertEqual(action["res_model"], "crm.relationship.run")
        run = self.runs.search([("kind", "=", "backfill")])
        self.assertEqual((run.user_id, run.company_id), (manager, self.company))
        with self.assertRaises(AccessError):
            self.env["crm.relationship.backfill.state"].with_user(manager).search([])

    def test_the_wizard_says_what_it_will_do(self):
        self.recalculate(date(2025, 7, 18))
        wizards = self.env["crm.relationship.backfill"].with_company(self.company)
        with Form(wizards) as form:
            form.months = 6
            self.assertEqual(form.evaluation_count, 6)
            self.assertEqual((form.first_date, form.last_date), (MONTH_ENDS[0], MONTH_ENDS[-1]))
            self.assertFalse(form.problem)
        self.backfill()
        with Form(wizards) as form:
            self.assertIn("append only", form.problem)
            self.assertEqual(form.evaluation_count, 0)
