from odoo import fields, models

CRONS = (
    "crm_relationship.ir_cron_climb_relationship_actions",
    "crm_relationship.ir_cron_remind_relationship_reviews",
)
"""The scheduled actions of key accounts: they run while the feature is on."""


class ResConfigSettings(models.TransientModel):
    _inherit = "res.config.settings"

    group_relationship_key_account = fields.Boolean(
        "Key Accounts",
        implied_group="crm_relationship.group_key_account_feature",
        help="Plans for key customers: decision chain, red flags, advice.",
    )
    relationship_unseen_days = fields.Integer(
        related="company_id.relationship_unseen_days", readonly=False
    )
    relationship_private_data = fields.Boolean(
        related="company_id.relationship_private_data", readonly=False
    )

    def set_values(self):
        """Turn the scheduled actions on and off together with the feature."""
        result = super().set_values()
        for cron in filter(None, (self.env.ref(cron, False) for cron in CRONS)):
            if cron.active != self.group_relationship_key_account:
                cron.active = self.group_relationship_key_account
        return result
