from odoo.tests import freeze_time, tagged

from .common import ComplaintCase


@tagged("post_install", "-at_install")
class TestComplaintAge(ComplaintCase):
    """Days of the calendar in the company's time zone; SQL counts as Python does."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.company.resource_calendar_id.tz = "Asia/Shanghai"
        cls.complaint.unlink()

    def received(self, moment, **values):
        return self.make_complaint(date_received=moment, **values)

    def find(self, *domain):
        return self.env["crm.relationship.complaint"].search(
            [("company_id", "=", self.company.id), *domain], order="age_days, id"
        )

    @freeze_time("2025-06-30 17:00:00")  # 01:00 of the 1st of July in Shanghai
    def test_days_of_the_companys_calendar(self):
        today = self.received("2025-06-30 16:00:00")  # midnight there
        yesterday = self.received("2025-06-30 15:59:00")
        old = self.received("2025-06-10 10:00:00")
        all_of_them = today + yesterday + old
        self.assertEqual(all_of_them.mapped("age_days"), [0, 1, 21])
        self.assertEqual(self.find(), all_of_them)
        for complaint in all_of_them:
            self.assertEqual(self.find(("age_days", "=", complaint.age_days)), complaint)
        self.assertEqual(self.find(("age_days", ">", 1)), old)
        self.assertEqual(self.find(("age_days", ">=", 1)), yesterday + old)
        self.assertEqual(self.find(("age_days", "<", 1)), today)
        self.assertEqual(self.find(("age_days", "<=", 0)), today)
        self.assertEqual(self.find(("age_days", "!=", 1)), today + old)
        self.assertEqual(self.find(("age_days", "in", [0, 21])), today + old)
        self.assertFalse(self.find(("age_days", "in", [])))

    def test_a_closed_one_is_as_old_as_it_was_then(self):
        complaint = self.received("2025-06-01 08:00:00")
        with freeze_time("2025-06-04 08:00:00"):
            self.close(complaint)
        with freeze_time("2025-06-20 08:00:00"):
            self.env.invalidate_all()
            self.assertEqual(complaint.age_days, 3)
            self.assertEqual(self.find(("age_days", "=", 3)), complaint)
            self.step("reopen", complaint)
            self.env.invalidate_all()
            self.assertEqual(complaint.age_days, 19)

    @freeze_time("2025-06-30 12:00:00")
    def test_each_company_has_its_own_day(self):
        other = self.create_company("West Ltd")
        other.resource_calendar_id.tz = "America/Los_Angeles"
        moment = "2025-06-29 20:00:00"  # 4 in the morning of the 30th, and 13 of the 29th
        east, west = self.received(moment), self.received(moment, company_id=other.id)
        self.assertEqual([east.age_days, west.age_days], [0, 1])
        found = self.env["crm.relationship.complaint"].search(
            [("id", "in", (east + west).ids), ("age_days", "=", 1)]
        )
        self.assertEqual(found, west)

    @freeze_time("2025-06-30 12:00:00")
    def test_average_and_groups(self):
        for moment in ("2025-06-29 12:00:00", "2025-06-27 12:00:00", "2025-06-27 13:00:00"):
            self.received(moment)
        complaints = self.env["crm.relationship.complaint"].with_user(self.handler)
        groups = complaints.formatted_read_group([], ["age_days"], ["__count"])
        self.assertEqual([(g["age_days"], g["__count"]) for g in groups], [(1, 1), (3, 2)])
        [total] = complaints.formatted_read_group([], [], ["age_days:avg"])
        self.assertAlmostEqual(float(total["age_days:avg"]), 7 / 3)
        description = complaints.fields_get(["age_days"])["age_days"]
        self.assertTrue(description["searchable"] and description["sortable"])
        self.assertTrue(description["groupable"])
