from odoo import fields, models


class ResConfigSettings(models.TransientModel):
    _inherit = "res.config.settings"

    relationship_complaint_effect_days = fields.Integer(
        related="company_id.relationship_complaint_effect_days", readonly=False
    )
    relationship_complaint_recurrence_months = fields.Integer(
        related="company_id.relationship_complaint_recurrence_months", readonly=False
    )
