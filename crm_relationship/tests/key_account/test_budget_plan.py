from odoo.tests import tagged

from .common_budget import BudgetCase


@tagged("post_install", "-at_install")
class TestBudgetPlan(BudgetCase):
    """What plans, actions and contacts come to, and who hears that it is too much."""

    def test_sums_by_hand(self):
        action = self.make_action(budget=300)
        self.make_action(name="Cancelled", budget=999).action_cancel()
        self.make_line(planned_amount=120, action_id=action.id)
        self.make_spent(80, planned_amount=90, action_id=action.id)
        self.make_spent(45)  # beside any action, planned 100
        self.make_line(planned_amount=60)
        self.plan.invalidate_recordset()
        # The action: 300 is more than 120 + 90 planned, and more than 120 + 80 expected.
        self.assertEqual(self.plan.budget_planned, 300 + 100 + 60)
        self.assertEqual(self.plan.budget_spent, 80 + 45)
        self.assertEqual(self.plan.budget_expected, 300 + 45 + 60)
        self.assertEqual(self.plan.budget_rest, 1000 - 125)
        self.assertEqual((action.budget_spent, action.budget_expected), (80, 200))
        self.assertEqual((self.role.budget_planned, self.role.budget_spent), (370, 125))

    def test_refused_counts_nowhere(self):
        line = self.make_line(planned_amount=300)
        line.action_request()
        line.with_user(self.manager)._refuse("No")
        self.assertEqual((self.plan.budget_planned, self.plan.budget_expected), (0, 0))

    def test_at_the_budget_nothing_warns_a_cent_above_does(self):
        line = self.make_line(planned_amount=1000)
        self.assertFalse(self.plan.is_over_budget)
        self.assertFalse(line.budget_warning)
        before = len(self.plan.message_ids)
        line.planned_amount = 1000.01
        self.assertTrue(self.plan.is_over_budget)
        self.assertRegex(self.plan.budget_warning, r"1,000\.01.*0\.01.*1,000\.00")
        self.assertRegex(line.budget_warning, r"1,000\.01")
        self.assertEqual(len(self.plan.message_ids), before + 1)
        self.assertIn("Over budget", self.plan.message_ids[0].body)
        line.planned_amount = 1200
        self.assertEqual(len(self.plan.message_ids), before + 1)  # said once

    def test_created_line_warns_and_spent_says_so(self):
        self.make_spent(1000.01)
        self.assertRegex(self.plan.budget_warning, r"was spent, .*0\.01 more")
        self.assertIn("Over budget", self.plan.message_ids[0].body)

    def test_smaller_budget_and_dearer_action_say_so(self):
        self.make_line(planned_amount=400)
        self.plan.with_user(self.owner).budget_amount = 399
        self.assertIn("Over budget", self.plan.message_ids[0].body)
        self.plan.budget_amount = 500
        before = len(self.plan.message_ids)
        self.make_action(budget=101)
        self.assertEqual(len(self.plan.message_ids), before + 1)

    def test_no_budget_never_warns(self):
        self.plan.budget_amount = 0
        self.make_spent(5000)
        self.assertFalse(self.plan.budget_warning)

    def test_action_over_its_budget(self):
        action = self.make_action(budget=100)
        line = self.make_line(planned_amount=100, action_id=action.id)
        self.assertFalse(action.is_over_budget)
        line.planned_amount = 100.01
        self.assertTrue(action.is_over_budget)
        self.assertIn("Dinner with Ann", line.budget_warning)

    def test_actual_amount_counts_before_it_is_settled(self):
        action = self.make_action(budget=100)
        line = self.make_line(planned_amount=100, action_id=action.id)
        line.spent_amount = 150
        self.assertEqual((action.budget_expected, self.plan.budget_expected), (150, 150))
        self.assertEqual((action.budget_spent, self.plan.budget_spent), (0, 0))
        self.assertRegex(line.budget_warning, r"Dinner with Ann.*150\.00, .*50\.00 more")

    def test_open_form_warns_before_saving(self):
        line = self.env["crm.relationship.budget"].new(self.prepare_line(planned_amount=1000.01))
        self.assertRegex(line.budget_warning, r"1,000\.01")
        self.assertTrue(line.needs_manager)

    def test_bars_show_amounts(self):
        self.make_spent(250)
        bars = {bar["code"]: bar for bar in self.plan._prepare_budget_bars()}
        self.assertEqual(bars["spent"]["share"], 25)
        self.assertEqual(bars["rest"]["share"], 75)
        self.assertIn("250.00", str(self.plan.budget_bars))

    def test_deleted_plan_keeps_what_was_spent(self):
        self.make_spent(10)
        with self.assertRaisesRegex(Exception, "only relationship managers"):
            self.plan.with_user(self.owner).unlink()
        self.plan.with_user(self.manager).unlink()

    def test_queries_are_bounded(self):
        customers = self.env["res.partner"].create([{"name": f"C{n}"} for n in range(40)])
        plans = self.env["crm.relationship.plan"].create(
            [
                {
                    "partner_id": customer.id,
                    "company_id": self.company.id,
                    "user_id": self.owner.id,
                    "date_start": "2025-01-01",
                    "date_end": "2025-12-31",
                    "budget_amount": 10,
                }
                for customer in customers
            ]
        )
        lines = self.env["crm.relationship.budget"].create(
            [
                self.prepare_line(plan_id=plan.id, partner_id=plan.partner_id.id)
                for plan in plans
                for _n in range(3)
            ]
        )
        self.env.flush_all()

        def count(some_plans, some_lines):
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            some_plans.mapped("budget_warning")
            some_lines.mapped("manager_explanation")
            some_lines.mapped("budget_warning")
            return self.env.cr.sql_log_count - before

        count(plans[:2], lines[:2])  # warms caches
        few = count(plans[:2], lines[:2])
        self.assertLessEqual(count(plans, lines), few + 5)
