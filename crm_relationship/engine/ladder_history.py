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
    """Return the set of steps on which each customer stood during a period: ``partner_id``,
    ``visited``.
    """
    return SQL(
        "SELECT partner_id, %s AS visited FROM (%s) held GROUP BY partner_id",
        _masked(SQL("step")),
        steps_during(start, end, company_ids),
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
    ``company_id``, ``step``; a row each time.

    They are what was held when the first day began, and what was reached through the last
    day. One pass over an index, in its order.

    :param company_ids: only these companies; None: all
    """
    companies = SQL("AND company_id IN %s", tuple(company_ids or [0]))
    return SQL(
        """
        SELECT partner_id, company_id, step
          FROM (SELECT partner_id, company_id, new_value AS step,
                       LEAD(date) OVER (PARTITION BY partner_id, company_id
                                            ORDER BY date, id) AS next_date
                  FROM crm_relationship_change
                 WHERE dimension = 'ladder' AND date <= %(end)s %(companies)s) held
         WHERE (next_date IS NULL OR next_date >= %(start)s)
           AND step IS NOT NULL
        """,
        start=start,
        end=end,
        companies=SQL("") if company_ids is None else companies,
    )
