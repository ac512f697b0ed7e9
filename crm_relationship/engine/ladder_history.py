"""Ladder history: on which steps customers stood during a period. Reads only the history."""

from datetime import date

from odoo.tools import SQL

from .ladder import STEPS

CLIMBS = ("up", "placed")
"""Causes of a step upwards; first placements of a company's first run are none."""

FALLS = ("down",)
"""Causes of a step downwards."""


def mask(codes) -> int:
    """Return the set of the steps ``codes`` as bits, as the queries here have them."""
    return sum(1 << STEPS.index(code) for code in codes)


def _masked(step: SQL) -> SQL:
    """Return the set of the steps of a group's rows as bits, NULL without any."""
    return SQL("bit_or(1 << (array_position(%s, %s::text) - 1))", list(STEPS), step)


def visits_during(start: date, end: date, company_ids: list[int]) -> SQL:
    """Return the sets of steps on which each customer stood during a period, and of those
    from which it went on to a higher one in it: ``partner_id``, ``visited``, ``left_upwards``.
    """
    return SQL(
        """
        SELECT partner_id, %(step)s AS visited,
               COALESCE(%(step)s FILTER (WHERE went_on), 0) AS left_upwards
          FROM (%(held)s) held
         GROUP BY partner_id
        """,
        step=_masked(SQL("step")),
        held=steps_during(start, end, company_ids),
    )


def moves_during(start: date, end: date, company_id: int) -> SQL:
    """Return the sets of steps that each customer climbed onto, and fell from, in a period:
    ``partner_id``, ``climbed``, ``fell``; zero for none.
    """
    return SQL(
        """
        SELECT partner_id,
               COALESCE(%(climbed)s FILTER (WHERE cause IN %(climbs)s), 0) AS climbed,
               COALESCE(%(fell)s FILTER (WHERE cause IN %(falls)s), 0) AS fell
          FROM crm_relationship_change
         WHERE dimension = 'ladder' AND company_id = %(company)s
           AND date BETWEEN %(start)s AND %(end)s
           AND cause IN %(moves)s
         GROUP BY partner_id
        """,
        climbed=_masked(SQL("new_value")),
        fell=_masked(SQL("old_value")),
        climbs=CLIMBS,
        falls=FALLS,
        moves=CLIMBS + FALLS,
        company=company_id,
        start=start,
        end=end,
    )


def steps_during(start: date, end: date, company_ids: list[int] | None = None) -> SQL:
    """Return the steps on which customers stood at some time in a period: ``partner_id``,
    ``company_id``, ``step``, and whether it ``went_on`` to a higher one later in the period; a
    row each time.

    Beside the ladder is below it. They are what was held when the first day began, and what
    was reached through the last day. One pass over an index, in its order.

    :param company_ids: only these companies; None: all
    """
    companies = SQL("AND company_id IN %s", tuple(company_ids or [0]))
    return SQL(
        """
        SELECT partner_id, company_id, step, COALESCE(best_later > place, FALSE) AS went_on
          FROM (SELECT partner_id, company_id, step, place,
                       LEAD(date) OVER later AS next_date,
                       MAX(place) OVER (later ROWS BETWEEN 1 FOLLOWING AND UNBOUNDED FOLLOWING)
                         AS best_later
                  FROM (SELECT partner_id, company_id, date, id, new_value AS step,
                               CASE WHEN new_value = 'disqualified' THEN 0
                                    ELSE array_position(%(steps)s, new_value::text) END AS place
                          FROM crm_relationship_change
                         WHERE dimension = 'ladder' AND date <= %(end)s %(companies)s) line
                WINDOW later AS (PARTITION BY partner_id, company_id ORDER BY date, id)) held
         WHERE (next_date IS NULL OR next_date >= %(start)s)
           AND step IS NOT NULL
        """,
        start=start,
        end=end,
        steps=list(STEPS),
        companies=SQL("") if company_ids is None else companies,
    )
