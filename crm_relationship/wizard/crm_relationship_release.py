from odoo import api, fields, models


class CrmRelationshipRelease(models.TransientModel):
    """Asks why an order may pass that the check blocks, and up to which amount."""

    _name = "crm.relationship.release"
    _description = "Release Order"

    order_id = fields.Many2one("sale.order", required=True, ondelete="cascade")
    # Read with the user's own rights: whose order it is, nobody has checked here.
    company_id = fields.Many2one(related="order_id.company_id", related_sudo=False)
    currency_id = fields.Many2one(related="company_id.currency_id")
    check_note = fields.Html(related="order_id.relationship_check_note", related_sudo=False)
    payment_term_id = fields.Many2one(related="order_id.payment_term_id", related_sudo=False)
    customer_id = fields.Many2one(
        "res.partner", compute="_compute_customer_id", help="Who will owe the money."
    )
    amount = fields.Monetary(
        "Release Up To",
        required=True,
        help="Including tax. A larger order needs another release, so leave room where you want "
        "it to grow.",
    )
    reason = fields.Text(required=True)

    @api.depends("order_id")
    def _compute_customer_id(self):
        for wizard in self:
            wizard.customer_id = wizard.order_id._get_credit_customer()

    @api.model
    def default_get(self, fields):
        """Take the order that is open, and its amount."""
        values = super().default_get(fields)
        if self.env.context.get("active_model") == "sale.order" and "order_id" in fields:
            values.setdefault("order_id", self.env.context.get("active_id"))
        order = self.env["sale.order"].browse(values.get("order_id"))
        if order and "amount" in fields:
            company = order.company_id
            amount = company._convert_to_relationship_currency(
                order._get_credit_amount(), order.currency_id
            )
            values.setdefault("amount", company.currency_id.round(amount))
        return values

    def action_release(self):
        """Release the order; it checks who may."""
        self.ensure_one()
        self.order_id._release_credit(self.reason, self.amount)
        return {"type": "ir.actions.client", "tag": "soft_reload"}
