from markupsafe import Markup

from odoo import api, fields, models
from odoo.tools import split_every

from .crm_relationship_complaint import INSIDERS

ACTIVITY_TYPE = "crm_relationship.mail_activity_type_complaint_escalation"
LADDER = ("handler", "leader", "manager", "executive")
"""Who is told where nobody holds the office: whoever comes next."""

PUBLIC = ("manager", "user")
"""Who does not see confidential complaints by his office."""


class CrmRelationshipComplaint(models.Model):
    """Telling people of complaints that need them, and keeping whom was told of what.

    How it works
        One activity for each person, or a message. The activities go when the complaint is
        closed, and those of a rule when its deadline is done.
    """

    _inherit = "crm.relationship.complaint"

    escalation_ids = fields.One2many(
        "crm.relationship.complaint.escalation.log",
        "complaint_id",
        "Escalations",
        readonly=True,
        copy=False,
        groups=INSIDERS,
    )

    @api.model
    def _get_managed_fields(self):
        return super()._get_managed_fields() | {"escalation_ids"}

    def _escalate(self, reason):
        """Tell the executives of these complaints at once.

        :param reason: a sentence that says why
        """
        self._escalate_at_once("other", reason)

    def _escalate_at_once(self, origin, reason):
        """Tell the executives; of each complaint once for the same origin."""
        # Who enters a complaint need not see whom it is told to.
        complaints = self.sudo()
        if origin != "other":
            complaints = complaints.filtered(
                lambda complaint: origin not in complaint.escalation_ids.mapped("origin")
            )
        complaints._tell(
            [
                {"complaint": complaint, "recipient": "executive", "reason": reason}
                for complaint in complaints
            ],
            origin,
        )

    @api.model
    def _tell_by_rule(self, rule, deadlines):
        """Tell of the deadlines what a rule says."""
        now = fields.Datetime.now()
        clocks = deadlines.complaint_id._get_clocks()
        tellings = []
        for deadline in deadlines:
            clock = clocks[deadline.complaint_id]
            seconds = clock.between(now, deadline.date_due)
            time = self._describe_duration(abs(seconds), clock.hours_per_day)
            tellings.append(
                {
                    "complaint": deadline.complaint_id,
                    "recipient": rule.recipient,
                    "user": rule.user_id,
                    "deadline": deadline,
                    "reason": deadline._describe_escalation(deadline.date_due < now, time),
                }
            )
        self._tell(tellings, "rule", rule)

    @api.model
    def _tell(self, tellings, origin, rule=None):
        """Tell people of complaints, and keep that they were told.

        :param tellings: dictionaries of complaint, recipient, reason and, of a rule, deadline
            and user
        """
        now = fields.Datetime.now()
        people = {}
        logs, activities = [], []
        channel = rule.channel if rule else "activity"
        kind = self.env.ref(ACTIVITY_TYPE, False) or self.env.ref("mail.mail_activity_data_todo")
        for telling in tellings:
            complaint = telling["complaint"]
            company = complaint.company_id
            if company not in people:
                people[company] = company._get_complaint_people()
            users = complaint._get_told(telling, people[company])
            logs.append(
                {
                    "complaint_id": complaint.id,
                    "deadline_id": telling["deadline"].id if "deadline" in telling else False,
                    "rule_id": rule.id if rule else False,
                    "origin": origin,
                    "reason": telling["reason"],
                    "user_ids": [(6, 0, users.ids)],
                    "date": now,
                }
            )
            if channel in ("activity", "both"):
                activities += complaint._prepare_telling(users, telling["reason"], kind)
            if channel in ("message", "both") and users:
                complaint.message_notify(
                    partner_ids=users.partner_id.ids,
                    subject=complaint.display_name,
                    body=telling["reason"],
                )
        self.env["crm.relationship.complaint.escalation.log"].sudo().create(logs)
        # A mail for each would be many on the first night; the activities say it.
        quiet = self.env["mail.activity"].sudo().with_context(mail_activity_quick_update=True)
        quiet.create(activities)

    def _get_told(self, telling, people):
        """Return who is told, by his office, of a complaint that he sees."""
        self.ensure_one()
        recipient, user = telling["recipient"], telling.get("user")
        if self.is_confidential and recipient in PUBLIC:
            recipient = "executive"
        if recipient == "user" and user.active:
            return user
        own = {"handler": self.user_id, "leader": self.team_id.user_id}
        start = LADDER.index(recipient) if recipient in LADDER else LADDER.index("manager")
        for office in LADDER[start:]:
            if self.is_confidential and office in PUBLIC:
                continue
            users = own.get(office) or people.get(office, self.env["res.users"])
            users = users.filtered("active")
            if users:
                return users
        return self.env["res.users"]

    def _prepare_telling(self, users, reason, kind):
        """Return the values of one activity for each user."""
        self.ensure_one()
        return [
            {
                "res_model_id": self.env["ir.model"]._get_id(self._name),
                "res_id": self.id,
                "activity_type_id": kind.id,
                "user_id": user.id,
                "date_deadline": self.company_id._get_relationship_today(),
                "summary": self.subject,
                "note": Markup("<p>%s</p>") % reason,
                "automated": True,
            }
            for user in users
        ]

    def _update_deadlines(self):
        result = super()._update_deadlines()
        self._clear_escalations()
        return result

    def _clear_escalations(self):
        """Take back the tasks of complaints whose deadlines are all done."""
        # The tasks are others'.
        done = self.sudo().filtered(
            lambda complaint: complaint.escalation_ids and not complaint.next_deadline_date
        )
        kind = self.env.ref(ACTIVITY_TYPE, False)
        if done and kind:
            self.env["mail.activity"].sudo().search(
                [
                    ("res_model", "=", self._name),
                    ("res_id", "in", done.ids),
                    ("activity_type_id", "=", kind.id),
                    ("automated", "=", True),
                ]
            ).unlink()

    # ------------------------------------------------------ scheduled action

    @api.model
    def _escalate_by_rules(self, company, batch_size):
        """Speak of all deadlines of a company that are due; return whether there is time left."""
        now = fields.Datetime.now()
        # All of the company's teams count, archived ones too.
        teams = self.env["crm.relationship.complaint.team"].with_context(active_test=False)
        calendars = teams.search([("company_id", "=", company.id)]).resource_calendar_id
        none = calendars.browse()
        rules = self.env["crm.relationship.complaint.escalation"]
        for rule in rules.search([("company_id", "=", company.id)]):
            for calendar in [none, *calendars]:
                deadlines = rule._find_due(calendar, now)
                remaining = len(deadlines)
                for batch in split_every(batch_size, deadlines.ids, deadlines.browse):
                    with self.env.cr.savepoint():
                        self._tell_by_rule(rule, batch)
                    remaining -= len(batch)
                    if not self._checkpoint(len(batch), remaining):
                        return False
        return True
