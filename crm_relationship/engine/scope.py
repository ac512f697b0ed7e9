"""Scope: which customers an incremental run has to look at.

A customer is in scope when one of its documents changed since the watermark or
when time alone changes one of its measures (``next_due_date``).
"""

from datetime import date, datetime, timedelta

from odoo.tools import SQL

from . import tables

WATERMARK_OVERLAP = timedelta(hours=1)
"""Rows are stamped at the start of their transaction, so look back by this much."""

CONTACTS = SQL.identifier("crm_relationship_scope_contact")
"""Takes the place of ``res_partner`` where documents are rolled up to customers in scope."""

UNMEASURED = SQL(
    """AND customer.id = ANY (ARRAY(SELECT partner_id FROM crm_relationship_scope
                                    EXCEPT
                                    SELECT partner_id FROM crm_relationship_measured))"""
)
"""Keeps the customers in scope that are no customers any more or were archived: an array, since
PostgreSQL does not know how few they are."""

MANY = 5_000
"""Partners in scope from which on workers share the measuring."""

IN_SCOPE = SQL("AND partner_id IN (SELECT partner_id FROM crm_relationship_scope)")
"""Keeps the rows of customers in scope."""


def fill(env, parts: list[SQL], shared: bool = False) -> int:
    """Fill the tables with the scope, see :mod:`.tables`; return how many partners are in it.

    ``crm_relationship_scope`` gets the partners that ``parts`` return, their commercial
    partners and who referred these; ``crm_relationship_scope_contact`` all their contacts.

    :param shared: they may be many
    """
    count = _fill(
        env,
        "crm_relationship_scope",
        "partner_id",
        SQL(
            """
            WITH part AS MATERIALIZED (%s),
                 customer AS MATERIALIZED (
                    SELECT partner_id FROM part WHERE partner_id IS NOT NULL
                     UNION
                    SELECT commercial_partner_id
                      FROM res_partner
                     WHERE id = ANY (ARRAY(SELECT partner_id FROM part)))
            SELECT partner_id FROM customer
             UNION
            SELECT referrer.commercial_partner_id
              FROM res_partner contact
              JOIN res_partner referrer ON referrer.id = contact.referred_by_id
             WHERE contact.referred_by_id IS NOT NULL
               AND contact.commercial_partner_id = ANY (ARRAY(SELECT partner_id FROM customer))
            """,
            SQL(" UNION ").join(parts),
        ),
        shared,
    )
    _fill(
        env,
        "crm_relationship_scope_contact",
        "id",
        SQL(
            """
            SELECT customer.id, customer.commercial_partner_id, customer.active,
                   customer.relationship_excluded, customer.relationship_founding_date
              FROM crm_relationship_scope scope
              JOIN res_partner customer ON customer.commercial_partner_id = scope.partner_id
            """
        ),
        shared,
    )
    return count


def _fill(env, name: str, key: str, query: SQL, shared: bool) -> int:
    table = SQL.identifier(name)
    # In order, so that what is looked up next lies near what was looked up last.
    count = tables.keep(env, name, SQL("%s ORDER BY 1", query), shared)
    env.cr.execute(SQL("CREATE UNIQUE INDEX ON %s (%s)", table, SQL.identifier(key)))
    env.cr.execute(SQL("ANALYZE %s", table))
    return count


def of_partners(partner_ids: list[int]) -> list[SQL]:
    """Return the part with the given partners."""
    return [SQL("SELECT unnest(%s::integer[]) AS partner_id", list(partner_ids))]


def due(company_id: int, as_of: date) -> SQL:
    """Return the customers whose measures change by time alone until ``as_of``."""
    return SQL(
        """SELECT partner_id FROM crm_relationship_profile
            WHERE company_id = %s AND next_due_date <= %s""",
        company_id,
        as_of,
    )


def dated(company_id: int, after: date, as_of: date, purchases: SQL) -> SQL:
    """Return the customers with documents dated after ``after`` until ``as_of``.

    One whose first document lay in the future had no profile that could be due.
    """
    return SQL(
        """SELECT document.partner_id
             FROM (%s) document
            WHERE document.company_id = %s AND document.date > %s AND document.date <= %s""",
        purchases,
        company_id,
        after,
        as_of,
    )


def touched(company_id: int, since: datetime, purchases: SQL, margins: SQL | None) -> list[SQL]:
    """Return the customers with documents written since ``since`` (UTC)."""
    parts = [_touched_documents(company_id, since, purchases)]
    if margins is not None:
        parts.append(_touched_documents(company_id, since, margins))
    parts += [
        SQL(
            """SELECT line.partner_id
                 FROM account_partial_reconcile partial
                 JOIN account_move_line line ON line.id = partial.debit_move_id
                WHERE partial.company_id = %s AND partial.write_date >= %s""",
            company_id,
            since,
        ),
        SQL("SELECT id AS partner_id FROM res_partner WHERE write_date >= %s", since),
        SQL(
            "SELECT partner_id FROM sale_order WHERE company_id = %s AND write_date >= %s",
            company_id,
            since,
        ),
        SQL("SELECT partner_id FROM crm_lead WHERE write_date >= %s", since),
        SQL("SELECT partner_id FROM loyalty_card WHERE write_date >= %s", since),
        SQL(
            """SELECT card.partner_id
                 FROM loyalty_card card
                 JOIN loyalty_program program ON program.id = card.program_id
                WHERE program.write_date >= %s""",
            since,
        ),
    ]
    return parts


def _touched_documents(company_id: int, since: datetime, documents: SQL) -> SQL:
    return SQL(
        """SELECT document.partner_id
             FROM (%s) document
            WHERE document.company_id = %s AND document.changed_at >= %s""",
        documents,
        company_id,
        since,
    )


def moved_across_domain(company_id: int, domain: SQL) -> SQL:
    """Return the customers that entered or left the policy's domain."""
    return SQL(
        """SELECT profile.partner_id
             FROM crm_relationship_profile profile
             LEFT JOIN (%s) inside ON inside.id = profile.partner_id
            WHERE profile.company_id = %s
              AND profile.purchase_count > 0
              AND profile.tier_standing IS DISTINCT FROM 'frozen'
              AND (profile.tier_standing IS NULL) = (inside.id IS NOT NULL)""",
        domain,
        company_id,
    )
