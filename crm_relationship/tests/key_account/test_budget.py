from datetime import date

from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import new_test_user, tagged
from odoo.tools import mute_logger

from .common_budget import BudgetCase

MODEL = "crm.relationship.budget"


@tagged("post_install", "-at_install")
class TestBudget(BudgetCase):
    """Limits, the manager's approval, and nobody around them."""

    def test_at_the_limit_nobody_is_asked(self):
        line = self.make_line(planned_amount=200)
        self.assertFalse(line.needs_manager)
        line.action_spend()
        self.assertEqual((line.state, line.spent_amount), ("spent", 200))

    def test_one_cent_above_is_requested(self):
        line = self.make_line(planned_amount=200.01)
        self.assertTrue(line.needs_manager)
        self.assertRegex(line.manager_explanation, r"200\.01.*200\.00.*Relationship Ltd")
        line.action_spend()
        self.assertEqual((line.state, line.requested_by_id), ("requested", self.owner))
        self.assertEqual(self.plan.budget_spent, 0)

    def test_no_limit_asks_nobody(self):
        self.company.write({"relationship_spending_limit": 0, "relationship_contact_limit": 0})
        line = self.make_line(planned_amount=99999)
        line.action_spend()
        self.assertEqual(line.state, "spent")

    def test_contact_and_year_across_plans(self):
        self.make_spent(150, plan_id=self.make_other_plan().id, date=date(2025, 3, 1))
        self.make_spent(150)
        at = self.make_line(planned_amount=200)
        above = self.make_line(planned_amount=200, name="One more", spent_amount=0.01)
        self.assertFalse(at.needs_manager)
        at.action_spend()
        above.invalidate_recordset()
        self.assertTrue(above.needs_manager)
        self.assertRegex(above.manager_explanation, r"Ann.*500\.01.*2025.*500\.00.*0\.01")
        self.assertNotIn("One more", at.manager_explanation or "")

    def test_another_year_begins_at_zero(self):
        self.make_spent(500, date=date(2024, 12, 31))
        line = self.make_line(planned_amount=200, date=date(2025, 1, 1))
        self.assertFalse(line.needs_manager)

    def test_spent_at_once_each_sees_the_one_before(self):
        lines = (
            self.make_line(planned_amount=200)
            | self.make_line(planned_amount=200)
            | self.make_line(planned_amount=200)
        )
        lines.action_spend()
        self.assertEqual(sorted(lines.mapped("state")), ["requested", "spent", "spent"])

    def test_manager_approves_and_it_is_spent(self):
        line = self.make_line(planned_amount=300)
        line.action_request()
        task = line.sudo().activity_ids
        self.assertEqual(
            task.user_id, self.env.ref("crm_relationship.group_manager").all_user_ids & task.user_id
        )
        self.assertNotEqual(task.user_id, self.owner)
        line.with_user(self.manager).action_approve()
        self.assertEqual((line.state, line.approved_amount), ("approved", 300))
        self.assertFalse(line.sudo().activity_ids)
        self.assertIn(self.owner.partner_id, line.message_ids.partner_ids)
        line.action_spend()
        self.assertEqual(line.state, "spent")

    def test_above_what_was_approved_is_asked_again(self):
        line = self.make_line(planned_amount=300)
        line.action_request()
        line.with_user(self.manager).action_approve()
        line.spent_amount = 300.01
        line.action_spend()
        self.assertEqual((line.state, line.approved_amount), ("requested", 0))

    def test_nobody_approves_own_request(self):
        line = self.make_line(self.manager, planned_amount=300)
        line.action_request()
        with self.assertRaisesRegex(AccessError, "Another relationship manager"):
            line.action_approve()
        with self.assertRaisesRegex(AccessError, "Another relationship manager"):
            line._refuse("No")
        line.with_user(self.second_manager).action_approve()
        self.assertEqual(line.approved_by_id, self.second_manager)

    def test_nobody_approves_what_oneself_spends(self):
        line = self.make_line(planned_amount=300, user_id=self.manager.id)
        line.action_request()
        with self.assertRaisesRegex(AccessError, "Another relationship manager"):
            line.with_user(self.manager).action_approve()

    def test_team_does_not_approve(self):
        line = self.make_line(planned_amount=300)
        line.action_request()
        with self.assertRaisesRegex(AccessError, "Only relationship managers"):
            line.with_user(self.member).action_approve()
        with self.assertRaises(AccessError):
            self.env["crm.relationship.budget.refusal"].with_user(self.member).create(
                {"budget_ids": [(6, 0, line.ids)], "reason": "No"}
            )

    def test_refused_stays_refused(self):
        line = self.make_line(planned_amount=300)
        line.action_request()
        wizard = self.env["crm.relationship.budget.refusal"].with_user(self.manager)
        wizard.create({"budget_ids": [(6, 0, line.ids)], "reason": "Too dear"}).action_refuse()
        self.assertEqual((line.state, line.refusal_reason), ("refused", "Too dear"))
        self.assertIn("Refused: Too dear", "".join(line.message_ids.mapped("body")))
        for step in ("action_spend", "action_request", "action_withdraw"):
            with self.assertRaisesRegex(UserError, "not at this step"):
                getattr(line, step)()
        with self.assertRaises(AccessError):
            line.action_reopen()
        with self.assertRaisesRegex(UserError, "requested or settled"):
            line.planned_amount = 10
        with self.assertRaisesRegex(UserError, "only relationship managers"):
            line.unlink()

    def test_refusal_gives_a_reason(self):
        line = self.make_line(planned_amount=300)
        line.action_request()
        with self.assertRaisesRegex(UserError, "why it is refused"):
            line.with_user(self.manager)._refuse("  ")

    def test_nobody_writes_the_state(self):
        line = self.make_line()
        key = {"crm_relationship_settles_budget": True}
        for values in (
            {"state": "spent"},
            {"state": "approved"},
            {"approved_amount": 500},
            {"requested_by_id": self.member.id},
        ):
            for user in (self.owner, self.manager):
                with self.assertRaisesRegex(AccessError, "by the buttons"):
                    line.with_user(user).with_context(**key).write(values)
                with self.assertRaisesRegex(AccessError, "by the buttons"):
                    self.make_line(user, **values)
        with self.assertRaisesRegex(AccessError, "by the buttons"):
            lines = self.env[MODEL].with_user(self.owner).with_context(default_state="spent", **key)
            lines.create(self.prepare_line())

    def test_what_is_judged_does_not_change(self):
        line = self.make_line(planned_amount=300)
        line.action_request()
        with self.assertRaisesRegex(UserError, "Withdraw the request"):
            line.planned_amount = 3000
        line.with_user(self.manager).action_approve()
        with self.assertRaisesRegex(UserError, "approved as it is"):
            line.planned_amount = 3000
        line.action_withdraw()
        self.assertEqual((line.state, line.approved_amount), ("planned", 0))

    def test_within_limits_nobody_needs_to_approve(self):
        with self.assertRaisesRegex(UserError, "within the limits"):
            self.make_line().action_request()

    def test_company_is_that_of_the_plan(self):
        other = self.create_company("Generous Ltd")
        line = self.env[MODEL].create(self.prepare_line(company_id=other.id))
        self.assertEqual(line.company_id, self.company)
        with self.assertRaisesRegex(ValidationError, "company of its plan"):
            line.company_id = other

    def test_second_company_has_its_own_limit(self):
        other = self.create_company("Second Ltd")
        other.relationship_spending_limit = 50
        plan = self.make_plan(company_id=other.id, user_id=self.env.uid, member_ids=False)
        self.make_spent(500)
        line = self.env[MODEL].create(
            self.prepare_line(plan_id=plan.id, planned_amount=50, user_id=self.env.uid)
        )
        self.assertFalse(line.needs_manager)
        line.planned_amount = 50.01
        self.assertRegex(line.manager_explanation, "Second Ltd")
        self.assertNotIn("Relationship Ltd", line.manager_explanation)

    def test_currency_of_the_company(self):
        other = self.create_company("Yen Ltd")
        other.write(
            {
                "currency_id": self.env.ref("base.JPY").id,
                "relationship_spending_limit": 200,
            }
        )
        plan = self.make_plan(company_id=other.id, user_id=self.env.uid, member_ids=False)
        values = self.prepare_line(plan_id=plan.id, user_id=self.env.uid)
        line = self.env[MODEL].create({**values, "planned_amount": 200.3})
        self.assertEqual(line.currency_id.name, "JPY")
        self.assertFalse(line.needs_manager)  # no yen has cents

    def test_gift_names_its_contact(self):
        with self.assertRaisesRegex(ValidationError, "who gets"):
            self.make_line(category_id=self.gift.id, partner_id=False)

    def test_contact_is_of_the_customer(self):
        stranger = self.env["res.partner"].create({"name": "Stranger"})
        with self.assertRaisesRegex(ValidationError, "no contact of Key Customer"):
            self.make_line(partner_id=stranger.id)

    def test_action_is_of_the_plan_and_gives_its_contact(self):
        values = self.prepare_line(action_id=self.make_action().id)
        del values["partner_id"]
        line = self.env[MODEL].create(values)
        self.assertEqual(line.partner_id, self.contact)
        other = self.make_other_plan()
        with self.assertRaisesRegex(ValidationError, "another plan"):
            self.env[MODEL].create(self.prepare_line(plan_id=other.id, action_id=line.action_id.id))

    def test_contact_that_the_action_gets_later_changes_nothing_spent(self):
        action = self.make_action()
        line = self.make_line(action_id=action.id)
        line.action_spend()
        action.role_id = self.make_role("Bob")
        self.assertEqual(line.partner_id, self.contact)

    def test_without_a_plan_is_refused(self):
        with self.assertRaisesRegex(ValidationError, "account plan"):
            self.env[MODEL].create(self.prepare_line(plan_id=False))

    def test_future_spending_is_spent_today(self):
        line = self.make_line(date=date(2025, 8, 1))
        line.action_spend()
        self.assertEqual(line.date, date(2025, 6, 15))

    def test_nothing_is_not_spent(self):
        with self.assertRaisesRegex(ValidationError, "Enter the amount"):
            self.make_line(planned_amount=0).action_spend()

    def test_closed_plan_is_locked(self):
        line, asked = self.make_line(), self.make_line(planned_amount=300)
        asked.action_request()
        self.plan.with_user(self.owner).action_close()
        self.assertFalse(asked.sudo().activity_ids)
        for step in ("action_spend", "action_request"):
            with self.assertRaisesRegex(UserError, "is closed|within the limits"):
                getattr(line, step)()
        with self.assertRaisesRegex(UserError, "is closed"):
            asked.with_user(self.manager).action_approve()
        with self.assertRaisesRegex(UserError, "is closed"):
            line.name = "Other"
        with self.assertRaisesRegex(UserError, "is closed"):
            line.unlink()
        with self.assertRaisesRegex(UserError, "is closed"):
            self.make_line()

    @mute_logger("odoo.addons.base.models.ir_model", "odoo.addons.base.models.ir_rule")
    def test_rights(self):
        line = self.make_line(self.member)
        self.assertEqual(line.with_user(self.owner).name, "Dinner")
        line.with_user(self.manager).name = "Supper"
        self.assertEqual(line.with_user(self.outsider).name, "Supper")
        with self.assertRaises(AccessError):
            line.with_user(self.outsider).action_spend()
        with self.assertRaises(AccessError):
            self.make_line(self.outsider)
        stranger = self.new_user("plan_stranger", "sales_team.group_sale_salesman")
        self.assertFalse(self.env[MODEL].with_user(stranger).search([("id", "=", line.id)]))
        portal = new_test_user(self.env, "plan_portal", "base.group_portal")
        with self.assertRaises(AccessError):
            self.env[MODEL].with_user(portal).search([])
        other = self.new_user(
            "plan_other_company",
            "sales_team.group_sale_manager",
            self.create_company("Elsewhere Ltd"),
        )
        self.assertFalse(self.env[MODEL].with_user(other).search([("id", "=", line.id)]))

    def test_merged_contacts_share_their_year(self):
        twin = self.make_contact("Ann Twin")
        self.make_spent(300)
        self.make_spent(150, partner_id=twin.id)
        wizard = self.env["base.partner.merge.automatic.wizard"]
        wizard._merge((self.contact | twin).ids, self.contact)
        line = self.make_line(planned_amount=50)
        self.assertFalse(line.needs_manager)
        line.planned_amount = 50.01
        self.assertIn("450.00", line.manager_explanation)

    def test_archived_contact_counts_and_deleted_one_leaves(self):
        line = self.make_spent(450)
        self.contact.action_archive()
        self.assertTrue(self.make_line(planned_amount=51).needs_manager)
        twin = self.make_contact("Gone")
        left = self.make_spent(10, partner_id=twin.id)
        twin.unlink()
        self.assertFalse(left.exists().partner_id)
        self.assertEqual((left.spent_amount, line.partner_id), (10, self.contact))
