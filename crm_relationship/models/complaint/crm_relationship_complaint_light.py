from odoo import api, fields, models
from odoo.fields import Domain
from odoo.tools import SQL

from ..key_account.worked_out import WorkedOutSelection

LIGHTS = [("red", "Overdue"), ("amber", "Due soon"), ("green", "In time"), ("grey", "No hurry")]
DECISIVE = ("next_deadline_date", "amber_date", "deadline_waits")


class CrmRelationshipComplaint(models.Model):
    """The light of a complaint, and how much working time is left.

    How it works
        Red: the next deadline has passed. Amber: the internal date has, or only a quarter of
        the time is left. Grey: it is done, or stands still while we wait for the customer. The
        light is worked out whenever it is looked at, by Python for what is shown and by SQL for
        searching, sorting and grouping: no scheduled action has to turn it.
    """

    _inherit = "crm.relationship.complaint"

    deadline_light = WorkedOutSelection(
        LIGHTS,
        "Light",
        compute="_compute_deadline_light",
        search="_search_deadline_light",
        group_expand=True,
    )
    time_left = fields.Char(
        "Time Left",
        compute="_compute_time_left",
        help="Working time until the next deadline, or since it passed.",
    )

    @api.depends(*DECISIVE)
    def _compute_deadline_light(self):
        now = fields.Datetime.now()
        for complaint in self:
            complaint.deadline_light = complaint._get_light(now)

    def _get_light(self, now):
        self.ensure_one()
        due = self.next_deadline_date
        if not due or self.deadline_waits:
            return "grey"
        if due < now:
            return "red"
        return "amber" if self.amber_date and self.amber_date <= now else "green"

    def _search_deadline_light(self, operator, value):
        if operator != "in":
            return NotImplemented

        def to_sql(model, alias, query):
            light = model._field_to_sql(alias, "deadline_light", query)
            return SQL("%s IN %s", light, tuple(value) or (None,))

        return Domain.custom(to_sql=to_sql)

    def _field_to_sql(self, alias, field_expr, query=None):
        if field_expr != "deadline_light":
            return super()._field_to_sql(alias, field_expr, query)
        due, amber, waits = (self._field_to_sql(alias, name, query) for name in DECISIVE)
        return SQL(
            """(CASE WHEN %(due)s IS NULL OR %(waits)s THEN 'grey'
                     WHEN %(due)s < %(now)s::timestamp THEN 'red'
                     WHEN %(amber)s <= %(now)s::timestamp THEN 'amber'
                     ELSE 'green' END)""",
            due=due,
            amber=amber,
            waits=waits,
            now=fields.Datetime.now(),
        )

    @api.depends("next_deadline_date", "deadline_waits", "team_id", "stage_code")
    @api.depends_context("lang")
    def _compute_time_left(self):
        now = fields.Datetime.now()
        pending = self.filtered(lambda one: one.next_deadline_date and not one.deadline_waits)
        clocks = pending._get_clocks()
        for complaint in self:
            if complaint in clocks:
                complaint.time_left = complaint._describe_time_left(clocks[complaint], now)
            elif complaint.next_deadline_date:
                complaint.time_left = self.env._("Stands still: we wait for the customer")
            else:
                complaint.time_left = False

    def _describe_time_left(self, clock, now):
        """Return in words how much working time is left, or has passed since."""
        self.ensure_one()
        seconds = clock.between(now, self.next_deadline_date)
        time = self._describe_duration(abs(seconds), clock.hours_per_day)
        if self.next_deadline_date < now:
            return self.env._("Overdue by %(time)s", time=time)
        return self.env._("%(time)s of working time left", time=time)

    @api.model
    def _describe_duration(self, seconds, hours_per_day):
        """Return a working time in minutes, hours or days, whichever reads best."""
        hours = seconds / 3600
        if hours < 1:
            return self.env._("%(quantity)s min", quantity=int(seconds // 60))
        if hours < hours_per_day:
            return self.env._("%(quantity)s h", quantity=f"{int(hours * 10) / 10:g}")
        days = int(hours / hours_per_day * 10) / 10
        if days == 1:
            return self.env._("1 day")
        return self.env._("%(quantity)s days", quantity=f"{days:g}")
