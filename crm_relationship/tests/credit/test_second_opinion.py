from datetime import date, timedelta
from decimal import Decimal

from odoo.tests import tagged

from ...engine import second_opinion
from ...engine.second_opinion import Payments, payment_index
from .common import CreditCase

AS_OF = date(2025, 6, 30)
DAY = timedelta(days=1)
POINTS = {
    -30: 100, -20: 90, 0: 80, 15: 70, 22: 60, 30: 50, 60: 40, 90: 30, 120: 20,
}  # fmt: skip


@tagged("post_install", "-at_install")
class TestSecondOpinion(CreditCase):
    def setUp(self):
        super().setUp()
        self.customer = self.make_customers(1)

    def invoice(self, day, due, amount, *payments, credit_note=False):
        """Make an invoice with payments ``(day, amount)``."""
        (move_id,) = self.make_invoices([(self.customer, day, amount)])
        self.env.cr.execute(
            "UPDATE account_move SET amount_total_signed = %s WHERE id = %s", [amount, move_id]
        )
        (line_id,) = self.make_instalments([(move_id, self.customer, due, amount)])
        self.settle([(line_id, paid, part) for paid, part in payments], credit_note=credit_note)

    def find(self, as_of=AS_OF):
        self.recalculate(as_of)
        profile = self.get_profile(self.customer)
        return profile._get_second_opinions(self.company)[self.customer.id]

    def test_the_nine_points(self):
        for days, index in POINTS.items():
            with self.subTest(days=days):
                self.assertEqual(payment_index(Decimal(days)), index)

    def test_between_and_beyond_the_points(self):
        between = {
            -25: 95,
            -10: 85,
            Decimal("7.5"): 75,
            45: 45,
            105: 25,
            -31: 100,
            121: 20,
            999: 20,
        }
        for days, index in between.items():
            with self.subTest(days=days):
                self.assertEqual(payment_index(Decimal(days)), index)
        self.assertIsNone(payment_index(None))

    def test_half_early_and_half_late(self):
        """The days are weighted first: (-30 + 90) / 2 is 30, which is 50, not (100 + 30) / 2."""
        self.invoice(date(2025, 1, 1), date(2025, 3, 1), 100, (date(2025, 1, 30), 100))
        self.invoice(date(2025, 1, 1), date(2025, 2, 1), 100, (date(2025, 5, 2), 100))
        found = self.find()
        self.assertEqual((found["days_beyond_terms"], found["payment_index"]), (30, 50))

    def test_partial_payments_count_by_their_amounts(self):
        due = date(2025, 3, 1)
        self.invoice(date(2025, 2, 1), due, 100, (due, 75), (date(2025, 4, 30), 25))
        found = self.find()
        self.assertEqual((found["days_beyond_terms"], found["payment_index"]), (15, 70))

    def test_the_unpaid_counts_by_its_age(self):
        self.invoice(date(2025, 4, 1), date(2025, 5, 1), 100, (date(2025, 5, 1), 50))
        found = self.find()
        self.assertEqual((found["days_beyond_terms"], found["payment_index"]), (30, 50))

    def test_what_is_not_due_is_left_out(self):
        self.invoice(date(2025, 6, 1), AS_OF, 100)
        self.assertIsNone(self.find()["payment_index"])
        self.invoice(date(2025, 6, 1), date(2025, 6, 29), 1)
        self.assertEqual(self.find()["days_beyond_terms"], 1)

    def test_24_months_and_no_credit_notes(self):
        late = date(2023, 6, 30), 100
        self.invoice(date(2022, 1, 1), date(2022, 2, 1), 100, late)
        self.invoice(
            date(2025, 1, 1), date(2025, 2, 1), 100, (date(2025, 6, 1), 100), credit_note=True
        )
        self.assertIsNone(self.find()["payment_index"])
        self.invoice(date(2023, 6, 1), date(2023, 7, 1), 100, (date(2023, 7, 1), 100))
        self.assertEqual(self.find()["payment_index"], 80)

    def test_opinions_in_words(self):
        """Early is not late, days have a unit, and Z′ the digits of its limits."""
        profile = self.env["crm.relationship.profile"]
        statement = self.state(self.customer)
        opinion = {
            "days_beyond_terms": Decimal("-8.24"),
            "payment_index": Decimal("84.12"),
            "days_sales_outstanding": Decimal(0),
            "best_possible_dso": None,
        }
        rows = profile._prepare_second_opinion(opinion, statement)
        self.assertEqual(
            [row["value"] for row in rows],
            ["84.1", "0 days", "unknown", f"{statement.z_score:.2f}".rstrip("0")],
        )
        self.assertIn("8.2 days before the terms", rows[0]["meaning"])
        opinion["days_beyond_terms"] = Decimal("8.24")
        late = profile._prepare_second_opinion(opinion, statement)[0]["meaning"]
        self.assertIn("8.2 days beyond the terms", late)

    def test_countback(self):
        """A balance of 250: all of June's 100 and May's 100, half of April's 100."""
        for month in (4, 5, 6):
            self.invoice(date(2025, month, 5), date(2025, 9, 1), 100)
        self.invoice(date(2025, 1, 5), date(2025, 2, 1), 1000, (date(2025, 2, 1), 1000))
        self.settle_first(50)
        found = self.find()
        self.assertEqual(found["days_sales_outstanding"], 30 + 31 + 15)
        self.assertEqual(found["best_possible_dso"], Decimal(250) * 365 / 1300)

    def test_best_possible_dso_takes_the_exact_year(self):
        """On 15 June the year is from 16 June to 15 June, both included."""
        as_of = date(2025, 6, 15)
        for day, amount in ((date(2024, 6, 15), 1000), (date(2024, 6, 16), 100)):
            self.invoice(day, day, amount, (day, amount))
        self.invoice(as_of, as_of, 40)
        self.invoice(as_of + DAY, as_of + DAY, 5000)
        self.assertEqual(self.find(as_of)["best_possible_dso"], Decimal(40) * 365 / 140)

    def settle_first(self, amount):
        """Pay a part of the oldest open instalment on its due date."""
        self.env.cr.execute(
            """SELECT id FROM account_move_line
                WHERE partner_id = %s AND amount_residual > 0 ORDER BY id LIMIT 1""",
            [self.customer.id],
        )
        self.settle([(self.env.cr.fetchone()[0], date(2025, 6, 1), amount)])

    def test_countback_without_enough_sales(self):
        sales = {date(2025, 6, 1): Decimal(10)}
        payments = Payments(balance=Decimal(100), sales=sales)
        self.assertIsNone(second_opinion.days_sales_outstanding(payments, AS_OF))
        self.assertEqual(
            second_opinion.days_sales_outstanding(Payments(sales=sales), AS_OF), Decimal(0)
        )
        self.assertIsNone(second_opinion.days_sales_outstanding(Payments(), AS_OF))
        self.assertIsNone(second_opinion.best_possible_dso(Payments()))

    def test_altman_on_a_worked_case(self):
        """0.717 * 0.2 + 0.847 * 0.3 + 3.107 * 0.15 + 0.42 * 1.5 + 0.998 * 1.2 = 2.69115."""
        values = {
            "total_assets": 1000,
            "current_assets": 400,
            "current_liabilities": 200,
            "total_liabilities": 400,
            "retained_earnings": 300,
            "ebit": 150,
            "sales": 1200,
        }
        statement = self.state(self.customer, **values)
        self.assertAlmostEqual(statement.z_score, 2.69115, 3)
        self.assertEqual(statement.z_zone, "grey")
        statement.sales = 1600
        self.assertEqual(statement.z_zone, "safe")
        statement.write({"sales": 0, "ebit": -100, "retained_earnings": -100})
        self.assertEqual(statement.z_zone, "distress")

    def test_flows_of_a_quarter_are_taken_to_a_year(self):
        yearly = self.state(self.customer, ebit=120, sales=1000)
        quarter = self.state(
            self.make_customers(1), period="quarter", ebit=30, sales=250, net_income=20,
            operating_cash_flow=10,
        )  # fmt: skip
        self.assertAlmostEqual(yearly.z_score, quarter.z_score, 4)
        self.assertAlmostEqual(yearly.return_on_equity, quarter.return_on_equity, 4)
        self.assertAlmostEqual(yearly.cash_flow_ratio, quarter.cash_flow_ratio, 4)
        self.assertAlmostEqual(yearly.net_margin, quarter.net_margin, 4)
