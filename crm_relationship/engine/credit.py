"""Credit: the score of customers by the criteria of a policy, as SQL on their measures.

How it works
    Each criterion takes a share of its points by the band that its value lies in, the share
    for unknown where the value is NULL. The products of points and shares are worked out
    here, so that PostgreSQL only compares and adds. What people enter for few customers,
    judgements and financial statements, is joined as the difference that it makes.

    The trailing three months are calendar months, the running one included: on the last day
    of a month they are exactly three months, on that of a quarter the quarter. They move on
    at the start of a month, so a night measures no customer again only because of them.

    Tenure and years in business are counted to the last month-end, for the same reason.

    The size of a customer is its tier before a manual tier and a cap.
"""

from dataclasses import dataclass
from datetime import date
from decimal import ROUND_CEILING, Decimal

from dateutil.relativedelta import relativedelta

from odoo.tools import SQL

from .periods import MONTHS_PER_YEAR, first_day_after, last_month_end, month_end, months_before
from .record import Changes
from .tables import FENCE

QUARTER_MONTHS = 3
"""Calendar months, the running one included, that payments and purchases are looked at."""

STATEMENT_MONTHS = 18
"""Months after its last day for which a financial statement counts."""

BAD_DEBT_MONTHS = 24
"""Months for which a bad debt that was written off counts."""

RATIOS = ("current_ratio", "debt_ratio", "cash_flow_ratio", "net_margin", "return_on_equity")
"""Measures that come from the financial statement."""

BEST = 1_000_000
"""Stands for a ratio that is as high as can be: its denominator is zero."""

JUDGED = "judged"

UNITS = 1_000_000
"""What points are multiplied by to be added as whole numbers, which is faster and as exact:
they and their shares in percent have two decimals.
"""


def quarter_start(as_of: date) -> date:
    """Return the first day of the trailing three months."""
    return as_of.replace(day=1) - relativedelta(months=QUARTER_MONTHS - 1)


@dataclass(frozen=True)
class Criterion:
    """A criterion of the policy.

    :param bands: lower limits and shares in percent, the lowest first; for judged ones the
        ids of the levels instead of limits
    """

    id: int
    measure: str
    points: Decimal
    bands: tuple[tuple[Decimal, Decimal], ...]


@dataclass(frozen=True)
class CreditTerms:
    """What to score by.

    :param unknown_share: percent of the points of a criterion whose value is unknown
    :param grades: ids, codes and least scores, the best first
    :param tiers: ids of the tiers of the company's policy, the best first
    """

    company_id: int
    as_of: date
    unknown_share: Decimal
    criteria: tuple[Criterion, ...]
    grades: tuple[tuple[int, str, Decimal], ...]
    tiers: tuple[int, ...]
    window_months: int

    @property
    def as_json(self) -> dict:
        """What the scores depend on besides measures: if it changes, all are scored anew."""
        return {
            "unknown": str(self.unknown_share),
            "criteria": [
                [
                    each.id,
                    each.measure,
                    str(each.points),
                    [[str(n) for n in band] for band in each.bands],
                ]
                for each in self.criteria
            ],
            "grades": [[id_, code, str(least)] for id_, code, least in self.grades],
            "tiers": list(self.tiers),
        }

    def of(self, *measures: str) -> list[Criterion]:
        """Return the criteria of these measures."""
        return [criterion for criterion in self.criteria if criterion.measure in measures]

    def unknown_points(self, criterion: Criterion) -> Decimal:
        """Return what a criterion gives whose value is unknown."""
        return criterion.points * self.unknown_share / 100


def value(terms: CreditTerms, measure: str, profile: SQL, position: SQL | None = None) -> SQL:
    """Return the value of a measure, NULL where it is unknown.

    :param profile: alias of a table with the columns of the profile, and ``founding_date``
    :param position: of its tier before cap and override, the best is 1; None: by the profile
    """
    terms_ = {
        "p": profile,
        "as_of": terms.as_of,
        "start": quarter_start(terms.as_of),
        "months": terms.window_months,
        "yearly": 100 * MONTHS_PER_YEAR,
        "position": position
        or SQL("array_position(%s, %s.computed_tier_id)", list(terms.tiers), profile),
    }
    queries = {
        "on_time_share": "%(p)s.on_time_share",
        "recent_days_late": "%(p)s.recent_days_late",
        "overdue_share": """CASE WHEN %(p)s.open_amount > 0
                                 THEN 100 * %(p)s.overdue_amount / %(p)s.open_amount
                                 WHEN %(p)s.purchase_count > 0 THEN 0 END""",
        "longest_overdue": """CASE WHEN %(p)s.purchase_count > 0
                                   THEN COALESCE(%(as_of)s - %(p)s.overdue_since, 0) END""",
        "dispute_count": "CASE WHEN %(p)s.purchase_count > 0 THEN %(p)s.dispute_count END",
        "growth": """CASE WHEN %(p)s.quarter_revenue_previous > 0
                          THEN 100 * (%(p)s.quarter_revenue - %(p)s.quarter_revenue_previous)
                               / %(p)s.quarter_revenue_previous END""",
        "purchase_months": """CASE WHEN %(p)s.first_purchase_date < %(start)s
                                   THEN %(p)s.purchase_months END""",
        "need_share": """CASE WHEN %(p)s.yearly_need > 0
                              THEN %(p)s.revenue * %(yearly)s / (%(p)s.yearly_need * %(months)s)
                              END""",
        "tier_position": "CASE WHEN %(p)s.purchase_count > 0 THEN %(position)s END",
    }
    if measure == "tenure_years":
        return years_since(SQL("%(p)s.first_purchase_date", **terms_), terms.as_of)
    if measure == "business_years":
        return years_since(SQL("%(p)s.founding_date", **terms_), terms.as_of)
    return SQL(queries[measure], **terms_)


def years_since(day: SQL, as_of: date) -> SQL:
    """Return the years from ``day`` to the last month-end, in whole months; NULL for none or a
    day to come.
    """
    return SQL(
        """CASE WHEN %(day)s > %(as_of)s THEN NULL
                WHEN %(day)s > %(end)s THEN 0
                ELSE (EXTRACT(YEAR FROM age(%(end)s::date, %(day)s)) * 12
                      + EXTRACT(MONTH FROM age(%(end)s::date, %(day)s))) / 12 END""",
        day=day,
        as_of=as_of,
        end=last_month_end(as_of),
    )


def band(criterion: Criterion, given: SQL) -> SQL:
    """Return the place of the band that a value lies in, 0 is the lowest; NULL if unknown."""
    limits = [low for low, _share in criterion.bands[1:]]
    return SQL("WIDTH_BUCKET((%s)::numeric, %s::numeric[])", given, limits)


def band_points(criterion: Criterion, place: SQL, unknown: Decimal) -> SQL:
    """Return what a band gives, in units of a point by :data:`UNITS`.

    :param place: see :func:`band`
    """
    given = [_units(_points(criterion, share)) for _low, share in criterion.bands]
    return SQL("COALESCE((%s::integer[])[%s + 1], %s)", given, place, _units(unknown))


def _points(criterion: Criterion, share: Decimal) -> Decimal:
    return criterion.points * share / 100


def _units(points: Decimal) -> int:
    return int(points * UNITS)


def _in_points(units: SQL) -> SQL:
    return SQL("(%s)::numeric / %s", units, UNITS)


def _sum(parts: list[SQL]) -> SQL:
    return SQL("(%s)", SQL(" + ").join(parts)) if parts else SQL("0")


def statements(company_id: int, as_of: date, customers: list[int] | None = None) -> SQL:
    """Return the financial statements that count on a day, one a customer: the latest, not
    older than :data:`STATEMENT_MONTHS`; of the same day that of the longer period.

    :param customers: ids of those to look at; None: all
    """
    return SQL(
        """
        SELECT DISTINCT ON (partner_id) *
          FROM crm_relationship_credit_statement
         WHERE (company_id = %(company)s OR company_id IS NULL)
           AND date_end BETWEEN %(since)s AND %(as_of)s
           %(among)s
         ORDER BY partner_id, date_end DESC, period DESC, id DESC
        """,
        among=SQL("") if customers is None else SQL("AND partner_id = ANY (%s)", customers),
        company=company_id,
        since=months_before(as_of, STATEMENT_MONTHS),
        as_of=as_of,
    )


def ratio(measure: str, statement: SQL) -> SQL:
    """Return a ratio of a financial statement, NULL where it is unknown."""
    return SQL(
        """CASE WHEN %(measure)s = ANY (string_to_array(%(s)s.known_ratios, ','))
                THEN %(s)s.%(name)s END""",
        measure=measure,
        s=statement,
        name=SQL.identifier(measure),
    )


def entered(terms: CreditTerms) -> SQL:
    """One row per customer of whom people entered something: ``partner_id``, what it
    ``gained`` over that for unknown, and what is ``known``, both in :data:`UNITS`.
    """
    parts = [_judged(terms), _stated(terms)]
    return SQL(
        """
        SELECT partner_id, SUM(gained) AS gained, SUM(known) AS known
          FROM (%s) part
         GROUP BY partner_id
        """,
        SQL(" UNION ALL ").join(parts),
    )


def _judged(terms: CreditTerms) -> SQL:
    levels = [
        (
            level,
            _units(_points(criterion, share) - terms.unknown_points(criterion)),
            _units(criterion.points),
        )
        for criterion in terms.of(JUDGED)
        for level, share in criterion.bands
    ]
    return SQL(
        """
        SELECT judgement.partner_id, level.gained, level.known
          FROM crm_relationship_credit_judgement judgement
          JOIN (VALUES %s) AS level (id, gained, known) ON level.id = judgement.band_id
        """,
        SQL(", ").join(SQL("(%s, %s, %s)", *level) for level in levels or [(0, 0, 0)]),
    )


def _stated(terms: CreditTerms) -> SQL:
    statement = SQL.identifier("statement")
    gained, known = [], []
    for criterion in terms.of(*RATIOS):
        place = band(criterion, ratio(criterion.measure, statement))
        unknown = terms.unknown_points(criterion)
        gained.append(SQL("%s - %s", band_points(criterion, place, unknown), _units(unknown)))
        known.append(_known(criterion, place))
    return SQL(
        "SELECT statement.partner_id, %s, %s FROM (%s) statement",
        _sum(gained),
        _sum(known),
        statements(terms.company_id, terms.as_of),
    )


def _known(criterion: Criterion, place: SQL) -> SQL:
    return SQL("CASE WHEN %s IS NULL THEN 0 ELSE %s END", place, _units(criterion.points))


def scored(terms: CreditTerms | None, customers: SQL, position: SQL | None = None) -> SQL:
    """Return the rows of ``customers`` with the new columns of the credit.

    Each value is worked out once, and :data:`.tables.FENCE` keeps it so.

    :param terms: None: there is no credit
    :param customers: query with the columns of the profile, and ``founding_date``
    :param position: see :func:`value`; its alias is ``profile``
    """
    if terms is None:
        return SQL(
            """
            SELECT profile.*, NULL::numeric AS new_credit_score,
                   NULL::numeric AS new_credit_coverage, NULL::integer AS new_credit_grade_id
              FROM (%s) profile
            """,
            customers,
        )
    profile = SQL.identifier("profile")
    base = sum(map(terms.unknown_points, terms.of(JUDGED, *RATIOS)), Decimal(0))
    points = [SQL("%s", _units(base)), SQL("COALESCE(entered.gained, 0)")]
    known = [SQL("COALESCE(entered.known, 0)")]
    places = [SQL("profile.*")]
    for criterion in terms.criteria:
        if criterion.measure in (JUDGED, *RATIOS):
            continue
        name = SQL.identifier(f"band_of_{criterion.id}")
        given = value(terms, criterion.measure, profile, position)
        places.append(SQL("%s AS %s", band(criterion, given), name))
        points.append(band_points(criterion, name, terms.unknown_points(criterion)))
        known.append(_known(criterion, name))
    return SQL(
        """
        SELECT scored.*, %(known_score)s AS new_credit_score, coverage AS new_credit_coverage,
               %(grade)s AS new_credit_grade_id
          FROM (SELECT placed.*, ROUND(%(score)s, 2) AS score, ROUND(%(coverage)s, 2) AS coverage
                  FROM (SELECT %(places)s FROM (%(customers)s) profile %(fence)s) placed
                  LEFT JOIN (%(entered)s) entered ON entered.partner_id = placed.partner_id
                %(fence)s) scored
        """,
        known_score=KNOWN_SCORE,
        grade=grade_id(terms, KNOWN_SCORE),
        score=_in_points(_sum(points)),
        coverage=_in_points(_sum(known)),
        places=SQL(", ").join(places),
        customers=customers,
        fence=FENCE,
        entered=entered(terms),
    )


KNOWN_SCORE = SQL("CASE WHEN scored.coverage > 0 THEN scored.score END")
"""Without anything known there is no score."""


def grade_id(terms: CreditTerms, score_: SQL) -> SQL:
    """Return the id of the grade of a score, NULL without a score."""
    cases = SQL(" ").join(
        SQL("WHEN %s >= %s::numeric THEN %s", score_, least, id_)
        for id_, _code, least in terms.grades
    )
    return SQL("CASE %s END", cases)


def due_dates(terms: CreditTerms, measured: SQL) -> list[SQL]:
    """Return the days on which time alone carries a customer over the edge of a band, NULL
    for those that have passed.
    """
    days = []
    for criterion in terms.of("tenure_years", "business_years"):
        column = {"tenure_years": "first_purchase_date", "business_years": "founding_date"}
        since = SQL("%s.%s", measured, SQL.identifier(column[criterion.measure]))
        days += [
            month_end(
                first_day_after(
                    since, int((years * MONTHS_PER_YEAR).to_integral_value(ROUND_CEILING))
                )
            )
            for years, _share in criterion.bands[1:]
            if years > 0
        ]
    for criterion in terms.of("longest_overdue"):
        days += [
            SQL(
                "%s.overdue_since + %s",
                measured,
                int(limit.to_integral_value(ROUND_CEILING)),
            )
            for limit, _share in criterion.bands[1:]
            if limit > 0
        ]
    return [SQL("CASE WHEN %s > %s THEN %s END", day, terms.as_of, day) for day in days]


def expired_statements(company_id: int, after: date, as_of: date) -> SQL:
    """Return the customers whose financial statements grew too old since ``after``."""
    return SQL(
        """SELECT partner_id FROM crm_relationship_credit_statement
            WHERE (company_id = %s OR company_id IS NULL) AND date_end >= %s AND date_end < %s""",
        company_id,
        months_before(after, STATEMENT_MONTHS),
        months_before(as_of, STATEMENT_MONTHS),
    )


def entered_since(since) -> list[SQL]:
    """Return the customers of whom people entered something since ``since`` (UTC)."""
    return [
        SQL(
            "SELECT partner_id FROM crm_relationship_credit_statement WHERE write_date >= %s", since
        ),
        SQL(
            "SELECT partner_id FROM crm_relationship_credit_judgement WHERE write_date >= %s", since
        ),
    ]


def grade(terms: CreditTerms, among: SQL, run_id: int | None) -> Changes:
    """Score the customers anew and write those that differ.

    :param among: condition on ``profile``
    """
    return Changes(
        ctes=SQL(
            """
             graded AS (%(scored)s),
             diff AS MATERIALIZED (SELECT * FROM graded WHERE %(differs)s),
             written AS (
                UPDATE crm_relationship_profile profile
                   SET credit_score = diff.new_credit_score,
                       credit_coverage = diff.new_credit_coverage,
                       credit_grade_id = diff.new_credit_grade_id
                  FROM diff
                 WHERE profile.id = diff.id)
            """,
            scored=scored(
                terms,
                SQL(
                    """
                    SELECT profile.*, customer.relationship_founding_date AS founding_date
                      FROM crm_relationship_profile profile
                      JOIN res_partner customer ON customer.id = profile.partner_id
                     WHERE profile.company_id = %s
                       AND profile.tier_standing IS DISTINCT FROM 'frozen'
                       AND %s
                    """,
                    terms.company_id,
                    among,
                ),
            ),
            differs=DIFFERS,
        ),
        rows=changed(terms, run_id),
    )


DIFFERS = SQL(
    """(credit_score, credit_coverage, credit_grade_id)
       IS DISTINCT FROM (new_credit_score, new_credit_coverage, new_credit_grade_id)"""
)
"""Whether the credit of a row of :func:`scored` differs."""


def changed(terms: CreditTerms, run_id: int | None) -> SQL:
    """Return the query of the rows for the history, of ``diff``: grades that moved.

    The first grade of a customer is no change, and stands in no history.
    """
    return SQL(
        """
        SELECT diff.partner_id, %(company)s AS company_id, %(as_of)s AS date,
               'credit' AS dimension, former.code AS old_value, latter.code AS new_value,
               CASE WHEN latter.place < former.place THEN 'up' ELSE 'down' END AS cause,
               NULL::numeric AS basis_amount, NULL::numeric AS cut_amount,
               jsonb_build_object('score', diff.new_credit_score, 'former', diff.credit_score,
                                  'coverage', diff.new_credit_coverage) AS evidence,
               %(run)s::integer AS run_id
          FROM diff
          JOIN (VALUES %(grades)s) AS former (id, code, place) ON former.id = diff.credit_grade_id
          JOIN (VALUES %(grades)s) AS latter (id, code, place)
            ON latter.id = diff.new_credit_grade_id AND latter.id <> former.id
        """,
        company=terms.company_id,
        as_of=terms.as_of,
        run=run_id,
        grades=SQL(", ").join(
            SQL("(%s, %s, %s)", id_, code, place)
            for place, (id_, code, _least) in enumerate(terms.grades)
        ),
    )


def lines(terms: CreditTerms, customers: SQL) -> SQL:
    """Return the values and points by criterion, one row a customer and criterion:
    ``partner_id``, ``criterion_id``, ``value``, ``band_id`` of a judged level, ``points``.

    :param customers: query with the columns of the profile and ``founding_date``
    """
    profile = SQL.identifier("profile")
    statement = SQL.identifier("statement")
    rows = []
    for criterion in terms.criteria:
        unknown = terms.unknown_points(criterion)
        if criterion.measure == JUDGED:
            rows.append(_judged_line(criterion, unknown))
            continue
        given = (
            ratio(criterion.measure, statement)
            if criterion.measure in RATIOS
            else value(terms, criterion.measure, profile)
        )
        rows.append(
            SQL(
                "(%s, (%s)::numeric, NULL::integer, %s)",
                criterion.id,
                given,
                _in_points(band_points(criterion, band(criterion, given), unknown)),
            )
        )
    return SQL(
        """
        SELECT profile.partner_id, line.criterion_id, line.value, line.band_id, line.points
          FROM (%(customers)s) profile
          LEFT JOIN (%(statements)s) statement ON statement.partner_id = profile.partner_id
         CROSS JOIN LATERAL (VALUES %(rows)s) AS line (criterion_id, value, band_id, points)
        """,
        customers=customers,
        statements=statements(terms.company_id, terms.as_of),
        rows=SQL(", ").join(rows),
    )


def _judged_line(criterion: Criterion, unknown: Decimal) -> SQL:
    level = SQL(
        """(SELECT judgement.band_id FROM crm_relationship_credit_judgement judgement
             WHERE judgement.partner_id = profile.partner_id AND judgement.criterion_id = %s)""",
        criterion.id,
    )
    cases = SQL(" ").join(
        SQL("WHEN %s THEN %s", id_, _units(_points(criterion, share)))
        for id_, share in criterion.bands
    )
    points = SQL("CASE %s %s ELSE %s END", level, cases, _units(unknown))
    return SQL("(%s, NULL::numeric, %s, %s)", criterion.id, level, _in_points(points))
