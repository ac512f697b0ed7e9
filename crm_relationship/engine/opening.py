"""Opening: a company's first run creates the profiles with their tiers at once.

It gives what :func:`.measure.insert` and :func:`.grade_tier.evaluate` give one after the
other, without writing every profile twice.
"""

from odoo.tools import SQL

from .measure import MANY_ROWS, MEASURE_COLUMNS
from .record import Changes, append
from .tier_cuts import TierTerms, evidence, find_cuts, position, steps


def insert(env, terms: TierTerms, run_id: int) -> tuple[int, int]:
    """Create the profiles of :func:`.measure.find`; return how many, and how many changes."""
    before = _count(env, terms.company_id)
    env.cr.execute("CREATE INDEX ON crm_relationship_measured (tier_basis)")
    cut = find_cuts(
        env,
        terms,
        SQL("SELECT tier_basis FROM crm_relationship_measured WHERE tier_standing = 'ranked'"),
    )
    changes = append(env, Changes(ctes=_created(terms, cut), rows=_placed(terms, run_id)))
    created = _count(env, terms.company_id) - before
    if created > MANY_ROWS:
        env.cr.execute("ANALYZE crm_relationship_profile")
    return created, changes


def _count(env, company_id: int) -> int:
    query = SQL("SELECT COUNT(*) FROM crm_relationship_profile WHERE company_id = %s", company_id)
    return env.execute_query(query)[0][0]


def _created(terms: TierTerms, cut: SQL) -> SQL:
    """The steps from the cuts among the measured customers to their profiles."""
    return SQL(
        """
             cut AS MATERIALIZED (%(cut)s),
             step AS (%(steps)s),
             placed AS (
                SELECT profile.*,
                       CASE WHEN profile.tier_standing IN ('ranked', 'unranked')
                            THEN %(position)s END AS position
                  FROM crm_relationship_measured profile
                 WHERE profile.partner_id NOT IN (
                           SELECT partner_id FROM crm_relationship_profile
                            WHERE company_id = %(company)s)
             ),
             created AS (
                INSERT INTO crm_relationship_profile (
                    partner_id, company_id, below_count, %(columns)s,
                    tier_id, computed_tier_id, evaluated_basis)
                SELECT placed.partner_id, %(company)s, 0, %(columns)s, step.id, step.id, tier_basis
                  FROM placed
                  LEFT JOIN step ON step.position = placed.position
                 ORDER BY placed.partner_id
             RETURNING partner_id, tier_id, tier_basis, visit_count, guest_count,
                       guest_revenue, revenue
             )
        """,
        cut=cut,
        steps=steps(terms),
        position=position(terms),
        columns=SQL(", ").join(SQL.identifier(name) for name in MEASURE_COLUMNS),
        company=terms.company_id,
    )


def _placed(terms: TierTerms, run_id: int) -> SQL:
    """One row per created profile with a tier, for the history."""
    return SQL(
        """
        SELECT created.partner_id, %(company)s, %(as_of)s, 'tier', NULL, tier.code, 'opening',
               created.tier_basis, cut.cut_value, %(evidence)s, %(run)s
          FROM created
          JOIN crm_relationship_tier tier ON tier.id = created.tier_id
          JOIN cut ON cut.tier_id = created.tier_id
        """,
        company=terms.company_id,
        as_of=terms.as_of,
        evidence=evidence(terms, SQL("created")),
        run=run_id,
    )
