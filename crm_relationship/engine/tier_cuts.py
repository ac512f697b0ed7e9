"""Cuts: where each tier of a policy begins, by the policy's method.

How it works
    Three methods place a customer by its basis alone, and their cuts are amounts: the
    customer is inside when its basis reaches the cut's value.

    customers
        The cut for the cumulative share s of N ranked customers stands at rank
        ceil(s * N), in exact decimal arithmetic. Its value is an order statistic of the
        basis, so "rank <= ceil(s * N), equal amounts share the best rank" is the same
        as "basis >= value": no rank is stored for anybody.
    revenue_share
        Pareto: the customer belongs to the best tier whose cumulative share of the total
        is greater than the sum of the strictly greater amounts. That sum falls as the
        amount rises, so the cut's value is the least amount for which it holds. Only
        positive amounts count.
    threshold
        The value is the tier's minimum amount, inclusive.

    ``behaviour`` asks for visits, average spend and amount a month all together, so it has
    no amount as a cut; :func:`position` compares the profile with the tier's conditions.
"""

import bisect
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING

from odoo.tools import SQL

from . import session

if TYPE_CHECKING:
    from .tier_cap import TierCap

PROFILES = "crm_relationship_profile"

Pivots = tuple[float, ...]
"""Amounts to look for cuts from."""

GREATER_THAN_ANY = SQL("1e100::numeric")
"""Numbers have no Infinity before PostgreSQL 14."""


@dataclass(frozen=True)
class TierTerms:
    """What to grade by.

    :param method: see above
    :param tiers: ids of the policy's tiers, best first; the last one has no condition
    :param window_months: length of the window, for what is counted by the month
    :param grace: evaluations in a row below the tier after which a customer falls
    :param stepwise: fall one tier at a time instead of to the computed one
    :param table: where the graded customers are, with the columns of the profile
    :param cap: who has no better tier than its credit allows, None: nobody; ``table`` then
        has the grades
    """

    policy_id: int
    company_id: int
    as_of: date
    method: str
    tiers: tuple[int, ...]
    window_months: int
    grace: int
    stepwise: bool
    table: str = PROFILES
    cap: "TierCap | None" = None

    @property
    def profiles(self) -> SQL:
        """The name of :attr:`table` as SQL."""
        return SQL.identifier(self.table)


def ranked_profiles(terms: TierTerms) -> SQL:
    """Return the amounts that customers are ranked by, from their profiles."""
    return SQL(
        "SELECT tier_basis FROM %s WHERE company_id = %s AND tier_standing = 'ranked'",
        terms.profiles,
        terms.company_id,
    )


def cuts(terms: TierTerms, ranked: SQL, pivots: Pivots = ()) -> SQL:
    """Return where the cuts of the policy stand: one row a tier, best first.

    ``population`` is N, ``cut_rank`` the last rank inside (N for the lowest tier) and
    ``cut_value`` the least basis inside, NULL where nobody fits or no cut applies.

    :param ranked: query with one row a ranked customer, its ``tier_basis``
    :param pivots: see :func:`_find_pivots`
    """
    return SQL(
        """
        WITH ranked AS NOT MATERIALIZED (%(ranked)s),
             grouped AS MATERIALIZED (%(grouped)s),
             total AS MATERIALIZED (%(total)s),
             share AS MATERIALIZED (%(share)s),
             crossing AS MATERIALIZED (%(crossing)s)
        SELECT tier.id AS tier_id,
               total.population,
               CASE WHEN tier.is_lowest THEN total.population
                    ELSE cut.cut_rank END::integer AS cut_rank,
               cut.cut_value
          FROM total
         CROSS JOIN crm_relationship_tier tier
          LEFT JOIN LATERAL (%(cut)s) cut ON NOT tier.is_lowest
         WHERE tier.policy_id = %(policy)s
         ORDER BY tier.sequence, tier.id
        """,
        policy=terms.policy_id,
        ranked=ranked,
        share=SQL(SHARE, terms.policy_id),
        grouped=SQL(GROUPED, pivots=list(pivots) or [0]),
        total=_count(terms, pivots),
        crossing=SQL(
            CROSSING, pivots=list(pivots) or [0], policy=terms.policy_id, most=GREATER_THAN_ANY
        ),
        cut=_rank_cut(terms, pivots) if terms.method == "customers" else CUTS[terms.method],
    )


def find_cuts(env, terms: TierTerms, ranked: SQL | None = None) -> SQL:
    """Return the rows of :func:`cuts` as they are now, as a query of constants.

    The statements that write read them from here: PostgreSQL finds them once, and with
    parallel workers, which it does not use in a statement that writes.

    :param ranked: see :func:`cuts`; None: the profiles
    """
    ranked = ranked_profiles(terms) if ranked is None else ranked
    with session.groups_in_parallel(env):
        rows = env.execute_query(cuts(terms, ranked, _find_pivots(env, terms)))
    return SQL(
        """SELECT tier_id::integer, population::integer, cut_rank::integer, cut_value::numeric
             FROM (VALUES %s) AS cut (tier_id, population, cut_rank, cut_value)""",
        SQL(", ").join(SQL("%s", row) for row in rows),
    )


def find_values(env, terms: TierTerms) -> SQL:
    """Return the same where only the values of the cuts matter: those of a method that needs
    nobody counted are not.
    """
    is_fixed = terms.method in ("threshold", "behaviour")
    return find_cuts(env, terms, NOBODY if is_fixed else None)


NOBODY = SQL("SELECT NULL::numeric AS tier_basis WHERE FALSE")
"""See ``ranked`` of :func:`cuts`."""


def _find_pivots(env, terms: TierTerms) -> Pivots:
    """Return amounts near which to look for the cuts; whatever they are, the cuts are the same.

    Where each tier but the last began at the last evaluation, greater than any where that is not
    known. For shares of the revenue the amounts around these, of those that part the customers
    into groups of about equal size by PostgreSQL's statistics; all of them at first.
    """
    former = [
        row[0]
        for row in env.execute_query(
            SQL(
                """SELECT COALESCE(former.cut_value, %s)
                     FROM unnest(%s::integer[]) WITH ORDINALITY AS tier (id, place)
                     LEFT JOIN LATERAL (
                          SELECT cut_value FROM crm_relationship_tier_cut
                           WHERE tier_id = tier.id AND policy_id = %s
                           ORDER BY date DESC LIMIT 1) former ON TRUE
                    ORDER BY tier.place""",
                GREATER_THAN_ANY,
                list(terms.tiers[:-1]),
                terms.policy_id,
            )
        )
    ]
    if terms.method != "revenue_share":
        return tuple(former)
    rows = env.execute_query(
        SQL(
            """SELECT histogram_bounds::text::numeric[] FROM pg_stats
                WHERE tablename = %s AND attname = 'tier_basis' LIMIT 1""",
            PROFILES,
        )
    )
    bounds = (rows[0][0] if rows else None) or []
    places = [bisect.bisect(bounds, amount) for amount in former]
    if not bounds or len(bounds) in places:
        return tuple(bounds)
    near = {bound for place in places for bound in bounds[max(place - 2, 0) : place + 2]}
    return tuple(sorted(near))


def _count(terms: TierTerms, pivots: Pivots) -> SQL:
    """Return the query of N, ``population``, and as an array ``reached`` of how many customers
    reach each pivot.
    """
    if terms.method == "revenue_share":
        return SQL("SELECT COALESCE(SUM(customers), 0)::bigint AS population FROM grouped")
    if terms.method != "customers" or not pivots:
        return SQL("SELECT COUNT(*) AS population, NULL::bigint[] AS reached FROM ranked")
    return SQL(
        "SELECT COUNT(*) AS population, ARRAY[%s] AS reached FROM ranked",
        SQL(", ").join(
            SQL("COUNT(*) FILTER (WHERE tier_basis >= %s::numeric)", pivot) for pivot in pivots
        ),
    )


def _rank_cut(terms: TierTerms, pivots: Pivots) -> SQL:
    """Return the query of one tier's cut by its share of the customers.

    From the pivot it is as many customers up or down the ranking as the rank is away.
    """
    pivot = SQL(
        "(ARRAY[%s]::numeric[])[array_position(%s, tier.id)]",
        SQL(", ").join(SQL("%s::numeric", amount) for amount in pivots) or SQL("NULL::numeric"),
        list(terms.tiers),
    )
    return SQL(
        """
        SELECT share.cut_rank,
               CASE WHEN place.reached >= share.cut_rank
                    THEN (SELECT tier_basis FROM ranked WHERE tier_basis >= place.pivot
                           ORDER BY tier_basis LIMIT 1 OFFSET place.reached - share.cut_rank)
                    ELSE (SELECT tier_basis FROM ranked WHERE tier_basis < place.pivot
                           ORDER BY tier_basis DESC LIMIT 1
                          OFFSET share.cut_rank - place.reached - 1)
                    END AS cut_value
          FROM share
         CROSS JOIN LATERAL (
               SELECT COALESCE(%(pivot)s, %(most)s) AS pivot,
                      COALESCE(total.reached[array_position(%(tiers)s, tier.id)], 0) AS reached)
               place
         WHERE share.tier_id = tier.id
        """,
        pivot=pivot,
        most=GREATER_THAN_ANY,
        tiers=list(terms.tiers),
    )


SHARE = """
    SELECT tier.id AS tier_id,
           LEAST(CEIL(tier.cumulative_share * total.population * 0.01),
                 total.population)::integer AS cut_rank
      FROM crm_relationship_tier tier
     CROSS JOIN total
     WHERE tier.policy_id = %s AND NOT tier.is_lowest
"""
"""One row per tier with a share: the last rank inside."""

GROUPED = """
    SELECT CASE WHEN tier_basis > 0
                THEN WIDTH_BUCKET(tier_basis, %(pivots)s::numeric[]) END AS place,
           COUNT(*) AS customers, SUM(tier_basis) AS amount
      FROM ranked
     GROUP BY place
"""
"""One row per group of customers between two pivots; those that brought in nothing have no place.
PostgreSQL leaves this out where the method does not ask."""

CROSSING = """
    WITH crossed AS (
         SELECT tier.id AS tier_id, crossing.*
           FROM (SELECT *, SUM(amount) OVER (ORDER BY place DESC) AS reached,
                        SUM(customers) OVER (ORDER BY place DESC) - customers AS better,
                        SUM(amount) OVER () * 0.01 AS percent,
                        COALESCE((%(pivots)s::numeric[])[place], 0) AS least,
                        COALESCE((%(pivots)s::numeric[])[place + 1], %(most)s) AS above
                   FROM grouped
                  WHERE place IS NOT NULL) crossing
           JOIN crm_relationship_tier tier
             ON crossing.reached >= tier.cumulative_share * percent
            AND crossing.reached - crossing.amount < tier.cumulative_share * percent
            AND tier.policy_id = %(policy)s AND NOT tier.is_lowest)
    SELECT crossed.tier_id, MIN(customer.tier_basis) AS cut_value,
           MAX(crossed.better + customer.rank) AS cut_rank
      FROM crossed
      JOIN crm_relationship_tier tier ON tier.id = crossed.tier_id
     CROSS JOIN LATERAL (
           SELECT tier_basis,
                  COUNT(*) OVER (ORDER BY tier_basis DESC) AS rank,
                  SUM(tier_basis) OVER (ORDER BY tier_basis DESC ROWS UNBOUNDED PRECEDING)
                    - tier_basis AS greater
             FROM ranked
            WHERE tier_basis >= crossed.least AND tier_basis < crossed.above
              AND tier_basis > 0) customer
     WHERE crossed.reached - crossed.amount + customer.greater < tier.cumulative_share * percent
     GROUP BY crossed.tier_id
"""
"""One row per tier with a share: the least amount inside, and how many have it or more.

The group that crosses the cut is found first, then the customer in it: the last one before which
less than the share is reached. Of equal amounts the first one tells whether they are inside."""

CUTS = {
    "revenue_share": SQL(
        """
        SELECT cut_rank, cut_value
          FROM crossing
         WHERE crossing.tier_id = tier.id
        """
    ),
    "threshold": SQL(
        """
        SELECT (SELECT COUNT(*) FROM ranked WHERE tier_basis >= tier.amount_min) AS cut_rank,
               tier.amount_min AS cut_value
        """
    ),
    "behaviour": SQL("SELECT NULL::integer AS cut_rank, NULL::numeric AS cut_value"),
}
"""The query of one tier's cut by the other methods; it sees ``tier`` and the tables above."""


def position(terms: TierTerms) -> SQL:
    """Return the position that the method gives to the ranked or unranked ``profile``.

    Nothing or less brought in is the lowest tier, whatever the method.
    """
    reaches = _fits if terms.method == "behaviour" else _reaches_cut
    return SQL(
        """CASE WHEN profile.tier_standing = 'unranked' OR profile.tier_basis <= 0
                THEN %(lowest)s
                %(conditions)s
                ELSE %(lowest)s END::bigint""",
        conditions=SQL(" ").join(
            SQL("WHEN %s THEN %s", reaches(terms, tier_id), place)
            for place, tier_id in enumerate(terms.tiers[:-1], start=1)
        ),
        lowest=len(terms.tiers),
    )


def _reaches_cut(terms: TierTerms, tier_id: int) -> SQL:
    return SQL(
        "profile.tier_basis >= (SELECT cut_value FROM cut WHERE tier_id = %s)",
        tier_id,
    )


def _fits(terms: TierTerms, tier_id: int) -> SQL:
    """Return whether ``profile`` fulfils all conditions of the tier, without a division.

    The average is per guest over the documents with a guest count, else per visit.
    """
    return SQL(
        """(profile.visit_count >= %(visits)s * %(months)s
            AND profile.revenue >= %(amount)s * %(months)s
            AND (%(average)s <= 0
                 OR CASE WHEN profile.guest_count > 0
                         THEN profile.guest_revenue >= %(average)s * profile.guest_count
                         ELSE profile.visit_count > 0
                              AND profile.revenue >= %(average)s * profile.visit_count END))""",
        visits=_condition(tier_id, "visits_min"),
        amount=_condition(tier_id, "monthly_amount_min"),
        average=_condition(tier_id, "average_min"),
        months=terms.window_months,
    )


def _condition(tier_id: int, column: str) -> SQL:
    """Return the tier's figure; PostgreSQL reads it once a statement."""
    return SQL(
        "(SELECT COALESCE(%s, 0) FROM crm_relationship_tier WHERE id = %s)",
        SQL.identifier(column),
        tier_id,
    )


def evidence(terms: TierTerms, customer: SQL) -> SQL:
    """Return what the history keeps of ``customer`` besides its basis and the cut.

    :param customer: alias of a table with the columns of the profile
    """
    if terms.method != "behaviour":
        return SQL("NULL::jsonb")
    return SQL(
        """jsonb_build_object(
               'months', %(months)s,
               'visit_count', %(customer)s.visit_count,
               'guest_count', %(customer)s.guest_count,
               'guest_revenue', %(customer)s.guest_revenue,
               'revenue', %(customer)s.revenue)""",
        customer=customer,
        months=terms.window_months,
    )


def steps(terms: TierTerms) -> SQL:
    """One row per tier of the policy: its ``position``, 1 is the best."""
    return SQL(
        "SELECT id, position FROM unnest(%s::integer[]) WITH ORDINALITY AS step(id, position)",
        list(terms.tiers),
    )


def standing_now(terms: TierTerms, profile_ids: list[int]) -> SQL:
    """Return what the method would give to these customers now.

    One row each: ``id``, ``tier_id``, its ``rank``, ``greater``, the sum of the strictly
    greater positive amounts, and ``total``, the sum of all positive ones.
    """
    return SQL(
        """
        WITH cut AS MATERIALIZED (%(cuts)s), step AS (%(steps)s)
        SELECT profile.id, step.id AS tier_id, better.customers + 1 AS rank, better.greater,
               (SELECT SUM(tier_basis) FROM (%(ranked)s) other WHERE tier_basis > 0) AS total
          FROM %(profiles)s profile
          LEFT JOIN step ON step.position = %(position)s
         CROSS JOIN LATERAL (
               SELECT COUNT(*) AS customers,
                      COALESCE(SUM(other.tier_basis) FILTER (WHERE other.tier_basis > 0), 0)
                        AS greater
                 FROM (%(ranked)s) other
                WHERE other.tier_basis > profile.tier_basis) better
         WHERE profile.id = ANY (%(ids)s) AND profile.company_id = %(company)s
           AND profile.tier_standing IN ('ranked', 'unranked')
        """,
        cuts=cuts(terms, ranked_profiles(terms)),
        steps=steps(terms),
        profiles=terms.profiles,
        position=position(terms),
        ranked=ranked_profiles(terms),
        company=terms.company_id,
        ids=list(profile_ids),
    )
