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

INSTALMENT = SQL("display_type = 'payment_term' AND parent_state = 'posted'")
"""A posted document's lines on receivable or payable accounts: Odoo lets no other line of a
document stand there. The indexes of ``account.move.line`` in this addon hold these alone."""


PARTIALS = SQL("account_partial_reconcile partial")
PARTIALS_OF_LINE = SQL(
    """LATERAL (
           SELECT debit_move_id, credit_move_id, company_id, max_date, amount
             FROM account_partial_reconcile
            WHERE debit_move_id = line.id
           OFFSET 0) partial"""
)
"""Looked up line by line: PostgreSQL would rather read all reconciliations, though the few
looked up are in memory. ``OFFSET`` keeps it from joining in another way."""


def customer_invoices(condition: SQL) -> list[SQL]:
    """Return the purchase sources of customer invoices and of credit notes.

    A posted invoice of zero is a purchase; receipts are none. Each type is a query of
    its own, as it has an index of its own (see ``account.move`` in this addon).

    :param condition: what ``move`` must meet, for no other source may bring it too
    """
    return [
        _documents("out_invoice", is_refund=False, condition=condition),
        _documents("out_refund", is_refund=True, condition=condition),
    ]


def _documents(move_type: str, is_refund: bool, condition: SQL) -> SQL:
    return SQL(
        """
        SELECT move.partner_id,
               move.company_id,
               move.invoice_date AS date,
               move.amount_untaxed_signed AS amount,
               %s AS is_refund,
               NULL::integer AS guests,
               move.state = 'posted' AS counts,
               move.write_date AS changed_at
          FROM account_move move
         WHERE move.move_type = %s
           AND %s
        """,
        is_refund,
        move_type,
        condition,
    )


def without_costs(purchases: list[SQL]) -> SQL:
    """Return the margin source of documents whose costs nobody knows: one row each."""
    return SQL(
        """
        SELECT partner_id, company_id, date, amount, NULL::numeric AS margin, counts, changed_at
          FROM (%s) document
        """,
        union(purchases, PURCHASE_COLUMNS),
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


def settlements(company_id: int, accounts: list[int], since: date, partners: SQL | None) -> SQL:
    """Return one row a reconciliation from ``since`` on that settles a posted customer
    invoice on one of the receivable ``accounts``.

    Credit notes are no payments, and neither are exchange differences. ``NOT IN`` is a
    hash table of the former, whatever PostgreSQL believes; ``IS NOT TRUE`` leaves it free
    to make one of the latter or to look each up.
    ``days_late`` is negative for early payments. ``amount`` includes tax and is
    in the company's currency.

    :param partners: query of the contacts to look at, None: all
    """
    return SQL(
        """
        SELECT line.partner_id,
               partial.max_date AS date,
               partial.amount,
               partial.max_date - COALESCE(line.date_maturity, line.date) AS days_late
          FROM (%(invoiced)s) line
          JOIN %(partials)s ON partial.debit_move_id = line.id
         WHERE partial.company_id = %(company)s
           AND partial.max_date >= %(since)s
           AND partial.credit_move_id NOT IN (
                   SELECT counterpart.id
                     FROM account_move refund
                     JOIN (%(credited)s) counterpart ON counterpart.move_id = refund.id
                    WHERE refund.move_type = 'out_refund' AND refund.state = 'posted')
           AND (EXISTS (
                   SELECT 1
                     FROM account_partial_reconcile origin
                     JOIN account_move_line counterpart
                       ON counterpart.move_id = origin.exchange_move_id
                    WHERE counterpart.id = partial.credit_move_id
                      AND origin.exchange_move_id IS NOT NULL)) IS NOT TRUE
        """,
        invoiced=_invoiced(_instalments(accounts, SQL("balance >= 0"), partners), partners),
        partials=PARTIALS if partners is None else PARTIALS_OF_LINE,
        credited=_instalments(accounts, SQL("balance <= 0")),
        company=company_id,
        since=since,
    )


def _invoiced(instalments: SQL, partners: SQL | None) -> SQL:
    """Return the ``instalments`` that are of posted customer invoices.

    The invoices of all are read in one go. Those of some contacts are in the index by
    contact; the rare line whose contact is not its invoice's is looked up.
    """
    if partners is None:
        return SQL(
            """SELECT instalment.*
                 FROM (%s) instalment
                 JOIN account_move move ON move.id = instalment.move_id
                                       AND move.move_type = 'out_invoice'
                                       AND move.state = 'posted'""",
            instalments,
        )
    return SQL(
        """SELECT instalment.*
             FROM (%s) instalment
            WHERE instalment.move_id IN (
                      SELECT id FROM account_move
                       WHERE partner_id IN (%s) AND move_type = 'out_invoice'
                         AND state = 'posted')
               OR (SELECT move_type = 'out_invoice' AND state = 'posted'
                     FROM account_move WHERE id = instalment.move_id)""",
        instalments,
        partners,
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
        open_now=_instalments(accounts, OPEN_NOW, partners),
        settled_now=_instalments(accounts, SQL("(%s) IS NOT TRUE", OPEN_NOW), partners),
    )


def _instalments(accounts: list[int], condition: SQL, partners: SQL | None = None) -> SQL:
    """Return the receivable lines of posted documents, of some contacts or of all."""
    return SQL(
        """SELECT id, move_id, partner_id, date, date_maturity, amount_residual
             FROM account_move_line
            WHERE account_id = ANY (%s) AND %s AND %s %s""",
        accounts,
        INSTALMENT,
        condition,
        SQL("AND partner_id IN (%s)", partners) if partners is not None else SQL(""),
    )


def contacts(company_id: int, customers: SQL) -> SQL:
    """Return the commercial partners, besides buyers, that have a place in the relationship.

    Those with a sale order or an opportunity of the company, and those with a
    manual tier. An opportunity without a company is everybody's, as in Odoo's
    own record rules.

    :param customers: table of the contacts to look at and their commercial partners
    """
    return SQL(
        """
        SELECT customer.commercial_partner_id AS partner_id
          FROM sale_order document
          JOIN %(customers)s customer ON customer.id = document.partner_id
         WHERE document.company_id = %(company)s
         UNION
        SELECT customer.commercial_partner_id
          FROM crm_lead document
          JOIN %(customers)s customer ON customer.id = document.partner_id
         WHERE document.type = 'opportunity'
           AND (document.company_id = %(company)s OR document.company_id IS NULL)
         UNION
        SELECT customer.commercial_partner_id
          FROM crm_relationship_profile profile
          JOIN %(customers)s customer ON customer.id = profile.partner_id
         WHERE profile.company_id = %(company)s AND profile.override_tier_id IS NOT NULL
        """,
        customers=customers,
        company=company_id,
    )
