from odoo import api, fields, models
from odoo.exceptions import AccessError, ValidationError
from odoo.fields import Domain

from ..saving import SAVING
from .crm_relationship_plan_lock_mixin import check_insiders
from .layers import LAYERS

KEPT_BY_SERVER = ("planned_activity_id", "meeting_id", "climbed_date")
"""What no user writes: the activity and the meeting that follow the action, and that it climbed."""

MERGES_PROJECTS = "crm_relationship_merges_projects"
"""Context key of a merge of opportunities: the one that stays gets its customer afterwards."""


class CrmRelationshipPlanAction(models.Model):
    """What somebody of ours does for a contact or a department of a key customer.

    How it works
        A relationship activity (its type says so) serves a project: an opportunity of the same
        customer. Its result is an *advance*, a concrete step of the customer that is named; a
        *continuation*, a good talk without such a step, which is no success; or *no*. An action
        that is done without a result asks for it.
    """

    _name = "crm.relationship.plan.action"
    _description = "Action of an Account Plan"
    _inherit = ["crm.relationship.plan.lock.mixin", "mail.thread", "mail.activity.mixin"]
    _order = "date_deadline, id"

    name = fields.Char("Action", required=True, tracking=True)
    plan_id = fields.Many2one(index=True)
    company_id = fields.Many2one(related="plan_id.company_id", store=True, index=True)
    currency_id = fields.Many2one(related="company_id.currency_id")
    customer_id = fields.Many2one(related="plan_id.partner_id", string="Customer", store=True)
    plan_state = fields.Selection(related="plan_id.state", string="State of the Plan")
    goal_id = fields.Many2one(
        "crm.relationship.plan.goal",
        index="btree_not_null",
        ondelete="set null",
        tracking=True,
        domain="[('plan_id', '=', plan_id)]",
    )
    type_id = fields.Many2one(
        "crm.relationship.plan.measure.type",
        required=True,
        index=True,
        ondelete="restrict",
        tracking=True,
    )
    is_relationship = fields.Boolean(related="type_id.is_relationship")
    layer = fields.Selection(
        LAYERS,
        compute="_compute_layer",
        store=True,
        readonly=False,
        required=True,
        precompute=True,
        help="The layer of the goal; without a goal, that of the type.",
    )
    role_id = fields.Many2one(
        "crm.relationship.role",
        "Contact",
        index="btree_not_null",
        ondelete="set null",
        tracking=True,
        domain="[('plan_id', '=', plan_id)]",
    )
    department_id = fields.Many2one(
        "crm.relationship.department",
        compute="_compute_department_id",
        store=True,
        readonly=False,
        precompute=True,
        ondelete="restrict",
        index="btree_not_null",
        tracking=True,
        help="That of the contact; without a contact, the one that it is for.",
    )
    user_id = fields.Many2one(
        "res.users",
        "Responsible",
        required=True,
        index=True,
        tracking=True,
        default=lambda self: self.env.user,
        domain="[('share', '=', False), ('company_ids', 'in', company_id)]",
    )
    date_deadline = fields.Date("Deadline", required=True, index=True, tracking=True)
    budget = fields.Monetary("Planned Budget", help="What it may cost, in the company's currency.")
    lead_id = fields.Many2one(
        "crm.lead",
        "Project",
        index="btree_not_null",
        ondelete="restrict",
        tracking=True,
        domain="[('type', '=', 'opportunity'), ('partner_id', 'child_of', customer_id),"
        " ('company_id', 'in', [False, company_id])]",
        help="The opportunity of this customer that it serves. A relationship activity needs one.",
    )
    state = fields.Selection(
        [("planned", "Planned"), ("done", "Done"), ("cancelled", "Cancelled")],
        required=True,
        default="planned",
        copy=False,
        tracking=True,
        index=True,
    )
    result = fields.Selection(
        [("advance", "Advance"), ("continuation", "Continuation"), ("no", "No")],
        copy=False,
        tracking=True,
        help="Advance: the customer took a concrete step. Continuation: it went well and nothing "
        "was agreed, which is no success. No: the customer declined.",
    )
    advance_id = fields.Many2one(
        "crm.relationship.plan.advance",
        "Which Advance",
        compute="_compute_advance_id",
        store=True,
        readonly=False,
        copy=False,
        index="btree_not_null",
        ondelete="restrict",
        tracking=True,
    )
    date_done = fields.Date(
        "Done On", compute="_compute_date_done", store=True, readonly=False, copy=False
    )
    feedback = fields.Text(copy=False, help="What was said and agreed.")
    outcome = fields.Selection(
        [
            ("planned", "Planned"),
            ("asked", "Result Missing"),
            ("advance", "Advance"),
            ("continuation", "Continuation"),
            ("no", "No"),
            ("done", "Done"),
            ("cancelled", "Cancelled"),
        ],
        compute="_compute_outcome",
        store=True,
        precompute=True,
        group_expand=True,
        help="Where it stands. An advance is a success, and so is anything done that is no "
        "relationship activity; a continuation is none.",
    )
    is_overdue = fields.Boolean(
        "Overdue", compute="_compute_is_overdue", search="_search_is_overdue"
    )

    _budget_positive = models.Constraint("CHECK (budget >= 0)", "A budget is zero or more.")

    @api.depends("role_id")
    def _compute_department_id(self):
        for action in self:
            action.department_id = action.role_id.department_id or action.department_id

    @api.depends("goal_id.layer", "type_id")
    def _compute_layer(self):
        for action in self:
            action.layer = (
                action.goal_id.layer
                or action.type_id.layer
                or action.layer
                or ("key" if action.role_id else "general")
            )

    @api.depends("result")
    def _compute_advance_id(self):
        for action in self:
            action.advance_id = action.advance_id if action.result == "advance" else False

    @api.depends("state", "result")
    def _compute_date_done(self):
        for action in self:
            if action.state != "done" and not action.result:
                action.date_done = False
            elif not action.date_done:
                action.date_done = action._get_today()

    @api.depends("state", "result", "type_id")
    def _compute_outcome(self):
        for action in self:
            if action.state != "done":
                action.outcome = action.state
            else:
                action.outcome = action.result or (
                    "asked" if action.type_id.is_relationship else "done"
                )

    @api.depends("state", "date_deadline", "company_id")
    def _compute_is_overdue(self):
        for action in self:
            action.is_overdue = (
                action.state == "planned"
                and action.date_deadline
                and action.date_deadline < action._get_today()
            )

    def _search_is_overdue(self, operator, value):
        if operator != "in":
            return NotImplemented
        overdue = Domain("state", "=", "planned") & Domain.OR(
            Domain("company_id", "=", company.id)
            & Domain("date_deadline", "<", company._get_relationship_today())
            for company in self.env.companies
        )
        return overdue if True in value else ~overdue

    def _get_today(self):
        """Return today in the company of the plan."""
        return (self.company_id or self.env.company)._get_relationship_today()

    @api.constrains("goal_id", "layer")
    def _check_layer(self):
        for action in self:
            if action.goal_id and action.layer != action.goal_id.layer:
                raise ValidationError(
                    self.env._(
                        "“%(action)s” serves a goal of another layer. Choose the layer of the "
                        "goal, or another goal.",
                        action=action.name,
                    )
                )

    @api.constrains("goal_id", "role_id", "plan_id")
    def _check_same_chain(self):
        message = self.env._(
            "“%(other)s” belongs to another plan. Choose a goal and a contact of the same plan."
        )
        for action in self:
            action._check_same_plan(action.goal_id, message)
            action._check_same_plan(action.role_id, message)

    @api.constrains("role_id", "department_id")
    def _check_target(self):
        for action in self:
            if not action.role_id and not action.department_id:
                raise ValidationError(
                    self.env._(
                        "Enter the contact or the department that “%(action)s” is for.",
                        action=action.name,
                    )
                )

    @api.constrains("type_id", "lead_id", "plan_id")
    def _check_project(self):
        if self.env.context.get(MERGES_PROJECTS) is SAVING:
            return
        for action in self:
            if action.lead_id:
                action._check_lead()
            elif action.is_relationship:
                raise ValidationError(
                    self.env._(
                        "“%(action)s” is a relationship activity (%(type)s): enter the project, an "
                        "opportunity of %(customer)s, that it serves. Work on the delivery or the "
                        "administration needs none: choose such a type.",
                        action=action.name,
                        type=action.type_id.name,
                        customer=action.customer_id.display_name,
                    )
                )

    def _check_lead(self):
        """Check that the project is an opportunity of the plan's customer and company."""
        lead = self.lead_id.sudo()  # colleagues' opportunities serve as well
        if lead.type != "opportunity" or not self.env["crm.relationship.role"]._is_of_customer(
            lead.partner_id, self.customer_id
        ):
            raise ValidationError(
                self.env._(
                    "The project of “%(action)s” is no opportunity of %(customer)s. Choose one of "
                    "this customer.",
                    action=self.name,
                    customer=self.customer_id.display_name,
                )
            )
        if lead.company_id and lead.company_id != self.company_id:
            raise ValidationError(
                self.env._(
                    "The project of “%(action)s” belongs to another company than its plan. Choose "
                    "an opportunity of %(company)s.",
                    action=self.name,
                    company=self.company_id.sudo().name,
                )
            )

    @api.constrains("user_id", "plan_id")
    def _check_user(self):
        for action in self:
            check_insiders(
                action.user_id, action.company_id, self.env._("responsible for an action")
            )

    @api.constrains("state", "result", "advance_id", "date_done", "feedback")
    def _check_result(self):
        for action in self.filtered("result"):
            problem = action._get_result_problem()
            if problem:
                raise ValidationError(problem)

    def _get_result_problem(self):
        """Return what is missing or wrong about the result, or nothing."""
        if self.state != "done":
            return self.env._(
                "Only what is done has a result: “%(action)s” is not.", action=self.name
            )
        if self.result == "advance" and not self.advance_id:
            return self.env._(
                "Which advance did “%(action)s” bring? Choose the concrete step that the customer "
                "took. Without one it is a continuation.",
                action=self.name,
            )
        if not (self.feedback or "").strip():
            return self.env._(
                "Enter as feedback what was said and agreed: “%(action)s” has a result.",
                action=self.name,
            )
        if not self.date_done or self.date_done > self._get_today():
            return self.env._(
                "Enter the day on which “%(action)s” was done, today or before.", action=self.name
            )
        return None

    @api.model_create_multi
    def create(self, vals_list):
        actions = super().create([self._complete_result(vals) for vals in vals_list])
        if any(action[name] for action in actions for name in KEPT_BY_SERVER):
            self._check_server()
        return actions

    def write(self, vals):
        self._refuse_move(vals)
        if vals.keys() & set(KEPT_BY_SERVER):
            self._check_server()
        return super().write(self._complete_result(vals))

    def _check_server(self):
        if not self.env.su:
            raise AccessError(
                self.env._("Plan an activity or a meeting by the buttons of the action.")
            )

    @api.model
    def _complete_result(self, vals):
        """Return ``vals`` where what has a result is done, and what is planned anew has none."""
        if vals.get("result") and "state" not in vals:
            return {**vals, "state": "done"}
        if vals.get("state", "done") != "done":
            return {"result": False, "feedback": False, **vals}
        return vals

    def action_ask_result(self):
        """Ask what came of the action."""
        self.ensure_one()
        view = self.env.ref("crm_relationship.crm_relationship_plan_action_view_form_result")
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("What Came of It?"),
            "res_model": self._name,
            "res_id": self.id,
            "views": [[view.id, "form"]],
            "target": "new",
        }

    def action_record(self):
        """Close the dialog in which the result was entered."""
        if self.filtered(lambda action: action.state == "planned"):
            self.action_done()
        return {"type": "ir.actions.act_window_close"}

    def action_done(self):
        """It is done; a relationship activity asks for its result."""
        self.write({"state": "done"})

    def action_cancel(self):
        """It is not going to happen."""
        self.write({"state": "cancelled"})

    def action_replan(self):
        """Plan it again: what came of it is forgotten."""
        self.write({"state": "planned"})
