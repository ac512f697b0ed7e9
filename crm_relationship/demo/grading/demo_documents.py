# ruff: noqa: F821
# Code of a server action that the demo data runs once: two years of trade, then tiers.
# The days count back from today and the amounts come from a seeded generator, so every
# installation shows the same picture, up to the calendar. Such code may neither import nor
# use closures.

TODAY = env.ref("base.main_company")._get_relationship_today()
COMPANY = env.ref("base.main_company")
CUSTOMERS = [env.ref(f"crm_relationship.demo_customer_{number:02}") for number in range(1, 76)]
TURNS = {  # so many days ago its purchases went from one factor to the other
    2: (230, 0.7, 3.0),
    4: (330, 1.3, 0.1),
    7: (150, 0.6, 4.0),
    9: (300, 1.5, 0.05),
    12: (230, 1.5, 0.05),
    16: (120, 0.6, 5.0),
    25: (45, 1.0, 8.0),
    38: (150, 0.6, 3.0),
}
GONE_QUIET = {  # the last purchase so many days ago
    13: 345, 14: 350, 19: 300, 21: 250, 23: 500, 29: 310, 33: 300, 39: 390, 44: 300, 57: 300,
}  # fmt: skip
FIRST_BOUGHT = {59: 352, 63: 360, 67: 344, 68: 338}  # a year ago soon: a milestone
NEWCOMERS = {70, 71, 72, 73}
ONLY_TALKS = {74, 75}  # quotations and opportunities, no invoice yet
REFUNDED = {5: 0.3, 18: 0.5, 40: 0.6, 63: 1.4}  # share of the last year's invoices
SLOW_PAYERS = {6, 15, 24, 36, 51, 60}
OVERDUE = {8, 15, 24, 36, 51, 62, 65}  # the last invoice is still open
TERM_DAYS = 30
MOVES = env["account.move"].with_context(tracking_disable=True, mail_create_nosubscribe=True)
PAYMENTS = env["account.payment"].with_context(tracking_disable=True)
BANK = env["account.journal"].search(
    [("type", "=", "bank"), ("company_id", "=", COMPANY.id)], limit=1
)
MONTH_ENDS = 6
REFERRED_BY = {14: 1, 21: 1, 35: 3, 47: 3, 52: 10, 66: 10, 70: 5, 71: 1, 73: 22}
MEMBERS = (1, 2, 3, 6, 8, 11, 13, 17, 23, 26, 29, 31)  # have a card of the loyalty programme
SOURCES = {"Trade fair": (2, 9, 18, 27, 41, 70), "Website": (5, 13, 30, 55, 72, 74)}
YEARLY_NEEDS = {3: 1.1, 6: 1.15, 11: 2.5, 17: 1.2, 23: 3.0}  # times what it bought from us
GOODS = {  # what the key customers buy by turns
    1: ("press", "part", "service", "part", "press"),
    2: ("kiosk", "service", "part"),
}

random = [20260101]


def draw(low, high):
    # The next number of the generator: low <= number <= high.
    random[0] = (random[0] * 1103515245 + 12345) % 2147483648
    return low + (high - low) * (random[0] // 65536 % 1000) // 999


def back(days):
    return TODAY - datetime.timedelta(days=days)


def month_end(months_ago):
    return TODAY - dateutil.relativedelta.relativedelta(months=months_ago - 1, day=1, days=1)


def buying_days(number):
    # How many days ago the customer bought, the oldest first.
    if number in NEWCOMERS:
        return [70 - number % 5 * 9, 20]
    step = min(30 + 4 * number, 230)
    newest = GONE_QUIET.get(number) or draw(4, 40)
    oldest = FIRST_BOUGHT.get(number)
    return ([oldest] if oldest else []) + list(range(newest, oldest or 725, step))[::-1]


def amount(number, days_ago):
    # The untaxed amount of an invoice: few customers bring most.
    base = 14000 / number**0.75 * draw(70, 130) / 100
    if number in TURNS:
        turn, before, after = TURNS[number]
        base *= before if days_ago > turn else after
    return round(base, 2)


def product(number, days_ago):
    # What the key customers bought; of the others only the amounts matter.
    goods = GOODS.get(number)
    return (
        env.ref(f"crm_relationship.demo_product_{goods[days_ago % len(goods)]}") if goods else None
    )


def document(number, days_ago, untaxed, move_type="out_invoice"):
    partner = CUSTOMERS[number - 1]
    day = back(days_ago)
    sold = product(number, days_ago)
    return {
        "move_type": move_type,
        "company_id": COMPANY.id,
        "partner_id": partner.id,
        "invoice_user_id": partner.user_id.id,
        "invoice_date": day,
        "invoice_date_due": day + datetime.timedelta(days=TERM_DAYS),
        "invoice_payment_term_id": False,
        "invoice_line_ids": [
            Command.create(
                {
                    "product_id": sold.id if sold else False,
                    "name": sold.name if sold else "Goods and services",
                    "quantity": 1,
                    "price_unit": untaxed,
                    "tax_ids": [Command.clear()],
                }
            )
        ],
    }


def payment(number, invoice, days_ago):
    # The payment of an invoice, None while it is open.
    late = draw(12, 45) if number in SLOW_PAYERS else draw(-20, 4)
    paid_days_ago = days_ago - TERM_DAYS - late
    if paid_days_ago < 1 or (number in OVERDUE and days_ago < 120):
        return None
    return {
        "company_id": COMPANY.id,
        "partner_id": invoice.partner_id.id,
        "partner_type": "customer",
        "payment_type": "inbound",
        "amount": invoice.amount_total,
        "date": back(paid_days_ago),
        "journal_id": BANK.id,
    }


def make_invoices():
    plan = [
        (number, days_ago)
        for number in range(1, 76)
        if number not in ONLY_TALKS
        for days_ago in buying_days(number)
    ]
    # What is overdue has to be past its due date.
    plan += [(number, draw(45, 110)) for number in sorted(OVERDUE)]
    invoices = MOVES.create(
        [document(number, days_ago, amount(number, days_ago)) for number, days_ago in plan]
    )
    invoices.action_post()
    return plan, invoices


def make_refunds(plan, invoices):
    # A share of what the customer was invoiced within the last year.
    invoiced = dict.fromkeys(REFUNDED, 0)
    for (number, days_ago), invoice in zip(plan, invoices, strict=True):
        if number in REFUNDED and days_ago < 360:
            invoiced[number] += invoice.amount_total
    values = []
    for number, share in REFUNDED.items():
        untaxed = round(invoiced[number] * share, 2)
        values.append(document(number, 35, untaxed, "out_refund"))
    refunds = MOVES.create(values)
    refunds.action_post()


def make_payments(plan, invoices):
    pairs = []
    for (number, days_ago), invoice in zip(plan, invoices, strict=True):
        values = payment(number, invoice, days_ago)
        if values:
            pairs.append((invoice, values))
    payments = PAYMENTS.create([values for _invoice, values in pairs])
    payments.action_post()
    for (invoice, _values), paid in zip(pairs, payments, strict=True):
        lines = (invoice.line_ids + paid.move_id.line_ids).filtered(
            lambda line: line.account_id.account_type == "asset_receivable"
        )
        lines.reconcile()


def make_talks():
    for number in sorted(ONLY_TALKS):
        partner = CUSTOMERS[number - 1]
        env["crm.lead"].create(
            {
                "name": f"First equipment for {partner.name}",
                "type": "opportunity",
                "partner_id": partner.id,
                "user_id": partner.user_id.id,
                "expected_revenue": 4000 + 100 * number,
            }
        )
    for number in (4, 11, 28):
        partner = CUSTOMERS[number - 1]
        env["crm.lead"].create(
            {
                "name": f"Next season with {partner.name}",
                "type": "opportunity",
                "partner_id": partner.id,
                "user_id": partner.user_id.id,
                "expected_revenue": 60000 / number,
            }
        )
    product = env["product.product"].search([("sale_ok", "=", True)], limit=1)
    for number in (8, 22, 75):
        partner = CUSTOMERS[number - 1]
        env["sale.order"].create(
            {
                "company_id": COMPANY.id,
                "partner_id": partner.id,
                "user_id": partner.user_id.id,
                "order_line": [Command.create({"product_id": product.id, "product_uom_qty": 3})],
            }
        )


def make_ties():
    # Who referred whom, who has a loyalty card, and where customers came from.
    for number, referrer in REFERRED_BY.items():
        CUSTOMERS[number - 1].write({"referred_by_id": CUSTOMERS[referrer - 1].id})
    program = env["loyalty.program"].create(
        {"name": "Regulars' Club", "program_type": "loyalty", "company_id": COMPANY.id}
    )
    for number in MEMBERS:
        env["loyalty.card"].create(
            {
                "program_id": program.id,
                "partner_id": CUSTOMERS[number - 1].id,
                "points": 10 * number,
            }
        )
    won = env["crm.stage"].search([("is_won", "=", True)], limit=1)
    for name, numbers in SOURCES.items():
        source = env["utm.source"].create({"name": name})
        for number in numbers:
            partner = CUSTOMERS[number - 1]
            env["crm.lead"].create(
                {
                    "name": f"First order of {partner.name}",
                    "type": "opportunity",
                    "partner_id": partner.id,
                    "user_id": partner.user_id.id,
                    "source_id": source.id,
                    "stage_id": won.id,
                    "probability": 100,
                }
            )


def note_needs():
    for number, factor in YEARLY_NEEDS.items():
        profile = CUSTOMERS[number - 1].relationship_profile_id
        profile.write({"yearly_need": round(profile.revenue * factor, -2)})


def recalculate(as_of=None):
    env["crm.relationship.run"].recalculate(companies=COMPANY, as_of=as_of)


if not MOVES.search_count([("partner_id", "=", CUSTOMERS[0].id)], limit=1):
    plan, invoices = make_invoices()
    make_refunds(plan, invoices)
    make_payments(plan, invoices)
    make_talks()
    make_ties()
    # The installation gives the companies their policies and stages only after the demo data.
    COMPANY._create_relationship_policy()
    COMPANY._create_relationship_stages()
    COMPANY._create_relationship_credit_policy()
    for months_ago in range(MONTH_ENDS, 0, -1):
        if months_ago == 2:
            CUSTOMERS[48].write({"active": False})
        recalculate(month_end(months_ago))
    note_needs()
    recalculate()
    profile = CUSTOMERS[19].relationship_profile_id
    profile.with_user(env.ref("base.user_admin")).write(
        {
            "override_tier_id": COMPANY._get_relationship_policy().tier_ids[1].id,
            "override_reason": "Opens three more restaurants; group contract is signed",
            "override_until": TODAY + dateutil.relativedelta.relativedelta(months=6, day=31),
        }
    )
    env.ref("crm_relationship.demo_customer_62").relationship_profile_id._dismiss(
        env.ref("crm_relationship.crm_relationship_loss_reason_payment"),
        "Three reminders and a broken instalment plan",
    )
    # The task of one loss is done, the others wait for the salespeople.
    env["crm.relationship.loss"].search(
        [("kind", "=", "active"), ("reason_id", "=", False)], order="id", limit=1
    ).write({"reason_id": env.ref("crm_relationship.crm_relationship_loss_reason_competitor").id})
