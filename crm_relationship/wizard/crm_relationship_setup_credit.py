from odoo import api, fields, models


class CrmRelationshipSetup(models.TransientModel):
    """The credit's step: somebody looks over what customers are trusted by."""

    _inherit = "crm.relationship.setup"

    has_credit_policy = fields.Boolean(compute="_compute_has_credit_policy")

    @api.model
    def _get_steps(self):
        return [*super()._get_steps(), "has_credit_policy"]

    @api.depends("company_id")
    def _compute_has_credit_policy(self):
        for setup in self:
            policy = self.env["crm.relationship.credit.policy"]._get_of_company(setup.company_id)
            setup.has_credit_policy = bool(policy.confirmed_by_id)

    def action_open_credit_policy(self):
        """Open the company's credit policy."""
        self.ensure_one()
        policies = self.env["crm.relationship.credit.policy"].with_company(self.company_id)
        return policies._get_own_action()
