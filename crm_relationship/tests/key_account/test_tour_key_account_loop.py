from odoo.tests import HttpCase, tagged

from .common_reviews import ReviewCase


@tagged("post_install", "-at_install")
class TestTourKeyAccountLoop(ReviewCase, HttpCase):
    """The whole way: customer, plan, chain by drag, radar, action, review, what changed."""

    def test_the_whole_way(self):
        self.plan.name = "Tour Plan"
        self.role.partner_id.name = "Tour Boss"
        buyer = self.make_role("Tour Buyer")
        self.hold()
        planned = self.get_planned()
        url = f"/odoo/res.partner/{self.customer.id}"
        self.start_tour(url, "crm_relationship_key_account_loop", login="plan_owner")
        self.assertEqual(buyer.reports_to_id, self.role)
        self.assertEqual(self.plan.plan_action_ids.outcome, "advance")
        self.assertEqual(planned.state, "done")
