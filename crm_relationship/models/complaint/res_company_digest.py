from datetime import datetime, timedelta

import pytz

from odoo import fields, models


class ResCompany(models.Model):
    """Whether and when the executives of a company get the digest."""

    _inherit = "res.company"

    relationship_complaint_digest = fields.Boolean(
        "Daily Digest of Complaints",
        help="Once a day the executives are sent every new and every overdue complaint.",
    )
    relationship_complaint_digest_hour = fields.Integer(
        "Digest From (Hour)",
        default=8,
        help="The hour of the day, in the time zone of the company's working hours.",
    )
    relationship_complaint_digest_sent = fields.Datetime(
        "Last Digest of Complaints", readonly=True, copy=False
    )

    _relationship_complaint_digest_hour_valid = models.Constraint(
        "CHECK (relationship_complaint_digest_hour BETWEEN 0 AND 23)",
        "The hour of the digest is between 0 and 23.",
    )

    def write(self, vals):
        """Begin with what is new from now on, whenever it is turned on."""
        turned_on = self.browse()
        if vals.get("relationship_complaint_digest"):
            turned_on = self.filtered(lambda company: not company.relationship_complaint_digest)
        result = super().write(vals)
        if turned_on:
            super(ResCompany, turned_on).write(
                {"relationship_complaint_digest_sent": fields.Datetime.now() - timedelta(days=1)}
            )
        return result

    def _is_complaint_digest_due(self):
        """Return whether today's digest is wanted, and was not sent yet."""
        self.ensure_one()
        if not self.relationship_complaint_digest:
            return False
        timezone = pytz.timezone(self._get_relationship_timezone())
        local = datetime.now(pytz.utc).astimezone(timezone)
        if local.hour < self.relationship_complaint_digest_hour:
            return False
        sent = self.relationship_complaint_digest_sent
        return not sent or self._get_relationship_day(sent) < local.date()
