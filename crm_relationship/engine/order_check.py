"""What a customer owes when an order is checked: read live, for a few customers at once.

How it works
    Odoo's own figures are not enough. ``credit_to_invoice`` sees the orders alone that the
    user may see, leaves out what is ordered but not delivered of products invoiced by
    delivery, and takes a down payment for something beside its order. So the open orders are
    summed here: of each line what is not on a posted invoice yet, including tax, less the down
    payments invoiced.

    A customer is a commercial partner; what its contacts owe and order is its own.
"""

from datetime import date

from odoo.tools import SQL


def receivables(companies: list[int], customers: list[int], overdue_before: date) -> SQL:
    """Return one row a customer: what it owes, and how much of it is overdue.

    Both include tax and are in the companies' currency.

    :param companies: a company and its branches: they keep one ledger
    :param overdue_before: an instalment is overdue that was due before this day
    """
    return SQL(
        """
        SELECT customer.commercial_partner_id AS customer_id,
               SUM(line.amount_residual) AS receivable,
               COALESCE(SUM(line.amount_residual) FILTER (
                   WHERE move.move_type = 'out_invoice'
                     AND line.amount_residual > 0
                     AND line.date_maturity < %(overdue_before)s), 0) AS overdue
          FROM res_partner customer
          JOIN account_move_line line ON line.partner_id = customer.id
          JOIN account_account account ON account.id = line.account_id
          JOIN account_move move ON move.id = line.move_id
         WHERE customer.commercial_partner_id = ANY (%(customers)s)
           AND line.company_id = ANY (%(companies)s)
           AND line.parent_state = 'posted'
           AND line.reconciled IS NOT TRUE
           AND account.account_type = 'asset_receivable'
         GROUP BY customer.commercial_partner_id
        """,
        customers=list(customers),
        companies=list(companies),
        overdue_before=overdue_before,
    )


def open_orders(companies: list[int], customers: list[int], checked: list[int]) -> SQL:
    """Return what is ordered and not invoiced: one row a customer and currency, for its
    confirmed orders but for ``checked``, and one row for each order of ``checked``.

    ``uninvoiced`` and ``total`` include tax and are in the order's currency.

    :param checked: ids of orders, confirmed or not
    """
    return SQL(
        """
        SELECT customer_id, currency_id, checked_id, SUM(uninvoiced), SUM(total)
          FROM (SELECT sale.customer_id, sale.currency_id, sale.checked_id,
                       GREATEST(SUM(%(uninvoiced)s), 0) AS uninvoiced,
                       SUM(line.price_total) AS total
                  FROM (%(sales)s) sale
                  JOIN sale_order_line line ON line.order_id = sale.id
                  LEFT JOIN product_product product ON product.id = line.product_id
                  LEFT JOIN product_template template ON template.id = product.product_tmpl_id
                  LEFT JOIN LATERAL (%(invoiced)s) invoiced ON TRUE
                 WHERE line.display_type IS NULL
                 GROUP BY sale.id, sale.customer_id, sale.currency_id, sale.checked_id
               ) open_order
         GROUP BY customer_id, currency_id, checked_id
        """,
        sales=_sales(companies, customers, checked),
        invoiced=_INVOICED,
        uninvoiced=_UNINVOICED,
    )


def take_turns(company: int, customers: list[int]) -> SQL:
    """Write the one row that all orders of a customer have in common.

    Two orders of a customer that are confirmed or grow at the same time would not see each
    other. The second one waits here for the first, and PostgreSQL makes it start again.

    :param company: the root of the companies that keep one ledger
    """
    return SQL(
        """
        INSERT INTO crm_relationship_credit_turn AS turn (customer_id, company_id)
             SELECT customer_id, %(company)s
               FROM UNNEST(%(customers)s) customer_id
              ORDER BY customer_id
        ON CONFLICT (customer_id, company_id) DO UPDATE SET company_id = turn.company_id
        """,
        customers=list(customers),
        company=company,
    )


def _sales(companies, customers, checked) -> SQL:
    """Return the orders to sum; ``checked_id`` is set for those of ``checked``."""
    return SQL(
        """
        SELECT sale.id, sale.currency_id, customer.commercial_partner_id AS customer_id,
               NULL::integer AS checked_id
          FROM res_partner customer
          JOIN sale_order sale ON sale.partner_invoice_id = customer.id
         WHERE customer.commercial_partner_id = ANY (%(customers)s)
           AND sale.company_id = ANY (%(companies)s)
           AND sale.state = 'sale'
           AND sale.id <> ALL (%(checked)s)
         UNION ALL
        SELECT sale.id, sale.currency_id, NULL, sale.id
          FROM sale_order sale
         WHERE sale.id = ANY (%(checked)s)
        """,
        customers=list(customers),
        companies=list(companies),
        checked=list(checked),
    )


_INVOICED = SQL(
    """
    SELECT SUM(part.sign * invoice_line.quantity * COALESCE(invoice_uom.factor, 1)
               / COALESCE(NULLIF(order_uom.factor, 0), 1)) AS quantity,
           SUM(part.sign * invoice_line.price_total) AS amount
      FROM sale_order_line_invoice_rel rel
      JOIN account_move_line invoice_line ON invoice_line.id = rel.invoice_line_id
      JOIN account_move move ON move.id = invoice_line.move_id
      CROSS JOIN LATERAL (
          SELECT CASE WHEN move.move_type = 'out_refund' THEN -1 ELSE 1 END AS sign) part
      LEFT JOIN uom_uom invoice_uom
             ON invoice_uom.id = COALESCE(invoice_line.product_uom_id, line.product_uom_id)
      LEFT JOIN uom_uom order_uom ON order_uom.id = line.product_uom_id
     WHERE rel.order_line_id = line.id
       AND (move.state = 'posted' OR move.payment_state = 'invoicing_legacy')
       AND (line.untaxed_amount_invoiced IS DISTINCT FROM line.price_subtotal
            OR line.qty_delivered > line.product_uom_qty
            OR line.product_uom_qty = 0)
    HAVING COUNT(*) > 0
    """
)
"""What is on posted invoices of a line, in its unit of measure. Of lines that are invoiced to the
cent there is nothing to look up, see ``_UNINVOICED``."""

_TAX = SQL(
    """
    SELECT 1 + COALESCE(SUM(tax.amount), 0) / 100
      FROM account_tax_sale_order_line_rel rel
      LEFT JOIN account_tax_filiation_rel parts ON parts.parent_tax = rel.account_tax_id
      JOIN account_tax tax ON tax.id = COALESCE(parts.child_tax, rel.account_tax_id)
      JOIN res_company company ON company.id = tax.company_id
     WHERE rel.sale_order_line_id = line.id
       AND tax.amount_type = 'percent'
       AND COALESCE(tax.price_include_override, company.account_price_include) <> 'tax_included'
    """
)
"""By how much a line's price grows with its taxes; those of a fixed amount are left out."""

_UNINVOICED = SQL(
    """
    CASE WHEN line.product_uom_qty <> 0
              AND line.untaxed_amount_invoiced = line.price_subtotal
              AND line.price_subtotal <> 0
              AND line.qty_delivered <= line.product_uom_qty
         THEN 0
         WHEN line.product_uom_qty <> 0
         THEN line.price_total * GREATEST(0,
                  CASE WHEN template.invoice_policy = 'delivery'
                       THEN GREATEST(1, line.qty_delivered / line.product_uom_qty)
                       ELSE 1
                  END - COALESCE(invoiced.quantity, 0) / line.product_uom_qty)
         WHEN line.qty_delivered <> 0 AND template.invoice_policy = 'delivery'
         THEN line.price_unit * (1 - COALESCE(line.discount, 0) / 100) * (%(tax)s)
              * GREATEST(0, line.qty_delivered - COALESCE(invoiced.quantity, 0))
         WHEN line.is_downpayment THEN -COALESCE(invoiced.amount, 0)
         ELSE 0
    END
    """,
    tax=_TAX,
)
"""What is to be invoiced of a line yet; a down payment is invoiced before its order. What was
delivered of a line of which nothing was ordered is in no total, so its price is taken."""
