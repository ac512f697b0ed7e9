from odoo.exceptions import AccessError, UserError
from odoo.tests import freeze_time, tagged

from .common import TALK, ComplaintCase


@tagged("post_install", "-at_install")
class TestComplaintWait(ComplaintCase):
    """Waiting for the customer is timed, and a message of the customer ends it."""

    def wait(self):
        with freeze_time("2025-06-30 12:00:00"):
            self.as_handler().action_wait()

    def post(self, **values):
        with freeze_time("2025-07-02 08:30:00"):
            self.complaint.message_post(
                **TALK,
                **{"message_type": "comment", "subtype_xmlid": "mail.mt_comment", **values},
            )

    def test_by_the_buttons(self):
        self.wait()
        self.assertTrue(self.complaint.is_waiting)
        with freeze_time("2025-07-01 09:00:00"):
            self.as_handler().action_end_wait()
        wait = self.complaint.wait_ids
        self.assertFalse(self.complaint.is_waiting)
        self.assertEqual(str(wait.date_from), "2025-06-30 12:00:00")
        self.assertEqual(str(wait.date_to), "2025-07-01 09:00:00")
        self.assertEqual((wait.user_id, wait.ended_by), (self.handler, "hand"))
        self.as_handler().action_wait()
        self.assertEqual(len(self.complaint.wait_ids), 2)

    def test_not_twice_and_not_when_closed(self):
        self.wait()
        with self.assertRaisesRegex(UserError, "waits for the customer already"):
            self.as_handler().action_wait()
        self.close()
        self.assertEqual(self.complaint.wait_ids.ended_by, "closed")
        self.assertFalse(self.complaint.is_waiting)
        with self.assertRaisesRegex(UserError, "is closed"):
            self.as_handler().action_wait()

    def test_a_message_of_the_customers_ends_it(self):
        self.wait()
        self.post(author_id=self.contact.id)
        self.assertEqual(str(self.complaint.wait_ids.date_to), "2025-07-02 08:30:00")
        self.assertEqual(self.complaint.wait_ids.ended_by, "message")

    def test_a_mail_of_the_complainants_address_ends_it(self):
        self.complaint.contact_id = self.contact
        self.wait()
        self.post(
            author_id=False, email_from='"Ann" <ANN@complaining.example>', message_type="email"
        )
        self.assertFalse(self.complaint.is_waiting)

    def test_other_messages_do_not(self):
        [stranger] = self.make_customers(1)
        self.wait()
        self.post(author_id=self.colleague.partner_id.id)
        self.post(author_id=stranger.id)
        self.post(author_id=False, email_from="somebody@else.example", message_type="email")
        self.post(author_id=self.contact.id, message_type="notification")
        self.post(author_id=self.contact.id, subtype_xmlid="mail.mt_note")
        self.assertTrue(self.complaint.is_waiting)

    def test_nobody_writes_the_times(self):
        self.wait()
        for user in (self.handler, self.executive):
            with self.assertRaises(AccessError):
                self.complaint.wait_ids.with_user(user).date_from = "2020-01-01 00:00:00"
            with self.assertRaises(AccessError):
                self.complaint.wait_ids.with_user(user).unlink()
