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

    def test_what_the_contact_declined_or_lies_ahead(self):
        start = TODAY - timedelta(days=5)
        meeting = self.env["calendar.event"].create(
            {
                "name": "Meeting",
                "start": start,
                "stop": start + timedelta(hours=1),
                "partner_ids": [(6, 0, self.contact.ids)],
            }
        )
        self.assert_last(5)
        meeting.attendee_ids.state = "declined"
        self.env.flush_all()
        self.env.invalidate_all()
        self.assertFalse(self.role.last_contact_date)
        self.env["mail.message"].create(
            {
                "model": "res.partner",
                "res_id": self.customer.id,
                "message_type": "email",
                "author_id": self.contact.id,
                "date": TODAY + timedelta(days=2),
            }
        )
        self.assertFalse(self.role.last_contact_date)

    def test_days_of_the_companys_time_zone(self):
        """At 20:00 UTC it is the next day in Shanghai; an all-day meeting has one day anywhere."""
        self.company.resource_calendar_id.tz = "Asia/Shanghai"
        self.env.registry.clear_cache()
        evening = datetime(2025, 6, 10, 20)
        allday = {"allday": True, "start_date": "2025-06-08", "stop_date": "2025-06-08"}
        for values, expected in (
            ({**allday, "start": datetime(2025, 6, 8), "stop": datetime(2025, 6, 8)}, "2025-06-08"),
            ({"start": evening - timedelta(hours=1), "stop": evening}, "2025-06-11"),
        ):
            self.env["calendar.event"].create(
                {"name": "Meeting", "partner_ids": [(6, 0, self.contact.ids)], **values}
            )
            self.env.invalidate_all()
            self.assertEqual(str(self.role.last_contact_date), expected)
        self.env["mail.message"].create(
            {
                "model": "res.partner",
                "res_id": self.customer.id,
                "message_type": "email",
                "author_id": self.contact.id,
                "date": datetime(2025, 6, 12, 16),
            }
        )
        self.env.invalidate_all()
        self.assertEqual(str(self.role.last_contact_date), "2025-06-13")

    def test_a_day_of_utc_is_not_tomorrow(self):
        self.company.resource_calendar_id.tz = "Pacific/Honolulu"
        self.env.registry.clear_cache()
        with freeze_time(datetime(2025, 7, 1, 3)):  # the 30th of June over there
            self.complete(self.role, 0)
            self.env.cr.execute("UPDATE mail_activity SET date_done = '2025-07-01'")
            self.env.invalidate_all()
            self.assertEqual(str(self.role.last_contact_date), "2025-06-30")
            self.assertEqual(self.role.freshness, "fresh")

    def test_search_sort_and_group_by_freshness(self):
        others = [self.make_role(name) for name in ("Bob", "Cid", "Dan")]
        for role, days in zip((self.role, *others[:2]), (5, 40, 90), strict=True):
            self.complete(role, days)
        bob, cid, dan = others
        self.env.invalidate_all()
        roles = self.env["crm.relationship.role"].with_user(self.outsider)
        plan = ("plan_id", "=", self.plan.id)
        for domain, expected in (
            ([("freshness", "=", "fresh")], self.role),
            ([("freshness", "in", ["stale", "never"])], cid + dan),
            ([("freshness", "!=", "never")], self.role + bob + cid),
            ([("freshness", "=", False)], roles),
            ([("last_contact_date", "=", False)], dan),
            ([("last_contact_date", "<", "2025-05-21")], cid),
            ([("last_contact_date", ">=", "2025-05-21")], self.role + bob),
            ([("last_contact_date", "=", "2025-05-21")], bob),
            ([("last_contact_date", "<", "today -60d")], cid),
        ):
            self.assertEqual(set(roles.search([plan, *domain])), set(expected), domain)
        order = roles.search([plan], order="last_contact_date desc nulls last")
        self.assertEqual(list(order), [self.role, bob, cid, dan])
        groups = roles.web_read_group([plan], ["freshness"], ["__count"])["groups"]
        counts = [(group["freshness"], group["__count"]) for group in groups]
        self.assertEqual(counts, [("fresh", 1), ("due", 1), ("stale", 1), ("never", 1)])
        months = dict(roles._read_group([plan], ["last_contact_date:month"], ["__count"]))
        self.assertEqual(sum(months.values()), 4)

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
