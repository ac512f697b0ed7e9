from datetime import timedelta

import pytz

from odoo import models

from .work_clock import Continuous, WorkClock

HOURS = {"attendance_ids", "tz", "flexible_hours", "two_weeks_calendar", "hours_per_day"}
"""What of a calendar says when people work."""

SECOND = timedelta(seconds=1)
CONTINUOUS = Continuous()


class ResourceCalendar(models.Model):
    """The working hours in which deadlines of complaints count."""

    _inherit = "resource.calendar"

    def write(self, vals):
        result = super().write(vals)
        if vals.keys() & HOURS:
            self._refresh_complaints()
        return result

    def _refresh_complaints(self):
        """Work out the deadlines of open complaints whose teams work by these calendars."""
        if self:
            complaints = self.env["crm.relationship.complaint"]
            complaints._refresh_deadlines([("team_id.resource_calendar_id", "in", self.ids)])

    def _get_complaint_clock(self, company):
        """Return the clock of a calendar in a company, whose holidays hold."""
        # Whoever enters a complaint need not see calendars and days off.
        calendar = self.sudo().with_context(active_test=False)
        if not calendar.attendance_ids and not calendar.flexible_hours:
            return CONTINUOUS
        domain = [("time_type", "=", "leave"), ("company_id", "in", (False, company.id))]

        def load(low, high):
            times = calendar._work_intervals_batch(
                pytz.utc.localize(low), pytz.utc.localize(high), domain=domain
            )[False]
            return merge([(to_moment(start), to_moment(end)) for start, end, _attendance in times])

        return WorkClock(load, calendar.hours_per_day or CONTINUOUS.hours_per_day)


def to_moment(aware):
    """Return a moment in naive UTC. Odoo's days end a microsecond before midnight."""
    moment = aware.astimezone(pytz.utc).replace(tzinfo=None)
    return moment.replace(microsecond=0) + SECOND if moment.microsecond else moment


def merge(times):
    """Join working times that touch or overlap, which are in the order of their starts.

    >>> merge([(1, 3), (2, 5), (5, 6), (8, 9)])
    [(1, 6), (8, 9)]
    """
    merged = []
    for start, end in sorted(times):
        if merged and start <= merged[-1][1]:
            merged[-1] = (merged[-1][0], max(end, merged[-1][1]))
        elif start < end:
            merged.append((start, end))
    return merged
