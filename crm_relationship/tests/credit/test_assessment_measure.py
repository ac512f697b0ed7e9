from datetime import date, timedelta

from odoo import Command
from odoo.exceptions import UserError
from odoo.tests import tagged

from .common_assessment import QUARTER_END, TODAY, AssessmentCase


@tagged("post_install", "-at_install")
class TestAssessmentMeasure(AssessmentCase):
    """A draft measures as of the quarter's end what a run of that day would."""

    def test_looks_at_the_quarter_before(self):
        draft = self.assess()
        self.assertEqual((draft.date_start, draft.date_end), (date(2025, 4, 1), QUARTER_END))
        self.assertEqual(draft.display_name, "Assessed Ltd · Q2 2025")
        for today, end in (
            (date(2025, 9, 30), date(2025, 6, 30)),
            (date(2025, 10, 1), date(2025, 9, 30)),
            (date(2026, 3, 31), date(2025, 12, 31)),
            (date(2025, 5, 31), date(2025, 3, 31)),
        ):
            self.set_today(today)
            self.assertEqual(self.assessments._get_last_quarter_end(self.company), end)

    def make_varied(self):
        """Return customers with payments, debts, statements, judgements and needs."""
        customers = self.make_customers(12)
        rows = [
            (customer, date(2023 + number % 3, 1 + (number + step) % 6, 3 + step), 50 * number + 10)
            for number, customer in enumerate(customers)
            for step in range(1 + number % 4)
        ]
        moves = self.make_invoices(rows)
        lines = self.make_instalments(
            [
                (move, customer, day + timedelta(days=20), amount)
                for move, (customer, day, amount) in zip(moves, rows, strict=True)
            ]
        )
        self.settle(
            [
                (line, day + timedelta(days=15 + place % 3 * 10), amount)
                for place, (line, (_customer, day, amount)) in enumerate(
                    zip(lines, rows, strict=True)
                )
                if place % 3
            ]
        )
        for number, customer in enumerate(customers):
            if number % 2:
                self.judge(customer, "management", "Good" if number % 3 else "Poor")
                customer.relationship_founding_date = date(2014 + number, 7, 1)
            if number % 3:
                self.state(customer, date_end=date(2024, 12, 31), net_income=40 * number)
        return customers

    def test_the_points_are_those_of_a_run_as_of_the_quarter_end(self):
        customers = self.make_varied()
        self.recalculate(QUARTER_END, full=True)
        customers |= self.customer
        profiles = self.get_profile(self.customer).search(
            [("partner_id", "in", customers.ids), ("company_id", "=", self.company.id)]
        )
        profiles[:5].write({"yearly_need": 900})
        self.recalculate(QUARTER_END, full=True)
        expected = {
            profile.partner_id: (
                profile.credit_score,
                profile.credit_coverage,
                profile.credit_grade_id.code,
            )
            for profile in profiles
        }
        self.assertGreater(len(set(expected.values())), 8)
        # What happens after the quarter is not looked at.
        self.make_invoices([(customer, TODAY, 10_000) for customer in customers])
        self.recalculate(TODAY)
        before = profiles.mapped("credit_score")
        drafts = self.assessments.with_user(self.manager)._assess(profiles)
        self.assertEqual(profiles.mapped("credit_score"), before)
        found = {
            draft.partner_id: (draft.score, draft.coverage, draft.grade_code) for draft in drafts
        }
        self.assertEqual(found, expected)

    def test_lines_copy_what_they_were_made_of(self):
        self.judge(self.customer, "management", "Good")
        self.state(self.customer, date_end=date(2024, 12, 31))
        draft = self.assess()
        self.assertEqual(len(draft.line_ids), 20)
        ratio = self.get_line(draft, "current_ratio")
        self.assertEqual((ratio.value, ratio.value_text), (2, "2 times"))
        self.assertEqual((ratio.band_name, ratio.share, ratio.given), ("from 2", 100, 7))
        self.assertEqual([band["from"] for band in ratio.bands], [0, 0.8, 1, 1.5, 2])
        judged = self.get_line(draft, "management")
        self.assertEqual((judged.band_name, judged.given), ("Good", 2.4))
        self.assertEqual(judged.judged_by_id, self.env.user)
        unknown = self.get_line(draft, "reputation")
        self.assertEqual((unknown.is_known, unknown.share, unknown.given), (False, 50, 1.5))
        self.assertEqual(draft.statement["figures"]["current_assets"], 200)
        self.assertEqual(draft.statement["ratios"]["current_ratio"], 2)
        self.assertIn("Current Ratio", draft.statement_table)
        self.assertEqual([grade["code"] for grade in draft.grades], ["AAA", "AA", "A", "B", "C"])
        self.assertAlmostEqual(draft.score, sum(draft.line_ids.mapped("given")), 2)

    def test_a_customer_of_after_the_quarter_is_unknown(self):
        late = self.make_customers(1)
        self.make_invoices([(late, TODAY, 100)])
        self.recalculate(TODAY)
        draft = self.assess(late)
        self.assertEqual((draft.coverage, draft.grade_code, draft.score), (0, False, 0))
        self.assertFalse(any(draft.line_ids.mapped("is_known")))
        self.judge(late, "management", "Good")
        draft.action_measure()
        self.assertEqual((draft.coverage, draft.grade_code, draft.score), (3, "C", 50.9))

    def test_measure_again_keeps_what_was_entered(self):
        draft = self.assess()
        self.set_level(draft, "management", "Excellent")
        monthly = draft.monthly_revenue
        self.make_invoices([(self.customer, date(2025, 6, 29), 5000)])
        draft.action_measure()
        line = self.get_line(draft, "management")
        self.assertEqual((line.band_name, line.judged_by_id), ("Excellent", self.manager))
        self.assertTrue(line.is_entered)
        self.assertGreater(draft.monthly_revenue, monthly)
        self.assertEqual(len(draft.line_ids), 20)
        draft.action_propose()
        with self.assertRaises(UserError):
            draft.action_measure()

    def test_levels_count_at_once(self):
        draft = self.assess()
        score, coverage = draft.score, draft.coverage
        self.set_level(draft, "management", "Excellent")
        self.assertEqual((draft.score, draft.coverage), (score + 1.5, coverage + 3))
        self.set_level(draft, "management", "Unacceptable")
        self.assertEqual((draft.score, draft.coverage), (score - 1.5, coverage + 3))
        self.get_line(draft, "management").level_id = False
        self.assertEqual((draft.score, draft.coverage), (score, coverage))

    def test_a_level_must_be_of_the_criterion_and_known(self):
        draft = self.assess()
        line = self.get_line(draft, "management")
        with self.assertRaises(UserError):
            line.level_id = self.get_level("reputation", "Good")
        self.criteria["management"].write(
            {"band_ids": [Command.create({"name": "New", "share": 9})]}
        )
        new = self.get_level("management", "New")
        with self.assertRaisesRegex(UserError, "Measure Again"):
            line.level_id = new
        draft.action_measure()
        self.get_line(draft, "management").level_id = new
        self.assertEqual(self.get_line(draft, "management").share, 9)

    def test_many_are_measured_at_once(self):
        customers = self.make_ranking([100 + number for number in range(24)])
        self.recalculate(QUARTER_END)
        profiles = self.env["crm.relationship.profile"].search(
            [("partner_id", "in", customers.ids), ("company_id", "=", self.company.id)]
        )
        self.assess()  # what is read once is in memory
        few, many = profiles[:4], profiles[4:]
        counts = []
        for batch in (few, many):
            self.env.flush_all()
            before = self.env.cr.sql_log_count
            self.assessments.with_user(self.manager)._assess(batch)
            self.env.flush_all()
            counts.append(self.env.cr.sql_log_count - before)
        self.assertLess(counts[1], counts[0] + 3 * (len(many) - len(few)), counts)

    def test_the_last_time_is_compared(self):
        self.approve()
        self.set_today(date(2025, 10, 20))
        self.judge(self.customer, "management", "Excellent")
        draft = self.assess()
        self.assertEqual(draft.previous_id.date_end, QUARTER_END)
        self.assertEqual(draft.previous_name, "Q2 2025")
        line = self.get_line(draft, "management")
        self.assertEqual((line.previous_given, line.given_change), (1.5, 1.5))
        self.assertAlmostEqual(draft.score_change, draft.score - draft.previous_id.score, 2)
        self.assertEqual((line.previous_band_name, line.band_name), ("unknown", "Excellent"))

    def test_texts_follow_the_language(self):
        self.env["res.lang"]._activate_lang("fr_FR")
        self.criteria["management"].with_context(lang="fr_FR").name = "Gestion"
        self.get_level("management", "Good").with_context(lang="fr_FR").name = "Bien"
        self.judge(self.customer, "management", "Good")
        line = self.get_line(self.assess(), "management").with_context(lang="fr_FR")
        self.assertEqual((line.name, line.band_name), ("Gestion", "Bien"))
        self.assertEqual(line.with_context(lang="en_US").name, "Management Quality and Integrity")
