from odoo import fields
from odoo.tests import HttpCase, tagged

from .common_reviews import ReviewCase


@tagged("post_install", "-at_install")
class TestTourPlanReview(ReviewCase, HttpCase):
    """From a plan over a review that is held to what changed."""

    def test_hold_a_review(self):
        self.plan.name = "Tour Plan"
        self.hold()
        self.make_role("Tour Newcomer", reports_to_id=self.role.id)
        planned = self.get_planned()
        self.start_tour("/odoo/account-plans", "crm_relationship_plan_review", login="plan_owner")
        self.assertEqual(planned.state, "done")
        self.assertEqual(planned.date, fields.Date.today())
        self.assertEqual(planned.decision_summary, "Meet the newcomer")
