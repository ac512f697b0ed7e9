from datetime import date

from odoo import Command
from odoo.exceptions import AccessError, UserError
from odoo.tests import new_test_user, tagged

from .common_budget import BudgetCase

WIZARD = "crm.relationship.plan.start"


@tagged("post_install", "-at_install")
class TestPlanStart(BudgetCase):
    """A plan begins empty, from a template, or from another plan of the customer."""

    def start(self, user=None, **values):
        wizard = (
            self.env[WIZARD]
            .with_user(user or self.owner)
            .create({"partner_id": self.customer.id, "company_id": self.company.id, **values})
        )
        result = wizard.action_create()
        return wizard, self.env["crm.relationship.plan"].browse(result["res_id"])

    def test_default_period_is_the_next_not_covered(self):
        wizard = self.env[WIZARD].with_user(self.owner).create({"partner_id": self.customer.id})
        self.assertEqual(
            (wizard.date_start, wizard.date_end), (date(2026, 1, 1), date(2026, 12, 31))
        )
        self.assertEqual((wizard.source, wizard.source_plan_id), ("plan", self.plan))
        self.make_other_plan()
        wizard = self.env[WIZARD].with_user(self.owner).create({"partner_id": self.customer.id})
        self.assertEqual(wizard.date_start, date(2027, 1, 1))
        new = self.env["res.partner"].create({"name": "New", "user_id": self.owner.id})
        wizard = self.env[WIZARD].with_user(self.owner).create({"partner_id": new.id})
        self.assertEqual(
            (wizard.source, wizard.date_start, wizard.date_end),
            ("empty", date(2025, 1, 1), date(2025, 12, 31)),
        )

    def test_active_plan_is_in_the_way_before_anything_is_made(self):
        plans = self.env["crm.relationship.plan"]
        before = plans.search_count([])
        with self.assertRaisesRegex(UserError, "is active for Key Customer from 2025-01-01"):
            self.start(date_start=date(2025, 12, 31), date_end=date(2026, 12, 30))
        self.assertEqual(plans.search_count([]), before)

    def test_from_last_year(self):
        self.make_role("Bob", reports_to_id=self.role.id)
        goal = self.make_goal(date_deadline=date(2025, 5, 1))
        self.make_goal(name="Done", state="reached")
        self.make_action(goal_id=goal.id, budget=70)
        self.make_action(name="Gone").action_cancel()
        self.plan.score_ids[0].wanted_score = 33
        wizard, plan = self.start()
        self.assertEqual(plan.state, "draft")
        self.assertEqual(plan.user_id, self.owner)
        self.assertEqual(plan.member_ids.user_id, self.member)
        self.assertEqual(plan.budget_amount, 1000)
        self.assertEqual(len(plan.role_ids), 2)
        self.assertEqual(plan.goal_ids.date_deadline, date(2026, 5, 1))
        self.assertEqual(plan.plan_action_ids.goal_id, plan.goal_ids)
        self.assertIn(33, plan.score_ids.mapped("wanted_score"))
        self.assertFalse(plan.budget_ids)
        for text in ("chain: 2", "Goals: 1", "Actions: 1", "team: 1", "Budget: ", "1,000.00"):
            self.assertIn(text, wizard.preview)

    def test_takes_only_what_was_chosen(self):
        goal = self.make_goal()
        self.make_action(goal_id=goal.id)
        _wizard, plan = self.start(
            takes_chain=False, takes_goals=False, takes_team=False, takes_budget=False
        )
        self.assertFalse(plan.role_ids | plan.role_ids.browse())
        self.assertFalse(plan.goal_ids)
        self.assertFalse(plan.member_ids)
        self.assertFalse(plan.budget_amount)
        # Its contact stays behind, its department does not.
        self.assertEqual(plan.plan_action_ids.department_id, self.purchasing)

    def test_empty_takes_nothing(self):
        self.make_goal()
        wizard, plan = self.start(source="empty")
        self.assertFalse(plan.role_ids or plan.goal_ids or plan.member_ids)
        self.assertIn("empty", wizard.preview)

    def test_private_notes_go_with_the_team_alone(self):
        self.company.relationship_private_data = True
        self.env["crm.relationship.role.note"].sudo().create(
            {"role_id": self.role.id, "kind": "note", "body": "Secret"}
        )
        _wizard, plan = self.start(self.manager, user_id=self.manager.id)
        self.assertFalse(plan.sudo().role_ids.note_ids)
        self.env.invalidate_all()  # the owner looks with own eyes
        _wizard, plan = self.start(
            date_start=date(2027, 1, 1), date_end=date(2027, 12, 31), source_plan_id=self.plan.id
        )
        self.assertEqual(plan.sudo().role_ids.note_ids.mapped("body"), ["Secret"])

    def make_template(self):
        return self.env["crm.relationship.plan.template"].create(
            {
                "name": "Test Template",
                "budget_amount": 800,
                "goal_ids": [
                    Command.create({"name": "Test Goal", "layer": "key", "offset_days": 999})
                ],
                "action_ids": [
                    Command.create(
                        {
                            "name": name,
                            "type_id": kind.id,
                            "department_id": self.finance.id,
                            "offset_days": 10,
                            "budget": 5,
                        }
                    )
                    for name, kind in (("Eat", self.dinner), ("Deliver", self.delivery))
                ],
                "score_ids": [
                    Command.create(
                        {"dimension_id": self.plan.score_ids[0].dimension_id.id, "wanted_score": 41}
                    )
                ],
            }
        )

    def test_from_template(self):
        template = self.make_template()
        wizard, plan = self.start(source="template", template_id=template.id)
        self.assertEqual(plan.plan_action_ids.mapped("name"), ["Deliver"])
        self.assertIn("Relationship activities left out: 1", wizard.preview)
        self.assertEqual(plan.plan_action_ids.date_deadline, date(2026, 1, 11))
        self.assertEqual(plan.goal_ids.date_deadline, plan.date_end)
        self.assertEqual(plan.budget_amount, 800)
        self.assertIn(41, plan.score_ids.mapped("wanted_score"))

    def test_from_template_with_a_project(self):
        _wizard, plan = self.start(
            source="template", template_id=self.make_template().id, lead_id=self.lead.id
        )
        eat = plan.plan_action_ids.filtered(lambda action: action.name == "Eat")
        self.assertEqual((len(plan.plan_action_ids), eat.lead_id), (2, self.lead))

    def test_shipped_templates_begin_plans(self):
        for number, name in enumerate(("strategic", "growth")):
            template = self.env.ref(f"crm_relationship.plan_template_{name}")
            _wizard, plan = self.start(
                source="template",
                template_id=template.id,
                lead_id=self.lead.id,
                date_start=date(2030 + number, 1, 1),
                date_end=date(2030 + number, 12, 31),
            )
            self.assertEqual(len(plan.goal_ids), len(template.goal_ids))
            self.assertEqual(len(plan.plan_action_ids), len(template.action_ids))

    def test_handed_over_to_a_colleague(self):
        colleague = self.new_user("plan_colleague", "sales_team.group_sale_salesman")
        _wizard, plan = self.start(
            source="template", template_id=self.make_template().id, user_id=colleague.id
        )
        self.assertEqual((plan.user_id, plan.goal_ids.user_id), (colleague, colleague))

    def test_who_may(self):
        with self.assertRaises(AccessError):
            self.start(self.member)
        portal = new_test_user(self.env, "start_portal", "base.group_portal")
        with self.assertRaises(AccessError):
            self.env[WIZARD].with_user(portal).create({"partner_id": self.customer.id})
        template = self.make_template()
        with self.assertRaises(AccessError):
            template.with_user(self.owner).name = "Mine"
        template.with_user(self.manager).name = "Ours"

    def test_plan_of_another_customer_or_company_is_refused(self):
        other = self.env["res.partner"].create({"name": "Other", "user_id": self.owner.id})
        with self.assertRaisesRegex(UserError, "is no plan of Other"):
            self.start(partner_id=other.id, source="plan", source_plan_id=self.plan.id)

    def test_plans_of_other_companies_are_not_told(self):
        second = self.create_company("Second Ltd")
        boss = self.new_user("start_second", "sales_team.group_sale_manager", second)
        self.make_plan(company_id=second.id, user_id=boss.id).action_start()
        values = {
            "partner_id": self.customer.id,
            "company_id": second.id,
            "date_start": date(2025, 1, 1),
            "date_end": date(2025, 12, 31),
        }
        self.assertTrue(self.env[WIZARD].with_user(boss).new(values).overlap_warning)
        self.assertFalse(self.env[WIZARD].with_user(self.owner).new(values).overlap_warning)
        with self.assertRaises(UserError):
            self.start(**values, source="empty", user_id=self.owner.id)

    def test_template_of_another_company_is_refused(self):
        template = self.make_template()
        template.company_id = self.create_company("Second Ltd")
        self.owner.company_ids += template.company_id
        wizards = self.env[WIZARD].with_user(self.owner)
        wizard = wizards.with_context(allowed_company_ids=self.owner.company_ids.ids).create(
            {
                "partner_id": self.customer.id,
                "company_id": self.company.id,
                "source": "template",
                "template_id": template.id,
            }
        )
        with self.assertRaisesRegex(UserError, "is a template of Second Ltd"):
            wizard.action_create()

    def test_sponsor_who_left_the_company_does_not_come_along(self):
        second = self.create_company("Second Ltd")
        sponsor = self.new_user("start_sponsor", "sales_team.group_sale_salesman")
        self.plan.sponsor_id = sponsor
        _wizard, plan = self.start()
        self.assertEqual(plan.sponsor_id, sponsor)
        sponsor.write({"company_ids": [Command.set(second.ids)], "company_id": second.id})
        _wizard, plan = self.start(date_start=date(2027, 1, 1), date_end=date(2027, 12, 31))
        self.assertFalse(plan.sponsor_id)

    def test_work_of_who_left_the_company_goes_to_the_owner(self):
        second = self.create_company("Second Ltd")
        leaver = self.new_user("start_leaver", "sales_team.group_sale_salesman")
        goal = self.make_goal(user_id=leaver.id)
        self.make_action(goal_id=goal.id, user_id=leaver.id)
        self.role.user_id = leaver
        self.make_role("Ben", user_id=self.member.id)
        leaver.write({"company_ids": [Command.set(second.ids)], "company_id": second.id})
        _wizard, plan = self.start()
        self.assertEqual((plan.goal_ids | plan.plan_action_ids.goal_id).user_id, self.owner)
        self.assertEqual(plan.plan_action_ids.user_id, self.owner)
        people = {role.partner_id.name: role.user_id for role in plan.role_ids}
        self.assertEqual(people, {"Ann": self.owner, "Ben": self.member})

    def test_buttons(self):
        action = self.plan.with_user(self.owner).action_ask_start()
        self.assertEqual(action["context"]["default_source_plan_id"], self.plan.id)
        action = self.role.partner_id.with_user(self.owner).action_start_relationship_plan()
        self.assertEqual(action["context"], {"default_partner_id": self.customer.id})
