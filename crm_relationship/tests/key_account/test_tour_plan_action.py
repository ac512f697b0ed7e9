from odoo.tests import HttpCase, tagged

from .common_actions import ActionCase


@tagged("post_install", "-at_install")
class TestTourPlanAction(ActionCase, HttpCase):
    """From a plan over an action and its meeting to an advance."""

    def test_action_meeting_advance(self):
        self.plan.name = "Tour Plan"
        self.role.partner_id.write({"name": "Tour Boss", "email": "boss@customer.example.com"})
        self.purchasing.name = "Tour Department"
        self.lead.name = "Tour Project"
        self.start_tour("/odoo/account-plans", "crm_relationship_plan_action", login="plan_owner")
        action = self.plan.plan_action_ids
        self.assertEqual(
            (action.outcome, action.advance_id.name, action.planned_as),
            ("advance", "Trial agreed", "meeting"),
        )
        self.assertIn(self.role.partner_id, action.meeting_id.partner_ids)
        self.assertFalse(action.planned_activity_id.active)
        sent = [("partner_ids", "in", self.role.partner_id.ids)]
        self.assertFalse(self.env["mail.message"].search(sent))
