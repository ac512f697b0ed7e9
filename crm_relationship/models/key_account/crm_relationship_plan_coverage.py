from odoo import api, fields, models
from odoo.tools import SQL


class CrmRelationshipPlanCoverage(models.Model):
    """Which departments of a key customer somebody of ours covers.

    A row is a department that contacts of a plan's chain belong to. It is covered when a person
    in charge of ours reaches one of these contacts (a coverage other than none).
    """

    _name = "crm.relationship.plan.coverage"
    _description = "Coverage of a Department"
    _auto = False
    _order = "plan_id desc, is_covered, role_count desc, department_id"
    _rec_name = "department_id"
    _depends = {
        "crm.relationship.role": ["active", "coverage", "department_id", "plan_id", "user_id"],
        "crm.relationship.plan": ["company_id", "partner_id"],
    }

    plan_id = fields.Many2one("crm.relationship.plan", readonly=True)
    customer_id = fields.Many2one("res.partner", readonly=True)
    company_id = fields.Many2one("res.company", readonly=True)
    department_id = fields.Many2one("crm.relationship.department", readonly=True)
    role_count = fields.Integer("Contacts", readonly=True)
    covered_count = fields.Integer("Covered Contacts", readonly=True)
    is_covered = fields.Boolean("Covered", readonly=True)
    user_ids = fields.Many2many("res.users", string="Covered By", compute="_compute_user_ids")
    open_goal_count = fields.Integer("Open Goals", compute="_compute_open_counts")
    open_action_count = fields.Integer("Open Actions", compute="_compute_open_counts")

    @property
    def _table_query(self):
        return SQL(
            """
            SELECT MIN(role.id) AS id, role.plan_id, plan.partner_id AS customer_id,
                   plan.company_id, role.department_id, COUNT(*) AS role_count,
                   COUNT(*) FILTER (
                       WHERE role.user_id IS NOT NULL AND role.coverage <> 'none'
                   ) AS covered_count,
                   BOOL_OR(role.user_id IS NOT NULL AND role.coverage <> 'none') AS is_covered
              FROM crm_relationship_role role
              JOIN crm_relationship_plan plan ON plan.id = role.plan_id
             WHERE role.active AND role.department_id IS NOT NULL
             GROUP BY role.plan_id, plan.partner_id, plan.company_id, role.department_id
            """
        )

    @api.depends("plan_id", "department_id")
    def _compute_user_ids(self):
        groups = self.env["crm.relationship.role"]._read_group(
            [
                ("plan_id", "in", self.plan_id.ids),
                ("department_id", "in", self.department_id.ids),
                ("user_id", "!=", False),
                ("coverage", "!=", "none"),
            ],
            ["plan_id", "department_id"],
            ["user_id:recordset"],
        )
        users = {(plan, department): found for plan, department, found in groups}
        for row in self:
            row.user_ids = users.get((row.plan_id, row.department_id))

    @api.depends("plan_id", "department_id")
    def _compute_open_counts(self):
        for name, model, state in (
            ("open_goal_count", "crm.relationship.plan.goal", "open"),
            ("open_action_count", "crm.relationship.plan.action", "planned"),
        ):
            groups = self.env[model]._read_group(
                [
                    ("plan_id", "in", self.plan_id.ids),
                    ("department_id", "in", self.department_id.ids),
                    ("state", "=", state),
                ],
                ["plan_id", "department_id"],
                ["__count"],
            )
            counts = {(plan, department): count for plan, department, count in groups}
            for row in self:
                row[name] = counts.get((row.plan_id, row.department_id), 0)

    def action_make_goal(self):
        """Set the goal that somebody of ours covers the department."""
        return self._open_new(
            "crm.relationship.plan.goal",
            self.env._("New Goal"),
            default_layer="general",
            default_name=self.env._(
                "Somebody of ours covers %(department)s", department=self.department_id.name
            ),
        )

    def action_make_action(self):
        """Plan an action for the department."""
        return self._open_new(
            "crm.relationship.plan.action", self.env._("New Action"), default_layer="general"
        )

    def _open_new(self, model, name, **defaults):
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "name": name,
            "res_model": model,
            "views": [[False, "form"]],
            "target": "new",
            "context": {
                "default_plan_id": self.plan_id.id,
                "default_department_id": self.department_id.id,
                **defaults,
            },
        }
