from odoo import fields, models

CRON = "crm_relationship.ir_cron_escalate_complaints"


class ResConfigSettings(models.TransientModel):
    _inherit = "res.config.settings"

    relationship_complaint_margin_hours = fields.Float(
        related="company_id.relationship_complaint_margin_hours", readonly=False
    )
    relationship_complaint_manager_ids = fields.Many2many(
        related="company_id.relationship_complaint_manager_ids", readonly=False
    )
    relationship_complaint_escalate_top = fields.Boolean(
        related="company_id.relationship_complaint_escalate_top", readonly=False
    )
    relationship_complaint_escalate_safety = fields.Boolean(
        related="company_id.relationship_complaint_escalate_safety", readonly=False
    )
    relationship_complaint_escalate_count = fields.Integer(
        related="company_id.relationship_complaint_escalate_count", readonly=False
    )
    relationship_complaint_escalate_days = fields.Integer(
        related="company_id.relationship_complaint_escalate_days", readonly=False
    )
    relationship_complaint_digest = fields.Boolean(
        related="company_id.relationship_complaint_digest", readonly=False
    )
    relationship_complaint_digest_hour = fields.Integer(
        related="company_id.relationship_complaint_digest_hour", readonly=False
    )

    def set_values(self):
        """Turn the scheduled action on and off together with the feature."""
        result = super().set_values()
        cron = self.env.ref(CRON, raise_if_not_found=False)
        if cron and cron.active != self.group_relationship_complaint:
            cron.active = self.group_relationship_complaint
        return result
