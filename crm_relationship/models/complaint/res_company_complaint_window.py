from datetime import datetime, time

import pytz

from odoo import models
from odoo.tools import SQL

from ...engine.measurement import WINDOW_MONTHS
from ...engine.periods import window_start


class ResCompany(models.Model):
    """The days that figures of complaints are of, as moments: complaints have a time of day."""

    _inherit = "res.company"

    def _get_relationship_moment(self, day):
        """Return the moment at which a day begins in the company, as a naive datetime in UTC."""
        self.ensure_one()
        timezone = pytz.timezone(self._get_relationship_timezone())
        start = timezone.localize(datetime.combine(day, time.min))
        return start.astimezone(pytz.utc).replace(tzinfo=None)

    def _get_complaint_window(self):
        """Return the first and the last day of the window in which complaints count."""
        self.ensure_one()
        today = self._get_relationship_today()
        # Whoever sees a figure may know which window it is of.
        policy = self.sudo()._get_relationship_policy()
        return window_start(today, policy.window_months or WINDOW_MONTHS), today

    def _get_complaint_bounds(self):
        """Return the SQL of a row per company: the moment at which its window begins, today and
        the name of its time zone.
        """
        rows = []
        for company in self:
            since, today = company._get_complaint_window()
            rows.append(
                SQL(
                    "(%s::int4, %s::timestamp, %s::date, %s)",
                    company.id,
                    company._get_relationship_moment(since),
                    today,
                    company._get_relationship_timezone(),
                )
            )
        return SQL(
            "SELECT * FROM (VALUES %s) AS bounds (company_id, since, today, timezone)",
            SQL(", ").join(rows),
        )
