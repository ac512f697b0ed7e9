from odoo import fields, models

ORIGINS = [
    ("rule", "Rule"),
    ("top", "Top tier customer"),
    ("safety", "Safety matter"),
    ("repeat", "Repeated complaints"),
    ("other", "Other reason"),
]


class CrmRelationshipComplaintEscalationLog(models.Model):
    """That somebody was told of a complaint: who, when, and why."""

    _name = "crm.relationship.complaint.escalation.log"
    _description = "Escalation of a Complaint"
    _order = "date desc, id desc"
    _rec_name = "reason"

    complaint_id = fields.Many2one(
        "crm.relationship.complaint", required=True, readonly=True, index=True, ondelete="cascade"
    )
    company_id = fields.Many2one(related="complaint_id.company_id", store=True, precompute=True)
    deadline_id = fields.Many2one(
        "crm.relationship.complaint.deadline", readonly=True, index=True, ondelete="cascade"
    )
    rule_id = fields.Many2one(
        "crm.relationship.complaint.escalation", readonly=True, index=True, ondelete="set null"
    )
    origin = fields.Selection(ORIGINS, "Because of", required=True, readonly=True)
    reason = fields.Char("Why", required=True, readonly=True)
    user_ids = fields.Many2many("res.users", string="Told", readonly=True)
    date = fields.Datetime(required=True, readonly=True)

    _once = models.UniqueIndex(
        "(complaint_id, deadline_id, rule_id) WHERE rule_id IS NOT NULL",
        "A rule speaks once of a deadline.",
    )
    _at_once = models.UniqueIndex(
        "(complaint_id, origin) WHERE origin IN ('top', 'safety', 'repeat')",
        "The executives have been told of this already.",
    )
