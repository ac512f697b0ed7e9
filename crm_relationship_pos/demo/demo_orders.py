# ruff: noqa: F821
# Code of a server action that the demo data runs once: half a year of lunches in a café, some
# of them on one invoice a month later. Such code may neither import nor use closures.

COMPANY = env.ref("base.main_company")
TODAY = COMPANY._get_relationship_today()
ORDERS = env["pos.order"].with_context(tracking_disable=True, generate_pdf=False)
LUNCHES = {40: 7, 46: 4, 52: 14, 58: 10, 64: 21}  # every so many days
COLLECTED = {46, 58}  # last month's lunches are on one invoice
PRICE, COST = 14.5, 6.2
DAYS = 180


def open_session():
    config = env["pos.config"].create({"name": "Café", "company_id": COMPANY.id})
    session = env["pos.session"].create(
        {"config_id": config.id, "user_id": env.ref("base.user_admin").id}
    )
    session.action_pos_session_open()
    return session


def make_dish():
    return env["product.product"].create(
        {
            "name": "Lunch",
            "type": "consu",
            "list_price": PRICE,
            "standard_price": COST,
            "available_in_pos": True,
            "taxes_id": [Command.clear()],
        }
    )


def prepare(session, dish, number, days_ago):
    guests = 1 + (number + days_ago) % 4
    amount = PRICE * guests
    noon = datetime.datetime.combine(TODAY, datetime.time(11, 30))
    return {
        "name": f"Café - {number}/{days_ago:03}",
        "session_id": session.id,
        "company_id": COMPANY.id,
        "partner_id": env.ref(f"crm_relationship.demo_customer_{number}").id,
        "date_order": noon - datetime.timedelta(days=days_ago),
        "state": "paid",
        "amount_total": amount,
        "amount_tax": 0,
        "amount_paid": amount,
        "amount_return": 0,
        "lines": [
            Command.create(
                {
                    "product_id": dish.id,
                    "full_product_name": dish.name,
                    "qty": guests,
                    "price_unit": PRICE,
                    "price_subtotal": amount,
                    "price_subtotal_incl": amount,
                    "total_cost": COST * guests,
                    "is_total_cost_computed": True,
                }
            )
        ],
        "payment_ids": [
            Command.create(
                {"payment_method_id": session.payment_method_ids[:1].id, "amount": amount}
            )
        ],
    }


def make_orders():
    session, dish = open_session(), make_dish()
    plan = [
        (number, days_ago) for number in LUNCHES for days_ago in range(3, DAYS, LUNCHES[number])
    ]
    values = []
    for number, days_ago in plan:
        values.append(prepare(session, dish, number, days_ago))
    orders = ORDERS.create(values)
    recent = datetime.datetime.combine(TODAY, datetime.time.min) - datetime.timedelta(days=30)
    for number in sorted(COLLECTED):
        partner = env.ref(f"crm_relationship.demo_customer_{number}")
        orders.filtered_domain(
            [("partner_id", "=", partner.id), ("date_order", ">=", recent)]
        )._generate_pos_order_invoice()


if not env["pos.config"].search_count([("name", "=", "Café")], limit=1):
    make_orders()
    env["crm.relationship.run"].recalculate(companies=COMPANY)
