from odoo import api, models
from odoo.exceptions import UserError


class CrmRelationshipCreditGrade(models.Model):
    """The grade below which the credit caps the tier stays."""

    _inherit = "crm.relationship.credit.grade"

    @api.ondelete(at_uninstall=False)
    def _unlink_except_capping(self):
        policies = self.env["crm.relationship.credit.policy"]
        policy = policies.search([("cap_grade_id", "in", self.ids)], limit=1)
        if policy:
            raise UserError(
                self.env._(
                    "The credit caps the tier below %(grade)s. Choose another grade on the page "
                    "“Tiers” of the credit policy first.",
                    grade=policy.cap_grade_id.code,
                )
            )
