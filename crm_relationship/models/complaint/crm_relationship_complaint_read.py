from odoo import fields, models


class CrmRelationshipComplaintRead(models.Model):
    """That an executive has opened a complaint, and when for the first time."""

    _name = "crm.relationship.complaint.read"
    _description = "Complaint Opened by an Executive"
    _order = "date, id"
    _rec_name = "user_id"

    complaint_id = fields.Many2one(
        "crm.relationship.complaint", required=True, readonly=True, index=True, ondelete="cascade"
    )
    company_id = fields.Many2one(related="complaint_id.company_id", store=True, precompute=True)
    user_id = fields.Many2one(
        "res.users", required=True, readonly=True, index=True, ondelete="cascade"
    )
    date = fields.Datetime("First Opened", required=True, readonly=True)

    _once = models.UniqueIndex(
        "(complaint_id, user_id)", "It is known already that the user has opened the complaint."
    )
