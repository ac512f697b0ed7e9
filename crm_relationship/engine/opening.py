"""Opening: a company's first run creates the profiles with their tiers and stages at once.

It gives what :func:`.measure.insert`, :func:`.grade_tier.evaluate` and
:func:`.lifecycle.grade` give one after the other, without writing every profile twice.
"""

from odoo.tools import SQL

from . import credit, ladder, lifecycle, stage, tables
from .measure import MANY_ROWS, MEASURE_COLUMNS, values
from .measurement import Measurement
from .record import Changes, append
from .stage import StageTerms
from .tier_cuts import TierTerms, evidence, find_cuts, position, steps

RANKED = SQL("SELECT tier_basis FROM crm_relationship_measured WHERE tier_standing = 'ranked'")


def insert(env, measurement: Measurement, terms: TierTerms, run_id: int) -> tuple[int, int]:
    """Create the profiles of :func:`.measure.find`; return how many, and how many changes."""
    before = _count(env, terms.company_id)
    env.cr.execute("CREATE INDEX ON crm_relationship_measured (tier_basis)")
    cut = find_cuts(env, terms, RANKED)
    changes = append(
        env,
        Changes(
            ctes=_created(measurement, terms, cut),
            rows=SQL(" UNION ALL ").join(_placed(measurement, terms, run_id)),
        ),
    )
    created = _count(env, terms.company_id) - before
    if created > MANY_ROWS:
        env.cr.execute("ANALYZE crm_relationship_profile")
    return created, changes


def _count(env, company_id: int) -> int:
    query = SQL("SELECT COUNT(*) FROM crm_relationship_profile WHERE company_id = %s", company_id)
    return env.execute_query(query)[0][0]


def _created(measurement: Measurement, terms: TierTerms, cut: SQL) -> SQL:
    """The steps from the cuts among the measured customers to their profiles."""
    return SQL(
        """
             cut AS MATERIALIZED (%(cut)s),
             step AS (%(steps)s),
             rule (place, id, code) AS (VALUES %(rules)s),
             found AS (
                SELECT profile.*,
                       CASE WHEN profile.tier_standing IN ('ranked', 'unranked')
                            THEN %(position)s END AS position,
                       %(stage_place)s AS stage_place,
                       NULL::numeric AS yearly_need
                  FROM crm_relationship_measured profile
                 WHERE profile.partner_id NOT IN (
                           SELECT partner_id FROM crm_relationship_profile
                            WHERE company_id = %(company)s)
                %(fence)s
             ),
             scored AS (%(scored)s),
             created AS (
                INSERT INTO crm_relationship_profile (
                    partner_id, company_id, below_count, %(columns)s,
                    tier_id, computed_tier_id, evaluated_basis,
                    stage_id, stage_date, stage_purchase_date, ladder_step, ladder_date,
                    credit_score, credit_coverage, credit_grade_id)
                SELECT found.partner_id, %(company)s, 0, %(values)s, step.id, step.id, tier_basis,
                       rule.id, %(stage_date)s, found.last_purchase_date,
                       %(ladder_step)s, %(stage_date)s,
                       new_credit_score, new_credit_coverage, new_credit_grade_id
                  FROM scored found
                  LEFT JOIN step ON step.position = found.position
                  LEFT JOIN rule ON rule.place = found.stage_place
                 ORDER BY found.partner_id
             RETURNING partner_id, tier_id, tier_basis, visit_count, guest_count, guest_revenue,
                       revenue, revenue_previous, purchase_count, first_purchase_date,
                       last_purchase_date, stage_id, ladder_step
             )
        """,
        cut=cut,
        steps=steps(terms),
        position=position(terms),
        columns=SQL(", ").join(SQL.identifier(name) for name in MEASURE_COLUMNS),
        values=SQL(", ").join(values(measurement, MEASURE_COLUMNS, SQL.identifier("found"))),
        company=terms.company_id,
        fence=tables.FENCE,
        scored=credit.scored(
            # Nobody's yearly need is known yet.
            measurement.credit,
            SQL("SELECT * FROM found"),
            position=SQL("profile.position"),
        ),
        **_lifecycle(measurement.lifecycle),
    )


def _lifecycle(terms: StageTerms | None) -> dict[str, SQL]:
    """Return the parts of the statement for the stages; without them all is empty."""
    if terms is None:
        return {
            "rules": SQL("(NULL::integer, NULL::integer, NULL::varchar)"),
            "stage_place": SQL("NULL::integer"),
            "stage_date": SQL("NULL::date"),
            "ladder_step": SQL("NULL::varchar"),
        }
    return {
        "rules": lifecycle.rules(terms),
        "stage_place": stage.target(terms, SQL.identifier("profile"), dismissed=SQL("FALSE")),
        "stage_date": SQL("%s::date", terms.as_of),
        "ladder_step": ladder.step(
            terms.window_months,
            profile=SQL.identifier("found"),
            is_fading=SQL("(found.stage_place >= %s)", stage.DECLINE),
            mark=SQL("NULL::varchar"),
            need=SQL("NULL::numeric"),
        ),
    }


def _placed(measurement: Measurement, terms: TierTerms, run_id: int) -> list[SQL]:
    """The rows for the history, of created profiles: tiers, stages and steps of the ladder."""
    tiers = SQL(
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
    if measurement.lifecycle is None:
        return [tiers]
    placed = SQL(
        """
        SELECT created.partner_id, %(company)s, %(as_of)s, held.dimension, NULL, held.code,
               'opening', NULL::numeric, NULL::numeric, held.evidence, %(run)s
          FROM created
          JOIN rule ON rule.id = created.stage_id
         CROSS JOIN LATERAL (VALUES ('stage', rule.code, %(stage)s),
                                    ('ladder', created.ladder_step, NULL::jsonb))
                    AS held (dimension, code, evidence)
        """,
        company=terms.company_id,
        as_of=terms.as_of,
        stage=lifecycle.evidence(measurement.lifecycle, SQL.identifier("created")),
        run=run_id,
    )
    return [tiers, placed]
