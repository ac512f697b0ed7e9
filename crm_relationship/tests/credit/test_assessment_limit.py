from datetime import date

from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged

from .common_assessment import AssessmentCase


@tagged("post_install", "-at_install")
class TestAssessmentLimit(AssessmentCase):
    """The limit follows from the grade and the purchases, and may become Odoo's own."""

    def get_limit(self):
        return self.customer.with_company(self.company).credit_limit

    def set_grade(self, months, most=0):
        """Let every score have a grade of these terms."""
        self.credit_policy.grade_ids.write({"limit_months": months, "limit_max": most})

    def test_the_months_of_the_default_grades(self):
        self.assertEqual(
            {code: grade.limit_months for code, grade in self.grades.items()},
            {"AAA": 3, "AA": 2, "A": 1.5, "B": 1, "C": 0},
        )

    def test_months_of_average_purchases(self):
        """1,800 in twelve months are 150 a month."""
        self.set_grade(1.5)
        draft = self.assess()
        self.assertEqual((draft.monthly_revenue, draft.proposed_limit), (150, 225))
        self.assertIn("225.00", draft.limit_explanation)
        self.assertIn("150.00", draft.limit_explanation)

    def test_at_most_what_the_grade_allows(self):
        for most, limit in ((224.99, 224.99), (225, 225), (226, 225), (0, 225)):
            self.set_grade(1.5, most)
            draft = self.assess()
            draft.action_measure()
            self.assertEqual(draft.proposed_limit, limit, most)
            self.assertEqual("at most" in draft.limit_explanation, limit < 225)

    def test_rounded_to_the_currency(self):
        self.make_invoices([(self.customer, date(2025, 6, 1), 0.5)])
        self.set_grade(1)
        self.company.currency_id.rounding = 1
        self.assertEqual(self.assess().proposed_limit, 150)

    def test_refunds_give_no_negative_limit(self):
        self.make_invoices([(self.customer, date(2025, 6, 1), 9000)], move_type="out_refund")
        self.set_grade(1)
        draft = self.assess()
        self.assertLess(draft.monthly_revenue, 0)
        self.assertEqual(draft.proposed_limit, 0)
        self.assertIn("Nothing was bought", draft.limit_explanation)

    def test_the_approver_may_change_it_while_it_is_proposed(self):
        self.set_grade(1)
        draft = self.assess(user=self.first)
        with self.assertRaises(UserError):
            draft.approved_limit = 7
        draft.action_propose()
        self.assertEqual(draft.approved_limit, 150)
        with self.assertRaises(AccessError):
            draft.approved_limit = 10**6  # his own proposal
        with self.assertRaises(AccessError):
            draft.with_user(self.manager).approved_limit = 10**6
        draft.with_user(self.second).approved_limit = 120
        draft.with_user(self.second).action_approve()
        self.assertEqual(draft.approved_limit, 120)
        with self.assertRaises(UserError):
            draft.with_user(self.second).approved_limit = 130

    def test_nobody_approves_the_limit_that_he_raised(self):
        self.set_grade(1)
        draft = self.assess(user=self.first)
        draft.action_propose()
        draft.with_user(self.second).approved_limit = 151
        with self.assertRaisesRegex(AccessError, "raised the limit"):
            draft.with_user(self.second).action_approve()
        with self.assertRaises(UserError):
            draft.with_user(self.second).limit_by_id = self.first
        third = self.new_user("assess_third", "crm_relationship.group_credit")
        draft.with_user(third).action_approve()
        self.assertEqual(draft.approved_limit, 151)

    def test_written_only_where_the_policy_wants_it(self):
        self.set_grade(1)
        self.assertFalse(self.credit_policy.writes_limit)
        self.approve()
        self.assertEqual(self.get_limit(), 0)

    def test_written_on_approval_in_the_company_alone(self):
        other = self.create_company("Limitless Ltd")
        self.credit_policy.writes_limit = True
        self.customer.with_company(self.company).credit_limit = 70
        self.set_grade(1)
        approved = self.approve()
        self.assertEqual(self.get_limit(), 150)
        self.assertTrue(self.customer.with_company(self.company).use_partner_credit_limit)
        self.assertEqual(self.customer.with_company(other).credit_limit, 0)
        for record in (approved, self.customer):
            body = record.message_ids.filtered(lambda message: "→" in (message.body or "")).body
            self.assertIn("70.00", body)
            self.assertIn("150.00", body)

    def test_no_credit_is_not_no_limit(self):
        """Odoo takes a limit of 0 for none at all."""
        self.credit_policy.writes_limit = True
        self.set_grade(0)
        approved = self.approve()
        self.assertEqual(approved.approved_limit, 0)
        self.assertEqual(self.get_limit(), self.company.currency_id.rounding)
        self.assertIn("no credit", approved.limit_explanation)

    def test_the_last_limit_is_compared(self):
        self.set_grade(1)
        self.approve()
        self.set_today(date(2025, 10, 20))
        self.assertEqual(self.assess().previous_limit, 150)

    def test_the_report_says_it_all(self):
        self.set_grade(1)
        draft = self.assess()
        self.set_level(draft, "management", "Good")
        approved = self.approve(draft)
        html, kind = (
            self.env["ir.actions.report"]
            .with_user(self.salesperson)
            ._render_qweb_html("crm_relationship.report_credit_assessment", approved.ids)
        )
        self.assertEqual(kind, "html")
        text = html.decode()
        for part in (
            "Assessed Ltd · Q2 2025",
            "Management Quality",
            "Good",
            "Payment Performance",
            "150.00",
            "Payment index",
            self.manager.name,
            self.second.name,
        ):
            self.assertIn(part, text)
