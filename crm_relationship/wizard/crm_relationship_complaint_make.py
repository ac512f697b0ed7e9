from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import html2plaintext, is_html_empty

from ..models.complaint.crm_relationship_complaint import FEATURE

CUSTOMERS = {
    "res.partner": "id",
    "sale.order": "partner_id",
    "account.move": "partner_id",
    "crm.lead": "partner_id",
}
"""Models whose messages can become a complaint, and the field of their customer."""

SUBJECT_LENGTH = 80


class CrmRelationshipComplaintMake(models.TransientModel):
    """Makes a complaint of what somebody wrote in another chatter."""

    _name = "crm.relationship.complaint.make"
    _description = "Make a Complaint of a Message"
    _check_company_auto = True

    message_id = fields.Many2one("mail.message", required=True, readonly=True, ondelete="cascade")
    company_id = fields.Many2one(
        "res.company", required=True, default=lambda self: self.env.company, ondelete="cascade"
    )
    partner_id = fields.Many2one(
        "res.partner",
        "Customer",
        required=True,
        ondelete="cascade",
        domain="[('parent_id', '=', False)]",
    )
    contact_id = fields.Many2one(
        "res.partner",
        "Complainant",
        ondelete="cascade",
        domain="[('commercial_partner_id', '=?', partner_id)]",
    )
    subject = fields.Char(required=True)
    description = fields.Html()
    category_id = fields.Many2one("crm.relationship.complaint.category", ondelete="cascade")
    message_file_ids = fields.Many2many("ir.attachment", compute="_compute_message_file_ids")
    attachment_ids = fields.Many2many(
        "ir.attachment",
        "crm_relationship_complaint_make_attachment_rel",
        string="Files",
        domain="[('id', 'in', message_file_ids)]",
        help="Copies of them go to the complaint.",
    )

    @api.depends("message_id")
    def _compute_message_file_ids(self):
        for wizard in self:
            wizard.message_file_ids = wizard.message_id.attachment_ids

    @api.model
    def default_get(self, fields_list):
        """Take what the message and its document say."""
        values = super().default_get(fields_list)
        message = self.env["mail.message"].browse(values.get("message_id")).exists()
        if not message:
            return values
        document = self._get_document(message)
        contact = self._get_contact(message, document)
        customer = contact.commercial_partner_id
        text = html2plaintext(message.body or "").strip()
        first_line = text.split("\n")[0][:SUBJECT_LENGTH]
        company = "company_id" in document and document["company_id"]
        return {
            **values,
            "company_id": (company or self.env.company).id,
            "partner_id": customer.id,
            "contact_id": contact.id if contact != customer or not contact.is_company else False,
            "subject": message.subject or first_line or document.display_name,
            "description": False if is_html_empty(message.body) else message.body,
            "attachment_ids": [(6, 0, message.attachment_ids.ids)],
        }

    @api.model
    def _get_document(self, message):
        """Return what the message was written on, after checks of what it takes to read it."""
        message.check_access("read")
        if message.model not in CUSTOMERS or not message.res_id:
            raise UserError(
                self.env._(
                    "A complaint is made of messages on customers, orders, invoices and "
                    "opportunities."
                )
            )
        document = self.env[message.model].browse(message.res_id)
        document.check_access("read")
        return document

    @api.model
    def _get_contact(self, message, document):
        """Return who complains: the author, if he is the customer's, else whose document it is."""
        partner = document if document._name == "res.partner" else document["partner_id"]
        author = message.author_id
        if author and author.commercial_partner_id == partner.commercial_partner_id:
            return author
        if author and not partner and author.partner_share:
            return author
        return partner

    def action_make(self):
        """Enter the complaint, with copies of the files and links both ways."""
        self.ensure_one()
        message = self.message_id
        document = self._get_document(message)
        self._check_not_made(message)
        complaint = self.env["crm.relationship.complaint"].create(self._prepare_complaint(document))
        # The link is what the model writes; whoever enters a complaint need not work on it.
        complaint.sudo()._save({"origin_message_id": message.id})
        files = self.attachment_ids & message.attachment_ids
        for attachment in files:
            # Whoever reads the message reads its files; the copy is the complaint's own.
            attachment.sudo().copy(
                {"res_model": complaint._name, "res_id": complaint.id, "access_token": False}
            )
        complaint.sudo()._message_log(
            body=self.env._(
                "Made of a message on %(document)s.", document=document._get_html_link()
            )
        )
        # Whoever reads the document need not see the complaint: its subject may be confidential.
        document.sudo()._message_log(
            body=self.env._(
                "A message became the complaint %(complaint)s.",
                complaint=complaint._get_html_link(title=complaint.name),
            )
        )
        return {
            "type": "ir.actions.act_window",
            "res_model": complaint._name,
            "res_id": complaint.id,
            "views": [(False, "form")],
        }

    def _prepare_complaint(self, document):
        values = {
            "subject": self.subject,
            "description": self.description,
            "company_id": self.company_id.id,
            "partner_id": self.partner_id.id,
            "contact_id": self.contact_id.id,
            "category_id": self.category_id.id,
            "channel": "mail",
        }
        if document._name == "sale.order":
            values["sale_order_id"] = document.id
        elif document._name == "account.move" and document.is_sale_document():
            values["invoice_id"] = document.id
        return values

    def _check_not_made(self, message):
        # Others' complaints count too.
        complaints = self.env["crm.relationship.complaint"].sudo()
        made = complaints.search([("origin_message_id", "=", message.id)], limit=1)
        if made:
            raise UserError(
                self.env._("This message became the complaint %(number)s.", number=made.name)
            )

    @api.model
    def _is_offered(self):
        """Return whether the chatter offers it to the user."""
        return self.env.user.has_group(FEATURE)
