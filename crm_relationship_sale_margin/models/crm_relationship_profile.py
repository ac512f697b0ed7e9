from odoo import api, models
from odoo.tools import SQL


class CrmRelationshipProfile(models.Model):
    _inherit = "crm.relationship.profile"

    @api.model
    def _knows_costs(self):
        return True

    @api.model
    def _get_invoice_margin_source(self):
        """Return one row per invoice line, its margin from its sale order line's cost.

        The cost is converted to the company's currency by the rate of the order and to
        the invoice line's unit of measure. Down payments are not sold goods. A cost of
        zero is unknown, and so is that of a line without an order. A line of several
        orders takes the first one's cost. Edits of invoices are seen by the purchase
        source, so only those of costs matter; plain joins let PostgreSQL start from them.
        """
        return SQL(
            """
            SELECT line.partner_id,
                   line.company_id,
                   move.invoice_date AS date,
                   -line.balance AS amount,
                   -line.balance - ROUND((
                       NULLIF(sold.purchase_price, 0)
                         * line.quantity
                         * CASE WHEN move.move_type = 'out_refund' THEN -1 ELSE 1 END
                         * COALESCE(invoiced_unit.factor / sold_unit.factor, 1)
                         / sold_order.currency_rate)::numeric, 6) AS margin,
                   move.state = 'posted' AS counts,
                   sold.write_date AS changed_at
              FROM account_move_line line
              JOIN account_move move ON move.id = line.move_id
                                    AND move.move_type IN ('out_invoice', 'out_refund')
              LEFT JOIN sale_order_line_invoice_rel relation
                ON relation.invoice_line_id = line.id
               AND NOT EXISTS (
                       SELECT 1
                         FROM sale_order_line_invoice_rel other
                        WHERE other.invoice_line_id = relation.invoice_line_id
                          AND other.order_line_id < relation.order_line_id)
              LEFT JOIN sale_order_line sold ON sold.id = relation.order_line_id
              LEFT JOIN sale_order sold_order ON sold_order.id = sold.order_id
              LEFT JOIN uom_uom invoiced_unit ON invoiced_unit.id = line.product_uom_id
              LEFT JOIN uom_uom sold_unit ON sold_unit.id = sold.product_uom_id
             WHERE line.display_type = 'product'
               AND line.is_downpayment IS NOT TRUE
               AND %s
            """,
            self._get_invoice_condition(),
        )
