# ruff: noqa: F821
# Code of a server action that the demo data runs once: the orders behind the last year's demo
# invoices, with what the goods cost. Most customers leave 15 to 45 % of their revenue. Such code
# may neither import nor use closures.

COMPANY = env.ref("base.main_company")
TODAY = COMPANY._get_relationship_today()
START = TODAY - dateutil.relativedelta.relativedelta(months=13)
PRODUCT = env.ref("crm_relationship_sale_margin.demo_product")
ORDERS = env["sale.order"].with_context(tracking_disable=True, mail_create_nosubscribe=True)
COSTS = {  # cost of a customer's goods in its revenue, where it is not as usual
    3: 0.97,
    6: 1.03,
    13: 0.98,
    23: 1.15,
    30: 0.96,
    42: 1.08,
    47: 0.97,
    58: 1.2,
}
WITHOUT_ORDERS = {11, 29, 53, 66}  # invoiced without an order, so nobody knows the costs


def get_lines(partner):
    # What the customer was invoiced within the window, and somewhat before.
    invoices = env["account.move"].search(
        [
            ("partner_id", "=", partner.id),
            ("company_id", "=", COMPANY.id),
            ("move_type", "=", "out_invoice"),
            ("state", "=", "posted"),
            ("invoice_date", ">=", START),
        ],
        order="invoice_date",
    )
    return invoices.invoice_line_ids


def prepare_line(line, share):
    return Command.create(
        {
            "product_id": PRODUCT.id,
            "name": line.name,
            "product_uom_qty": line.quantity,
            "price_unit": line.price_unit,
            "purchase_price": round(line.price_unit * share, 2),
            "tax_ids": [Command.clear()],
            "invoice_lines": [Command.link(line.id)],
        }
    )


def prepare_order(number):
    # One frame order a customer; none for those without invoices or without known costs.
    partner = env.ref(f"crm_relationship.demo_customer_{number:02}")
    lines = get_lines(partner)
    if number in WITHOUT_ORDERS or not lines or not partner.active:
        return []
    share = COSTS.get(number, 0.55 + number * 7 % 30 / 100)
    commands = []
    for line in lines:
        commands.append(prepare_line(line, share))
    return [
        {
            "company_id": COMPANY.id,
            "partner_id": partner.id,
            "user_id": partner.user_id.id,
            "date_order": lines[0].move_id.invoice_date,
            "state": "sale",
            "order_line": commands,
        }
    ]


if not ORDERS.search_count([("order_line.product_id", "=", PRODUCT.id)], limit=1):
    ORDERS.create([values for number in range(1, 76) for values in prepare_order(number)])
    env["crm.relationship.run"].recalculate(companies=COMPANY)
