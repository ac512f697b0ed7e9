from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError
from odoo.tools import format_datetime

from ..saving import SAVING
from .crm_relationship_complaint import SAVES
from .crm_relationship_complaint_deadlines import YES_NO


class CrmRelationshipComplaint(models.Model):
    """What was promised to the customer, and whether it was kept.

    How it works
        Until somebody enters another date, the promise is the deadline of the resolution and
        moves with it. One entered by hand stays, whatever is waited; emptied, the deadline holds
        again. A reopened complaint begins with the deadline. The internal date stands the
        company's margin of working hours before the promise.
    """

    _inherit = "crm.relationship.complaint"

    promised_date = fields.Datetime(
        "Promised",
        copy=False,
        help="Until when we told the customer that it will be resolved. Empty it to go by the "
        "deadline again.",
    )
    is_promised_by_hand = fields.Boolean("Promised by Hand", readonly=True, copy=False)
    internal_date = fields.Datetime(
        "Internal Date",
        readonly=True,
        copy=False,
        help="A margin of working hours before what is promised: the settings say how many.",
    )
    promise_kept = fields.Selection(
        YES_NO,
        readonly=True,
        copy=False,
        help="Whether it was closed by the date that was promised.",
    )
    answered_ahead_hours = fields.Float(
        "Answered Ahead (Hours)",
        readonly=True,
        copy=False,
        aggregator="avg",
        help="Working hours between the answer and what was promised, negative if the answer came "
        "later.",
    )
    work_days = fields.Float(
        "Working Days",
        readonly=True,
        copy=False,
        digits=(9, 2),
        aggregator="avg",
        help="Working days of the team's calendar from the receipt until it was closed, less "
        "those in which we waited for the customer.",
    )

    @api.model
    def _get_deadline_fields(self):
        return super()._get_deadline_fields() | {
            "is_promised_by_hand",
            "internal_date",
            "promise_kept",
            "answered_ahead_hours",
            "work_days",
        }

    @api.model
    def _get_locked_fields(self):
        return super()._get_locked_fields() | {"promised_date"}

    @api.constrains("promised_date")
    def _check_promised_date(self):
        for complaint in self:
            if complaint.promised_date and complaint.promised_date < complaint.date_received:
                raise ValidationError(
                    self.env._("Nothing was promised before the complaint was received.")
                )

    @api.model_create_multi
    def create(self, vals_list):
        complaints = super().create(vals_list)
        for complaint, vals in zip(complaints, vals_list, strict=True):
            if vals.get("promised_date"):
                # The deadline has taken its place meanwhile.
                complaint.sudo()._save({"promised_date": vals["promised_date"]})
                complaint._keep_promise()
        return complaints

    def write(self, vals):
        if "promised_date" not in vals or self.env.context.get(SAVES) is SAVING:
            return super().write(vals)
        self._check_may_promise()
        before = {complaint: complaint.promised_date for complaint in self}
        result = super().write(vals)
        changed = self.filtered(lambda complaint: complaint.promised_date != before[complaint])
        changed._keep_promise()
        for complaint in changed:
            complaint._message_log(body=complaint._describe_promise(before[complaint]))
        return result

    def _check_may_promise(self):
        """Check that it is open: what was promised of a closed one is history."""
        for complaint in self:
            if complaint.stage_code == "closed" and not self.env.su:
                raise UserError(
                    self.env._(
                        "“%(complaint)s” is closed, so it stays as it is. Reopen it first.",
                        complaint=complaint.display_name,
                    )
                )

    def _keep_promise(self):
        """Remember what was promised by hand; where nothing is, the deadline holds."""
        # What follows from it nobody enters.
        for by_hand, complaints in self.sudo().grouped(lambda one: bool(one.promised_date)).items():
            complaints._save({"is_promised_by_hand": by_hand})
        self._update_deadlines()

    def _describe_promise(self, before):
        """Return in one sentence what is promised now."""
        self.ensure_one()
        if not self.is_promised_by_hand:
            return self.env._("Promised to the customer: by the deadline again.")
        return self.env._(
            "Promised to the customer: %(date)s. Before: %(before)s.",
            date=format_datetime(self.env, self.promised_date),
            before=format_datetime(self.env, before) if before else self.env._("nothing"),
        )

    def _prepare_deadline_summary(self, clock):
        vals = super()._prepare_deadline_summary(clock)
        resolve = self.deadline_ids.filtered(
            lambda line: line.kind == "resolve" and line.state != "dropped"
        ).sorted("cycle")[-1:]
        promised = self.promised_date if self.is_promised_by_hand else resolve.date_due
        margin = self._get_margin_seconds()
        vals["promised_date"] = promised
        vals["internal_date"] = promised and max(
            clock.subtract(promised, margin), self.date_received
        )
        vals["promise_kept"] = False
        if promised and self.date_closed:
            vals["promise_kept"] = "yes" if self.date_closed <= promised else "no"
        is_measured = promised and self.date_answered
        vals["answered_ahead_hours"] = (
            clock.between(self.date_answered, promised) / 3600 if is_measured else 0
        )
        vals["work_days"] = self._count_work_days(clock)
        return vals

    def _count_work_days(self, clock):
        """Return the working days from receipt to closing, less those waited."""
        if not self.date_closed:
            return 0
        seconds = clock.between(self.date_received, self.date_closed)
        for start, end in self._get_waits(self.date_closed):
            seconds -= max(0, clock.between(max(start, self.date_received), end))
        return round(seconds / 3600 / clock.hours_per_day, 2)

    def _reopen(self, reason, origin="handler"):
        """Begin anew: what was promised before was for the former answer."""
        result = super()._reopen(reason, origin)
        # What follows from a reopening nobody enters.
        self.sudo().filtered("is_promised_by_hand")._keep_promise_by_deadline()
        return result

    def _keep_promise_by_deadline(self):
        self._save({"promised_date": False})
        self._keep_promise()
