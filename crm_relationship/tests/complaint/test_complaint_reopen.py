from odoo.exceptions import AccessError, UserError
from odoo.tests import freeze_time, tagged

from .common import ComplaintCase


@tagged("post_install", "-at_install")
class TestComplaintReopen(ComplaintCase):
    """Reopening within the days that the company allows."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.company.resource_calendar_id.tz = "Asia/Shanghai"
        cls.complaint.date_received = "2025-06-01 10:00:00"

    def close_on(self, moment):
        with freeze_time(moment):
            self.close()

    def test_on_the_last_day_and_the_day_after(self):
        self.close_on("2025-06-10 15:59:00")  # 23:59 of the 10th in Shanghai
        self.assertEqual(str(self.complaint.reopen_until), "2025-07-10")
        with freeze_time("2025-07-10 16:00:00"):  # the 11th there
            self.env.invalidate_all()
            self.assertFalse(self.complaint.can_reopen)
            with self.assertRaisesRegex(UserError, "could be reopened until"):
                self.step("reopen")
        with freeze_time("2025-07-10 15:59:00"):
            self.env.invalidate_all()
            self.assertTrue(self.complaint.can_reopen)
            self.step("reopen")
        self.assertEqual(self.complaint.stage_code, "assessing")

    def test_never_where_the_company_says_so(self):
        self.company.relationship_complaint_reopen_days = 0
        self.close_on("2025-06-10 12:00:00")
        with freeze_time("2025-06-10 12:01:00"), self.assertRaisesRegex(UserError, "reopens no"):
            self.step("reopen")

    def test_what_had_been_decided_is_kept(self):
        self.close_on("2025-06-10 12:00:00")
        with freeze_time("2025-06-12 09:00:00"):
            self.step("reopen")
        complaint = self.complaint
        self.assertEqual(
            (complaint.reopen_count, str(complaint.date_reopened)[:10]), (1, "2025-06-12")
        )
        self.assertFalse(complaint.result or complaint.date_closed or complaint.date_answered)
        former = complaint.reopening_ids
        self.assertEqual((former.reason, former.origin), ("Failed again", "handler"))
        self.assertEqual((former.result, str(former.date_closed)[:10]), ("accepted", "2025-06-10"))
        self.assertIn("Sorry", former.answer)
        self.assertEqual(former.user_id, self.handler)
        self.assertEqual(complaint.cause_id, self.cause)
        with self.assertRaisesRegex(UserError, "an answer"):
            self.move("closed", result="accepted")
        with freeze_time("2025-06-15 09:00:00"):
            self.close()
            self.step("reopen")
        self.assertEqual(complaint.reopen_count, 2)

    def test_only_what_is_closed_and_with_a_reason(self):
        with self.assertRaisesRegex(UserError, "is open already"):
            self.step("reopen")
        self.close()
        with self.assertRaisesRegex(UserError, "Enter why"):
            self.step("reopen", reason="  ")

    def test_who_may(self):
        self.close()
        for user in (self.employee, self.seller, self.manager):
            with self.subTest(user=user.login), self.assertRaises(AccessError):
                self.complaint.with_user(user)._reopen("No right")
        self.complaint.sudo()._reopen("It failed", origin="complainant")
        self.assertEqual(self.complaint.reopening_ids.origin, "complainant")

    def test_nobody_writes_the_list(self):
        self.close()
        self.step("reopen")
        reopening = self.complaint.reopening_ids
        for user in (self.handler, self.executive):
            with self.assertRaises(AccessError):
                reopening.with_user(user).reason = "Other"
            with self.assertRaises(AccessError):
                reopening.with_user(user).unlink()
