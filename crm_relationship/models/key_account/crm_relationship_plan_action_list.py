from odoo import api, fields, models
from odoo.fields import Command

from .crm_relationship_plan_lock_mixin import get_successor

GOAL_COPIED = ("name", "layer", "strategy", "measured_by", "sequence")
ACTION_COPIED = ("name", "layer", "budget")


class CrmRelationshipPlan(models.Model):
    """Goals, actions and the coverage of departments of a plan."""

    _inherit = "crm.relationship.plan"

    goal_ids = fields.One2many("crm.relationship.plan.goal", "plan_id", "Goals")
    plan_action_ids = fields.One2many("crm.relationship.plan.action", "plan_id", "Actions")
    coverage_ids = fields.One2many(
        "crm.relationship.plan.coverage", "plan_id", "Department Coverage"
    )
    open_action_count = fields.Integer("Open Actions", compute="_compute_action_counts")
    overdue_action_count = fields.Integer("Overdue Actions", compute="_compute_action_counts")

    @api.depends("plan_action_ids.state", "plan_action_ids.date_deadline")
    def _compute_action_counts(self):
        actions = self.env["crm.relationship.plan.action"]
        in_plans = [("plan_id", "in", self.ids), ("state", "=", "planned")]
        counts = dict(actions._read_group(in_plans, ["plan_id"], ["__count"]))
        overdue = {}
        for company in self.company_id:
            today = company._get_relationship_today()
            overdue |= dict(
                actions._read_group(
                    [*in_plans, ("company_id", "=", company.id), ("date_deadline", "<", today)],
                    ["plan_id"],
                    ["__count"],
                )
            )
        for plan in self:
            plan.open_action_count = counts.get(plan._origin, 0)
            plan.overdue_action_count = overdue.get(plan._origin, 0)

    @api.depends("role_ids.plan_action_ids.state")
    def _compute_red_flags(self):
        return super()._compute_red_flags()

    @api.model
    def _get_planned_roles(self, roles):
        """Count open actions as well: they exist, no more is told."""
        groups = (
            self.env["crm.relationship.plan.action"]
            .sudo()
            ._read_group([("role_id", "in", roles.ids), ("state", "=", "planned")], ["role_id"])
        )
        return super()._get_planned_roles(roles) | {role.id for (role,) in groups}

    def write(self, vals):
        owners = {plan: plan.user_id for plan in self} if "user_id" in vals else {}
        result = super().write(vals)
        if vals.get("state") == "closed":
            # What climbed is the server's: nobody is reminded of a plan that is closed.
            self.sudo().plan_action_ids._clear_climbs()
        moved = self.filtered(lambda plan: plan in owners and plan.user_id != owners[plan])
        for owner, plans in moved.grouped("user_id").items():
            climbs = plans.plan_action_ids.filtered("climbed_date")._find_climbs()
            climbs.with_context(mail_activity_quick_update=True).user_id = owner
        return result

    def unlink(self):
        """Take actions and goals along by the ORM: they have messages and activities."""
        self._check_not_closed()
        self.plan_action_ids.unlink()
        self.goal_ids.unlink()
        return super().unlink()

    def action_open_actions(self):
        """Open the actions of the plan."""
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "crm_relationship.crm_relationship_plan_action_action"
        )
        action["name"] = self.env._("Actions of %(plan)s", plan=self.name)
        action["domain"] = [("plan_id", "=", self.id)]
        action["context"] = {"default_plan_id": self.id}
        return action

    # ------------------------------------------------------------------ reviews and next year

    def _get_actions_snapshot(self):
        """Return ``{plan id: {"goals": […], "actions": […]}}``: what the user sees of them."""
        snapshots = {plan.id: {"goals": [], "actions": []} for plan in self}
        in_plans = [("plan_id", "in", self.ids)]
        for goal in self.env["crm.relationship.plan.goal"].search(in_plans):
            snapshots[goal.plan_id.id]["goals"].append(goal._get_snapshot())
        for action in self.env["crm.relationship.plan.action"].search(in_plans):
            snapshots[action.plan_id.id]["actions"].append(action._get_snapshot())
        return snapshots

    def _copy_actions_to(self, new_plan):
        """Carry open goals and actions over, moved by as much as the plan's period is."""
        self._copy_open_actions_to(new_plan, self._copy_goals_to(new_plan))

    def _copy_goals_to(self, new_plan):
        """Carry open goals over; return those of the new plan by those of this one."""
        self.ensure_one()
        shift = new_plan.date_start - self.date_start
        goals = {}
        for goal in self.goal_ids.filtered(lambda goal: goal.state == "open"):
            goals[goal] = goal.create(
                {
                    **{name: goal[name] for name in GOAL_COPIED},
                    "plan_id": new_plan.id,
                    "measure_type_ids": [Command.set(goal.measure_type_ids.ids)],
                    "department_id": goal.department_id.id,
                    "user_id": get_successor(goal.user_id, new_plan).id,
                    "date_deadline": goal.date_deadline and goal.date_deadline + shift,
                }
            )
        return goals

    def _copy_open_actions_to(self, new_plan, goals):
        """Carry open actions over to the contacts and departments of another plan.

        :param goals: see ``_copy_goals_to``
        """
        self.ensure_one()
        shift = new_plan.date_start - self.date_start
        roles = {role.partner_id: role for role in new_plan.role_ids}
        vals_list = []
        for action in self.plan_action_ids.filtered(lambda action: action.state == "planned"):
            role = roles.get(action.role_id.partner_id, self.env["crm.relationship.role"])
            department = action.department_id or action.role_id.department_id
            if not role and not department:
                continue  # for a contact that the new chain does not know
            vals_list.append(
                {
                    **{name: action[name] for name in ACTION_COPIED},
                    "plan_id": new_plan.id,
                    "goal_id": goals[action.goal_id].id if action.goal_id in goals else False,
                    "type_id": action.type_id.id,
                    "role_id": role.id,
                    "department_id": department.id,
                    "user_id": get_successor(action.user_id, new_plan).id,
                    "lead_id": action.lead_id.id,
                    "date_deadline": action.date_deadline + shift,
                }
            )
        self.env["crm.relationship.plan.action"].create(vals_list)


class CrmRelationshipPlanGoal(models.Model):
    _inherit = "crm.relationship.plan.goal"

    def _get_snapshot(self):
        """Return what a review keeps of the goal."""
        return {
            "id": self.id,
            "name": self.name,
            "layer": self.layer,
            "layer_label": self._get_label("layer"),
            "state": self.state,
            "state_label": self._get_label("state"),
            "owner": self.user_id.name,
            "date_deadline": fields.Date.to_string(self.date_deadline),
            "action_count": self.action_count,
            "success_count": self.success_count,
            "progress": self.progress,
        }

    def _get_label(self, name):
        return dict(self._fields[name]._description_selection(self.env)).get(self[name], "")


class CrmRelationshipPlanAction(models.Model):
    _inherit = "crm.relationship.plan.action"

    def _get_snapshot(self):
        """Return what a review keeps of the action: who reads it reads the names on it."""
        action = self.sudo()
        return {
            "id": self.id,
            "name": self.name,
            "goal_id": self.goal_id.id,
            "layer": self.layer,
            "layer_label": self._get_label("layer"),
            "type": self.type_id.name,
            "target": action.role_id.display_name or self.department_id.name or "",
            "project": action.lead_id.name or "",
            "user": action.user_id.name,
            "date_deadline": fields.Date.to_string(self.date_deadline),
            "date_done": fields.Date.to_string(self.date_done),
            "budget": self.budget,
            "outcome": self.outcome,
            "outcome_label": self._get_label("outcome"),
            "advance": self.advance_id.name or "",
            "is_overdue": self.is_overdue,
        }

    def _get_label(self, name):
        return dict(self._fields[name]._description_selection(self.env)).get(self[name], "")
