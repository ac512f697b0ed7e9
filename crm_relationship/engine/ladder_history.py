"""Ladder history: on which steps customers stood during a period. Reads only the history."""

from datetime import date

from odoo.tools import SQL


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
