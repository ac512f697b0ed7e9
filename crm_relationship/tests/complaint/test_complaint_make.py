from markupsafe import Markup

from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged

from .common import ComplaintCase


@tagged("post_install", "-at_install")
class TestComplaintMake(ComplaintCase):
    """A complaint is made of a message in another chatter, once, with its files."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.order = cls.env["sale.order"].create(
            {"partner_id": cls.contact.id, "company_id": cls.company.id, "user_id": cls.manager.id}
        )
        said = {"body": Markup("<p>It broke</p><p>Again</p>"), "message_type": "email"}
        cls.message = cls.order.message_post(
            **said,
            author_id=cls.contact.id,
            subtype_xmlid="mail.mt_comment",
            attachments=[("photo.txt", b"photo")],
        )

    def wizard(self, user=None, message=None):
        wizards = self.env["crm.relationship.complaint.make"].with_user(user or self.manager)
        message = message or self.message
        return wizards.with_context(
            default_message_id=message.id, allowed_company_ids=self.company.ids
        ).create({})

    def make(self, **kwargs):
        action = self.wizard(**kwargs).action_make()
        return self.env["crm.relationship.complaint"].browse(action["res_id"])

    def test_of_an_order(self):
        complaint = self.make()
        self.assertEqual(complaint.partner_id, self.customer)
        self.assertEqual(complaint.contact_id, self.contact)
        self.assertEqual(complaint.sale_order_id, self.order)
        self.assertEqual((complaint.subject, complaint.channel), ("It broke", "mail"))
        self.assertIn("Again", complaint.description)
        self.assertEqual(complaint.company_id, self.company)
        self.assertEqual(complaint.origin_message_id, self.message)
        self.assertIn(complaint.name, self.order.message_ids[0].body)
        self.assertIn(self.order.name, complaint.message_ids[0].body)

    def test_files_are_copied_once(self):
        complaint = self.make()
        files = self.env["ir.attachment"].search(
            [("res_model", "=", complaint._name), ("res_id", "=", complaint.id)]
        )
        self.assertEqual((files.name, files.raw), ("photo.txt", b"photo"))
        self.assertNotEqual(files, self.message.attachment_ids)
        self.assertEqual(self.message.attachment_ids.res_id, self.order.id)

    def test_files_of_others_are_not(self):
        """What was slipped in besides the message's files is not copied."""
        other = self.env["ir.attachment"].create({"name": "other.txt", "raw": b"secret"})
        wizard = self.wizard()
        wizard.sudo().attachment_ids += other
        complaint = self.env["crm.relationship.complaint"].browse(wizard.action_make()["res_id"])
        files = self.env["ir.attachment"].search(
            [("res_model", "=", complaint._name), ("res_id", "=", complaint.id)]
        )
        self.assertEqual(files.name, "photo.txt")

    def test_once(self):
        self.make()
        with self.assertRaisesRegex(UserError, "became the complaint"):
            self.wizard().action_make()

    def test_of_a_customer(self):
        said = {"body": "Where is it?", "subject": "Late", "message_type": "comment"}
        message = self.customer.message_post(**said)
        complaint = self.make(message=message)
        self.assertEqual((complaint.partner_id, complaint.subject), (self.customer, "Late"))
        self.assertFalse(complaint.contact_id)

    def test_of_a_lead(self):
        lead = self.env["crm.lead"].create(
            {"name": "Lead", "partner_id": self.contact.id, "company_id": self.company.id}
        )
        lead.user_id = self.manager
        said = {"body": "No call", "message_type": "comment"}
        complaint = self.make(message=lead.message_post(**said))
        self.assertEqual(complaint.contact_id, self.contact)

    def test_not_of_others(self):
        said = {"body": "Hello", "message_type": "comment"}
        message = self.complaint.message_post(**said)
        with self.assertRaisesRegex(UserError, "messages on customers"):
            self.wizard(user=self.executive, message=message)

    def test_not_of_what_one_may_not_read(self):
        with self.assertRaises(AccessError):
            self.wizard(user=self.employee)
