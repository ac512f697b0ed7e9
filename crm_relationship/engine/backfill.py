"""Backfill: the tiers of past period-ends, by the rules of the forward runs.

How it works
    What forward runs keep on the profiles from one evaluation to the next (tier, count
    below, computed tier) is kept in a narrow table of the same column names instead.
    Measuring, grading and recording are the functions of the forward runs, told the
    table; no profile is written. Manual tiers of the past are not known: there are none.
"""

from dataclasses import replace
from datetime import date

from odoo.tools import SQL

from . import grade_tier, measure, record
from .measure import Target
from .measurement import Measurement
from .tier_cuts import TierTerms, find_cuts

STATE = Target(
    "crm_relationship_backfill_state",
    (
        "purchase_count", "first_purchase_date", "last_purchase_date", "visit_count", "guest_count",
        "guest_revenue", "revenue", "revenue_previous", "tier_basis", "tier_standing",
    ),
)  # fmt: skip
"""The table, and of the measures those that the tiers and stages depend on."""


def evaluate(env, measurement: Measurement, terms: TierTerms, run_id: int, first: bool) -> int:
    """Measure and evaluate as of a past day; return how many changes were appended.

    :param first: the backfill's first period-end, which places everybody
    """
    terms = replace(terms, table=STATE.table)
    measure.find(env, measurement)
    measure.update(env, measurement, STATE)
    measure.freeze(env, measurement, STATE)
    measure.insert(env, measurement, STATE)
    leavers = measure.leavers(measurement, STATE)
    left = record.left_population(terms.company_id, terms.as_of, run_id, leavers, table=STATE.table)
    cut = find_cuts(env, terms)
    graded = grade_tier.evaluate(terms, cut, run_id, opening=first)
    changes = sum(record.append(env, part, backfilled=True) for part in (left, graded))
    env.cr.execute(grade_tier.keep_cuts(terms, cut))
    return changes


def clear(env, company_id: int) -> None:
    """Delete what was carried from period-end to period-end."""
    env.cr.execute(SQL("DELETE FROM %s WHERE company_id = %s", STATE.name, company_id))


def history_begin(env, company_id: int) -> date | None:
    """Return the day of the company's first evaluation or change, None without any."""
    query = SQL(
        """SELECT LEAST(
               (SELECT MIN(date) FROM crm_relationship_tier_cut WHERE company_id = %(company)s),
               (SELECT MIN(date) FROM crm_relationship_change WHERE company_id = %(company)s))""",
        company=company_id,
    )
    return env.execute_query(query)[0][0]


def first_purchase(env, company_id: int) -> date | None:
    """Return the day of the first purchase of the company's customers, None without any."""
    query = SQL(
        "SELECT MIN(first_purchase_date) FROM crm_relationship_profile WHERE company_id = %s",
        company_id,
    )
    return env.execute_query(query)[0][0]
