from odoo import SUPERUSER_ID, api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Domain
from odoo.tools import is_html_empty, plaintext2html

from .crm_relationship_complaint import FEATURE, INSIDERS

MESSAGES_A_DAY = 50
"""So many messages the people of one customer write into one complaint within 24 hours."""


class CrmRelationshipComplaint(models.Model):
    """What customers see of their complaints, and may do.

    How it works
        Portal users have no right to the model at all. The pages ask ``_get_portal_domain``
        or the token, and show what ``crm_relationship_complaint_portal_page`` prepares. Odoo's
        own routes for messages take no token of a complaint: they would show its followers and
        all of its files.
    """

    _name = "crm.relationship.complaint"
    _inherit = ["crm.relationship.complaint", "portal.mixin"]

    access_token = fields.Char(groups=INSIDERS)
    date_accepted = fields.Datetime(
        "Accepted by the Customer",
        readonly=True,
        copy=False,
        help="When the complainant accepted our answer.",
    )

    def _compute_access_url(self):
        result = super()._compute_access_url()
        for complaint in self:
            complaint.access_url = f"/my/complaints/{complaint.id}"
        return result

    @api.model
    def _get_managed_fields(self):
        return super()._get_managed_fields() | {"access_token", "date_accepted"}

    @api.model
    def _get_thread_with_access(self, thread_id, *, hash=None, pid=None, token=None, **kwargs):
        """Give no access by token to what Odoo shows of a thread."""
        return super()._get_thread_with_access(thread_id, **kwargs)

    @api.model
    def _is_portal_on(self):
        """Return whether complaints are switched on, for customers too."""
        # Customers may know whether there is such a page.
        feature = self.env.ref(FEATURE).sudo()
        return feature in self.env.ref("base.group_user").sudo().all_implied_ids

    @api.model
    def _get_portal_domain(self, user):
        """Return the domain of the complaints that a portal user sees.

        His own: where he complains, or where his account is the customer and nobody else is
        named. Those of his colleagues where their company with us has turned that on.
        """
        contact = user.partner_id
        customer = contact.commercial_partner_id
        own = Domain("contact_id", "=", contact.id) | Domain(
            [("contact_id", "=", False), ("partner_id", "=", contact.id)]
        )
        siblings = Domain(
            [
                ("partner_id", "=", customer.id),
                ("is_confidential", "=", False),
                ("company_id.relationship_complaint_portal_siblings", "=", True),
            ]
        )
        return Domain("company_id", "in", user.company_ids.ids) & (own | siblings)

    # ------------------------------------------------------ what customers do

    def _portal_post(self, author, body, files=()):
        """Post a message of a customer.

        :param files: pairs of name and content
        """
        self.ensure_one()
        # What looks like a page is kept as text, as Odoo does with files of mails.
        complaint = self.with_user(SUPERUSER_ID).with_context(attachments_mime_plainxml=True)
        return complaint.message_post(
            author_id=author.id,
            email_from=author.email_formatted or False,
            body=plaintext2html(body) if body else "",
            attachments=list(files),
            message_type="comment",
            subtype_xmlid="mail.mt_comment",
        )

    def _portal_write(self, author, body, files=()):
        """Post what a customer writes into an open complaint."""
        self.ensure_one()
        complaint = self.with_user(SUPERUSER_ID)
        if complaint.stage_code == "closed":
            raise UserError(self.env._("It is settled. Reopen it to go on."))
        if not body and not files:
            raise UserError(self.env._("Please write something, or choose a file."))
        since = fields.Datetime.subtract(fields.Datetime.now(), days=1)
        written = complaint._get_portal_messages().filtered(
            lambda message: (
                message.date > since
                and message.author_id.commercial_partner_id == complaint.partner_id
            )
        )
        if len(written) >= MESSAGES_A_DAY:
            raise UserError(
                self.env._(
                    "You have written %(count)s messages within a day, the most we take here.",
                    count=len(written),
                )
            )
        complaint._portal_post(author, body, files)

    def _portal_accept(self, author):
        """Accept our answer; closes the complaint if it has all that closing needs."""
        self.ensure_one()
        complaint = self.with_user(SUPERUSER_ID)
        complaint._check_answered()
        complaint._portal_post(author, self.env._("I accept the answer."))
        complaint._save({"date_accepted": fields.Datetime.now()})
        complaint._portal_close(
            self.env._("The customer accepts the answer: close it"), result="accepted"
        )

    def _portal_close(self, request, **closing):
        """Close the complaint, or ask the handler to.

        What closing lacks, such as an approval, is nothing for the customer to read.

        :param request: what the handler is asked for
        """
        self.ensure_one()
        try:
            with self.env.cr.savepoint():
                self._move("closed", **closing)
        except UserError:
            self._call_for(request)

    def _portal_dispute(self, author, reason):
        """Refuse our answer: it is assessed again."""
        self.ensure_one()
        complaint = self.with_user(SUPERUSER_ID)
        complaint._check_answered()
        complaint._check_reason(reason)
        complaint._step_back("assessing", reason)
        complaint._portal_post(author, reason)
        complaint._call_for(self.env._("The customer disputes the answer"), note=reason)

    def _portal_reopen(self, author, reason):
        """Reopen a closed complaint within the period."""
        self.ensure_one()
        complaint = self.with_user(SUPERUSER_ID)
        complaint._reopen(reason, origin="complainant")
        complaint._portal_post(author, reason)

    def _portal_withdraw(self, author, reason):
        """Take the complaint back."""
        self.ensure_one()
        complaint = self.with_user(SUPERUSER_ID)
        complaint._check_reason(reason)
        complaint._portal_post(author, reason)
        complaint._portal_close(
            self.env._("The customer withdraws the complaint: close it"),
            result="withdrawn",
            closing_reason=reason,
        )

    def _check_answered(self):
        if self.stage_code != "responded" or is_html_empty(self.answer):
            raise UserError(self.env._("There is no answer to accept or to dispute at present."))

    def _check_reason(self, reason):
        if not (reason or "").strip():
            raise UserError(self.env._("Please tell us why."))

    def _on_reopen(self):
        self._save({"date_accepted": False})
        return super()._on_reopen()

    @api.model
    def _check_portal_limit(self, user, company):
        """Check that a portal user has not filed more complaints than the company takes a day."""
        limit = company.relationship_complaint_portal_limit
        since = fields.Datetime.subtract(fields.Datetime.now(), days=1)
        filed = self.sudo().search_count(
            [
                ("create_uid", "=", user.id),
                ("channel", "=", "portal"),
                ("create_date", ">", since),
                ("company_id", "=", company.id),
            ],
            limit=limit + 1,
        )
        if filed >= limit:
            raise UserError(
                self.env._(
                    "You have filed %(count)s complaints within a day, the most we take here. "
                    "Write into one of them, or call us.",
                    count=filed,
                )
                if limit
                else self.env._("New complaints can't be filed here. Please write or call us.")
            )
