# ruff: noqa: F821
# Code of a server action that the demo data runs once, after the documents: what a credit manager
# found out of some customers. Such code may neither import nor use closures.

COMPANY = env.ref("base.main_company")
TODAY = COMPANY._get_relationship_today()
CUSTOMERS = [env.ref(f"crm_relationship.demo_customer_{number:02}") for number in range(1, 76)]
POLICY = env["crm.relationship.credit.policy"]._get_of_company(COMPANY)
YEAR_END = datetime.date(TODAY.year - 1, 12, 31)
CODES = ("legal_standing", "management", "reputation", "cooperation")
LEVELS = {"E": "Excellent", "G": "Good", "F": "Fair", "P": "Poor", "U": "Unacceptable"}
JUDGED = {  # levels by customer, in the order of the codes
    1: "EEEG", 2: "EGGG", 3: "EEGE", 4: "GFPF", 5: "EGGE", 6: "GFFP", 8: "EGFG", 10: "EEEE",
    11: "GGGG", 15: "FPPU", 17: "EGEG", 23: "GGFF", 24: "GFPP", 36: "FPUP", 51: "GFPF",
}  # fmt: skip
NOTES = {
    15: "Two summary judgements in the public register",
    36: "Managing director changed three times in a year",
    10: "Audited accounts every spring, unasked",
}
FOUNDED = {1: 1921, 2: 1987, 3: 1954, 5: 1999, 6: 1978, 8: 1903, 10: 1994, 11: 2016, 15: 2022}
# In thousands: current assets, assets, current debts, debts, retained, sales, EBIT, net, cash flow.
STATEMENTS = {
    1: (4200, 9800, 1700, 3600, 3100, 14500, 1650, 1180, 1500),
    3: (2600, 5400, 1500, 2900, 900, 9900, 610, 390, 520),
    4: (900, 3900, 1250, 3500, -700, 4200, -260, -410, -90),
    5: (1500, 2800, 700, 1200, 800, 5200, 460, 330, 380),
    8: (3100, 6200, 1100, 2100, 2400, 8700, 980, 720, 890),
    10: (800, 1300, 250, 420, 520, 2100, 260, 190, 240),
    15: (380, 1150, 640, 1290, -340, 1500, -120, -180, -60),
    17: (1250, 2600, 690, 1300, 450, 3900, 260, 160, 230),
    36: (210, 700, 300, 560, 30, 1100, 15, 4, 0),
}  # fmt: skip


def judge(number, levels):
    for code, level in zip(CODES, levels, strict=True):
        criterion = POLICY.criterion_ids.filtered_domain([("code", "=", code)])
        env["crm.relationship.credit.judgement"].create(
            {
                "partner_id": CUSTOMERS[number - 1].id,
                "criterion_id": criterion.id,
                "band_id": criterion.band_ids.filtered_domain([("name", "=", LEVELS[level])]).id,
                "note": NOTES.get(number) if code == "reputation" else False,
                "date": TODAY - datetime.timedelta(days=number * 3),
            }
        )


def state(number, figures):
    assets, total, due, debts, retained, sales, ebit, net, cash = [
        1000 * figure for figure in figures
    ]
    env["crm.relationship.credit.statement"].create(
        {
            "partner_id": CUSTOMERS[number - 1].id,
            "date_end": YEAR_END,
            "is_audited": number < 10,
            "current_assets": assets,
            "total_assets": total,
            "current_liabilities": due,
            "total_liabilities": debts,
            "retained_earnings": retained,
            "sales": sales,
            "ebit": ebit,
            "net_income": net,
            "operating_cash_flow": cash,
        }
    )


if not env["crm.relationship.credit.judgement"].search_count([], limit=1):
    for number, year in FOUNDED.items():
        CUSTOMERS[number - 1].write({"relationship_founding_date": datetime.date(year, 4, 1)})
    for number, levels in JUDGED.items():
        judge(number, levels)
    for number, figures in STATEMENTS.items():
        state(number, figures)
    disputed = env["account.move"].search(
        [
            ("partner_id", "=", CUSTOMERS[35].id),
            ("move_type", "=", "out_invoice"),
            ("payment_state", "=", "not_paid"),
            ("state", "=", "posted"),
        ],
        limit=1,
    )
    if disputed:
        disputed.action_toggle_block_payment()
    env["crm.relationship.run"].recalculate(companies=COMPANY)
