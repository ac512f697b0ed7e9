from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import new_test_user, tagged

from .inquiry import InquiryCase


@tagged("post_install", "-at_install")
class TestComplaintInvestigation(InquiryCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.department = cls.env["crm.relationship.complaint.department"].create(
            {"name": "Mill", "company_id": cls.company.id}
        )
        cls.supplier = cls.env["res.partner"].create({"name": "Parts Inc", "is_company": True})

    def test_each_why_asks_for_the_answer_before(self):
        complaint = self.as_handler()
        complaint.why_ids = [(0, 0, {"answer": "The guard fell off."})]
        complaint.why_ids = [(0, 0, {"sequence": 20, "answer": "It was loose"})]
        complaint.why_ids = [(0, 0, {"sequence": 30, "question": "Who looked?"})]
        self.assertEqual(
            complaint.why_ids.mapped("question"),
            ["Why did it happen?", "Why: The guard fell off", "Who looked?"],
        )

    def test_seven_whys_are_the_most(self):
        complaint = self.as_handler()
        complaint.why_ids = [(0, 0, {"answer": str(number)}) for number in range(7)]
        with self.assertRaisesRegex(ValidationError, "at most 7 times"):
            complaint.why_ids = [(0, 0, {"answer": "8"})]

    def test_one_party_is_responsible(self):
        complaint = self.as_handler()
        complaint.department_id = self.department
        with self.assertRaisesRegex(ValidationError, "One party answers"):
            complaint.supplier_id = self.supplier
        complaint.write({"department_id": False, "supplier_id": self.supplier.id})

    def test_department_of_another_company(self):
        elsewhere = self.create_company("Elsewhere Ltd")
        self.department.company_id = elsewhere
        with self.assertRaisesRegex(ValidationError, "Elsewhere"):
            self.complaint.department_id = self.department
        self.department.company_id = False
        self.complaint.department_id = self.department

    def test_cause_is_no_contributing_one(self):
        other = self.cause.create({"name": "Haste"})
        complaint = self.as_handler()
        complaint.write({"cause_id": self.cause.id, "contributing_cause_ids": [(4, other.id)]})
        with self.assertRaisesRegex(ValidationError, "Leave it out"):
            complaint.contributing_cause_ids = [(4, self.cause.id)]

    def test_only_own_attachments_are_evidence(self):
        attachments = self.env["ir.attachment"]
        own = attachments.with_user(self.handler).create(
            {"name": "own", "raw": b"x", "res_model": self.complaint._name}
        )
        complaint = self.as_handler()
        complaint.evidence_ids = [(4, own.id)]
        self.assertEqual(own.res_id, complaint.id)
        elsewhere = self.make_complaint(user_id=self.handler.id)
        other = attachments.with_user(self.handler).create(
            {"name": "x", "raw": b"x", "res_model": elsewhere._name, "res_id": elsewhere.id}
        )
        with self.assertRaisesRegex(ValidationError, "no attachment of"):
            complaint.evidence_ids = [(4, other.id)]

    def test_closed_investigation_stays(self):
        self.as_handler().why_ids = [(0, 0, {"answer": "Haste"})]
        self.close()
        complaint = self.as_handler()
        for values in (
            {"findings": "<p>x</p>"},
            {"department_id": self.department.id},
            {"why_ids": [(0, 0, {"answer": "More"})]},
        ):
            with self.subTest(values=values), self.assertRaisesRegex(UserError, "closed"):
                complaint.write(values)
        why = complaint.why_ids
        for call in (
            lambda: why.write({"answer": "x"}),
            why.unlink,
            lambda: why.create({"complaint_id": complaint.id, "answer": "x"}),
        ):
            with self.assertRaisesRegex(UserError, "closed"):
                call()

    def test_employees_and_sellers(self):
        why = self.env["crm.relationship.complaint.why"].create(
            {"complaint_id": self.complaint.id, "answer": "Haste"}
        )
        self.customer.user_id = self.seller
        self.assertEqual(why.with_user(self.seller).answer, "Haste")
        with self.assertRaises(AccessError):
            why.with_user(self.seller).write({"answer": "x"})
        with self.assertRaises(AccessError):
            why.with_user(self.employee).read(["answer"])
        for name in (
            "findings",
            "why_ids",
            "department_id",
            "supplier_id",
            "evidence_ids",
            "contributing_cause_ids",
            "action_ids",
            "resolution_ids",
            "cost",
            "improvement_state",
            "is_recurrence",
            "recurrence_of_id",
            "same_cause_count",
        ):
            complaint = self.complaint.with_user(self.employee)
            with self.subTest(field=name), self.assertRaises(AccessError):
                complaint.read([name])
            with self.subTest(field=name), self.assertRaises(AccessError):
                complaint.search([(name, "!=", False)])

    def test_supplier_counts_its_complaints(self):
        self.env["res.config.settings"].create({"group_relationship_complaint": True}).execute()
        self.complaint.supplier_id = self.env["res.partner"].create(
            {"name": "Foreman", "parent_id": self.supplier.id}
        )
        count = {"total": 1, "open": 1}
        nothing = {"total": 0, "open": 0}
        for user, expected in ((self.handler, count), (self.employee, nothing)):
            supplier = self.supplier.with_user(user)
            self.assertEqual(supplier.get_relationship_responsible_count(), expected)
        self.complaint.write({"is_confidential": True, "user_id": self.handler.id})
        supplier = self.supplier.with_user(self.colleague)
        self.assertEqual(supplier.get_relationship_responsible_count(), nothing)

    def test_portal_and_public_have_nothing(self):
        portal = new_test_user(
            self.env,
            login="inquiry_portal",
            groups="base.group_portal",
            company_id=self.company.id,
            company_ids=[(6, 0, self.company.ids)],
        )
        portal.partner_id.parent_id = self.customer
        self.make_action()
        self.make_resolution(5)
        names = ("why", "department", "action", "limit", "resolution", "effect", "refusal")
        for user in (portal, self.env.ref("base.public_user")):
            env = self.env(user=user, context={})
            for name in names:
                model = env[f"crm.relationship.complaint.{name}"]
                with self.subTest(user=user.login, model=name):
                    with self.assertRaises(AccessError):
                        model.search([])
                    with self.assertRaises(AccessError):
                        model.create({})
                    with self.assertRaises(AccessError):
                        model.formatted_read_group([], [], ["__count"])
