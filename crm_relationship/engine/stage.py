"""Stage: the rules of the lifecycle, as SQL on the columns of a profile.

How it works
    The *target* is the stage that the rules give to a customer by its measures alone, the
    strongest statement first: Lost, Decline, Stability, Formation, Exploration, Prospect.
    :mod:`.lifecycle` decides what becomes of it: which way the relationship may go.

    n is the number of purchase days, tenure the days since the first purchase, silence the
    days since the last. The rhythm is the customer's mean interval, ``(last - first) /
    (n - 1)`` from three purchase days on, else the company's median, frozen at the month-end.
    "Silent for more than f times the rhythm and d days or more" is ``silence >=
    max(floor(f * rhythm) + 1, d)``, since silence is a whole number: the limit is known as a
    day, without rounding a rhythm.
"""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from odoo.tools import SQL

from .periods import months_before

CODES = ("prospect", "exploration", "formation", "stability", "decline", "lost")
"""Codes of the stages, in their order; the first four are climbed one by one."""

PROSPECT, EXPLORATION, FORMATION, STABILITY, DECLINE, LOST = range(1, 7)
"""Places of the stages in :data:`CODES`."""

OWN_RHYTHM_PURCHASES = 3
"""Purchase days from which on a customer has a rhythm of its own."""


@dataclass(frozen=True)
class StageTerms:
    """What to grade the stages by.

    :param ids: ids of the company's stages by their codes
    :param formation: purchase days and days of tenure from which on a customer is formed
    :param stability: likewise
    :param stability_percent: percent of the former window's revenue to reach, 0: not asked
    :param decline: times the rhythm, and least days, of the silence that is a decline
    :param decline_percent: percent of the former window's revenue below which it declines
    :param lost: as ``decline``
    :param rhythm: days between purchases of who has no rhythm of its own
    """

    company_id: int
    as_of: date
    ids: dict[str, int]
    window_months: int
    formation: tuple[int, int]
    stability: tuple[int, int]
    stability_percent: Decimal
    decline: tuple[Decimal, int]
    decline_percent: Decimal
    lost: tuple[Decimal, int]
    rhythm: Decimal

    def usual_silence(self, limit: tuple[Decimal, int]) -> int:
        """Return the days of silence at which ``limit`` is reached by the company's rhythm."""
        factor, days = limit
        return max(int(factor * self.rhythm) + 1, days)

    @property
    def as_json(self) -> dict:
        """What the due dates of the measures depend on: if it changes, all are measured."""
        return {
            "ids": self.ids,
            "formation": list(self.formation),
            "stability": [*self.stability, str(self.stability_percent)],
            "decline": [str(self.decline[0]), self.decline[1], str(self.decline_percent)],
            "lost": [str(self.lost[0]), self.lost[1]],
            "usual_silence": [self.usual_silence(self.decline), self.usual_silence(self.lost)],
        }


def silence_limit(terms: StageTerms, limit: tuple[Decimal, int], profile: SQL) -> SQL:
    """Return the days of silence at which ``limit`` is reached by the customer's rhythm.

    Times the rhythm in percent, so that whole numbers are divided, which rounds down.

    :param profile: alias of a table with the columns of the profile
    """
    factor, days = limit
    return SQL(
        """CASE WHEN %(profile)s.purchase_count >= %(own)s
                THEN GREATEST(
                    %(percent)s
                      * (%(profile)s.last_purchase_date - %(profile)s.first_purchase_date)
                      / (100 * (%(profile)s.purchase_count - 1)) + 1,
                    %(days)s)
                ELSE %(usual)s END""",
        profile=profile,
        own=OWN_RHYTHM_PURCHASES,
        percent=int(factor * 100),
        days=days,
        usual=terms.usual_silence(limit),
    )


def silence_ratio(terms: StageTerms, profile: SQL) -> SQL:
    """Return how many times its rhythm a customer has been silent, NULL without a purchase.

    :param profile: alias of a table with the columns of the profile
    """
    return SQL(
        """(%(as_of)s - %(profile)s.last_purchase_date)
           * CASE WHEN %(profile)s.purchase_count >= %(own)s
                  THEN (%(profile)s.purchase_count - 1)::numeric
                       / (%(profile)s.last_purchase_date - %(profile)s.first_purchase_date)
                  ELSE 1 / NULLIF(%(rhythm)s, 0)::numeric END""",
        profile=profile,
        as_of=terms.as_of,
        own=OWN_RHYTHM_PURCHASES,
        rhythm=terms.rhythm,
    )


def due_dates(terms: StageTerms, profile: SQL) -> list[SQL]:
    """Return the days on which the silence of a customer reaches a limit, NULL once it did."""
    return [
        SQL(
            """CASE WHEN %(profile)s.last_purchase_date + %(limit)s > %(as_of)s
                    THEN %(profile)s.last_purchase_date + %(limit)s END""",
            profile=profile,
            limit=silence_limit(terms, limit, profile),
            as_of=terms.as_of,
        )
        for limit in (terms.decline, terms.lost)
    ]


def target(terms: StageTerms, profile: SQL, dismissed: SQL) -> SQL:
    """Return the place of the stage that the rules give.

    :param profile: alias of a table with the columns of the profile
    :param dismissed: whether the company dismissed the customer
    """
    values = {
        "profile": profile,
        "as_of": terms.as_of,
        "dismissed": dismissed,
        "formation_count": terms.formation[0],
        "formation_days": terms.formation[1],
        "stability_count": terms.stability[0],
        "stability_days": terms.stability[1],
        "prospect": PROSPECT,
        "exploration": EXPLORATION,
        "formation": FORMATION,
        "stability": STABILITY,
        "decline": DECLINE,
        "lost": LOST,
    }
    return SQL(
        """CASE WHEN %(dismissed)s THEN %(lost)s
                WHEN COALESCE(%(profile)s.purchase_count, 0) = 0 THEN %(prospect)s
                WHEN %(silence)s >= %(lost_silence)s THEN %(lost)s
                WHEN %(silence)s >= %(decline_silence)s OR %(shrinks)s THEN %(decline)s
                WHEN %(profile)s.purchase_count >= %(stability_count)s
                 AND %(tenure)s >= %(stability_days)s AND NOT %(weak)s THEN %(stability)s
                WHEN %(profile)s.purchase_count >= %(formation_count)s
                 AND %(tenure)s >= %(formation_days)s THEN %(formation)s
                ELSE %(exploration)s END""",
        silence=SQL("%(as_of)s - %(profile)s.last_purchase_date", **values),
        tenure=SQL("%(as_of)s - %(profile)s.first_purchase_date", **values),
        lost_silence=silence_limit(terms, terms.lost, profile),
        decline_silence=silence_limit(terms, terms.decline, profile),
        shrinks=_brings_less_than(terms, terms.decline_percent, profile),
        weak=_brings_less_than(terms, terms.stability_percent, profile),
        **values,
    )


def _brings_less_than(terms: StageTerms, percent: Decimal, profile: SQL) -> SQL:
    """Return whether the revenue is below ``percent`` of that of the window before.

    Asked only of customers since two windows that brought something in the former one.
    """
    return SQL(
        """(%(profile)s.first_purchase_date <= %(two_windows)s
            AND %(profile)s.revenue_previous > 0
            AND %(profile)s.revenue * 100 < %(percent)s * %(profile)s.revenue_previous)""",
        profile=profile,
        two_windows=months_before(terms.as_of, 2 * terms.window_months),
        percent=percent,
    )


def rhythm_of_all(company_id: int, table: SQL) -> SQL:
    """Return the median of the customers' rhythms in days, and how many have one.

    Archived customers do not count. ``percentile_cont`` is the mean of the two in the middle
    where their number is even.

    :param table: with the columns of the profile
    """
    return SQL(
        """
        SELECT ROUND((percentile_cont(0.5) WITHIN GROUP (
                   ORDER BY (last_purchase_date - first_purchase_date)::double precision
                            / (purchase_count - 1)))::numeric, 4),
               COUNT(*)
          FROM %s profile
         WHERE company_id = %s
           AND purchase_count >= %s
           AND tier_standing IS DISTINCT FROM 'frozen'
        """,
        table,
        company_id,
        OWN_RHYTHM_PURCHASES,
    )


def standing_now(terms: StageTerms, profile_ids: list[int]) -> SQL:
    """Return what the rules say of these customers: ``id``, the ``target``'s place, and the
    days of silence from which on each declines and is lost.
    """
    profile = SQL.identifier("profile")
    return SQL(
        """
        SELECT profile.id, %(target)s AS target, %(decline)s AS decline_silence,
               %(lost)s AS lost_silence, %(shrinks)s AS shrinks, %(weak)s AS is_weak
          FROM crm_relationship_profile profile
         WHERE profile.id = ANY (%(ids)s)
        """,
        target=target(terms, profile, SQL("profile.dismissed_date IS NOT NULL")),
        decline=silence_limit(terms, terms.decline, profile),
        lost=silence_limit(terms, terms.lost, profile),
        shrinks=_brings_less_than(terms, terms.decline_percent, profile),
        weak=_brings_less_than(terms, terms.stability_percent, profile),
        ids=list(profile_ids),
    )
