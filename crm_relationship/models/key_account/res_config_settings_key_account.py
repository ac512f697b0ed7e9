from odoo import fields, models


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
