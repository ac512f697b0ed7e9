from psycopg2.errors import CheckViolation, UniqueViolation

from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import tagged
from odoo.tools import mute_logger

from .inquiry import InquiryCase


@tagged("post_install", "-at_install")
class TestComplaintResolution(InquiryCase):
    """What is granted, by whom, and what waits for a manager."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.second_manager = cls.new_user(
            "complaint_second_manager", "sales_team.group_sale_manager"
        )

    def grant(self, amount, **values):
        line = self.make_resolution(amount, **values)
        line.action_grant()
        return line

    def refuse(self, line, user, reason="Too much"):
        wizards = self.env["crm.relationship.complaint.refusal"].with_user(user)
        return wizards.create(
            {"resolution_ids": [(6, 0, line.ids)], "reason": reason}
        ).action_refuse()

    def test_without_limits_nobody_is_asked(self):
        self.assertEqual(self.grant(1_000_000).state, "approved")

    def test_up_to_the_limit(self):
        self.make_limit(100)
        self.assertEqual(self.grant(100).state, "approved")
        line = self.make_resolution(0.01)
        self.assertTrue(line.needs_manager)
        self.assertIn("altogether", line.manager_explanation)
        line.action_grant()
        self.assertEqual(line.state, "waiting")

    def test_the_sum_counts_in_one_complaint(self):
        self.make_limit(100)
        self.grant(60)
        self.assertEqual(self.grant(41).state, "waiting")
        self.assertEqual(self.grant(40).state, "approved")
        other = self.make_complaint(user_id=self.handler.id)
        self.assertEqual(self.grant(100, complaint_id=other.id).state, "approved")

    def test_granting_many_at_once(self):
        self.make_limit(100)
        lines = self.make_resolution(60) + self.make_resolution(60)
        lines.action_grant()
        self.assertEqual(lines.mapped("state"), ["approved", "waiting"])

    def test_kind_and_all_hold_beside_each_other(self):
        self.make_limit(50, kind="gift")
        self.make_limit(100)
        self.assertEqual(self.grant(51, kind="gift").state, "waiting")
        self.assertEqual(self.grant(50, kind="gift").state, "approved")
        self.assertEqual(self.grant(51).state, "waiting")
        self.assertEqual(self.grant(50).state, "approved")

    def test_limit_of_the_tier_wins(self):
        self.make_limit(100)
        code = self.policy.tier_ids[0].code
        self.make_limit(500, tier_code=code)
        self.assertEqual(self.grant(300).state, "waiting")
        self.env["crm.relationship.profile"].create(
            {
                "partner_id": self.customer.id,
                "company_id": self.company.id,
                "tier_id": self.policy.tier_ids[0].id,
            }
        )
        self.env.invalidate_all()
        self.assertEqual(self.grant(300).state, "approved")
        with self.assertRaisesRegex(ValidationError, "has no tier"):
            self.make_limit(1, tier_code="ZZ")

    def test_waiting_is_not_done_and_not_closed(self):
        self.make_limit(0)
        line = self.make_resolution(1)
        with self.assertRaisesRegex(UserError, "needs an approval"):
            line.action_carry_out()
        line.action_grant()
        with self.assertRaisesRegex(UserError, "not at this step"):
            line.action_carry_out()
        with self.assertRaisesRegex(UserError, "waits for an approval"):
            self.close()
        self.assertEqual(self.complaint.cost, 0)
        line.with_user(self.manager).action_approve()
        line.action_carry_out()
        self.close()
        self.assertEqual((line.state, self.complaint.cost), ("done", 1))

    def test_states_are_the_steps(self):
        self.make_limit(0)
        line = self.make_resolution(1)
        for values in (
            {"state": "approved"},
            {"approved_amount": 5},
            {"decided_by_id": self.manager.id},
        ):
            with self.subTest(values=values), self.assertRaisesRegex(UserError, "by hand"):
                line.write(values)
            with self.subTest(values=values), self.assertRaisesRegex(UserError, "by hand"):
                self.make_resolution(1, **values)
            with self.subTest(values=values), self.assertRaisesRegex(UserError, "by hand"):
                line.with_context(crm_relationship_settles_resolution=True).write(values)
            with self.subTest(values=values), self.assertRaisesRegex(UserError, "by hand"):
                self.as_handler().write({"resolution_ids": [(1, line.id, values)]})

    def test_who_may_approve(self):
        self.make_limit(10)
        line = self.grant(11)
        for user in (self.handler, self.colleague, self.leader, self.seller, self.employee):
            with self.subTest(user=user.login), self.assertRaises(AccessError):
                line.with_user(user).action_approve()
            with self.subTest(user=user.login), self.assertRaises(AccessError):
                self.refuse(line, user)
        line.with_user(self.executive).action_approve()
        self.assertEqual((line.state, line.decided_by_id), ("approved", self.executive))

    def test_not_who_entered_or_asked(self):
        self.make_limit(10)
        both = self.new_user(
            "complaint_both",
            "crm_relationship.group_complaint,sales_team.group_sale_manager",
        )
        entered = self.make_resolution(11, user=both)
        entered.with_user(self.handler).action_grant()
        asked = self.make_resolution(11)
        asked.with_user(both).action_grant()
        for line in (entered, asked):
            with self.assertRaisesRegex(AccessError, "Somebody else"):
                line.with_user(both).action_approve()
            line.with_user(self.second_manager).action_approve()

    def test_leader_approves_where_the_limit_says_so(self):
        limit = self.make_limit(10, leader_approves=True)
        line = self.grant(11)
        self.assertEqual(line.activity_ids.user_id, self.leader)
        line.with_user(self.leader).action_approve()
        self.assertEqual(line.state, "approved")
        self.make_limit(5, kind="refund")
        line = self.grant(6)
        with self.assertRaises(AccessError):
            line.with_user(self.leader).action_approve()
        self.assertTrue(limit)

    def test_refused_with_a_reason(self):
        self.make_limit(10)
        line = self.grant(11)
        self.assertTrue(line.activity_ids)
        with self.assertRaises(UserError):
            self.refuse(line, self.manager, " ")
        self.refuse(line, self.manager, "A repair does")
        self.assertEqual((line.state, line.refusal_reason), ("refused", "A repair does"))
        self.assertFalse(line.activity_ids)
        self.assertIn("A repair does", self.complaint.message_ids[0].body)
        self.close()

    def test_raising_asks_anew(self):
        self.make_limit(10)
        line = self.grant(20)
        line.with_user(self.manager).action_approve()
        line.amount = 15
        self.assertEqual(line.state, "approved")
        line.amount = 20
        self.assertEqual(line.state, "approved")
        line.amount = 20.01
        self.assertEqual((line.state, line.requested_by_id), ("waiting", self.handler))
        line.amount = 9
        self.assertEqual(line.state, "approved")

    def test_another_kind_asks_anew(self):
        self.make_limit(0, kind="gift")
        line = self.grant(20)
        line.kind = "gift"
        self.assertEqual(line.state, "waiting")

    def test_done_stays(self):
        line = self.grant(5)
        line.action_carry_out()
        for call in (lambda: line.write({"amount": 6}), line.unlink):
            with self.assertRaises(UserError):
                call()
        self.close()
        with self.assertRaisesRegex(UserError, "closed"):
            line.action_draft()
        with self.assertRaisesRegex(UserError, "closed"):
            self.make_resolution(1)

    def test_cost_is_what_was_granted(self):
        self.make_limit(100)
        self.grant(30)
        self.grant(40).action_carry_out()
        self.make_resolution(20)
        self.grant(90)
        self.assertEqual(self.complaint.cost, 70)

    def test_documents_are_the_customers(self):
        stranger = self.make_customers(1)
        invoices = self.env["account.move"]
        order = self.env["sale.order"].create(
            {"partner_id": stranger.id, "company_id": self.company.id}
        )
        with self.assertRaisesRegex(ValidationError, "does not belong"):
            self.make_resolution(1, sale_order_id=order.id)
        self.get_journal(self.company)
        journal = self.env["account.journal"].create(
            {"name": "S", "code": "RELS", "type": "sale", "company_id": self.company.id}
        )
        invoice = invoices.create(
            {
                "move_type": "out_invoice",
                "partner_id": self.customer.id,
                "journal_id": journal.id,
            }
        )
        with self.assertRaisesRegex(ValidationError, "no credit note"):
            self.make_resolution(1, credit_note_id=invoice.id)

    def test_nobody_else_enters_or_reads(self):
        line = self.make_resolution(5)
        for user in (self.employee, self.seller, self.env.ref("base.public_user")):
            with self.subTest(user=user.login), self.assertRaises(AccessError):
                self.make_resolution(1, user=user)
        with self.assertRaises(AccessError):
            line.with_user(self.employee).read(["amount"])
        with self.assertRaises(AccessError):
            line.with_user(self.manager).write({"amount": 1})
        for user in (self.handler, self.seller, self.executive):
            with self.subTest(user=user.login), self.assertRaises(AccessError):
                self.make_limit(1).with_user(user).write({"amount": 9})

    @mute_logger("odoo.sql_db")
    def test_limits_are_bounded(self):
        with self.assertRaises(CheckViolation), self.cr.savepoint():
            self.make_limit(-1)
        self.make_limit(1)
        with self.assertRaises(UniqueViolation), self.cr.savepoint():
            self.make_limit(2)

    def test_close_dialog_says_what_is_open(self):
        self.make_limit(10)
        self.grant(11)
        self.make_resolution(1)
        self.make_action()
        wizard = self.env["crm.relationship.complaint.close"].with_user(self.handler)
        wizard = wizard.create({"complaint_id": self.complaint.id})
        self.assertEqual(
            (wizard.waiting_count, wizard.draft_count, wizard.open_action_count), (1, 1, 1)
        )

    def test_queries_of_many(self):
        self.make_limit(10)

        def count(quantity):
            complaints = self.make_complaint(user_id=self.handler.id)
            lines = self.env["crm.relationship.complaint.resolution"]
            for number in range(quantity):
                lines += self.make_resolution(11 + number, complaint_id=complaints.id)
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            lines.mapped("manager_explanation")
            return self.env.cr.sql_log_count - before

        count(1)  # what is kept in memory for good
        self.assertLessEqual(count(40), count(4) + 2)
