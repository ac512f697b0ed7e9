from odoo import models


class CrmLead(models.Model):
    """Opportunities that account plans name."""

    _inherit = "crm.lead"

    def _merge_dependences(self, opportunities):
        """Let the plans name the opportunity that stays; the others are deleted.

        Whoever merges opportunities need not work on the plans, and closed ones follow too.
        """
        result = super()._merge_dependences(opportunities)
        objectives = self.env["crm.relationship.plan.objective"].sudo()
        has_it = objectives.search([("opportunity_id", "=", self.id)]).plan_id
        for objective in objectives.search([("opportunity_id", "in", opportunities.ids)]):
            if objective.plan_id not in has_it:
                has_it |= objective.plan_id
                objective.opportunity_id = self.id
        cells = self.env["crm.relationship.plan.whitespace"].sudo()
        cells.search([("opportunity_id", "in", opportunities.ids)]).opportunity_id = self.id
        return result
