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

A source's table needs indexes by contact and by ``changed_at``, or a night reads all of it.

Other addons add theirs by overriding ``_get_purchase_sources`` or
``_get_margin_sources`` of ``crm.relationship.profile``. One whose documents are
invoiced later leaves those invoices out in ``_get_invoice_condition``.
"""

from odoo.tools import SQL

PURCHASE_COLUMNS = (
    "partner_id", "company_id", "date", "amount", "is_refund", "guests", "counts", "changed_at",
)  # fmt: skip
MARGIN_COLUMNS = (
    "partner_id", "company_id", "date", "amount", "margin", "counts", "changed_at",
)  # fmt: skip


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


def opportunities(company_id: int) -> SQL:
    """Return the company's opportunities; one without a company is everybody's, as in Odoo's
    own record rules. One that is archived without being lost is neither open nor lost.
    """
    return SQL(
        """
        SELECT partner_id, create_date, source_id,
               won_status = 'won' OR (won_status = 'pending' AND active) AS is_open,
               won_status = 'lost' AS is_lost
          FROM crm_lead
         WHERE type = 'opportunity' AND (company_id = %s OR company_id IS NULL)
        """,
        company_id,
    )


def orders(company_id: int) -> SQL:
    """Return the company's quotations and orders, with the columns of :func:`opportunities`."""
    return SQL(
        """
        SELECT partner_id, create_date, source_id, state <> 'cancel' AS is_open, FALSE AS is_lost
          FROM sale_order
         WHERE company_id = %s
        """,
        company_id,
    )


def loyalty_cards(company_id: int) -> SQL:
    """Return the cards of the loyalty programmes that are on in the company."""
    return SQL(
        """
        SELECT card.partner_id, card.expiration_date
          FROM loyalty_card card
          JOIN loyalty_program program ON program.id = card.program_id
         WHERE program.program_type = 'loyalty' AND program.active AND card.active
           AND (program.company_id = %s OR program.company_id IS NULL)
        """,
        company_id,
    )


def decided(company_id: int, scope: SQL) -> SQL:
    """Return the customers of whom people decided or wrote down something: they stay. The columns
    are those of :func:`opportunities`, neither open nor lost, with the customer.

    :param scope: condition on the profiles to look at
    """
    return SQL(
        """
        SELECT partner_id, NULL::timestamp AS create_date, NULL::integer AS source_id,
               FALSE AS is_open, FALSE AS is_lost, partner_id AS commercial_partner_id
          FROM crm_relationship_profile
         WHERE company_id = %s
           AND (override_tier_id IS NOT NULL OR ladder_mark IS NOT NULL OR yearly_need > 0
                OR dismissed_date IS NOT NULL) %s
        """,
        company_id,
        scope,
    )
