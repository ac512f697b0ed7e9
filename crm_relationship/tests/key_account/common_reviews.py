from freezegun import freeze_time

from ...models.key_account.review_changes import compare_snapshots
from .common_actions import ActionCase


class ReviewCase(ActionCase):
    """An active plan of 2025 with its first review planned for 1 April."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.company.resource_calendar_id.tz = "UTC"
        cls.review = cls.plan.review_ids

    def hold(self, review=None, user=None, day="2025-04-01"):
        """Hold a review at noon of the day, and return it."""
        review = review or self.get_planned()
        with freeze_time(f"{day} 12:00:00"):
            review.with_user(user or self.owner).action_hold()
            self.env.flush_all()
        self.env.invalidate_all()
        return review

    def get_planned(self, plan=None):
        return (plan or self.plan).review_ids.filtered(lambda review: review.state == "planned")

    def compare(self, review):
        """Return the changes of a review by group, as values."""
        previous = review._get_previous()[review]
        return compare_snapshots(previous.snapshot, review.snapshot)

    @classmethod
    def make_year(cls, start, end, **values):
        """Return an active plan of another customer."""
        customer = cls.env["res.partner"].create({"name": "Other Key", "is_company": True})
        plan = cls.make_plan(
            partner_id=customer.id, date_start=start, date_end=end, state="draft", **values
        )
        plan.action_start()
        return plan
