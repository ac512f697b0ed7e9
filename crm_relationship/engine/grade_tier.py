"""Grade: the tier of every customer, by the policy of its company.

Reads profiles, policies and the cuts of an evaluation; writes only profiles and,
through :mod:`.record`, the history of what changed.
"""

from odoo.tools import SQL

from . import tier_cap
from .record import Changes
from .tier_cuts import (
    PROFILES,
    TierTerms,
    evidence,
    position,
    steps,
)


def keep_cuts(terms: TierTerms, cut: SQL) -> SQL:
    """Return the statement that keeps an evaluation's cuts and what is in its tiers.

    :param cut: the rows of :func:`.tier_cuts.find_cuts`
    """
    return SQL(
        """
        WITH cut AS MATERIALIZED (%(cut)s),
             member AS (
                SELECT tier_id, COUNT(*) AS customers, SUM(tier_basis) AS basis_total,
                       SUM(revenue) AS revenue_total
                  FROM %(profiles)s
                 WHERE company_id = %(company)s AND tier_standing IS DISTINCT FROM 'frozen'
                 GROUP BY tier_id)
        INSERT INTO crm_relationship_tier_cut (
            policy_id, tier_id, company_id, sequence, date, population, cut_rank, cut_value,
            has_cut, customer_count, basis_total, revenue_total, is_backfilled)
        SELECT %(policy)s, cut.tier_id, %(company)s, tier.sequence, %(as_of)s, cut.population,
               cut.cut_rank, cut.cut_value, cut.cut_value IS NOT NULL,
               COALESCE(member.customers, 0), COALESCE(member.basis_total, 0),
               COALESCE(member.revenue_total, 0), %(backfilled)s
          FROM cut
          JOIN crm_relationship_tier tier ON tier.id = cut.tier_id
          LEFT JOIN member ON member.tier_id = cut.tier_id
            ON CONFLICT (policy_id, date, tier_id) DO UPDATE
           SET population = EXCLUDED.population,
               cut_rank = EXCLUDED.cut_rank,
               cut_value = EXCLUDED.cut_value,
               has_cut = EXCLUDED.has_cut,
               customer_count = EXCLUDED.customer_count,
               basis_total = EXCLUDED.basis_total,
               revenue_total = EXCLUDED.revenue_total
        """,
        cut=cut,
        profiles=terms.profiles,
        policy=terms.policy_id,
        company=terms.company_id,
        as_of=terms.as_of,
        backfilled=terms.table != PROFILES,
    )


def evaluate(terms: TierTerms, cut: SQL, run_id: int, opening: bool) -> Changes:
    """Evaluate: everybody by the cuts, falls with grace.

    :param cut: the rows of :func:`.tier_cuts.find_cuts`
    """
    return _grade(
        terms,
        cut,
        run_id,
        who=SQL("profile.tier_standing IS DISTINCT FROM 'frozen'"),
        placed="opening" if opening else "placed",
        evaluated=True,
    )


def newcomers(terms: TierTerms, scoped: bool) -> SQL:
    """Return the customers without a tier that get one between two evaluations.

    :param scoped: only the customers in the temporary table of :mod:`.scope`
    """
    return SQL(
        "SELECT profile.id FROM %s profile WHERE profile.company_id = %s AND %s",
        terms.profiles,
        terms.company_id,
        _is_newcomer(scoped),
    )


def _is_newcomer(scoped: bool) -> SQL:
    who = SQL(
        """profile.tier_id IS NULL AND profile.override_tier_id IS NULL
           AND profile.tier_standing IN ('ranked', 'unranked')"""
    )
    if scoped:
        return SQL(
            "%s AND profile.partner_id IN (SELECT partner_id FROM crm_relationship_scope)", who
        )
    return who


def place(terms: TierTerms, cut: SQL, run_id: int, scoped: bool) -> Changes:
    """Place :func:`newcomers` by the live cuts."""
    return _grade(terms, cut, run_id, who=_is_newcomer(scoped), placed="placed", evaluated=False)


def _grade(
    terms: TierTerms, cut: SQL, run_id: int, who: SQL, placed: str, evaluated: bool
) -> Changes:
    """Grade the profiles ``who`` and write those that differ."""
    return Changes(
        ctes=_written(terms, cut, who, evaluated),
        rows=_changed(terms, run_id, placed),
    )


def _written(terms: TierTerms, cut: SQL, who: SQL, evaluated: bool) -> SQL:
    """The steps from the cuts to the profiles written; ``diff`` has what differs."""
    return SQL(
        """
             cut AS MATERIALIZED (%(cut)s),
             step AS (%(steps)s),
             computed AS (%(computed)s),
             graded AS (%(graded)s),
             diff AS MATERIALIZED (
                SELECT graded.*, tier.id AS new_tier_id, target.id AS new_computed_tier_id
                  FROM graded
                  LEFT JOIN step tier ON tier.position = graded.new_position
                  LEFT JOIN step target ON target.position = graded.computed_position
                 WHERE (graded.tier_id, graded.computed_tier_id, graded.below_count)
                       IS DISTINCT FROM
                       (CASE WHEN graded.overridden THEN graded.tier_id ELSE tier.id END,
                        target.id, graded.new_below_count)
                    OR (%(evaluated)s AND graded.evaluated_basis
                                          IS DISTINCT FROM graded.tier_basis)
                    %(cap_differs)s
             ),
             written AS (
                UPDATE %(profiles)s profile
                   SET tier_id = CASE WHEN diff.overridden THEN profile.tier_id
                                      ELSE diff.new_tier_id END,
                       computed_tier_id = diff.new_computed_tier_id,
                       below_count = diff.new_below_count,
                       evaluated_basis = CASE WHEN %(evaluated)s THEN diff.tier_basis
                                              ELSE profile.evaluated_basis END
                       %(capped)s
                  FROM diff
                 WHERE profile.id = diff.id
             )
        """,
        cut=cut,
        steps=steps(terms),
        computed=_computed(terms, who),
        graded=_graded(terms),
        profiles=terms.profiles,
        evaluated=evaluated,
        cap_differs=SQL("OR graded.is_capped IS DISTINCT FROM COALESCE(is_tier_capped, FALSE)")
        if terms.cap
        else SQL(""),
        capped=SQL(", is_tier_capped = diff.is_capped") if terms.cap else SQL(""),
    )


def _changed(terms: TierTerms, run_id: int, placed: str) -> SQL:
    """One row per profile of ``diff`` whose tier changed, for the history.

    A new policy's tier of the same code is no change. The cut is the one reached, or
    after a fall the one missed. An evaluation made up later stands behind what was decided
    by hand meanwhile: history is read by its days.
    """
    return SQL(
        """
        SELECT diff.partner_id,
               %(company)s AS company_id,
               COALESCE(later.date, %(as_of)s) AS date,
               'tier' AS dimension,
               former.code AS old_value,
               latter.code AS new_value,
               CASE WHEN diff.new_tier_id IS NULL THEN 'outside'
                    WHEN diff.tier_id IS NULL THEN %(placed)s
                    WHEN diff.position IS NULL THEN 'policy'
                    WHEN diff.new_position < diff.position THEN 'up'
                    WHEN diff.is_capped THEN 'capped'
                    ELSE 'down' END AS cause,
               diff.tier_basis AS basis_amount,
               (SELECT cut_value FROM cut
                 WHERE tier_id = CASE WHEN diff.new_position > diff.position THEN diff.tier_id
                                      ELSE diff.new_tier_id END) AS cut_amount,
               CASE WHEN diff.is_capped AND diff.new_position > diff.position THEN %(cap)s
                    ELSE diff.evidence END AS evidence,
               %(run)s AS run_id
          FROM diff
          LEFT JOIN crm_relationship_tier former ON former.id = diff.tier_id
          LEFT JOIN crm_relationship_tier latter ON latter.id = diff.new_tier_id
          LEFT JOIN (%(later)s) later ON later.partner_id = diff.partner_id
         WHERE NOT diff.overridden AND former.code IS DISTINCT FROM latter.code
        """,
        company=terms.company_id,
        as_of=terms.as_of,
        later=_later_days(terms),
        placed=placed,
        cap=tier_cap.evidence(terms.cap),
        run=run_id,
    )


def _later_days(terms: TierTerms) -> SQL:
    """One row per customer with changes after ``as_of``: their last day.

    A backfill goes on in the past, whatever happened later.
    """
    return SQL(
        """SELECT partner_id, MAX(date) AS date
             FROM crm_relationship_change
            WHERE company_id = %s AND date > %s AND dimension = 'tier' AND %s
            GROUP BY partner_id""",
        terms.company_id,
        terms.as_of,
        terms.table == PROFILES,
    )


def _computed(terms: TierTerms, who: SQL) -> SQL:
    """One row per profile with the position that the cuts alone give it.

    ``position`` is the present one, NULL without a tier or with another policy's, and
    ``held_position`` the one that it would be without the cap of the credit.
    """
    return SQL(
        """
        SELECT profile.id, profile.partner_id, profile.tier_id, profile.computed_tier_id,
               profile.below_count, profile.tier_basis, profile.evaluated_basis,
               profile.tier_standing, step.position, %(evidence)s AS evidence,
               %(is_low)s AS is_low, %(was_capped)s AS is_tier_capped,
               CASE WHEN %(was_capped)s THEN LEAST(step.position, former.position)
                    ELSE step.position END AS held_position,
               COALESCE(profile.override_tier_id IS NOT NULL
                        AND COALESCE(profile.override_until >= %(as_of)s, TRUE), FALSE)
                 AS overridden,
               CASE WHEN profile.tier_standing = 'unknown' THEN former.position
                    WHEN profile.tier_standing IS NULL THEN NULL
                    ELSE %(position)s END AS computed_position
          FROM %(profiles)s profile
          LEFT JOIN step ON step.id = profile.tier_id
          LEFT JOIN step former ON former.id = profile.computed_tier_id
         WHERE profile.company_id = %(company)s AND %(who)s
        """,
        position=position(terms),
        evidence=evidence(terms, SQL("profile")),
        profiles=terms.profiles,
        company=terms.company_id,
        as_of=terms.as_of,
        who=who,
        is_low=tier_cap.is_low(terms.cap, SQL.identifier("profile"), terms.as_of),
        was_capped=SQL("profile.is_tier_capped" if terms.cap else "FALSE"),
    )


def _graded(terms: TierTerms) -> SQL:
    """One row per profile with the position and the count below that it gets.

    Up at once; down only at the ``grace``-th evaluation in a row below; the customer
    whose basis is unknown stays. The credit caps what comes of that.
    """
    return SQL(
        """
        SELECT fair.*, is_capped, CASE WHEN is_capped THEN %(cap)s ELSE fair_position END
                                    AS new_position
          FROM (%(fair)s) fair
         CROSS JOIN LATERAL (
               SELECT COALESCE(is_low AND NOT overridden AND fair_position < %(cap)s, FALSE)
                        AS is_capped) held
        """,
        cap=terms.cap.position if terms.cap else 1,
        fair=_fair(terms),
    )


def _fair(terms: TierTerms) -> SQL:
    """The same before the credit caps it."""
    return SQL(
        """
        SELECT computed.*,
               CASE WHEN tier_standing = 'unknown' THEN held_position
                    WHEN held_position IS NULL OR computed_position IS NULL
                      OR computed_position <= held_position THEN computed_position
                    WHEN below_count + 1 < %(grace)s THEN held_position
                    ELSE %(fall)s END AS fair_position,
               CASE WHEN overridden OR tier_standing IS NULL THEN 0
                    WHEN tier_standing = 'unknown' THEN below_count
                    WHEN computed_position > held_position AND below_count + 1 < %(grace)s
                    THEN below_count + 1
                    ELSE 0 END AS new_below_count
          FROM computed
        """,
        grace=terms.grace,
        fall=SQL("held_position + 1") if terms.stepwise else SQL("computed_position"),
    )
