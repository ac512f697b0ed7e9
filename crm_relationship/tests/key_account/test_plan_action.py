from datetime import date

from freezegun import freeze_time
from psycopg2 import IntegrityError

from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import new_test_user, tagged
from odoo.tools import mute_logger

from .common_actions import ActionCase

MODELS = ("plan.goal", "plan.action", "plan.coverage", "plan.measure.type", "plan.advance")


@tagged("post_install", "-at_install")
@freeze_time("2025-06-16 10:00:00")
class TestPlanAction(ActionCase):
    """What an action may look like: its project, its target and its plan."""

    def test_a_relationship_activity_names_its_project(self):
        self.assert_refused(ValidationError, "enter the project", lead_id=False)
        action = self.make_action(lead_id=False, type_id=self.delivery.id)
        with self.assertRaisesRegex(ValidationError, "enter the project"):
            action.with_user(self.owner).type_id = self.dinner
        action.with_user(self.owner).write({"type_id": self.dinner.id, "lead_id": self.lead.id})
        with self.assertRaisesRegex(ValidationError, "enter the project"):
            action.with_user(self.owner).lead_id = False

    def test_the_project_is_an_opportunity_of_the_customer(self):
        stranger = self.make_lead(self.make_customers(1))
        self.assert_refused(ValidationError, "no opportunity of", lead_id=stranger.id)
        self.assert_refused(
            ValidationError,
            "no opportunity of",
            type_id=self.delivery.id,
            lead_id=stranger.id,
        )
        lead = self.make_lead(type="lead")
        self.assert_refused(ValidationError, "no opportunity of", lead_id=lead.id)
        nobody = self.make_lead()
        nobody.partner_id = False
        self.assert_refused(ValidationError, "no opportunity of", lead_id=nobody.id)
        plant = self.env["res.partner"].create(
            {"name": "Plant", "is_company": True, "parent_id": self.customer.id}
        )
        for partner in (self.role.partner_id, plant):
            self.assertTrue(self.make_action(lead_id=self.make_lead(partner).id))

    def test_the_project_is_of_the_plans_company(self):
        other = self.create_company("Second Ltd")
        foreign = self.make_lead(company_id=other.id, user_id=False, team_id=False)
        self.assert_refused(ValidationError, "another company", lead_id=foreign.id)
        shared = self.make_lead(company_id=False, user_id=False, team_id=False)
        self.assertTrue(self.make_action(lead_id=shared.id))

    def test_a_colleagues_opportunity_serves_as_well(self):
        lead = self.make_lead(user_id=self.outsider.id)
        with self.assertRaises(AccessError):
            lead.with_user(self.member).read(["name"])
        actions = self.env["crm.relationship.plan.action"].with_user(self.member)
        self.assertTrue(actions.create(self.prepare_action(lead_id=lead.id)))

    def test_a_contact_or_a_department(self):
        self.assert_refused(ValidationError, "contact or the department", role_id=False)
        action = self.make_action(role_id=False, department_id=self.purchasing.id)
        with self.assertRaisesRegex(ValidationError, "contact or the department"):
            action.with_user(self.owner).department_id = False

    def test_the_department_is_that_of_the_contact(self):
        action = self.make_action()
        self.assertEqual(action.department_id, self.purchasing)
        action.role_id = self.make_role("Bob")
        self.assertEqual(action.department_id, self.purchasing)
        action.role_id = self.make_role("Eve", department_id=self.finance.id)
        self.assertEqual(action.department_id, self.finance)

    def test_roles_and_goals_of_the_same_plan(self):
        other = self.make_plan()
        role, goal = self.make_role("Bob", other), self.make_goal(other)
        self.assert_refused(ValidationError, "belongs to another plan", role_id=role.id)
        self.assert_refused(ValidationError, "belongs to another plan", goal_id=goal.id)
        action = self.make_action().with_user(self.owner)
        with self.assertRaisesRegex(UserError, "belongs to its plan"):
            action.plan_id = other
        with self.assertRaisesRegex(ValidationError, "belongs to another plan"):
            action.role_id = role

    def test_the_responsible_user_is_an_insider(self):
        stranger = self.new_user("stranger", "base.group_user", self.create_company("Second Ltd"))
        self.assert_refused(ValidationError, "choose an internal user", user_id=stranger.id)
        with self.assertRaisesRegex(ValidationError, "choose an internal user"):
            self.make_goal(user_id=stranger.id)

    def test_a_budget_is_never_negative(self):
        with mute_logger("odoo.sql_db"), self.assertRaises(IntegrityError):
            self.make_action(budget=-1)

    def test_the_layer_follows_the_goal(self):
        self.assertEqual(self.make_action().layer, "key")
        goal = self.make_goal(layer="organisational")
        action = self.make_action(goal_id=goal.id)
        self.assertEqual(action.layer, "organisational")
        goal.layer = "general"
        self.assertEqual(action.layer, "general")
        with self.assertRaisesRegex(ValidationError, "another layer"):
            action.layer = "key"
        neutral = {"type_id": self.delivery.id}
        self.assertEqual(self.make_action(**neutral).layer, "key")
        self.assertEqual(
            self.make_action(**neutral, role_id=False, department_id=self.finance.id).layer,
            "general",
        )

    def test_a_closed_plan_is_locked(self):
        action, goal = self.make_action(), self.make_goal()
        action.action_plan_activity()
        activity = action.planned_activity_id
        self.plan.with_user(self.owner).action_close()
        action, goal = action.with_user(self.owner), goal.with_user(self.owner)
        for attempt in (
            lambda: action.write({"name": "Other"}),
            lambda: action.write({"date_deadline": date(2025, 7, 1)}),
            action.action_done,
            action.action_cancel,
            action.unlink,
            goal.action_reach,
            lambda: goal.write({"name": "Other"}),
            goal.unlink,
            lambda: self.plan.with_user(self.owner).write(
                {"plan_action_ids": [(1, action.id, {"budget": 9})]}
            ),
            action.copy,
        ):
            with self.assertRaisesRegex(UserError, "closed"), self.env.cr.savepoint():
                attempt()
        self.assert_refused(UserError, "closed")
        activity.with_user(self.owner).date_deadline = date(2025, 7, 1)
        activity.with_user(self.owner).action_feedback(feedback="Done")
        self.assertEqual((action.state, action.date_deadline), ("planned", date(2025, 6, 20)))
        self.assertTrue(action.activity_schedule("mail.mail_activity_data_todo"))

    def test_overdue_from_the_day_after_the_deadline(self):
        actions = self.env["crm.relationship.plan.action"].with_company(self.company)
        today = self.make_action(date_deadline=date(2025, 6, 16))
        late = self.make_action(date_deadline=date(2025, 6, 15))
        self.assertEqual((today.is_overdue, late.is_overdue), (False, True))
        found = actions.search([("is_overdue", "=", True), ("plan_id", "=", self.plan.id)])
        self.assertEqual(found, late)
        found = actions.search([("is_overdue", "=", False), ("plan_id", "=", self.plan.id)])
        self.assertEqual(found, today)
        self.plan.invalidate_recordset()
        self.assertEqual((self.plan.open_action_count, self.plan.overdue_action_count), (2, 1))
        late.action_cancel()
        self.assertFalse(late.is_overdue)
        self.assertEqual((self.plan.open_action_count, self.plan.overdue_action_count), (1, 0))

    def test_an_open_action_clears_the_flag_of_an_opponent(self):
        self.role.write({"support": "-2", "influence": "5"})
        codes = [flag["code"] for flag in self.plan.red_flags]
        self.assertIn("opponent", codes)
        action = self.make_action()
        self.assertNotIn("opponent", [flag["code"] for flag in self.plan.red_flags])
        action.action_cancel()
        self.assertIn("opponent", [flag["code"] for flag in self.plan.red_flags])


@tagged("post_install", "-at_install")
@freeze_time("2025-06-16 10:00:00")
class TestPlanActionResult(ActionCase):
    """What came of an action: an advance is named, a continuation is no success."""

    def record(self, action, **values):
        action.with_user(self.owner).write({"feedback": "She wants to see it", **values})

    def test_an_advance_says_which(self):
        action = self.make_action()
        with self.assertRaisesRegex(ValidationError, "Which advance"):
            self.record(action, result="advance")
        self.record(action, result="advance", advance_id=self.advance.id)
        self.assertEqual(
            (action.state, action.outcome, action.date_done),
            ("done", "advance", date(2025, 6, 16)),
        )
        self.record(action, result="continuation")
        self.assertFalse(action.advance_id)
        self.assertEqual(action.outcome, "continuation")

    def test_a_result_needs_feedback_and_a_day_that_has_come(self):
        action = self.make_action()
        for feedback in (False, "", "  "):
            with self.assertRaisesRegex(ValidationError, "Enter as feedback"):
                self.record(action, result="no", feedback=feedback)
        with self.assertRaisesRegex(ValidationError, "today or before"):
            self.record(action, result="no", date_done=date(2025, 6, 17))
        with self.assertRaisesRegex(ValidationError, "Only what is done"):
            self.record(action, result="no", state="cancelled")
        self.record(action, result="no", date_done=date(2025, 6, 16))
        self.assertEqual(action.outcome, "no")

    def test_done_without_a_result_asks_for_it(self):
        action = self.make_action()
        action.with_user(self.owner).action_done()
        self.assertEqual(action.outcome, "asked")
        ask = action.activity_ids
        self.assertEqual((ask.user_id, ask.date_deadline), (self.owner, date(2025, 6, 16)))
        self.assertIn("What came of", ask.summary)
        self.record(action, result="continuation")
        self.assertFalse(action.activity_ids)

    def test_who_may_not_record_a_result_is_not_asked(self):
        action = self.make_action(user_id=self.outsider.id)
        action.action_done()
        self.assertEqual(action.activity_ids.user_id, self.owner)

    def test_work_on_the_delivery_needs_no_result(self):
        action = self.make_action(type_id=self.delivery.id, lead_id=False)
        action.with_user(self.owner).action_done()
        self.assertEqual(action.outcome, "done")
        self.assertFalse(action.activity_ids)

    def test_planned_again_without_the_result(self):
        action = self.make_action()
        self.record(action, result="advance", advance_id=self.advance.id)
        action.with_user(self.owner).action_replan()
        self.assertEqual((action.state, action.outcome), ("planned", "planned"))
        self.assertFalse(action.result or action.advance_id or action.date_done or action.feedback)

    def test_a_goal_progresses_by_successes_alone(self):
        goal = self.make_goal()
        self.assertEqual(goal.progress, 0)
        steps = [
            ("advance", {"advance_id": self.advance.id}, 25),
            ("continuation", {}, 25),
            ("no", {}, 25),
        ]
        actions = [self.make_action(goal_id=goal.id) for _number in range(4)]
        for action, (result, values, progress) in zip(actions, steps, strict=False):
            self.record(action, result=result, **values)
            self.assertEqual(goal.progress, progress)
        actions[3].type_id = self.delivery
        actions[3].action_done()
        self.assertEqual((goal.action_count, goal.success_count, goal.progress), (4, 2, 50))
        actions[2].action_replan()
        actions[2].action_cancel()
        self.assertEqual((goal.action_count, goal.progress), (3, 67))

    def test_a_goal_is_dropped_for_a_reason(self):
        goal = self.make_goal().with_user(self.owner)
        with self.assertRaisesRegex(ValidationError, "Enter why"):
            goal.action_drop()
        goal.drop_reason = "The plant is closed down"
        goal.action_drop()
        self.assertEqual(goal.state, "dropped")
        goal.action_reopen()
        self.assertFalse(goal.drop_reason)
        goal.action_reach()
        self.assertEqual(goal.state, "reached")


@tagged("post_install", "-at_install")
class TestPlanActionRights(ActionCase):
    """Who reads and who writes goals and actions."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.action, cls.goal = cls.make_action(), cls.make_goal()

    def test_the_team_writes_and_others_read(self):
        for user in (self.owner, self.member, self.manager):
            self.action.with_user(user).name = f"By {user.login}"
            self.goal.with_user(user).strategy = user.login
            self.action.with_user(user).copy().unlink()
        for record in (self.action, self.goal):
            self.assertTrue(record.with_user(self.outsider).read(["name"]))
            for attempt in (
                lambda record=record: record.with_user(self.outsider).write({"name": "Mine"}),
                lambda record=record: record.with_user(self.outsider).copy(),
                lambda record=record: record.with_user(self.outsider).unlink(),
            ):
                with self.assertRaises(AccessError):
                    attempt()
        self.assertTrue(self.plan.coverage_ids.with_user(self.outsider).read(["role_count"]))

    def test_salespeople_see_those_of_their_customers_and_teams(self):
        seller = self.new_user("plan_seller", "sales_team.group_sale_salesman")
        for record in (self.action, self.goal, self.plan.coverage_ids):
            records = record.browse().with_user(seller)
            self.assertFalse(records.search([]) & record)
            with self.assertRaises(AccessError):
                record.with_user(seller).read(["plan_id"])
        self.customer.user_id = seller
        for record in (self.action, self.goal, self.plan.coverage_ids):
            self.assertEqual(record.browse().with_user(seller).search([]) & record, record)

    def test_approvers_read(self):
        approver = self.new_user("plan_approver", "crm_relationship.group_credit")
        self.assertTrue(self.action.with_user(approver).read(["name"]))
        with self.assertRaises(AccessError):
            self.action.with_user(approver).write({"name": "Mine"})

    def test_portal_and_plain_employees_see_nothing(self):
        portal = new_test_user(self.env, login="plan_portal", groups="base.group_portal")
        employee = self.new_user("plan_employee", "base.group_user")
        for user in (portal, employee):
            for model in (*MODELS, "plan.action.meeting"):
                with self.assertRaises(AccessError):
                    self.env[f"crm.relationship.{model}"].with_user(user).search_count([])

    def test_another_company_sees_nothing(self):
        other = self.create_company("Second Ltd")
        stranger = self.new_user("stranger", "sales_team.group_sale_manager", other)
        for record in (self.action, self.goal, self.plan.coverage_ids):
            with self.assertRaises(AccessError):
                record.with_user(stranger).read(["plan_id"])
            self.assertFalse(record.browse().with_user(stranger).search([]) & record)
        self.assertTrue(self.lead.with_user(self.owner).relationship_action_count)

    def test_managers_edit_the_lists(self):
        for record in (self.dinner, self.advance):
            record.with_user(self.manager).name = f"Other {record._name}"
            record.with_user(self.owner).sequence = 3
            with self.assertRaises(AccessError):
                record.with_user(self.member).name = "Mine"
            with self.assertRaises(AccessError):
                record.with_user(self.owner).unlink()

    def test_links_are_the_servers(self):
        activity = self.customer.activity_schedule("mail.mail_activity_data_todo")
        action = self.action.with_user(self.owner)
        for vals in (
            {"planned_activity_id": activity.id},
            {"climbed_date": date(2025, 1, 1)},
            {"meeting_id": 1},
        ):
            with self.assertRaisesRegex(AccessError, "buttons of the action"):
                action.write(vals)
        self.assert_refused(AccessError, "buttons of", planned_activity_id=activity.id)
        defaults = {"default_climbed_date": "2025-01-01"}
        with self.assertRaisesRegex(AccessError, "buttons of"):
            action.with_context(**defaults).create(self.prepare_action())
        with self.assertRaisesRegex(AccessError, "buttons of"):
            action.create(
                {
                    **self.prepare_action(),
                    "name": "x",
                    "climbed_date": "2025-01-01",
                }
            )
