from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError
from odoo.fields import Domain
from odoo.tools import is_html_empty

from ..saving import SAVING
from .crm_relationship_complaint import INSIDERS, SAVES
from .crm_relationship_complaint_stage import CODES
from .crm_relationship_complaint_team import is_worker

ORDER = [code for code, _name in CODES]

RESULTS = [
    ("accepted", "Accepted"),
    ("escalated", "Accepted after escalation"),
    ("not_justified", "Not justified"),
    ("withdrawn", "Withdrawn"),
]
JUSTIFIED = ("accepted", "escalated")
"""Results that need a cause; the others need a reason."""

CLOSING = ("result", "closing_reason")
"""What is entered while a complaint is closed, and at no other time."""


class CrmRelationshipComplaint(models.Model):
    """The stages that a complaint goes through, and how it is closed.

    How it works
        Forward goes one step or more, back with a reason. Whoever works on a complaint has
        acknowledged it. “Responded” needs the answer to the customer. Closing needs it as well,
        with a cause where the complaint is justified and with a reason where it is not; one that
        the customer withdrew needs the reason alone. The rules stand in ``_move``, through which
        every route goes.
    """

    _inherit = "crm.relationship.complaint"

    stage_id = fields.Many2one(
        "crm.relationship.complaint.stage",
        required=True,
        index=True,
        ondelete="restrict",
        copy=False,
        tracking=True,
        default=lambda self: self.env["crm.relationship.complaint.stage"]._get("new"),
        group_expand="_group_expand_stage_id",
    )
    stage_code = fields.Selection(related="stage_id.code", store=True, precompute=True, index=True)
    date_acknowledged = fields.Datetime("Acknowledged", readonly=True, copy=False)
    answer = fields.Html(
        "Answer to the Customer", copy=False, groups=INSIDERS, help="What we tell the customer."
    )
    date_answered = fields.Datetime(
        "Answered", readonly=True, copy=False, help="When the complaint became “Responded”."
    )
    cause_id = fields.Many2one(
        "crm.relationship.complaint.cause",
        index="btree_not_null",
        ondelete="restrict",
        copy=False,
        tracking=True,
        groups=INSIDERS,
        help="Why it happened.",
    )
    result = fields.Selection(
        RESULTS, readonly=True, copy=False, tracking=True, group_expand=True, index="btree_not_null"
    )
    closing_reason = fields.Text(
        "Reason",
        readonly=True,
        copy=False,
        groups=INSIDERS,
        help="Why it is not justified, or why the customer withdrew it.",
    )
    date_closed = fields.Datetime("Closed", readonly=True, copy=False, index="btree_not_null")

    @api.model
    def _group_expand_stage_id(self, stages, _domain):
        return stages.search(Domain.TRUE)

    @api.model
    def _get_step_fields(self):
        return [*super()._get_step_fields(), "stage_id", *CLOSING]

    @api.model
    def _get_managed_fields(self):
        managed = {"stage_code", "date_acknowledged", "date_answered", "date_closed"}
        return super()._get_managed_fields() | managed

    @api.model
    def _get_locked_fields(self):
        return super()._get_locked_fields() | {"answer", "cause_id", *CLOSING}

    def write(self, vals):
        """Move to another stage by the rules, whatever the route."""
        if self.env.context.get(SAVES) is SAVING or not vals.keys() & {"stage_id", *CLOSING}:
            return super().write(vals)
        stage = self.env["crm.relationship.complaint.stage"].browse(vals.get("stage_id"))
        if "stage_id" in vals and not stage.exists():
            raise UserError(self.env._("A complaint always has a stage: choose one."))
        closing = {name: vals[name] for name in CLOSING if name in vals}
        if closing and stage.code != "closed":
            raise UserError(
                self.env._("The result and its reason are entered when a complaint is closed.")
            )
        others = {name: vals[name] for name in vals.keys() - {"stage_id", *CLOSING}}
        if others:
            super().write(others)
        self.filtered(lambda complaint: complaint.stage_id != stage or closing)._move(
            stage.code, **closing
        )
        return True

    def _move(self, code, reason=None, **closing):
        """Bring the complaints to the stage of ``code``.

        :param reason: why it goes back
        :param closing: ``result`` and ``closing_reason``, for the last stage
        """
        self._check_may_work()
        stage = self.env["crm.relationship.complaint.stage"]._get(code)
        for complaint in self:
            before = complaint.stage_code
            complaint._check_move(code, reason)
            if code == "closed":
                complaint._check_closing(**closing)
            vals = complaint._prepare_move(code, **closing)
            complaint._save({"stage_id": stage.id, **vals})
            complaint._on_move(before, code)

    def _check_may_work(self):
        """Check that the user handles complaints, and may change these."""
        if self.env.su:
            return
        if not is_worker(self.env.user):
            raise AccessError(
                self.env._("Only those who handle complaints bring them from stage to stage.")
            )
        self.check_access("write")

    def _check_move(self, code, reason):
        """Check that the complaint may go to this stage from its own."""
        self.ensure_one()
        if self.stage_code == "closed":
            raise UserError(
                self.env._(
                    "“%(complaint)s” is closed. Reopen it to go on.", complaint=self.display_name
                )
            )
        is_back = ORDER.index(code) < ORDER.index(self.stage_code)
        if is_back and not (reason or "").strip():
            raise UserError(
                self.env._(
                    "“%(complaint)s” goes back only with a reason. Use “Step Back” on its form.",
                    complaint=self.display_name,
                )
            )
        if code == "responded" and not is_back and is_html_empty(self.sudo().answer):
            raise UserError(
                self.env._(
                    "Enter the answer to the customer first: without one “%(complaint)s” is not "
                    "responded to.",
                    complaint=self.display_name,
                )
            )

    def _prepare_move(self, code, result=False, closing_reason=False):
        """Return the values of a move besides the stage."""
        self.ensure_one()
        now = fields.Datetime.now()
        place = ORDER.index(code)
        vals = {}
        if place >= ORDER.index("acknowledged") and not self.date_acknowledged:
            vals["date_acknowledged"] = now
        has_answer = not is_html_empty(self.sudo().answer)
        is_given = place >= ORDER.index("responded") and result != "withdrawn"
        if is_given and has_answer and not self.date_answered:
            vals["date_answered"] = now
        if code == "closed":
            vals.update(result=result, closing_reason=closing_reason, date_closed=now)
        return vals

    def _check_closing(self, result=False, closing_reason=False):
        """Check that the complaint has all that its result needs."""
        self.ensure_one()
        complaint = self.sudo()  # fields of insiders: who may close it is checked before
        problem = None
        if not result:
            problem = self.env._("its result: use “Close” on its form")
        elif result != "withdrawn" and is_html_empty(complaint.answer):
            problem = self.env._("an answer to the customer")
        elif result in JUSTIFIED and not complaint.cause_id:
            problem = self.env._("the cause of what went wrong")
        elif result not in JUSTIFIED and not (closing_reason or "").strip():
            problem = self.env._("the reason why it is not justified, or was withdrawn")
        if problem:
            raise UserError(
                self.env._(
                    "“%(complaint)s” can't be closed without %(problem)s.",
                    complaint=self.display_name,
                    problem=problem,
                )
            )

    def _on_move(self, before, after):
        """Hook for what follows from a move, such as mails to the complainant.

        :param before: code of the stage that it left
        :param after: code of the stage that it is in
        """
        self.ensure_one()

    def _step_back(self, code, reason):
        """Bring the complaints back to an earlier stage, and say why in their chatter."""
        self._move(code, reason=reason)
        for complaint in self:
            complaint._message_log(
                body=self.env._(
                    "Back to “%(stage)s”: %(reason)s",
                    stage=complaint.stage_id.name,
                    reason=reason,
                )
            )

    def action_acknowledge(self):
        """Confirm that we know of it."""
        self._move("acknowledged")

    def action_assess(self):
        """Judge how bad it is."""
        self._move("assessing")

    def action_investigate(self):
        """Find out why."""
        self._move("investigating")

    def action_respond(self):
        """Mark that the customer has our answer."""
        self._move("responded")
