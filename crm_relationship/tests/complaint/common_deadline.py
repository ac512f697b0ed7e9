from datetime import datetime

import pytz

from odoo.tests import freeze_time

from .common import ComplaintCase

BERLIN, SHANGHAI = "Europe/Berlin", "Asia/Shanghai"
WEEK = [(day, start, end) for day in range(5) for start, end in ((8, 12), (13, 17))]
"""Monday to Friday, eight hours a day with a break at noon."""


class DeadlineCase(ComplaintCase):
    """A team in Berlin that works from Monday to Friday, 8 to 12 and 13 to 17."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.calendar = cls.make_calendar(WEEK)
        cls.team.resource_calendar_id = cls.calendar
        cls.targets = cls.env["crm.relationship.complaint.target"]
        cls.company.relationship_complaint_margin_hours = 2

    @classmethod
    def make_calendar(cls, hours, tz=BERLIN):
        """Return a calendar with these working hours: day, start, end."""
        return cls.env["resource.calendar"].create(
            {
                "name": "Service Hours",
                "tz": tz,
                "company_id": cls.company.id,
                "attendance_ids": [
                    (
                        0,
                        0,
                        {
                            "name": f"{day} {start}",
                            "dayofweek": str(day),
                            "hour_from": start,
                            "hour_to": end,
                            "day_period": "morning" if start < 12 else "afternoon",
                        },
                    )
                    for day, start, end in hours
                ],
            }
        )

    @classmethod
    def set_targets(cls, *targets):
        """Let the company have these targets alone: kind, amount and what else."""
        cls.targets.search([("company_id", "=", cls.company.id)]).unlink()
        cls.targets.create(
            [
                {"company_id": cls.company.id, "kind": kind, "amount": amount, **values}
                for kind, amount, values in targets
            ]
        )

    @staticmethod
    def utc(text, tz=BERLIN):
        """Return a local time such as "2025-06-02 09:00" in naive UTC."""
        local = pytz.timezone(tz).localize(datetime.strptime(text, "%Y-%m-%d %H:%M"))
        return local.astimezone(pytz.utc).replace(tzinfo=None)

    def receive(self, text, tz=BERLIN, **values):
        """Enter a complaint received at this local time."""
        return self.make_complaint(
            **{
                "date_received": self.utc(text, tz),
                "user_id": self.handler.id,
                "team_id": self.team.id,
                "severity": "moderate",
                **values,
            }
        )

    def deadline(self, complaint, kind="resolve", cycle=0):
        return complaint.deadline_ids.filtered(
            lambda line: (line.kind, line.cycle) == (kind, cycle)
        )

    def assert_due(self, complaint, text, kind="resolve", cycle=0, tz=BERLIN):
        self.assertEqual(self.deadline(complaint, kind, cycle).date_due, self.utc(text, tz))

    def wait(self, complaint, start, end=None, tz=BERLIN):
        with freeze_time(self.utc(start, tz)):
            self.as_handler(complaint).action_wait()
        if end:
            with freeze_time(self.utc(end, tz)):
                self.as_handler(complaint).action_end_wait()
