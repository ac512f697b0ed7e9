"""Assessment: the credit of some customers as of a past day, criterion by criterion.

How it works
    The customers are measured as of the day into the same temporary table as in a run, and
    scored there by the same queries; no profile is written. What people enter (judgements,
    yearly need, founding date) and the tier before cap and override, which is the size, are
    those that are known now: nobody keeps what they were on a past day.
"""

from odoo.tools import SQL

from . import credit, measure, scope, session
from .measure import MEASURE_COLUMNS
from .measurement import Measurement


def find(env, measurement: Measurement, partner_ids: list[int]) -> tuple[dict, dict]:
    """Measure the customers at once, as of the measurement's day.

    :return: ``{partner id: {criterion id: row}}`` of :func:`.credit.lines`, and the revenues
        of the window by partner id
    """
    session.tune(env)
    scope.fill(env, scope.of_partners(partner_ids))
    measure.find(env, measurement)
    lines = {}
    query = credit.lines(measurement.credit, _customers(measurement.company_id, partner_ids))
    for row in env.execute_query_dict(query):
        lines.setdefault(row["partner_id"], {})[row["criterion_id"]] = row
    revenues = dict(
        env.execute_query(SQL("SELECT partner_id, revenue FROM crm_relationship_measured"))
    )
    return lines, revenues


def _customers(company_id: int, partner_ids: list[int]) -> SQL:
    """One row per customer: what the credit is scored by. Who was no customer yet on the day
    has no measures.
    """
    return SQL(
        """
        SELECT customer.id AS partner_id, %(measures)s, profile.yearly_need,
               profile.computed_tier_id, customer.relationship_founding_date AS founding_date
          FROM res_partner customer
          LEFT JOIN crm_relationship_measured measured ON measured.partner_id = customer.id
          LEFT JOIN crm_relationship_profile profile ON profile.partner_id = customer.id
                                                    AND profile.company_id = %(company)s
         WHERE customer.id = ANY (%(partners)s)
        """,
        measures=SQL(", ").join(SQL.identifier("measured", name) for name in MEASURE_COLUMNS),
        company=company_id,
        partners=list(partner_ids),
    )
