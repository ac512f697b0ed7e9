import random
from datetime import date, timedelta

from dateutil.relativedelta import relativedelta
from psycopg2.extras import execute_values

from odoo.tests import tagged

from ..grading.oracle import Invoice, Settlement
from . import oracle
from .common import CreditCase, DrawnCredit

AS_OF = date(2025, 6, 20)
MONTH_END = date(2025, 5, 31)
QUANTITY = 2200
DAY = timedelta(days=1)


@tagged("post_install", "-at_install")
class TestCreditScore(DrawnCredit, CreditCase):
    """Generated customers with values on the bands' edges, scored set-based and by hand."""

    def setUp(self):
        super().setUp()
        self.random = random.Random(20251122)

    def draw_customer(self):
        """Return one customer, whose values lie on or beside edges."""
        chance = self.random
        drawn = oracle.Customer()
        if chance.random() < 0.95:
            drawn.invoices = [*self.draw_purchases(), *self.draw_payments(), *self.draw_open()]
        if chance.random() < 0.3:
            years = chance.choice((0, 1, 3, 5, 10))
            drawn.founded = MONTH_END - relativedelta(years=years) - DAY * chance.choice((0, 0, 1))
        if chance.random() < 0.5:
            recent = AS_OF - relativedelta(months=12)
            revenue = oracle.net(i for i in drawn.invoices if recent < i.day <= AS_OF)
            share = chance.choice((10, 30, 50, 80))
            need = revenue * 100 // share + chance.choice((-1, 0, 0, 0, 1))
            drawn.yearly_need = max(need, 1)
        for code in ("legal_standing", "management", "reputation", "cooperation"):
            if chance.random() < 0.3:
                drawn.judged[code] = chance.choice(list(oracle.LEVELS))
        if chance.random() < 0.5:
            drawn.statement = self.draw_statement()
        if drawn.invoices and chance.random() < 0.3:
            drawn.blocked = chance.randint(1, 4)
        return drawn

    def draw_purchases(self):
        """Return the first purchase, and purchases of now and a year before that compare."""
        chance = self.random
        start = oracle.quarter(AS_OF)
        first = MONTH_END - relativedelta(years=chance.choice((0, 1, 3, 5)))
        made = [Invoice(0, first - DAY * chance.choice((-1, 0, 0, 1, 40)), 10)]
        former = chance.choice((0, 100, 1000))
        days = (start, AS_OF, start - DAY, AS_OF + DAY)
        if former:
            made.append(Invoice(0, chance.choice(days) - relativedelta(years=1), former))
            growth = chance.choice((-30, -10, 0, 10)) + chance.choice((0, 0, -1, 1))
            made.append(Invoice(0, chance.choice(days[:2]), former * (100 + growth) // 100))
        made += [
            Invoice(0, start + relativedelta(months=month), 0)
            for month in range(3)
            if chance.random() < 0.4
        ]
        if chance.random() < 0.2:
            made.append(Invoice(0, chance.choice(days), 7, refund=True))
        return made

    def draw_payments(self):
        """Return invoices whose payments weigh up to shares and days on the edges."""
        chance = self.random
        if chance.random() < 0.2:
            return []
        share = chance.choice((50, 70, 85, 95, 100, 0)) + chance.choice((0, 0, -1, 1))
        late = chance.choice((1, 8, 16, 31, 61)) + chance.choice((0, 0, -1))
        start = oracle.quarter(AS_OF)
        paid = chance.choice((AS_OF, AS_OF, start, start - DAY))
        parts = [(100, late)]
        if chance.random() < 0.5:
            parts = [(min(share, 100), 0), (100 - min(share, 100), late)]
        made = []
        for amount, days in parts:
            if amount > 0:
                due = paid - DAY * days
                settlement = Settlement(paid, amount, chance.random() < 0.1)
                made.append(Invoice(0, due - DAY * 400, amount, due=due, settlements=[settlement]))
        return made

    def draw_open(self):
        """Return open invoices, some of them overdue, in shares on the edges."""
        chance = self.random
        if chance.random() < 0.4:
            return []
        late = max(chance.choice((0, 1, 31, 61, 91)) + chance.choice((0, 0, -1, 1)), 0)
        share = chance.choice((10, 25, 50)) + chance.choice((0, 0, -1, 1))
        due = AS_OF - DAY * late
        return [
            Invoice(0, due - DAY * 400, share, due=due),
            Invoice(0, AS_OF - DAY * 405, 100 - share, due=chance.choice((AS_OF, AS_OF + DAY))),
        ]

    def draw_statement(self):
        chance = self.random
        debts = chance.choice((0, 100, 1000))
        assets = debts * chance.choice((80, 100, 150, 200)) // 100 if debts else 0
        assets = max(assets + chance.choice((-1, 0, 0, 0, 1)), 0)
        total = max(chance.choice((0, 1000, 10000)), assets)
        owed = max(total * chance.choice((40, 60, 75, 90, 100, 110)) // 100, debts)
        sales = chance.choice((0, 100, 1000))
        equity = max(total - owed, 0)
        net_income = chance.choice(
            (-10, 0, sales * 3 // 100, sales * 8 // 100, equity * 5 // 100, equity * 15 // 100)
        )
        return oracle.Statement(
            current_assets=assets,
            total_assets=total,
            current_liabilities=debts,
            total_liabilities=owed,
            sales=sales,
            net_income=net_income,
            cash_flow=debts * chance.choice((-10, 0, 20, 40, 5, 10)) // 100
            + chance.choice((-1, 0, 0, 1)),
            end=AS_OF - relativedelta(months=18) + DAY * chance.choice((-1, 0, 1, 100)),
            period=chance.choice(("year", "year", "quarter")),
        )

    # -------------------------------------------------------------- database

    def insert(self, partners, drawn):
        """Bring what was drawn into the database."""
        rows = [
            (partner, invoice)
            for partner, customer in zip(partners, drawn, strict=True)
            for invoice in customer.invoices
        ]
        ids = {}
        for refund, kind in ((False, "out_invoice"), (True, "out_refund")):
            chosen = [row for row in rows if row[1].refund is refund]
            made = self.make_invoices(
                [(partner, invoice.day, invoice.amount) for partner, invoice in chosen],
                move_type=kind,
            )
            ids |= {id(row[1]): move for row, move in zip(chosen, made, strict=True)}
        due = [(partner, invoice) for partner, invoice in rows if invoice.due]
        lines = self.make_instalments(
            [(ids[id(invoice)], partner, invoice.due, invoice.amount) for partner, invoice in due]
        )
        for line, (_partner, invoice) in zip(lines, due, strict=True):
            for paid in invoice.settlements:
                self.settle([(line, paid.day, paid.amount)], credit_note=paid.credit_note)
        self.enter(partners, drawn, ids)

    def enter(self, partners, drawn, ids):
        """Enter what people would, most of it as rows."""
        judgements, blocked = [], []
        for partner, customer in zip(partners, drawn, strict=True):
            if customer.founded:
                partner.relationship_founding_date = customer.founded
            judgements += [
                (partner.id, self.criteria[code].id, self.get_level(code, level).id)
                for code, level in customer.judged.items()
            ]
            sold = [i for i in customer.invoices if not i.refund and i.day <= AS_OF]
            customer.blocked = min(customer.blocked, len(sold))
            blocked += [ids[id(invoice)] for invoice in sold[: customer.blocked]]
        self.env["crm.relationship.credit.statement"].create(
            [
                self.prepare_statement(partner, customer.statement)
                for partner, customer in zip(partners, drawn, strict=True)
                if customer.statement
            ]
        )
        self.env["crm.relationship.profile"].create(
            [
                {
                    "partner_id": partner.id,
                    "company_id": self.company.id,
                    "yearly_need": customer.yearly_need,
                }
                for partner, customer in zip(partners, drawn, strict=True)
                if customer.yearly_need
            ]
        )
        self.env.flush_all()
        execute_values(
            self.env.cr._obj,
            """INSERT INTO crm_relationship_credit_judgement (
                   partner_id, criterion_id, band_id, company_id, user_id, date, write_date)
               VALUES %s""",
            judgements,
            template=f"(%s, %s, %s, {self.company.id}, {self.env.uid}, '2025-01-01', now())",
        )
        self.env.cr.execute(
            "UPDATE account_move SET payment_state = 'blocked' WHERE id = ANY (%s)", [blocked]
        )
        self.env.invalidate_all()

    def assert_scores(self, drawn, as_of):
        """Compare each customer's score, coverage and grade; return all known values."""
        found = self.read_scores()
        self.assertGreater(len(found), len(drawn) * 0.9)
        wrong, seen = [], set()
        for partner_id, (score, coverage, grade, position) in found.items():
            values = oracle.get_values(drawn[partner_id], as_of, position)
            expected = oracle.get_score(values)
            if (score, coverage, grade) != expected:
                wrong.append(((score, coverage, grade), expected, values))
            seen |= {(name, value) for name, value in values.items() if value is not None}
        self.assertFalse(wrong[:2], f"{len(wrong)} of {len(found)} differ")
        return seen

    def test_the_default_policy(self):
        drawn = [self.draw_customer() for _number in range(QUANTITY)]
        partners = self.make_customers(QUANTITY)
        self.insert(partners, drawn)
        run = self.recalculate(AS_OF)
        self.assertEqual((run.state, run.kind), ("done", "opening"), run.error)
        seen = self.assert_scores(dict(zip(partners.ids, drawn, strict=True)), AS_OF)
        self.assert_edges(seen)
        run = self.recalculate(AS_OF, full=True)
        self.assertEqual((run.updated_count, run.change_count), (0, 0))

    def assert_edges(self, seen):
        """Check that every edge of every band was drawn."""
        missing = [
            (name, low)
            for name, (_points, bands) in oracle.CRITERIA.items()
            for low, _share in (bands or ())[1:]
            if (name, low) not in seen and (name, low) != ("overdue_share", oracle.Fraction(1, 100))
        ]
        self.assertFalse(missing)
