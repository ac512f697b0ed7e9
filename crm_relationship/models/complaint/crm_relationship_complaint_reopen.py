from datetime import timedelta

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import format_date

from .crm_relationship_complaint import INSIDERS


class CrmRelationshipComplaint(models.Model):
    """Opening a closed complaint again, within the days that the company allows.

    How it works
        It is assessed anew. The former answer and result stand in the list of reopenings, so
        that closing it again needs an answer of its own.
    """

    _inherit = "crm.relationship.complaint"

    reopening_ids = fields.One2many(
        "crm.relationship.complaint.reopening",
        "complaint_id",
        "Reopenings",
        readonly=True,
        groups=INSIDERS,
    )
    reopen_count = fields.Integer("Reopened", readonly=True, copy=False, help="How many times.")
    date_reopened = fields.Datetime("Last Reopened", readonly=True, copy=False)
    reopen_until = fields.Date(
        "Can Be Reopened Until", compute="_compute_reopen_until", help="The last day, included."
    )
    can_reopen = fields.Boolean(compute="_compute_reopen_until")

    @api.depends("date_closed", "company_id")
    def _compute_reopen_until(self):
        for complaint in self:
            # Whoever sees a complaint may know how long it can be reopened.
            company = complaint.company_id.sudo()
            days = company.relationship_complaint_reopen_days
            until = False
            if complaint.date_closed and days:
                until = company._get_relationship_day(complaint.date_closed) + timedelta(days)
            complaint.reopen_until = until
            complaint.can_reopen = bool(until) and company._get_relationship_today() <= until

    @api.model
    def _get_managed_fields(self):
        return super()._get_managed_fields() | {"reopen_count", "date_reopened", "reopening_ids"}

    def _reopen(self, reason, origin="handler"):
        """Open the complaints again.

        :param origin: ``handler``, whose right to work on them is checked, or ``complainant``,
            on whose behalf the caller acts as sudo
        """
        if origin == "handler":
            self._check_may_work()
        stage = self.env["crm.relationship.complaint.stage"]._get("assessing")
        for complaint in self:
            complaint._check_reopening(reason)
            complaint._keep_former(reason, origin)
            complaint._save(
                {
                    "stage_id": stage.id,
                    "result": False,
                    "closing_reason": False,
                    "answer": False,
                    "date_answered": False,
                    "date_closed": False,
                    "reopen_count": complaint.reopen_count + 1,
                    "date_reopened": fields.Datetime.now(),
                }
            )
            complaint._message_log(body=self._describe_reopening(origin, reason))
            complaint._on_reopen()

    def _describe_reopening(self, origin, reason):
        if origin == "complainant":
            return self.env._("Reopened by the complainant: %(reason)s", reason=reason)
        return self.env._("Reopened: %(reason)s", reason=reason)

    def _check_reopening(self, reason):
        """Check that the complaint may be opened again, and that it is said why."""
        self.ensure_one()
        if self.stage_code != "closed":
            raise UserError(
                self.env._("“%(complaint)s” is open already.", complaint=self.display_name)
            )
        if not (reason or "").strip():
            raise UserError(self.env._("Enter why the complaint is reopened."))
        if self.can_reopen:
            return
        if not self.reopen_until:
            raise UserError(
                self.env._(
                    "%(company)s reopens no complaints. Enter a new one and mention %(complaint)s.",
                    company=self.company_id.name,
                    complaint=self.name,
                )
            )
        raise UserError(
            self.env._(
                "“%(complaint)s” could be reopened until %(date)s. Enter a new complaint and "
                "mention it there.",
                complaint=self.display_name,
                date=format_date(self.env, self.reopen_until),
            )
        )

    def _keep_former(self, reason, origin):
        """Keep what had been decided."""
        self.ensure_one()
        # Nobody writes this list by hand.
        former = self.sudo()
        self.env["crm.relationship.complaint.reopening"].sudo().create(
            {
                "complaint_id": self.id,
                "date": fields.Datetime.now(),
                "reason": reason,
                "origin": origin,
                "user_id": self.env.uid,
                "date_closed": former.date_closed,
                "date_answered": former.date_answered,
                "result": former.result,
                "answer": former.answer,
                "closing_reason": former.closing_reason,
            }
        )

    def _on_reopen(self):
        """Hook for what begins anew with a reopening, such as deadlines."""
        self.ensure_one()
