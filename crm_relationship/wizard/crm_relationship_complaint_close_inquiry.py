from odoo import api, fields, models


class CrmRelationshipComplaintClose(models.TransientModel):
    """Says what is open still while a complaint is closed."""

    _inherit = "crm.relationship.complaint.close"

    open_action_count = fields.Integer("Open Actions", compute="_compute_open_parts")
    draft_count = fields.Integer("Drafts of the Resolution", compute="_compute_open_parts")
    waiting_count = fields.Integer("Waiting for Approval", compute="_compute_open_parts")

    @api.depends("complaint_id")
    def _compute_open_parts(self):
        for wizard in self:
            complaint = wizard.complaint_id
            states = complaint.resolution_ids.mapped("state")
            wizard.open_action_count = complaint.open_action_count
            wizard.draft_count = states.count("draft")
            wizard.waiting_count = states.count("waiting")
