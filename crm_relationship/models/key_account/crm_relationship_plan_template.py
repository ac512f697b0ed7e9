from odoo import api, fields, models
from odoo.exceptions import ValidationError
from odoo.fields import Command

from .layers import LAYERS


def _get_day(plan, offset_days):
    """Return the day so long after the start of a plan, its last one at the latest."""
    return min(fields.Date.add(plan.date_start, days=offset_days), plan.date_end)


class CrmRelationshipPlanTemplate(models.Model):
    """What plans of a kind of key customers begin with: goals, actions, wanted scores, budget."""

    _name = "crm.relationship.plan.template"
    _description = "Template of Account Plans"
    _order = "sequence, name, id"

    name = fields.Char("Template", required=True, translate=True)
    description = fields.Text("For Which Customers", translate=True)
    sequence = fields.Integer(default=10)
    active = fields.Boolean(default=True)
    company_id = fields.Many2one(
        "res.company", index=True, ondelete="cascade", help="Empty: it serves all companies."
    )
    currency_id = fields.Many2one("res.currency", compute="_compute_currency_id")
    budget_amount = fields.Monetary(
        "Budget", help="In the currency of the company whose plan begins with it."
    )
    goal_ids = fields.One2many(
        "crm.relationship.plan.template.goal", "template_id", "Goals", copy=True
    )
    action_ids = fields.One2many(
        "crm.relationship.plan.template.action", "template_id", "Actions", copy=True
    )
    score_ids = fields.One2many(
        "crm.relationship.plan.template.score", "template_id", "Wanted Scores", copy=True
    )

    _budget_positive = models.Constraint("CHECK (budget_amount >= 0)", "A budget is zero or more.")

    @api.depends("company_id")
    @api.depends_context("company")
    def _compute_currency_id(self):
        for template in self:
            template.currency_id = (template.company_id or self.env.company).currency_id

    def _copy_goals_to(self, plan, owner):
        """Give a plan the goals; return those of the plan by the template's."""
        self.ensure_one()
        goals = self.env["crm.relationship.plan.goal"].create(
            [goal._prepare_goal(plan, owner) for goal in self.goal_ids]
        )
        return dict(zip(self.goal_ids, goals, strict=True))

    def _copy_actions_to(self, plan, owner, project, goals):
        """Give a plan the actions.

        :param project: the opportunity that relationship activities serve; without one they are
            left out
        :param goals: see ``_copy_goals_to``
        """
        self.ensure_one()
        usable = self.action_ids._get_usable(project)
        self.env["crm.relationship.plan.action"].create(
            [action._prepare_action(plan, owner, project, goals) for action in usable]
        )

    def _copy_scores_to(self, plan):
        """Let a plan aim at the wanted scores."""
        self.ensure_one()
        wanted = {score.dimension_id: score.wanted_score for score in self.score_ids}
        for score in plan.score_ids:
            if score.dimension_id in wanted:
                score.wanted_score = wanted[score.dimension_id]


class CrmRelationshipPlanTemplateGoal(models.Model):
    _name = "crm.relationship.plan.template.goal"
    _description = "Goal of a Template"
    _order = "template_id, sequence, id"

    template_id = fields.Many2one(
        "crm.relationship.plan.template", required=True, index=True, ondelete="cascade"
    )
    sequence = fields.Integer(default=10)
    name = fields.Char("Goal", required=True, translate=True)
    layer = fields.Selection(LAYERS, required=True, default="key")
    strategy = fields.Text(translate=True)
    measured_by = fields.Char(translate=True)
    measure_type_ids = fields.Many2many(
        "crm.relationship.plan.measure.type",
        "crm_relationship_plan_template_goal_measure_rel",
        string="Measures",
        domain="['|', ('layer', '=', False), ('layer', '=', layer)]",
    )
    offset_days = fields.Integer(
        "Due After (Days)", default=180, help="Days after the start of the plan."
    )

    _offset_positive = models.Constraint(
        "CHECK (offset_days >= 0)", "A goal is due on the first day of the plan, or later."
    )

    def _prepare_goal(self, plan, owner):
        """Return the values of the goal in a plan, due within its period."""
        return {
            "plan_id": plan.id,
            "sequence": self.sequence,
            "name": self.name,
            "layer": self.layer,
            "strategy": self.strategy,
            "measured_by": self.measured_by,
            "measure_type_ids": [Command.set(self.measure_type_ids.ids)],
            "user_id": owner.id,
            "date_deadline": _get_day(plan, self.offset_days),
        }


class CrmRelationshipPlanTemplateAction(models.Model):
    _name = "crm.relationship.plan.template.action"
    _description = "Action of a Template"
    _order = "template_id, offset_days, id"

    template_id = fields.Many2one(
        "crm.relationship.plan.template", required=True, index=True, ondelete="cascade"
    )
    currency_id = fields.Many2one(related="template_id.currency_id")
    name = fields.Char("Action", required=True, translate=True)
    goal_id = fields.Many2one(
        "crm.relationship.plan.template.goal",
        index="btree_not_null",
        ondelete="set null",
        domain="[('template_id', '=', template_id)]",
    )
    type_id = fields.Many2one(
        "crm.relationship.plan.measure.type", required=True, index=True, ondelete="restrict"
    )
    is_relationship = fields.Boolean(related="type_id.is_relationship")
    department_id = fields.Many2one(
        "crm.relationship.department",
        required=True,
        index=True,
        ondelete="restrict",
        help="The department of the customer that it is for; whom exactly is chosen in the plan.",
    )
    offset_days = fields.Integer(
        "Due After (Days)", default=30, help="Days after the start of the plan."
    )
    budget = fields.Monetary("Planned Budget")

    _offset_positive = models.Constraint(
        "CHECK (offset_days >= 0)", "An action is due on the first day of the plan, or later."
    )
    _budget_positive = models.Constraint("CHECK (budget >= 0)", "A budget is zero or more.")

    @api.constrains("goal_id", "template_id")
    def _check_goal(self):
        for action in self:
            if action.goal_id and action.goal_id.template_id != action.template_id:
                raise ValidationError(
                    self.env._(
                        "“%(goal)s” belongs to another template. Choose a goal of this one.",
                        goal=action.goal_id.name,
                    )
                )

    def _get_usable(self, project):
        """Return those that a plan can have: relationship activities serve a project."""
        return self if project else self.filtered(lambda action: not action.is_relationship)

    def _prepare_action(self, plan, owner, project, goals):
        """Return the values of the action in a plan, due within its period."""
        goal = goals.get(self.goal_id)
        vals = {
            "plan_id": plan.id,
            "name": self.name,
            "type_id": self.type_id.id,
            "department_id": self.department_id.id,
            "user_id": owner.id,
            "date_deadline": _get_day(plan, self.offset_days),
            "budget": self.budget,
        }
        if goal:
            vals["goal_id"] = goal.id
        if project and self.is_relationship:
            vals["lead_id"] = project.id
        return vals


class CrmRelationshipPlanTemplateScore(models.Model):
    _name = "crm.relationship.plan.template.score"
    _description = "Wanted Score of a Template"
    _order = "template_id, dimension_id, id"

    template_id = fields.Many2one(
        "crm.relationship.plan.template", required=True, index=True, ondelete="cascade"
    )
    dimension_id = fields.Many2one(
        "crm.relationship.plan.dimension", required=True, index=True, ondelete="cascade"
    )
    wanted_score = fields.Integer("Wanted", required=True, default=70)

    _dimension_uniq = models.UniqueIndex(
        "(template_id, dimension_id)", "A template wants one score of a dimension."
    )
    _wanted_range = models.Constraint(
        "CHECK (wanted_score BETWEEN 0 AND 100)", "A wanted score lies between 0 and 100."
    )
