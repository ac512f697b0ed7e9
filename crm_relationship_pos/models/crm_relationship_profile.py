from odoo import api, models
from odoo.tools import SQL


class CrmRelationshipProfile(models.Model):
    """Adds what customers buy at the till.

    The orders are the purchases, never the invoices made of them: ten dinners on one
    invoice are ten visits, and an order invoiced later counts once, on its own day.
    Orders without a customer are nobody's. Payments, days late and what is overdue know
    the invoices alone: neither what was paid at the till without one nor what was put on
    a customer's account there is in them.
    """

    _inherit = "crm.relationship.profile"

    @api.model
    def _get_purchase_sources(self):
        return [*super()._get_purchase_sources(), self._get_pos_purchase_source()]

    @api.model
    def _get_invoice_condition(self):
        """Leave out the invoices and credit notes made of orders that count themselves."""
        return SQL(
            """%s AND NOT EXISTS (
                   SELECT 1
                     FROM pos_order
                    WHERE pos_order.account_move = move.id
                      AND pos_order.partner_id IS NOT NULL)""",
            super()._get_invoice_condition(),
        )

    @api.model
    def _knows_costs(self):
        return True

    @api.model
    def _get_margin_sources(self):
        return [*super()._get_margin_sources(), self._get_pos_margin_source()]

    @api.model
    def _get_pos_purchase_source(self):
        """Return one row per order with a customer, rounded as its invoice would be."""
        return SQL(
            """
            SELECT partner_id,
                   company_id,
                   date,
                   ROUND(amount / rate / rounding) * rounding AS amount,
                   is_refund,
                   guests,
                   counts,
                   changed_at
              FROM (%s) receipt
            """,
            self._get_pos_receipts(),
        )

    @api.model
    def _get_pos_margin_source(self):
        """Return one row per order line with its margin, from the cost that the till keeps.

        The till and the back office give a returned line's amount different signs, so its
        quantity and price tell. A cost of zero or not computed yet is unknown, but a
        discount, whose price is negative, needs none.
        """
        return SQL(
            """
            SELECT receipt.partner_id,
                   receipt.company_id,
                   receipt.date,
                   item.amount / receipt.rate AS amount,
                   ROUND((item.amount - item.cost) / receipt.rate, 6) AS margin,
                   receipt.counts,
                   line.write_date AS changed_at
              FROM pos_order_line line
              JOIN (%(receipts)s) receipt ON receipt.id = line.order_id
             CROSS JOIN LATERAL (
                   SELECT SIGN(line.qty * line.price_unit) * ABS(line.price_subtotal) AS amount,
                          COALESCE(
                              CASE WHEN line.is_total_cost_computed
                                   THEN NULLIF(line.total_cost, 0) END,
                              CASE WHEN line.price_unit < 0 THEN 0 END) AS cost) item
             WHERE %(sold)s
            """,
            receipts=self._get_pos_receipts(),
            sold=self._get_pos_sold_condition(),
        )

    @api.model
    def _get_pos_receipts(self):
        """Return one row per order with a customer, amounts in the till's currency.

        ``date`` is the order's day where the company works, see
        ``res.company._get_relationship_today``; ``rate`` is in the till's currency for one
        of the company's, which is rounded to ``rounding``. Old refunds are not marked.
        """
        return SQL(
            """
            SELECT pos_order.id,
                   pos_order.partner_id,
                   pos_order.company_id,
                   pos_order.config_id,
                   (pos_order.date_order AT TIME ZONE 'UTC'
                      AT TIME ZONE COALESCE(calendar.tz, 'UTC'))::date AS date,
                   pos_order.amount_total - pos_order.amount_tax AS amount,
                   COALESCE(NULLIF(pos_order.currency_rate, 0), 1) AS rate,
                   currency.rounding,
                   pos_order.is_refund IS TRUE OR pos_order.amount_total < 0 AS is_refund,
                   %s AS guests,
                   pos_order.state IN ('paid', 'done') AS counts,
                   pos_order.write_date AS changed_at
              FROM pos_order
              JOIN res_company company ON company.id = pos_order.company_id
              JOIN res_currency currency ON currency.id = company.currency_id
              LEFT JOIN resource_calendar calendar ON calendar.id = company.resource_calendar_id
             WHERE pos_order.partner_id IS NOT NULL
            """,
            self._get_pos_guests(),
        )

    @api.model
    def _get_pos_guests(self):
        """Return the number of an order's guests, which restaurants alone enter."""
        if "customer_count" in self.env["pos.order"]._fields:
            return SQL("pos_order.customer_count")
        return SQL("NULL::integer")

    @api.model
    def _get_pos_sold_condition(self):
        """Return what a ``line`` of a ``receipt`` must meet to be sold goods.

        Tips and down payments are not; the latter come with the addon for sale orders.
        """
        names = [
            SQL.identifier("config", name)
            for name in ("tip_product_id", "down_payment_product_id")
            if name in self.env["pos.config"]._fields
        ]
        return SQL(
            """NOT EXISTS (
                   SELECT 1
                     FROM pos_config config
                    WHERE config.id = receipt.config_id
                      AND line.product_id IN (%s))""",
            SQL(", ").join(names),
        )
