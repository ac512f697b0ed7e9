from odoo import api, fields, models

from .crm_relationship_complaint_target import KINDS

STATES = [
    ("running", "Running"),
    ("waiting", "Waiting"),
    ("met", "In time"),
    ("missed", "Too late"),
    ("dropped", "Dropped"),
]
OPEN = ("running", "waiting")
JUDGED = ("met", "missed")
"""What has been judged stays as it is."""

IN_TIME = {"met": "yes", "missed": "no"}


class CrmRelationshipComplaintDeadline(models.Model):
    """Until when a complaint is to be acknowledged, answered or resolved.

    How it works
        A deadline counts the working hours of the team's calendar from the receipt on. While we
        wait for the customer it stands still. A reopened complaint gets new ones for answer and
        resolution. What they rest on is kept with them, so that the explanation tells what held.
        ``_update_deadlines`` of the complaint makes and moves them, nobody else does.
    """

    _name = "crm.relationship.complaint.deadline"
    _description = "Deadline of a Complaint"
    _order = "complaint_id, cycle desc, date_due, id"
    _rec_name = "kind"

    complaint_id = fields.Many2one(
        "crm.relationship.complaint", required=True, readonly=True, index=True, ondelete="cascade"
    )
    company_id = fields.Many2one(
        related="complaint_id.company_id", store=True, precompute=True, index=True
    )
    kind = fields.Selection(KINDS, "For", required=True, readonly=True)
    cycle = fields.Integer(
        "Round", readonly=True, help="0: from the receipt on. 1: from the first reopening on."
    )
    date_start = fields.Datetime("From", required=True, readonly=True)
    date_due = fields.Datetime("Due", required=True, readonly=True)
    date_internal = fields.Datetime(
        "Internal Date", readonly=True, help="A margin of working hours before it is due."
    )
    date_amber = fields.Datetime(
        "Amber From",
        readonly=True,
        help="The internal date, or when only a quarter of the time is left, if that is earlier.",
    )
    date_done = fields.Datetime("Done", readonly=True)
    minutes_waited = fields.Integer(
        "Waited (Minutes)",
        readonly=True,
        help="Working time in which it stood still because we waited for the customer.",
    )
    minutes_ahead = fields.Integer(
        "Ahead (Minutes)",
        readonly=True,
        help="Working time between the step and the deadline, negative if it came too late.",
    )
    state = fields.Selection(STATES, required=True, readonly=True, default="running")
    target_id = fields.Many2one(
        "crm.relationship.complaint.target", readonly=True, ondelete="set null", index=True
    )
    basis = fields.Json("What It Rests On", readonly=True)
    is_overdue = fields.Boolean("Overdue", compute="_compute_is_overdue")

    _once = models.UniqueIndex(
        "(complaint_id, kind, cycle)", "A complaint has one deadline of a kind at a time."
    )
    _open_idx = models.Index("(company_id, kind, date_due) WHERE state = 'running'")

    @api.depends("state", "date_due")
    def _compute_is_overdue(self):
        now = fields.Datetime.now()
        for deadline in self:
            deadline.is_overdue = deadline.state == "running" and deadline.date_due < now
