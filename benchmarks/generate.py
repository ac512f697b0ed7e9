"""The benchmark's data: customers, posted invoices, payments and their reconciliations.

Everything is made set-based, the same each time. Amounts are lognormal, a few customers have
most of the invoices, documents lie in the tables in the order of their dates, and what is open,
paid late, paid in two parts or credited has a realistic share.
"""

from collections.abc import Iterable
from contextlib import contextmanager
from datetime import date

from tools.steps import step

AS_OF = date(2026, 3, 18)
"""The day that the data reaches up to, in the middle of a month."""

INVOICES_PER_CUSTOMER = 5
YEARS_IN_DAYS = 5 * 365
TABLES = (
    "res_partner", "account_move", "account_move_line", "account_partial_reconcile", "crm_lead",
    "sale_order", "loyalty_card",
)  # fmt: skip

CUSTOMERS = """
    INSERT INTO res_partner (
        id, name, complete_name, type, active, is_company, commercial_partner_id, partner_share,
        autopost_bills, lang, email, city, street, zip, customer_rank, create_uid, write_uid,
        create_date, write_date)
    SELECT %(partner)s + no, 'Customer ' || no, 'Customer ' || no, 'contact', TRUE, TRUE,
           %(partner)s + no, TRUE, 'ask', 'en_US', 'customer' || no || '@example.com',
           'Town ' || no %% 997, 'Street ' || no %% 89, lpad((no %% 99991)::text, 5, '0'), 1, 1, 1,
           %(loaded)s, %(loaded)s
      FROM generate_series(1, %(customers)s) no
"""
CONTACTS = """
    INSERT INTO res_partner (
        id, name, complete_name, type, active, is_company, parent_id, commercial_partner_id,
        partner_share, autopost_bills, lang, email, customer_rank, create_uid, write_uid,
        create_date, write_date)
    SELECT %(partner)s + %(customers)s + no / 10, 'Office ' || no, 'Customer ' || no || ', Office',
           'invoice', TRUE, FALSE, %(partner)s + no, %(partner)s + no, TRUE, 'ask', 'en_US',
           'office' || no || '@example.com', 1, 1, 1, %(loaded)s, %(loaded)s
      FROM generate_series(10, %(customers)s, 10) no
"""
INVOICES = """
    CREATE UNLOGGED TABLE bench_invoice AS
    WITH draw AS (
        SELECT no,
               1 + (floor(%(customers)s * random() ^ 2)::bigint * 7919 %% %(customers)s)::integer
                 AS customer,
               %(as_of)s - floor(%(days)s * random() ^ 1.2)::integer AS date,
               exp(5 + 1.2 * sqrt(-2 * ln(1 - random())) * cos(2 * pi() * random())) AS amount,
               (ARRAY[0, 14, 30, 30, 30, 60])[1 + floor(6 * random())::integer] AS term,
               random() AS fate,
               random() AS part,
               round(12 * sqrt(-2 * ln(1 - random())) * cos(2 * pi() * random()))::integer AS late
          FROM generate_series(1, %(invoices)s) no)
    SELECT no,
           %(partner)s + customer AS customer_id,
           CASE WHEN customer %% 10 = 0 AND no %% 2 = 0
                THEN %(partner)s + %(customers)s + customer / 10
                ELSE %(partner)s + customer END AS partner_id,
           date,
           GREATEST(amount, 1)::numeric(12, 2) AS amount,
           date + term AS due,
           GREATEST(date, date + term + 2 + late) AS paid,
           CASE WHEN fate < 0.04 THEN 'open'
                WHEN fate < 0.07 THEN 'credited'
                WHEN fate < 0.13 THEN 'parts'
                ELSE 'paid' END AS fate,
           part
      FROM draw
"""
DOCUMENTS = """
    CREATE UNLOGGED TABLE bench_document AS
    WITH split AS (
        SELECT *, GREATEST((amount * part)::numeric(12, 2), 0.01) AS first_part
          FROM bench_invoice),
         document AS (
        SELECT no, 0 AS part, 'out_invoice' AS kind, date, due, amount FROM split
         UNION ALL
        SELECT no, 1, CASE fate WHEN 'credited' THEN 'out_refund' ELSE 'entry' END,
               paid, paid, CASE WHEN fate = 'paid' THEN amount ELSE first_part END
          FROM split WHERE fate <> 'open'
         UNION ALL
        SELECT no, 2, 'entry', paid + 25, paid + 25, amount - first_part
          FROM split WHERE fate IN ('credited', 'parts') AND amount > first_part)
    SELECT row_number() OVER (ORDER BY document.date, document.no, document.part) AS move,
           document.*, split.customer_id, split.partner_id
      FROM document
      JOIN split USING (no)
     WHERE document.date <= %(as_of)s
"""
SETTLED = """
    CREATE UNLOGGED TABLE bench_settled AS
    SELECT invoice.move, invoice.amount - COALESCE(SUM(settlement.amount), 0) AS residual
      FROM bench_document invoice
      LEFT JOIN bench_document settlement ON settlement.no = invoice.no AND settlement.part > 0
     WHERE invoice.part = 0
     GROUP BY invoice.move, invoice.amount
"""
MOVES = """
    INSERT INTO account_move (
        id, sequence_number, sequence_prefix, name, journal_id, company_id, partner_id,
        commercial_partner_id, partner_shipping_id, currency_id, create_uid, write_uid, state,
        move_type, auto_post, payment_state, invoice_partner_display_name, date, invoice_date,
        invoice_date_due, invoice_currency_rate, amount_untaxed, amount_tax, amount_total,
        amount_residual, amount_untaxed_signed, amount_untaxed_in_currency_signed,
        amount_tax_signed, amount_total_signed, amount_total_in_currency_signed,
        amount_residual_signed, always_tax_exigible, checked, posted_before, is_move_sent,
        create_date, write_date)
    SELECT %(move)s + move, %(move)s + move, kind.prefix, kind.prefix || %(move)s + move,
           kind.journal_id, %(company)s,
           partner_id, customer_id, CASE WHEN kind.is_invoice THEN partner_id END, %(currency)s, 1,
           1, 'posted', document.kind, 'no',
           CASE WHEN residual = 0 OR NOT kind.is_invoice THEN 'paid'
                WHEN residual < amount THEN 'partial' ELSE 'not_paid' END,
           'Customer ' || customer_id, date, CASE WHEN kind.is_invoice THEN date END,
           CASE WHEN kind.is_invoice THEN due END, 1, amount, 0, amount, COALESCE(residual, 0),
           kind.sign * amount, kind.sign * amount, 0, kind.sign * amount, kind.sign * amount,
           COALESCE(residual, 0), FALSE, TRUE, TRUE, kind.is_invoice,
           %(loaded)s - (%(as_of)s - date) * interval '1 day',
           %(loaded)s - (%(as_of)s - date) * interval '1 day'
      FROM bench_document document
      JOIN (VALUES ('out_invoice', 'INV/', %(sales)s, 1, TRUE),
                   ('out_refund', 'RINV/', %(sales)s, -1, TRUE),
                   ('entry', 'PBNK/', %(bank)s, 1, FALSE))
           AS kind (name, prefix, journal_id, sign, is_invoice) ON kind.name = document.kind
      LEFT JOIN bench_settled USING (move)
     ORDER BY move
"""
LINES = """
    INSERT INTO account_move_line (
        id, move_id, journal_id, company_id, company_currency_id, sequence, account_id, currency_id,
        partner_id, create_uid, write_uid, move_name, parent_state, name, display_type, date,
        invoice_date, date_maturity, debit, credit, balance, amount_currency, amount_residual,
        amount_residual_currency, quantity, price_unit, price_subtotal, price_total, reconciled,
        create_date, write_date)
    SELECT %(line)s + 2 * move - side.is_open::integer, %(move)s + move,
           CASE kind WHEN 'entry' THEN %(bank)s ELSE %(sales)s END, %(company)s, %(currency)s, 10,
           CASE WHEN side.is_open THEN %(receivable)s
                WHEN kind = 'entry' THEN %(cash)s ELSE %(income)s END,
           %(currency)s, partner_id, 1, 1, 'MOVE/' || move, 'posted', 'Line of ' || move,
           CASE WHEN kind <> 'entry' AND side.is_open THEN 'payment_term' ELSE 'product' END,
           date, CASE WHEN kind <> 'entry' THEN date END,
           CASE WHEN side.is_open THEN due END,
           GREATEST(signed.balance, 0), GREATEST(-signed.balance, 0), signed.balance,
           signed.balance, rest.residual, rest.residual, 1, amount, amount, amount,
           side.is_open AND rest.residual = 0,
           %(loaded)s - (%(as_of)s - date) * interval '1 day',
           %(loaded)s - (%(as_of)s - date) * interval '1 day'
      FROM bench_document
      LEFT JOIN bench_settled USING (move)
     CROSS JOIN (VALUES (TRUE), (FALSE)) AS side (is_open)
     CROSS JOIN LATERAL (
           SELECT CASE WHEN side.is_open = (kind = 'out_invoice') THEN amount ELSE -amount END)
           AS signed (balance)
     CROSS JOIN LATERAL (SELECT CASE WHEN side.is_open THEN COALESCE(residual, 0) ELSE 0 END)
           AS rest (residual)
     ORDER BY move, side.is_open DESC
"""
RECONCILIATIONS = """
    INSERT INTO account_partial_reconcile (
        debit_move_id, credit_move_id, debit_currency_id, credit_currency_id, company_id,
        create_uid, write_uid, max_date, amount, debit_amount_currency, credit_amount_currency,
        create_date, write_date)
    SELECT %(line)s + 2 * invoice.move - 1, %(line)s + 2 * settlement.move - 1, %(currency)s,
           %(currency)s, %(company)s, 1, 1, settlement.date, settlement.amount, settlement.amount,
           settlement.amount, %(loaded)s - (%(as_of)s - settlement.date) * interval '1 day',
           %(loaded)s - (%(as_of)s - settlement.date) * interval '1 day'
      FROM bench_document settlement
      JOIN bench_document invoice ON invoice.no = settlement.no AND invoice.part = 0
     WHERE settlement.part > 0
     ORDER BY settlement.move
"""
LEADS = """
    INSERT INTO crm_lead (
        name, type, partner_id, company_id, active, won_status, probability, stage_id, user_id,
        source_id, create_uid, write_uid, create_date, write_date)
    SELECT 'Opportunity ' || no, 'opportunity',
           %(partner)s + 1 + no * 7919::bigint %% %(customers)s, %(company)s, draw.fate < 0.7,
           CASE WHEN draw.fate < 0.2 THEN 'pending'
                WHEN draw.fate < 0.7 THEN 'won' ELSE 'lost' END,
           CASE WHEN draw.fate < 0.2 THEN 20 WHEN draw.fate < 0.7 THEN 100 ELSE 0 END, stage.id, 1,
           CASE WHEN no %% 3 = 0 THEN source.id END, 1, 1,
           draw.made, draw.made
      FROM (SELECT no, random() AS fate,
                   %(loaded)s - %(days)s * (1 - 2.0 * no / %(customers)s) * interval '1 day' AS made
              FROM generate_series(1, %(customers)s / 2) no) draw
     CROSS JOIN (SELECT id FROM crm_stage ORDER BY sequence, id LIMIT 1) stage
      LEFT JOIN (SELECT id FROM utm_source ORDER BY id LIMIT 1) source ON TRUE
"""
ORDERS = """
    INSERT INTO sale_order (
        name, partner_id, partner_invoice_id, partner_shipping_id, company_id, currency_id, user_id,
        state, picking_policy, warehouse_id, date_order, create_uid, write_uid, create_date,
        write_date)
    SELECT 'S' || no, partner, partner, partner, %(company)s, %(currency)s, 1,
           CASE WHEN no %% 20 < 2 THEN 'draft' WHEN no %% 20 < 4 THEN 'cancel' ELSE 'sale' END,
           'direct', warehouse.id, made, 1, 1, made, made
      FROM (SELECT no, %(partner)s + 1 + no * 104729::bigint %% %(customers)s AS partner,
                   %(loaded)s - %(days)s * (1 - 1.0 * no / %(customers)s) * interval '1 day' AS made
              FROM generate_series(1, %(customers)s) no) draw
     CROSS JOIN (SELECT id FROM stock_warehouse ORDER BY id LIMIT 1) warehouse
"""
PROGRAM = """
    INSERT INTO loyalty_program (
        name, program_type, applies_on, trigger, portal_point_name, currency_id, company_id, active,
        sequence, create_uid, write_uid, create_date, write_date)
    VALUES ('{"en_US": "Club"}', 'loyalty', 'both', 'auto', '{"en_US": "Points"}', %(currency)s,
            %(company)s, TRUE, 10, 1, 1, %(loaded)s, %(loaded)s)
"""
CARDS = """
    INSERT INTO loyalty_card (
        code, program_id, company_id, partner_id, active, points, expiration_date, create_uid,
        write_uid, create_date, write_date)
    SELECT 'bench-' || no, (SELECT MAX(id) FROM loyalty_program), %(company)s, %(partner)s + no,
           TRUE, 10, CASE WHEN no %% 50 = 0 THEN %(as_of)s + no %% 365 END, 1, 1, %(loaded)s,
           %(loaded)s
      FROM generate_series(5, %(customers)s, 5) no
"""
REFERRALS = """
    ALTER TABLE res_partner ADD COLUMN IF NOT EXISTS referred_by_id integer;
    UPDATE res_partner SET referred_by_id = %(partner)s + 1 + id * 31::bigint %% %(customers)s
     WHERE id > %(partner)s AND id <= %(partner)s + %(customers)s AND id %% 25 = 0
       AND id <> %(partner)s + 1 + id * 31::bigint %% %(customers)s
"""
"""The column of this addon, before it is installed."""

LOAD = {
    "customers": CUSTOMERS,
    "contacts": CONTACTS,
    "drawing the invoices": INVOICES,
    "drawing what became of them": DOCUMENTS,
    "what is left open": SETTLED,
    "documents": MOVES,
    "journal items": LINES,
    "reconciliations": RECONCILIATIONS,
    "opportunities": LEADS,
    "orders": ORDERS,
    "loyalty programme": PROGRAM,
    "loyalty cards": CARDS,
    "referrals": REFERRALS,
}


def generate(cr, customers: int) -> None:
    """Fill the database of the autocommitting cursor ``cr`` with ``customers`` customers."""
    terms = terms_of(cr, customers)
    cr.execute("SET work_mem = '512MB'; SET maintenance_work_mem = '1GB'; SELECT setseed(0.19)")
    with bare(cr, TABLES):
        for title, statement in LOAD.items():
            with step(title):
                cr.execute(statement, terms)
    cr.execute("DROP TABLE bench_invoice, bench_document, bench_settled")
    set_sequences(cr)
    with step("vacuum and statistics"):
        cr.execute("VACUUM ANALYZE")


def set_sequences(cr) -> None:
    """Let Odoo number its own rows after the generated ones."""
    for table in TABLES:
        cr.execute(f"SELECT setval('{table}_id_seq', (SELECT MAX(id) FROM {table}))")


def terms_of(cr, customers: int) -> dict:
    """Return the parameters of the statements: sizes, first ids, accounts, journals."""
    cr.execute(
        """
        SELECT company.id AS company, company.currency_id AS currency,
               (SELECT id FROM account_journal WHERE company_id = company.id AND type = 'sale'
                 ORDER BY id LIMIT 1) AS sales,
               (SELECT id FROM account_journal WHERE company_id = company.id AND type = 'bank'
                 ORDER BY id LIMIT 1) AS bank,
               (SELECT MIN(id) FROM account_account WHERE account_type = 'asset_receivable')
                 AS receivable,
               (SELECT MIN(id) FROM account_account WHERE account_type = 'income') AS income,
               (SELECT MIN(id) FROM account_account WHERE account_type = 'asset_cash') AS cash,
               (SELECT MAX(id) FROM res_partner) AS partner,
               (SELECT COALESCE(MAX(id), 0) FROM account_move) AS move,
               (SELECT COALESCE(MAX(id), 0) FROM account_move_line) AS line,
               (now() AT TIME ZONE 'UTC')::timestamp(0) - interval '2 days' AS loaded
          FROM res_company company
         ORDER BY company.id
         LIMIT 1
        """
    )
    names = [column.name for column in cr.description]
    return {
        **dict(zip(names, cr.fetchone(), strict=True)),
        "customers": customers,
        "invoices": customers * INVOICES_PER_CUSTOMER,
        "days": YEARS_IN_DAYS,
        "as_of": AS_OF,
    }


@contextmanager
def bare(cr, tables: Iterable[str]):
    """Take indexes and foreign keys off ``tables`` while the block fills them."""
    indexes = _rows(
        cr,
        """SELECT indexrelid::regclass::text, pg_get_indexdef(indexrelid)
             FROM pg_index
            WHERE indrelid = ANY(%s::regclass[])
              AND indexrelid NOT IN (SELECT conindid FROM pg_constraint)""",
        tables,
    )
    keys = _rows(
        cr,
        """SELECT conrelid::regclass::text, conname, pg_get_constraintdef(oid)
             FROM pg_constraint
            WHERE conrelid = ANY(%s::regclass[]) AND contype = 'f'""",
        tables,
    )
    for name, _definition in indexes:
        cr.execute(f"DROP INDEX {name}")
    for table, name, _definition in keys:
        cr.execute(f'ALTER TABLE {table} DROP CONSTRAINT "{name}"')
    yield
    with step(f"{len(indexes)} indexes"):
        for _name, definition in indexes:
            cr.execute(definition)
    with step(f"{len(keys)} foreign keys"):
        for table, name, definition in keys:
            cr.execute(f'ALTER TABLE {table} ADD CONSTRAINT "{name}" {definition}')


def _rows(cr, query, tables):
    cr.execute(query, [list(tables)])
    return cr.fetchall()
