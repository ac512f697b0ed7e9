from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError

from ..key_account.crm_relationship_plan_lock_mixin import is_talk
from ..saving import SAVING, without_defaults
from .crm_relationship_complaint_limit import KINDS

SETTLES = "crm_relationship_settles_resolution"
"""Context key of the steps; its value is an object that no call from outside can give."""

MANAGED = {
    "state",
    "approved_amount",
    "requested_by_id",
    "requested_date",
    "request_reason",
    "decided_by_id",
    "decided_date",
    "refusal_reason",
    "date_done",
}
"""What only the steps write: grant, ask, approve, refuse, carry out."""

TERMS = ("amount", "kind")
"""What the limits look at: another value is granted anew."""


class CrmRelationshipComplaintResolution(models.Model):
    """One of the things by which a complaint is settled, and what it costs.

    How it works
        Whoever works on the complaint grants it. What is above a limit of the company waits for a
        manager, another person than who entered it, see the file of the approval. What is granted
        is carried out, at most for the amount that was granted; more is granted anew.
    """

    _name = "crm.relationship.complaint.resolution"
    _description = "Resolution of a Complaint"
    _inherit = [
        "crm.relationship.complaint.part.mixin",
        "mail.thread",
        "mail.activity.mixin",
    ]
    _order = "complaint_id, id"

    currency_id = fields.Many2one(related="company_id.currency_id")
    customer_id = fields.Many2one(
        related="complaint_id.partner_id", string="Customer", store=True, index=True
    )
    kind = fields.Selection(KINDS, required=True, default="apology", tracking=True)
    description = fields.Text(help="What exactly the customer gets.")
    amount = fields.Monetary("Cost", tracking=True, help="What it costs us.")
    credit_note_id = fields.Many2one(
        "account.move",
        index="btree_not_null",
        ondelete="set null",
        copy=False,
        domain="[('move_type', '=', 'out_refund'), ('company_id', '=', company_id),"
        " ('commercial_partner_id', '=?', customer_id)]",
    )
    sale_order_id = fields.Many2one(
        "sale.order",
        "Order",
        index="btree_not_null",
        ondelete="set null",
        copy=False,
        domain="[('company_id', '=', company_id),"
        " ('partner_id.commercial_partner_id', '=?', customer_id)]",
        help="The order by which it is delivered.",
    )
    state = fields.Selection(
        [
            ("draft", "Draft"),
            ("waiting", "Waiting for approval"),
            ("approved", "Approved"),
            ("refused", "Refused"),
            ("done", "Done"),
        ],
        required=True,
        readonly=True,
        default="draft",
        copy=False,
        tracking=True,
        index=True,
    )
    date_done = fields.Date("Done On", readonly=True, copy=False)

    _amount_positive = models.Constraint("CHECK (amount >= 0)", "A cost is zero or more.")

    @api.depends("kind", "description")
    @api.depends_context("lang")
    def _compute_display_name(self):
        kinds = dict(self._fields["kind"]._description_selection(self.env))
        for line in self:
            words = (line.description or "").strip().split("\n")[0][:60]
            line.display_name = ": ".join(filter(None, (kinds.get(line.kind), words)))

    @api.constrains("credit_note_id", "sale_order_id", "complaint_id")
    def _check_documents(self):
        """Check that the documents are the customer's.

        Whoever handles complaints need not see orders and invoices, hence sudo.
        """
        for line in self.sudo():
            for document in filter(None, (line.credit_note_id, line.sale_order_id)):
                complaint = line.complaint_id
                complaint._check_customers(
                    document.partner_id,
                    self.env._("The customer of “%(name)s”", name=document.display_name),
                )
                complaint._check_documents_company(document)
            if line.credit_note_id and line.credit_note_id.move_type != "out_refund":
                raise ValidationError(
                    self.env._(
                        "“%(document)s” is no credit note.",
                        document=line.credit_note_id.display_name,
                    )
                )

    # ------------------------------------------------------------------- CRUD

    @api.model_create_multi
    def create(self, vals_list):
        own = without_defaults(self, MANAGED)
        for vals in vals_list:
            self._check_managed(vals)
        lines = super(CrmRelationshipComplaintResolution, own).create(vals_list)
        lines._check_not_locked()
        return lines

    def write(self, vals):
        if self.env.context.get(SETTLES) is SAVING or is_talk(vals):
            return super().write(vals)
        self._check_managed(vals)
        self._check_stays(vals)
        self._check_may_work()
        before = {line: [line[name] for name in TERMS] for line in self}
        result = super().write(vals)
        changed = self.filtered(lambda line: [line[name] for name in TERMS] != before[line])
        if changed:
            changed._check_not_locked()
            changed._change_terms(before)
        return result

    @api.ondelete(at_uninstall=False)
    def _unlink_not_granted_only(self):
        if self.env.su:
            return
        self._check_may_work()
        self._check_not_locked()
        kept = self.filtered(lambda line: line.state in ("approved", "done"))
        if kept:
            raise UserError(
                self.env._(
                    "“%(resolution)s” was granted, so it is kept. Take it back to a draft first.",
                    resolution=kept[0].display_name,
                )
            )

    def _check_managed(self, vals):
        managed = vals.keys() & MANAGED
        if managed and not self.env.su:
            names = [self._fields[name]._description_string(self.env) for name in sorted(managed)]
            raise UserError(
                self.env._(
                    "Nobody enters this by hand, it follows from the steps: %(fields)s.",
                    fields=", ".join(names),
                )
            )

    def _settle(self, vals):
        """Write what only the steps write."""
        self.with_context(**{SETTLES: SAVING}).write(vals)
