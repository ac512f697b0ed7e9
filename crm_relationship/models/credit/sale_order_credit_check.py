from markupsafe import Markup

from odoo import api, fields, models

from ..res_partner import RELATIONSHIP_GROUP
from .crm_relationship_credit_policy_order_check import APPROVERS


class SaleOrder(models.Model):
    """What the order check finds, as a banner on the quotation.

    The customer of the check is who will owe the money: the commercial partner of the invoice
    address.
    """

    _inherit = "sale.order"

    relationship_check = fields.Selection(
        [("warn", "Warned"), ("block", "Blocked"), ("released", "Released")],
        "Credit Check",
        compute="_compute_relationship_check",
        groups=RELATIONSHIP_GROUP,
        help="What the credit check says of the quotation today.",
    )
    relationship_check_note = fields.Html(
        "Speaks Against It",
        compute="_compute_relationship_check",
        sanitize=False,
        exportable=False,
        groups=RELATIONSHIP_GROUP,
    )

    relationship_counts_orders = fields.Boolean(
        "Counts Other Orders", compute="_compute_relationship_check", groups=RELATIONSHIP_GROUP
    )

    @api.depends(
        "state",
        "company_id",
        "currency_id",
        "amount_total",
        "partner_id",
        "partner_invoice_id",
        "payment_term_id",
        "relationship_release_id",
    )
    @api.depends_context("uid", "lang", "allowed_company_ids")
    def _compute_relationship_check(self):
        self.relationship_check = False
        self.relationship_check_note = False
        self.relationship_counts_orders = False
        modes = self.env["res.company"]._get_relationship_check_modes()
        if not modes:
            return
        quotations = self.filtered(
            lambda order: order.state in ("draft", "sent") and order.company_id.id in modes
        )
        found = quotations._find_credit_reasons()
        notes = self._describe_credit_reasons(found)
        for order in found:
            released = order._get_covering_release()
            order.relationship_check = "released" if released else modes[order.company_id.id]
            order.relationship_check_note = Markup("<ul class='mb-0'>%s</ul>") % Markup().join(
                Markup("<li>%s</li>") % line for line in notes[order]
            )
            order.relationship_counts_orders = "limit" in found[order]

    def _compute_partner_credit_warning(self):
        """Leave Odoo's warning out where the check looks at the limit: it says so more exactly."""
        super()._compute_partner_credit_warning()
        modes = self.env["res.company"]._get_relationship_check_modes()
        if not modes or not self.env.user.has_group(RELATIONSHIP_GROUP):
            return
        policies = self.env["crm.relationship.credit.policy"].sudo()
        checking = policies.search(
            [("company_id", "in", list(modes)), ("checks_limit", "=", True)]
        ).company_id
        checked = self.filtered(lambda order: order.company_id in checking)
        checked.partner_credit_warning = ""

    def _get_credit_customer(self):
        """Return who will owe the money."""
        return self.partner_invoice_id.commercial_partner_id

    def _find_credit_reasons(self, lock=False):
        """Return ``{order: {reason: figures}}`` of those that something speaks against.

        Orders that are paid in full pass: nothing will be owed.

        :param lock: the answer decides, so it must hold beside what others confirm now
        """
        # What speaks against an order does not depend on what the user may see, hence sudo; the
        # figures are shown to those alone who may see them, see _describe_credit_reasons.
        found = {}
        modes = self.env["res.company"]._get_relationship_check_modes()
        for company, orders in self.sudo().grouped("company_id").items():
            if company.id not in modes:
                continue
            policy = self.env["crm.relationship.credit.policy"].sudo()._get_of_company(company)
            if lock:
                policy._take_turns(orders)
            found.update(policy._check_orders(orders))
        return {
            order.with_env(self.env): reasons
            for order, reasons in found.items()
            if not order._is_prepaid()
        }

    def _is_prepaid(self):
        """Return whether payments that were captured cover the order; a reserved amount is none."""
        transactions = self._origin.sudo().transaction_ids  # of them only their sum matters
        paid = sum(
            self._get_prepayment(transaction)
            for transaction in transactions
            if transaction.source_transaction_id not in transactions  # which counts its children
        )
        return paid > 0 and self.currency_id.compare_amounts(paid, self._get_credit_amount()) >= 0

    def _get_prepayment(self, transaction):
        """Return what a transaction pays of the order, in the order's currency. One of several
        orders pays none of them unless it pays all.
        """
        day = fields.Date.context_today(self)
        paid = transaction._get_kept_amount()
        if transaction.currency_id != self.currency_id:
            paid = transaction.currency_id._convert(paid, self.currency_id, self.company_id, day)
        others = (transaction.sale_order_ids - self._origin).filtered(
            lambda order: order.state != "cancel"
        )
        own = self._get_credit_amount()
        total = own + sum(
            order.currency_id._convert(
                order._get_credit_amount(), self.currency_id, self.company_id, day
            )
            for order in others
        )
        if not others:
            return paid
        return own if self.currency_id.compare_amounts(paid, total) >= 0 else 0

    def _get_credit_amount(self):
        """Return what the order comes to, with what was delivered beyond it and is invoiced."""
        return self.amount_total + sum(
            line._get_surplus_amount() for line in self.order_line if line.qty_delivered
        )

    def _describe_credit_reasons(self, found):
        """Return ``{order: [lines]}``; without figures where the user may not see the customer's
        profile.
        """
        policies = self.env["crm.relationship.credit.policy"].sudo()
        companies = {order.sudo().company_id for order in found}
        policy_by_company = {company: policies._get_of_company(company) for company in companies}
        hidden = self._get_hidden_customers(found)
        labels = policies._get_reason_labels()
        notes = {}
        for order, reasons in found.items():
            if order._get_credit_owner() in hidden:
                notes[order] = [labels[name] for name in reasons]
            else:
                policy = policy_by_company[order.sudo().company_id]
                notes[order] = policy._describe_reasons(reasons)
        return notes

    def _get_hidden_customers(self, orders):
        """Return ``{(customer id, company id)}`` of those whose profile the user may not see, or
        could not see if there were one.
        """
        pairs = {order._get_credit_owner() for order in orders}
        # Whatever runs on behalf of the user, it is the user who reads the figures.
        profiles = self.env["crm.relationship.profile"].sudo(False)
        if not pairs or profiles.env.su:
            return set()
        if not profiles.has_access("read"):
            return pairs
        rule = profiles.env["ir.rule"]._compute_domain(profiles._name, "read")
        return {
            (customer, company)
            for customer, company in pairs
            if not profiles.sudo()
            .new({"partner_id": customer, "company_id": company})
            .filtered_domain(rule)
        }

    def _get_credit_owner(self):
        """Return whose credit it is: ``(customer id, company id)``."""
        order = self.sudo()  # the ids alone tell nothing
        return order._get_credit_customer().id, order.company_id.id

    def action_explain_relationship_check(self):
        """Open the answer to "why this grade?" of the customer that is checked."""
        self.ensure_one()
        profile = self.env["crm.relationship.profile"].search(
            [
                ("partner_id", "=", self._get_credit_customer().id),
                ("company_id", "=", self.company_id.id),
            ]
        )
        return profile.action_explain_credit() if profile else False

    def _get_credit_makers(self):
        """Return who may not release the order: who sells or sold it and who entered it."""
        self.ensure_one()
        order = self.sudo()  # whoever is asked need not see who they are
        return order.user_id | order.create_uid | order.relationship_former_seller_ids

    def _may_release_credit(self):
        """Return whether the user approves credit and has not made the order."""
        return self.env.user.has_group(APPROVERS) and self.env.user not in self._get_credit_makers()
