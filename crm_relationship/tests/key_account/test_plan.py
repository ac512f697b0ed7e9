from datetime import date

from psycopg2 import IntegrityError

from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import new_test_user, tagged, users
from odoo.tools import mute_logger

from .common import KeyAccountCase


@tagged("post_install", "-at_install")
class TestPlan(KeyAccountCase):
    """States, periods, people and rights of account plans."""

    def test_the_name_follows_until_it_is_given(self):
        self.assertEqual(self.plan.name, "Key Customer 2025")
        self.plan.name = "Growth"
        self.plan.date_start = date(2024, 1, 1)
        self.assertEqual(self.plan.name, "Growth")

    def test_a_contact_is_no_key_customer(self):
        contact = self.make_contact("Ann")
        with self.assertRaisesRegex(ValidationError, "for the customer itself"):
            self.make_plan(partner_id=contact.id)

    def test_a_period_does_not_end_before_it_starts(self):
        with mute_logger("odoo.sql_db"), self.assertRaises(IntegrityError):
            self.make_plan(date_end=date(2024, 12, 31))

    def test_one_active_plan_in_a_period(self):
        self.plan.action_start()
        touching = self.make_plan(date_start=date(2025, 12, 31), date_end=date(2026, 12, 31))
        with self.assertRaisesRegex(ValidationError, "Close it first"):
            touching.action_start()
        touching.unlink()
        following = self.make_plan(date_start=date(2026, 1, 1), date_end=date(2026, 12, 31))
        following.action_start()
        with self.assertRaisesRegex(ValidationError, "Close it first"):
            following.date_start = date(2025, 12, 1)

    def test_the_database_refuses_a_second_active_plan_as_well(self):
        self.plan.action_start()
        second = self.make_plan()
        self.env.flush_all()
        with mute_logger("odoo.sql_db"), self.assertRaises(IntegrityError):
            self.env.cr.execute(
                "UPDATE crm_relationship_plan SET state = 'active' WHERE id = %s;"
                " SET CONSTRAINTS ALL IMMEDIATE",
                [second.id],
            )

    def test_another_company_has_its_own_active_plan(self):
        self.plan.action_start()
        other = self.create_company("Second Ltd")
        owner = self.new_user("second_owner", "sales_team.group_sale_manager", other)
        plan = self.make_plan(company_id=other.id, user_id=owner.id)
        plan.action_start()
        self.assertEqual(plan.state, "active")
        with self.assertRaises(AccessError):
            self.plan.with_user(owner).read(["name"])

    @users("plan_owner")
    def test_a_closed_plan_is_locked(self):
        role = self.make_role("Ann")
        note = {"role_id": role.id, "need": "safety"}
        need = self.env["crm.relationship.role.need"].sudo().create(note)
        plan = self.plan.with_env(self.env)
        plan.action_start()
        plan.action_close()
        records = self.env["crm.relationship.role"]
        refused = [
            lambda: plan.write({"name": "Other"}),
            lambda: plan.write({"state": "active"}),
            plan.action_reopen,
            lambda: plan.write({"state": "draft"}),
            plan.unlink,
            lambda: plan.write({"role_ids": [(1, role.id, {"level": "high"})]}),
            lambda: role.with_env(self.env).write({"support": "2"}),
            lambda: role.with_env(self.env).unlink(),
            lambda: need.with_env(self.env).write({"offer": "x"}),
            lambda: records.create({"plan_id": plan.id, "partner_id": self.make_contact("Bob").id}),
            lambda: plan.member_ids.write({"role": "Boss"}),
            plan.member_ids.unlink,
        ]
        for attempt in refused:
            with self.assertRaisesRegex(UserError, "closed|can't go this way"):
                attempt()
        thanks = "Thank you all"
        plan.message_post(body=thanks)
        plan.activity_schedule("mail.mail_activity_data_todo", user_id=self.owner.id)

    def test_a_manager_reopens_and_changes_afterwards(self):
        self.plan.state = "closed"
        plan = self.plan.with_user(self.manager)
        with self.assertRaisesRegex(UserError, "closed"):
            plan.write({"name": "Other"})
        with self.assertRaisesRegex(UserError, "Reopen the plan first"):
            plan.write({"state": "active", "name": "Other"})
        plan.action_reopen()
        plan.name = "Other"
        self.assertEqual(plan.state, "active")

    @users("plan_owner")
    def test_a_plan_begins_as_a_draft(self):
        with self.assertRaisesRegex(UserError, "begins as a draft"):
            self.make_plan().with_env(self.env).copy({"state": "active"})
        with self.assertRaisesRegex(UserError, "stays in its company"):
            self.plan.with_env(self.env).company_id = self.env.ref("base.main_company").id + 999

    def test_people_are_internal_users_of_the_company(self):
        other = self.create_company("Second Ltd")
        stranger = self.new_user("stranger", "base.group_user", other)
        portal = new_test_user(self.env, login="plan_portal", groups="base.group_portal")
        portal.write({"company_ids": [(4, self.company.id)]})
        for user in (stranger, portal):
            for vals in (
                {"user_id": user.id},
                {"sponsor_id": user.id},
                {"member_ids": [(0, 0, {"user_id": user.id})]},
            ):
                with self.assertRaisesRegex(ValidationError, "choose an internal user"):
                    self.plan.write(vals)

    def test_members_come_and_go_in_the_chatter(self):
        plan = self.plan.with_context(tracking_disable=False)
        plan.member_ids.unlink()
        plan.member_ids = [(0, 0, {"user_id": self.outsider.id})]
        text = " ".join(plan.message_ids.mapped("body"))
        self.assertIn("left the team", text)
        self.assertIn("joined the team", text)


@tagged("post_install", "-at_install")
class TestPlanRights(KeyAccountCase):
    """Who reads and who writes."""

    def test_the_team_writes_and_others_read(self):
        role = self.make_role("Ann")
        for user in (self.owner, self.member, self.manager):
            self.plan.with_user(user).name = f"By {user.login}"
            role.with_user(user).support = "1"
        self.assertEqual(self.plan.with_user(self.outsider).name, "By plan_manager")
        self.assertEqual(role.with_user(self.outsider).support, "1")
        for attempt in (
            lambda: self.plan.with_user(self.outsider).write({"name": "Mine"}),
            lambda: role.with_user(self.outsider).write({"support": "2"}),
            lambda: role.with_user(self.outsider).unlink(),
            lambda: (
                self.env["crm.relationship.role"]
                .with_user(self.outsider)
                .create({"plan_id": self.plan.id, "partner_id": self.make_contact("Bob").id})
            ),
        ):
            with self.assertRaises(AccessError):
                attempt()

    def test_nobody_lets_oneself_into_a_team(self):
        members = self.env["crm.relationship.plan.member"]
        for user in (self.outsider, self.member):
            with self.assertRaises(AccessError):
                members.with_user(user).create(
                    {"plan_id": self.plan.id, "user_id": self.outsider.id}
                )
        with self.assertRaises(AccessError):
            self.plan.with_user(self.outsider).write(
                {"member_ids": [(0, 0, {"user_id": self.outsider.id})]}
            )
        members.with_user(self.owner).create({"plan_id": self.plan.id, "user_id": self.outsider.id})
        self.assertTrue(self.plan.with_user(self.outsider).is_team)

    def test_a_salesperson_sees_plans_of_own_customers_and_teams(self):
        seller = self.new_user("plan_seller", "sales_team.group_sale_salesman")
        plans = self.env["crm.relationship.plan"]
        self.assertNotIn(self.plan, plans.with_user(seller).search([]))
        self.assertIn(self.plan, plans.with_user(self.member).search([]))
        self.customer.user_id = seller
        self.assertIn(self.plan, plans.with_user(seller).search([]))
        with self.assertRaises(AccessError):
            plans.with_user(seller).create({"partner_id": self.customer.id})

    def test_portal_and_plain_employees_see_nothing(self):
        portal = new_test_user(self.env, login="plan_portal", groups="base.group_portal")
        employee = self.new_user("plan_employee", "base.group_user")
        for user in (portal, employee):
            for model in ("plan", "role", "role.note", "role.need", "plan.member", "advice"):
                with self.assertRaises(AccessError):
                    self.env[f"crm.relationship.{model}"].with_user(user).search_count([])

    def test_search_is_team(self):
        plans = self.env["crm.relationship.plan"].with_user(self.member)
        self.assertIn(self.plan, plans.search([("is_team", "=", True)]))
        other = self.make_plan(user_id=self.owner.id)
        self.customer.user_id = self.member
        self.assertIn(other, plans.search([("is_team", "=", False)]))
        self.assertNotIn(self.plan, plans.search([("is_team", "=", False)]))
