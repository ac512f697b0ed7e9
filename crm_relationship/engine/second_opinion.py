"""Second opinion: how a customer pays, on the scales that the trade uses.

Pure functions of days and amounts, and the queries that find those of few customers. None of it
goes into the score: it is what a credit manager compares the score with.

Payment index
    The scale of the trade's payment scores: 100 is 30 days before the terms, 80 prompt, 50 is
    30 days beyond them, 20 is 120. The days are weighted by the amounts first, and the mean is
    then interpolated. Partial payments count by their amounts, what is unpaid and overdue by
    its age so far, and what is not yet due is left out.

Days sales outstanding, by countback
    The balance is counted back through the sales of the months before, the latest first: each
    month that it covers adds its days, the last one as many as its share.

Best possible days sales outstanding
    What it would be if nothing were overdue: the receivables that are not due, by the sales of
    the year that ends on the day.
"""

from calendar import monthrange
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from itertools import pairwise

from dateutil.relativedelta import relativedelta

from odoo.tools import SQL

from .periods import MONTHS_PER_YEAR, window_start
from .receivables import INVOICED, Receivables

SCALE = (
    (-30, 100), (-20, 90), (0, 80), (15, 70), (22, 60), (30, 50), (60, 40), (90, 30), (120, 20),
)  # fmt: skip
"""Days beyond the terms, and the payment index that they give."""

INDEX_MONTHS = 24
"""Months whose payments the index looks at."""

COUNTBACK_MONTHS = 24
"""Months of sales that a balance is counted back through, at most."""

YEAR_DAYS = 365


@dataclass(frozen=True)
class Payments:
    """How a customer pays.

    :param settled: what it paid in :data:`INDEX_MONTHS`
    :param settled_days: the sum of those amounts times their days beyond the terms
    :param overdue: what is unpaid and overdue
    :param overdue_days: the sum of those amounts times their ages in days
    :param balance: all that it owes, including tax
    :param sales: what was invoiced to it by month, including tax, by the months' first days
    :param year_sales: what was invoiced to it in the year up to the day, including tax
    """

    settled: Decimal = Decimal(0)
    settled_days: Decimal = Decimal(0)
    overdue: Decimal = Decimal(0)
    overdue_days: Decimal = Decimal(0)
    balance: Decimal = Decimal(0)
    sales: dict[date, Decimal] | None = None
    year_sales: Decimal = Decimal(0)


def days_beyond_terms(payments: Payments) -> Decimal | None:
    """Return the mean days beyond the terms, weighted by the amounts; None without any."""
    weight = payments.settled + payments.overdue
    if weight <= 0:
        return None
    return (payments.settled_days + payments.overdue_days) / weight


def payment_index(days: Decimal | None) -> Decimal | None:
    """Return the payment index of 20 to 100 for mean days beyond the terms.

    >>> payment_index(Decimal(30)), payment_index(Decimal(-100)), payment_index(Decimal(45))
    (Decimal('50'), Decimal('100'), Decimal('45.0'))
    """
    if days is None:
        return None
    if days <= SCALE[0][0]:
        return Decimal(SCALE[0][1])
    for (low, high_index), (high, low_index) in pairwise(SCALE):
        if days <= high:
            share = (days - low) / Decimal(high - low)
            return high_index - share * (high_index - low_index)
    return Decimal(SCALE[-1][1])


def days_sales_outstanding(payments: Payments, as_of: date) -> Decimal | None:
    """Return the days sales outstanding by countback; None where no sale covers the balance."""
    rest = payments.balance
    if rest <= 0:
        return Decimal(0) if any((payments.sales or {}).values()) else None
    total = Decimal(0)
    for back in range(COUNTBACK_MONTHS):
        month = as_of.replace(day=1) - relativedelta(months=back)
        days = as_of.day if back == 0 else monthrange(month.year, month.month)[1]
        sold = max((payments.sales or {}).get(month, Decimal(0)), Decimal(0))
        if sold >= rest:
            return total + days * rest / sold
        rest -= sold
        total += days
    return None


def best_possible_dso(payments: Payments) -> Decimal | None:
    """Return the best possible days sales outstanding; None without sales in the year."""
    if payments.year_sales <= 0:
        return None
    return max(payments.balance - payments.overdue, Decimal(0)) * YEAR_DAYS / payments.year_sales


def find(env, company_id: int, accounts: list[int], customers: list[int], as_of: date):
    """Return ``{customer id: Payments}`` of few customers.

    :param accounts: the receivable accounts, see :func:`.sources.receivable_accounts`
    """
    contacts = SQL(
        "(SELECT id FROM res_partner WHERE commercial_partner_id = ANY (%s)) contact", customers
    )
    receivables = Receivables(company_id, accounts, contacts, is_kept=False)
    found = {customer: {} for customer in customers}
    for query in (_settled(receivables, as_of), _open(receivables, as_of)):
        for row in env.execute_query_dict(query):
            customer = row.pop("customer_id")
            found[customer].update({name: _exact(amount) for name, amount in row.items()})
    sales = {customer: {} for customer in customers}
    year = dict.fromkeys(customers, Decimal(0))
    for customer, month, *amounts in env.execute_query(_sold(company_id, contacts, as_of)):
        sales[customer][month], in_year = map(_exact, amounts)
        year[customer] += in_year
    return {
        customer: Payments(**values, sales=sales[customer], year_sales=year[customer])
        for customer, values in found.items()
    }


def _exact(amount: float | None) -> Decimal:
    """Return the amount that PostgreSQL holds: Odoo reads numbers as floats."""
    return Decimal(str(amount or 0))


def _settled(receivables: Receivables, as_of: date) -> SQL:
    return SQL(
        """
        SELECT customer.commercial_partner_id AS customer_id, SUM(paid.amount) AS settled,
               SUM(paid.amount * paid.days_late) AS settled_days
          FROM (%s) paid
          JOIN res_partner customer ON customer.id = paid.partner_id
         WHERE paid.date <= %s
         GROUP BY customer.commercial_partner_id
        """,
        receivables.settlements(window_start(as_of, INDEX_MONTHS)),
        as_of,
    )


def _open(receivables: Receivables, as_of: date) -> SQL:
    return SQL(
        """
        SELECT customer.commercial_partner_id AS customer_id, SUM(item.residual) AS balance,
               COALESCE(SUM(item.residual) FILTER (WHERE item.due_date < %(as_of)s), 0) AS overdue,
               COALESCE(SUM(item.residual * (%(as_of)s - item.due_date))
                   FILTER (WHERE item.due_date < %(as_of)s), 0) AS overdue_days
          FROM (%(items)s) item
          JOIN res_partner customer ON customer.id = item.partner_id
         WHERE item.date <= %(as_of)s
         GROUP BY customer.commercial_partner_id
        """,
        as_of=as_of,
        items=receivables.open_items(as_of),
    )


def _sold(company_id: int, contacts: SQL, as_of: date) -> SQL:
    """Return the invoiced amounts by customer and month, all and those of the year up to
    ``as_of``; credit notes lower them.
    """
    return SQL(
        """
        SELECT customer.commercial_partner_id, date_trunc('month', move.invoice_date)::date,
               SUM(move.amount_total_signed),
               SUM(move.amount_total_signed) FILTER (WHERE move.invoice_date >= %(year)s)
          FROM account_move move
          JOIN res_partner customer ON customer.id = move.partner_id
         WHERE (%(invoiced)s OR move.move_type = 'out_refund' AND move.state = 'posted')
           AND move.company_id = %(company)s
           AND move.partner_id IN (SELECT id FROM %(contacts)s)
           AND move.invoice_date BETWEEN %(start)s AND %(as_of)s
         GROUP BY 1, 2
        """,
        invoiced=INVOICED,
        company=company_id,
        contacts=contacts,
        start=as_of.replace(day=1) - relativedelta(months=COUNTBACK_MONTHS - 1),
        year=window_start(as_of, MONTHS_PER_YEAR),
        as_of=as_of,
    )
