import doctest
from datetime import date

from freezegun import freeze_time
from markupsafe import Markup
from psycopg2 import IntegrityError

from odoo import Command
from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged
from odoo.tools import mute_logger

from ...models.key_account import crm_relationship_plan_reviews, review_changes
from ...models.key_account.crm_relationship_plan_reviews import propose_review_date
from .common_reviews import ReviewCase


@tagged("post_install", "-at_install")
class TestReview(ReviewCase):
    """A review is planned by the rhythm and held; what it keeps stays."""

    def test_doctests(self):
        for module in (review_changes, crm_relationship_plan_reviews):
            self.assertFalse(doctest.testmod(module).failed)

    def test_the_first_is_planned_when_the_plan_starts(self):
        self.assertEqual(self.review.date, date(2025, 4, 1))
        self.assertEqual(self.review.state, "planned")
        self.assertEqual(self.review.participant_ids, self.owner | self.member)
        self.plan.action_draft()
        self.plan.action_start()
        self.assertEqual(self.plan.review_ids, self.review)

    def test_begun_late_nothing_is_due_at_once(self):
        year = date(2025, 1, 1), date(2025, 12, 31)
        for today, day in (
            ("2025-01-01", date(2025, 4, 1)),
            ("2025-06-30", date(2025, 10, 1)),
            ("2025-12-30", year[1]),
            ("2024-11-30", date(2025, 4, 1)),
        ):
            with freeze_time(f"{today} 12:00:00"):
                self.assertEqual(self.make_year(*year).review_ids.date, day)

    def test_rhythm_over_month_ends(self):
        start, end = date(2025, 1, 31), date(2025, 12, 31)
        days = [start]
        while day := propose_review_date(start, end, "monthly", days[-1]):
            days.append(day)
        self.assertEqual(
            [(day.month, day.day) for day in days[1:]],
            [
                (2, 28),
                (3, 31),
                (4, 30),
                (5, 31),
                (6, 30),
                (7, 31),
                (8, 31),
                (9, 30),
                (10, 31),
                (11, 30),
                (12, 31),
            ],
        )
        leap = propose_review_date(date(2023, 8, 31), end, "half_yearly", date(2023, 8, 31))
        self.assertEqual(leap, date(2024, 2, 29))

    def test_rhythm_and_the_ends_of_the_period(self):
        year = date(2025, 1, 1), date(2025, 12, 31)
        self.assertEqual(propose_review_date(*year, "quarterly", date(2025, 10, 1)), year[1])
        self.assertEqual(propose_review_date(*year, "yearly", year[0]), year[1])
        self.assertIsNone(propose_review_date(*year, "quarterly", year[1]))

    def test_rhythm_keeps_half_of_it_between_two(self):
        year = date(2025, 1, 1), date(2025, 12, 31)
        # 45 days before 1 July is 17 May.
        near, far = date(2025, 5, 17), date(2025, 5, 18)
        self.assertEqual(propose_review_date(*year, "quarterly", near), date(2025, 7, 1))
        self.assertEqual(propose_review_date(*year, "quarterly", far), date(2025, 10, 1))

    def test_holding_keeps_and_plans_the_next(self):
        self.hold(day="2025-04-03")
        self.assertEqual((self.review.state, self.review.date), ("done", date(2025, 4, 3)))
        self.assertEqual(self.review.held_by_id, self.owner)
        self.assertEqual(self.review.snapshot["chain"][0]["name"], "Ann")
        self.assertEqual(self.get_planned().date, date(2025, 7, 1))
        self.assertEqual(self.plan.held_review_count, 1)
        self.assertEqual(self.plan.next_review_date, date(2025, 7, 1))

    def test_held_early_the_next_is_not_the_same_again(self):
        self.hold(day="2025-02-20")
        self.assertEqual(self.get_planned().date, date(2025, 7, 1))

    def test_held_after_the_period_plans_none(self):
        self.hold(day="2026-01-05")
        self.assertFalse(self.get_planned())

    def test_not_twice(self):
        self.hold()
        with self.assertRaisesRegex(UserError, "was held already"):
            self.review.with_user(self.owner).action_hold()
        self.assertEqual(len(self.plan.review_ids), 2)

    def test_not_in_a_draft(self):
        self.plan.action_draft()
        with self.assertRaisesRegex(UserError, "Start the plan"):
            self.review.with_user(self.owner).action_hold()

    def test_one_planned_at_a_time(self):
        with self.assertRaises(IntegrityError), mute_logger("odoo.sql_db"):
            self.env["crm.relationship.plan.review"].create(
                {"plan_id": self.plan.id, "date": date(2025, 8, 1)}
            )
            self.env.flush_all()

    def test_due_exactly_today_in_the_companys_time_zone(self):
        self.company.resource_calendar_id.tz = "Asia/Shanghai"
        for moment, is_due in (("2025-03-31 15:59:00", False), ("2025-03-31 16:01:00", True)):
            with freeze_time(moment):
                self.env.invalidate_all()
                self.assertEqual((self.review.is_due, self.plan.is_review_due), (is_due, is_due))

    def test_nobody_changes_a_snapshot(self):
        self.hold()
        for user in (self.owner, self.member, self.manager):
            review = self.review.with_user(user)
            for vals in (
                {"snapshot": {}},
                {"state": "planned"},
                {"date": date(2025, 5, 1)},
                {"participant_ids": [(5,)]},
                {"score": 100},
                {"score_values": {}},
                {"flag_count": 0},
                {"held_by_id": user.id},
                {"plan_id": self.plan.copy().id},
                {"decisions": "<p>A</p>", "date": date(2025, 5, 1)},
            ):
                with self.assertRaises(UserError, msg=vals), self.env.cr.savepoint():
                    review.write(vals)
            with self.assertRaisesRegex(UserError, "was held"), self.env.cr.savepoint():
                review.unlink()
        planned = self.get_planned().with_user(self.owner)
        for vals in (
            {"snapshot": {"chain": []}},
            {"state": "done"},
            {"reminded_date": "2025-01-01"},
        ):
            with self.assertRaises(UserError), self.env.cr.savepoint():
                planned.write(vals)

    def test_nobody_makes_a_held_one(self):
        self.get_planned().unlink()
        reviews = self.env["crm.relationship.plan.review"].with_user(self.owner)
        base = {"plan_id": self.plan.id, "date": date(2025, 4, 1)}
        for vals in ({"state": "done"}, {"snapshot": {"a": 1}}, {"held_by_id": 1}):
            with self.assertRaises(UserError), self.env.cr.savepoint():
                reviews.create({**base, **vals})
            defaults = {f"default_{name}": value for name, value in vals.items()}
            with self.assertRaises(UserError), self.env.cr.savepoint():
                reviews.with_context(**defaults).create(base)
        made = reviews.create({**base, "score": 99})
        self.assertEqual((made.state, made.score), ("planned", 0))

    def test_decisions_until_the_plan_is_closed(self):
        self.hold()
        review = self.review.with_user(self.member)
        review.decisions = "<p>Ask the CFO</p><p>Move the trial</p>"
        self.assertEqual(review.decision_summary, "Ask the CFO")
        self.plan.with_user(self.owner).action_close()
        for vals in ({"decisions": "<p>Other</p>"}, {"snapshot": {}}):
            with self.assertRaises(UserError), self.env.cr.savepoint():
                review.write(vals)
        planned = self.get_planned().with_user(self.manager)
        for call in (
            planned.action_hold,
            planned.unlink,
            lambda: planned.write({"date": "2026-1-1"}),
        ):
            with self.assertRaisesRegex(UserError, "is closed"), self.env.cr.savepoint():
                call()
        self.assertFalse(self.plan.changes_since_review)
        review.message_post(body=Markup("Talk goes on"))

    def test_who_works_on_it(self):
        portal = self.new_user("review_portal", "base.group_portal")
        stranger = self.new_user("review_stranger", "sales_team.group_sale_salesman")
        salesman = self.new_user("review_salesman", "sales_team.group_sale_salesman")
        self.customer.user_id = salesman
        other = self.create_company("Second Ltd")
        abroad = self.new_user("review_abroad", "sales_team.group_sale_manager", other)
        self.hold(user=self.member)
        planned = self.get_planned()
        for user in (self.owner, self.member, self.manager, self.outsider):
            self.assertTrue(self.review.with_user(user).read(["chain_map"])[0]["chain_map"])
            with self.assertRaises(AccessError):
                self.review.with_user(user).read(["snapshot"])
        for user in (stranger, salesman, abroad, portal, self.env.ref("base.public_user")):
            with self.assertRaises(AccessError):
                self.review.with_user(user).read(["chain_map"])
            with self.assertRaises(AccessError):
                planned.with_user(user).action_hold()
        for call in (
            lambda: planned.with_user(self.outsider).action_hold(),
            lambda: self.review.with_user(self.outsider).write({"decisions": "x"}),
            lambda: planned.with_user(self.outsider).unlink(),
        ):
            with self.assertRaises(AccessError):
                call()
        # Whoever reads the plan sees its last scores, and no more of the review.
        plan = self.plan.with_user(salesman)
        self.assertFalse(plan.review_ids)
        self.assertFalse(plan.changes_since_review)
        self.assertEqual(len(plan.assessment["dimensions"]), 6)

    def test_participants_are_insiders(self):
        portal = self.new_user("review_guest", "base.group_portal")
        with self.assertRaisesRegex(UserError, "a participant of a review"):
            self.review.with_user(self.owner).participant_ids = portal

    def test_who_left_the_company_is_not_asked_to_the_next(self):
        second = self.create_company("Second Ltd")
        self.member.write({"company_ids": [Command.set(second.ids)], "company_id": second.id})
        self.hold()
        self.assertEqual(self.get_planned().participant_ids, self.owner)

    def test_a_plan_goes_with_its_reviews(self):
        self.hold()
        reviews = self.plan.review_ids
        self.plan.with_user(self.owner).unlink()
        self.assertFalse(reviews.exists())

    def test_a_copy_of_the_plan_has_no_reviews(self):
        self.plan.review_rhythm = "monthly"
        copy = self.plan.copy()
        self.assertFalse(copy.review_ids)
        self.assertEqual(copy.review_rhythm, "monthly")

    def test_open_the_next(self):
        plan = self.plan.with_user(self.owner)
        self.assertEqual(plan.action_next_review()["res_id"], self.review.id)
        self.review.unlink()
        with freeze_time("2025-03-03"):
            made = self.env["crm.relationship.plan.review"].browse(
                plan.action_next_review()["res_id"]
            )
        self.assertEqual(made.date, date(2025, 3, 3))
