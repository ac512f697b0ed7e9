from odoo import api, fields, models

from .grading.crm_relationship_change import RETENTION
from .ir_config_parameter import NIGHTLY_RUN


class ResConfigSettings(models.TransientModel):
    _inherit = "res.config.settings"

    relationship_nightly_run = fields.Boolean(
        "Nightly Recalculation",
        config_parameter=NIGHTLY_RUN,
        help="Every night the customers whose documents changed are measured anew. Without it "
        "nothing moves unless somebody starts a recalculation.",
    )
    relationship_next_run = fields.Datetime(
        "Next Recalculation",
        compute="_compute_relationship_next_run",
        inverse="_inverse_relationship_next_run",
        help="Choose an hour when few people work: the same hour holds for every night.",
    )
    relationship_change_retention_months = fields.Integer(
        "Keep the History (Months)",
        config_parameter=RETENTION,
        help="0 keeps every change for good.",
    )
    relationship_alert_user_ids = fields.Many2many(
        related="company_id.relationship_alert_user_ids", readonly=False
    )
    relationship_margin_target = fields.Float(
        related="company_id.relationship_margin_target", readonly=False
    )
    relationship_rhythm_days = fields.Integer(
        related="company_id.relationship_rhythm_days", readonly=False
    )
    relationship_loss_activity = fields.Boolean(
        related="company_id.relationship_loss_activity", readonly=False
    )
    relationship_policy_id = fields.Many2one(
        "crm.relationship.tier.policy", compute="_compute_relationship_policy_id"
    )

    def _get_relationship_cron(self):
        # Settings are for administrators of the application; the scheduler is the system's.
        return self.env.ref("crm_relationship.ir_cron_recalculate_relationships").sudo()

    @api.depends("relationship_nightly_run")
    def _compute_relationship_next_run(self):
        self.relationship_next_run = self._get_relationship_cron().nextcall

    def _inverse_relationship_next_run(self):
        cron = self._get_relationship_cron()
        for settings in self.filtered("relationship_next_run"):
            if settings.relationship_next_run != cron.nextcall:
                cron.nextcall = settings.relationship_next_run

    @api.depends("company_id")
    def _compute_relationship_policy_id(self):
        for settings in self:
            settings.relationship_policy_id = settings.company_id._get_relationship_policy()

    def action_open_relationship_policy(self):
        """Open the company's tier policy."""
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "res_model": "crm.relationship.tier.policy",
            "res_id": self.relationship_policy_id.id,
            "view_mode": "form",
        }
