"""SQL of what key customers buy, by business unit and product category."""

from odoo.tools import SQL


def sales(spans: SQL) -> SQL:
    """Return one row per plan, unit and category of product with what was invoiced.

    ``unit_id`` is NULL for what is no unit's, ``category_id`` for what has no product or a
    product without a category. Only lines of goods count, so that the rows of a customer add
    up to its revenue.

    :param spans: rows of (plan_id, partner_id, company_id, date_start, date_end)
    """
    return SQL(
        """
        WITH RECURSIVE span (plan_id, partner_id, company_id, date_start, date_end) AS (
                VALUES %(spans)s),
             below (plan_id, unit_id, partner_id, depth) AS (
                SELECT unit.plan_id, unit.id, unit.partner_id, 0
                  FROM crm_relationship_plan_unit unit
                  JOIN span ON span.plan_id = unit.plan_id
                 WHERE unit.partner_id IS NOT NULL
                 UNION ALL
                SELECT below.plan_id, below.unit_id, contact.id, below.depth + 1
                  FROM below
                  JOIN res_partner contact ON contact.parent_id = below.partner_id),
             nearest AS (
                SELECT DISTINCT ON (plan_id, partner_id) plan_id, partner_id, unit_id
                  FROM below
                 ORDER BY plan_id, partner_id, depth, unit_id)
        SELECT span.plan_id,
               COALESCE(invoiced.unit_id, delivered.unit_id) AS unit_id,
               template.categ_id AS category_id,
               SUM(-line.balance) AS amount
          FROM span
          JOIN res_partner contact ON contact.commercial_partner_id = span.partner_id
          JOIN account_move move ON move.partner_id = contact.id
                                AND move.company_id = span.company_id
                                AND move.move_type IN ('out_invoice', 'out_refund')
                                AND move.state = 'posted'
                                AND move.invoice_date BETWEEN span.date_start AND span.date_end
          JOIN account_move_line line ON line.move_id = move.id AND line.display_type = 'product'
          LEFT JOIN product_product product ON product.id = line.product_id
          LEFT JOIN product_template template ON template.id = product.product_tmpl_id
          LEFT JOIN nearest invoiced ON invoiced.plan_id = span.plan_id
                                    AND invoiced.partner_id = move.partner_id
          LEFT JOIN nearest delivered ON delivered.plan_id = span.plan_id
                                     AND delivered.partner_id = move.partner_shipping_id
         GROUP BY 1, 2, 3
        """,
        spans=spans,
    )


FLUSHED = {
    "crm.relationship.plan.unit": ["plan_id", "partner_id"],
    "res.partner": ["parent_id", "commercial_partner_id"],
    "account.move": [
        "partner_id",
        "partner_shipping_id",
        "company_id",
        "move_type",
        "state",
        "invoice_date",
    ],
    "account.move.line": ["move_id", "display_type", "product_id", "balance"],
    "product.product": ["product_tmpl_id"],
    "product.template": ["categ_id"],
}
"""What must be in the database before."""
