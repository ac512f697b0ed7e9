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
                policy._lock_quotations(orders)
            found.update(policy._check_orders(orders))
        return {
            order.with_env(self.env): reasons
            for order, reasons in found.items()
            if not order._is_prepaid()
        }

    def _is_prepaid(self):
        """Return whether payments that were captured cover the order; a reserved amount is none."""
        order = self._origin.sudo()  # of the transactions only their sum matters
        paid = 0
        for transaction in order.transaction_ids.filtered(lambda tx: tx.state == "done"):
            if transaction.currency_id == self.currency_id:
                paid += transaction.amount
            else:
                paid += transaction.currency_id._convert(
                    transaction.amount, self.currency_id, self.company_id
                )
        return paid > 0 and self.currency_id.compare_amounts(paid, self.amount_total) >= 0

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
            if (order.sudo()._get_credit_customer().id, order.company_id.id) in hidden:
                notes[order] = [labels[name] for name in reasons]
            else:
                policy = policy_by_company[order.sudo().company_id]
                notes[order] = policy._describe_reasons(reasons)
        return notes

    def _get_hidden_customers(self, orders):
        """Return ``{(customer id, company id)}`` of the profiles that the user may not see."""
        pairs = {
            (order.sudo()._get_credit_customer().id, order.sudo().company_id.id) for order in orders
        }
        if not pairs or self.env.su:
            return set()
        profiles = self.env["crm.relationship.profile"]
        chosen = [
            ("partner_id", "in", [customer for customer, _company in pairs]),
            ("company_id", "in", [company for _customer, company in pairs]),
        ]
        kept = profiles.sudo().search(chosen)
        visible = profiles.search(chosen) if profiles.has_access("read") else profiles
        return {
            (profile.partner_id.id, profile.company_id.id)
            for profile in kept.filtered(lambda profile: profile.id not in visible._ids)
        }

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
        """Return who may not release the order: who sells it and who entered it."""
        self.ensure_one()
        return self.sudo().user_id | self.sudo().create_uid

    def _may_release_credit(self):
        """Return whether the user approves credit and has not made the order."""
        return self.env.user.has_group(APPROVERS) and self.env.user not in self._get_credit_makers()
