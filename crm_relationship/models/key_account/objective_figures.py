"""SQL of what has been reached of the objectives of account plans.

One lateral row an objective, so that PostgreSQL looks only at the documents of the customers
that are asked for. The rules are those of the engine's measures: commercial partner and
company, posted invoices and credit notes by their date, untaxed, and a margin only where the
costs of enough of the revenue are known.
"""

from odoo.tools import SQL

from ...engine.measurement import MARGIN_COVERAGE_MIN

AHEAD = 110
"""Percent of what the time gone asks for, from which an objective is ahead."""

ON_TRACK = 90
"""The same from which it is on track; below, it is behind."""


def days(companies) -> SQL:
    """Return the table of the companies' present days: each has its own time zone."""
    present = [(company.id, company._get_relationship_today()) for company in companies]
    return SQL(
        "unnest(%s::integer[], %s::date[]) AS present (company_id, day)",
        [company_id for company_id, _day in present],
        [day for _company_id, day in present],
    )


def objective_row(objective: SQL, present: SQL, purchases, margins, leads: SQL) -> SQL:
    """Return the lateral table of the objective's figures, NULL what is not known.

    - target_amount, actual_amount, gap_amount: in the company's currency
    - actual, gap: in the objective's own unit, per cent for a share of wallet
    - progress: per cent of the target, rounded down
    - pace_amount: what its status is judged by
    - gone, total: days of the plan's period until today, and all of them
    - is_over: the period has ended; is_settled: the opportunity is won or lost
    - is_readable: the user may read the opportunity
    - status: see :func:`_status`

    :param objective: alias of ``crm_relationship_plan_objective``
    :param present: see :func:`days`
    :param purchases: purchase sources, see :mod:`..engine.sources`
    :param margins: margin sources, empty where nobody knows costs
    :param leads: query of the ids of the opportunities that the user may read
    """
    return SQL(
        """
        LATERAL (
            SELECT measured.*,
                   %(status)s AS status,
                   ROUND(wanted_amount, 2) AS target_amount,
                   CASE WHEN actual_amount > wanted_amount THEN 0
                        ELSE ROUND(wanted_amount - actual_amount, 2) END AS gap_amount,
                   CASE WHEN kind = 'wallet'
                        THEN FLOOR(actual_amount * 10000 / wallet_amount) / 100
                        ELSE actual_amount END AS actual,
                   CASE WHEN actual_amount > wanted_amount THEN 0
                        WHEN kind = 'wallet'
                        THEN target - FLOOR(actual_amount * 10000 / wallet_amount) / 100
                        ELSE target - actual_amount END AS gap,
                   FLOOR(actual_amount * 10000 / wanted_amount) / 100 AS progress
              FROM (
                SELECT span.*, %(objective)s.kind, %(objective)s.target,
                       %(objective)s.wallet_amount,
                       CASE WHEN %(objective)s.kind = 'wallet'
                            THEN %(objective)s.target * %(objective)s.wallet_amount / 100
                            ELSE %(objective)s.target END AS wanted_amount,
                       CASE %(objective)s.kind
                            WHEN 'project' THEN project.won_amount
                            WHEN 'margin' THEN (%(margin)s)
                            ELSE (%(revenue)s) END AS actual_amount,
                       project.forecast AS pace,
                       COALESCE(project.is_settled, FALSE) AS is_settled,
                       project.id IS NOT NULL AS is_readable
                  FROM (%(span)s) span
                  LEFT JOIN (%(project)s) project ON %(objective)s.kind = 'project'
              ) measured
        )
        """,
        objective=objective,
        status=_status(),
        revenue=_revenue(purchases),
        margin=_margin(margins),
        project=_project(objective, leads),
        span=_span(objective, present),
    )


def _status() -> SQL:
    """Return the status of ``measured``, compared without any rounding.

    What has been reached, or of an open opportunity what its probability lets expect, must be
    at least a share of the target as large as that of the period that has gone.
    """
    return SQL(
        """
        CASE WHEN actual_amount IS NULL THEN 'unknown'
             WHEN actual_amount >= wanted_amount THEN 'reached'
             WHEN is_over OR is_settled THEN 'missed'
             WHEN gone = 0 THEN 'upcoming'
             WHEN COALESCE(pace, actual_amount) * total * 100 >= wanted_amount * gone * %(ahead)s
             THEN 'ahead'
             WHEN COALESCE(pace, actual_amount) * total * 100 >= wanted_amount * gone * %(on_track)s
             THEN 'on_track'
             ELSE 'behind' END
        """,
        ahead=AHEAD,
        on_track=ON_TRACK,
    )


def _span(objective: SQL, present: SQL) -> SQL:
    """Return the plan's customer and period, read until today at most."""
    return SQL(
        """
        SELECT plan.partner_id, plan.company_id, plan.date_start,
               LEAST(plan.date_end, present.day) AS until,
               GREATEST(LEAST(plan.date_end, present.day) - plan.date_start + 1, 0) AS gone,
               plan.date_end - plan.date_start + 1 AS total,
               present.day > plan.date_end AS is_over
          FROM crm_relationship_plan plan
          JOIN %(present)s ON present.company_id = plan.company_id
         WHERE plan.id = %(objective)s.plan_id
        """,
        present=present,
        objective=objective,
    )


def _documents(queries, columns: SQL) -> SQL:
    """Return the documents of ``span``; each source is joined on its own, for the indexes."""
    return SQL(" UNION ALL ").join(
        SQL(
            """
            SELECT %(columns)s
              FROM (%(source)s) source
              JOIN res_partner contact ON contact.id = source.partner_id
             WHERE contact.commercial_partner_id = span.partner_id
               AND source.company_id = span.company_id
               AND source.counts
               AND source.date BETWEEN span.date_start AND span.until
            """,
            columns=columns,
            source=query,
        )
        for query in queries
    )


def _revenue(purchases) -> SQL:
    return SQL(
        "SELECT COALESCE(SUM(amount), 0) FROM (%s) document",
        _documents(purchases, SQL("source.amount")),
    )


def _margin(margins) -> SQL:
    """Return the margin, NULL where the costs of too little of the revenue are known."""
    if not margins:
        return SQL("NULL::numeric")
    return SQL(
        """
        SELECT CASE WHEN COUNT(*) = 0 THEN 0
                    WHEN SUM(ABS(amount)) FILTER (WHERE margin IS NOT NULL) * 100
                         >= SUM(ABS(amount)) * %(coverage)s AND SUM(ABS(amount)) > 0
                    THEN ROUND(SUM(margin), 2) END
          FROM (%(documents)s) document
        """,
        coverage=MARGIN_COVERAGE_MIN,
        documents=_documents(margins, SQL("source.amount, source.margin")),
    )


def _project(objective: SQL, leads: SQL) -> SQL:
    """Return what an opportunity brought, nothing where the user may not read it.

    It brings its expected revenue once it is won. One that was archived, or became a lead
    again, lets expect nothing.
    """
    return SQL(
        """
        SELECT lead.id,
               CASE WHEN lead.won_status = 'won' THEN lead.expected_revenue
                    ELSE 0 END AS won_amount,
               CASE WHEN lead.won_status = 'won' THEN lead.expected_revenue
                    WHEN lead.won_status = 'pending' AND lead.active
                    THEN lead.expected_revenue * lead.probability::numeric / 100
                    ELSE 0 END AS forecast,
               lead.won_status IN ('won', 'lost') AS is_settled
          FROM crm_lead lead
         WHERE lead.id = %(objective)s.opportunity_id AND lead.id IN (%(leads)s)
        """,
        objective=objective,
        leads=leads,
    )
