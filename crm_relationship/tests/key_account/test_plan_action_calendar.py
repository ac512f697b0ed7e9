from datetime import date, datetime

from freezegun import freeze_time

from odoo.exceptions import UserError
from odoo.tests import Form, tagged

from .common_actions import ActionCase


@tagged("post_install", "-at_install")
@freeze_time("2025-06-16 10:00:00")
class TestPlanActionCalendar(ActionCase):
    """An action and its activity or meeting stay together."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.company.resource_calendar_id.tz = "Asia/Shanghai"
        cls.role.partner_id.email = "ann@customer.example.com"
        cls.action = cls.make_action()

    def plan_activity(self):
        self.action.with_user(self.owner).action_plan_activity()
        return self.action.planned_activity_id

    def plan_meeting(self, **values):
        wizard = self.env["crm.relationship.plan.action.meeting"].with_user(self.owner)
        with Form(wizard.with_context(default_action_id=self.action.id)) as form:
            for name, value in values.items():
                form[name] = value
        form.record.action_confirm()
        return self.action.meeting_id

    def count_mails(self):
        """Return how many messages went to the contact."""
        return self.env["mail.message"].search_count(
            [("partner_ids", "in", self.role.partner_id.ids)]
        )

    def test_an_activity_for_the_responsible_user_on_the_role(self):
        activity = self.plan_activity()
        self.assertEqual((activity.res_model, activity.res_id), (self.role._name, self.role.id))
        self.assertEqual(
            (activity.user_id, activity.date_deadline, activity.summary),
            (self.owner, date(2025, 6, 20), "Dinner with Ann"),
        )
        self.assertEqual(self.action.planned_as, "activity")
        with self.assertRaisesRegex(UserError, "planned already"):
            self.action.with_user(self.owner).action_plan_activity()
        with self.assertRaisesRegex(UserError, "planned already"):
            self.action.with_user(self.owner).action_plan_meeting()

    def test_for_a_department_it_stands_on_the_plan(self):
        self.action.write({"role_id": False, "department_id": self.finance.id})
        activity = self.plan_activity()
        self.assertEqual((activity.res_model, activity.res_id), (self.plan._name, self.plan.id))

    def test_deadlines_of_activities_move_both_ways(self):
        activity = self.plan_activity()
        self.action.with_user(self.member).date_deadline = date(2025, 7, 1)
        self.assertEqual(activity.date_deadline, date(2025, 7, 1))
        activity.with_user(self.owner).date_deadline = date(2025, 7, 9)
        self.assertEqual(self.action.date_deadline, date(2025, 7, 9))
        self.action.with_user(self.member).user_id = self.member
        self.assertEqual(activity.user_id, self.member)

    def test_a_done_activity_makes_it_done_and_asks(self):
        activity = self.plan_activity()
        activity.with_user(self.owner).action_feedback(feedback="She liked it")
        self.assertEqual(
            (self.action.state, self.action.outcome, self.action.feedback),
            ("done", "asked", "She liked it"),
        )
        self.assertEqual(self.action.activity_ids.user_id, self.owner)

    def test_the_responsible_user_finishes_without_a_right_on_the_plan(self):
        helper = self.new_user("plan_helper", "base.group_user")
        self.action.user_id = helper
        activity = self.plan_activity()
        activity.with_user(helper).action_feedback(feedback="Done")
        self.assertEqual(self.action.state, "done")

    def test_a_result_finishes_the_activity(self):
        activity = self.plan_activity()
        self.action.with_user(self.member).write(
            {"result": "advance", "advance_id": self.advance.id, "feedback": "A trial in May"}
        )
        self.assertFalse(activity.active)
        self.assertEqual(activity.feedback, "A trial in May")
        self.assertEqual(self.role.last_contact_date, date(2025, 6, 16))

    def test_cancelled_it_leaves_nothing_behind(self):
        activity = self.plan_activity()
        self.action.with_user(self.member).action_cancel()
        self.assertFalse(activity.exists())
        self.action.with_user(self.member).action_replan()
        meeting = self.plan_meeting()
        self.assertTrue(meeting.active)
        self.action.with_user(self.member).action_cancel()
        self.assertFalse(meeting.active)
        self.assertFalse(self.action.planned_as)

    def test_deleted_it_leaves_nothing_behind(self):
        activity = self.plan_activity()
        self.action.with_user(self.owner).unlink()
        self.assertFalse(activity.exists())

    def test_a_removed_activity_leaves_the_action(self):
        self.plan_activity().unlink()
        self.assertEqual((self.action.state, self.action.planned_as), ("planned", False))
        self.assertTrue(self.plan_activity())

    def test_a_meeting_with_the_contact_on_the_day(self):
        meeting = self.plan_meeting(location="Plant 2")
        self.assertEqual(meeting.start, datetime(2025, 6, 20, 1))  # nine o'clock in Shanghai
        self.assertEqual(meeting.stop, datetime(2025, 6, 20, 2))
        self.assertEqual(meeting.partner_ids, self.owner.partner_id | self.role.partner_id)
        self.assertEqual((meeting.user_id, meeting.opportunity_id), (self.owner, self.lead))
        self.assertEqual(self.action.planned_as, "meeting")
        activity = self.action.planned_activity_id
        self.assertEqual((activity.calendar_event_id, activity.res_id), (meeting, self.role.id))
        self.assertEqual(activity.date_deadline, date(2025, 6, 20))

    def test_meetings_move_both_ways_at_their_hour(self):
        meeting = self.plan_meeting()
        self.action.with_user(self.member).date_deadline = date(2025, 6, 25)
        self.assertEqual(meeting.start, datetime(2025, 6, 25, 1))
        self.assertEqual(meeting.stop, datetime(2025, 6, 25, 2))
        self.assertEqual(self.action.planned_activity_id.date_deadline, date(2025, 6, 25))
        # 23:00 in Greenwich is the next day in Shanghai.
        meeting.with_user(self.owner).write(
            {"start": datetime(2025, 6, 29, 23), "stop": datetime(2025, 6, 30, 0)}
        )
        self.assertEqual(self.action.date_deadline, date(2025, 6, 30))
        self.assertEqual(meeting.start, datetime(2025, 6, 29, 23))
        activity = self.action.planned_activity_id.with_user(self.owner)
        activity.with_context(tz="Asia/Shanghai").date_deadline = date(2025, 7, 2)
        self.assertEqual(meeting.start, datetime(2025, 7, 1, 23))
        self.assertEqual(self.action.date_deadline, date(2025, 7, 2))

    def test_the_hour_stays_when_the_clock_changes(self):
        self.company.resource_calendar_id.tz = "Europe/Berlin"
        self.env.registry.clear_cache()
        meeting = self.plan_meeting()
        self.assertEqual(meeting.start.hour, 7)
        self.action.date_deadline = date(2025, 11, 3)
        self.assertEqual(meeting.start, datetime(2025, 11, 3, 8))

    def test_a_meeting_on_another_day_moves_the_deadline(self):
        self.plan_meeting(start=datetime(2025, 6, 18, 3))
        self.assertEqual(self.action.date_deadline, date(2025, 6, 18))

    def test_the_meetings_activity_makes_it_done(self):
        self.plan_meeting()
        self.action.planned_activity_id.with_user(self.owner).action_done()
        self.assertEqual(self.action.outcome, "asked")

    def test_what_is_overdue_is_proposed_for_tomorrow(self):
        self.action.date_deadline = date(2025, 6, 16)
        self.assertEqual(self.action._get_proposed_start(), datetime(2025, 6, 16, 1))
        self.action.date_deadline = date(2025, 6, 15)
        self.assertEqual(self.action._get_proposed_start(), datetime(2025, 6, 17, 1))

    def test_a_removed_meeting_leaves_the_action(self):
        self.plan_meeting().unlink()
        self.action.invalidate_recordset()
        self.assertEqual((self.action.state, self.action.planned_as), ("planned", False))

    def test_a_private_calendar_follows_as_well(self):
        meeting = self.plan_meeting()
        meeting.privacy = "private"
        self.action.with_user(self.member).date_deadline = date(2025, 6, 25)
        self.assertEqual(meeting.start.date(), date(2025, 6, 25))

    def test_a_new_responsible_user_takes_the_meeting_over(self):
        meeting = self.plan_meeting()
        self.action.with_user(self.owner).user_id = self.member
        self.assertEqual(meeting.user_id, self.member)
        self.assertEqual(meeting.partner_ids, self.member.partner_id | self.role.partner_id)

    def test_nothing_is_sent_to_the_customer_unless_chosen(self):
        meeting = self.plan_meeting()
        meeting.with_user(self.owner).start = datetime(2025, 6, 24, 3)
        self.action.with_user(self.owner).date_deadline = date(2025, 6, 26)
        self.assertEqual(self.count_mails(), 0)
        self.action.with_user(self.owner).invites_contact = True
        meeting.with_user(self.owner).start = datetime(2025, 6, 27, 3)
        self.assertGreater(self.count_mails(), 0)

    def test_an_invitation_where_it_is_chosen(self):
        self.plan_meeting(invites_contact=True)
        self.assertGreater(self.count_mails(), 0)
