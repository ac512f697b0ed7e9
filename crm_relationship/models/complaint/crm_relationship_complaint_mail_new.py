from datetime import timedelta

from odoo import api, fields, models
from odoo.tools import email_normalize, is_html_empty
from odoo.tools.mail import parse_contact_from_email

BELIEVABLE_DAYS = 31
"""How old a mail may be for its date to count; clocks that were never set are older."""


class CrmRelationshipComplaint(models.Model):
    """A mail to a team's alias becomes a complaint.

    How it works
        The sender is looked for among the contacts that the company sees. Of several with one
        address the one counts whose customer bought last, then the one who ordered last
        himself, then a person rather than a company, then the newest. For an unknown sender a
        contact is made, and the complaint is marked, so that somebody joins it with the
        customer or leaves it.
    """

    _inherit = "crm.relationship.complaint"

    email_from = fields.Char(
        "Came From",
        readonly=True,
        copy=False,
        index="btree_not_null",
        help="The address of the mail that made the complaint.",
    )
    is_unknown_sender = fields.Boolean(
        "Sender Was Unknown",
        readonly=True,
        copy=False,
        help="A contact was made from the address of the mail. Enter the right customer, or "
        "merge the contact with it.",
    )
    complainant_email = fields.Char(
        "Complainant's Address", compute="_compute_complainant_email", compute_sudo=True
    )

    @api.depends("contact_id.email", "partner_id.email")
    def _compute_complainant_email(self):
        for complaint in self:
            complaint.complainant_email = complaint.contact_id.email or complaint.partner_id.email

    @api.model
    def _get_managed_fields(self):
        return super()._get_managed_fields() | {"email_from", "is_unknown_sender"}

    def write(self, vals):
        """Whoever names the customer has settled who the sender is."""
        result = super().write(vals)
        if "partner_id" in vals:
            unknown = self.sudo().filtered("is_unknown_sender")
            if unknown:
                unknown._save({"is_unknown_sender": False})
        return result

    @api.model
    def message_new(self, msg_dict, custom_values=None):
        """Make a complaint of a mail; its text and files follow with the message."""
        values = {"channel": "mail", **(custom_values or {})}
        company = self._get_mail_company(values)
        complaints = self.with_company(company)
        contact = complaints._find_sender(msg_dict.get("email_from"), company)
        is_unknown = not contact
        if is_unknown:
            contact = complaints._create_sender(msg_dict.get("email_from"), company)
        customer = contact.commercial_partner_id
        # What the message is posted as: Odoo may have found another one of the same address.
        msg_dict["author_id"] = contact.id
        values.update(
            subject=(msg_dict.get("subject") or "").strip()
            or self.env._("Email without a subject"),
            company_id=company.id,
            partner_id=customer.id,
            contact_id=contact.id if contact != customer or not contact.is_company else False,
            date_received=self._get_mail_date(msg_dict.get("date")),
            email_from=email_normalize(msg_dict.get("email_from")) or False,
            is_unknown_sender=is_unknown,
        )
        return super(CrmRelationshipComplaint, complaints).message_new(msg_dict, values)

    @api.model
    def _get_mail_date(self, sent):
        """Return when a mail was received: when it was sent, if that can be."""
        now = fields.Datetime.now()
        sent = fields.Datetime.to_datetime(sent) if sent else now
        return sent if now - timedelta(BELIEVABLE_DAYS) <= sent <= now else now

    @api.model
    def _find_sender(self, email_from, company):
        """Return the contact of an address, or none."""
        address = email_normalize(email_from)
        if not address:
            return self.env["res.partner"]
        companies = (False, company.id)
        found = self.env["res.partner"].search(
            [("email_normalized", "=", address), ("company_id", "in", companies)]
        )
        found = found.filtered(
            lambda contact: contact.commercial_partner_id.company_id.id in companies
        )
        if len(found) < 2:
            return found
        own, bought = found._get_last_purchases(company)
        return max(
            found,
            key=lambda contact: (
                bought.get(contact.commercial_partner_id.id, ""),
                own.get(contact.id, ""),
                not contact.is_company,
                contact.id,
            ),
        )

    @api.model
    def _create_sender(self, email_from, company):
        """Return a new contact of an unknown sender."""
        name, address = parse_contact_from_email(email_from or "")
        return self.env["res.partner"].create(
            {
                "name": name
                or address
                or (email_from or "").strip()
                or self.env._("Unknown sender"),
                "email": address or False,
                "company_id": company.id,
            }
        )

    def _message_post_after_hook(self, message, msg_vals):
        """Take the description from the mail that made the complaint, its pictures included."""
        result = super()._message_post_after_hook(message, msg_vals)
        complaint = self.sudo()
        if (
            message.message_type == "email"
            and complaint.email_from
            and is_html_empty(complaint.description)
            and complaint.stage_code == "new"
            and not message.is_internal
        ):
            # The mail gateway acts for whoever wrote.
            complaint.write({"description": message.sudo().body})
        return result
