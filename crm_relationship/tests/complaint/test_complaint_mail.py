import base64
from datetime import timedelta
from email.utils import format_datetime

from odoo import fields
from odoo.exceptions import UserError
from odoo.tests import tagged

from .common import ComplaintCase

ALIAS = "complaints-test"
DOMAIN = "relationship.example"
BIG = 20 * 1024 * 1024


@tagged("post_install", "-at_install")
class TestComplaintMail(ComplaintCase):
    """Mails to a team's alias: nothing lost, nothing doubled."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.domain = cls.env["mail.alias.domain"].create(
            {"name": DOMAIN, "bounce_alias": "bounce-test", "catchall_alias": "catchall-test"}
        )
        cls.company.alias_domain_id = cls.domain
        cls.team.write({"alias_name": ALIAS, "alias_domain_id": cls.domain.id})
        cls.complaints = cls.env["crm.relationship.complaint"]

    def raw(self, sender="Ann <ann@complaining.example>", subject="It broke", **parts):
        """Return a mail as bytes."""
        headers = {
            "From": sender,
            "To": parts.pop("to", f"{ALIAS}@{DOMAIN}"),
            "Subject": subject,
            "Message-Id": parts.pop("message_id", f"<{subject}@test>".replace(" ", ".")),
            "Date": format_datetime(parts.pop("date", fields.Datetime.now() - timedelta(hours=2))),
            **parts.pop("headers", {}),
        }
        body = parts.pop("body", "The press stopped.")
        head = "".join(f"{name}: {value}\r\n" for name, value in headers.items() if value)
        if isinstance(body, str):
            head += "Content-Type: text/plain; charset=utf-8\r\n"
            body = "\r\n" + body
            return head.encode() + body.encode()
        return head.encode() + body

    def receive(self, *args, **parts):
        """Let a mail come in, and return the new complaints."""
        before = self.complaints.search([])
        self.env["mail.thread"].message_process(False, self.raw(*args, **parts))
        return self.complaints.search([]) - before

    def reply(self, complaint, **parts):
        """Answer the last message that the customer got."""
        comment = self.env.ref("mail.mt_comment")
        message = complaint.message_ids.filtered(lambda message: message.subtype_id == comment)[:1]
        parts.setdefault("headers", {})["In-Reply-To"] = message.message_id
        parts.setdefault("message_id", "<reply@test>")
        return self.receive(subject="Re: anything", **parts)

    def say(self, body):
        """Write to the customer."""
        self.as_handler().message_post(
            body=body, message_type="comment", subtype_xmlid="mail.mt_comment"
        )

    # ---------------------------------------------------------------- senders

    def test_known_sender(self):
        complaint = self.receive()
        self.assertEqual(len(complaint), 1)
        self.assertEqual(complaint.partner_id, self.customer)
        self.assertEqual(complaint.contact_id, self.contact)
        self.assertEqual((complaint.channel, complaint.subject), ("mail", "It broke"))
        self.assertEqual((complaint.team_id, complaint.company_id), (self.team, self.company))
        self.assertIn("The press stopped.", complaint.description)
        self.assertFalse(complaint.is_unknown_sender)
        self.assertEqual(complaint.message_ids.filtered("author_id")[-1:].author_id, self.contact)

    def test_unknown_sender(self):
        """A contact is made and the complaint marked, but nobody is measured for it."""
        complaint = self.receive("Bob Stranger <bob@stranger.example>")
        self.assertEqual(complaint.partner_id.name, "Bob Stranger")
        self.assertEqual(complaint.partner_id.email_normalized, "bob@stranger.example")
        self.assertTrue(complaint.is_unknown_sender)
        profiles = self.env["crm.relationship.profile"]
        self.assertFalse(profiles.search([("partner_id", "=", complaint.partner_id.id)]))

    def test_unknown_sender_is_settled_by_the_customer(self):
        complaint = self.receive("Bob Stranger <bob@stranger.example>")
        self.as_handler(complaint).write({"partner_id": self.customer.id, "contact_id": False})
        self.assertFalse(complaint.is_unknown_sender)

    def test_unknown_sender_writes_again(self):
        first = self.receive("Bob <bob@stranger.example>", "First")
        second = self.receive("Bob <bob@stranger.example>", "Second")
        self.assertEqual(first.partner_id, second.partner_id)
        self.assertFalse(second.is_unknown_sender)

    def test_no_usable_sender(self):
        for number, sender in enumerate(("Undisclosed", "")):
            complaint = self.receive(sender, f"Whoever {number}")
            self.assertEqual(len(complaint), 1)
            self.assertTrue(complaint.is_unknown_sender)

    def test_shared_address_goes_to_who_bought(self):
        """Of several contacts with one address the buyer's counts, not the newest."""
        address = {"email": "office@shared.example"}
        buyer = self.env["res.partner"].create({"name": "Buyer", **address})
        self.env["res.partner"].create({"name": "Newer", **address})
        order = self.env["sale.order"].create(
            {"partner_id": buyer.id, "company_id": self.company.id}
        )
        order.write({"state": "sale"})
        complaint = self.receive("Office <office@shared.example>")
        self.assertEqual(complaint.partner_id, buyer)

    def test_contacts_of_other_companies_do_not_count(self):
        other = self.create_company("Other Ltd")
        self.env["res.partner"].create(
            {"name": "Theirs", "email": "x@theirs.example", "company_id": other.id}
        )
        complaint = self.receive("X <x@theirs.example>")
        self.assertTrue(complaint.is_unknown_sender)
        self.assertEqual(complaint.partner_id.company_id, self.company)

    # ------------------------------------------------------------- what it says

    def test_date_received(self):
        now = fields.Datetime.now().replace(microsecond=0)
        cases = [
            (now - timedelta(hours=5), now - timedelta(hours=5)),
            (now + timedelta(days=1), None),
            (now - timedelta(days=4000), None),
        ]
        for number, (sent, expected) in enumerate(cases):
            complaint = self.receive(subject=f"Dated {number}", date=sent)
            if expected:
                self.assertEqual(complaint.date_received, expected)
            else:
                self.assertLess(abs(complaint.date_received - now), timedelta(minutes=5))

    def test_no_subject(self):
        self.assertEqual(
            self.receive(subject="", message_id="<none@test>").subject, "Email without a subject"
        )

    def test_scripts_are_removed(self):
        body = b"Content-Type: text/html\r\n\r\n<p>Broken<script>alert(1)</script></p>"
        complaint = self.receive(body=body)
        self.assertIn("Broken", complaint.description)
        self.assertNotIn("script", complaint.description)

    def test_broken_encoding(self):
        """Bytes that are not in the announced encoding, and an unknown one."""
        for number, charset in enumerate(("utf-8", "x-unknown-9")):
            body = f"Content-Type: text/plain; charset={charset}\r\n\r\n".encode()
            complaint = self.receive(
                subject=f"Odd {number}", body=body + b"Maschine \xff\xfe kaputt"
            )
            self.assertEqual(len(complaint), 1)
            self.assertIn("kaputt", complaint.description)

    def test_big_attachment(self):
        data = base64.encodebytes(b"x" * BIG)
        body = (
            b'Content-Type: multipart/mixed; boundary="B"\r\n\r\n'
            b"--B\r\nContent-Type: text/plain\r\n\r\nSee the film.\r\n"
            b"--B\r\nContent-Type: video/mp4\r\nContent-Transfer-Encoding: base64\r\n"
            b'Content-Disposition: attachment; filename="film.mp4"\r\n\r\n' + data + b"--B--\r\n"
        )
        complaint = self.receive(body=body)
        files = self.env["ir.attachment"].search(
            [("res_model", "=", complaint._name), ("res_id", "=", complaint.id)]
        )
        self.assertEqual((files.name, files.file_size), ("film.mp4", BIG))

    # ------------------------------------------------------------------ threads

    def test_same_message_twice(self):
        self.assertEqual(len(self.receive()), 1)
        self.assertFalse(self.receive())

    def test_two_teams_of_a_company_get_one(self):
        self.make_team(name="Second", alias_name="second-test", alias_domain_id=self.domain.id)
        both = f"{ALIAS}@{DOMAIN}, second-test@{DOMAIN}"
        self.assertEqual(len(self.receive(to=both)), 1)

    def test_reply_in_thread(self):
        complaint = self.receive()
        self.as_handler(complaint).action_wait()
        self.assertFalse(self.reply(complaint, body="Here is the number"))
        self.assertFalse(complaint.is_waiting)
        self.assertIn("Here is the number", complaint.message_ids[0].body)
        self.assertNotIn("Here is the number", complaint.description)

    def test_reply_by_number(self):
        """Mail programmes that drop the thread keep the subject."""
        for number, subject in enumerate(("Re: {}", "[{}] again", "AW: Ihre Nummer: {}!")):
            subject = subject.format(self.complaint.name).replace("!", "")
            new = self.receive(
                subject=subject, message_id=f"<by-number-{number}@test>", body="More"
            )
            self.assertFalse(new, subject)
            self.assertIn("More", self.complaint.message_ids[0].body)

    def test_reply_to_two_teams_is_one_message(self):
        self.make_team(name="Second", alias_name="second-test", alias_domain_id=self.domain.id)
        self.receive(
            subject=f"Re: {self.complaint.name}", to=f"{ALIAS}@{DOMAIN}, second-test@{DOMAIN}"
        )
        said = self.complaint.message_ids.filtered(lambda message: "stopped" in message.body)
        self.assertEqual(len(said), 1)

    def test_number_of_somebody_else(self):
        """Who knows a number can't write into another one's complaint."""
        new = self.receive("Eve <eve@stranger.example>", f"Re: {self.complaint.name}")
        self.assertEqual(len(new), 1)

    def test_colleague_may_use_the_number(self):
        self.env["res.partner"].create(
            {"name": "Col", "parent_id": self.customer.id, "email": "col@complaining.example"}
        )
        self.assertFalse(self.receive("Col <col@complaining.example>", self.complaint.name))

    # ---------------------------------------------------------- automatic mails

    def test_automatic_mails_make_nothing(self):
        cases = [
            {"Auto-Submitted": "auto-replied"},
            {"Auto-Submitted": "auto-generated; x=y"},
            {"X-Auto-Response-Suppress": "All"},
            {"Precedence": "bulk"},
            {"X-Autoreply": "yes"},
        ]
        for number, headers in enumerate(cases):
            with self.subTest(headers):
                self.assertFalse(self.receive(subject=f"Away {number}", headers=headers))
        for subject in ("Automatic reply: It broke", "Out of Office", "自动回复：It broke"):
            with self.subTest(subject):
                self.assertFalse(self.receive(subject=subject, message_id=f"<{len(subject)}@x>"))

    def test_people_are_not_automatic(self):
        headers = {"Auto-Submitted": "no", "Precedence": "normal"}
        self.assertEqual(len(self.receive(headers=headers)), 1)

    def test_bounces_make_nothing(self):
        self.assertFalse(self.receive("MAILER-DAEMON <mailer-daemon@complaining.example>"))

    def test_automatic_reply_is_kept_quietly(self):
        """It ends no waiting and notifies nobody, but is not lost."""
        complaint = self.receive()
        self.as_handler(complaint).action_wait()
        self.reply(complaint, headers={"Auto-Submitted": "auto-replied"}, body="I am away")
        self.assertTrue(complaint.is_waiting)
        message = complaint.message_ids.filtered(lambda message: "I am away" in message.body)
        self.assertEqual(message.subtype_id, self.env.ref("mail.mt_note"))
        self.assertFalse(message.notified_partner_ids)

    def test_loops_end(self):
        """Odoo's own guard against loops knows who made a complaint."""
        self.env["ir.config_parameter"].set_param("mail.gateway.loop.threshold", "3")
        made = [
            len(self.receive("Robot <robot@loop.example>", f"Loop {number}")) for number in range(6)
        ]
        self.assertEqual(made, [1, 1, 1, 0, 0, 0])

    # ------------------------------------------------------------- after closing

    def test_reply_after_closing_tells_the_handler(self):
        self.say("Hello")
        self.close()
        self.reply(self.complaint, body="It stopped again")
        self.assertEqual(self.complaint.stage_code, "closed")
        self.assertEqual(self.complaint.activity_ids.user_id, self.handler)
        self.reply(self.complaint, body="And again", message_id="<late2@test>")
        self.assertEqual(len(self.complaint.activity_ids), 1)

    def test_who_has_left_is_not_told(self):
        self.complaint.team_id = self.team
        self.say("Hello")
        self.close()
        self.handler.active = False
        self.reply(self.complaint, body="It stopped again")
        self.assertEqual(self.complaint.activity_ids.user_id, self.leader)

    def test_reply_after_closing_reopens_by_setting(self):
        self.company.relationship_complaint_mail_reopens = True
        self.say("Hello")
        self.close()
        self.reply(self.complaint, body="It stopped again")
        self.assertEqual(self.complaint.stage_code, "assessing")
        self.assertEqual(self.complaint.reopening_ids.origin, "complainant")
        self.assertEqual(self.complaint.reopening_ids.reason, "It stopped again")

    def test_reply_after_the_period_reopens_nothing(self):
        self.company.relationship_complaint_mail_reopens = True
        self.say("Hello")
        self.close()
        late = fields.Datetime.now() - timedelta(
            self.company.relationship_complaint_reopen_days + 2
        )
        self.complaint._save({"date_closed": late})
        self.reply(self.complaint, body="It stopped again")
        self.assertEqual(self.complaint.stage_code, "closed")
        self.assertTrue(self.complaint.activity_ids)

    def test_automatic_reply_after_closing(self):
        self.company.relationship_complaint_mail_reopens = True
        self.say("Hello")
        self.close()
        self.reply(self.complaint, headers={"Auto-Submitted": "auto-replied"})
        self.assertEqual(self.complaint.stage_code, "closed")
        self.assertFalse(self.complaint.activity_ids)

    def test_assignment(self):
        self.team.assignment = "load"
        self.assertIn(self.receive().user_id, self.handler | self.colleague)

    def test_nobody_writes_what_the_model_manages(self):
        for name in ("email_from", "is_unknown_sender", "access_token", "outcome_rating"):
            with self.subTest(name), self.assertRaises(UserError):
                self.as_handler().write({name: "1"})
