from odoo import fields, models

from .crm_relationship_complaint_step import RESULTS


class CrmRelationshipComplaintReopening(models.Model):
    """That a closed complaint was opened again: when, why, and what had been decided."""

    _name = "crm.relationship.complaint.reopening"
    _description = "Reopening of a Complaint"
    _order = "date desc, id desc"
    _rec_name = "date"

    complaint_id = fields.Many2one(
        "crm.relationship.complaint", required=True, readonly=True, index=True, ondelete="cascade"
    )
    company_id = fields.Many2one(related="complaint_id.company_id", store=True)
    date = fields.Datetime(required=True, readonly=True)
    reason = fields.Text(required=True, readonly=True)
    origin = fields.Selection(
        [("handler", "Handler"), ("complainant", "Complainant")],
        "Reopened By",
        required=True,
        readonly=True,
    )
    user_id = fields.Many2one("res.users", readonly=True, ondelete="set null", index=True)
    date_closed = fields.Datetime("Had Been Closed", readonly=True)
    date_answered = fields.Datetime("Had Been Answered", readonly=True)
    result = fields.Selection(RESULTS, "Former Result", readonly=True)
    answer = fields.Html("Former Answer", readonly=True)
    closing_reason = fields.Text("Former Reason", readonly=True)
