from odoo.tests import HttpCase, tagged

from .common_actions import ActionCase


@tagged("post_install", "-at_install")
class TestTourBudget(ActionCase, HttpCase):
    """Next year's plan from last year's, spending above the limit, and the manager's approval."""

    def test_start_ask_approve(self):
        self.company.relationship_spending_limit = 200
        self.env["crm.relationship.budget.category"].create({"name": "Test Dining"})
        self.plan.name = "Tour Plan"
        self.make_goal()
        self.start_tour("/odoo/account-plans", "crm_relationship_budget_ask", login="plan_owner")
        plan = self.env["crm.relationship.plan"].search(
            [("partner_id", "=", self.customer.id), ("state", "=", "draft")]
        )
        self.assertEqual(len(plan.role_ids), 1)
        line = plan.budget_ids
        self.assertEqual((line.state, line.requested_by_id), ("requested", self.owner))
        self.start_tour(
            "/odoo/relationship-budget", "crm_relationship_budget_approve", login="plan_manager"
        )
        self.assertEqual((line.state, line.approved_by_id), ("approved", self.manager))
