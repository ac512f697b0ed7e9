from datetime import timedelta

from odoo.tests import HttpCase, tagged

from .common import CreditCase


@tagged("post_install", "-at_install")
class TestTourCredit(CreditCase, HttpCase):
    """A credit approver asks why, and judges what no document tells."""

    def test_approver_judges_a_customer(self):
        self.new_user("tour_credit", "sales_team.group_sale_salesman,crm_relationship.group_credit")
        today = self.company._get_relationship_today()
        customer = self.make_ranking([500], day=today - timedelta(days=100))
        customer.name = "Tour Debtor"
        (move_id,) = self.make_invoices([(customer, today - timedelta(days=50), 100)])
        self.make_instalments([(move_id, customer, today - timedelta(days=40), 100)])
        self.recalculate(as_of=today)
        coverage = self.get_profile(customer).credit_coverage
        self.start_tour("/odoo", "crm_relationship_credit", login="tour_credit")
        self.assertEqual(self.get_profile(customer).credit_coverage, coverage + 3)

    def test_one_proposes_and_another_approves(self):
        groups = "sales_team.group_sale_salesman,crm_relationship.group_credit"
        for login in ("tour_assessor", "tour_approver"):
            self.new_user(login, groups)
        today = self.company._get_relationship_today()
        customer = self.make_ranking([500], day=today - timedelta(days=200))
        customer.name = "Tour Debtor"
        self.recalculate(as_of=today)
        self.credit_policy.grade_ids.limit_months = 3  # 125, of which the approver grants 77
        assessment = self.env["crm.relationship.credit.assessment"]._assess(
            self.get_profile(customer)
        )
        self.start_tour("/odoo", "crm_relationship_assessment_propose", login="tour_assessor")
        self.assertEqual(assessment.state, "proposed")
        self.start_tour("/odoo", "crm_relationship_assessment_approve", login="tour_approver")
        self.assertEqual((assessment.state, assessment.approved_limit), ("approved", 77))
