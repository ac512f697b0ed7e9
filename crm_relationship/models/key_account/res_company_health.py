from odoo import fields, models

BANDS = [("red", "Critical"), ("amber", "Needs attention"), ("green", "Healthy")]
"""The bands of health, the worst first."""


class ResCompany(models.Model):
    _inherit = "res.company"

    relationship_health_green = fields.Integer(
        "Healthy From", default=75, help="From this health on an account plan is green."
    )
    relationship_health_amber = fields.Integer(
        "Needs Attention From",
        default=50,
        help="From this health on an account plan is amber; below it is critical, red.",
    )

    _relationship_health_order = models.Constraint(
        "CHECK (relationship_health_amber > 0 AND relationship_health_green <= 100"
        " AND relationship_health_amber < relationship_health_green)",
        "The bands of health rise: needs attention from 1 or more, healthy from more than that, up "
        "to 100.",
    )

    def write(self, vals):
        result = super().write(vals)
        if any(name.startswith("relationship_health_") for name in vals):
            self.env["crm.relationship.plan"].invalidate_model(
                ["health_band", "health_explanation"]
            )
        return result

    def _get_health_band(self, health):
        """Return the band of a health from 0 to 100."""
        self.ensure_one()
        if health >= self.relationship_health_green:
            return "green"
        return "amber" if health >= self.relationship_health_amber else "red"


class ResConfigSettings(models.TransientModel):
    _inherit = "res.config.settings"

    relationship_health_green = fields.Integer(
        related="company_id.relationship_health_green", readonly=False
    )
    relationship_health_amber = fields.Integer(
        related="company_id.relationship_health_amber", readonly=False
    )
