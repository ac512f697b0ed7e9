import logging
import re

from odoo import api, models
from odoo.tools import email_normalize

_logger = logging.getLogger(__name__)

AUTOMATIC_HEADERS = (
    "X-Auto-Response-Suppress",
    "X-Autoreply",
    "X-Autorespond",
    "X-Auto-Reply",
)
AUTOMATIC_PRECEDENCES = ("bulk", "junk", "list", "auto_reply")
AUTOMATIC_SUBJECTS = (
    "automatic reply",
    "auto reply",
    "autoreply",
    "out of office",
    "abwesenheitsnotiz",
    "automatische antwort",
    "réponse automatique",
    "respuesta automática",
    "自动回复",
    "自動回覆",
)
"""How the subjects of absence notes begin that carry no header."""

WORDS = re.compile(r"[^\s\[\]()<>{}:;,#“”\"']+")
"""What of a subject may be the number of a complaint."""


def is_automatic(message, subject):
    """Return whether no person wrote this mail: an absence note, a newsletter, a bounce.

    :param message: the ``email.message.EmailMessage``
    :param subject: its subject, decoded
    """
    submitted = str(message.get("Auto-Submitted") or "no").split(";")[0].strip().lower()
    if submitted != "no" or any(message.get(header) for header in AUTOMATIC_HEADERS):
        return True
    if str(message.get("Precedence") or "").strip().lower() in AUTOMATIC_PRECEDENCES:
        return True
    return (subject or "").strip().lower().startswith(AUTOMATIC_SUBJECTS)


class CrmRelationshipComplaint(models.Model):
    """Which mails make a complaint, and which belong to one that we know.

    How it works
        Odoo finds the thread of a reply by its message ids. Where a mail programme has dropped
        them, the number in the subject tells it, if the sender belongs to that customer. What
        no person wrote makes no complaint; in a thread it is kept as a note, which notifies
        nobody and ends no waiting.
    """

    _inherit = "crm.relationship.complaint"

    @api.model
    def _route_mail(self, message, message_dict, routes):
        """Return the routes of a mail without those that would double or make up complaints."""
        automatic = is_automatic(message, message_dict.get("subject"))
        kept, companies, threads = [], set(), set()
        for route in routes:
            model, thread_id, values, user, alias = route
            if model != self._name:
                kept.append(route)
                continue
            company = self._get_mail_company(values)
            thread_id = thread_id or self._find_by_subject(message_dict, company).id
            if thread_id in threads:
                continue
            if thread_id:
                # Sent to two teams, it is one message.
                threads.add(thread_id)
                if automatic:
                    # A note, and in answer to nobody.
                    message_dict.pop("parent_id", None)
                    message_dict["is_internal"] = True
                kept.append((model, thread_id, values, user, alias))
            elif automatic:
                _logger.info("Mail %s makes no complaint: automatic", message_dict["message_id"])
            elif company not in companies:
                # Sent to two teams of a company it is one complaint.
                companies.add(company)
                kept.append(route)
        return kept

    @api.model
    def _get_mail_company(self, values):
        """Return the company of the team that an alias belongs to."""
        teams = self.env["crm.relationship.complaint.team"].sudo()
        team = teams.browse((values or {}).get("team_id")).exists()
        return team.company_id or self.env.company

    @api.model
    def _find_by_subject(self, message_dict, company):
        """Return the complaint whose number the subject names, if the sender may mean it."""
        numbers = set(WORDS.findall(message_dict.get("subject") or "")) - {"/"}
        sender = email_normalize(message_dict.get("email_from"))
        if not numbers or not sender:
            return self.browse()
        # The mail gateway has no rights of its own.
        found = self.sudo().search(
            [("company_id", "=", company.id), ("name", "in", list(numbers))], limit=1
        )
        return found.filtered(lambda complaint: complaint._is_address_of_customer(sender))

    def _is_address_of_customer(self, sender):
        """Return whether the address is the complainant's, or of one of the customer's people."""
        self.ensure_one()
        if sender == self.email_from:
            return True
        people = self.env["res.partner"].search_count(
            [("email_normalized", "=", sender), ("id", "child_of", self.partner_id.id)], limit=1
        )
        return bool(people)

    @api.model
    def _detect_loop_sender_domain(self, email_from_normalized):
        """Return what counts when Odoo asks whether one sender makes too many complaints."""
        return [("email_from", "=", email_from_normalized)]
