import random
from datetime import date, datetime, timedelta

from odoo import Command
from odoo.tests import tagged

from .common import NOON, PosCase

EVENING = NOON.replace(hour=19)
AS_OF = date(2025, 6, 30)
COMPARED = (
    "purchase_count", "visit_count", "guest_count", "guest_revenue", "first_purchase_date",
    "last_purchase_date", "purchase_interval_days", "revenue", "revenue_previous",
    "refund_amount", "margin", "margin_coverage", "tier_basis", "tier_standing", "next_due_date",
)  # fmt: skip


@tagged("post_install", "-at_install")
class TestPosPurchases(PosCase):
    """What the orders of a till do to the measures of their customers."""

    def test_an_order_is_a_purchase(self):
        self.make_order(100)
        profile = self.measure()
        self.assertEqual(
            (profile.revenue, profile.visit_count, profile.purchase_count), (100, 1, 1)
        )
        self.assertEqual(profile.last_purchase_date, NOON.date())
        self.assertEqual(profile.tier_id, self.tiers["A"])
        self.assertFalse(profile.paid_amount)
        self.assertFalse(profile.overdue_amount)

    def test_lunch_and_dinner_are_two_visits_of_one_day(self):
        self.make_order(20)
        self.make_order(60, moment=EVENING)
        profile = self.measure()
        self.assertEqual((profile.visit_count, profile.purchase_count), (2, 1))
        self.assertEqual(profile.revenue, 80)

    def test_only_paid_and_posted_orders_count(self):
        for state in ("draft", "cancel"):
            self.make_order(100, state=state)
        self.assertFalse(self.measure())
        self.make_order(10, state="done")
        self.assertEqual(self.measure().revenue, 10)

    def test_an_order_that_is_paid_later_is_seen(self):
        order = self.make_order(100, state="draft")
        self.assertFalse(self.measure())
        order.state = "paid"
        self.assertEqual(self.measure().revenue, 100)
        self.assertEqual(self.run_record.kind, "incremental")

    def test_an_order_of_nobody_counts_for_nobody(self):
        self.make_order(100, partner=self.env["res.partner"])
        self.measure()
        self.assertFalse(
            self.env["crm.relationship.profile"].search([("company_id", "=", self.company.id)])
        )

    def test_a_walk_in_customer_can_be_left_out(self):
        self.make_order(100)
        self.assertTrue(self.measure())
        self.customer.relationship_excluded = True
        self.assertFalse(self.measure())

    def test_a_contacts_order_is_its_companys(self):
        contact = self.env["res.partner"].create({"name": "Guest", "parent_id": self.customer.id})
        self.make_order(100, partner=contact)
        self.assertEqual(self.measure().revenue, 100)

    def test_the_orders_company_counts(self):
        second = self.create_company("Second Ltd")
        self.make_order(100, company=second)
        self.assertFalse(self.measure())
        self.measure(company=second)
        self.assertEqual(self.get_profile(self.customer, second).revenue, 100)

    def test_refunds_lower_the_revenue_and_are_no_visits(self):
        self.make_order(100)
        self.make_order(-30, moment=EVENING)
        profile = self.measure()
        self.assertEqual((profile.revenue, profile.refund_amount, profile.visit_count), (70, 30, 1))

    def test_a_refund_that_is_not_marked_as_one(self):
        self.make_order(100)
        self.make_order(-30, is_refund=None)
        profile = self.measure()
        self.assertEqual((profile.refund_amount, profile.visit_count), (30, 1))

    def test_foreign_currency_is_rounded_as_the_company_rounds(self):
        self.make_order(10, currency_rate=3)
        self.assertEqual(self.measure().revenue, 3.33)
        self.company.currency_id.rounding = 0.05
        self.assertEqual(self.measure(full=True).revenue, 3.35)

    def test_order_without_a_rate(self):
        self.make_order(10, currency_rate=None)
        self.assertEqual(self.measure().revenue, 10)

    # ------------------------------------------------------------------- days

    def test_the_day_is_the_companys(self):
        self.company.resource_calendar_id.tz = "Asia/Taipei"  # UTC+8
        self.make_order(10, moment=datetime(2025, 6, 15, 15, 30))  # 23:30
        self.make_order(10, moment=datetime(2025, 6, 15, 16, 30))  # 00:30 of the next day
        profile = self.measure(as_of=date(2025, 6, 15))
        self.assertEqual((profile.visit_count, profile.last_purchase_date), (1, date(2025, 6, 15)))
        profile = self.measure(as_of=date(2025, 6, 16))
        self.assertEqual(self.run_record.kind, "incremental")
        self.assertEqual((profile.visit_count, profile.purchase_count), (2, 2))
        self.assertEqual(profile.last_purchase_date, date(2025, 6, 16))

    def test_west_of_greenwich(self):
        self.company.resource_calendar_id.tz = "America/New_York"  # UTC-4 in summer, -5 in winter
        self.make_order(10, moment=datetime(2025, 6, 15, 4, 0))
        self.make_order(10, moment=datetime(2025, 1, 15, 4, 59))
        profile = self.measure()
        self.assertEqual(profile.last_purchase_date, date(2025, 6, 15))
        self.assertEqual(profile.first_purchase_date, date(2025, 1, 14))

    def test_another_time_zone_moves_the_orders(self):
        self.make_order(10, moment=datetime(2025, 6, 15, 23, 30))
        self.assertEqual(self.measure().last_purchase_date, date(2025, 6, 15))
        self.company.resource_calendar_id.tz = "Asia/Taipei"
        self.assertEqual(self.measure().last_purchase_date, date(2025, 6, 16))
        self.assertEqual(self.run_record.kind, "full")

    def test_without_working_hours_the_day_is_of_utc(self):
        self.company.resource_calendar_id = False
        self.make_order(10, moment=datetime(2025, 6, 15, 23, 30))
        self.assertEqual(self.measure().last_purchase_date, date(2025, 6, 15))

    # ----------------------------------------------------------------- guests

    def test_guests_are_summed_where_they_are_known(self):
        self.make_order(40, guests=4)
        self.make_order(60, guests=3, moment=EVENING)
        self.make_order(15)  # the shop next door does not ask
        self.make_order(15, guests=0)
        profile = self.measure()
        self.assertEqual((profile.guest_count, profile.guest_revenue), (7, 100))
        self.assertEqual((profile.visit_count, profile.revenue), (4, 130))

    def test_a_refund_brings_no_guests(self):
        self.make_order(40, guests=4)
        self.make_order(-40, guests=4)
        profile = self.measure()
        self.assertEqual((profile.guest_count, profile.guest_revenue), (4, 40))

    # --------------------------------------------------------------- invoices

    def test_an_order_invoiced_later_counts_once_on_its_day(self):
        order = self.make_order(100)
        before = self.measure().read(COMPARED)
        self.invoice(order, day=date(2025, 6, 25))
        self.assertEqual(self.measure().read(COMPARED), before)
        self.assertEqual(self.run_record.kind, "incremental")
        self.assertEqual(self.measure(full=True).read(COMPARED), before)

    def test_ten_orders_on_one_invoice_are_ten_visits(self):
        orders = self.env["pos.order"]
        for day in range(1, 11):
            orders += self.make_order(10, moment=NOON.replace(day=day))
        self.invoice(orders)
        profile = self.measure()
        self.assertEqual((profile.visit_count, profile.purchase_count), (10, 10))
        self.assertEqual(profile.revenue, 100)

    def test_the_credit_note_of_a_refund_counts_once(self):
        self.invoice(self.make_order(100))
        self.invoice(self.make_order(-30))
        profile = self.measure()
        self.assertEqual((profile.revenue, profile.refund_amount), (70, 30))

    def test_a_credit_note_that_no_till_made_counts(self):
        self.invoice(self.make_order(100))
        self.make_invoices([(self.customer, NOON.date(), 40)], move_type="out_refund")
        profile = self.measure()
        self.assertEqual((profile.revenue, profile.visit_count), (60, 1))

    def test_invoices_without_a_till_count_beside_the_orders(self):
        self.invoice(self.make_order(100))
        self.make_invoices([(self.customer, date(2025, 6, 1), 50)])
        profile = self.measure()
        self.assertEqual((profile.revenue, profile.visit_count), (150, 2))

    def test_the_invoice_of_an_order_of_nobody_counts_itself(self):
        order = self.make_order(100, partner=self.env["res.partner"])
        self.invoice(order)
        profile = self.measure()
        self.assertEqual((profile.revenue, profile.visit_count), (100, 1))

    def test_a_cancelled_invoice_leaves_the_order(self):
        move_id = self.invoice(self.make_order(100))
        self.measure()
        self.env["account.move"].browse(move_id).state = "cancel"
        self.assertEqual(self.measure().revenue, 100)

    # ---------------------------------------------------------- what changes

    def test_an_order_given_to_another_customer(self):
        other = self.make_customers(1)
        order = self.make_order(100)
        self.make_order(5)
        self.assertEqual(self.measure().revenue, 105)
        self.env.cr.execute("UPDATE crm_relationship_run SET watermark = '2100-01-01'")
        order.partner_id = other
        self.assertEqual(self.measure().revenue, 5)
        self.assertEqual(self.run_record.kind, "incremental")

    def test_writing_the_same_customer_marks_nobody(self):
        order = self.make_order(100)
        profile = self.measure()
        due = profile.next_due_date
        order.write({"partner_id": self.customer.id})
        self.assertEqual(profile.next_due_date, due)

    def test_incremental_runs_give_what_a_full_run_gives(self):
        """Random orders, invoices and edits over random days, seeded."""
        self.patch(self.registry["crm.relationship.run"], "_is_full_due", lambda run: False)
        chance = random.Random(19)
        customers = self.make_customers(8)
        self.make_order(50, partner=customers[0], moment=datetime(2023, 1, 2))
        day = date(2024, 1, 1)
        self.measure(as_of=day)
        orders = self.env["pos.order"]
        for _step in range(25):
            day += timedelta(days=chance.randrange(1, 50))
            for _number in range(chance.randrange(4)):
                moment = datetime.combine(day, datetime.min.time()) + timedelta(
                    hours=chance.randrange(-72, 72)
                )
                orders += self.make_order(
                    chance.choice([100, 20, -15]),
                    partner=chance.choice(customers),
                    moment=moment,
                    state=chance.choice(["paid", "done", "draft"]),
                    guests=chance.choice([None, 2]),
                )
            self.edit_at_random(chance, orders, customers)
            self.measure(as_of=day)
            self.assertEqual(self.run_record.kind, "incremental")
        profiles = self.env["crm.relationship.profile"].search(
            [("company_id", "=", self.company.id)], order="partner_id"
        )
        found = profiles.read(COMPARED)
        self.assertGreater(len(found), 5)
        self.measure(as_of=day, full=True)
        self.assertEqual(profiles.read(COMPARED), found)

    def edit_at_random(self, chance, orders, customers):
        order = chance.choice(orders) if orders else orders
        if not order:
            return
        if order.state != "draft" and not order.account_move:
            self.invoice(order)
        elif order.state == "draft":
            order.state = "paid"
        else:
            order.partner_id = chance.choice(customers)

    def test_ranked_with_those_who_get_invoices(self):
        self.make_ranking([90, 80, 70, 60, 50, 40, 30, 20, 10])
        self.make_order(1000)
        self.assertEqual(self.measure().tier_id, self.tiers["A"])
        self.assertEqual(sum(self.count_tiers().values()), 10)

    def test_the_policys_domain_holds(self):
        tag = self.env["res.partner.category"].create({"name": "Guests of the house"})
        self.customer.category_id = [Command.link(tag.id)]
        self.policy.domain = repr([("category_id", "in", tag.ids)])
        other = self.make_customers(1)
        self.make_order(10)
        self.make_order(100, partner=other)
        self.assertEqual(self.measure().tier_standing, "ranked")
        self.assertFalse(self.get_profile(other).tier_standing)
