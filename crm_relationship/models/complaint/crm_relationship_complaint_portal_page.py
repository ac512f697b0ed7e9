from odoo import api, fields, models
from odoo.fields import Domain
from odoo.tools import groupby, is_html_empty

SHOWN = ("comment", "email", "auto_comment", "email_outgoing")
"""Types of messages that customers read; notes and what Odoo logs are not among them."""


class CrmRelationshipComplaintStage(models.Model):
    """What customers read instead of our names of the stages."""

    _inherit = "crm.relationship.complaint.stage"

    portal_name = fields.Char(
        "Customers Read",
        translate=True,
        help="Stages that read the same are one step for them.",
    )


class CrmRelationshipComplaintCategory(models.Model):
    _inherit = "crm.relationship.complaint.category"

    is_portal = fields.Boolean(
        "In the Portal", help="Customers can choose it when they file a complaint."
    )


class CrmRelationshipComplaint(models.Model):
    """What the portal pages show, prepared as sudo after the caller has checked the visitor."""

    _inherit = "crm.relationship.complaint"

    @api.model
    def _get_portal_steps(self):
        """Return the steps as customers know them: pairs of name and stage codes."""
        stages = self.env["crm.relationship.complaint.stage"].sudo().search(Domain.TRUE)
        return [
            (name, [stage.code for stage in group])
            for name, group in groupby(stages, lambda stage: stage.portal_name or stage.name)
        ]

    def _get_portal_progress(self):
        """Return a dict for each step: its name, and whether it is done or the present one."""
        self.ensure_one()
        steps = self._get_portal_steps()
        place = next(
            number for number, (_name, codes) in enumerate(steps) if self.stage_code in codes
        )
        closed = self.stage_code == "closed"
        return [
            {"name": name, "done": number < place or closed, "now": number == place and not closed}
            for number, (name, _codes) in enumerate(steps)
        ]

    def _get_portal_status(self):
        """Return in a word where the complaint is; how we judged it is in the answer."""
        self.ensure_one()
        if self.result == "withdrawn":
            return dict(self._fields["result"]._description_selection(self.env))[self.result]
        return self.stage_id.portal_name or self.stage_id.name

    def _get_portal_promise(self):
        """Return what we have promised the customer, if anything: a moment."""
        self.ensure_one()
        return self.promised_date

    def _get_portal_answer(self):
        """Return our answer once it was given; before that it is a draft."""
        self.ensure_one()
        is_given = self.stage_code in ("responded", "closed") and self.result != "withdrawn"
        if not is_given or is_html_empty(self.answer):
            return False
        return self.answer

    def _get_portal_messages(self):
        """Return the messages that customers may read, the oldest first."""
        self.ensure_one()
        comment = self.env.ref("mail.mt_comment")
        found = self.env["mail.message"].search(
            [
                ("model", "=", self._name),
                ("res_id", "=", self.id),
                ("message_type", "in", SHOWN),
                ("is_internal", "=", False),
                ("subtype_id", "=", comment.id),
            ],
            order="date, id",
        )
        return found.filtered(
            lambda message: not is_html_empty(message.body) or message.attachment_ids
        )

    def _get_portal_files(self):
        """Return the files of the messages that customers may read."""
        return self._get_portal_messages().attachment_ids

    def _get_portal_can(self):
        """Return what the customer can do now: a set of names."""
        self.ensure_one()
        if self.stage_code == "closed":
            can = {"reopen"} if self.can_reopen else set()
            return can | ({"rate"} if self.can_rate else set())
        answered = {"accept", "dispute"} if self._get_portal_answer() else set()
        return {"message", "withdraw"} | answered

    def _get_portal_opinions(self):
        """Return the answers that a rating offers, the best first: pairs of value and name."""
        return self._fields["outcome_rating"]._description_selection(self.env)[::-1]

    def _get_portal_thanks(self):
        """Return what is said after each thing that a customer does."""
        return {
            "file": self.env._("Thank you. We have your complaint, its number stands below."),
            "message": self.env._("Thank you, your message is sent."),
            "accept": self.env._("Thank you. We are glad that it could be settled."),
            "dispute": self.env._("Thank you. We look into it again."),
            "reopen": self.env._("Your complaint is open again. We look into it anew."),
            "withdraw": self.env._("Your complaint is withdrawn."),
            "rate": self.env._("Thank you for your rating."),
        }
