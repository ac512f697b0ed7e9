from datetime import timedelta

from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import tagged

from .inquiry import InquiryCase


@tagged("post_install", "-at_install")
class TestComplaintImprovement(InquiryCase):
    """Actions, their proof and the check of their effect."""

    def test_improvement_needs_a_proof(self):
        for kind in ("corrective", "preventive"):
            action = self.make_action(kind=kind)
            with self.subTest(kind=kind), self.assertRaisesRegex(ValidationError, "proves"):
                action.action_done()
            action.write({"proof": "Photo", "state": "done"})
            self.assertEqual(action.date_done, self.today)
            with self.assertRaisesRegex(ValidationError, "proves"):
                action.proof = " "
        action = self.make_action(kind="containment")
        action.action_done()
        self.assertFalse(action.effect_date)

    def test_a_file_is_a_proof(self):
        action = self.make_action()
        file = self.env["ir.attachment"].with_user(self.handler)
        file = file.create({"name": "photo", "raw": b"x", "res_model": action._name})
        action.write({"attachment_ids": [(4, file.id)], "state": "done"})
        self.assertEqual((action.state, file.res_id), ("done", action.id))

    def test_steps_write_what_is_managed(self):
        action = self.make_action()
        for values in (
            {"date_done": "2020-01-01"},
            {"effect": "effective"},
            {"effect_date": "2020-01-01"},
            {"follows_id": action.id},
            {"planned_activity_id": False},
        ):
            with self.subTest(values=values), self.assertRaisesRegex(UserError, "by hand"):
                action.write(values)
            with self.subTest(values=values), self.assertRaisesRegex(UserError, "by hand"):
                self.make_action(**values)
        loophole = action.with_context(crm_relationship_saves_complaint_action=True)
        with self.assertRaisesRegex(UserError, "by hand"):
            loophole.write({"effect": "effective"})

    def test_effect_is_checked_from_its_day_on(self):
        self.company.relationship_complaint_effect_days = 20
        action = self.make_action()
        self.finish(action, days_ago=19)
        self.assertEqual(action.effect_date, self.today + timedelta(1))
        self.assertFalse(action.can_check_effect)
        with self.assertRaisesRegex(UserError, "20 days after it was done"):
            self.check(action)
        with self.assertRaisesRegex(UserError, "20 days after it was done"):
            action.action_check_effect()
        self.finish(action, days_ago=20)
        self.assertTrue(action.can_check_effect)
        self.check(action)
        self.assertEqual((action.effect, action.effect_user_id), ("effective", self.handler))
        with self.assertRaisesRegex(UserError, "done already"):
            self.check(action)
        with self.assertRaisesRegex(UserError, "stays as it"):
            action.action_again()
        with self.assertRaisesRegex(UserError, "stays as it"):
            action.proof = "Another one"

    def test_the_day_is_not_moved_by_the_back_door(self):
        action = self.finish(self.make_action(effect_days=5))
        for values in ({"effect_days": 1}, {"kind": "preventive"}):
            with self.subTest(values=values), self.assertRaisesRegex(UserError, "stay"):
                action.write(values)
        self.assertEqual(action.effect_date, self.today + timedelta(5))

    def test_containment_open_and_without_note(self):
        with self.assertRaisesRegex(UserError, "only stops the damage"):
            self.check(self.finish(self.make_action(kind="containment")))
        with self.assertRaisesRegex(UserError, "it is not done"):
            self.check(self.make_action())
        action = self.finish(self.make_action(), 40)
        with self.assertRaisesRegex(ValidationError, "what was found"):
            self.check(action, note=" ")

    def test_not_effective_is_followed_up(self):
        action = self.finish(self.make_action(), 30)
        self.assertEqual(self.complaint.improvement_state, "check")
        self.check(action, "not_effective", note="Loose again")
        follow_up = action.follow_up_ids
        self.assertEqual(follow_up.user_id, self.handler)
        self.assertEqual(follow_up.date_deadline, self.today + timedelta(14))
        self.assertEqual((follow_up.kind, follow_up.state), ("corrective", "todo"))
        self.assertTrue(follow_up.planned_activity_id)
        self.assertEqual(self.complaint.improvement_state, "open")
        self.assertIn("open again", self.complaint.message_ids[0].body)
        self.check(self.finish(follow_up, 30))
        self.assertEqual(self.complaint.improvement_state, "effective")

    def test_improvement_goes_on_after_closing(self):
        action = self.make_action()
        contained = self.make_action(kind="containment")
        self.close()
        self.assertEqual(self.complaint.stage_code, "closed")
        contained.action_done()
        self.check(self.finish(action, 30), "not_effective", name="Other screws")
        self.assertEqual(action.follow_up_ids.name, "Other screws")
        action.follow_up_ids.action_cancel()
        self.assertEqual(self.complaint.improvement_state, "failed")

    def test_improvement_state(self):
        self.assertFalse(self.complaint.improvement_state)
        self.finish(self.make_action(kind="containment"))
        self.assertEqual(self.complaint.improvement_state, "contained")
        action = self.make_action()
        self.assertEqual(self.complaint.improvement_state, "open")
        action.action_cancel()
        self.assertEqual(self.complaint.improvement_state, "contained")

    # --------------------------------------------------------------- activity

    def test_activity_follows_the_action(self):
        action = self.make_action()
        activity = action.planned_activity_id
        self.assertEqual(activity.user_id, self.handler)
        action.write({"date_deadline": self.today + timedelta(3), "user_id": self.colleague.id})
        self.assertEqual(activity.date_deadline, self.today + timedelta(3))
        self.assertEqual(activity.user_id, self.colleague)
        action.action_cancel()
        self.assertFalse(activity.exists())
        action.action_again()
        self.assertTrue(action.planned_activity_id.active)
        activity = action.planned_activity_id
        action.unlink()
        self.assertFalse(activity.exists())

    def test_action_follows_the_activity(self):
        action = self.make_action(user_id=self.colleague.id)
        activity = action.planned_activity_id.with_user(self.colleague)
        activity.date_deadline = self.today + timedelta(2)
        self.assertEqual(action.date_deadline, self.today + timedelta(2))
        with self.assertRaisesRegex(UserError, "proves"):
            activity.action_feedback()
        self.assertEqual((action.state, activity.active), ("todo", True))
        activity.action_feedback(feedback="Torque is 20 Nm")
        self.assertEqual((action.state, action.proof), ("done", "Torque is 20 Nm"))
        self.assertFalse(action.planned_activity_id.active)

    # ------------------------------------------------------------------ owner

    def test_employee_completes_an_own_action(self):
        action = self.make_action(user_id=self.employee.id)
        own = action.with_user(self.employee)
        self.env.invalidate_all()
        self.assertEqual(own.search([]), own)
        self.assertEqual(own.read(["complaint_id"])[0]["complaint_id"][0], self.complaint.id)
        for values in (
            {"name": "x"},
            {"user_id": self.handler.id},
            {"date_deadline": self.today},
            {"effect_days": 1},
            {"state": "cancelled"},
        ):
            with self.subTest(values=values), self.assertRaises(AccessError):
                own.write(values)
        own.action_begin()
        own.write({"proof": "Photo"})
        own.action_done()
        self.assertEqual((action.state, action.date_done), ("done", self.today))
        with self.assertRaises(AccessError):
            own.action_again()
        action.sudo()._save({"date_done": self.today - timedelta(60)})
        for call in (
            own.action_check_effect,
            own.unlink,
            lambda: own._check_effect("effective", "x"),
            lambda: own.create({"name": "x", "complaint_id": self.complaint.id}),
        ):
            with self.assertRaises(AccessError):
                call()

    def test_employee_marks_own_activity_as_done(self):
        action = self.make_action(user_id=self.employee.id)
        self.close()
        action.planned_activity_id.with_user(self.employee).action_feedback(feedback="Photo")
        self.assertEqual(action.state, "done")

    def test_others_actions_are_hidden(self):
        action = self.make_action()
        for user in (self.employee, self.env.ref("base.public_user")):
            with self.subTest(user=user.login), self.assertRaises(AccessError):
                action.with_user(user).read(["name"])
        self.customer.user_id = self.seller
        self.assertTrue(action.with_user(self.seller).read(["name"]))
        with self.assertRaises(AccessError):
            action.with_user(self.seller).write({"state": "cancelled"})
        self.complaint.is_confidential = True
        self.env.invalidate_all()
        for user in (self.colleague, self.seller, self.manager):
            with self.subTest(user=user.login), self.assertRaises(AccessError):
                action.with_user(user).read(["name"])
        self.assertTrue(action.with_user(self.executive).read(["name"]))

    def test_owner_may_see_the_complaint(self):
        self.complaint.is_confidential = True
        with self.assertRaisesRegex(ValidationError, "may not see"):
            self.make_action(user_id=self.employee.id)
        self.complaint.message_subscribe(self.employee.partner_id.ids)
        self.make_action(user_id=self.employee.id)
        stranger = self.new_user("inquiry_stranger", "base.group_user", self.create_company("E"))
        with self.assertRaisesRegex(ValidationError, "works in"):
            self.make_action(user_id=stranger.id)

    def test_other_company_sees_nothing(self):
        elsewhere = self.create_company("Elsewhere Ltd")
        stranger = self.new_user(
            "inquiry_other",
            "crm_relationship.group_complaint,crm_relationship.group_executive",
            elsewhere,
        )
        records = self.make_action() + self.make_action()
        with self.assertRaises(AccessError):
            records.with_user(stranger).read(["name"])
        with self.assertRaises(UserError):
            self.make_action(stranger)

    # ------------------------------------------------------------------- cron

    def test_cron_tells_once_who_checks(self):
        self.env["res.config.settings"].create({"group_relationship_complaint": True}).execute()
        due = self.finish(self.make_action(), 30)
        ahead = self.finish(self.make_action(), 29)
        actions = self.env["crm.relationship.complaint.action"]
        actions._work_in(self.company)
        actions._work_in(self.company)
        asked = due.activity_ids.filtered("active")
        self.assertEqual(asked.user_id, self.handler)
        self.assertEqual(len(asked), 1)
        self.assertFalse(ahead.activity_ids.filtered("active"))
        self.check(due)
        self.assertFalse(asked.exists())
