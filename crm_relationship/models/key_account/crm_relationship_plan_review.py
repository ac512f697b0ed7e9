from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import html2plaintext

from .crm_relationship_plan_lock_mixin import check_insiders, is_talk

PREPARED = {"date", "participant_ids", "decisions"}
"""What people enter; all else of a review is the server's."""

KEPT_OPEN = {"decisions"}
"""What the team may still write once a review is held, until the plan is closed."""

SERVED = (
    "snapshot",
    "score_values",
    "score",
    "is_assessed",
    "flag_count",
    "held_by_id",
    "reminded_date",
)
"""What only the server fills."""


class CrmRelationshipPlanReview(models.Model):
    """A look at an account plan, by its team, on a rhythm.

    How it works
        A review is planned for a day. When it is held the server keeps a snapshot of the plan,
        that nobody changes afterwards, and plans the next one. What was decided may be completed
        until the plan is closed.
    """

    _name = "crm.relationship.plan.review"
    _description = "Review of an Account Plan"
    _inherit = ["crm.relationship.plan.lock.mixin", "mail.thread", "mail.activity.mixin"]
    _order = "date desc, id desc"
    _rec_name = "date"

    plan_id = fields.Many2one(index=True)
    company_id = fields.Many2one(related="plan_id.company_id", store=True, index=True)
    customer_id = fields.Many2one(
        related="plan_id.partner_id", string="Customer", store=True, index=True
    )
    user_id = fields.Many2one(
        related="plan_id.user_id", string="Owner of the Plan", store=True, index=True
    )
    plan_state = fields.Selection(related="plan_id.state", string="State of the Plan")
    date = fields.Date(
        required=True,
        index=True,
        copy=False,
        tracking=True,
        default=fields.Date.context_today,
        help="When it is to be held; once it is held, the day on which it was.",
    )
    state = fields.Selection(
        [("planned", "Planned"), ("done", "Held")],
        required=True,
        default="planned",
        readonly=True,
        copy=False,
        index=True,
        tracking=True,
        group_expand=True,
    )
    held_by_id = fields.Many2one("res.users", readonly=True, copy=False)
    participant_ids = fields.Many2many(
        "res.users",
        "crm_relationship_plan_review_participant_rel",
        "review_id",
        "user_id",
        "Participants",
        domain="[('share', '=', False), ('company_ids', 'in', company_id)]",
    )
    decisions = fields.Html(
        copy=False, help="What was decided. It may be completed until the plan is closed."
    )
    decision_summary = fields.Char("Decision", compute="_compute_decision_summary")
    is_due = fields.Boolean("Due", compute="_compute_is_due")

    _one_planned = models.UniqueIndex(
        "(plan_id) WHERE state = 'planned'",
        "A plan has one planned review at a time. Move that one to another day, or hold it first.",
    )

    @api.depends("plan_id.name", "date")
    def _compute_display_name(self):
        for review in self:
            day = fields.Date.to_string(review.date)
            review.display_name = f"{review.plan_id.name} · {day}" if day else review.plan_id.name

    @api.depends("decisions")
    def _compute_decision_summary(self):
        for review in self:
            lines = html2plaintext(review.decisions or "").strip().splitlines()
            review.decision_summary = lines[0].strip() if lines else False

    @api.depends("state", "date", "company_id", "plan_id.state")
    def _compute_is_due(self):
        todays = {company: company._get_relationship_today() for company in self.company_id}
        for review in self:
            review.is_due = bool(
                review.state == "planned"
                and review.plan_id.state != "closed"
                and review.date
                and review.company_id
                and review.date <= todays[review.company_id]
            )

    @api.constrains("participant_ids", "plan_id")
    def _check_participants(self):
        for review in self:
            check_insiders(
                review.participant_ids, review.company_id, self.env._("a participant of a review")
            )

    @api.model_create_multi
    def create(self, vals_list):
        reviews = super().create(vals_list)
        # Defaults may come from the context, so what was made is looked at.
        if not self.env.su and any(
            review.state != "planned" or any(review[name] for name in SERVED)
            for review in reviews.sudo()
        ):
            raise UserError(
                self.env._("A review begins as a planned one. Hold it to keep a snapshot.")
            )
        for review in reviews.filtered(lambda review: not review.participant_ids):
            review.participant_ids = review.plan_id._get_insiders()
        return reviews

    def write(self, vals):
        if self.env.su or is_talk(vals):
            return super().write(vals)
        # Forms send back the plan unchanged; the rest is not theirs.
        changed = {
            name
            for name in vals
            if name != "plan_id" or any(review.plan_id.id != vals[name] for review in self)
        }
        if changed - PREPARED:
            raise UserError(
                self.env._(
                    "Only the date, the participants and the decisions of a review can be changed. "
                    "The snapshot is kept by the server when the review is held."
                )
            )
        if changed - KEPT_OPEN:
            self._check_not_held()
        return super().write(vals)

    def unlink(self):
        if not self.env.su:
            self._check_not_held()
        return super().unlink()

    def _check_not_held(self):
        for review in self:
            if review.state == "done":
                raise UserError(
                    self.env._(
                        "“%(review)s” was held, so it stays as it is. Only its decisions can be "
                        "completed.",
                        review=review.display_name,
                    )
                )

    def action_hold(self):
        """Hold the review: keep what the plan looks like now, and plan the next one."""
        self.ensure_one()
        self.check_access("write")
        self.lock_for_update()
        self.plan_id._check_not_closed()
        if self.state == "done":
            raise UserError(self.env._("“%(review)s” was held already.", review=self.display_name))
        if self.plan_id.state != "active":
            raise UserError(
                self.env._(
                    "“%(plan)s” is a draft. Start the plan before you review it.",
                    plan=self.plan_id.name,
                )
            )
        snapshot = self.plan_id._get_review_snapshots()[self.plan_id.id]
        self._settle(snapshot, self.company_id._get_relationship_today())

    def _settle(self, snapshot, day):
        """Keep the snapshot as of the day, and plan the next review."""
        self.ensure_one()
        planned = self.date
        # Nobody else writes these: it is what makes a snapshot worth anything.
        self.sudo().write(
            {"state": "done", "date": day, "snapshot": snapshot, "held_by_id": self.env.uid}
        )
        self._clear_reminders()
        self.flush_recordset()  # before another one is planned: there is only one at a time
        self.plan_id._plan_next_review(after=max(planned, day))
