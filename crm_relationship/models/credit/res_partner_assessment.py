from odoo import fields, models

from ..res_partner import RELATIONSHIP_GROUP, profile_field


class ResPartner(models.Model):
    """The customer's approved grade and its assessments, on the contact."""

    _inherit = "res.partner"

    relationship_assessed_grade_id = profile_field(fields.Many2one, "assessed_grade_id")
    relationship_assessed_until = profile_field(fields.Date, "assessed_until")
    relationship_assessed_color = fields.Integer(
        related="relationship_profile_id.assessed_color",
        related_sudo=False,
        groups=RELATIONSHIP_GROUP,
    )
    relationship_assessment_count = fields.Integer(
        related="relationship_profile_id.assessment_count",
        related_sudo=False,
        groups=RELATIONSHIP_GROUP,
    )

    def action_assess_credit(self):
        """Assess the customer's credit by hand."""
        return self.relationship_profile_id.action_assess()

    def action_open_credit_assessments(self):
        """Open the customer's assessments."""
        return self.relationship_profile_id.action_open_assessments()
