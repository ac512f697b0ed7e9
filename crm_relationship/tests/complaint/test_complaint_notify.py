from odoo.tests import tagged

from .common import ComplaintCase


@tagged("post_install", "-at_install")
class TestComplaintNotify(ComplaintCase):
    """Mails to the complainant: off until turned on, and nothing of ours in them."""

    def turn_on(self, **values):
        self.company.write({"relationship_complaint_mail": True, **values})

    def sent(self, complaint=None):
        """Return what was sent to the complainant, the oldest first."""
        messages = (complaint or self.complaint).message_ids
        return messages.filtered(lambda message: message.message_type == "auto_comment").sorted(
            "id"
        )

    def subjects(self, complaint=None):
        return [message.subject.split(" CPL")[0] for message in self.sent(complaint)]

    def test_off(self):
        complaint = self.make_complaint(contact_id=self.contact.id)
        self.close(complaint)
        self.assertFalse(self.sent(complaint))

    def test_each_step(self):
        self.turn_on()
        complaint = self.make_complaint(contact_id=self.contact.id, user_id=self.handler.id)
        self.move("acknowledged", complaint)
        self.as_handler(complaint).action_wait()
        self.as_handler(complaint).action_end_wait()
        self.move("investigating", complaint)
        self.move("responded", complaint, answer="<p>We replace it</p>")
        self.close(complaint, answer="<p>We replace it</p>")
        self.step("reopen", complaint)
        expected = ["received", "looked into", "help", "answer", "settled", "open again"]
        for word, subject in zip(expected, self.subjects(complaint), strict=False):
            self.assertIn(word, self.sent(complaint)[expected.index(word)].subject, subject)
        self.assertEqual(len(self.sent(complaint)), 6)
        for message in self.sent(complaint):
            self.assertEqual(message.partner_ids, self.contact)
            self.assertEqual(message.author_id, self.handler.partner_id)
            self.assertIn(complaint.name, message.subject)

    def test_skipped_stages_are_confirmed_once(self):
        self.turn_on()
        self.move("investigating")
        self.assertEqual(len(self.sent()), 0)  # no address
        self.complaint.contact_id = self.contact
        other = self.make_complaint(contact_id=self.contact.id)
        self.move("investigating", other)
        self.assertEqual(len(self.sent(other)), 2)

    def test_one_step_off(self):
        self.turn_on(relationship_complaint_mail_received=False)
        complaint = self.make_complaint(contact_id=self.contact.id)
        self.assertFalse(self.sent(complaint))
        self.move("acknowledged", complaint)
        self.assertEqual(len(self.sent(complaint)), 1)

    def test_no_address_is_said(self):
        self.turn_on()
        complaint = self.make_complaint()
        self.assertFalse(self.sent(complaint))
        self.assertIn("has no email address", complaint.message_ids[0].body)

    def test_nothing_of_ours(self):
        """Cause, notes and reasons among ourselves are in no mail."""
        self.turn_on()
        complaint = self.make_complaint(contact_id=self.contact.id)
        note = {"body": "INTERNAL-NOTE", "subtype_xmlid": "mail.mt_note"}
        self.as_handler(complaint).message_post(**note)
        self.cause.name = "SECRET-CAUSE"
        self.close(complaint, answer="<p>OUR-ANSWER</p>")
        bodies = " ".join(self.sent(complaint).mapped("body"))
        self.assertIn("OUR-ANSWER", bodies)
        for secret in ("INTERNAL-NOTE", "SECRET-CAUSE"):
            self.assertNotIn(secret, bodies)

    def test_in_the_complainants_language(self):
        self.env["res.lang"]._activate_lang("zh_CN")
        self.turn_on()
        self.contact.lang = "zh_CN"
        template = self.env.ref("crm_relationship.mail_template_complaint_received")
        template.with_context(lang="zh_CN").subject = "收到 {{ object.name }}"
        complaint = self.make_complaint(contact_id=self.contact.id)
        self.assertEqual(self.sent(complaint).subject, f"收到 {complaint.name}")

    def test_answers_go_to_the_team(self):
        domain = self.env["mail.alias.domain"].create({"name": "reply.example"})
        self.team.write({"alias_name": "reply-test", "alias_domain_id": domain.id})
        self.turn_on()
        complaint = self.make_complaint(contact_id=self.contact.id, team_id=self.team.id)
        self.assertIn("reply-test@reply.example", self.sent(complaint).reply_to)

    def test_imports_send_nothing(self):
        self.turn_on()
        complaint = (
            self.env["crm.relationship.complaint"]
            .with_context(import_file=True)
            .create(
                {
                    "subject": "Old",
                    "partner_id": self.customer.id,
                    "contact_id": self.contact.id,
                    "company_id": self.company.id,
                }
            )
        )
        self.assertFalse(self.sent(complaint))

    def test_our_mail_ends_no_waiting(self):
        self.turn_on()
        self.complaint.contact_id = self.contact
        self.as_handler().action_wait()
        self.assertEqual(len(self.sent()), 1)
        self.assertTrue(self.complaint.is_waiting)

    def test_deleted_template(self):
        self.turn_on()
        self.env.ref("crm_relationship.mail_template_complaint_received").unlink()
        self.assertFalse(self.sent(self.make_complaint(contact_id=self.contact.id)))
