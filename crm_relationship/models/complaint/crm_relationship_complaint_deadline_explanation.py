import pytz

from odoo import api, fields, models
from odoo.tools import format_datetime

from .crm_relationship_complaint import INSIDERS


class CrmRelationshipComplaint(models.Model):
    """Why the deadlines are when they are: target, rule, calendar, waits."""

    _inherit = "crm.relationship.complaint"

    deadline_explanation = fields.Html(
        "Why These Deadlines?",
        compute="_compute_deadline_explanation",
        sanitize=False,
        groups=INSIDERS,
    )

    @api.depends("deadline_ids.date_due", "deadline_ids.state", "promised_date")
    @api.depends_context("lang", "tz")
    def _compute_deadline_explanation(self):
        for complaint in self:
            deadlines = complaint.deadline_ids.sorted(lambda line: (-line.cycle, line.date_due))
            complaint.deadline_explanation = self.env["ir.qweb"]._render(
                "crm_relationship.complaint_deadlines",
                {
                    "lines": [complaint._explain_deadline(line) for line in deadlines],
                    "promise": complaint._explain_promise(),
                    "rules": complaint._describe_deadline_rules(),
                    "waits": complaint._explain_waits(),
                },
            )

    def _explain_deadline(self, line):
        """Return what one deadline rests on, as pairs of a name and a value."""
        kinds = dict(line._fields["kind"]._description_selection(self.env))
        states = dict(line._fields["state"]._description_selection(self.env))
        basis = line.basis or {}
        inputs = [
            (self.env._("From"), self._show(line.date_start, basis)),
            (self.env._("Target"), self._describe_target(basis)),
            (self.env._("Hours"), self._describe_calendar(basis)),
        ]
        if line.minutes_waited:
            waited = self._describe_duration(
                line.minutes_waited * 60, basis.get("hours_per_day") or 24
            )
            inputs.append((self.env._("Waited for the customer"), waited))
        inputs += [
            (self.env._("Due"), self._show(line.date_due, basis)),
            (self.env._("Internal date"), self._show(line.date_internal, basis)),
        ]
        if line.date_done:
            inputs.append((self.env._("Done"), self._show(line.date_done, basis)))
        return {
            "title": kinds[line.kind],
            "state": self.env._("Overdue") if line.is_overdue else states[line.state],
            "round": line.cycle,
            "inputs": inputs,
        }

    def _show(self, moment, basis):
        """Return a moment by the clock of the calendar that it was counted in."""
        if not moment:
            return ""
        zone = basis.get("tz") or self.env.context.get("tz") or "UTC"
        text = format_datetime(self.env, moment, tz=zone)
        name = pytz.utc.localize(moment).astimezone(pytz.timezone(zone)).tzname()
        return f"{text} ({name})"

    @api.model
    def _describe_target(self, basis):
        """Return the target that held, and why it did."""
        if not basis:
            return ""
        units = self.env["crm.relationship.complaint.target"]._fields["unit"]
        amount = (
            f"{basis['amount']:g} {dict(units._description_selection(self.env))[basis['unit']]}"
        )
        severity = self._fields["severity"]
        severities = dict(severity._description_selection(self.env))
        if basis["severity"] and basis["tier"]:
            return self.env._(
                "%(amount)s, for severity “%(severity)s” and tier %(tier)s",
                amount=amount,
                severity=severities[basis["severity"]],
                tier=basis["tier"],
            )
        if basis["severity"]:
            return self.env._(
                "%(amount)s, for severity “%(severity)s”",
                amount=amount,
                severity=severities[basis["severity"]],
            )
        if basis["tier"]:
            return self.env._("%(amount)s, for tier %(tier)s", amount=amount, tier=basis["tier"])
        return self.env._("%(amount)s, for all complaints", amount=amount)

    @api.model
    def _describe_calendar(self, basis):
        """Return in which hours it was counted."""
        if basis.get("calendar"):
            return self.env._(
                "“%(calendar)s” in %(timezone)s; a working day has %(hours)s hours",
                calendar=basis["calendar"],
                timezone=basis["tz"],
                hours=f"{basis['hours_per_day']:g}",
            )
        if basis.get("empty_calendar"):
            return self.env._(
                "Around the clock: “%(calendar)s” has no working hours",
                calendar=basis["empty_calendar"],
            )
        return self.env._("Around the clock: there is no team, or it has no working hours")

    def _explain_promise(self):
        """Return what was promised, and whether it was kept."""
        self.ensure_one()
        if not self.promised_date:
            return ""
        basis = self.deadline_ids[:1].basis or {}
        date = self._show(self.promised_date, basis)
        if self.is_promised_by_hand:
            return self.env._(
                "Promised to the customer: %(date)s, entered by hand. Waiting does not move it.",
                date=date,
            )
        return self.env._(
            "Promised to the customer: %(date)s, the deadline of the resolution.", date=date
        )

    def _explain_waits(self):
        """Return from when until when we waited."""
        self.ensure_one()
        basis = self.deadline_ids[:1].basis or {}
        return [
            (
                self._show(wait.date_from, basis),
                self._show(wait.date_to, basis) or self.env._("still waiting"),
            )
            for wait in self.wait_ids.sorted("date_from")
        ]

    def _describe_deadline_rules(self):
        """Return the rules in sentences."""
        return [
            self.env._(
                "A target for severity and tier comes before one for the severity, that before "
                "one for the tier, and that before one for all."
            ),
            self.env._(
                "Working hours count from the receipt on, or from a reopening; nights, weekends "
                "and holidays of the calendar do not. The working time in which we waited for "
                "the customer is added, but not what was waited after the time was used up."
            ),
            self.env._(
                "The internal date stands %(hours)s working hours before what is due.",
                # Whoever sees the deadlines may know the margin.
                hours=f"{self.company_id.sudo().relationship_complaint_margin_hours:g}",
            ),
        ]

    def action_explain_deadlines(self):
        """Open the answer to "why these deadlines?" in a dialog."""
        self.ensure_one()
        self.check_access("read")
        view = self.env.ref("crm_relationship.crm_relationship_complaint_view_form_deadlines")
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Why these deadlines?"),
            "res_model": self._name,
            "res_id": self.id,
            "view_mode": "form",
            "views": [(view.id, "form")],
            "target": "new",
        }
