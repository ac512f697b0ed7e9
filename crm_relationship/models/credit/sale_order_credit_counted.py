from odoo import api, fields, models

from ...engine import order_check
from ..res_partner import RELATIONSHIP_GROUP


class SaleOrder(models.Model):
    """Which orders the credit limit counts: what will never be delivered stays among them until
    its order is cancelled or made smaller.
    """

    _inherit = "sale.order"

    relationship_uninvoiced = fields.Monetary(
        "Not Invoiced",
        compute="_compute_relationship_uninvoiced",
        groups=RELATIONSHIP_GROUP,
        exportable=False,
        help="What the credit limit counts of the order, including tax. It counts until it is "
        "invoiced; cancel the order, or make it smaller, if the rest is not delivered.",
    )

    @api.depends("state", "amount_total", "order_line.qty_delivered", "order_line.qty_invoiced")
    def _compute_relationship_uninvoiced(self):
        self.env.flush_all()
        rows = self.env.execute_query(order_check.open_orders([], [], self._origin.ids))
        uninvoiced = {checked_id: amount for _customer, _currency, checked_id, amount, _ in rows}
        for order in self:
            amount = uninvoiced.get(order._origin.id) if order.state == "sale" else 0
            order.relationship_uninvoiced = float(amount or 0)

    def action_open_counted_orders(self):
        """Open the other orders that the limit counts, of those that the user may see."""
        self.ensure_one()
        # The customer and the ledger follow from the order; the search is the user's own.
        order = self.sudo()
        policy = self.env["crm.relationship.credit.policy"].sudo()._get_of_company(order.company_id)
        orders = self.search(
            [
                ("state", "=", "sale"),
                ("partner_invoice_id", "child_of", order._get_credit_customer().ids),
                ("company_id", "in", policy._get_ledger_companies()),
                ("id", "!=", self.id),
            ]
        )
        counted = orders.filtered(
            lambda order: order.currency_id.compare_amounts(order.relationship_uninvoiced, 0) > 0
        )
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "crm_relationship.sale_order_counted_action"
        )
        return {**action, "domain": [("id", "in", counted.ids)]}
