from datetime import timedelta

from odoo import api, fields, models
from odoo.fields import Domain
from odoo.tools import SQL, split_every

from .crm_relationship_complaint import INSIDERS
from .crm_relationship_complaint_deadline import IN_TIME, JUDGED, OPEN
from .crm_relationship_complaint_target import KINDS
from .resource_calendar_complaint import CONTINUOUS
from .work_clock import count_down

TRIGGERS = {
    "date_received",
    "date_acknowledged",
    "date_answered",
    "date_closed",
    "date_reopened",
    "category_id",
    "severity",
    "team_id",
    "partner_id",
    "is_waiting",
}
"""What moves deadlines when it is written on a complaint."""

AT_ONCE = 500
"""Open complaints whose deadlines are worked out at once; of more the scheduled action does."""

EMPLOYEES = "base.group_user"
"""Who sees how we are in time: customers see what was promised to them."""

HORIZON = timedelta(days=60)
YES_NO = [("yes", "Yes"), ("no", "No")]


class CrmRelationshipComplaint(models.Model):
    """The deadlines of complaints, worked out in the working hours of their teams.

    How it works
        Each step with a target has a deadline, several run at once. What was kept or missed
        stays; open ones are worked out anew when anything they rest on changes. All is done for
        many complaints together: their calendars, targets and tiers are read once.
    """

    _inherit = "crm.relationship.complaint"

    deadline_ids = fields.One2many(
        "crm.relationship.complaint.deadline",
        "complaint_id",
        "Deadlines",
        readonly=True,
        copy=False,
        groups=INSIDERS,
    )
    next_deadline_date = fields.Datetime(
        "Next Deadline",
        readonly=True,
        copy=False,
        index="btree_not_null",
        help="The first of the deadlines that are still open.",
        groups=EMPLOYEES,
    )
    next_deadline_kind = fields.Selection(
        KINDS, "Next Step", readonly=True, copy=False, groups=EMPLOYEES
    )
    amber_date = fields.Datetime("Amber From", readonly=True, copy=False, groups=EMPLOYEES)
    deadline_waits = fields.Boolean(
        "Deadline Stands Still", readonly=True, copy=False, groups=EMPLOYEES
    )
    deadline_tier_code = fields.Char(
        "Tier That Counts", readonly=True, copy=False, groups="crm_relationship.group_user"
    )
    deadline_is_stale = fields.Boolean(readonly=True, copy=False, index=True, groups=EMPLOYEES)
    acknowledged_in_time = fields.Selection(YES_NO, readonly=True, copy=False, groups=EMPLOYEES)
    responded_in_time = fields.Selection(YES_NO, readonly=True, copy=False, groups=EMPLOYEES)
    resolved_in_time = fields.Selection(YES_NO, readonly=True, copy=False, groups=EMPLOYEES)

    @api.model
    def _get_deadline_fields(self):
        """Return the names of the fields that follow from the deadlines."""
        return {
            "next_deadline_date",
            "next_deadline_kind",
            "amber_date",
            "deadline_waits",
            "deadline_tier_code",
            "deadline_is_stale",
            "acknowledged_in_time",
            "responded_in_time",
            "resolved_in_time",
        }

    @api.model
    def _get_managed_fields(self):
        return super()._get_managed_fields() | self._get_deadline_fields() | {"deadline_ids"}

    @api.model_create_multi
    def create(self, vals_list):
        complaints = super().create(vals_list)
        complaints._update_deadlines()
        return complaints

    def write(self, vals):
        if not vals.keys() & TRIGGERS:
            return super().write(vals)
        open_before = self._get_open()
        result = super().write(vals)
        # What is closed stays as it was judged; what was closed or reopened just now does not.
        (open_before | self._get_open())._update_deadlines()
        return result

    def _get_open(self):
        return self.filtered(lambda complaint: complaint.stage_code != "closed")

    @api.model
    def _refresh_deadlines(self, domain):
        """Work out the deadlines of open complaints, whoever changed what they rest on."""
        # Who changes hours or targets need not see the complaints.
        complaints = self.sudo()
        found = complaints.search(
            Domain("stage_code", "!=", "closed") & Domain(domain), order="next_deadline_date, id"
        )
        found[:AT_ONCE]._update_deadlines()
        if len(found) > AT_ONCE:
            found[AT_ONCE:]._save({"deadline_is_stale": True})
            self.env.ref("crm_relationship.ir_cron_escalate_complaints").sudo()._trigger()

    # ---------------------------------------------------------------- clocks

    def _get_clocks(self):
        """Return ``{complaint: clock}``; those of one calendar and company share theirs."""
        clocks = {}
        start = min(filter(None, self.mapped("date_received")), default=fields.Datetime.now())
        for complaint in self:
            key = complaint._get_calendar(), complaint.company_id
            if key not in clocks:
                clock = self._get_clock(*key)
                if clock is not CONTINUOUS:
                    clock.cover(start - timedelta(days=7), fields.Datetime.now() + HORIZON)
                clocks[key] = clock
        return {
            complaint: clocks[complaint._get_calendar(), complaint.company_id] for complaint in self
        }

    @api.model
    def _get_clock(self, calendar, company):
        """Return the clock of a calendar in a company, or one that never stands still."""
        return calendar._get_complaint_clock(company) if calendar else CONTINUOUS

    def _get_calendar(self):
        """Return the calendar in which the deadlines count, or none: then around the clock."""
        self.ensure_one()
        return self.sudo().team_id.resource_calendar_id

    # ------------------------------------------------------------- deadlines

    def _update_deadlines(self):
        """Make the deadlines, move those that are open, and judge those that are done."""
        # Whoever enters or answers a complaint has no right to deadlines of his own making.
        complaints = self.sudo()
        targets = self.env["crm.relationship.complaint.target"]._get_of(complaints.company_id)
        tiers = complaints._get_tier_codes()
        clocks = complaints._get_clocks()
        missing = []
        for complaint in complaints:
            tier_code = tiers.get((complaint.partner_id, complaint.company_id), False)
            present = {(line.kind, line.cycle): line for line in complaint.deadline_ids}
            for step in complaint._get_deadline_steps():
                deadline = present.get((step["kind"], step["cycle"]))
                if deadline and not complaint._is_deadline_open(deadline):
                    continue
                target = targets and self.env["crm.relationship.complaint.target"]._choose(
                    targets, complaint.company_id.id, step["kind"], complaint.severity, tier_code
                )
                if target:
                    vals = complaint._prepare_deadline(step, target, clocks[complaint], tier_code)
                    if deadline:
                        save_changes(deadline, vals)
                    else:
                        missing.append({"complaint_id": complaint.id, **step["key"], **vals})
                elif deadline:
                    save_changes(deadline, {"state": "dropped"})
        self.env["crm.relationship.complaint.deadline"].sudo().create(missing)
        for complaint in complaints:
            tier_code = tiers.get((complaint.partner_id, complaint.company_id), False)
            vals = complaint._prepare_deadline_summary(clocks[complaint])
            save_changes(complaint, {**vals, "deadline_tier_code": tier_code}, saver="_save")

    def _get_tier_codes(self):
        """Return ``{(customer, company): code of the tier}``."""
        # The tier counts, whoever enters the complaint and may see it or not.
        profiles = self.env["crm.relationship.profile"].sudo()
        found = profiles.search(
            [
                ("partner_id", "in", self.partner_id.ids),
                ("company_id", "in", self.company_id.ids),
            ]
        )
        return {
            (profile.partner_id, profile.company_id): profile.tier_id.code or False
            for profile in found
        }

    def _is_deadline_open(self, deadline):
        """Return whether a deadline may still move."""
        if deadline.state in JUDGED:
            return False
        return deadline.state in OPEN or self.stage_code != "closed"

    def _get_deadline_steps(self):
        """Return what is to be done by when: kind, cycle, start, when it was done, the end.

        The first round runs from the receipt, each further one from a reopening.
        """
        self.ensure_one()
        reopenings = self.reopening_ids.sorted(lambda reopening: (reopening.date, reopening.id))
        starts = [self.date_received, *reopenings.mapped("date")]
        rounds = [
            *((reopening.date_answered, reopening.date_closed) for reopening in reopenings),
            (self.date_answered, self.date_closed),
        ]
        steps = [("acknowledge", 0, starts[0], self.date_acknowledged, rounds[0][1])]
        for cycle, (start, (answered, closed)) in enumerate(zip(starts, rounds, strict=True)):
            steps.append(("respond", cycle, start, answered, closed))
            steps.append(("resolve", cycle, start, closed, closed))
        return [
            {
                "kind": kind,
                "cycle": cycle,
                "key": {"kind": kind, "cycle": cycle},
                "start": start,
                "done": done,
                "end": end,
            }
            for kind, cycle, start, done, end in steps
        ]

    def _prepare_deadline(self, step, target, clock, tier_code):
        """Return the values of one deadline."""
        self.ensure_one()
        start, until = step["start"], step["done"] or step["end"]
        seconds = target._get_seconds(clock)
        margin = self._get_margin_seconds()
        waits = self._get_waits(until)
        due, waited = count_down(clock, start, seconds, waits)
        internal, _waited = count_down(clock, start, max(0, seconds - margin), waits)
        quarter, _waited = count_down(clock, start, seconds * 3 // 4, waits)
        state = "running"
        if step["done"]:
            state = "met" if step["done"] <= due else "missed"
        elif step["end"]:
            state = "dropped" if step["end"] <= due else "missed"
        elif self._is_still(due):
            state = "waiting"
        return {
            "date_start": start,
            "date_due": due,
            "date_internal": internal,
            "date_amber": min(internal, quarter),
            "date_done": step["done"],
            "minutes_waited": waited // 60,
            "minutes_ahead": clock.between(step["done"], due) // 60 if step["done"] else 0,
            "state": state,
            "target_id": target.id,
            "basis": self._get_deadline_basis(target, clock, tier_code),
        }

    def _get_waits(self, until=None):
        """Return the times of waiting that are over, in their order.

        :param until: of what was done meanwhile, the moment it was done
        """
        waits = []
        for wait in self.wait_ids.sorted(lambda wait: (wait.date_from, wait.id)):
            ends = [moment for moment in (wait.date_to, until) if moment]
            if ends:
                waits.append((wait.date_from, min(ends)))
        return waits

    def _is_still(self, due):
        """Return whether we began to wait before the deadline, and still do."""
        waiting = self.wait_ids.filtered(lambda wait: not wait.date_to)
        return bool(waiting) and waiting[0].date_from < due

    def _get_margin_seconds(self):
        return round(self.company_id.relationship_complaint_margin_hours * 3600)

    def _get_deadline_basis(self, target, clock, tier_code):
        """Return what the deadline rests on, as it is now."""
        calendar = self._get_calendar()
        return {
            "amount": target.amount,
            "unit": target.unit,
            "severity": target.severity,
            "tier": target.tier_code,
            "own_severity": self.severity,
            "own_tier": tier_code,
            "calendar": calendar.name if clock is not CONTINUOUS else False,
            "empty_calendar": calendar.name if clock is CONTINUOUS else False,
            "tz": calendar.tz if clock is not CONTINUOUS else False,
            "hours_per_day": clock.hours_per_day,
            "margin": self.company_id.relationship_complaint_margin_hours,
        }

    def _prepare_deadline_summary(self, clock):
        """Return what follows for the complaint from its deadlines."""
        self.ensure_one()
        deadlines = self.deadline_ids
        pending = deadlines.filtered(lambda line: line.state in OPEN)
        first = pending.sorted(lambda line: (line.date_due, line.id))[:1]
        last = {}
        for deadline in deadlines.sorted("cycle"):
            last[deadline.kind] = IN_TIME.get(deadline.state, False)
        return {
            "next_deadline_date": first.date_due,
            "next_deadline_kind": first.kind,
            "amber_date": min(
                pending.filtered(lambda line: line.state == "running").mapped("date_amber"),
                default=False,
            ),
            "deadline_waits": first.state == "waiting",
            "deadline_is_stale": False,
            "acknowledged_in_time": last.get("acknowledge", False),
            "responded_in_time": last.get("respond", False),
            "resolved_in_time": last.get("resolve", False),
        }

    @api.model
    def _find_other_tiers(self, company):
        """Return the open complaints whose customers have another tier than their deadlines.

        Runs write tiers by SQL, and tell no complaint.
        """
        self.env.flush_all()
        rows = self.env.execute_query(
            SQL(
                """SELECT complaint.id
                     FROM crm_relationship_complaint complaint
                LEFT JOIN crm_relationship_profile profile
                       ON profile.partner_id = complaint.partner_id
                      AND profile.company_id = complaint.company_id
                LEFT JOIN crm_relationship_tier tier ON tier.id = profile.tier_id
                    WHERE complaint.company_id = %s AND complaint.stage_code <> 'closed'
                      AND complaint.deadline_tier_code IS DISTINCT FROM tier.code""",
                company.id,
            )
        )
        return self.browse(row[0] for row in rows)

    @api.model
    def _update_stale_deadlines(self, company):
        """Work out what was left for later; return whether there is time left."""
        stale = self.search([("company_id", "=", company.id), ("deadline_is_stale", "=", True)])
        remaining = len(stale)
        for batch in split_every(AT_ONCE, stale.ids, stale.browse):
            with self.env.cr.savepoint():
                batch._update_deadlines()
            remaining -= len(batch)
            if not self._checkpoint(len(batch), remaining):
                return False
        return True


def save_changes(record, vals, saver="write"):
    """Write only what is different."""
    changes = {
        name: value
        for name, value in vals.items()
        if record._fields[name].convert_to_write(record[name], record) != value
        and (record[name] or value)
    }
    if changes:
        getattr(record.with_context(tracking_disable=True), saver)(changes)
