"""Lifecycle: grades the stage and the ladder's step of customers, in one statement.

Reads profiles and the terms; writes only profiles and, through :mod:`.record`, the history.
Customers that were measured a moment ago get their measures in the same statement: a profile
is looked up once, and written once.

How it works
    A customer without a stage goes straight to its target (see :mod:`.stage`). Decline and
    Lost come at once, whenever it is graded. All else waits for the evaluation at the
    month-end: there it climbs one step, or falls to the target. Decline and Lost are left
    only by being won back: neither condition holds and it bought after entering. Who is lost
    comes back to Decline, too, only by a purchase.
"""

from contextlib import nullcontext
from dataclasses import dataclass

from odoo.tools import SQL

from . import credit, ladder, measure, session, stage, tables
from .measurement import Measurement
from .record import Changes
from .stage import CODES, StageTerms
from .tier_cuts import PROFILES

MEASURED = SQL(
    "JOIN crm_relationship_measured measured ON measured.partner_id = profile.partner_id"
)
"""Keeps the customers that :mod:`.measure` has just measured."""

KEPT_COLUMNS = (
    "stage_id", "stage_date", "stage_purchase_date", "ladder_step", "ladder_date", "ladder_mark",
    "yearly_need", "dismissed_date", "computed_tier_id", "credit_score", "credit_coverage",
    "credit_grade_id",
)  # fmt: skip
"""What a profile remembers, and no measurement changes."""

CREDIT_COLUMNS = ("credit_score", "credit_coverage", "credit_grade_id")
"""What is scored anew along with the measures."""

COUNTERS = {
    "created": SQL("SELECT COUNT(*) FROM diff WHERE id IS NULL"),
    "updated": SQL("SELECT COUNT(*) FROM diff WHERE id IS NOT NULL"),
}
"""How many profiles a statement of :func:`grade` writes."""


@dataclass(frozen=True)
class Grading:
    """Whom to grade, and how.

    :param evaluated: it is the evaluation of a month-end; else only what comes at once
    :param among: joins that keep the customers to grade
    :param measurement: its customers are graded by what was measured, which is written to
        their profiles; who has none gets one
    :param placed: the cause in the history of a first placement
    :param table: where the customers are, with the columns of the profile
    """

    evaluated: bool
    among: SQL | None = None
    measurement: Measurement | None = None
    placed: str = "placed"
    table: str = PROFILES


def freeze_rhythm(env, terms: StageTerms, until, table: SQL, backfilled: bool = False) -> None:
    """Keep the rhythm of all customers as of an evaluation.

    :param until: the last day that is over
    :param table: with the columns of the profile
    """
    env.cr.execute(
        SQL(
            """
            INSERT INTO crm_relationship_stage_evaluation (
                company_id, date, evaluated_until, median_days, customer_count, is_backfilled)
            SELECT %(company)s, %(as_of)s, %(until)s, rhythm.median, rhythm.customers,
                   %(backfilled)s
              FROM (%(rhythm)s) AS rhythm (median, customers)
                ON CONFLICT (company_id, date) DO UPDATE
               SET evaluated_until = EXCLUDED.evaluated_until,
                   median_days = EXCLUDED.median_days,
                   customer_count = EXCLUDED.customer_count
            """,
            company=terms.company_id,
            as_of=terms.as_of,
            until=until,
            backfilled=backfilled,
            rhythm=stage.rhythm_of_all(terms.company_id, table),
        )
    )


def grade(env, terms: StageTerms, grading: Grading, run_id: int | None) -> Changes:
    """Grade the customers; return the statement that writes those that differ.

    Workers find them together: PostgreSQL lets them do so in no statement that writes.
    """
    found = SQL(
        """
        WITH rule (place, id, code) AS (VALUES %(rules)s),
             fact AS (%(facts)s),
             graded AS (%(graded)s)
        %(diff)s
        """,
        rules=rules(terms),
        facts=_facts(terms, grading),
        graded=_graded(terms, grading),
        diff=_diff(terms, grading),
    )
    measurement = grading.measurement
    with session.shares_lookups(env) if measurement and measurement.is_large else nullcontext():
        shared = not measurement or measurement.shared
        tables.keep(env, "crm_relationship_differing", found, shared)
    env.cr.execute("ANALYZE crm_relationship_differing (partner_id)")
    return Changes(
        ctes=SQL(
            """
             diff AS (SELECT * FROM crm_relationship_differing),
             written AS (%(written)s)
             %(created)s
            """,
            written=_written(terms, grading),
            created=_created(terms, grading),
        ),
        rows=SQL(" UNION ALL ").join(_changed(terms, grading, run_id)),
    )


def rules(terms: StageTerms) -> SQL:
    """Return the rows of the company's stages: place, id and code."""
    return SQL(", ").join(
        SQL("(%s, %s, %s)", place, terms.ids[code], code)
        for place, code in enumerate(CODES, start=1)
    )


def _facts(terms: StageTerms, grading: Grading) -> SQL:
    """One row per customer: its columns, the present place, the target, what it bought."""
    profile = SQL.identifier("profile")
    return SQL(
        """
        SELECT profile.*,
               former.code AS old_code,
               array_position(%(codes)s, former.code::text) AS old_place,
               %(target)s AS target,
               COALESCE(profile.last_purchase_date >= profile.stage_date
                        AND (profile.stage_purchase_date IS NULL
                             OR profile.last_purchase_date > profile.stage_purchase_date), FALSE)
                 AS bought,
               COALESCE(profile.purchase_count >= %(count)s
                        AND %(as_of)s - profile.first_purchase_date >= %(days)s, FALSE)
                 AS is_formed
          FROM (%(customers)s) profile
          LEFT JOIN crm_relationship_stage former ON former.id = profile.stage_id
        %(fence)s
        """,
        codes=list(CODES),
        target=stage.target(terms, profile, SQL("profile.dismissed_date IS NOT NULL")),
        count=terms.formation[0],
        days=terms.formation[1],
        as_of=terms.as_of,
        fence=tables.FENCE,
        customers=_profiles(terms, grading)
        if grading.measurement is None
        else credit.scored(grading.measurement.credit, _measured(grading.measurement)),
    )


def _profiles(terms: StageTerms, grading: Grading) -> SQL:
    return SQL(
        """
        SELECT profile.*
          FROM %(table)s profile
          %(among)s
         WHERE profile.company_id = %(company)s
           AND profile.tier_standing IS DISTINCT FROM 'frozen'
        """,
        table=SQL.identifier(grading.table),
        among=grading.among or SQL(""),
        company=terms.company_id,
    )


def _measured(measurement: Measurement) -> SQL:
    """One row per customer that was measured, with what its profile remembers.

    ``row`` is where the profile lies, ``differs`` whether a measure does.
    """
    measured = SQL.identifier("measured")
    new = [
        SQL("measured.%s", SQL.identifier("due_date" if name == "next_due_date" else name))
        for name in measure.MEASURE_COLUMNS
    ]
    return SQL(
        """
        SELECT profile.id, profile.ctid AS row, measured.partner_id, measured.founding_date,
               %(kept)s, %(values)s,
               (%(old)s) IS DISTINCT FROM (%(new)s) AS differs
          FROM (SELECT measured.*, %(due_date)s AS due_date
                  FROM crm_relationship_measured measured
                %(fence)s) measured
          LEFT JOIN crm_relationship_profile profile
            ON profile.partner_id = measured.partner_id AND profile.company_id = %(company)s
        """,
        kept=SQL(", ").join(SQL("profile.%s", SQL.identifier(name)) for name in KEPT_COLUMNS),
        values=SQL(", ").join(
            SQL("%s AS %s", value, name)
            for name, value in zip(measure.PROFILES.names, new, strict=True)
        ),
        old=SQL(", ").join(SQL("profile.%s", name) for name in measure.PROFILES.names),
        new=SQL(", ").join(new),
        due_date=measure.due_date(measurement, measured),
        fence=tables.FENCE,
        company=measurement.company_id,
    )


def _graded(terms: StageTerms, grading: Grading) -> SQL:
    """One row per customer with the place that it gets."""
    return SQL(
        """
        SELECT fact.*,
               CASE WHEN old_place IS NULL OR target = %(lost)s THEN target
                    WHEN target = %(decline)s
                    THEN CASE WHEN old_place = %(lost)s AND NOT bought THEN old_place
                              ELSE target END
                    WHEN NOT %(evaluated)s THEN old_place
                    WHEN target = %(prospect)s THEN target
                    WHEN old_place >= %(decline)s
                    THEN CASE WHEN NOT bought THEN old_place
                              WHEN is_formed THEN %(formation)s
                              ELSE %(exploration)s END
                    ELSE LEAST(target, old_place + 1) END AS new_place
          FROM fact
        %(fence)s
        """,
        evaluated=grading.evaluated,
        fence=tables.FENCE,
        prospect=stage.PROSPECT,
        exploration=stage.EXPLORATION,
        formation=stage.FORMATION,
        decline=stage.DECLINE,
        lost=stage.LOST,
    )


def _diff(terms: StageTerms, grading: Grading) -> SQL:
    """One row per customer that differs, with what is written."""
    return SQL(
        """
        SELECT graded.*, rule.id AS new_stage_id, rule.code AS new_code, %(step)s AS new_step
          FROM graded
          JOIN rule ON rule.place = graded.new_place
         WHERE %(differs)s %(measures)s
        """,
        measures=SQL("OR graded.id IS NULL OR graded.differs OR %s", credit.DIFFERS)
        if grading.measurement
        else SQL(""),
        step=_step(terms) if grading.table == PROFILES else SQL("NULL::text"),
        differs=SQL(
            "(graded.stage_id, graded.ladder_step) IS DISTINCT FROM (rule.id, %s)", _step(terms)
        )
        if grading.table == PROFILES
        else SQL("graded.stage_id IS DISTINCT FROM rule.id"),
    )


def _step(terms: StageTerms) -> SQL:
    return ladder.step(
        terms.window_months,
        profile=SQL.identifier("graded"),
        is_fading=SQL("(graded.new_place >= %s)", stage.DECLINE),
        mark=SQL("graded.ladder_mark"),
        need=SQL("graded.yearly_need"),
    )


def _written(terms: StageTerms, grading: Grading) -> SQL:
    on_ladder = SQL(
        """, ladder_step = diff.new_step,
             ladder_date = CASE WHEN diff.new_step IS DISTINCT FROM profile.ladder_step
                                THEN %s ELSE profile.ladder_date END""",
        terms.as_of,
    )
    return SQL(
        """
        UPDATE %(table)s profile
           SET stage_id = diff.new_stage_id,
               stage_date = CASE WHEN diff.new_code IS DISTINCT FROM diff.old_code
                                 THEN %(as_of)s ELSE profile.stage_date END,
               stage_purchase_date = CASE WHEN diff.new_code IS DISTINCT FROM diff.old_code
                                          THEN profile.last_purchase_date
                                          ELSE profile.stage_purchase_date END
               %(ladder)s %(measures)s
          FROM diff
         WHERE %(own)s
        """,
        table=SQL.identifier(grading.table),
        as_of=terms.as_of,
        ladder=on_ladder if grading.table == PROFILES else SQL(""),
        measures=SQL("").join(
            [SQL(", %s = diff.%s", name, name) for name in measure.PROFILES.names]
            + [
                SQL(", %s = diff.%s", SQL.identifier(name), SQL.identifier(f"new_{name}"))
                for name in CREDIT_COLUMNS
            ]
        )
        if grading.measurement
        else SQL(""),
        own=SQL("profile.ctid = diff.row" if grading.measurement else "profile.id = diff.id"),
    )


def _created(terms: StageTerms, grading: Grading) -> SQL:
    """The clause that gives profiles to customers that had none."""
    if grading.measurement is None:
        return SQL("")
    return SQL(
        """,
             created AS (
                INSERT INTO crm_relationship_profile (
                    partner_id, company_id, below_count, %(columns)s,
                    stage_id, stage_date, stage_purchase_date, ladder_step, ladder_date,
                    credit_score, credit_coverage, credit_grade_id)
                SELECT partner_id, %(company)s, 0, %(columns)s,
                       new_stage_id, %(as_of)s, last_purchase_date, new_step, %(as_of)s,
                       new_credit_score, new_credit_coverage, new_credit_grade_id
                  FROM diff
                 WHERE id IS NULL
                 ORDER BY partner_id)
        """,
        columns=SQL(", ").join(measure.PROFILES.names),
        company=terms.company_id,
        as_of=terms.as_of,
    )


def _changed(terms: StageTerms, grading: Grading, run_id: int | None) -> list[SQL]:
    """Return the queries of the rows for the history: stages, and steps of the ladder."""
    stages = SQL(
        """
        SELECT diff.partner_id, %(company)s AS company_id, %(as_of)s AS date,
               'stage' AS dimension, diff.old_code AS old_value, diff.new_code AS new_value,
               CASE WHEN diff.old_place IS NULL THEN %(placed)s
                    WHEN diff.new_place = %(lost)s AND diff.dismissed_date IS NOT NULL
                    THEN 'dismissed'
                    WHEN diff.new_place = %(lost)s THEN 'lost'
                    WHEN diff.new_place = %(decline)s THEN 'decline'
                    WHEN diff.old_place >= %(decline)s AND diff.new_place > %(prospect)s
                    THEN 'won_back'
                    WHEN diff.new_place > diff.old_place THEN 'up'
                    ELSE 'down' END AS cause,
               NULL::numeric AS basis_amount, NULL::numeric AS cut_amount,
               %(evidence)s AS evidence, %(run)s::integer AS run_id
          FROM diff
         WHERE diff.new_code IS DISTINCT FROM diff.old_code
        """,
        company=terms.company_id,
        as_of=terms.as_of,
        placed=grading.placed,
        evidence=evidence(terms, SQL.identifier("diff")),
        run=run_id,
        prospect=stage.PROSPECT,
        decline=stage.DECLINE,
        lost=stage.LOST,
    )
    if grading.table != PROFILES:
        return [stages]
    graded = grading.measurement and grading.measurement.credit
    credits = [credit.changed(graded, run_id)] if graded else []
    steps = SQL(
        """
        SELECT diff.partner_id, %(company)s, %(as_of)s, 'ladder', diff.ladder_step,
               diff.new_step,
               CASE WHEN diff.ladder_step IS NULL THEN %(placed)s
                    WHEN diff.new_step = 'disqualified' THEN 'down'
                    WHEN diff.ladder_step = 'disqualified'
                      OR array_position(%(steps)s, diff.new_step)
                         > array_position(%(steps)s, diff.ladder_step::text) THEN 'up'
                    ELSE 'down' END,
               NULL::numeric, NULL::numeric,
               jsonb_build_object(
                   'purchases', diff.purchase_count, 'open', diff.open_deal_count,
                   'lost', diff.lost_deal_count, 'cards', diff.card_count,
                   'referred', diff.referred_buyer_count, 'mark', diff.ladder_mark,
                   'need', diff.yearly_need, 'revenue', diff.revenue,
                   'fading', diff.new_place >= %(decline)s),
               %(run)s::integer
          FROM diff
         WHERE diff.new_step IS DISTINCT FROM diff.ladder_step
        """,
        company=terms.company_id,
        as_of=terms.as_of,
        placed=grading.placed,
        steps=list(ladder.STEPS),
        decline=stage.DECLINE,
        run=run_id,
    )
    return [stages, steps, *credits]


def evidence(terms: StageTerms, customer: SQL) -> SQL:
    """Return what the history keeps of a customer's measures and of the limits for them.

    :param customer: alias of a table with the columns of the profile
    """
    return SQL(
        """jsonb_build_object(
               'purchases', %(customer)s.purchase_count,
               'first', %(customer)s.first_purchase_date,
               'last', %(customer)s.last_purchase_date,
               'rhythm', CASE WHEN %(customer)s.purchase_count < %(own)s THEN %(rhythm)s END,
               'revenue', %(customer)s.revenue,
               'previous', %(customer)s.revenue_previous,
               'decline', %(decline)s,
               'lost', %(lost)s)""",
        customer=customer,
        own=stage.OWN_RHYTHM_PURCHASES,
        rhythm=terms.rhythm,
        decline=stage.silence_limit(terms, terms.decline, customer),
        lost=stage.silence_limit(terms, terms.lost, customer),
    )
