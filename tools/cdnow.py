"""Runs in Odoo: the CDNOW purchase histories as customers and posted, paid invoices.

CDNOW is a well-known data set of 23,570 customers who bought their first CD in the first quarter
of 1997, with all their purchases until June 1998. It is shipped in the PyPI package `lifetimes`.
`make demo DATA=cdnow` runs this file; the tests import it for parts of the data.

Everything is inserted set-based. What is there already is left alone, so it may run twice.
"""

from datetime import date
from decimal import Decimal
from importlib.util import find_spec
from pathlib import Path
from typing import NamedTuple

from psycopg2.extras import execute_values

FILE = Path("datasets") / "CDNOW_master.txt"
MARK = "CDNOW"
PAGE = 5000


class Purchase(NamedTuple):
    """One transaction; `number` is its place in the file, from 1."""

    number: int
    customer: str
    date: date
    amount: Decimal


def find_file():
    """Return the path of the master file, or end with what to do about it."""
    package = find_spec("lifetimes")
    folder = Path(package.submodule_search_locations[0]) if package else None
    if not folder or not (folder / FILE).exists():
        raise SystemExit(
            "The CDNOW master file is missing: it is part of the PyPI package lifetimes, which "
            "requirements-dev.txt names. `make setup` installs it."
        )
    return folder / FILE


def read():
    """Return all purchases, in the order of the file: customer, date, CDs, dollars."""
    purchases = []
    _titles, *lines = find_file().read_text().splitlines()
    for number, line in enumerate(lines, start=1):
        customer, day, _quantity, amount = line.split()
        purchases.append(Purchase(number, customer, date.fromisoformat(day), Decimal(amount)))
    return purchases


def load(env, company, purchases):
    """Create the customers and their invoices in `company`, paid the day they are made."""
    env.flush_all()
    stage(env, purchases)
    terms = prepare_terms(env, company)
    for table, statement in STATEMENTS:
        env.cr.execute(statement, terms)
        # The next statement reads these rows, and nobody has counted them yet.
        env.cr.execute(f"ANALYZE {table}")
    env.cr.execute("DROP TABLE cdnow_purchase")
    env.invalidate_all()


def stage(env, purchases):
    """Bring the purchases into a temporary table."""
    env.cr.execute(
        """CREATE TEMPORARY TABLE cdnow_purchase (
               number integer, customer varchar, date date, amount numeric) ON COMMIT DROP"""
    )
    statement = "INSERT INTO cdnow_purchase VALUES %s"
    execute_values(env.cr._obj, statement, purchases, page_size=PAGE)
    env.cr.execute("ANALYZE cdnow_purchase")


def prepare_terms(env, company):
    """Return the parameters of the statements; the journals are made the first time."""
    sales = get_journal(env, company, "sale", "CDNOW purchases", MARK)
    payments = get_journal(env, company, "general", "CDNOW payments", "CDPAY")
    return {
        "mark": MARK,
        "company": company.id,
        "currency": company.currency_id.id,
        "sales": sales.id,
        "payments": payments.id,
        "receivable": get_account(env, company, "asset_receivable").id,
        "income": get_account(env, company, "income").id,
        "cash": get_account(env, company, "asset_cash").id,
        "user": env.uid,
    }


def get_account(env, company, kind):
    """Return the company's first account of a type, or end with what to do about it."""
    account = (
        env["account.account"]
        .with_company(company)
        .search([("company_ids", "=", company.id), ("account_type", "=", kind)], limit=1)
    )
    if not account:
        raise SystemExit(
            f"{company.name} has no account of the type {kind}. Install a chart of accounts first: "
            "Invoicing › Configuration › Settings › Fiscal Localization."
        )
    return account


def get_journal(env, company, kind, name, code):
    """Return the company's journal with this code."""
    journals = env["account.journal"].with_company(company)
    return journals.search(
        [("company_id", "=", company.id), ("code", "=", code)], limit=1
    ) or journals.create({"name": name, "code": code, "type": kind, "company_id": company.id})


CUSTOMERS = """
    WITH partner AS (
        INSERT INTO res_partner (
            name, complete_name, ref, type, active, is_company, partner_share, autopost_bills,
            customer_rank, lang, create_uid, write_uid, create_date, write_date)
        SELECT 'CDNOW customer ' || customer, 'CDNOW customer ' || customer,
               %(mark)s || '/' || customer, 'contact', TRUE, FALSE, TRUE, 'ask', 1, 'en_US',
               %(user)s, %(user)s, now() AT TIME ZONE 'UTC', now() AT TIME ZONE 'UTC'
          FROM (SELECT DISTINCT customer FROM cdnow_purchase) purchase
         WHERE NOT EXISTS (
               SELECT 1 FROM res_partner
                WHERE ref = %(mark)s || '/' || purchase.customer)
         ORDER BY customer
     RETURNING id, ref)
    SELECT COUNT(*) FROM partner;
    UPDATE res_partner SET commercial_partner_id = id
     WHERE ref LIKE %(mark)s || '/%%' AND commercial_partner_id IS NULL
"""
INVOICES = """
    INSERT INTO account_move (
        name, ref, sequence_prefix, sequence_number, journal_id, company_id, partner_id,
        commercial_partner_id, partner_shipping_id, invoice_partner_display_name, currency_id,
        state, move_type, auto_post, payment_state, date, invoice_date, invoice_date_due,
        invoice_currency_rate, amount_untaxed, amount_tax, amount_total, amount_residual,
        amount_untaxed_signed, amount_untaxed_in_currency_signed, amount_tax_signed,
        amount_total_signed, amount_total_in_currency_signed, amount_residual_signed,
        checked, posted_before, create_uid, write_uid, create_date, write_date)
    SELECT %(mark)s || '/' || number, %(mark)s || '/' || number, %(mark)s || '/', number,
           %(sales)s, %(company)s, partner.id, partner.id, partner.id, partner.name, %(currency)s,
           'posted', 'out_invoice', 'no', 'paid', purchase.date, purchase.date, purchase.date, 1,
           amount, 0, amount, 0, amount, amount, 0, amount, amount, 0, TRUE, TRUE, %(user)s,
           %(user)s, now() AT TIME ZONE 'UTC', now() AT TIME ZONE 'UTC'
      FROM cdnow_purchase purchase
      JOIN res_partner partner ON partner.ref = %(mark)s || '/' || purchase.customer
     WHERE NOT EXISTS (
           SELECT 1 FROM account_move
            WHERE journal_id = %(sales)s AND name = %(mark)s || '/' || purchase.number)
     ORDER BY purchase.date, number
"""
PAYMENTS = """
    INSERT INTO account_move (
        name, ref, sequence_prefix, sequence_number, journal_id, company_id, partner_id,
        commercial_partner_id, currency_id, state, move_type, auto_post, payment_state, date,
        amount_total, amount_total_signed, checked, posted_before, create_uid, write_uid,
        create_date, write_date)
    SELECT 'CDPAY/' || sequence_number, name, 'CDPAY/', sequence_number, %(payments)s, company_id,
           partner_id, commercial_partner_id, currency_id, 'posted', 'entry', 'no', 'not_paid',
           date, amount_total, amount_total, TRUE, TRUE, create_uid, write_uid, create_date,
           write_date
      FROM account_move invoice
     WHERE journal_id = %(sales)s AND move_type = 'out_invoice' AND amount_total > 0
       AND NOT EXISTS (
           SELECT 1 FROM account_move
            WHERE journal_id = %(payments)s AND ref = invoice.name)
     ORDER BY id
"""
LINES = """
    INSERT INTO account_move_line (
        move_id, move_name, journal_id, company_id, company_currency_id, currency_id, account_id,
        partner_id, parent_state, name, display_type, sequence, date, invoice_date, date_maturity,
        debit, credit, balance, amount_currency, amount_residual, amount_residual_currency,
        quantity, price_unit, price_subtotal, price_total, reconciled, create_uid, write_uid,
        create_date, write_date)
    SELECT move.id, move.name, move.journal_id, company_id, currency_id, currency_id,
           CASE WHEN is_receivable THEN %(receivable)s
                WHEN is_invoice THEN %(income)s ELSE %(cash)s END,
           partner_id, 'posted', CASE WHEN is_invoice AND NOT is_receivable THEN 'CDs' END,
           CASE WHEN is_receivable OR NOT is_invoice THEN 'payment_term' ELSE 'product' END, 10,
           date, invoice_date, CASE WHEN is_receivable THEN date END,
           GREATEST(balance, 0), GREATEST(-balance, 0), balance, balance, 0, 0, 1, amount_total,
           amount_total, amount_total, is_receivable, create_uid, write_uid, create_date, write_date
      FROM (SELECT *, move_type = 'out_invoice' AS is_invoice FROM account_move) move
     CROSS JOIN (VALUES (TRUE), (FALSE)) AS side (is_receivable)
     CROSS JOIN LATERAL (
           SELECT CASE WHEN is_receivable = is_invoice THEN amount_total ELSE -amount_total END)
           AS signed (balance)
     WHERE move.journal_id IN (%(sales)s, %(payments)s)
       AND NOT EXISTS (SELECT 1 FROM account_move_line WHERE move_id = move.id)
     ORDER BY move.id, is_receivable DESC
"""
RECONCILIATIONS = """
    INSERT INTO account_partial_reconcile (
        debit_move_id, credit_move_id, debit_currency_id, credit_currency_id, company_id, max_date,
        amount, debit_amount_currency, credit_amount_currency, create_uid, write_uid, create_date,
        write_date)
    SELECT debit.id, credit.id, %(currency)s, %(currency)s, %(company)s, payment.date,
           debit.balance, debit.balance, debit.balance, %(user)s, %(user)s, payment.create_date,
           payment.write_date
      FROM account_move payment
      JOIN account_move invoice ON invoice.name = payment.ref AND invoice.journal_id = %(sales)s
      JOIN account_move_line debit ON debit.move_id = invoice.id AND debit.reconciled
      JOIN account_move_line credit ON credit.move_id = payment.id AND credit.reconciled
     WHERE payment.journal_id = %(payments)s
       AND NOT EXISTS (
           SELECT 1 FROM account_partial_reconcile WHERE debit_move_id = debit.id)
     ORDER BY payment.id
"""
STATEMENTS = (
    ("res_partner", CUSTOMERS),
    ("account_move", INVOICES),
    ("account_move", PAYMENTS),
    ("account_move_line", LINES),
    ("account_partial_reconcile", RECONCILIATIONS),
)


if __name__ == "__main__":
    load(env, env.company, read())  # noqa: F821
