from datetime import datetime, timedelta

from freezegun import freeze_time

from odoo.tests import tagged

from .common import KeyAccountCase

TODAY = datetime(2025, 6, 30, 12)


@tagged("post_install", "-at_install")
@freeze_time(TODAY)
class TestLastContact(KeyAccountCase):
    """The last contact is found in activities, meetings, messages and orders."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.role = cls.make_role("Ann")
        cls.contact = cls.role.partner_id

    def assert_last(self, days):
        self.env.flush_all()
        self.env.invalidate_all()
        expected = (TODAY - timedelta(days=days)).date()
        self.assertEqual(self.role.with_user(self.outsider).last_contact_date, expected)

    def complete(self, record, days):
        activity = record.activity_schedule("mail.mail_activity_data_todo")
        activity.action_done()
        self.env.flush_all()
        self.env.cr.execute(
            "UPDATE mail_activity SET date_done = %s WHERE id = %s",
            [(TODAY - timedelta(days=days)).date(), activity.id],
        )

    def test_nothing_is_never(self):
        self.role.activity_schedule("mail.mail_activity_data_todo")
        self.assertFalse(self.role.last_contact_date)
        self.assertEqual(self.role.freshness, "never")

    def test_done_activities(self):
        self.complete(self.role, 9)
        self.assert_last(9)
        self.complete(self.contact, 8)
        self.assert_last(8)
        lead = self.env["crm.lead"].create({"name": "Deal", "partner_id": self.contact.id})
        self.complete(lead, 7)
        self.assert_last(7)

    def test_meetings_that_are_over(self):
        for days in (5, -5):
            start = TODAY - timedelta(days=days)
            self.env["calendar.event"].create(
                {
                    "name": "Meeting",
                    "start": start,
                    "stop": start + timedelta(hours=1),
                    "partner_ids": [(6, 0, self.contact.ids)],
                }
            )
        self.assert_last(5)

    def test_messages_either_way(self):
        message = {"model": "res.partner", "res_id": self.customer.id, "message_type": "email"}
        messages = self.env["mail.message"]
        messages.create(
            {**message, "author_id": self.contact.id, "date": TODAY - timedelta(days=4)}
        )
        self.assert_last(4)
        messages.create(
            {
                **message,
                "author_id": self.owner.partner_id.id,
                "partner_ids": [(6, 0, self.contact.ids)],
                "date": TODAY - timedelta(days=3),
            }
        )
        self.assert_last(3)
        messages.create(
            {**message, "message_type": "notification", "author_id": self.contact.id, "date": TODAY}
        )
        self.assert_last(3)

    def test_orders_of_the_company(self):
        other = self.create_company("Second Ltd")
        for company, days, state in (
            (self.company, 20, "sale"),
            (self.company, 1, "draft"),
            (other, 1, "sale"),
        ):
            self.env["sale.order"].create(
                {
                    "partner_id": self.contact.id,
                    "company_id": company.id,
                    "date_order": TODAY - timedelta(days=days),
                    "state": state,
                }
            )
        self.assert_last(20)

    def test_freshness_at_its_boundaries(self):
        self.company.relationship_unseen_days = 60
        for days, expected in ((30, "fresh"), (31, "due"), (60, "due"), (61, "stale")):
            self.env.cr.execute("DELETE FROM mail_activity WHERE NOT active")
            self.complete(self.role, days)
            self.env.invalidate_all()
            self.assertEqual(self.role.freshness, expected, f"after {days} days")
