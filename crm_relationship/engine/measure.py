"""Measure: one row per customer and company, from the company's documents.

Reads Odoo's own tables through the sources and writes only
``crm.relationship.profile``, and of it only rows that differ.
"""

from contextlib import nullcontext
from dataclasses import dataclass

from odoo.tools import SQL

from . import credit, session, sources, stage, tables
from .measurement import Measurement
from .scope import IN_SCOPE, UNMEASURED

MEASURE_COLUMNS = (
    "purchase_count", "visit_count", "guest_count", "guest_revenue", "first_purchase_date",
    "last_purchase_date", "purchase_interval_days", "revenue", "revenue_previous", "refund_amount",
    "margin", "margin_coverage", "paid_amount", "settled_amount", "days_late", "overdue_amount",
    "is_newcomer", "tier_basis", "tier_standing", "open_deal_count", "lost_deal_count",
    "card_count", "referred_buyer_count", "source_id", "open_amount", "overdue_since",
    "on_time_share", "recent_days_late", "dispute_count", "quarter_revenue",
    "quarter_revenue_previous", "purchase_months", "next_due_date",
)  # fmt: skip

MANY_ROWS = 10_000
"""New profiles after which PostgreSQL must count them before the next statement."""


@dataclass(frozen=True)
class Target:
    """Where measures are kept: a table with a row a customer and company.

    :param columns: those of :data:`MEASURE_COLUMNS` that it has
    """

    table: str
    columns: tuple[str, ...]

    @property
    def name(self) -> SQL:
        """The name of the table as SQL."""
        return SQL.identifier(self.table)

    @property
    def names(self) -> list[SQL]:
        """The names of the columns as SQL."""
        return [SQL.identifier(name) for name in self.columns]


def values(measurement: Measurement, columns: tuple[str, ...], measured: SQL) -> list[SQL]:
    """Return what is written to ``columns``.

    :param measured: alias of ``crm_relationship_measured``
    """
    return [
        due_date(measurement, measured)
        if name == "next_due_date"
        else SQL("%s.%s", measured, SQL.identifier(name))
        for name in columns
    ]


def due_date(measurement: Measurement, measured: SQL) -> SQL:
    """Return the first day on which time alone changes something.

    The days on which a silence grows too long are known only here: a first run knows the
    customers' rhythm after it has measured all of them.

    :param measured: alias of ``crm_relationship_measured``
    """
    days = [SQL("%s.next_due_date", measured)]
    if measurement.lifecycle:
        days += stage.due_dates(measurement.lifecycle, measured)
    if measurement.credit:
        days += credit.due_dates(measurement.credit, measured)
    return SQL("LEAST(%s)", SQL(", ").join(days))


PROFILES = Target("crm_relationship_profile", MEASURE_COLUMNS)


LOOKED_UP = {
    "crm_relationship_later",
    "crm_relationship_no_payment",
    "crm_relationship_dispute",
}
"""Tables of few rows, as a rule, for which none is read as a whole."""


def find(env, measurement: Measurement) -> None:
    """Fill the table ``crm_relationship_measured``, see :mod:`.tables`; no profile is written."""
    for name, query in measurement.stages(sources.receivable_accounts(env)).items():
        with _working(env, measurement, name):
            tables.keep(env, name, query, measurement.shared)
            key = "id" if name == "crm_relationship_no_payment" else "partner_id"
            env.cr.execute(SQL("ANALYZE %s (%s)", SQL.identifier(name), SQL.identifier(key)))
    if measurement.scoped:
        env.cr.execute("CREATE UNIQUE INDEX ON crm_relationship_measured (partner_id)")


def _working(env, measurement: Measurement, name: str):
    """Return the context in which PostgreSQL fills a table best."""
    if measurement.scoped:
        return session.shares_lookups(env) if measurement.is_large else nullcontext()
    return nullcontext() if name in LOOKED_UP else session.joins_in_bulk(env)


def update(env, measurement: Measurement, target: Target = PROFILES) -> int:
    """Write the measures that differ to existing profiles; return how many rows."""
    columns = target.names
    new = values(measurement, target.columns, SQL.identifier("measured"))
    env.cr.execute(
        SQL(
            """
            UPDATE %(profiles)s profile
               SET %(assignments)s
              FROM crm_relationship_measured measured
             WHERE profile.company_id = %(company)s
               AND profile.partner_id = measured.partner_id
               AND (%(old)s) IS DISTINCT FROM (%(new)s)
            """,
            profiles=target.name,
            assignments=SQL(", ").join(
                SQL("%s = %s", name, value) for name, value in zip(columns, new, strict=True)
            ),
            old=SQL(", ").join(SQL("profile.%s", name) for name in columns),
            new=SQL(", ").join(new),
            company=measurement.company_id,
        )
    )
    return env.cr.rowcount


def insert(env, measurement: Measurement, target: Target = PROFILES) -> int:
    """Create the profiles of new customers; return how many.

    ``NOT IN`` is a hash table whatever PostgreSQL believes of the profiles' number: a
    table that was empty a moment ago would else be searched row by row.
    """
    env.cr.execute(
        SQL(
            """
            INSERT INTO %(profiles)s (
                partner_id, company_id, below_count, %(columns)s)
            SELECT measured.partner_id, %(company)s, 0, %(values)s
              FROM crm_relationship_measured measured
             WHERE measured.partner_id NOT IN (
                       SELECT partner_id FROM %(profiles)s
                        WHERE company_id = %(company)s %(scope)s)
             ORDER BY measured.partner_id
            """,
            profiles=target.name,
            columns=SQL(", ").join(target.names),
            values=SQL(", ").join(values(measurement, target.columns, SQL.identifier("measured"))),
            scope=IN_SCOPE if measurement.scoped else SQL(""),
            company=measurement.company_id,
        )
    )
    count = env.cr.rowcount
    if count > MANY_ROWS:
        env.cr.execute(SQL("ANALYZE %s", target.name))
    return count


def freeze(env, measurement: Measurement, target: Target = PROFILES) -> int:
    """Take archived customers out of the count, their results stay; return how many."""
    has_due_date = "next_due_date" in target.columns
    env.cr.execute(
        SQL(
            """
            UPDATE %(profiles)s profile
               SET tier_standing = 'frozen' %(no_due_date)s
              FROM res_partner customer
             WHERE profile.company_id = %(company)s
               AND customer.id = profile.partner_id
               AND NOT customer.active
               AND (profile.tier_standing IS DISTINCT FROM 'frozen' %(was_due)s)
               %(scope)s
            """,
            profiles=target.name,
            no_due_date=SQL(", next_due_date = NULL" if has_due_date else ""),
            was_due=SQL("OR profile.next_due_date IS NOT NULL" if has_due_date else ""),
            scope=UNMEASURED if measurement.scoped else SQL(""),
            company=measurement.company_id,
        )
    )
    return env.cr.rowcount


def leavers(measurement: Measurement, target: Target = PROFILES) -> SQL:
    """Return the profiles that are no longer in the population, archived ones aside."""
    return SQL(
        """
        SELECT profile.id
          FROM %(profiles)s profile
          JOIN res_partner customer ON customer.id = profile.partner_id AND customer.active
         WHERE profile.company_id = %(company)s
           %(scope)s
           AND NOT EXISTS (
                   SELECT 1 FROM crm_relationship_measured measured
                    WHERE measured.partner_id = profile.partner_id)
        """,
        profiles=target.name,
        scope=UNMEASURED if measurement.scoped else SQL(""),
        company=measurement.company_id,
    )
