from odoo import api, fields, models
from odoo.exceptions import ValidationError
from odoo.fields import Domain

from ..key_account.crm_relationship_plan_lock_mixin import check_insiders
from .crm_relationship_complaint_target import KINDS

RECIPIENTS = [
    ("handler", "The handler"),
    ("leader", "The team's leader"),
    ("manager", "The managers"),
    ("executive", "The executives"),
    ("user", "A certain user"),
]
MOMENTS = [("before", "before"), ("after", "after")]
CHANNELS = [("activity", "Activity"), ("message", "Message"), ("both", "Both")]

USUAL = [
    ("acknowledge", "after", 0, "handler"),
    ("acknowledge", "after", 4, "leader"),
    ("respond", "before", 4, "handler"),
    ("respond", "after", 0, "leader"),
    ("resolve", "before", 8, "handler"),
    ("resolve", "after", 0, "leader"),
    ("resolve", "after", 8, "manager"),
    ("resolve", "after", 24, "executive"),
]
"""What a new company starts with."""


class CrmRelationshipComplaintEscalation(models.Model):
    """Who is told of a deadline that comes near or has passed, and when.

    How it works
        The hours are working hours of the team's calendar. Each rule speaks once of a deadline.
        Where nobody holds the office, the next higher one is told. What stands still while we
        wait for the customer is told to nobody.
    """

    _name = "crm.relationship.complaint.escalation"
    _description = "Escalation Rule of Complaints"
    _order = "company_id, kind, moment desc, hours, id"

    active = fields.Boolean(default=True)
    company_id = fields.Many2one(
        "res.company",
        required=True,
        index=True,
        ondelete="cascade",
        default=lambda self: self.env.company,
    )
    kind = fields.Selection(KINDS, "Deadline", required=True)
    hours = fields.Float("Working Hours", digits=(9, 2), help="Of the team's calendar.")
    moment = fields.Selection(MOMENTS, "When", required=True, default="after")
    recipient = fields.Selection(
        RECIPIENTS,
        "Tells",
        required=True,
        default="handler",
        help="Where there is nobody, the next one: leader, managers, executives. Of confidential "
        "complaints only those are told who see them.",
    )
    user_id = fields.Many2one(
        "res.users",
        ondelete="restrict",
        domain="[('share', '=', False), ('company_ids', 'in', company_id)]",
    )
    channel = fields.Selection(CHANNELS, "By", required=True, default="activity")

    _hours_positive = models.Constraint(
        "CHECK (hours >= 0)", "Enter zero hours or more, and whether before or after it is due."
    )

    @api.depends("kind", "hours", "moment", "recipient")
    @api.depends_context("lang")
    def _compute_display_name(self):
        labels = {
            name: dict(self._fields[name]._description_selection(self.env))
            for name in ("kind", "recipient")
        }
        for rule in self:
            words = {
                "kind": labels["kind"].get(rule.kind, ""),
                "hours": f"{rule.hours:g}",
                "recipient": labels["recipient"].get(rule.recipient, ""),
            }
            if rule.moment == "before":
                name = self.env._("%(kind)s, %(hours)s h before: %(recipient)s", **words)
            else:
                name = self.env._("%(kind)s, %(hours)s h after: %(recipient)s", **words)
            rule.display_name = name

    @api.constrains("recipient", "user_id", "company_id")
    def _check_user(self):
        for rule in self:
            if rule.recipient == "user" and not rule.user_id:
                raise ValidationError(self.env._("Choose the user whom the rule tells."))
            check_insiders(rule.user_id, rule.company_id, self.env._("told of complaints"))

    @api.constrains("hours")
    def _check_hours(self):
        for rule in self:
            if rule.hours > 24 * 365:
                raise ValidationError(self.env._("A rule speaks within a year of the deadline."))

    def _find_due(self, calendar, now):
        """Return the deadlines counted by a calendar of which the rule has to speak now.

        Instead of asking each deadline how many working hours are left, the clock is asked once
        which moment lies so many hours away.
        """
        self.ensure_one()
        clock = self.env["crm.relationship.complaint"]._get_clock(calendar, self.company_id)
        seconds = round(self.hours * 3600)
        if self.moment == "before":
            limit = clock.add(now, seconds)
            dates = Domain("date_due", ">=", now) & Domain("date_due", "<=", limit)
        else:
            limit = clock.subtract(now, seconds)
            dates = Domain("date_due", "<", now) & Domain("date_due", "<=", limit)
        calendars = Domain("complaint_id.team_id.resource_calendar_id", "=", calendar.id)
        if not calendar:
            calendars |= Domain("complaint_id.team_id", "=", False)
        deadlines = self.env["crm.relationship.complaint.deadline"]
        return deadlines.search(
            Domain("state", "=", "running")
            & Domain("company_id", "=", self.company_id.id)
            & Domain("kind", "=", self.kind)
            & dates
            & calendars
            & Domain("escalation_ids", "not any", [("rule_id", "=", self.id)]),
            order="date_due, id",
        )
