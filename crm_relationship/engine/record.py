"""Record: what changed, when, why and by which run. Append only."""

from dataclasses import dataclass
from datetime import date

from odoo.tools import SQL

from .scope import IN_SCOPE
from .tier_cuts import PROFILES

CHANGE_COLUMNS = (
    "partner_id", "company_id", "date", "dimension", "old_value", "new_value", "cause",
    "basis_amount", "cut_amount", "evidence", "run_id",
)  # fmt: skip


@dataclass(frozen=True)
class Changes:
    """A statement that writes profiles and knows what it changed.

    :param ctes: the WITH clauses, one of which writes the profiles
    :param rows: the query on them whose rows go to the history, with
        :data:`CHANGE_COLUMNS` in that order
    """

    ctes: SQL
    rows: SQL


def append(env, changes: Changes, backfilled: bool = False) -> int:
    """Execute ``changes`` and append its rows to the history, in one statement;
    return how many.

    :param backfilled: mark them as worked out later, for a time before the history began
    """
    columns = SQL(", ").join(SQL.identifier(name) for name in CHANGE_COLUMNS)
    env.cr.execute(
        SQL(
            """WITH %s
            INSERT INTO crm_relationship_change (%s, is_backfilled)
            SELECT changed.*, %s FROM (%s) changed""",
            changes.ctes,
            columns,
            backfilled,
            changes.rows,
        )
    )
    return env.cr.rowcount


def append_and_count(env, changes: Changes, counters: dict[str, SQL]) -> dict[str, int]:
    """Do as :func:`append`; return how many rows as ``changes``, and what ``counters`` say.

    :param counters: queries of a number, on the WITH clauses
    """
    columns = SQL(", ").join(SQL.identifier(name) for name in CHANGE_COLUMNS)
    [row] = env.execute_query_dict(
        SQL(
            """WITH %(ctes)s,
                    changed AS (%(rows)s),
                    appended AS (
                        INSERT INTO crm_relationship_change (%(columns)s, is_backfilled)
                        SELECT changed.*, FALSE FROM changed
                     RETURNING id)
            SELECT (SELECT COUNT(*) FROM appended) AS changes, %(counters)s""",
            ctes=changes.ctes,
            rows=changes.rows,
            columns=columns,
            counters=SQL(", ").join(
                SQL("(%s) AS %s", query, SQL.identifier(name)) for name, query in counters.items()
            ),
        )
    )
    return row


def left_population(
    company_id: int, as_of: date, run_id: int, leavers: SQL, table: str = PROFILES
) -> Changes:
    """Delete the profiles ``leavers``; what they had goes to the history.

    :param table: where they are
    """
    return Changes(
        ctes=SQL(
            """gone AS (
            DELETE FROM %(profiles)s profile
             WHERE profile.id IN (%(leavers)s)
         RETURNING profile.partner_id, profile.tier_id, profile.stage_id,
                   %(step)s AS ladder_step)""",
            profiles=SQL.identifier(table),
            step=SQL("profile.ladder_step" if table == PROFILES else "NULL::varchar"),
            leavers=leavers,
        ),
        rows=SQL(
            """
        SELECT gone.partner_id, %(company)s, %(as_of)s, former.dimension, former.code, NULL, 'left',
               NULL::numeric, NULL::numeric, NULL::jsonb, %(run)s
          FROM gone
          LEFT JOIN crm_relationship_tier tier ON tier.id = gone.tier_id
          LEFT JOIN crm_relationship_stage stage ON stage.id = gone.stage_id
         CROSS JOIN LATERAL (VALUES ('tier', tier.code), ('stage', stage.code),
                                    ('ladder', gone.ladder_step)) AS former (dimension, code)
         WHERE former.code IS NOT NULL
            """,
            company=company_id,
            as_of=as_of,
            run=run_id,
        ),
    )


def end_overrides(company_id: int, as_of: date, run_id: int, scoped: bool) -> Changes:
    """End the overrides valid until before ``as_of``: the tier computed last holds,
    without grace.

    :param scoped: only the customers in the temporary table of :mod:`.scope`
    """
    return Changes(
        ctes=SQL(
            """ended AS MATERIALIZED (
            SELECT id, partner_id, tier_id, computed_tier_id, tier_basis
              FROM crm_relationship_profile
             WHERE company_id = %(company)s
               AND override_tier_id IS NOT NULL
               AND override_until < %(as_of)s
               AND tier_standing IS DISTINCT FROM 'frozen'
               %(scope)s),
             written AS (
            UPDATE crm_relationship_profile profile
               SET tier_id = ended.computed_tier_id,
                   below_count = 0,
                   override_tier_id = NULL,
                   override_reason = NULL,
                   override_user_id = NULL,
                   override_until = NULL
              FROM ended
             WHERE profile.id = ended.id)""",
            company=company_id,
            as_of=as_of,
            scope=IN_SCOPE if scoped else SQL(""),
        ),
        rows=SQL(
            """
        SELECT ended.partner_id, %(company)s, %(as_of)s, 'tier', former.code, latter.code,
               'override_end', ended.tier_basis, NULL::numeric, NULL::jsonb, %(run)s
          FROM ended
          LEFT JOIN crm_relationship_tier former ON former.id = ended.tier_id
          LEFT JOIN crm_relationship_tier latter ON latter.id = ended.computed_tier_id
            """,
            company=company_id,
            as_of=as_of,
            run=run_id,
        ),
    )
