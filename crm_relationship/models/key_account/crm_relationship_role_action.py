from odoo import api, fields, models


class CrmRelationshipRole(models.Model):
    """Actions for the contact."""

    _inherit = "crm.relationship.role"

    plan_action_ids = fields.One2many("crm.relationship.plan.action", "role_id", "Actions")
    open_action_count = fields.Integer("Open Actions", compute="_compute_open_action_count")

    @api.depends("plan_action_ids.state")
    def _compute_open_action_count(self):
        counts = dict(
            self.env["crm.relationship.plan.action"]._read_group(
                [("role_id", "in", self.ids), ("state", "=", "planned")], ["role_id"], ["__count"]
            )
        )
        for role in self:
            role.open_action_count = counts.get(role._origin, 0)

    def unlink(self):
        """Let go of the actions: what is open is cancelled, what was done stays with the plan."""
        # What Odoo's privacy look-up deletes one by one may have gone with its contact.
        roles = self.exists()
        roles.plan_id._check_not_closed()
        roles._release_actions()
        return super().unlink()

    def _release_actions(self):
        open_plans = self.plan_action_ids.filtered(lambda action: action.plan_state != "closed")
        planned = open_plans.filtered(lambda action: action.state == "planned")
        if planned:
            planned.write({"state": "cancelled"})
            for action in planned:
                action._message_log(
                    body=self.env._("Cancelled: its contact was removed from the decision chain.")
                )
        for role in self.filtered("department_id"):
            role.plan_action_ids.filtered(
                lambda action: not action.department_id
            ).department_id = role.department_id

    def _take_over(self, others):
        """Take over the actions and the meetings of the contact's other roles as well."""
        others.plan_action_ids.role_id = self
        meetings = self.env["calendar.event"].with_context(active_test=False)
        meetings.search([("res_model", "=", self._name), ("res_id", "in", others.ids)]).write(
            {"res_id": self.id}
        )
        return super()._take_over(others)
