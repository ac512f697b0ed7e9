from odoo import fields, models

from ..trusting_many2one import TrustingMany2one


class CrmRelationshipProfile(models.Model):
    """The grade that a person approved, beside the automatic one."""

    _inherit = "crm.relationship.profile"

    assessed_grade_id = TrustingMany2one(
        "crm.relationship.credit.grade",
        "Approved Grade",
        readonly=True,
        help="Of the last approved assessment. It holds instead of the automatic grade until "
        "it expires.",
    )
    assessed_until = fields.Date("Approved Until", readonly=True)

    def _get_valid_credit_grade(self):
        """Return the grade that holds today: the approved, unexpired one, else the automatic."""
        self.ensure_one()
        today = self.company_id._get_relationship_today()
        if self.assessed_grade_id and self.assessed_until and self.assessed_until >= today:
            return self.assessed_grade_id
        return self.credit_grade_id
