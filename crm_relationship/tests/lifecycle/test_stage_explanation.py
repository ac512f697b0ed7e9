from datetime import date, timedelta

from odoo.exceptions import AccessError
from odoo.tests import tagged
from odoo.tools import html2plaintext

from .common import LifecycleCase

MAY, JUNE = date(2025, 5, 31), date(2025, 6, 30)


@tagged("post_install", "-at_install")
class TestStageExplanation(LifecycleCase):
    """The answers to "why this stage?" and the sentences of the history."""

    def make_customer(self, last, interval=20, count=4):
        customer = self.make_customers(1)
        days = [last - timedelta(days=interval * number) for number in range(count)]
        self.buy({customer: [(day, 100) for day in days]})
        return customer

    def explain(self, customer, lang="en_US"):
        profile = self.get_profile(customer).with_context(lang=lang)
        return " ".join(html2plaintext(profile.stage_explanation).split())

    def get_reason(self, customer):
        changes = self.get_profile(customer).change_ids
        return changes.filtered(lambda change: change.dimension == "stage")[0].reason

    def test_it_names_figures_rule_and_limits(self):
        customer = self.make_customer(last=date(2025, 6, 10))
        self.recalculate(JUNE)
        answer = self.explain(customer)
        for part in (
            "is in Exploration since 06/30/2025, 0 days",
            "bought on 4 days, first 80 days ago",
            "last 20 days ago (06/10/2025)",
            "Its own rhythm is a purchase every 20 days",
            "Decline on 07/21/2025, after 41 days without a purchase.",
            "Lost on 12/07/2025, after 180 days without a purchase.",
            "Up to Formation at a month-end: customer for 90 days, on 07/10/2025.",
            "Silent for more than 2 times its rhythm and 30 days or more",
        ):
            self.assertIn(part, answer)

    def test_the_days_that_it_names_are_the_days_that_happen(self):
        customer = self.make_customer(last=date(2025, 6, 10))
        self.recalculate(JUNE)
        self.recalculate(date(2025, 7, 20))
        self.assertNotEqual(self.get_stage(customer), "decline")
        self.recalculate(date(2025, 7, 21))
        self.assertEqual(self.get_stage(customer), "decline")
        self.assertIn("Lost on 12/07/2025", self.explain(customer))
        self.assertIn("won back at the month-end after it buys again", self.explain(customer))
        self.assertIn(
            "Silent for 41 days, since 06/10/2025; the limit is 41 days by its own rhythm.",
            self.get_reason(customer),
        )
        self.recalculate(date(2025, 12, 7))
        self.assertEqual(self.get_stage(customer), "lost")

    def test_a_customer_without_a_rhythm_is_measured_by_all(self):
        for _number in range(2):
            self.make_customer(last=MAY)
        once = self.make_customer(last=date(2025, 6, 1), count=1)
        self.recalculate(JUNE)
        answer = self.explain(once)
        self.assertIn("The median of 2 customers on 06/30/2025 holds", answer)
        self.assertIn("a purchase every 20 days", answer)
        self.assertIn("2 more purchase days, customer for 90 days, on 08/30/2025", answer)

    def test_won_back_is_announced_and_told(self):
        customer = self.make_customer(last=date(2025, 4, 1), interval=10, count=12)
        self.recalculate(MAY)
        self.assertEqual(self.get_stage(customer), "decline")
        self.buy({customer: [(date(2025, 6, 10), 100)]})
        self.recalculate(date(2025, 6, 11))
        self.assertIn(
            "won back on 06/30/2025, the next month-end, to Formation", self.explain(customer)
        )
        self.recalculate(JUNE)
        self.assertEqual(self.get_stage(customer), "formation")
        self.assertIn("Won back: bought again on 06/10/2025", self.get_reason(customer))

    def test_a_fall_of_revenue_is_the_reason(self):
        customer = self.make_customers(1)
        former = [(date(2023, 6, 30), 10), (date(2024, 2, 1), 1000)]
        recent = [(date(2024, 9, 1) + timedelta(days=30 * number), 10) for number in range(10)]
        self.buy({customer: [*former, *recent]})
        self.recalculate(JUNE)
        self.assertEqual(self.get_stage(customer), "decline")
        self.assertRegex(self.get_reason(customer), r"Brings .*100\.00 .* after .*1,000\.00")

    def test_who_declines_by_revenue_is_told_the_amount(self):
        customer = self.make_customers(1)
        former = [(date(2023, 6, 30), 10), (date(2024, 2, 1), 1000)]
        self.buy({customer: [*former, (date(2025, 6, 20), 50)]})
        self.recalculate(JUNE)
        self.assertRegex(
            self.explain(customer), r"once the window's revenue reaches \S+ 500.00, now \S+ 50.00"
        )

    def test_the_way_down_is_announced(self):
        customer = self.make_customers(1)
        days = [date(2023, 7, 20) + timedelta(days=30 * number) for number in range(24)]
        self.buy({customer: [(day, 100 if day < date(2024, 7, 1) else 82) for day in days]})
        self.recalculate(JUNE)
        self.assertEqual(self.get_stage(customer), "stability")
        self.make_invoices([(customer, JUNE, 300)], move_type="out_refund")
        self.recalculate(date(2025, 7, 20))
        self.assertEqual(self.get_stage(customer), "stability")
        self.assertIn("Down to Formation on 07/31/2025", self.explain(customer))

    def test_a_dismissed_customer_and_an_archived_one(self):
        dismissed, archived = (self.make_customer(last=MAY) for _number in range(2))
        self.recalculate(MAY)
        self.get_profile(dismissed).sudo().dismissed_date = date(2025, 6, 1)
        archived.active = False
        self.recalculate(JUNE)
        self.assertIn("Dismissed by us on 06/01/2025", self.explain(dismissed))
        self.assertIn("Archived: it keeps its stage", self.explain(archived))

    def test_every_change_has_a_sentence_and_names(self):
        for number in range(40):
            self.make_customer(MAY - timedelta(days=9 * number), 3 + number, 1 + number % 7)
        self.recalculate(MAY)
        for month in range(6, 12):
            self.recalculate(date(2025, month, 28))
        changes = self.env["crm.relationship.change"].search(
            [("company_id", "=", self.company.id), ("dimension", "!=", "tier")]
        )
        self.assertGreater(len(changes), 80)
        for change in changes:
            self.assertTrue(change.reason, (change.dimension, change.cause, change.new_value))
            self.assertTrue(change.new_label[0].isupper(), change.new_label)

    def test_the_history_reads_names_once(self):
        for number in range(40):
            self.make_customer(MAY - timedelta(days=9 * number), 3 + number, 1 + number % 7)
        self.recalculate(MAY)
        changes = self.env["crm.relationship.change"].search([("company_id", "=", self.company.id)])
        spent = []
        for some in (changes[:4], changes[:4], changes[:80]):
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            some.read(["old_label", "new_label", "reason"])
            spent.append(self.env.cr.sql_log_count - before)
        self.assertLessEqual(spent[2], spent[1] + 1)

    def test_who_may_ask(self):
        customer = self.make_customer(last=MAY)
        self.recalculate(JUNE)
        seller = self.new_user("seller", "sales_team.group_sale_salesman")
        profile = self.get_profile(customer)
        self.assertIn("Exploration", profile.with_user(seller).stage_explanation)
        action = profile.with_user(seller).action_explain_stage()
        self.assertEqual(action["target"], "new")
        customer.user_id = self.env.user
        with self.assertRaises(AccessError):
            profile.with_user(seller).read(["stage_explanation", "stage_id"])
        for groups in ("base.group_portal", "base.group_user"):
            stranger = self.new_user(groups, groups)
            with self.assertRaises(AccessError):
                profile.with_user(stranger).read(["stage_id"])
            with self.assertRaises(AccessError):
                self.stages["lost"].with_user(stranger).read(["name"])
