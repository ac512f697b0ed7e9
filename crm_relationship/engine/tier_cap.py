"""Cap: who is trusted with little credit has no better tier than a given one.

Works at once, without grace, on the tier that the cuts and the grace give; a manual tier
beats it. Where the cap ends, the tier by the cuts of the last evaluation holds again. An
evaluation holds the cap by itself, see :mod:`.grade_tier`; between two :func:`hold` does.
"""

from dataclasses import dataclass
from datetime import date

from odoo.tools import SQL

from .record import Changes

PROFILES = SQL.identifier("crm_relationship_profile")


@dataclass(frozen=True)
class TierCap:
    """Whom to cap, and where.

    :param grades: ids of the credit grades that are capped
    :param position: of the best tier that they may have; the best of all is 1
    :param grade: code of the grade from which on nobody is capped
    :param tier: code of the tier at :attr:`position`
    """

    grades: tuple[int, ...]
    position: int
    grade: str
    tier: str

    @property
    def as_json(self) -> list:
        """What a run compares with the last one: if it changes, everybody is looked at."""
        return [list(self.grades), self.position]


def is_low(cap: TierCap | None, profile: SQL, as_of: date) -> SQL:
    """Return whether the grade that holds is one that is capped.

    An approved grade holds instead of the automatic one until it expires.

    :param profile: alias of a table with the grades of the profile
    """
    if cap is None:
        return SQL("FALSE")
    return SQL(
        """COALESCE(
               CASE WHEN %(p)s.assessed_grade_id IS NOT NULL AND %(p)s.assessed_until >= %(as_of)s
                    THEN %(p)s.assessed_grade_id
                    ELSE %(p)s.credit_grade_id END = ANY (%(grades)s), FALSE)""",
        p=profile,
        as_of=as_of,
        grades=list(cap.grades),
    )


def hold(
    cap: TierCap | None, company_id: int, as_of: date, tiers: tuple[int, ...], among: SQL, run_id
) -> Changes:
    """Cap the customers, and let those go that are to be capped no more.

    :param cap: None: nobody is capped any more
    :param tiers: ids of the tiers of the company's policy, the best first
    :param among: condition on ``profile``
    """
    return Changes(
        ctes=SQL(
            """
             step AS (
                SELECT id, position
                  FROM unnest(%(tiers)s::integer[]) WITH ORDINALITY AS step (id, position)),
             checked AS (
                SELECT profile.id, profile.partner_id, profile.tier_id, profile.tier_basis,
                       profile.is_tier_capped, step.position,
                       CASE WHEN profile.is_tier_capped AND NOT decided.yes
                            THEN LEAST(step.position, computed.position)
                            ELSE step.position END AS fair_position,
                       %(is_low)s AND NOT decided.yes AS is_low
                  FROM crm_relationship_profile profile
                  LEFT JOIN step ON step.id = profile.tier_id
                  LEFT JOIN step computed ON computed.id = profile.computed_tier_id
                 CROSS JOIN LATERAL (
                       SELECT profile.override_tier_id IS NOT NULL
                              AND COALESCE(profile.override_until >= %(as_of)s, TRUE)
                                AS yes) decided
                 WHERE profile.company_id = %(company)s
                   AND profile.tier_standing IS DISTINCT FROM 'frozen'
                   AND %(among)s),
             held AS (
                SELECT checked.*,
                       COALESCE(is_low AND fair_position < %(cap)s, FALSE) AS is_capped,
                       CASE WHEN is_low AND fair_position < %(cap)s THEN %(cap)s
                            ELSE fair_position END AS new_position
                  FROM checked),
             diff AS MATERIALIZED (
                SELECT held.*, COALESCE(step.id, held.tier_id) AS new_tier_id
                  FROM held
                  LEFT JOIN step ON step.position = held.new_position
                 WHERE (tier_id, COALESCE(is_tier_capped, FALSE))
                       IS DISTINCT FROM (COALESCE(step.id, tier_id), is_capped)),
             written AS (
                UPDATE crm_relationship_profile profile
                   SET tier_id = diff.new_tier_id, is_tier_capped = diff.is_capped
                  FROM diff
                 WHERE profile.id = diff.id)
            """,
            tiers=list(tiers),
            is_low=is_low(cap, SQL.identifier("profile"), as_of),
            as_of=as_of,
            company=company_id,
            among=among,
            cap=cap.position if cap else 1,
        ),
        rows=SQL(
            """
            SELECT diff.partner_id, %(company)s, %(as_of)s, 'tier', former.code, latter.code,
                   CASE WHEN diff.new_position > diff.position THEN 'capped' ELSE 'uncapped' END,
                   diff.tier_basis, NULL::numeric, %(evidence)s, %(run)s::integer
              FROM diff
              JOIN crm_relationship_tier former ON former.id = diff.tier_id
              JOIN crm_relationship_tier latter ON latter.id = diff.new_tier_id
                                               AND latter.id <> former.id
            """,
            company=company_id,
            as_of=as_of,
            evidence=evidence(cap),
            run=run_id,
        ),
    )


def evidence(cap: TierCap | None) -> SQL:
    """Return what the history keeps of the rule."""
    if cap is None:
        return SQL("NULL::jsonb")
    return SQL("jsonb_build_object('grade', %s::text, 'tier', %s::text)", cap.grade, cap.tier)
