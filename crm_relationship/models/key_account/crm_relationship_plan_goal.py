from odoo import api, fields, models
from odoo.exceptions import ValidationError

from .crm_relationship_plan_lock_mixin import check_insiders
from .layers import LAYERS

SUCCESSES = ("advance", "done")
"""Outcomes of actions that bring a goal nearer; a continuation is none."""


class CrmRelationshipPlanGoal(models.Model):
    """What a plan wants to reach in a layer of the relationship, by which strategy, and how
    that is measured.

    How it works
        Its progress is the share of its actions that succeeded: brought an advance, or were
        done where they are no relationship activity. Cancelled actions don't count.
    """

    _name = "crm.relationship.plan.goal"
    _description = "Goal of an Account Plan"
    _inherit = ["crm.relationship.plan.lock.mixin", "mail.thread", "mail.activity.mixin"]
    _order = "plan_id desc, layer desc, sequence, id"  # organisational, key persons, general

    name = fields.Char("Goal", required=True, tracking=True)
    plan_id = fields.Many2one(index=True)
    company_id = fields.Many2one(related="plan_id.company_id", store=True, index=True)
    customer_id = fields.Many2one(related="plan_id.partner_id", string="Customer", store=True)
    plan_state = fields.Selection(related="plan_id.state", string="State of the Plan")
    sequence = fields.Integer(default=10)
    layer = fields.Selection(LAYERS, required=True, default="key", tracking=True)
    strategy = fields.Text(help="The way that leads there.")
    measure_type_ids = fields.Many2many(
        "crm.relationship.plan.measure.type",
        "crm_relationship_plan_goal_measure_rel",
        string="Measures",
        domain="['|', ('layer', '=', False), ('layer', '=', layer)]",
        help="By what it is pursued; each becomes one action or several.",
    )
    measured_by = fields.Char(help="The figure or the fact that shows whether it is reached.")
    department_id = fields.Many2one(
        "crm.relationship.department",
        ondelete="restrict",
        index="btree_not_null",
        help="The department of the customer that it is about.",
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
    date_deadline = fields.Date("Due Date", tracking=True)
    state = fields.Selection(
        [("open", "Open"), ("reached", "Reached"), ("dropped", "Dropped")],
        required=True,
        default="open",
        copy=False,
        tracking=True,
        group_expand=True,
    )
    drop_reason = fields.Text("Why It Was Dropped", copy=False, tracking=True)
    action_ids = fields.One2many("crm.relationship.plan.action", "goal_id", "Actions")
    action_count = fields.Integer("Actions That Count", compute="_compute_progress")
    success_count = fields.Integer("Successful Actions", compute="_compute_progress")
    progress = fields.Integer(
        "Progress (%)",
        compute="_compute_progress",
        help="Actions that succeeded, of all that were not cancelled. A continuation, a friendly "
        "talk without a concrete step, is no success.",
    )

    @api.depends("action_ids.outcome")
    def _compute_progress(self):
        counts = {}
        for goal, outcome, count in self.env["crm.relationship.plan.action"]._read_group(
            [("goal_id", "in", self.ids), ("state", "!=", "cancelled")],
            ["goal_id", "outcome"],
            ["__count"],
        ):
            counts.setdefault(goal, {})[outcome] = count
        for goal in self:
            outcomes = counts.get(goal._origin, {})
            goal.action_count = sum(outcomes.values())
            goal.success_count = sum(outcomes.get(outcome, 0) for outcome in SUCCESSES)
            goal.progress = (
                round(100 * goal.success_count / goal.action_count) if goal.action_count else 0
            )

    @api.constrains("state", "drop_reason")
    def _check_drop_reason(self):
        for goal in self:
            if goal.state == "dropped" and not (goal.drop_reason or "").strip():
                raise ValidationError(
                    self.env._(
                        "Enter why “%(goal)s” is dropped: next year's plan wants to know.",
                        goal=goal.name,
                    )
                )

    @api.constrains("user_id", "plan_id")
    def _check_user(self):
        for goal in self:
            check_insiders(goal.user_id, goal.company_id, self.env._("the owner of a goal"))

    def write(self, vals):
        self._refuse_move(vals)
        if vals.get("state") == "open":
            vals = {**vals, "drop_reason": False}
        return super().write(vals)

    def action_reach(self):
        """The goal is reached."""
        self.write({"state": "reached"})

    def action_reopen(self):
        """Go on with a goal."""
        self.write({"state": "open"})

    def action_ask_drop(self):
        """Ask why the goal is dropped."""
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Drop the Goal"),
            "res_model": self._name,
            "res_id": self.id,
            "views": [
                [
                    self.env.ref("crm_relationship.crm_relationship_plan_goal_view_form_drop").id,
                    "form",
                ]
            ],
            "target": "new",
        }

    def action_drop(self):
        """Give the goal up, for the reason entered."""
        self.write({"state": "dropped"})
        return {"type": "ir.actions.act_window_close"}
