from odoo import api, fields, models
from odoo.exceptions import UserError

from ..saving import SAVING
from .crm_relationship_plan_action import MERGES_PROJECTS
from .res_partner_key_account import FEATURE


class CrmLead(models.Model):
    """Opportunities are the projects that actions of account plans serve."""

    _inherit = "crm.lead"

    relationship_action_count = fields.Integer(
        "Relationship Actions",
        compute="_compute_relationship_action_count",
        groups="crm_relationship.group_user",
    )

    @api.depends_context("uid", "su", "allowed_company_ids")
    def _compute_relationship_action_count(self):
        counts = {}
        if self.env.user.has_group(FEATURE):  # nobody counts what is switched off
            counts = dict(
                self.env["crm.relationship.plan.action"]._read_group(
                    [("lead_id", "in", self.ids)], ["lead_id"], ["__count"]
                )
            )
        for lead in self:
            lead.relationship_action_count = counts.get(lead._origin, 0)

    @api.ondelete(at_uninstall=False)
    def _unlink_except_serving(self):
        # Actions that the user may not see hold the opportunity as well.
        action = (
            self.env["crm.relationship.plan.action"]
            .sudo()
            .search([("lead_id", "in", self.ids)], limit=1)
        )
        if action:
            raise UserError(
                self.env._(
                    "“%(lead)s” is the project of actions of an account plan, so it can't be "
                    "deleted. Mark it as lost, or let the actions serve another project first.",
                    lead=action.lead_id.name,
                )
            )

    def _merge_dependences(self, opportunities):
        """Let the actions serve the opportunity that stays, even those in closed plans."""
        actions = self.env["crm.relationship.plan.action"].sudo()
        actions.search([("lead_id", "in", opportunities.ids)]).with_context(
            **{MERGES_PROJECTS: SAVING}
        ).lead_id = self
        return super()._merge_dependences(opportunities)

    def action_open_relationship_actions(self):
        """Open the actions of account plans that serve the opportunity."""
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "crm_relationship.crm_relationship_plan_action_action"
        )
        action["domain"] = [("lead_id", "=", self.id)]
        action["context"] = {"default_lead_id": self.id}
        return action
