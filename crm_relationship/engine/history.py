"""History: what the changes say of a past day, and of a time. Reads only the history."""

from datetime import date

from odoo.tools import SQL


def values_on(dimension: str, day: date, company_ids: list[int] | None = None) -> SQL:
    """Return what every customer had on ``day``: ``partner_id``, ``company_id``, ``code``.

    The last change up to and including the day counts; ``code`` is NULL for who lost it,
    and who never had one is missing. One pass over an index, in its order.

    :param dimension: of the history: tier, stage or ladder
    :param company_ids: only these companies; None: all
    """
    companies = SQL("AND company_id IN %s", tuple(company_ids or [0]))
    return SQL(
        """
        SELECT DISTINCT ON (partner_id, company_id)
               partner_id, company_id, new_value AS code
          FROM crm_relationship_change
         WHERE dimension = %(dimension)s AND date <= %(day)s %(companies)s
         ORDER BY partner_id DESC, company_id DESC, date DESC, id DESC
        """,
        dimension=dimension,
        day=day,
        companies=SQL("") if company_ids is None else companies,
    )


def stays(dimension: str, company_id: int, begin: date, day: date) -> SQL:
    """Return how long the customers kept each value, as it was known on ``day``:
    ``partner_id``, ``code``, ``entered``, ``ended``, ``was_there``.

    One row a stay. ``ended`` is NULL for one that lasts, ``was_there`` true for one whose
    beginning lies before the history: the first placement found the customer there. A
    change that changes nothing (a merge, the first placement after a backfill) ends none.
    One pass over an index, in its order.

    :param begin: the first day of the company's history
    """
    return SQL(
        """
        SELECT partner_id, new_value AS code, date AS entered,
               LEAD(date) OVER customer AS ended,
               number = 1 AND date = %(begin)s AS was_there
          FROM (SELECT partner_id, new_value, date, id,
                       ROW_NUMBER() OVER former AS number,
                       LAG(new_value) OVER former AS old_value
                  FROM crm_relationship_change
                 WHERE dimension = %(dimension)s AND company_id = %(company)s AND date <= %(day)s
                WINDOW former AS (PARTITION BY partner_id ORDER BY date, id)) change
         WHERE number = 1 OR new_value IS DISTINCT FROM old_value
        WINDOW customer AS (PARTITION BY partner_id ORDER BY date, id)
        """,
        dimension=dimension,
        company=company_id,
        begin=begin,
        day=day,
    )
