import codecs

from odoo import api, models


class MailThread(models.AbstractModel):
    """Where mails to the complaint teams go."""

    _inherit = "mail.thread"

    @api.model
    def message_route(self, message, message_dict, model=None, thread_id=None, custom_values=None):
        """Let complaints sort out replies and automatic mails among those meant for them."""
        routes = super().message_route(message, message_dict, model, thread_id, custom_values)
        complaints = self.env["crm.relationship.complaint"]
        if any(route[0] == complaints._name for route in routes or ()):
            return complaints._route_mail(message, message_dict, routes)
        return routes

    def _message_parse_extract_payload(self, message, message_dict, save_original=False):
        """Read texts in an encoding that nobody knows too: without it the mail would be lost."""
        for part in message.walk():
            if part.get_content_maintype() == "text":
                try:
                    codecs.lookup(part.get_content_charset("utf-8"))
                except LookupError:
                    part.set_param("charset", "utf-8")
        return super()._message_parse_extract_payload(message, message_dict, save_original)
