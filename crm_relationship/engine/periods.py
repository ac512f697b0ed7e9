"""Calendar arithmetic of the rules: windows, period-ends, tenure days.

Pure functions of dates, and the same in SQL. PostgreSQL's ``date - interval`` and dateutil's
``relativedelta`` agree on clamping to the last day of a shorter month.
"""

from datetime import date, timedelta

from dateutil.relativedelta import relativedelta

from odoo.tools import SQL

DAY = timedelta(days=1)
MONTHS_PER_YEAR = 12
MONTHS_PER_PERIOD = {"monthly": 1, "quarterly": 3}


def months_before(day: date, months: int) -> date:
    """Return the same calendar day ``months`` earlier, clamped to the month's end.

    >>> months_before(date(2025, 3, 31), 1)
    datetime.date(2025, 2, 28)
    """
    return day - relativedelta(months=months)


def window_start(as_of: date, months: int) -> date:
    """Return the first day of the window of ``months`` that ends on ``as_of``.

    >>> window_start(date(2025, 2, 28), 12)
    datetime.date(2024, 2, 29)
    """
    return months_before(as_of, months) + DAY


def period_end(day: date, period: str) -> date:
    """Return the end of the period that ``day`` lies in.

    :param period: ``daily``, ``monthly`` or ``quarterly``

    >>> period_end(date(2024, 2, 3), "monthly"), period_end(date(2024, 2, 3), "quarterly")
    (datetime.date(2024, 2, 29), datetime.date(2024, 3, 31))
    """
    if period == "daily":
        return day
    months = MONTHS_PER_PERIOD[period]
    last_month = day.month + (-day.month % months)
    return day + relativedelta(month=last_month, day=31)


def last_month_end(as_of: date) -> date:
    """Return the last month-end until ``as_of``.

    >>> last_month_end(date(2025, 3, 30)), last_month_end(date(2025, 3, 31))
    (datetime.date(2025, 2, 28), datetime.date(2025, 3, 31))
    """
    end = period_end(as_of, "monthly")
    return end if end == as_of else as_of.replace(day=1) - DAY


def due_evaluations(done_until: date, closed: date, period: str) -> list[date]:
    """Return the period-ends after ``done_until`` up to and including ``closed``.

    >>> due_evaluations(date(2025, 1, 31), date(2025, 3, 31), "monthly")
    [datetime.date(2025, 2, 28), datetime.date(2025, 3, 31)]
    >>> due_evaluations(date(2025, 1, 31), date(2025, 2, 27), "monthly")
    []
    """
    ends = []
    end = period_end(done_until + DAY, period)
    while end <= closed:
        ends.append(end)
        end = period_end(end + DAY, period)
    return ends


def month_end(day: SQL) -> SQL:
    """Return the last day of the month that ``day`` lies in."""
    return SQL("(date_trunc('month', (%s)::timestamp) + '1 month - 1 day'::interval)::date", day)


def first_day_after(day: SQL, months: int) -> SQL:
    """Return the first day that lies ``months`` or more after ``day``.

    On it a window of so many months does not reach back to ``day`` any more, since a window
    starts the day after its last one minus the months; where that subtraction was clamped to
    a shorter month, one day more is needed.
    """
    return SQL(
        """(%(day)s + %(months)s::interval)::date
           + CASE WHEN ((%(day)s + %(months)s::interval)::date - %(months)s::interval)::date
                       < %(day)s THEN 1 ELSE 0 END""",
        day=day,
        months=f"{months} months",
    )
