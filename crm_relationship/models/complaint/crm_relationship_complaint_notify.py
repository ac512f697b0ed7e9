from odoo import SUPERUSER_ID, api, models

from .crm_relationship_complaint_step import ORDER

WORKING = ("acknowledged", "assessing", "investigating")
"""Stages in which the complainant knows that we know."""


class CrmRelationshipComplaint(models.Model):
    """Mails to the complainant at the steps that concern him.

    How it works
        Each step has a template, in the complainant's language. What is sent stands in the
        chatter, and so in the portal. Nothing goes out until the company turns it on, nor for
        complaints that are imported.
    """

    _inherit = "crm.relationship.complaint"

    @api.model_create_multi
    def create(self, vals_list):
        complaints = super().create(vals_list)
        complaints.filtered(lambda complaint: complaint.stage_code != "closed")._notify_complainant(
            "received"
        )
        return complaints

    def action_wait(self):
        result = super().action_wait()
        self._notify_complainant("waiting")
        return result

    def _on_move(self, before, after):
        result = super()._on_move(before, after)
        if after == "closed":
            self._notify_complainant("closed")
        elif after == "responded":
            self._notify_complainant("answered")
        elif after in WORKING and ORDER.index(before) < ORDER.index("acknowledged"):
            self._notify_complainant("acknowledged")
        return result

    def _on_reopen(self):
        result = super()._on_reopen()
        self._notify_complainant("reopened")
        return result

    def _notify_complainant(self, event):
        """Send the mail of a step, where the company wants it.

        :param event: one of ``EVENTS``
        """
        template = self.env.ref(
            f"crm_relationship.mail_template_complaint_{event}", raise_if_not_found=False
        )
        if not template or self.env.context.get("import_file"):
            return
        # By whom it comes to this step, customers included, does not matter: it is our mail.
        for complaint in self.with_user(SUPERUSER_ID).filtered(
            lambda complaint: complaint.company_id._wants_complaint_mail(event)
        ):
            complaint._send_to_complainant(template.sudo())

    def _send_to_complainant(self, template):
        """Send a mail, or say why there was none."""
        self.ensure_one()
        complainant = self._mail_get_partners()[self.id]
        if not complainant.email_normalized:
            self._message_log(
                body=self.env._(
                    "“%(template)s” was not sent: %(complainant)s has no email address.",
                    template=template.name,
                    complainant=complainant.display_name,
                )
            )
            return
        sender = self.user_id.partner_id or self.company_id.partner_id
        address = self.company_id.email_formatted or sender.email_formatted
        language = self.with_context(lang=complainant.lang) if complainant.lang else self
        self.message_post(
            body=template._render_field("body_html", self.ids, compute_lang=True)[self.id],
            subject=template._render_field("subject", self.ids, compute_lang=True)[self.id],
            author_id=sender.id,
            email_from=address,
            partner_ids=complainant.ids,
            message_type="auto_comment",
            subtype_xmlid="mail.mt_comment",
            email_layout_xmlid="mail.mail_notification_light",
            model_description=language.env["ir.model"]._get(self._name).display_name,
        )

    def _mail_get_partners(self, introspect_fields=False):
        """Write to one: whoever complains, else the customer."""
        found = super()._mail_get_partners(introspect_fields=introspect_fields)
        return {id_: partners[:1] for id_, partners in found.items()}

    def _notify_get_reply_to(self, default=None, author_id=False):
        """Let answers go to the team's alias."""
        # Whoever writes need not see the team.
        teams = self.sudo().team_id
        aliases = teams._notify_get_reply_to(default=default, author_id=author_id)
        result = {
            complaint.id: aliases[complaint.team_id.id]
            for complaint in self.sudo()
            if complaint.team_id.alias_email
        }
        others = self.filtered(lambda complaint: complaint.id not in result)
        if others:
            result.update(
                super(CrmRelationshipComplaint, others)._notify_get_reply_to(
                    default=default, author_id=author_id
                )
            )
        return result
