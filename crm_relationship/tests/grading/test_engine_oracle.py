import random
from datetime import date, timedelta
from decimal import Decimal

from odoo.tests import tagged

from ...engine.periods import period_end
from ..common import RelationshipCase
from . import oracle
from .oracle import Grading, Invoice, Settlement

START = date(2023, 1, 1)
FIRST_DAY = date(2024, 11, 20)
CODES = "ABCD"


@tagged("post_install", "-at_install")
class TestEngineOracle(RelationshipCase):
    """Random documents, measured by the engine and by plain Python."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.customers = list(cls.make_customers(150))
        cls.contacts = cls.env["res.partner"].create(
            [{"name": "Contact", "parent_id": partner.id} for partner in cls.customers[:30]]
        )

    def setUp(self):
        super().setUp()
        self.random = random.Random(20251122)
        self.invoices = {partner.id: [] for partner in self.customers}
        self.rows = {}

    def make_documents(self, quantity, first, last):
        """Make random documents between two days, in the database and for the oracle."""
        made = [self.make_document(first, last) for _number in range(quantity)]
        for invoice, move_id in made:
            if invoice.due:
                self.settle_randomly(invoice, move_id)

    def make_document(self, first, last):
        partner = self.random.choice(self.customers)
        day = first + timedelta(days=self.random.randint(0, (last - first).days))
        invoice = Invoice(
            customer=partner.id,
            day=day,
            amount=self.random.choice([0, 1, 10, 50, 50, 100, self.random.randint(1, 999)]),
            refund=self.random.random() < 0.15,
            posted=self.random.random() < 0.9,
        )
        contact = partner.child_ids[:1] if self.random.random() < 0.3 else partner
        (move_id,) = self.make_invoices(
            [(contact or partner, day, invoice.amount)],
            move_type="out_refund" if invoice.refund else "out_invoice",
            state="posted" if invoice.posted else "draft",
        )
        if not invoice.refund and invoice.amount:
            invoice.due = day + timedelta(days=self.random.choice([0, 14, 30, 60]))
        self.invoices[partner.id].append(invoice)
        return invoice, move_id

    def settle_randomly(self, invoice, move_id):
        partner = self.env["res.partner"].browse(invoice.customer)
        (line_id,) = self.make_instalments([(move_id, partner, invoice.due, invoice.amount)])
        self.rows[id(invoice)] = (invoice, move_id, line_id)
        self.pay_randomly(invoice, line_id)

    def pay_randomly(self, invoice, line_id):
        paid = sum(settlement.amount for settlement in invoice.settlements)
        if invoice.posted and paid < invoice.amount and self.random.random() < 0.7:
            amount = self.random.randint(1, invoice.amount - paid)
            day = max(invoice.day, invoice.due + timedelta(days=self.random.randint(-20, 90)))
            note = self.random.random() < 0.1
            self.settle([(line_id, day, amount)], credit_note=note)
            invoice.settlements.append(Settlement(day, amount, note))

    def change_documents(self):
        """Post drafts, cancel invoices and pay, as on any day."""
        for invoice, move_id, line_id in self.random.sample(list(self.rows.values()), 8):
            if self.random.random() < 0.5:
                self.pay_randomly(invoice, line_id)
            else:
                self.set_posted(invoice, move_id, not invoice.posted)

    def set_posted(self, invoice, move_id, posted):
        invoice.posted = posted
        self.env.cr.execute(
            "UPDATE account_move SET state = %s, write_date = %s WHERE id = %s",
            ["posted" if posted else "draft", self.env.cr.now(), move_id],
        )

    def age_documents(self):
        """Make everything look written long before the last run's watermark."""
        for table in ("account_move", "account_partial_reconcile", "res_partner"):
            self.env.cr.execute(
                f"UPDATE {table} SET write_date = %s", [self.env.cr.now() - timedelta(days=2)]
            )

    def assert_measures(self, as_of):
        """Compare every customer's stored measures with the oracle's."""
        names = list(oracle.measure([], as_of))
        self.env.cr.execute(
            f"SELECT partner_id, {', '.join(names)} FROM crm_relationship_profile "
            "WHERE company_id = %s",
            [self.company.id],
        )
        found = {row[0]: dict(zip(names, row[1:], strict=True)) for row in self.env.cr.fetchall()}
        for customer, invoices in self.invoices.items():
            expected = oracle.measure(invoices, as_of)
            if not expected["purchase_count"]:
                self.assertNotIn(customer, found)
                continue
            for name, value in expected.items():
                expected_value = float(value) if isinstance(value, Decimal) else value
                self.assertEqual(
                    found[customer][name], expected_value, f"{name} of {customer} as of {as_of}"
                )

    def get_amounts(self, as_of):
        measures = {
            customer: oracle.measure(invoices, as_of)
            for customer, invoices in self.invoices.items()
        }
        return {
            customer: measured["revenue"]
            for customer, measured in measures.items()
            if measured["purchase_count"]
        }

    def assert_tiers(self, grading, as_of):
        self.env.cr.execute(
            """SELECT profile.partner_id, tier.code, profile.below_count
                 FROM crm_relationship_profile profile
                 JOIN crm_relationship_tier tier ON tier.id = profile.tier_id
                WHERE profile.company_id = %s""",
            [self.company.id],
        )
        found = {row[0]: (row[1], row[2]) for row in self.env.cr.fetchall()}
        expected = {
            customer: (CODES[position], grading.below[customer])
            for customer, position in grading.tiers.items()
        }
        self.assertEqual(found, expected, as_of)

    def test_measures_on_calendar_boundaries(self):
        self.make_documents(900, START, date(2025, 6, 30))
        for as_of in (
            date(2024, 1, 31),
            date(2024, 2, 28),
            date(2024, 2, 29),
            date(2024, 3, 1),
            date(2024, 12, 31),
            date(2025, 2, 28),
            date(2025, 3, 1),
        ):
            self.recalculate(as_of, full=True)
            self.assert_measures(as_of)

    def test_incremental_equals_oracle_and_full(self):
        """Forty random days: what changed, what time changes, what was forgotten."""
        self.make_documents(600, START, FIRST_DAY)
        grading = Grading()
        day = FIRST_DAY
        self.recalculate(day)
        grading.evaluate(self.get_amounts(day))
        evaluated = day
        for _number in range(40):
            self.age_documents()
            day += timedelta(days=self.random.randint(1, 6))
            self.make_documents(4, day - timedelta(days=20), day + timedelta(days=5))
            self.change_documents()
            run = self.recalculate(day)
            self.assertEqual(run.state, "done", run.error)
            self.forget_former_customers(grading, day)
            while period_end(evaluated + timedelta(days=1), "monthly") <= day:
                evaluated = period_end(evaluated + timedelta(days=1), "monthly")
                grading.evaluate(self.get_amounts(evaluated))
            grading.place(self.get_amounts(day))
            self.assert_measures(day)
            self.assert_tiers(grading, day)
        run = self.recalculate(day, full=True)
        self.assertEqual(run.kind, "full")
        self.assertEqual(
            (run.updated_count, run.created_count, run.removed_count, run.change_count),
            (0, 0, 0, 0),
        )

    def forget_former_customers(self, grading, day):
        """Whose last purchase was cancelled loses the tier, and starts anew later."""
        gone = grading.tiers.keys() - self.get_amounts(day).keys()
        for customer in gone:
            del grading.tiers[customer], grading.below[customer]
