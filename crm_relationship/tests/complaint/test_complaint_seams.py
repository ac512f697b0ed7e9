from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged

from .inquiry import InquiryCase


@tagged("post_install", "-at_install")
class TestComplaintSeams(InquiryCase):
    """Ways around the rules that lie between the aspects of a complaint."""

    def test_defaults_in_the_context_grant_nothing(self):
        self.make_limit(10)
        lines = self.env["crm.relationship.complaint.resolution"].with_user(self.handler)
        line = lines.with_context(
            default_state="approved",
            default_approved_amount=500,
            default_decided_by_id=self.manager.id,
        ).create({"complaint_id": self.complaint.id, "kind": "refund", "amount": 500})
        self.assertEqual((line.state, line.approved_amount), ("draft", 0))
        self.assertFalse(line.decided_by_id)

    def test_defaults_in_the_context_finish_nothing(self):
        actions = self.env["crm.relationship.complaint.action"].with_user(self.handler)
        action = actions.with_context(
            default_state="done", default_date_done="2020-01-01", default_effect="effective"
        ).create(
            {
                "name": "Check the torque",
                "complaint_id": self.complaint.id,
                "date_deadline": self.today,
            }
        )
        self.assertEqual((action.state, action.date_done, action.effect), ("todo", False, False))

    def test_defaults_in_the_context_close_nothing(self):
        complaints = self.env["crm.relationship.complaint"].with_user(self.handler)
        complaint = complaints.with_context(
            default_stage_id=self.stages["closed"].id,
            default_result="accepted",
            default_name="CPL/1",
        ).create({"subject": "Bent", "partner_id": self.customer.id, "company_id": self.company.id})
        self.assertEqual((complaint.stage_code, complaint.result), ("new", False))
        self.assertNotEqual(complaint.name, "CPL/1")

    def test_a_part_is_of_its_complaints_company(self):
        other = self.env["res.company"].create({"name": "Elsewhere"})
        line = self.make_resolution(40)
        with self.assertRaisesRegex(UserError, "those of the complaint"):
            line.with_user(self.handler).write({"company_id": other.id})
        with self.assertRaisesRegex(UserError, "those of the complaint"):
            self.make_resolution(40, company_id=other.id)
        line = line.with_context(default_company_id=other.id).copy()
        self.assertEqual(line.company_id, self.company)

    def test_files_are_for_those_who_read_the_chatter(self):
        file = self.env["ir.attachment"].create(
            {
                "name": "evidence.txt",
                "raw": b"Mixed up by us",
                "res_model": self.complaint._name,
                "res_id": self.complaint.id,
            }
        )
        self.assertTrue(self.complaint.with_user(self.employee).has_access("read"))
        self.assertEqual(file.with_user(self.handler).raw, b"Mixed up by us")
        with self.assertRaises(AccessError):
            file.with_user(self.employee).read(["raw"])
        entered = self.make_complaint(user=self.employee)
        file.res_id = entered.id
        self.assertEqual(file.with_user(self.employee).raw, b"Mixed up by us")

    def test_nobody_searches_what_he_may_not_read(self):
        self.complaint._message_log(body="Approved up to 40")
        self.complaint.activity_schedule(summary="A top tier customer", user_id=self.handler.id)
        domain = [("id", "=", self.complaint.id), ("message_ids.body", "ilike", "Approved")]
        for user, found in ((self.handler, 1), (self.employee, 0)):
            complaints = self.env["crm.relationship.complaint"].with_user(user)
            self.assertEqual(complaints.search_count(domain), found)
        self.env.invalidate_all()
        self.assertTrue(self.complaint.with_user(self.employee).has_access("read"))
        self.assertFalse(self.complaint.with_user(self.employee).activity_summary)

    def test_dialogs_show_nothing_of_others_confidential_ones(self):
        self.complaint.write({"is_confidential": True, "answer": "<p>Our fault</p>"})
        action = self.make_action()
        for model, values in (
            ("close", {"complaint_id": self.complaint.id}),
            ("reason", {"complaint_id": self.complaint.id, "reason": "So"}),
            ("effect", {"action_id": action.id, "note": "So"}),
        ):
            dialogs = self.env[f"crm.relationship.complaint.{model}"].with_user(self.colleague)
            with self.subTest(model=model), self.assertRaises(AccessError):
                dialogs.create(values)

    def test_dialogs_are_ones_own(self):
        dialogs = self.env["crm.relationship.complaint.make"]
        rules = self.env["ir.rule"].with_user(self.employee)._compute_domain(dialogs._name, "read")
        self.assertIn("create_uid", str(rules))

    def test_a_draft_is_no_answer_when_the_customer_withdraws(self):
        self.complaint.write({"contact_id": self.contact.id, "answer": "<p>We admit it</p>"})
        self.complaint.sudo()._portal_withdraw(self.contact, "We have found it")
        self.assertEqual(self.complaint.result, "withdrawn")
        self.assertFalse(self.complaint.sudo()._get_portal_answer())
        self.assertFalse(self.complaint.date_answered)

    def test_a_category_that_makes_it_a_safety_matter_tells_the_executives(self):
        self.company.relationship_complaint_escalate_safety = True
        feature = self.env.ref("crm_relationship.group_complaint_feature")
        self.env.ref("base.group_user")._apply_group(feature)
        categories = self.env["crm.relationship.complaint.category"]
        category = categories.create({"name": "Injury", "is_safety": True})
        self.assertFalse(self.complaint.is_safety)
        before = self.complaint.escalation_ids
        self.as_handler().write({"category_id": category.id})
        self.assertTrue(self.complaint.is_safety)
        self.assertIn("safety", (self.complaint.escalation_ids - before).mapped("origin"))

    def test_handlers_rate_nothing(self):
        self.complaint.contact_id = self.contact
        self.close()
        with self.assertRaises(AccessError):
            self.as_handler().rating_apply(5, feedback="We were great")
        self.assertFalse(self.complaint.date_rated)
