from odoo import fields, models


class ResConfigSettings(models.TransientModel):
    _inherit = "res.config.settings"

    group_relationship_complaint = fields.Boolean(
        "Complaints",
        implied_group="crm_relationship.group_complaint_feature",
        help="Complaints from receipt to the answer: stages, teams, priority.",
    )
    relationship_complaint_reopen_days = fields.Integer(
        related="company_id.relationship_complaint_reopen_days", readonly=False
    )
    relationship_complaint_board = fields.Boolean(
        related="company_id.relationship_complaint_board", readonly=False
    )
    relationship_complaint_normal_from = fields.Integer(
        related="company_id.relationship_complaint_normal_from", readonly=False
    )
    relationship_complaint_high_from = fields.Integer(
        related="company_id.relationship_complaint_high_from", readonly=False
    )
    relationship_complaint_urgent_from = fields.Integer(
        related="company_id.relationship_complaint_urgent_from", readonly=False
    )
    relationship_complaint_safety_urgent = fields.Boolean(
        related="company_id.relationship_complaint_safety_urgent", readonly=False
    )
