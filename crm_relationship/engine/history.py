"""History: what the changes say of a past day. Reads only the history."""

from datetime import date

from odoo.tools import SQL


def tiers_on(day: date, company_ids: list[int] | None = None) -> SQL:
    """Return the tier of every customer on ``day``: ``partner_id``, ``company_id``, ``code``.

    The last change up to and including the day counts; ``code`` is NULL for who lost the
    tier, and who never had one is missing. One pass over an index, in its order.

    :param company_ids: only these companies; None: all
    """
    companies = SQL("AND company_id IN %s", tuple(company_ids or [0]))
    return SQL(
        """
        SELECT DISTINCT ON (partner_id, company_id)
               partner_id, company_id, new_value AS code
          FROM crm_relationship_change
         WHERE dimension = 'tier' AND date <= %(day)s %(companies)s
         ORDER BY partner_id DESC, company_id DESC, date DESC, id DESC
        """,
        day=day,
        companies=SQL("") if company_ids is None else companies,
    )
