# ruff: noqa: F821
# Code of a server action that the demo data runs once: what the demo account plans want to reach,
# and the whitespace of their customers. Such code may neither import nor use closures.

OBJECTIVES = env["crm.relationship.plan.objective"]
TARGETS = {  # kind, target in parts of what was bought within a year, baseline likewise
    1: [("revenue", 1.1, 1.0), ("margin", 0.3, 0.28)],
    2: [("revenue", 0.8, 0.5), ("margin", 0.2, 0.15)],
}
WALLETS = {1: (55, 2.0), 2: (30, 2.4)}  # wanted share in per cent, spending likewise
PROJECTS = {  # name, expected revenue and target in parts, probability (100: won, 0: lost)
    1: [
        ("Press line of the third dock", 0.5, 0.45, 65),
        ("Maintenance contract 24/7", 0.2, 0.18, 100),
    ],
    2: [("Kiosks for twelve hotels", 0.6, 0.6, 25), ("Energy control of the spa", 0.25, 0.25, 0)],
}
UNITS = {
    1: ["Turku Yard", "Rauma Yard", "Design Office"],
    2: ["Brighton Seafront", "Hove"],
}
# category, potential by unit in parts (None: not looked into), the last one of the whole customer
WHITESPACE = {
    1: [
        ("machines", (0.5, 0.4, None, None)),
        ("parts", (0.3, 0.25, None, 0.1)),
        ("service", (0.15, 0.2, 0.02, None)),
        ("software", (0.2, 0.2, 0.3, None)),
    ],
    2: [
        ("kiosks", (0.5, 0.35, None)),
        ("parts", (0.2, 0.1, None)),
        ("service", (0.3, 0.3, None)),
        ("software", (0.25, None, 0.2)),
    ],
}


def make_objectives(plan, number, year):
    vals_list = []
    for kind, target, baseline in TARGETS[number]:
        vals_list.append(
            {
                "kind": kind,
                "target": round(target * year, -2),
                "baseline": round(baseline * year, -2),
            }
        )
    share, spending = WALLETS[number]
    vals_list.append(
        {
            "kind": "wallet",
            "target": share,
            "wallet_amount": round(spending * year, -2),
            "baseline": share - 10,
        }
    )
    for name, revenue, target, probability in PROJECTS[number]:
        lead = env["crm.lead"].create(
            {
                "name": name,
                "type": "opportunity",
                "partner_id": plan.partner_id.id,
                "company_id": plan.company_id.id,
                "user_id": plan.user_id.id,
                "expected_revenue": round(revenue * year, -2),
            }
        )
        if probability == 100:
            lead.action_set_won()
        elif probability:
            lead.write({"probability": probability})
        else:
            lead.action_set_lost()
        vals_list.append(
            {"kind": "project", "opportunity_id": lead.id, "target": round(target * year, -2)}
        )
    for position in range(len(vals_list)):
        vals_list[position].update({"plan_id": plan.id, "sequence": position + 1})
    OBJECTIVES.create(vals_list)


def make_whitespace(plan, number, year):
    units = []
    for position in range(len(UNITS[number])):
        name = UNITS[number][position]
        contact = env["res.partner"].create(
            {"name": name, "type": "other", "parent_id": plan.partner_id.id}
        )
        units.append(
            env["crm.relationship.plan.unit"].create(
                {
                    "plan_id": plan.id,
                    "sequence": position + 1,
                    "name": name,
                    "partner_id": contact.id,
                }
            )
        )
    for code, parts in WHITESPACE[number]:
        for position in range(len(parts)):
            if parts[position] is not None:
                env["crm.relationship.plan.whitespace"].create(
                    {
                        "plan_id": plan.id,
                        "unit_id": units[position].id if position < len(units) else False,
                        "category_id": env.ref(f"crm_relationship.demo_category_{code}").id,
                        "potential": round(parts[position] * year, -2),
                        "note": "Tender in spring"
                        if code == "software" and not position
                        else False,
                    }
                )
    # The goods go to the units by turns, and some to nobody of them.
    moves = env["account.move"].search(
        [
            ("partner_id", "=", plan.partner_id.id),
            ("move_type", "=", "out_invoice"),
            ("state", "=", "posted"),
        ],
        order="invoice_date, id",
    )
    for position in range(len(moves)):
        turn = position % (len(units) + 1)
        if turn < len(units):
            moves[position].write({"partner_shipping_id": units[turn].partner_id.id})


if not OBJECTIVES.search_count([], limit=1):
    for number in (1, 2):
        partner = env.ref(f"crm_relationship.demo_customer_{number:02}")
        plan = env["crm.relationship.plan"].search([("partner_id", "=", partner.id)], limit=1)
        year = partner.relationship_profile_id.revenue
        if plan and year:
            make_objectives(plan, number, year)
            make_whitespace(plan, number, year)
