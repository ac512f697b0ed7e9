from odoo import fields, models


class CrmRelationshipComplaintWait(models.Model):
    """A time in which we waited for the customer: deadlines stand still meanwhile."""

    _name = "crm.relationship.complaint.wait"
    _description = "Waiting for the Customer"
    _order = "date_from desc, id desc"
    _rec_name = "date_from"

    complaint_id = fields.Many2one(
        "crm.relationship.complaint", required=True, readonly=True, index=True, ondelete="cascade"
    )
    company_id = fields.Many2one(related="complaint_id.company_id", store=True)
    date_from = fields.Datetime("From", required=True, readonly=True)
    date_to = fields.Datetime("Until", readonly=True, help="Empty: we are still waiting.")
    user_id = fields.Many2one(
        "res.users", "Begun By", readonly=True, ondelete="set null", index=True
    )
    ended_by = fields.Selection(
        [("hand", "By hand"), ("message", "The customer's message"), ("closed", "Closing")],
        readonly=True,
    )

    _order_in_time = models.Constraint(
        "CHECK (date_to >= date_from)", "Waiting ends after it begins."
    )
    _one_open = models.UniqueIndex(
        "(complaint_id) WHERE date_to IS NULL", "We are waiting for this customer already."
    )
