from odoo import fields, models

EVENTS = ("received", "acknowledged", "waiting", "answered", "closed", "reopened")
"""What the complainant may hear of by mail; each has a setting and a template."""


class ResCompany(models.Model):
    """How a company talks with those who complain."""

    _inherit = "res.company"

    relationship_complaint_mail = fields.Boolean(
        "Emails to Complainants",
        help="The complainant gets an email at the steps chosen below, from the team's address "
        "and in his language. Off: none is ever sent by itself.",
    )
    relationship_complaint_mail_received = fields.Boolean("When It Was Received", default=True)
    relationship_complaint_mail_acknowledged = fields.Boolean(
        "When It Was Acknowledged", default=True
    )
    relationship_complaint_mail_waiting = fields.Boolean("When We Need an Answer", default=True)
    relationship_complaint_mail_answered = fields.Boolean("The Decision", default=True)
    relationship_complaint_mail_closed = fields.Boolean("When It Was Closed", default=True)
    relationship_complaint_mail_reopened = fields.Boolean("When It Was Reopened", default=True)
    relationship_complaint_mail_reopens = fields.Boolean(
        "Messages Reopen Closed Complaints",
        help="A customer's message about a closed complaint reopens it within the period. Off: "
        "the handler is told, and decides.",
    )
    relationship_complaint_portal_siblings = fields.Boolean(
        "Colleagues See Each Other's Complaints",
        help="In the portal all contacts of a customer see the customer's complaints, confidential "
        "ones excepted. Off: everybody sees his own.",
    )
    relationship_complaint_portal_limit = fields.Integer(
        "Complaints a Day in the Portal",
        default=10,
        help="So many complaints one portal user files within 24 hours. 0: none, he can only "
        "follow those that we know.",
    )
    relationship_complaint_low_rating = fields.Selection(
        [
            ("nothing", "Nothing happens"),
            ("escalate", "The team's leader is told"),
            ("executives", "The executives are told"),
            ("reopen", "The complaint is reopened"),
        ],
        "After a Low Rating",
        required=True,
        default="escalate",
        help="Where it can't be reopened any more, the team's leader is told instead.",
    )
    relationship_complaint_low_rating_from = fields.Selection(
        [("1", "Not satisfied"), ("3", "Partly satisfied or worse")],
        "Low Is",
        required=True,
        default="1",
        help="The worse one of the two answers counts.",
    )

    _relationship_complaint_portal_limit_positive = models.Constraint(
        "CHECK (relationship_complaint_portal_limit >= 0)",
        "Portal users file zero complaints a day or more.",
    )

    def _wants_complaint_mail(self, event):
        """Return whether complainants get the mail of a step.

        :param event: one of ``EVENTS``
        """
        self.ensure_one()
        return self.relationship_complaint_mail and self[f"relationship_complaint_mail_{event}"]
