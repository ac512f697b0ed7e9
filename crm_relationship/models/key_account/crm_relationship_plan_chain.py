from odoo import api, fields, models


class CrmRelationshipPlan(models.Model):
    """The decision chain of a plan."""

    _inherit = "crm.relationship.plan"

    role_ids = fields.One2many("crm.relationship.role", "plan_id", "Decision Chain")
    role_count = fields.Integer("Contacts in the Chain", compute="_compute_role_count")
    competitor_ids = fields.Many2many(
        "crm.relationship.competitor",
        "crm_relationship_plan_competitor_rel",
        string="Competitors",
        help="Who else sells to this customer.",
    )
    has_no_competitor = fields.Boolean(
        "No Competitor", help="It was looked into: nobody else sells to this customer."
    )

    @api.depends("role_ids")
    def _compute_role_count(self):
        counts = dict(
            self.env["crm.relationship.role"]._read_group(
                [("plan_id", "in", self.ids)], ["plan_id"], ["__count"]
            )
        )
        for plan in self:
            plan.role_count = counts.get(plan._origin, 0)

    def write(self, vals):
        reopened = self.filtered(lambda plan: plan.state == "closed" and vals.get("state"))
        result = super().write(vals)
        if vals.get("state") != "closed":
            # Who has left meanwhile leaves the chain as well; whoever reopens need not see them.
            roles = reopened.sudo().with_context(active_test=False).role_ids
            (roles - roles._get_present())._leave_chain()
        return result

    def unlink(self):
        """Take the roles along by the ORM: they have messages and activities."""
        self._check_not_closed()
        self.with_context(active_test=False).role_ids.unlink()
        return super().unlink()

    def action_open_chain(self):
        """Open the map of the decision chain."""
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "crm_relationship.crm_relationship_role_chain_action"
        )
        action["name"] = self.env._("Decision chain of %(plan)s", plan=self.name)
        action["domain"] = [("plan_id", "=", self.id)]
        action["context"] = {"default_plan_id": self.id}
        return action
