"""Tenure: whole years since a first purchase, by the calendar.

An anniversary of the 29th of February falls on the 28th in common years.
"""

from dateutil.relativedelta import relativedelta

from odoo.tools import SQL

NEAR_DAYS = 30
"""Days after today in which a coming milestone is near, the last one included."""


def anniversary(first, years):
    """Return the day on which the tenure since ``first`` becomes ``years``."""
    return first + relativedelta(years=years)


def completed_years(first, day, inclusive=True):
    """Return how many anniversaries of ``first`` there were until ``day``.

    :param inclusive: whether one on ``day`` itself counts
    """
    years = day.year - first.year
    falls = anniversary(first, years)
    return years - (day < falls or (day == falls and not inclusive))


def anniversary_sql(first: SQL, years: SQL) -> SQL:
    """Return :func:`anniversary` as SQL."""
    return SQL("(%s + make_interval(years => (%s)::integer))::date", first, years)


def completed_years_sql(first: SQL, day: SQL, inclusive: bool = True) -> SQL:
    """Return :func:`completed_years` as SQL."""
    years = SQL("date_part('year', %s) - date_part('year', %s)", day, first)
    return SQL(
        "(%(years)s - (%(day)s %(before)s %(falls)s)::integer)::integer",
        years=years,
        day=day,
        before=SQL("<") if inclusive else SQL("<="),
        falls=anniversary_sql(first, years),
    )
