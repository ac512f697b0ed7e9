from datetime import date
from unittest.mock import patch

from freezegun import freeze_time

from odoo.tests import tagged

from ...models.key_account import crm_relationship_plan_review_reminder as reminder
from .common_reviews import ReviewCase


@tagged("post_install", "-at_install")
class TestReviewReminder(ReviewCase):
    """The owner hears once, on the day, that a review is due."""

    def run_cron(self, moment="2025-04-01 12:00:00"):
        with freeze_time(moment):
            self.env["crm.relationship.plan.review"]._cron_remind()
        self.env.invalidate_all()
        return self.review.activity_ids

    def test_on_the_day_in_the_companys_time_zone(self):
        self.company.resource_calendar_id.tz = "Asia/Shanghai"
        self.assertFalse(self.run_cron("2025-03-31 15:59:00"))
        activity = self.run_cron("2025-03-31 16:01:00")
        self.assertEqual((activity.user_id, activity.date_deadline), (self.owner, date(2025, 4, 1)))
        self.assertIn("Quarterly", activity.note)
        self.assertEqual(self.run_cron("2025-04-05 12:00:00"), activity)

    def test_once_even_if_the_owner_is_through_with_it(self):
        self.run_cron().action_done()
        self.assertFalse(self.run_cron("2025-04-09 12:00:00"))

    def test_cleared_when_held_moved_or_closed(self):
        self.run_cron()
        self.review.with_user(self.member).date = date(2025, 5, 1)
        self.assertFalse(self.review.activity_ids)
        self.assertFalse(self.run_cron("2025-04-30 12:00:00"))
        self.assertTrue(self.run_cron("2025-05-01 12:00:00"))
        self.plan.with_user(self.owner).action_close()
        self.assertFalse(self.review.activity_ids)
        self.assertFalse(self.run_cron("2025-05-02 12:00:00"))
        self.plan.with_user(self.manager).action_reopen()
        self.assertTrue(self.run_cron("2025-05-03 12:00:00"))
        self.hold(day="2025-05-04")
        self.assertFalse(self.review.activity_ids)

    def test_a_new_owner_takes_it_over(self):
        self.run_cron()
        self.plan.with_user(self.owner).user_id = self.manager
        self.assertEqual(self.review.activity_ids.user_id, self.manager)

    def test_drafts_and_a_switched_off_feature(self):
        self.plan.action_draft()
        self.assertFalse(self.run_cron())
        self.plan.action_start()
        self.env["res.config.settings"].create({"group_relationship_key_account": False}).execute()
        self.assertFalse(self.run_cron())

    def test_in_batches(self):
        plans = [self.make_year(date(2025, 1, 1), date(2025, 12, 31)) for _number in range(4)]
        with patch.object(reminder, "BATCH", 2):
            self.run_cron()
        for plan in plans:
            self.assertEqual(len(plan.review_ids.activity_ids), 1)

    def test_a_failure_leaves_the_other_companies(self):
        other = self.create_company("Second Ltd")
        owner = self.new_user("review_second", "sales_team.group_sale_manager", other)
        plan = self.make_plan(company_id=other.id, user_id=owner.id)
        plan.action_start()
        self.company.relationship_alert_user_ids = self.manager
        reviews = self.env.registry["crm.relationship.plan.review"]
        original = reviews._remind

        def fail(records, *args):
            if records.company_id == self.company:
                raise ValueError("broken")
            return original(records, *args)

        with (
            patch.object(reviews, "_remind", fail),
            self.assertLogs("odoo.addons.crm_relationship", "ERROR"),
        ):
            self.assertFalse(self.run_cron())
        self.assertEqual(plan.review_ids.activity_ids.user_id, owner)
        told = self.env["mail.message"].search(
            [("model", "=", "res.company"), ("res_id", "=", self.company.id)], limit=1
        )
        self.assertIn(self.manager.partner_id, told.notified_partner_ids)
