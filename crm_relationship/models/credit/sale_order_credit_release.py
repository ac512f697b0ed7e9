from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError
from odoo.fields import Command

from ..res_partner import RELATIONSHIP_GROUP
from .crm_relationship_credit_policy_order_check import APPROVERS

RELEASES = "crm_relationship_sets_release"
"""Context key: the release of an order, or its wait for one, is being set."""

RELEASING = object()
"""Its value, which no call from outside can give."""

RELEASE_FIELDS = (
    "relationship_release_id",
    "relationship_is_held",
    "relationship_former_seller_ids",
)

ASKED = "crm_relationship.mail_activity_type_credit_release"


class SaleOrder(models.Model):
    """A credit approver releases an order that the check blocks.

    A release holds for this order, its customer, its payment terms and up to its amount. Who
    sells, sold or entered the order can't release it, nor sell it afterwards. Cancelling the
    order, or setting it back to a quotation, ends it.
    """

    _inherit = "sale.order"

    relationship_release_id = fields.Many2one(
        "crm.relationship.credit.release",
        "Valid Release",
        readonly=True,
        copy=False,
        index="btree_not_null",
        groups=RELATIONSHIP_GROUP,
    )
    relationship_release_ids = fields.One2many(
        "crm.relationship.credit.release", "order_id", groups=RELATIONSHIP_GROUP
    )
    relationship_release_count = fields.Integer(
        "Releases", compute="_compute_relationship_release_count", groups=RELATIONSHIP_GROUP
    )
    relationship_is_held = fields.Boolean(
        "Waits for Release",
        readonly=True,
        copy=False,
        groups=RELATIONSHIP_GROUP,
        help="Somebody asked for its release, or its customer confirmed it online.",
    )
    relationship_former_seller_ids = fields.Many2many(
        "res.users",
        "crm_relationship_former_seller_rel",
        "order_id",
        "user_id",
        "Former Salespersons",
        readonly=True,
        copy=False,
        groups=RELATIONSHIP_GROUP,
    )
    relationship_may_release = fields.Boolean(
        compute="_compute_relationship_may_release", groups=RELATIONSHIP_GROUP
    )

    _relationship_held_idx = models.Index("(company_id) WHERE relationship_is_held")

    @api.depends("relationship_release_ids")
    def _compute_relationship_release_count(self):
        groups = self.env["crm.relationship.credit.release"]._read_group(
            [("order_id", "in", self.ids)], ["order_id"], ["__count"]
        )
        counts = {order.id: count for order, count in groups}
        for order in self:
            order.relationship_release_count = counts.get(order.id, 0)

    @api.depends("user_id")
    @api.depends_context("uid")
    def _compute_relationship_may_release(self):
        for order in self:
            order.relationship_may_release = order._may_release_credit()

    @api.ondelete(at_uninstall=False)
    def _unlink_except_released(self):
        releases = self.env["crm.relationship.credit.release"].sudo()  # of every approver
        release = releases.search([("order_id", "in", self.ids)], limit=1)
        if release:
            raise UserError(
                self.env._(
                    "%(order)s has been released by %(user)s, and releases are kept. Cancel it "
                    "instead of deleting it.",
                    order=release.order_id.name,
                    user=release.user_id.name,
                )
            )

    def _refuse_release(self, vals):
        """Check that nobody but the release sets it."""
        if self.env.context.get(RELEASES) is not RELEASING and any(
            name in vals for name in (*RELEASE_FIELDS, "relationship_release_ids")
        ):
            raise UserError(
                self.env._(
                    "The release of an order can't be entered. A credit approver releases the "
                    "order itself, with a reason."
                )
            )

    def _keep_sellers_apart(self, vals):
        """Check that nobody sells in the end what he has released, and remember who sold it.

        A quotation just loses its release.
        """
        if "user_id" not in vals or not self.env["res.company"]._get_relationship_check_modes():
            return
        seller = self.env["res.users"].browse(vals["user_id"] or ())
        moved = self.sudo().filtered(lambda order: order.user_id != seller)
        released = moved.filtered(
            lambda order: (
                order.relationship_release_id and seller in order.relationship_release_ids.user_id
            )
        )
        confirmed = released.filtered(lambda order: order.state == "sale")
        if confirmed and not self.env.su:
            raise UserError(
                self.env._(
                    "%(user)s has released %(order)s, so somebody else must sell it: nobody "
                    "decides on the credit of his own order.",
                    user=seller.sudo().name,
                    order=confirmed[0].name,
                )
            )
        released._void_release()
        for former, orders in moved.filtered("user_id").grouped("user_id").items():
            orders._set_release_fields(relationship_former_seller_ids=[Command.link(former.id)])

    def _set_release_fields(self, **values):
        # Who asks, confirms or cancels need not approve credit, hence sudo.
        self.sudo().with_context(**{RELEASES: RELEASING}).write(values)

    def _get_voided_releases(self, vals):
        """Return the orders that ``vals`` takes back."""
        state = vals.get("state")
        if state not in ("draft", "cancel", "sent"):
            return self.browse()
        back = ("sale", "cancel") if state == "sent" else ("draft", "sent", "sale", "cancel")
        return self.sudo().filtered(
            lambda order: (
                order.state in back
                and order.state != state
                and (order.relationship_release_id or order.relationship_is_held)
            )
        )

    def _void_release(self):
        self._set_release_fields(relationship_release_id=False, relationship_is_held=False)
        self.sudo().activity_unlink([ASKED])

    def _end_wait(self):
        """Ask no longer for the release of orders that passed."""
        waiting = self.sudo().filtered("relationship_is_held")
        if waiting:
            waiting._set_release_fields(relationship_is_held=False)
            waiting.activity_unlink([ASKED])

    def _get_covering_release(self):
        """Return the release that lets the order pass as it is now, or none."""
        self.ensure_one()
        order = self.sudo()  # whoever confirms need not see the release
        release = order._origin.relationship_release_id
        is_covered = (
            release.order_id == order._origin
            and release.partner_id == order._get_credit_customer()
            and release.order_partner_id == order.partner_id
            and release.company_id == order.company_id
            and release.payment_term_id == order.payment_term_id
            and release.user_id not in order._origin._get_credit_makers()
            and release._covers_amount(order)
        )
        return release if release and is_covered else release.browse()

    def _is_under_review(self):
        """Return whether its customer did what it can: the page says that the order is reviewed,
        and nothing of the reason.
        """
        self.ensure_one()
        return (
            self.state in ("draft", "sent")
            and self.relationship_is_held
            and bool(self.signature or self.amount_paid)
            and not self._has_to_be_signed()
            and not self._has_to_be_paid()
        )

    def action_ask_release(self):
        """Ask a credit approver to release the quotation."""
        self.check_access("write")
        modes = self.env["res.company"]._get_relationship_check_modes()
        blocked = self.filtered(
            lambda order: (
                order.state in ("draft", "sent") and modes.get(order.company_id.id) == "block"
            )
        )
        found = blocked._find_credit_reasons()
        asked = self.browse(order.id for order in found if not order._get_covering_release())
        if not asked:
            raise UserError(
                self.env._("Nothing speaks against these orders: they need no release.")
            )
        asked._ask_for_release(
            self.env._("%(user)s asks for the release.", user=self.env.user.name)
        )
        return {
            "type": "ir.actions.client",
            "tag": "display_notification",
            "params": {
                "type": "success",
                "message": self.env._("A credit approver has been asked to release it."),
                "next": {"type": "ir.actions.client", "tag": "soft_reload"},
            },
        }

    def _ask_for_release(self, note):
        """Let the orders wait, each with one activity for whoever may release it."""
        self._set_release_fields(relationship_is_held=True)
        policies = self.env["crm.relationship.credit.policy"].sudo()
        orders = self.sudo()  # who asks may neither see the approvers nor their activities
        asked = orders.activity_search([ASKED]).mapped("res_id")
        for order in orders.filtered(lambda order: order.id not in asked):
            policy = policies._get_of_company(order.company_id)
            approver = policy._get_release_user(order) or order.user_id
            order.with_company(order.company_id).activity_schedule(
                ASKED, note=note, user_id=approver.id or self.env.uid
            )

    def action_release_credit(self):
        """Open the question why the order is released."""
        self.ensure_one()
        return self.env["ir.actions.act_window"]._for_xml_id(
            "crm_relationship.crm_relationship_release_action"
        )

    def action_open_relationship_releases(self):
        """Open the releases of the order."""
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "crm_relationship.crm_relationship_credit_release_action"
        )
        return {**action, "domain": [("order_id", "=", self.id)], "context": {}}

    def _release_credit(self, reason, amount):
        """Release the order up to an amount in the company's currency.

        :raises AccessError: for who does not approve credit, or made the order
        :raises UserError: if there is nothing to release
        """
        self.ensure_one()
        self.check_access("read")
        self._check_releaser()
        release = self._create_release((reason or "").strip(), amount)
        self._set_release_fields(relationship_release_id=release.id, relationship_is_held=False)
        order = self.sudo()  # the approver may read the order alone
        order.activity_feedback([ASKED], feedback=release.reason)
        order.message_post(
            body=self.env._(
                "Released by %(user)s up to %(amount)s: %(reason)s",
                user=self.env.user.name,
                amount=release._format_amount(),
                reason=release.reason,
            ),
            subtype_xmlid="mail.mt_note",
            author_id=self.env.user.partner_id.id,
        )
        return release

    def _check_releaser(self):
        """Check that the user may release the order."""
        if not self.env.user.has_group(APPROVERS):
            raise AccessError(self.env._("Only credit approvers release orders."))
        if not self._may_release_credit():
            raise AccessError(
                self.env._(
                    "You sell or entered %(order)s yourself. Another credit approver must release "
                    "it, so that nobody decides on the credit of his own order.",
                    order=self.name,
                )
            )

    def _create_release(self, reason, amount):
        """Keep the release with what speaks against the order today."""
        modes = self.env["res.company"]._get_relationship_check_modes()
        order = self.sudo()  # the record keeps what the approver sees, whoever's customer it is
        if modes.get(order.company_id.id) != "block" or order.state == "cancel":
            raise UserError(
                self.env._("%(order)s needs no release: nothing blocks it.", order=order.name)
            )
        policy = self.env["crm.relationship.credit.policy"].sudo()
        policy = policy._get_of_company(order.company_id)
        total = policy.company_id._convert_to_relationship_currency(
            order._get_credit_amount(), order.currency_id
        )
        if policy.currency_id.compare_amounts(amount, total) < 0:
            raise UserError(
                self.env._(
                    "The order comes to %(total)s: release it for this amount or more.",
                    total=policy._format_amount(total),
                )
            )
        reasons = order._find_credit_reasons().get(order, {})
        return order.env["crm.relationship.credit.release"]._record(
            policy, order, reasons, reason, amount
        )
