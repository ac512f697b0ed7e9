"""Where the measures come from: one SQL query a source.

A *purchase source* yields one row a document::

    partner_id   any contact; the engine rolls it up to its commercial partner
    company_id   the document's company
    date         the day that counts
    amount       untaxed, in the company's currency; refunds are negative
    is_refund    a credit note: it lowers revenue and is no purchase
    guests       number of guests, NULL or 0 where the source does not know it
    counts       whether the document counts (posted); others are read only to
                 notice that they stopped counting
    changed_at   when the row was last written, UTC

A *margin source* yields one row a document line::

    partner_id, company_id, date, counts, changed_at   as above
    amount       untaxed, in the company's currency; refunds are negative
    margin       amount minus cost, NULL where the cost is unknown

Other addons add theirs by overriding ``_get_purchase_sources`` or
``_get_margin_sources`` of ``crm.relationship.profile``. One whose documents are
invoiced later leaves those invoices out in ``_get_invoice_condition``.
"""

from datetime import date

from odoo.tools import SQL

PURCHASE_COLUMNS = (
    "partner_id", "company_id", "date", "amount", "is_refund", "guests", "counts", "changed_at",
)  # fmt: skip
MARGIN_COLUMNS = (
    "partner_id", "company_id", "date", "amount", "margin", "counts", "changed_at",
)  # fmt: skip

OPEN_NOW = SQL("reconciled IS NOT TRUE AND amount_residual <> 0")
"""The residual says little more than ``reconciled``, but PostgreSQL knows how rare it is."""


def customer_invoices(condition: SQL) -> SQL:
    """Return the purchase source of customer invoices and credit notes.

    A posted invoice of zero is a purchase; receipts are none.

    :param condition: what ``move`` must meet, for no other source may bring it too
    """
    return SQL(
        """
        SELECT move.partner_id,
               move.company_id,
               move.invoice_date AS date,
               move.amount_untaxed_signed AS amount,
               move.move_type = 'out_refund' AS is_refund,
               NULL::integer AS guests,
               move.state = 'posted' AS counts,
               move.write_date AS changed_at
          FROM account_move move
         WHERE move.move_type IN ('out_invoice', 'out_refund')
           AND %s
        """,
        condition,
    )


def without_costs(purchases: SQL) -> SQL:
    """Return the margin source of documents whose costs nobody knows: one row each."""
    return SQL(
        """
        SELECT partner_id, company_id, date, amount, NULL::numeric AS margin, counts, changed_at
          FROM (%s) document
        """,
        purchases,
    )


def union(queries: list[SQL], columns: tuple[str, ...]) -> SQL:
    """Return one query over all ``queries``, each reduced to ``columns``."""
    names = SQL(", ").join(SQL.identifier(name) for name in columns)
    return SQL(" UNION ALL ").join(
        SQL("SELECT %s FROM (%s) AS source", names, query) for query in queries
    )


def receivable_accounts(env) -> list[int]:
    """Return the ids of the receivable accounts.

    They stand in the queries as numbers, since PostgreSQL knows how many lines each has.
    """
    rows = env.execute_query(
        SQL("SELECT id FROM account_account WHERE account_type = 'asset_receivable'")
    )
    return [row[0] for row in rows]


def settlements(company_id: int, accounts: list[int], since: date) -> SQL:
    """Return one row a reconciliation from ``since`` on that settles a posted customer
    invoice on one of the receivable ``accounts``.

    Credit notes are no payments, and neither are exchange differences.
    ``days_late`` is negative for early payments. ``amount`` includes tax and is
    in the company's currency.
    """
    return SQL(
        """
        SELECT line.partner_id,
               partial.max_date AS date,
               partial.amount,
               partial.max_date - COALESCE(line.date_maturity, line.date) AS days_late,
               partial.write_date AS changed_at
          FROM account_partial_reconcile partial
          JOIN account_move_line line ON line.id = partial.debit_move_id
                                     AND line.account_id = ANY (%(accounts)s)
          JOIN account_move move ON move.id = line.move_id
                                AND move.move_type = 'out_invoice'
                                AND move.state = 'posted'
         WHERE partial.company_id = %(company)s
           AND partial.max_date >= %(since)s
           AND NOT EXISTS (
                   SELECT 1
                     FROM account_move other
                     JOIN account_move_line counterpart ON counterpart.move_id = other.id
                    WHERE counterpart.id = partial.credit_move_id
                      AND other.move_type = 'out_refund')
           AND NOT EXISTS (
                   SELECT 1
                     FROM account_partial_reconcile origin
                     JOIN account_move_line counterpart
                       ON counterpart.move_id = origin.exchange_move_id
                    WHERE counterpart.id = partial.credit_move_id
                      AND origin.exchange_move_id IS NOT NULL)
        """,
        accounts=accounts,
        company=company_id,
        since=since,
    )


def open_items(company_id: int, accounts: list[int], as_of: date, partners: SQL | None) -> SQL:
    """Return one row a posted customer invoice's instalment still open on ``as_of``.

    ``residual`` includes tax, is in the company's currency and is what was open
    then: today's residual with the reconciliations after ``as_of`` undone; the first
    of those is on ``next_date``.

    :param partners: query of the contacts to look at, None: all
    """
    return SQL(
        """
        WITH later AS MATERIALIZED (
             SELECT debit_move_id AS line_id, SUM(amount) AS amount, MIN(max_date) AS next_date
               FROM account_partial_reconcile
              WHERE max_date > %(as_of)s AND company_id = %(company)s
              GROUP BY debit_move_id),
             item AS (
             SELECT line.*, line.amount_residual + COALESCE(later.amount, 0) AS residual,
                    later.next_date
               FROM (%(open_now)s) line
               LEFT JOIN later ON later.line_id = line.id
              UNION ALL
             SELECT line.*, later.amount, later.next_date
               FROM later
               JOIN (%(settled_now)s) line ON line.id = later.line_id)
        SELECT item.partner_id,
               COALESCE(item.date_maturity, item.date) AS due_date,
               move.invoice_date AS date,
               item.residual,
               item.next_date
          FROM item
          JOIN account_move move ON move.id = item.move_id
                                AND move.move_type = 'out_invoice'
                                AND move.state = 'posted'
                                AND move.company_id = %(company)s
         WHERE item.residual > 0
        """,
        as_of=as_of,
        company=company_id,
        open_now=_lines(accounts, partners, OPEN_NOW),
        settled_now=_lines(accounts, partners, SQL("(%s) IS NOT TRUE", OPEN_NOW)),
    )


def _lines(accounts: list[int], partners: SQL | None, condition: SQL) -> SQL:
    return SQL(
        """SELECT id, move_id, partner_id, date, date_maturity, amount_residual
             FROM account_move_line
            WHERE account_id = ANY (%s) AND %s %s""",
        accounts,
        condition,
        SQL("AND partner_id IN (%s)", partners) if partners is not None else SQL(""),
    )


def contacts(company_id: int) -> SQL:
    """Return the contacts, besides buyers, that have a place in the relationship.

    Those with a sale order or an opportunity of the company, and those with a
    manual tier. An opportunity without a company is everybody's, as in Odoo's
    own record rules.
    """
    return SQL(
        """
        SELECT partner_id FROM sale_order WHERE company_id = %(company)s
         UNION
        SELECT partner_id FROM crm_lead
         WHERE type = 'opportunity' AND partner_id IS NOT NULL
           AND (company_id = %(company)s OR company_id IS NULL)
         UNION
        SELECT partner_id FROM crm_relationship_profile
         WHERE company_id = %(company)s AND override_tier_id IS NOT NULL
        """,
        company=company_id,
    )
