from odoo import api, models

DERIVED = {
    "price_subtotal",
    "price_tax",
    "price_total",
    "qty_invoiced",
    "untaxed_amount_invoiced",
    "untaxed_amount_to_invoice",
    "invoice_lines",
    "state",
}
"""What follows from the line, its order and its invoices: the order check reads it."""


class SaleOrderLine(models.Model):
    """Lines written past their order are checked like the order."""

    _inherit = "sale.order.line"

    @api.model
    def default_get(self, fields):
        """Derive what is derived: defaults, which everybody may have, don't set it."""
        return super().default_get([name for name in fields if name not in DERIVED])

    @api.model_create_multi
    def create(self, vals_list):
        if not self.env["res.company"]._get_relationship_check_modes():
            return super().create(vals_list)
        default = None
        if not all(vals.get("order_id") for vals in vals_list):
            default = self.default_get(["order_id"]).get("order_id")
        orders = self.env["sale.order"].browse(
            {vals.get("order_id") or default for vals in vals_list} - {None, False}
        )
        with orders._guard_credit() as (guarded, _vals):
            lines = super(SaleOrderLine, self.with_context(**guarded.env.context)).create(
                [self._without_derived(vals) for vals in vals_list]
            )
        return lines.with_env(self.env)

    def write(self, vals):
        if not self.env["res.company"]._get_relationship_check_modes():
            return super().write(vals)
        orders = self.order_id | self.env["sale.order"].browse(vals.get("order_id") or ())
        with orders._guard_credit() as (guarded, _vals):
            lines = self.with_context(**guarded.env.context)
            return super(SaleOrderLine, lines).write(self._without_derived(vals))

    def unlink(self):
        """A discount that is taken off makes its order larger."""
        if not self.env["res.company"]._get_relationship_check_modes():
            return super().unlink()
        with self.order_id._guard_credit() as (guarded, _vals):
            return super(SaleOrderLine, self.with_context(**guarded.env.context)).unlink()

    def _get_surplus_amount(self):
        """Return what was delivered beyond what is ordered and is invoiced, including tax."""
        ordered, surplus = self.product_uom_qty, self.qty_delivered - self.product_uom_qty
        if ordered < 0 or surplus <= 0 or self.product_id.invoice_policy != "delivery":
            return 0
        if ordered:
            return self.price_total * surplus / ordered
        price = self.price_unit * (1 - (self.discount or 0) / 100)
        taxes = self.tax_ids.compute_all(price, self.currency_id, surplus, self.product_id)
        return taxes["total_included"]

    def _without_derived(self, vals):
        """Return ``vals`` without what no caller may set; the system itself computes it."""
        if self.env.su:
            return vals
        return {name: value for name, value in vals.items() if name not in DERIVED}
