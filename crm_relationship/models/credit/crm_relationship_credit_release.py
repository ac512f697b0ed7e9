from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import formatLang

RECORDS = "crm_relationship_records_release"
"""Context key: a credit approver releases an order."""

RECORDING = object()
"""Its value, which no call from outside can give."""


class CrmRelationshipCreditRelease(models.Model):
    """A credit approver let an order pass that the check blocked, and why.

    It is what was decided, on what figures: nobody enters, changes or deletes one, whatever his
    rights.
    """

    _name = "crm.relationship.credit.release"
    _description = "Release of an Order"
    _order = "date desc, id desc"
    _rec_name = "order_id"

    order_id = fields.Many2one(
        "sale.order", required=True, readonly=True, ondelete="restrict", index=True
    )
    partner_id = fields.Many2one(
        "res.partner",
        "Customer",
        required=True,
        readonly=True,
        ondelete="restrict",
        index=True,
        help="Who will owe the money.",
    )
    order_partner_id = fields.Many2one(
        "res.partner", "Ordered By", readonly=True, ondelete="restrict", index="btree_not_null"
    )
    company_id = fields.Many2one(
        "res.company", required=True, readonly=True, ondelete="restrict", index=True
    )
    currency_id = fields.Many2one(related="company_id.currency_id")
    user_id = fields.Many2one(
        "res.users", "Released By", required=True, readonly=True, ondelete="restrict", index=True
    )
    salesperson_id = fields.Many2one("res.users", readonly=True, ondelete="restrict")
    date = fields.Datetime(required=True, readonly=True)
    reason = fields.Text(required=True, readonly=True)
    findings = fields.Text(
        "Spoke Against It", readonly=True, help="What the check said when the order was released."
    )
    amount = fields.Monetary(
        "Released Up To",
        required=True,
        readonly=True,
        help="Including tax. A larger order needs another release.",
    )
    order_amount = fields.Monetary("Order at That Time", readonly=True)
    exposure = fields.Monetary(
        "Owed in Total",
        readonly=True,
        aggregator=None,
        help="Open receivables, confirmed orders and this order, at that time. Zero: the limit did "
        "not speak against it.",
    )
    credit_limit = fields.Monetary(readonly=True, aggregator=None)
    overdue_amount = fields.Monetary("Overdue", readonly=True, aggregator=None)
    grade = fields.Char("Credit Grade", readonly=True)
    payment_term_id = fields.Many2one(
        "account.payment.term", "Payment Terms", readonly=True, ondelete="restrict"
    )
    order_currency_id = fields.Many2one("res.currency", readonly=True, ondelete="restrict")
    rate = fields.Float(
        readonly=True,
        digits=0,
        aggregator=None,
        help="The company's currency for one unit of the order's, at that time: another rate "
        "tomorrow does not end the release.",
    )
    is_valid = fields.Boolean("Holds", compute="_compute_is_valid", search="_search_is_valid")

    @api.depends("order_id.relationship_release_id")
    def _compute_is_valid(self):
        for release in self:
            # Who may see the release may know whether it still holds, hence sudo.
            release.is_valid = release.sudo().order_id.relationship_release_id == release

    def _search_is_valid(self, operator, value):
        if operator != "in":
            return NotImplemented
        orders = self.env["sale.order"].sudo().search([("relationship_release_id", "!=", False)])
        return [("id", "in" if True in value else "not in", orders.relationship_release_id.ids)]

    @api.model_create_multi
    def create(self, vals_list):
        if self.env.context.get(RECORDS) is not RECORDING:
            raise UserError(
                self.env._("A release can't be entered. Release the order itself instead.")
            )
        return super().create(vals_list)

    def write(self, vals):
        if vals:
            raise UserError(self.env._("What was released is not changed afterwards."))
        return super().write(vals)

    @api.ondelete(at_uninstall=False)
    def _unlink_except_kept(self):
        raise UserError(self.env._("Releases are kept: they can't be deleted."))

    def copy_data(self, default=None):
        raise UserError(self.env._("A release holds for one order, so it can't be copied."))

    @api.model
    def _record(self, policy, order, reasons, reason, amount):
        """Keep that the user releases the order, for which the caller checked his rights."""
        if not reason:
            raise UserError(self.env._("Say why the order is released."))
        own = order._get_credit_amount()
        total = policy.company_id._convert_to_relationship_currency(own, order.currency_id)
        limit = reasons.get("limit", {})
        return (
            self.with_context(**{RECORDS: RECORDING})
            .create(
                {
                    "order_id": order.id,
                    "partner_id": order._get_credit_customer().id,
                    "order_partner_id": order.partner_id.id,
                    "company_id": order.company_id.id,
                    "user_id": self.env.uid,
                    "salesperson_id": order.user_id.id,
                    "date": fields.Datetime.now(),
                    "reason": reason,
                    "findings": "\n".join(policy._describe_reasons(reasons)),
                    "amount": amount,
                    "order_amount": total,
                    "exposure": limit.get("total", 0),
                    "credit_limit": limit.get("limit", 0),
                    "overdue_amount": reasons.get("overdue", {}).get("overdue", 0),
                    "grade": (reasons.get("grade") or reasons.get("terms") or {}).get("grade"),
                    "payment_term_id": order.payment_term_id.id,
                    "order_currency_id": order.currency_id.id,
                    "rate": total / own if own else 1,
                }
            )
            .with_env(self.env)
        )

    def _covers_amount(self, order):
        """Return whether the order is not larger than what was released."""
        company = self.company_id
        own = order._get_credit_amount()
        if order.currency_id == self.order_currency_id:
            total = own * self.rate
        else:
            total = company._convert_to_relationship_currency(own, order.currency_id)
        return company.currency_id.compare_amounts(total, self.amount) <= 0

    def _format_amount(self):
        return formatLang(self.env, self.amount, currency_obj=self.currency_id)
