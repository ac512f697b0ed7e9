import json
from datetime import date

from odoo.exceptions import UserError
from odoo.tests import tagged

from .common_actions import ActionCase

FEW, MANY = 10, 20
ALLOWED = 6
"""Queries that twice as many plans may take more: splits of what is prefetched."""


@tagged("post_install", "-at_install")
class TestDepartmentCoverage(ActionCase):
    """Each department in contact is covered by one of ours, or stands out."""

    def rows(self, user=None):
        self.env.flush_all()
        self.env.invalidate_all()
        rows = self.plan.with_user(user or self.owner).coverage_ids
        return {row.department_id.name: row for row in rows}

    def test_who_covers_which_department(self):
        row = self.rows()["Test Buying"]
        self.assertEqual((row.role_count, row.covered_count, row.is_covered), (1, 0, False))
        self.assertFalse(row.user_ids)
        self.role.user_id = self.owner
        self.assertFalse(self.rows()["Test Buying"].is_covered)
        self.role.coverage = "brief"
        second = self.make_role("Bob", department_id=self.purchasing.id, coverage="deep")
        row = self.rows()["Test Buying"]
        self.assertEqual((row.role_count, row.covered_count, row.is_covered), (2, 1, True))
        self.assertEqual(row.user_ids, self.owner)
        second.user_id = self.member
        self.assertEqual(self.rows(self.outsider)["Test Buying"].user_ids, self.owner | self.member)
        self.assertNotIn("Test Money", self.rows())

    def test_who_has_left_counts_no_more(self):
        self.role.write({"user_id": self.owner.id, "coverage": "deep"})
        self.make_role("Bob", department_id=self.purchasing.id)
        self.role.partner_id.action_archive()
        row = self.rows()["Test Buying"]
        self.assertEqual((row.role_count, row.is_covered), (1, False))

    def test_a_goal_and_an_action_from_there(self):
        row = self.rows()["Test Buying"]
        for method, model in (
            ("action_make_goal", "crm.relationship.plan.goal"),
            ("action_make_action", "crm.relationship.plan.action"),
        ):
            action = getattr(row, method)()
            self.assertEqual(action["res_model"], model)
            context = action["context"]
            self.assertEqual(
                (context["default_plan_id"], context["default_department_id"]),
                (self.plan.id, self.purchasing.id),
            )
            self.assertEqual(context["default_layer"], "general")
        goal = self.make_goal(layer="general", department_id=self.purchasing.id)
        self.make_action(department_id=self.purchasing.id)
        row = self.rows()["Test Buying"]
        self.assertEqual((row.open_goal_count, row.open_action_count), (1, 1))
        goal.action_reach()
        self.assertEqual(self.rows()["Test Buying"].open_goal_count, 0)


@tagged("post_install", "-at_install")
class TestActionsOfContacts(ActionCase):
    """Contacts that merge, leave or go, and opportunities likewise."""

    def merge(self, kept, gone):
        wizard = self.env["base.partner.merge.automatic.wizard"].create({})
        wizard._merge((kept + gone).ids, kept)
        self.env.flush_all()
        self.env.invalidate_all()

    def test_merged_contacts_keep_all_actions(self):
        mine = self.make_action()
        other = self.make_role("Ann again")
        theirs = self.make_action(role_id=other.id)
        theirs.with_user(self.owner).action_plan_activity()
        meets = self.make_action(role_id=other.id)
        meeting = meets.with_user(self.owner)._plan_meeting(meets._get_proposed_start(), 1)
        self.merge(self.role.partner_id, other.partner_id)
        self.assertFalse(other.exists())
        self.assertEqual((mine | theirs | meets).role_id, self.role)
        self.assertEqual(theirs.planned_activity_id.res_id, self.role.id)
        self.assertEqual(meeting.res_id, self.role.id)
        self.assertEqual(meets.meeting_id, meeting)
        self.assertIn(self.role.partner_id, meeting.partner_ids)

    def test_merged_in_a_closed_plan_as_well(self):
        other = self.make_role("Ann again")
        action = self.make_action(role_id=other.id)
        self.plan.action_close()
        self.merge(self.role.partner_id, other.partner_id)
        self.assertEqual(action.role_id, self.role)

    def test_an_archived_contact_keeps_its_actions(self):
        action = self.make_action()
        self.role.partner_id.action_archive()
        self.env.invalidate_all()
        self.assertEqual((action.role_id, action.state), (self.role, "planned"))
        self.assertEqual(action.with_user(self.owner).role_id.display_name, "Ann")
        left = [("role_id.active", "=", False), ("role_id", "!=", False)]
        self.assertIn(action, action.search([("state", "=", "planned"), *left]))

    def test_a_deleted_contact_leaves_the_history(self):
        planned, done = self.make_action(), self.make_action(name="Done", type_id=self.delivery.id)
        done.action_done()
        planned.with_user(self.owner).action_plan_activity()
        activity = planned.planned_activity_id
        self.role.partner_id.unlink()
        self.env.flush_all()
        self.env.invalidate_all()
        self.assertFalse(self.role.exists() or activity.exists())
        self.assertEqual((planned.state, done.state), ("cancelled", "done"))
        self.assertFalse((planned | done).role_id)
        self.assertEqual(done.department_id, self.purchasing)

    def test_a_deleted_contact_of_a_closed_plan(self):
        action = self.make_action()
        self.plan.action_close()
        self.role.partner_id.with_user(self.env.user).unlink()
        self.env.invalidate_all()
        self.assertEqual((action.state, action.department_id), ("planned", self.purchasing))

    def test_a_project_in_use_is_not_deleted(self):
        self.make_action()
        with self.assertRaisesRegex(UserError, "is the project of actions"):
            self.lead.with_user(self.manager).unlink()

    def test_the_button_of_an_opportunity(self):
        self.make_action()
        lead = self.lead.with_user(self.owner)
        self.assertEqual(lead.relationship_action_count, 1)
        self.assertEqual(lead.action_open_relationship_actions()["domain"][0][2], lead.id)
        menu = self.env.ref("crm_relationship.crm_relationship_plan_action_menu")
        for on in (True, False):
            self.env["res.config.settings"].create({"group_relationship_key_account": on}).execute()
            self.env.invalidate_all()
            arch = self.env["crm.lead"].with_user(self.owner).get_view(view_type="form")["arch"]
            self.assertEqual("action_open_relationship_actions" in arch, on)
            self.assertEqual(lead.relationship_action_count, int(on))
            seen = self.env["ir.ui.menu"].with_user(self.owner)._visible_menu_ids()
            self.assertEqual({menu.id, menu.parent_id.id} <= set(seen), on)

    def test_merged_opportunities_keep_their_actions(self):
        action = self.make_action()
        kept = self.make_lead(name="Kept", partner_id=False)
        kept.partner_id = False
        (kept | self.lead).with_user(self.manager)._merge_opportunity()
        alive = (kept | self.lead).exists()
        self.assertEqual(len(alive), 1)
        self.assertEqual(action.lead_id, alive)

    def test_a_deleted_plan_takes_them_along(self):
        action, goal = self.make_action(), self.make_goal()
        action.with_user(self.owner).action_plan_activity()
        activity = action.planned_activity_id
        self.plan.with_user(self.owner).unlink()
        self.assertFalse(action.exists() or goal.exists() or activity.exists())


@tagged("post_install", "-at_install")
class TestActionsOfPlans(ActionCase):
    """What reviews and next year's plan take, with a bounded number of queries."""

    def test_the_snapshot(self):
        goal = self.make_goal()
        action = self.make_action(goal_id=goal.id, budget=120)
        other = self.make_plan()
        snapshot = (self.plan | other).with_user(self.outsider)._get_actions_snapshot()
        self.assertEqual(snapshot[other.id], {"goals": [], "actions": []})
        mine = json.loads(json.dumps(snapshot))[str(self.plan.id)]
        self.assertEqual(mine["goals"][0]["name"], goal.name)
        self.assertEqual(mine["goals"][0]["layer_label"], "Key persons")
        row = mine["actions"][0]
        self.assertEqual((row["id"], row["target"], row["budget"]), (action.id, "Ann", 120))
        self.assertEqual((row["outcome_label"], row["project"]), ("Planned", "New line"))

    def test_next_years_plan(self):
        goal = self.make_goal(date_deadline=date(2025, 9, 30))
        dropped = self.make_goal(name="Dropped")
        dropped.write({"drop_reason": "x", "state": "dropped"})
        self.make_action(goal_id=goal.id)
        self.make_action(name="Cancelled").action_cancel()
        self.make_action(name="Of Bob", role_id=self.make_role("Bob").id)
        new = self.make_plan(date_start=date(2026, 1, 1), date_end=date(2026, 12, 31))
        role = self.make_role("", new, partner=self.role.partner_id)
        self.plan.with_user(self.owner)._copy_actions_to(new.with_user(self.owner))
        self.assertEqual(new.goal_ids.mapped("name"), [goal.name])
        self.assertEqual(new.goal_ids.date_deadline, date(2026, 9, 30))
        action = new.plan_action_ids
        self.assertEqual(action.mapped("name"), ["Dinner with Ann"])
        self.assertEqual((action.role_id, action.goal_id), (role, new.goal_ids))
        self.assertEqual(action.date_deadline, date(2026, 6, 20))

    def test_bounded_queries(self):
        customers = self.make_customers(MANY, user_id=self.owner.id)
        plans = self.plan.browse()
        for customer in customers:
            plan = self.make_plan(partner_id=customer.id)
            plans |= plan
            lead = self.make_lead(customer)
            goal = self.make_goal(plan)
            for number in range(5):
                role = self.make_role(f"C{number}", plan, department_id=self.purchasing.id)
                values = {"plan_id": plan.id, "role_id": role.id, "lead_id": lead.id}
                self.make_action(**values, goal_id=goal.id)
        plans = plans.with_user(self.owner)
        spec = {
            "open_action_count": {},
            "overdue_action_count": {},
            "red_flag_count": {},
            "coverage_ids": {"fields": {"user_ids": {}, "open_goal_count": {}}},
            "goal_ids": {"fields": {"progress": {}}},
            "plan_action_ids": {"fields": {"is_overdue": {}, "planned_as": {}, "role_id": {}}},
        }
        for read in (
            lambda some: some.web_read(spec),
            lambda some: some._get_actions_snapshot(),
            lambda some: some.plan_action_ids.lead_id.sudo().mapped("relationship_action_count"),
        ):
            read(plans[:2])
            counts = []
            for quantity in (FEW, MANY):
                self.env.flush_all()
                self.env.invalidate_all()
                before = self.env.cr.sql_log_count
                read(plans[:quantity])
                counts.append(self.env.cr.sql_log_count - before)
            self.assertLessEqual(counts[1], counts[0] + ALLOWED)
