# ruff: noqa: F821
# Code of a server action that the demo data runs once, after the credit: key customers whose size
# is a risk, and one who takes goods and does not pay. Such code may neither import nor use
# closures.

COMPANY = env.ref("base.main_company")
TODAY = COMPANY._get_relationship_today()
POLICY = env["crm.relationship.credit.policy"]._get_of_company(COMPANY)
DEBTOR = env.ref("crm_relationship.demo_customer_51")
UNPAID = ((230, 1480), (180, 960), (130, 2150))  # so many days ago, so much
TERM_DAYS = 30
JUDGED = {  # by customer: sign, level, evidence
    1: (
        ("kickbacks", "low", False),
        ("free_extras", "medium", "Wants two fitters on site for every delivery, unpaid"),
        ("cross_region", "high", "Two dealers in the north report its lorries there"),
        ("own_prices", "medium", "Undercut the list price by 8 % in the spring campaign"),
        ("competitor", "low", "We are the only listed supplier until next year"),
        ("own_business", "low", False),
    ),
    2: (
        ("kickbacks", "high", "Asked for 2 % to its head of purchasing, refused in writing"),
        ("competitor", "medium", "A competitor opened a warehouse in the same street"),
        ("own_business", "high", "Registered a brand of its own in our product group"),
    ),
    3: (
        ("free_extras", "low", False),
        ("cross_region", "low", False),
        ("own_prices", "low", False),
        ("competitor", "high", "Half of its shelves are the competitor's since summer"),
    ),
}  # fmt: skip


def back(days):
    return TODAY - datetime.timedelta(days=days)


if not env["crm.relationship.risk.judgement"].search_count([], limit=1):
    POLICY.write(
        {
            "shows_risks": True,
            "counts_strikes": True,
            # The best tier of so few customers is one customer.
            "risk_tier_ids": [Command.set(COMPANY._get_relationship_policy().tier_ids[:2].ids)],
        }
    )
    for number, judgements in JUDGED.items():
        customer = env.ref(f"crm_relationship.demo_customer_{number:02}")
        for sign, level, note in judgements:
            env["crm.relationship.risk.judgement"].create(
                {
                    "partner_id": customer.id,
                    "company_id": COMPANY.id,
                    "sign": sign,
                    "level": level,
                    "note": note,
                    "date": back(7 * number),
                    "user_id": env.ref("base.user_admin").id,
                }
            )
    moves = env["account.move"].with_context(tracking_disable=True, mail_create_nosubscribe=True)
    moves.create(
        [
            {
                "move_type": "out_invoice",
                "company_id": COMPANY.id,
                "partner_id": DEBTOR.id,
                "invoice_user_id": DEBTOR.user_id.id,
                "invoice_date": back(days),
                "invoice_date_due": back(days - TERM_DAYS),
                "invoice_payment_term_id": False,
                "invoice_line_ids": [
                    Command.create(
                        {
                            "name": "Goods and services",
                            "quantity": 1,
                            "price_unit": amount,
                            "tax_ids": [Command.clear()],
                        }
                    )
                ],
            }
            for days, amount in UNPAID
        ]
    ).action_post()
    env["crm.relationship.run"].recalculate(companies=COMPANY)
