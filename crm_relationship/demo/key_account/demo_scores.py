# ruff: noqa: E501, F821
# Code of a server action that the demo data runs once: what people judged of the two key
# customers, and what the plans want. Such code may neither import nor use closures.

OWNER = env.ref("base.user_admin")
SELLER = env.ref("base.user_demo")
TODAY = datetime.date.today()

# customer: {dimension: (wanted score, judged score or None, evidence, days ago, by whom)}
ASSESSMENTS = {
    1: {
        "coverage": (80, None, None, None, None),
        "support": (75, None, None, None, None),
        "sponsor": (90, None, None, None, None),
        "rhythm": (85, None, None, None, None),
        "competition": (75, 58, "Northgate won the packaging line; we lead in two of three open projects", 18, OWNER),
        "delivery": (90, 82, "Survey of the plant: 8.2 of 10, one late delivery this quarter", 9, SELLER),
    },
    2: {
        "coverage": (70, None, None, None, None),
        "support": (70, None, None, None, None),
        "sponsor": (80, None, None, None, None),
        "rhythm": (75, None, None, None, None),
        "competition": (60, 35, "Their standard still is the competitor's system; we are the second source", 41, SELLER),
    },
}  # fmt: skip

for number, rows in ASSESSMENTS.items():
    customer = env.ref(f"crm_relationship.demo_customer_{number:02}")
    plan = env["crm.relationship.plan"].search([("partner_id", "=", customer.id)], limit=1)
    for score in plan.score_ids:
        row = rows.get(score.dimension_id.code)
        if row and not score.is_judged:
            vals = {"wanted_score": row[0]}
            if row[1] is not None:
                vals["judged_score"] = row[1]
                vals["evidence"] = row[2]
                vals["judged_date"] = TODAY - datetime.timedelta(days=row[3])
                vals["judged_by_id"] = row[4].id
            score.write(vals)
