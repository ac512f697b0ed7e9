from werkzeug.exceptions import NotFound

from odoo import http
from odoo.exceptions import UserError, ValidationError
from odoo.fields import Domain
from odoo.http import request
from odoo.tools import consteq, plaintext2html

from odoo.addons.portal.controllers.portal import CustomerPortal, pager as portal_pager

PAGE_SIZE = 20
LATEST_DOCUMENTS = 100
"""So many orders and invoices a customer chooses from."""

FILES_AT_MOST = 10
FILE_MEGABYTES = 25
SUBJECT_LENGTH = 200
TEXT_LENGTH = 20_000

COMPLAINT = "crm.relationship.complaint"
REASONED = ("dispute", "reopen", "withdraw")
"""What customers do only with a reason."""


class ComplaintPortal(CustomerPortal):
    """Customers file complaints and follow them.

    How it works
        Portal users may read no complaint. Each route finds it as sudo by who is logged in, or
        by the token of the link in a mail, and shows only what the complaint prepares for
        customers. Whatever somebody may not see is not found, like what there is not.
    """

    # ------------------------------------------------------------------ access

    def _get_complaints(self):
        """Return the model as sudo, if complaints are switched on."""
        # Customers have no right to the model: what they see is decided below.
        complaints = request.env[COMPLAINT].sudo()
        if not complaints._is_portal_on():
            raise NotFound
        return complaints

    def _get_visible_domain(self):
        return request.env[COMPLAINT]._get_portal_domain(request.env.user)

    def _find_complaint(self, complaint_id, access_token=None):
        """Return the complaint as sudo, if the visitor may see it."""
        complaints = self._get_complaints()
        complaint = complaints.browse(complaint_id).exists()
        if complaint and access_token and complaint.access_token:
            if consteq(complaint.access_token, access_token):
                return complaint
        if not complaint or request.env.user._is_public():
            raise NotFound
        found = complaints.search(
            self._get_visible_domain() & Domain("id", "=", complaint_id), limit=1
        )
        if not found:
            raise NotFound
        return found

    def _get_author(self, complaint):
        """Return as whom the visitor speaks: himself, or whom the link was sent to."""
        if request.env.user._is_public():
            return complaint._mail_get_partners()[complaint.id]
        return request.env.user.partner_id.sudo()

    def _get_can(self, complaint, access_token=None):
        """Return what the visitor can do: employees only look at what customers see, and
        colleagues of the complainant write at most.
        """
        if request.env.user._is_internal():
            return set()
        can = complaint._get_portal_can()
        return can if self._is_own(complaint, access_token) else can & {"message"}

    def _is_own(self, complaint, access_token):
        """Return whether the visitor is the complainant, by his account or the link in a mail."""
        if access_token and consteq(complaint.access_token or "", access_token):
            return True
        return request.env.user.partner_id == complaint._mail_get_partners()[complaint.id]

    # ------------------------------------------------------------ home and list

    def _prepare_portal_layout_values(self):
        values = super()._prepare_portal_layout_values()
        values["has_complaints"] = request.env[COMPLAINT]._is_portal_on()
        return values

    def _prepare_home_portal_values(self, counters):
        values = super()._prepare_home_portal_values(counters)
        if "complaint_count" in counters:
            complaints = request.env[COMPLAINT].sudo()  # found by who is logged in
            values["complaint_count"] = (
                complaints.search_count(self._get_visible_domain())
                if complaints._is_portal_on()
                else 0
            )
        return values

    @http.route(
        ["/my/complaints", "/my/complaints/page/<int:page>"],
        type="http",
        auth="user",
        website=True,
        readonly=True,
    )
    def portal_my_complaints(self, page=1, sortby=None, filterby=None, **kwargs):
        complaints = self._get_complaints()
        sortings = {
            "date": {"label": request.env._("Newest"), "order": "date_received desc, id desc"},
            "number": {"label": request.env._("Number"), "order": "name desc"},
            "stage": {"label": request.env._("Status"), "order": "stage_id, date_received desc"},
        }
        filters = {
            "all": {"label": request.env._("All"), "domain": Domain.TRUE},
            "open": {
                "label": request.env._("Open"),
                "domain": Domain("stage_code", "!=", "closed"),
            },
            "closed": {
                "label": request.env._("Settled"),
                "domain": Domain("stage_code", "=", "closed"),
            },
        }
        sortby = sortby if sortby in sortings else "date"
        filterby = filterby if filterby in filters else "all"
        domain = self._get_visible_domain() & filters[filterby]["domain"]
        pager = portal_pager(
            url="/my/complaints",
            total=complaints.search_count(domain),
            page=page,
            step=PAGE_SIZE,
            url_args={"sortby": sortby, "filterby": filterby},
        )
        found = complaints.search(
            domain, order=sortings[sortby]["order"], limit=PAGE_SIZE, offset=pager["offset"]
        )
        values = self._prepare_portal_layout_values()
        values.update(
            complaints=found,
            page_name="complaint",
            pager=pager,
            default_url="/my/complaints",
            searchbar_sortings=sortings,
            sortby=sortby,
            searchbar_filters=filters,
            filterby=filterby,
        )
        return request.render("crm_relationship.portal_complaint_list", values)

    # --------------------------------------------------------------------- new

    @http.route("/my/complaints/new", type="http", auth="user", website=True, methods=["GET"])
    def portal_complaint_new(self, **kwargs):
        self._get_complaints()
        return self._render_new({})

    @http.route("/my/complaints/new", type="http", auth="user", website=True, methods=["POST"])
    def portal_complaint_file(self, **post):
        complaints = self._get_complaints()
        try:
            vals = self._prepare_complaint(post)
            files = self._get_files()
            complaints._check_portal_limit(request.env.user, request.env.company)
            with request.env.cr.savepoint():
                complaint = complaints.create(vals)
        except (UserError, ValidationError) as error:
            return self._render_new(post, error=str(error))
        if files:
            complaint._portal_post(
                self._get_author(complaint), request.env._("My files for this complaint"), files
            )
        return request.redirect(f"/my/complaints/{complaint.id}?done=file")

    def _render_new(self, post, error=None):
        values = self._prepare_portal_layout_values()
        values.update(
            page_name="complaint",
            is_new_complaint=True,
            post=post,
            error=error,
            categories=self._get_categories(),
            orders=self._get_documents("sale.order"),
            invoices=self._get_documents("account.move"),
        )
        return request.render("crm_relationship.portal_complaint_new", values)

    def _get_categories(self):
        # Customers have no right to the catalogue: they choose from what is shown to them.
        categories = request.env["crm.relationship.complaint.category"].sudo()
        return categories.search([("is_portal", "=", True)])

    def _get_documents(self, model):
        """Return the customer's orders or invoices, by the visitor's own rights."""
        documents = request.env[model]
        if not documents.has_access("read"):
            return documents
        customer = request.env.user.partner_id.commercial_partner_id
        domain = Domain("company_id", "=", request.env.company.id)
        domain &= Domain("partner_id", "child_of", customer.id)
        if model == "sale.order":
            domain &= Domain("state", "=", "sale")
        else:
            domain &= Domain([("move_type", "=", "out_invoice"), ("state", "=", "posted")])
        return documents.search(domain, limit=LATEST_DOCUMENTS, order="id desc")

    def _prepare_complaint(self, post):
        """Return the values of a new complaint; nothing else that was sent counts."""
        subject = (post.get("subject") or "").strip()[:SUBJECT_LENGTH]
        text = (post.get("description") or "").strip()[:TEXT_LENGTH]
        if not subject or not text:
            raise UserError(request.env._("Please enter a subject, and what happened."))
        contact = request.env.user.partner_id
        return {
            "subject": subject,
            "description": plaintext2html(text),
            "demand": (post.get("demand") or "").strip()[:TEXT_LENGTH],
            "channel": "portal",
            "company_id": request.env.company.id,
            "partner_id": contact.commercial_partner_id.id,
            "contact_id": contact.id,
            "category_id": self._choose(post.get("category_id"), self._get_categories()),
            "sale_order_id": self._choose(
                post.get("sale_order_id"), self._get_documents("sale.order")
            ),
            "invoice_id": self._choose(post.get("invoice_id"), self._get_documents("account.move")),
        }

    def _choose(self, chosen, offered):
        """Return the id that was chosen, if it was offered."""
        if not chosen:
            return False
        if not chosen.isdecimal() or int(chosen) not in offered.ids:
            raise UserError(request.env._("Please choose from the list."))
        return int(chosen)

    def _get_files(self):
        """Return the uploaded files as pairs of name and content."""
        files = []
        for upload in request.httprequest.files.getlist("files"):
            content = upload.read()
            if not upload.filename:
                continue
            if len(content) > FILE_MEGABYTES * 1024 * 1024:
                raise UserError(
                    request.env._(
                        "“%(file)s” is larger than %(size)s MB. Please send a smaller one.",
                        file=upload.filename,
                        size=FILE_MEGABYTES,
                    )
                )
            files.append((upload.filename, content))
        if len(files) > FILES_AT_MOST:
            raise UserError(
                request.env._("Please send at most %(count)s files at once.", count=FILES_AT_MOST)
            )
        return files

    # --------------------------------------------------------------------- one

    @http.route(
        "/my/complaints/<int:complaint_id>",
        type="http",
        auth="public",
        website=True,
        methods=["GET"],
    )
    def portal_complaint(self, complaint_id, access_token=None, done=None, **kwargs):
        if request.env.user._is_public() and not access_token:
            return request.redirect(f"/web/login?redirect=/my/complaints/{complaint_id}")
        complaint = self._find_complaint(complaint_id, access_token)
        return self._render_complaint(complaint, access_token, done=done)

    def _render_complaint(self, complaint, access_token=None, **values):
        messages = complaint._get_portal_messages()
        values = {
            **self._prepare_portal_layout_values(),
            "page_name": "complaint",
            "complaint": complaint,
            "messages": messages,
            "can": self._get_can(complaint, access_token),
            "access_token": access_token,
            "no_breadcrumbs": request.env.user._is_public(),
            "post": {},
            "error": None,
            "done": None,
            **values,
        }
        return request.render("crm_relationship.portal_complaint_page", values)

    @http.route(
        "/my/complaints/<int:complaint_id>/<any(message,accept,dispute,reopen,withdraw):step>",
        type="http",
        auth="public",
        website=True,
        methods=["POST"],
    )
    def portal_complaint_step(self, complaint_id, step, access_token=None, **post):
        complaint = self._find_complaint(complaint_id, access_token)
        if request.env.user._is_internal():
            raise NotFound
        if step != "message" and not self._is_own(complaint, access_token):
            raise NotFound
        text = (post.get("text") or "").strip()[:TEXT_LENGTH]
        author = self._get_author(complaint)
        try:
            with request.env.cr.savepoint():
                if step == "message":
                    complaint._portal_write(author, text, self._get_files())
                elif step in REASONED:
                    getattr(complaint, f"_portal_{step}")(author, text)
                else:
                    complaint._portal_accept(author)
        except (UserError, ValidationError) as error:
            return self._render_complaint(
                complaint, access_token, error=str(error), post={"step": step, "text": text}
            )
        return request.redirect(self._get_url(complaint, access_token, done=step))

    def _get_url(self, complaint, access_token=None, done=""):
        token = f"&access_token={access_token}" if access_token else ""
        return f"/my/complaints/{complaint.id}?done={done}{token}"

    # ------------------------------------------------------------ rating, files

    @http.route(
        "/my/complaints/<int:complaint_id>/rate",
        type="http",
        auth="public",
        website=True,
        methods=["GET", "POST"],
    )
    def portal_complaint_rate(self, complaint_id, access_token=None, **post):
        if request.env.user._is_public() and not access_token:
            return request.redirect(f"/web/login?redirect=/my/complaints/{complaint_id}/rate")
        complaint = self._find_complaint(complaint_id, access_token)
        values = {
            **self._prepare_portal_layout_values(),
            "page_name": "complaint",
            "complaint": complaint,
            "access_token": access_token,
            "no_breadcrumbs": request.env.user._is_public(),
            "can": self._get_can(complaint, access_token),
            "post": post,
            "error": None,
        }
        # A link in a mail rates nothing by itself: programmes that check links follow them.
        if request.httprequest.method == "POST" and "rate" in values["can"]:
            handling, outcome = post.get("handling"), post.get("outcome")
            if handling in ("1", "3", "5") and outcome in ("1", "3", "5"):
                feedback = (post.get("feedback") or "").strip()[:TEXT_LENGTH]
                complaint._rate(handling, outcome, feedback)
                return request.redirect(self._get_url(complaint, access_token, done="rate"))
            values["error"] = request.env._("Please answer both questions.")
        return request.render("crm_relationship.portal_complaint_rate", values)

    @http.route(
        "/my/complaints/<int:complaint_id>/file/<int:file_id>",
        type="http",
        auth="public",
        readonly=True,
    )
    def portal_complaint_download(self, complaint_id, file_id, access_token=None, **kwargs):
        complaint = self._find_complaint(complaint_id, access_token)
        attachment = complaint._get_portal_files().filtered(lambda file: file.id == file_id)
        if not attachment:
            raise NotFound
        stream = request.env["ir.binary"].sudo()._get_stream_from(attachment)
        # Never shown in the browser: what somebody sent could run there.
        return stream.get_response(as_attachment=True)
