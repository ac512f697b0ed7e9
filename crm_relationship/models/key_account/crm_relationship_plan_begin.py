from odoo import models


class CrmRelationshipPlan(models.Model):
    _inherit = "crm.relationship.plan"

    def action_ask_start(self):
        """Ask what the next plan begins with: the one that is open, or any."""
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "crm_relationship.crm_relationship_plan_start_action"
        )
        action["context"] = {}
        if len(self) == 1:
            action["context"] = {
                "default_company_id": self.company_id.id,
                "default_partner_id": self.partner_id.id,
                "default_source_plan_id": self.id,
                "default_source": "plan",
            }
        return action


class ResPartner(models.Model):
    _inherit = "res.partner"

    def action_start_relationship_plan(self):
        """Ask what the customer's first plan begins with."""
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "crm_relationship.crm_relationship_plan_start_action"
        )
        action["context"] = {"default_partner_id": self.commercial_partner_id.id}
        return action
