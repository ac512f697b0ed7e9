from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError

from ..key_account.crm_relationship_plan_lock_mixin import is_talk
from ..saving import SAVING, without_defaults
from .crm_relationship_complaint_team import check_workers

FEATURE = "crm_relationship.group_complaint_feature"
INSIDERS = (
    "crm_relationship.group_complaint,crm_relationship.group_executive,crm_relationship.group_user"
)
"""Who sees what is said among ourselves about a complaint, other employees don't."""

SEQUENCE = "crm.relationship.complaint"
SAVES = "saves_complaint"
"""Context key whose value is ``SAVING`` while the model itself writes what it manages."""

LINKS = ("partner_id", "contact_id", "product_id", "sale_order_id", "invoice_id")


class CrmRelationshipComplaint(models.Model):
    """What a customer is not content with, from the day we hear of it until it is settled.

    How it works
        The core is here; each aspect has its file: what the category fills in, the priority, the
        stages, reopening, waiting, age, assignment. What the model manages itself (number,
        dates of the stages, counters) nobody writes, whatever the route. A closed complaint
        stays as it is until it is reopened.
    """

    _name = "crm.relationship.complaint"
    _description = "Complaint"
    _inherit = [
        "mail.tracking.duration.mixin",
        "mail.activity.mixin",
        "crm.relationship.document.mixin",
    ]
    _order = "priority desc, date_received, id"
    _rec_names_search = ["name", "subject"]
    _check_company_auto = True
    _track_duration_field = "stage_id"

    name = fields.Char(
        "Number", required=True, readonly=True, copy=False, default="/", index="trigram"
    )
    subject = fields.Char(required=True, tracking=True, index="trigram")
    company_id = fields.Many2one(
        "res.company",
        required=True,
        index=True,
        ondelete="cascade",
        default=lambda self: self.env.company,
    )
    partner_id = fields.Many2one(
        "res.partner",
        "Customer",
        compute="_compute_partner_id",
        store=True,
        readonly=False,
        precompute=True,
        required=True,
        index=True,
        ondelete="restrict",
        tracking=True,
        check_company=True,
        domain="[('parent_id', '=', False)]",
    )
    contact_id = fields.Many2one(
        "res.partner",
        "Complainant",
        index="btree_not_null",
        ondelete="set null",
        tracking=True,
        check_company=True,
        domain="[('commercial_partner_id', '=?', partner_id)]",
        help="The customer's contact who complains.",
    )
    contact_email = fields.Char(
        related="contact_id.email", string="Complainant's Email", tracking=False
    )
    contact_phone = fields.Char(
        related="contact_id.phone", string="Complainant's Phone", tracking=False
    )
    channel = fields.Selection(
        [
            ("mail", "Email"),
            ("phone", "Phone"),
            ("portal", "Portal"),
            ("visit", "Visit"),
            ("web", "Website"),
            ("social", "Social media"),
            ("shop", "Shop"),
        ],
        required=True,
        default="phone",
        help="How we heard of it.",
    )
    date_received = fields.Datetime(
        "Received",
        required=True,
        default=fields.Datetime.now,
        copy=False,
        tracking=True,
        help="When the customer told us.",
    )
    description = fields.Html(help="What happened, in the customer's words.")
    demand = fields.Text("Asks For", help="What the complainant wants from us.")
    product_id = fields.Many2one(
        "product.product",
        index="btree_not_null",
        ondelete="set null",
        check_company=True,
    )
    sale_order_id = fields.Many2one(
        "sale.order",
        "Order",
        index="btree_not_null",
        ondelete="set null",
        check_company=True,
        domain="[('partner_id.commercial_partner_id', '=?', partner_id)]",
    )
    invoice_id = fields.Many2one(
        "account.move",
        index="btree_not_null",
        ondelete="set null",
        check_company=True,
        domain="[('move_type', 'in', ('out_invoice', 'out_refund')), "
        "('commercial_partner_id', '=?', partner_id)]",
    )
    category_id = fields.Many2one(
        "crm.relationship.complaint.category",
        index="btree_not_null",
        ondelete="restrict",
        tracking=True,
        help="Fills in what is usual for such complaints, where nobody entered anything else.",
    )
    touchpoint_id = fields.Many2one(
        "crm.relationship.complaint.touchpoint",
        index="btree_not_null",
        ondelete="restrict",
        help="At which moment of the relationship it happened.",
    )
    touchpoint_phase = fields.Selection(
        related="touchpoint_id.phase", store=True, string="Phase", group_expand=True
    )

    team_id = fields.Many2one(
        "crm.relationship.complaint.team",
        compute="_compute_team_id",
        store=True,
        precompute=True,
        readonly=False,
        index="btree_not_null",
        ondelete="restrict",
        tracking=True,
        check_company=True,
        domain="[('company_id', '=', company_id)]",
    )
    user_id = fields.Many2one(
        "res.users",
        "Handler",
        index="btree_not_null",
        copy=False,
        tracking=True,
        domain=lambda self: self.env["crm.relationship.complaint.team"]._get_worker_domain(),
        help="Who answers for the complaint until it is closed.",
    )

    _name_uniq = models.UniqueIndex(
        "(company_id, name) WHERE name <> '/'", "There is a complaint of this number already."
    )
    _board_idx = models.Index("(company_id, stage_id, priority DESC, date_received, id)")
    _received_idx = models.Index("(company_id, date_received)")

    @api.depends("contact_id")
    def _compute_partner_id(self):
        """Whoever knows who complains knows which customer it is."""
        for complaint in self:
            customer = complaint.contact_id.commercial_partner_id
            complaint.partner_id = complaint.partner_id or customer

    @api.depends("name", "subject")
    def _compute_display_name(self):
        for complaint in self:
            number = complaint.name if complaint.name != "/" else False
            complaint.display_name = " ".join(filter(None, (number, complaint.subject)))

    @api.constrains("date_received")
    def _check_date_received(self):
        for complaint in self:
            if complaint.date_received > fields.Datetime.now():
                raise ValidationError(
                    self.env._("A complaint can't be received in the future. Correct the date.")
                )

    @api.constrains(*LINKS, "company_id")
    def _check_links(self):
        """Check that all is of the one customer.

        Whoever handles complaints need not see orders and invoices, hence sudo.
        """
        for complaint in self.sudo():
            customer = complaint.partner_id
            commercial = customer.commercial_partner_id
            if commercial != customer:
                raise ValidationError(
                    self.env._(
                        "%(contact)s is a contact of %(customer)s. Enter it as the complainant.",
                        contact=customer.display_name,
                        customer=commercial.display_name,
                    )
                )
            order, invoice = complaint.sale_order_id, complaint.invoice_id
            complaint._check_customers(complaint.contact_id, self.env._("The complainant"))
            complaint._check_customers(order.partner_id, self.env._("The order's customer"))
            complaint._check_customers(invoice.partner_id, self.env._("The invoice's customer"))
            complaint._check_documents_company(order)
            complaint._check_documents_company(invoice)
            if invoice and not invoice.is_sale_document(include_receipts=True):
                raise ValidationError(
                    self.env._("“%(document)s” is no invoice of ours.", document=invoice.name)
                )

    @api.constrains("user_id", "company_id")
    def _check_handler(self):
        for complaint in self:
            check_workers(complaint.user_id, complaint.company_id, self.env._("the handler"))

    def _check_customers(self, partner, what):
        """Check that ``partner`` belongs to the complaint's customer.

        :param what: as whose it stands there, such as "The complainant"
        """
        if partner and partner.commercial_partner_id != self.partner_id:
            raise ValidationError(
                self.env._(
                    "%(what)s, %(partner)s, does not belong to %(customer)s. Correct the customer "
                    "or choose another one.",
                    what=what,
                    partner=partner.display_name,
                    customer=self.partner_id.display_name,
                )
            )

    def _check_documents_company(self, document):
        if document and document.company_id != self.company_id:
            raise ValidationError(
                self.env._(
                    "“%(document)s” is of %(other)s, and the complaint of %(company)s. Enter the "
                    "complaint there.",
                    document=document.display_name,
                    other=document.company_id.name,
                    company=self.company_id.name,
                )
            )

    # ------------------------------------------------------------------- CRUD

    @api.model_create_multi
    def create(self, vals_list):
        """Number the complaints; what is further than new goes there by the rules."""
        own = without_defaults(self, self._get_managed_fields() | {*self._get_step_fields()})
        vals_list = [dict(vals) for vals in vals_list]
        steps = [
            {name: vals.pop(name) for name in self._get_step_fields() if name in vals}
            for vals in vals_list
        ]
        for vals in vals_list:
            self._check_managed(vals)
            vals["name"] = "/"
        complaints = super(CrmRelationshipComplaint, own).create(vals_list)
        for complaint in complaints:
            complaint._save({"name": complaint._get_sequence().next_by_id()})
        for complaint, step in zip(complaints, steps, strict=True):
            if step:
                complaint.write(step)
        return complaints

    def write(self, vals):
        if self.env.context.get(SAVES) is SAVING or is_talk(vals):
            return super().write(vals)
        self._check_managed(vals)
        self._check_company_stays(vals)
        self._check_not_locked(vals)
        return super().write(vals)

    @api.ondelete(at_uninstall=False)
    def _unlink_new_only(self):
        """Only what was entered by mistake goes; the rest is part of the customer's story."""
        if self.env.su or self.env.user.has_group("crm_relationship.group_executive"):
            return
        kept = self.filtered(lambda complaint: complaint.stage_code != "new")
        if kept:
            raise UserError(
                self.env._(
                    "“%(complaint)s” is being worked on, so it stays. Close it as withdrawn, or "
                    "ask an executive to delete it.",
                    complaint=kept[0].display_name,
                )
            )

    def copy_data(self, default=None):
        return [
            {**vals, "subject": self.env._("%(name)s (copy)", name=complaint.subject)}
            for complaint, vals in zip(self, super().copy_data(default), strict=True)
        ]

    def _save(self, vals):
        """Write what nobody else may."""
        # A context key that no call from outside can give.
        return self.with_context(**{SAVES: SAVING}).write(vals)

    @api.model
    def _get_managed_fields(self):
        """Return the names of the fields that the model writes by itself."""
        return {"name"}

    @api.model
    def _get_locked_fields(self):
        """Return the names of the fields that stay as they are once a complaint is closed."""
        return {
            *LINKS,
            "subject",
            "channel",
            "date_received",
            "description",
            "demand",
            "category_id",
            "touchpoint_id",
        }

    @api.model
    def _get_step_fields(self):
        """Return the names of the fields that a new complaint gets after it is saved."""
        return []

    def _check_managed(self, vals):
        managed = vals.keys() & self._get_managed_fields()
        if managed and not self.env.su:
            names = [self._fields[name]._description_string(self.env) for name in sorted(managed)]
            raise UserError(
                self.env._(
                    "Nobody enters this by hand, it follows from the steps: %(fields)s.",
                    fields=", ".join(names),
                )
            )

    def _check_company_stays(self, vals):
        if "company_id" in vals and any(
            complaint.company_id.id != vals["company_id"] for complaint in self
        ):
            raise UserError(
                self.env._(
                    "A complaint stays in its company, with its number. Enter it anew in the "
                    "other one."
                )
            )

    def _check_not_locked(self, vals):
        if self.env.su or not vals.keys() & self._get_locked_fields():
            return
        closed = self.filtered(lambda complaint: complaint.stage_code == "closed")
        if closed:
            raise UserError(
                self.env._(
                    "“%(complaint)s” is closed, so it stays as it is. Reopen it first.",
                    complaint=closed[0].display_name,
                )
            )

    def _get_sequence(self):
        """Return the sequence of the company's numbers."""
        return self.company_id._get_complaint_sequence()

    def action_take(self):
        """Make yourself the handler."""
        self.write({"user_id": self.env.uid})
