from dateutil.relativedelta import relativedelta

from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError, ValidationError

from ..key_account.crm_relationship_plan_lock_mixin import check_insiders, is_talk
from ..saving import SAVING, without_defaults
from .crm_relationship_complaint_team import is_worker

SAVES_ACTION = "crm_relationship_saves_complaint_action"
"""Context key whose value is ``SAVING`` while the steps themselves write."""

OPEN = ("todo", "progress")

IMPROVING = ("corrective", "preventive")
"""Kinds whose proof is asked for, and whose effect is checked."""

OWNERS = {"state", "proof", "attachment_ids"}
"""What the owner writes who does not work on complaints."""


class CrmRelationshipComplaintAction(models.Model):
    """What somebody does because of a complaint.

    How it works
        *Containment* keeps it from getting worse, *corrective* takes the cause away, *preventive*
        keeps the like from happening elsewhere. The latter two need a proof to be done, and their
        effect is checked so many days later (see the file of the effect). The owner may be any
        employee who may see the complaint: he sees his own action, and completes it.
    """

    _name = "crm.relationship.complaint.action"
    _description = "Improvement Action"
    _inherit = [
        "crm.relationship.complaint.part.mixin",
        "mail.thread",
        "mail.activity.mixin",
    ]
    _order = "date_deadline, id"

    name = fields.Char("Action", required=True, tracking=True)
    customer_id = fields.Many2one(
        related="complaint_id.partner_id", string="Customer", store=True, index=True
    )
    kind = fields.Selection(
        [
            ("containment", "Containment"),
            ("corrective", "Corrective"),
            ("preventive", "Preventive"),
        ],
        required=True,
        default="corrective",
        tracking=True,
        group_expand=True,
        help="Containment: keeps it from getting worse. Corrective: takes the cause away. "
        "Preventive: keeps the like from happening elsewhere.",
    )
    user_id = fields.Many2one(
        "res.users",
        "Owner",
        required=True,
        index=True,
        tracking=True,
        default=lambda self: self.env.user,
        domain="[('share', '=', False), ('company_ids', 'in', company_id)]",
    )
    description = fields.Text(help="What exactly is to be done.")
    date_deadline = fields.Date("Deadline", required=True, index=True, tracking=True)
    state = fields.Selection(
        [
            ("todo", "To Do"),
            ("progress", "In Progress"),
            ("done", "Done"),
            ("cancelled", "Cancelled"),
        ],
        required=True,
        default="todo",
        copy=False,
        tracking=True,
        index=True,
        group_expand=True,
    )
    date_done = fields.Date("Done On", readonly=True, copy=False, tracking=True)
    proof = fields.Text(copy=False, help="What shows that it was done.")
    attachment_ids = fields.Many2many(
        "ir.attachment",
        "crm_relationship_complaint_action_proof_rel",
        "action_id",
        "attachment_id",
        "Files of Proof",
        copy=False,
    )
    is_overdue = fields.Boolean("Overdue", compute="_compute_is_overdue")

    @api.depends("date_deadline", "state", "company_id")
    def _compute_is_overdue(self):
        for action in self:
            action.is_overdue = (
                action.state in OPEN
                and bool(action.date_deadline)
                and action.date_deadline < action._get_today()
            )

    @api.constrains("user_id", "complaint_id")
    def _check_owner(self):
        """Check that the owner works in the company, and may see the complaint."""
        for action in self.filtered("user_id"):
            user, complaint = action.user_id, action.complaint_id.sudo()
            check_insiders(user, complaint.company_id, self.env._("the action's owner"))
            own = complaint.with_context(allowed_company_ids=complaint.company_id.ids)
            seen = own.with_user(user).has_access("read")
            # The board shows open ones: a follow-up of a closed one may stay with its owner.
            on_board = complaint.company_id.relationship_complaint_board
            if seen or (
                complaint.stage_code == "closed" and not complaint.is_confidential and on_board
            ):
                continue
            raise ValidationError(
                self.env._(
                    "%(user)s may not see “%(complaint)s”. Choose another owner, or let %(user)s "
                    "follow it first.",
                    user=user.name,
                    complaint=complaint.display_name,
                )
            )

    @api.constrains("state", "proof", "attachment_ids", "kind")
    def _check_proof(self):
        for action in self:
            # The proof is read to be counted alone.
            action.sudo().attachment_ids._claim_for(action)
            if action.state == "done":
                action._check_proven()

    def _check_proven(self):
        """Check that something proves what an improvement has done."""
        self.ensure_one()
        if self.kind in IMPROVING and not (self.proof or "").strip():
            if not self.sudo().attachment_ids:  # as above
                raise ValidationError(
                    self.env._(
                        "“%(action)s” is done once something proves it: enter the proof, or "
                        "attach it.",
                        action=self.name,
                    )
                )

    # ------------------------------------------------------------------- CRUD

    @api.model_create_multi
    def create(self, vals_list):
        own = without_defaults(self, self._get_managed_fields() | {"state"})
        vals_list = [dict(vals) for vals in vals_list]
        states = [vals.pop("state", None) for vals in vals_list]
        for vals in vals_list:
            self._check_managed(vals)
        actions = super(CrmRelationshipComplaintAction, own).create(vals_list)
        for state in {state for state in states if state not in (None, "todo")}:
            chosen = zip(actions, states, strict=True)
            self.browse([action.id for action, wanted in chosen if wanted == state])._move(state)
        return actions

    def write(self, vals):
        if self.env.context.get(SAVES_ACTION) is SAVING or is_talk(vals):
            return super().write(vals)
        self._check_managed(vals)
        self._check_stays(vals)
        self._check_may_change(vals)
        others = {name: value for name, value in vals.items() if name != "state"}
        if others:
            super().write(others)
        if "state" in vals:
            moved = self.filtered(lambda action: action.state != vals["state"])
            moved._move(vals["state"])
        return True

    @api.ondelete(at_uninstall=False)
    def _unlink_open_only(self):
        self._check_may_work()
        kept = self.filtered(lambda action: action.state == "done" and not self.env.su)
        if kept:
            raise UserError(self.env._("“%(action)s” is done, so it is kept.", action=kept[0].name))

    def _save(self, vals):
        """Write what nobody else may."""
        # A context key that no call from outside can give.
        return self.with_context(**{SAVES_ACTION: SAVING}).write(vals)

    @api.model
    def _get_managed_fields(self):
        """Return the names of the fields that the steps write."""
        return {"date_done"}

    def _check_managed(self, vals):
        managed = vals.keys() & self._get_managed_fields()
        if managed and not self.env.su and self.env.context.get(SAVES_ACTION) is not SAVING:
            names = [self._fields[name]._description_string(self.env) for name in sorted(managed)]
            raise UserError(
                self.env._(
                    "Nobody enters this by hand, it follows from the steps: %(fields)s.",
                    fields=", ".join(names),
                )
            )

    def _check_may_change(self, vals):
        """Check that the user works on complaints, or completes an own action."""
        if self.env.su:
            return
        if is_worker(self.env.user):
            self.check_access("write")
            return
        if any(action.user_id != self.env.user for action in self) or vals.keys() - OWNERS:
            raise AccessError(
                self.env._(
                    "Those who handle complaints plan the actions. Whose action it is reports "
                    "what was done, and proves it."
                )
            )

    # ------------------------------------------------------------------ steps

    def _move(self, state):
        """Bring the actions to another state."""
        self._check_step(state)
        for company, actions in self.grouped("company_id").items():
            day = company._get_relationship_today() if state == "done" else False
            actions._save({"state": state, "date_done": day})

    def _check_step(self, state):
        """Check that the user may bring these to the state."""
        if self.env.su or is_worker(self.env.user):
            return
        for action in self:
            if action.state not in OPEN or state == "cancelled":
                raise AccessError(
                    self.env._(
                        "Those who handle complaints cancel “%(action)s” or take it up again.",
                        action=action.name,
                    )
                )

    def action_begin(self):
        """Begin the work."""
        self.write({"state": "progress"})

    def action_done(self):
        """Report that it is done."""
        self.write({"state": "done"})

    def action_cancel(self):
        """Do without it."""
        self.write({"state": "cancelled"})

    def action_again(self):
        """Take it up again."""
        self.write({"state": "todo"})

    def action_open_complaint(self):
        """Open the complaint."""
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "res_model": "crm.relationship.complaint",
            "res_id": self.complaint_id.id,
            "view_mode": "form",
        }

    def _get_today(self):
        """Return the day of the company, of the user's one while there is no complaint yet."""
        return (self.company_id or self.env.company)._get_relationship_today()

    @api.model
    def default_get(self, fields_list):
        """Give a week, unless somebody enters another deadline."""
        values = super().default_get(fields_list)
        if "date_deadline" in fields_list:
            today = self.env.company._get_relationship_today()
            values.setdefault("date_deadline", today + relativedelta(weeks=1))
        return values
