from odoo.tests import tagged

from .common import KeyAccountCase


@tagged("post_install", "-at_install")
class TestRoleMerge(KeyAccountCase):
    """Two contacts who both are in a chain become one."""

    def merge(self, kept, gone):
        wizard = self.env["base.partner.merge.automatic.wizard"].create({})
        wizard._merge((kept + gone).ids, kept)
        self.env.flush_all()
        self.env.invalidate_all()

    def test_one_role_stays_with_what_both_held(self):
        boss = self.make_role("Boss")
        kept = self.make_role("Ann", influence="2", buying_role="user")
        gone = self.make_role(
            "Ann again", influence="4", buying_role="approver", level="high", is_coach=True
        )
        gone.reports_to_id = boss
        low = self.make_role("Low", reports_to_id=gone.id)
        fan = self.make_role("Fan", influences_ids=[(4, gone.id)])
        for role, need in ((kept, "safety"), (gone, "safety"), (gone, "esteem")):
            self.env["crm.relationship.role.need"].create({"role_id": role.id, "need": need})
        note = self.env["crm.relationship.role.note"].create({"role_id": gone.id, "body": "x"})
        story = "They met in Spain"
        gone.message_post(body=story)
        activity = gone.activity_schedule("mail.mail_activity_data_todo")
        self.merge(kept.partner_id, gone.partner_id)
        self.assertFalse(gone.exists())
        self.assertEqual((kept.influence, kept.buying_role, kept.level), ("4", "user", "high"))
        self.assertTrue(kept.is_coach)
        self.assertEqual(kept.reports_to_id, boss)
        self.assertEqual(low.reports_to_id, kept)
        self.assertEqual(fan.influences_ids, kept)
        self.assertEqual(note.role_id, kept)
        self.assertEqual(note.partner_id, kept.partner_id)
        self.assertEqual(set(kept.need_ids.mapped("need")), {"safety", "esteem"})
        self.assertIn("Spain", " ".join(kept.message_ids.mapped("body")))
        self.assertEqual(activity.res_id, kept.id)

    def test_no_cycle_is_left(self):
        kept = self.make_role("Ann")
        middle = self.make_role("Middle", reports_to_id=kept.id)
        gone = self.make_role("Ann again", reports_to_id=middle.id)
        low = self.make_role("Low", reports_to_id=gone.id)
        self.merge(kept.partner_id, gone.partner_id)
        self.assertFalse(kept.reports_to_id)
        self.assertEqual(middle.reports_to_id, kept)
        self.assertEqual(low.reports_to_id, kept)

    def test_a_superior_and_a_report_become_one(self):
        boss = self.make_role("Boss")
        gone = self.make_role("Ann again", reports_to_id=boss.id)
        kept = self.make_role("Ann", reports_to_id=gone.id)
        self.merge(kept.partner_id, gone.partner_id)
        self.assertEqual(kept.reports_to_id, boss)

    def test_a_closed_plan_keeps_one_role_as_well(self):
        kept, gone = self.make_role("Ann"), self.make_role("Ann again")
        self.plan.state = "closed"
        self.merge(kept.partner_id, gone.partner_id)
        self.assertEqual(self.plan.role_ids, kept)

    def test_notes_needs_and_what_was_said_of_both(self):
        """Nothing vanishes: what the role that stays says otherwise is told in its chatter."""
        kept = self.make_role("Ann", support="2", coverage="brief", style="relational")
        gone = self.make_role("Ann again", support="-2", coverage="deep", style="analytical")
        self.company.relationship_private_data = True
        for role, offer in ((kept, "Spare parts"), (gone, "A contract")):
            self.env["crm.relationship.role.need"].create(
                {"role_id": role.id, "need": "safety", "offer": offer}
            )
            self.env["crm.relationship.role.note"].create({"role_id": role.id, "body": offer})
        closed = self.make_plan()
        twice = [
            self.make_role("", closed, partner=role.partner_id, coverage=role.coverage)
            for role in (kept, gone)
        ]
        closed.state = "closed"
        self.merge(kept.partner_id, gone.partner_id)
        self.assertEqual(kept.need_ids.offer, "Spare parts; A contract")
        self.assertEqual(set(kept.note_ids.mapped("body")), {"Spare parts", "A contract"})
        self.assertEqual((kept.support, kept.coverage, kept.style), ("2", "deep", "relational"))
        text = " ".join(kept.message_ids.mapped("body"))
        self.assertIn("Opponent", text)
        self.assertIn("Analytical", text)
        self.assertNotIn("contract", text)
        self.assertEqual(closed.role_ids, twice[0])
        self.assertEqual((twice[0].coverage, closed.state), ("deep", "closed"))

    def test_merged_into_a_contact_of_another_customer(self):
        gone = self.make_role("Ann")
        stranger = self.make_contact("Eve", self.make_customers(1))
        self.merge(stranger, gone.partner_id)
        self.assertEqual(gone.partner_id, stranger)
        self.assertFalse(gone.active)
        self.assertIn("Eve", " ".join(self.plan.message_ids.mapped("body")))

    def test_merged_into_a_contact_of_nobody(self):
        gone = self.make_role("Ann")
        loose = self.env["res.partner"].create({"name": "Ann Again"})
        self.merge(loose, gone.partner_id)
        self.assertEqual(loose.parent_id, self.customer)
        self.assertTrue(gone.active)

    def test_a_role_only_of_the_merged_one_moves(self):
        gone = self.make_role("Ann again")
        kept = self.make_contact("Ann")
        self.merge(kept, gone.partner_id)
        self.assertEqual(gone.partner_id, kept)
        self.assertTrue(gone.active)

    def test_customers_with_active_plans_become_one(self):
        self.plan.action_start()
        other = self.make_customers(1)
        gone = self.make_plan(partner_id=other.id)
        gone.action_start()
        role = self.make_role("Bob", gone)
        self.merge(self.customer, other)
        self.assertEqual(gone.partner_id, self.customer)
        self.assertEqual((self.plan.state, gone.state), ("active", "closed"))
        self.assertEqual(role.customer_id, self.customer)
        self.assertIn("merged", " ".join(gone.message_ids.mapped("body")))
