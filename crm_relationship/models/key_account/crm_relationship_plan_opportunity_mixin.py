from odoo import api, fields, models


class CrmRelationshipPlanOpportunityMixin(models.AbstractModel):
    """What belongs to an account plan and may name an opportunity of its customer."""

    _name = "crm.relationship.plan.opportunity.mixin"
    _description = "Part of an Account Plan with an Opportunity"
    _inherit = ["crm.relationship.plan.lock.mixin"]

    plan_id = fields.Many2one(index=True)
    partner_id = fields.Many2one(related="plan_id.partner_id", string="Customer")
    company_id = fields.Many2one(related="plan_id.company_id", store=True, index=True)
    currency_id = fields.Many2one(related="company_id.currency_id")
    opportunity_id = fields.Many2one(
        "crm.lead",
        ondelete="set null",
        index="btree_not_null",
        domain="[('type', '=', 'opportunity'), ('partner_id', 'child_of', partner_id),"
        " ('company_id', 'in', [company_id, False])]",
    )

    @api.constrains("opportunity_id", "plan_id")
    def _check_opportunity(self):
        for record in self:
            record.plan_id._check_opportunity_is_ours(record.opportunity_id)

    @api.model_create_multi
    def create(self, vals_list):
        records = super().create(vals_list)
        records._check_opportunity_shown()
        return records

    def write(self, vals):
        self._refuse_move(vals)
        result = super().write(vals)
        if "opportunity_id" in vals:
            self._check_opportunity_shown()
        return result

    def _check_opportunity_shown(self):
        """Check that nobody names an opportunity that the own rights don't show: all who read
        the plan would be told its name.
        """
        if self.opportunity_id:
            self.opportunity_id.check_access("read")
