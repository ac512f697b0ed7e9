from odoo import models
from odoo.tools import html2plaintext

ACTIVITY = "crm_relationship.mail_activity_type_complaint_customer"
PREVIEW = 300
"""How many characters of a message stand for the reason of a reopening."""


class CrmRelationshipComplaint(models.Model):
    """The customer writes about a closed complaint, and others have to hear of it.

    How it works
        Such a message opens nothing by itself, since many only say thanks: the handler is told.
        If the company wishes, it reopens the complaint within the period.
    """

    _inherit = "crm.relationship.complaint"

    def _message_post_after_hook(self, message, msg_vals):
        result = super()._message_post_after_hook(message, msg_vals)
        # The mail gateway and customers have no right to work on complaints.
        complaint = self.sudo()
        if complaint.stage_code == "closed" and complaint._is_of_customer(message):
            complaint._on_late_message(message.sudo())
        return result

    def _on_late_message(self, message):
        """Reopen the complaint, or tell the handler."""
        self.ensure_one()
        if self.company_id.relationship_complaint_mail_reopens and self.can_reopen:
            text = html2plaintext(message.body or "").strip()[:PREVIEW]
            self._reopen(text or message.subject or self.subject, origin="complainant")
        else:
            self._call_for(self.env._("The customer wrote after it was closed"))

    def _call_for(self, summary, note=False):
        """Give the handler something to do, else the team's leader; once for the same thing.
        Who is archived is not there to do it.

        :return: the activity, or none if nobody is in charge
        """
        self.ensure_one()
        people = (self.user_id | self.team_id.user_id).filtered("active")
        return self._call(people[:1], summary, note)

    def _call(self, user, summary, note=False):
        kind = self.env.ref(ACTIVITY, raise_if_not_found=False)
        open_ones = self.activity_ids.filtered(
            lambda activity: activity.summary == summary and activity.user_id == user
        )
        if not user or open_ones:
            return open_ones
        return self.activity_schedule(
            activity_type_id=kind.id if kind else False,
            summary=summary,
            note=note,
            user_id=user.id,
        )
