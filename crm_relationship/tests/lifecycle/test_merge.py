from datetime import date, timedelta

from odoo.tests import tagged

from .common_loss import LOST_DAY, OPENING, LossCase

DAY = date(2025, 7, 21)


@tagged("post_install", "-at_install")
class TestMerge(LossCase):
    """What people noted and decided of merged contacts does not vanish."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.twin = cls.make_customers(1)
        cls.make_invoices(
            [(cls.twin, date(2025, 7, 1) - timedelta(days=20 * step), 10) for step in range(10)]
        )

    def setUp(self):
        super().setUp()
        self.set_today(DAY)

    def merge(self, source, kept):
        self.env["base.partner.merge.automatic.wizard"].create({})._merge((source + kept).ids, kept)
        self.env.flush_all()
        self.env.invalidate_all()

    def test_notes_are_taken_where_there_are_none(self):
        self.recalculate(OPENING)
        self.get_profile(self.customer).write({"ladder_mark": "advocate", "yearly_need": 500})
        self.get_profile(self.twin).yearly_need = 900
        self.merge(self.customer, self.twin)
        profile = self.get_profile(self.twin)
        self.assertEqual((profile.ladder_mark, profile.yearly_need), ("advocate", 900))

    def test_a_dismissal_wins(self):
        self.lose()
        self.assertNotEqual(self.get_profile(self.twin).stage_code, "lost")
        self.get_profile(self.customer)._dismiss(self.passive_reason)
        self.merge(self.customer, self.twin)
        profile = self.get_profile(self.twin)
        self.assertEqual((profile.dismissed_date, profile.stage_code), (DAY, "lost"))
        loss = self.find_losses(self.twin)
        self.assertEqual((loss.state, loss.kind), ("open", "passive"))
        self.recalculate(date(2025, 7, 31))
        self.assertEqual(self.get_profile(self.twin).stage_code, "lost")
        self.assertEqual(self.find_losses(self.twin), loss)

    def test_a_loss_of_one_that_is_not_lost_was_none(self):
        self.lose()
        loss = self.find_losses()
        self.merge(self.customer, self.twin)
        self.assertEqual(loss.partner_id, self.twin)
        self.assertEqual((loss.state, loss.end_date), ("void", DAY))
        self.assertFalse(self.find_tasks(loss))
        self.assertFalse(loss.user_id - self.twin.user_id)

    def test_two_that_are_lost_are_lost_once(self):
        other = self.make_customers(1)
        self.make_silent(other, last=date(2025, 1, 10))
        self.recalculate(OPENING)
        for day in (date(2025, 7, 15), LOST_DAY):
            self.recalculate(day)
        self.merge(other, self.customer)
        losses = self.find_losses()
        self.assertEqual(sorted(losses.mapped("state")), ["open", "void"])
        still_open = losses.filtered(lambda loss: loss.state == "open")
        self.assertEqual(still_open.date, date(2025, 7, 15))

    def test_the_history_says_what_holds(self):
        self.recalculate(OPENING)
        self.merge(self.customer, self.twin)
        profile = self.get_profile(self.twin)
        held = {
            change.dimension: change.new_value
            for change in profile.change_ids
            if change.cause == "merged"
        }
        self.assertEqual(held["stage"], profile.stage_code)
        self.assertEqual(held["ladder"], profile.ladder_step)

    def test_referrals_follow(self):
        referred = self.make_customers(1, referred_by_id=self.customer.id)
        self.merge(self.customer, self.twin)
        self.assertEqual(referred.referred_by_id, self.twin)

    def test_nobody_refers_itself(self):
        for number, (source, kept) in enumerate((("first", "second"), ("second", "first"))):
            with self.subTest(kept=kept):
                first = self.make_customers(1)
                pair = {"first": first, "second": self.make_customers(1, referred_by_id=first.id)}
                self.merge(pair[source], pair[kept])
                self.assertFalse(pair[kept].referred_by_id, number)

    def test_nobody_refers_itself_through_others(self):
        first = self.make_customers(1)
        second = self.make_customers(1, referred_by_id=first.id)
        third = self.make_customers(1, referred_by_id=second.id)
        self.merge(first, third)
        self.assertFalse(third.referred_by_id)
        self.assertEqual(second.referred_by_id, third)

    def test_nobody_refers_itself_through_others_the_other_way(self):
        first = self.make_customers(1)
        second = self.make_customers(1, referred_by_id=first.id)
        third = self.make_customers(1, referred_by_id=second.id)
        self.merge(third, first)
        self.assertFalse(first.referred_by_id)
        self.assertEqual(second.referred_by_id, first)
