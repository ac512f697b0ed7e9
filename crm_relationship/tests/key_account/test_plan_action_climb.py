from datetime import date
from unittest.mock import patch

from freezegun import freeze_time

from odoo.tests import tagged

from ...models.key_account import crm_relationship_plan_action_climb as climb
from .common_actions import ActionCase


@tagged("post_install", "-at_install")
class TestPlanActionClimb(ActionCase):
    """Overdue actions climb to the plan's owner: once, at the boundary, company by company."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.company.resource_calendar_id.tz = "Asia/Shanghai"
        cls.action = cls.make_action(user_id=cls.member.id)

    def run_cron(self, moment):
        with freeze_time(moment):
            self.env["crm.relationship.plan.action"]._cron_climb()
        self.env.invalidate_all()
        return self.climbs()

    def climbs(self):
        return self.action.activity_ids.filtered(
            lambda activity: activity.activity_type_id == self.env.ref(climb.CLIMB_TYPE)
        )

    def test_at_the_boundary_in_the_companys_time_zone(self):
        # Due on the 20th; the 23rd begins in Shanghai at 16:00 in Greenwich.
        self.assertFalse(self.run_cron("2025-06-22 15:59:00"))
        activity = self.run_cron("2025-06-22 16:01:00")
        self.assertEqual(
            (activity.user_id, activity.date_deadline), (self.owner, date(2025, 6, 23))
        )
        self.assertIn("3 days", activity.note)
        self.assertIn("06/20/2025", activity.note)
        self.assertIn("Ann", activity.note)
        self.assertIn("Rule", activity.note)
        self.assertEqual(self.action.climbed_date, date(2025, 6, 23))

    def test_once_even_if_the_owner_is_through_with_it(self):
        first = self.run_cron("2025-06-25 12:00:00")
        self.assertEqual(self.run_cron("2025-06-26 12:00:00"), first)
        first.action_done()
        self.assertFalse(self.run_cron("2025-06-27 12:00:00"))

    def test_cleared_when_it_is_done_cancelled_or_moved(self):
        for clear in (
            lambda action: action.action_done(),
            lambda action: action.action_cancel(),
            lambda action: action.write({"date_deadline": date(2025, 8, 1)}),
        ):
            self.action.write({"state": "planned", "date_deadline": date(2025, 6, 20)})
            self.assertTrue(self.run_cron("2025-06-30 12:00:00"))
            with freeze_time("2025-06-30 13:00:00"):
                clear(self.action.with_user(self.member))
            self.assertFalse(self.climbs())
            self.assertFalse(self.action.climbed_date)
        self.action.state = "planned"
        self.assertFalse(self.run_cron("2025-08-03 12:00:00"))
        self.assertTrue(self.run_cron("2025-08-04 12:00:00"))

    def test_cleared_when_the_plan_is_closed(self):
        self.run_cron("2025-06-30 12:00:00")
        self.plan.with_user(self.owner).action_close()
        self.assertFalse(self.climbs())
        self.assertFalse(self.run_cron("2025-07-30 12:00:00"))

    def test_a_new_owner_takes_it_over(self):
        self.run_cron("2025-06-30 12:00:00")
        self.plan.with_user(self.owner).user_id = self.manager
        self.assertEqual(self.climbs().user_id, self.manager)

    def test_the_companys_number_of_days(self):
        self.company.relationship_climb_days = 0
        self.assertFalse(self.run_cron("2025-12-30 12:00:00"))
        self.company.relationship_climb_days = 1
        self.assertFalse(self.run_cron("2025-06-20 12:00:00"))
        self.assertTrue(self.run_cron("2025-06-21 12:00:00"))

    def test_drafts_do_not_climb(self):
        self.plan.action_draft()
        self.assertFalse(self.run_cron("2025-06-30 12:00:00"))

    def test_switched_off_it_does_nothing(self):
        self.env["res.config.settings"].create({"group_relationship_key_account": False}).execute()
        self.assertFalse(self.run_cron("2025-06-30 12:00:00"))

    def test_without_the_type_of_activity(self):
        self.env.ref(climb.CLIMB_TYPE).unlink()
        with freeze_time("2025-06-30 12:00:00"):
            self.env["crm.relationship.plan.action"]._cron_climb()
        mine = self.action.activity_schedule("mail.mail_activity_data_todo", automated=False)
        self.assertEqual(len(self.action.activity_ids), 2)
        self.action.date_deadline = date(2025, 8, 1)
        self.assertEqual(self.action.activity_ids, mine)

    def test_in_batches(self):
        others = [self.make_action(name=f"Dinner {number}") for number in range(6)]
        with patch.object(climb, "BATCH", 3):
            self.assertTrue(self.run_cron("2025-06-30 12:00:00"))
        for action in others:
            self.assertEqual(len(action.activity_ids), 1)

    def test_a_failure_leaves_the_other_companies(self):
        other = self.create_company("Second Ltd")
        owner = self.new_user("second_owner", "sales_team.group_sale_manager", other)
        plan = self.make_plan(company_id=other.id, user_id=owner.id)
        plan.action_start()
        action = self.make_action(
            plan_id=plan.id,
            role_id=False,
            department_id=self.finance.id,
            type_id=self.delivery.id,
            lead_id=False,
            user_id=owner.id,
        )
        self.company.relationship_alert_user_ids = self.manager
        actions = self.env.registry["crm.relationship.plan.action"]
        original = actions._climb

        def fail(records, *args):
            if records.company_id == self.company:
                raise ValueError("broken")
            return original(records, *args)

        with (
            patch.object(actions, "_climb", fail),
            self.assertLogs("odoo.addons.crm_relationship", "ERROR") as logs,
        ):
            self.assertFalse(self.run_cron("2025-06-30 12:00:00"))
        self.assertIn("Relationship Ltd", logs.output[0])
        self.assertEqual(action.activity_ids.user_id, owner)
        told = self.env["mail.message"].search(
            [("model", "=", "res.company"), ("res_id", "=", self.company.id)], limit=1
        )
        self.assertIn(self.manager.partner_id, told.notified_partner_ids)
