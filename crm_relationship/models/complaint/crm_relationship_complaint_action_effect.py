from datetime import timedelta

from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError
from odoo.tools import format_date, split_every

from ..saving import SAVING
from .crm_relationship_complaint import FEATURE
from .crm_relationship_complaint_action import IMPROVING, SAVES_ACTION

BATCH = 200
"""Actions whose checks are told of at once, and are committed."""

CHECK_TYPE = "crm_relationship.mail_activity_type_effect_check"

PROOFS = {"proof", "attachment_ids"}
"""What the check of the effect looked at."""

FOLLOW_UP_DAYS = 14
"""Days that a follow-up has, unless somebody enters another deadline."""


class CrmRelationshipComplaintAction(models.Model):
    """Whether an improvement helped: looked at some days after it was done, not before.

    How it works
        The day is counted from the day on which the action was done. From then on somebody says,
        with a note, whether it was effective. If it was not, the improvement is open again: a new
        action follows it, and stands in its place until its own effect is proven.
    """

    _name = "crm.relationship.complaint.action"
    _inherit = ["crm.relationship.complaint.action", "crm.relationship.nightly.mixin"]

    effect_days = fields.Integer(
        "Check After (Days)",
        compute="_compute_effect_days",
        store=True,
        readonly=False,
        precompute=True,
        aggregator=None,
        help="So many days after it is done its effect is checked.",
    )
    effect_date = fields.Date(
        "Check of Effect",
        compute="_compute_effect_date",
        store=True,
        index="btree_not_null",
        help="From this day on it can be said whether it was effective.",
    )
    can_check_effect = fields.Boolean(compute="_compute_can_check_effect")
    effect = fields.Selection(
        [("effective", "Effective"), ("not_effective", "Not effective")],
        readonly=True,
        copy=False,
        tracking=True,
        index="btree_not_null",
        group_expand=True,
    )
    effect_note = fields.Text("What Was Found", readonly=True, copy=False)
    effect_user_id = fields.Many2one(
        "res.users", "Checked By", readonly=True, copy=False, ondelete="set null", index=True
    )
    effect_checked_date = fields.Date("Checked On", readonly=True, copy=False)
    follows_id = fields.Many2one(
        "crm.relationship.complaint.action",
        readonly=True,
        copy=False,
        index="btree_not_null",
        ondelete="set null",
        help="The action that was not effective.",
    )
    follow_up_ids = fields.One2many(
        "crm.relationship.complaint.action", "follows_id", "Follow-ups", readonly=True
    )
    reminded_date = fields.Date("Reminded On", readonly=True, copy=False)

    _effect_days_positive = models.Constraint(
        "CHECK (kind = 'containment' OR effect_days > 0)",
        "The effect is checked one day after the action is done, or later.",
    )

    @api.depends("complaint_id", "kind")
    def _compute_effect_days(self):
        for action in self:
            # Whoever plans an action may know after how many days it is checked.
            company = (action.company_id or self.env.company).sudo()
            usual = company.relationship_complaint_effect_days
            improves = action.kind in IMPROVING
            action.effect_days = (action.effect_days or usual) if improves else 0

    @api.depends("date_done", "effect_days", "kind")
    def _compute_effect_date(self):
        for action in self:
            action.effect_date = (
                action.date_done + timedelta(action.effect_days)
                if action.date_done and action.kind in IMPROVING
                else False
            )

    @api.depends("effect_date", "effect", "state", "company_id")
    def _compute_can_check_effect(self):
        for action in self:
            action.can_check_effect = bool(
                action.state == "done"
                and not action.effect
                and action.effect_date
                and action.effect_date <= action._get_today()
            )

    # ------------------------------------------------------------------ rules

    @api.model
    def _get_managed_fields(self):
        return super()._get_managed_fields() | {
            "effect",
            "effect_date",
            "effect_note",
            "effect_user_id",
            "effect_checked_date",
            "follows_id",
            "reminded_date",
        }

    def write(self, vals):
        if not self.env.su:
            if vals.keys() & {"effect_days", "kind"}:
                self._check_day_stays()
            if vals.keys() & PROOFS:
                self._check_unchecked()
        return super().write(vals)

    def _check_day_stays(self):
        """Check that nobody moves the day of a check by the back door."""
        for action in self:
            if action.state == "done":
                raise UserError(
                    self.env._(
                        "“%(action)s” is done, so its kind and the day of its check stay.",
                        action=action.name,
                    )
                )

    def _check_step(self, state):
        self._check_unchecked()
        return super()._check_step(state)

    def _check_unchecked(self):
        """Keep what was checked."""
        for action in self:
            if action.effect:
                raise UserError(
                    self.env._(
                        "The effect of “%(action)s” was checked on %(date)s, so it stays as it "
                        "is. Plan another action instead.",
                        action=action.name,
                        date=format_date(self.env, action.effect_checked_date),
                    )
                )

    def _follow_state(self):
        self.filtered(lambda action: action.state != "done")._clear_reminders()
        return super()._follow_state()

    # ------------------------------------------------------------------ check

    def action_check_effect(self):
        """Ask whether it was effective."""
        self.ensure_one()
        self._check_effect_due()
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Check of Effect"),
            "res_model": "crm.relationship.complaint.effect",
            "view_mode": "form",
            "target": "new",
            "context": {"default_action_id": self.id},
        }

    def _check_effect_due(self):
        """Check that it can be said whether the action was effective."""
        self.ensure_one()
        self._check_may_work()
        problem = None
        if self.kind not in IMPROVING:
            problem = self.env._("containment only stops the damage, its effect is not checked")
        elif self.effect:
            problem = self.env._("that was done already")
        elif self.state != "done":
            problem = self.env._("it is not done")
        elif self._get_today() < self.effect_date:
            problem = self.env._(
                "that is possible from %(date)s on, %(days)s days after it was done",
                date=format_date(self.env, self.effect_date),
                days=self.effect_days,
            )
        if problem:
            raise UserError(
                self.env._(
                    "The effect of “%(action)s” can't be checked now: %(problem)s.",
                    action=self.name,
                    problem=problem,
                )
            )

    def _check_effect(self, effect, note, **follow_up):
        """Say whether the action was effective.

        :param follow_up: name, owner and deadline of the action that follows one that was not
        """
        self._check_effect_due()
        if effect not in ("effective", "not_effective"):
            raise UserError(self.env._("Choose whether it was effective."))
        if not (note or "").strip():
            raise ValidationError(self.env._("Enter what was found: others rely on it."))
        self._save(
            {
                "effect": effect,
                "effect_note": note,
                "effect_user_id": self.env.uid,
                "effect_checked_date": self._get_today(),
            }
        )
        self._clear_reminders()
        if effect == "not_effective":
            self._follow_up(follow_up)
            return
        self.complaint_id._message_log(
            body=self.env._("“%(action)s” was effective: %(note)s", action=self.name, note=note)
        )

    def _follow_up(self, values):
        """Open the improvement again: another action takes the place of this one."""
        vals = {
            "name": self.env._("Follow-up: %(action)s", action=self.name),
            "date_deadline": self._get_today() + timedelta(FOLLOW_UP_DAYS),
            "user_id": self.user_id.id,
            **{name: value for name, value in values.items() if value},
            "complaint_id": self.complaint_id.id,
            "kind": self.kind,
            "effect_days": self.effect_days,
            "description": self.effect_note,
            "follows_id": self.id,
        }
        # What it follows nobody enters by hand; a context key that no call from outside can give.
        created = self.with_context(**{SAVES_ACTION: SAVING}).create(vals)
        follow_up = self.browse(created.id)
        self.complaint_id._message_log(
            body=self.env._(
                "“%(action)s” was not effective: %(note)s The improvement is open again, "
                "“%(follow_up)s” follows until %(date)s.",
                action=self.name,
                note=self.effect_note,
                follow_up=follow_up.name,
                date=format_date(self.env, follow_up.date_deadline),
            )
        )

    # --------------------------------------------------------------- reminder

    @api.model
    def _cron_remind_effects(self):
        """Tell who answers for the complaints of the checks that are due; once."""
        if self.env.ref(FEATURE) in self.env.ref("base.group_user").all_implied_ids:
            self._work_in_companies()

    @api.model
    def _get_due_domain(self, company):
        return [
            ("company_id", "=", company.id),
            ("state", "=", "done"),
            ("effect", "=", False),
            ("reminded_date", "=", False),
            ("effect_date", "<=", company._get_relationship_today()),
        ]

    @api.model
    def _work_in(self, company):
        own = self.with_company(company).with_context(allowed_company_ids=company.ids)
        with self.env.cr.savepoint():
            due = own.search(self._get_due_domain(company), order="id")
        remaining = len(due)
        for batch in split_every(BATCH, due.ids, due.browse):
            with self.env.cr.savepoint():
                batch._remind_effect()
            remaining -= len(batch)
            if not self._checkpoint(len(batch), remaining):
                return False
        return True

    def _remind_effect(self):
        """Make an activity for who is to check each one."""
        values = [action._prepare_reminder() for action in self]
        # A mail for each would be many on the first night; the activities say it.
        activities = self.env["mail.activity"].with_context(mail_activity_quick_update=True)
        activities.create(values)
        for company, actions in self.grouped("company_id").items():
            actions._save({"reminded_date": company._get_relationship_today()})

    def _prepare_reminder(self):
        """Return the values of the activity."""
        return {
            "res_model_id": self.env["ir.model"]._get_id(self._name),
            "res_id": self.id,
            "activity_type_id": self._get_check_type().id,
            "user_id": self._get_checker().id,
            "date_deadline": self.effect_date,
            "summary": self.env._("Was “%(action)s” effective?", action=self.name),
            "note": self.env._(
                "It was done on %(date)s. Look whether the cause is gone, and say what was found.",
                date=format_date(self.env, self.date_done),
            ),
            "automated": True,
        }

    def _get_checker(self):
        """Return who checks: the handler, the team's leader, or who planned the action."""
        complaint = self.complaint_id
        for user in (complaint.user_id, complaint.team_id.user_id, self.create_uid):
            if user.active and self.company_id in user.company_ids:
                return user
        return self.user_id

    @api.model
    def _get_check_type(self):
        return self.env.ref(CHECK_TYPE, raise_if_not_found=False) or self.env.ref(
            "mail.mail_activity_data_todo"
        )

    def _clear_reminders(self):
        """Take back what was told of these."""
        reminded = self.filtered("reminded_date")
        if not reminded:
            return
        # The activity may be another user's.
        activities = self.env["mail.activity"].sudo()
        activities.search(
            [
                ("res_model", "=", self._name),
                ("res_id", "in", reminded.ids),
                ("activity_type_id", "=", self._get_check_type().id),
                ("automated", "=", True),
                ("id", "not in", reminded.sudo().planned_activity_id.ids),
            ]
        ).unlink()
        reminded.sudo()._save({"reminded_date": False})

    @api.model
    def _describe_failure(self, company, error):
        return (
            self.env._("Telling of due effect checks of %(company)s failed", company=company.name),
            self.env._("It is tried again tomorrow. What went wrong: %(error)s", error=error),
        )
