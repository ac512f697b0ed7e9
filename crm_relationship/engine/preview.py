"""Preview: what a policy would make of the customers, before anything is saved.

The customers are measured by the policy's terms into a table of their own, and graded
there by the same statement as the profiles in a run.
"""

from odoo.tools import SQL

from . import grade_tier
from .measure import MEASURE_COLUMNS
from .tier_cuts import TierTerms, cuts, find_cuts, position, steps

PREVIEWED = "crm_relationship_previewed"


def grade(env, terms: TierTerms) -> None:
    """Fill the temporary table :data:`PREVIEWED` with the tiers that the customers found
    by :func:`.measure.find` would have after an evaluation by ``terms``, whose table it is.

    Who was a customer and would be none has no row.
    """
    env.cr.execute(SQL("DROP TABLE IF EXISTS %s", terms.profiles))
    env.cr.execute(_start(terms))
    env.cr.execute(SQL("ANALYZE %s", terms.profiles))
    changes = grade_tier.evaluate(terms, find_cuts(env, terms), run_id=None, opening=False)
    env.cr.execute(SQL("WITH %s SELECT COUNT(*) FROM diff", changes.ctes))


def _start(terms: TierTerms) -> SQL:
    """Return the statement that creates the table: the measures with the present tiers.

    A manual tier that ran out gives way to the computed one, as in a run; one that holds
    becomes the policy's tier of the same code, as when the policy is activated.
    """
    return SQL(
        """
        CREATE TEMPORARY TABLE %(table)s ON COMMIT DROP AS
        SELECT row_number() OVER () AS id, %(company)s AS company_id, measured.partner_id,
               %(measures)s,
               CASE WHEN ended.yes THEN profile.computed_tier_id
                    ELSE COALESCE(own.id, profile.tier_id) END AS tier_id,
               profile.computed_tier_id,
               CASE WHEN ended.yes THEN 0 ELSE COALESCE(profile.below_count, 0) END AS below_count,
               profile.evaluated_basis, profile.is_tier_capped,
               profile.credit_grade_id, profile.assessed_grade_id, profile.assessed_until,
               CASE WHEN NOT ended.yes THEN COALESCE(own.id, profile.override_tier_id) END
                 AS override_tier_id,
               CASE WHEN NOT ended.yes THEN profile.override_until END AS override_until
          FROM crm_relationship_measured measured
          LEFT JOIN crm_relationship_profile profile
            ON profile.partner_id = measured.partner_id AND profile.company_id = %(company)s
          LEFT JOIN crm_relationship_tier held ON held.id = profile.override_tier_id
          LEFT JOIN crm_relationship_tier own ON own.code = held.code
                                             AND own.policy_id = %(policy)s
         CROSS JOIN LATERAL (
               SELECT COALESCE(profile.override_until < %(as_of)s, FALSE) AS yes) ended
        """,
        table=terms.profiles,
        company=terms.company_id,
        policy=terms.policy_id,
        as_of=terms.as_of,
        measures=SQL(", ").join(SQL.identifier("measured", name) for name in MEASURE_COLUMNS),
    )


def keep_customers(terms: TierTerms, preview_id: int, user_id: int) -> SQL:
    """Return the statement that keeps one row a customer whose tier is or would be any.

    ``movement`` compares the places of the present and the previewed tier. The rows are those
    of the user ``user_id``.
    """
    return SQL(
        """
        INSERT INTO crm_relationship_preview_customer (
            preview_id, company_id, partner_id, old_tier_id, new_tier_id, tier_basis, revenue,
            movement, create_uid, write_uid, create_date, write_date)
        SELECT %(preview)s, %(company)s, partner_id, old.id, new.id,
               COALESCE(previewed.tier_basis, profile.tier_basis),
               COALESCE(previewed.revenue, 0),
               CASE WHEN new.id IS NULL THEN 'out'
                    WHEN old.id IS NULL THEN 'new'
                    WHEN new.code = old.code THEN 'same'
                    WHEN step.position < former.position THEN 'up'
                    WHEN step.position > former.position THEN 'down'
                    ELSE 'renamed' END,
               %(user)s, %(user)s, now() AT TIME ZONE 'UTC', now() AT TIME ZONE 'UTC'
          FROM %(previewed)s previewed
          FULL JOIN (SELECT known.partner_id, known.tier_id, known.tier_basis
                       FROM crm_relationship_profile known
                       JOIN res_partner customer ON customer.id = known.partner_id
                                                AND customer.active
                      WHERE known.company_id = %(company)s) profile
         USING (partner_id)
          LEFT JOIN crm_relationship_tier old ON old.id = profile.tier_id
          LEFT JOIN crm_relationship_tier new ON new.id = previewed.tier_id
          LEFT JOIN (%(places)s) former ON former.id = old.id
          LEFT JOIN (%(steps)s) step ON step.id = new.id
         WHERE old.id IS NOT NULL OR new.id IS NOT NULL
        """,
        preview=preview_id,
        user=user_id,
        company=terms.company_id,
        previewed=terms.profiles,
        places=_places(terms),
        steps=steps(terms),
    )


def _places(terms: TierTerms) -> SQL:
    """One row per tier of the company: its ``position`` among those of the previewed policy.

    That of the same code; without one the best is the best, the lowest the lowest, and
    another one stands half a place below the next better tier that has one.
    """
    return SQL(
        """
        WITH step AS (%(steps)s),
             own AS (SELECT tier.code, step.position
                       FROM step JOIN crm_relationship_tier tier ON tier.id = step.id)
        SELECT tier.id,
               CASE WHEN own.position IS NOT NULL THEN own.position
                    WHEN tier.is_top THEN 1
                    WHEN tier.is_lowest THEN %(lowest)s
                    ELSE COALESCE((
                        SELECT MAX(better.position)
                          FROM crm_relationship_tier other
                          JOIN own better ON better.code = other.code
                         WHERE other.policy_id = tier.policy_id
                           AND (other.sequence, other.id) < (tier.sequence, tier.id)), 0) + 0.5
                    END AS position
          FROM crm_relationship_tier tier
          LEFT JOIN own ON own.code = tier.code
         WHERE tier.company_id = %(company)s
        """,
        steps=steps(terms),
        lowest=len(terms.tiers),
        company=terms.company_id,
    )


def count_tiers(terms: TierTerms) -> SQL:
    """Return one row a tier with what the cuts alone give to the customers that
    :func:`.measure.find` found: ``code``, ``customers``, ``amount``.
    """
    ranked = SQL("SELECT tier_basis FROM crm_relationship_measured WHERE tier_standing = 'ranked'")
    return SQL(
        """
        WITH cut AS MATERIALIZED (%(cuts)s)
        SELECT tier.code, COUNT(customer.position)::integer AS customers,
               COALESCE(SUM(customer.tier_basis), 0)::double precision AS amount
          FROM unnest(%(tiers)s::integer[]) WITH ORDINALITY AS step(id, position)
          JOIN crm_relationship_tier tier ON tier.id = step.id
          LEFT JOIN (
               SELECT profile.tier_basis, %(position)s AS position
                 FROM crm_relationship_measured profile
                WHERE profile.tier_standing IN ('ranked', 'unranked')) customer
            ON customer.position = step.position
         GROUP BY step.position, tier.code
         ORDER BY step.position
        """,
        cuts=cuts(terms, ranked),
        tiers=list(terms.tiers),
        position=position(terms),
    )
