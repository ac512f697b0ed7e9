from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import email_normalize

from .crm_relationship_complaint import INSIDERS

TALK = ("comment", "email")
"""Types of messages by which a customer answers."""


class CrmRelationshipComplaint(models.Model):
    """Whether we wait for the customer; a message of the customer's ends it."""

    _inherit = "crm.relationship.complaint"

    wait_ids = fields.One2many(
        "crm.relationship.complaint.wait",
        "complaint_id",
        "Times of Waiting",
        readonly=True,
        groups=INSIDERS,
    )
    is_waiting = fields.Boolean(
        "Waiting for the Customer", readonly=True, copy=False, tracking=True, index=True
    )

    @api.model
    def _get_managed_fields(self):
        return super()._get_managed_fields() | {"is_waiting", "wait_ids"}

    def action_wait(self):
        """Begin to wait for the customer."""
        self._check_may_work()
        for complaint in self:
            if complaint.stage_code == "closed" or complaint.is_waiting:
                raise UserError(
                    self.env._(
                        "“%(complaint)s” is closed, or waits for the customer already.",
                        complaint=complaint.display_name,
                    )
                )
        # Nobody writes these times by hand.
        self.env["crm.relationship.complaint.wait"].sudo().create(
            [
                {
                    "complaint_id": complaint.id,
                    "date_from": fields.Datetime.now(),
                    "user_id": self.env.uid,
                }
                for complaint in self
            ]
        )
        self._save({"is_waiting": True})

    def action_end_wait(self):
        """Go on: the customer has answered."""
        self._check_may_work()
        self._end_wait("hand")

    def _end_wait(self, ended_by):
        """End the waiting of those that wait."""
        waiting = self.filtered("is_waiting")
        if not waiting:
            return
        # Nobody writes these times by hand.
        waits = self.env["crm.relationship.complaint.wait"].sudo()
        ended = waits.search([("complaint_id", "in", waiting.ids), ("date_to", "=", False)])
        ended.write({"date_to": fields.Datetime.now(), "ended_by": ended_by})
        ended.flush_recordset()  # before another one begins
        waiting._save({"is_waiting": False})
        waiting._on_wait_end()

    def _on_wait_end(self):
        """Hook for what follows when waiting ends, such as moved deadlines."""

    def _on_move(self, before, after):
        if after == "closed":
            self._end_wait("closed")
        return super()._on_move(before, after)

    def _message_post_after_hook(self, message, msg_vals):
        """End waiting when the customer writes."""
        result = super()._message_post_after_hook(message, msg_vals)
        if self.sudo().is_waiting and self._is_of_customer(message):
            # The customer, or the mail gateway, has no right to work on complaints.
            self.sudo()._end_wait("message")
        return result

    def _is_of_customer(self, message):
        """Return whether the message came from one of the customer's people."""
        self.ensure_one()
        message = message.sudo()
        if message.message_type not in TALK or message.is_internal or message.subtype_id.internal:
            return False
        complaint = self.sudo()
        author = message.author_id
        if author:
            return author.commercial_partner_id == complaint.partner_id
        sender = message.email_from and email_normalize(message.email_from)
        people = complaint.contact_id | complaint.partner_id
        return bool(sender) and sender in people.mapped("email_normalized")
