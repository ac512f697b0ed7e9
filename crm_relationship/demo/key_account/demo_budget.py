# ruff: noqa: E501, F821
# Code of a server action that the demo data runs once, after the plans and their actions: what
# was spent on the two key customers, one expense to approve, and one plan over its budget. Such
# code may neither import nor use closures.

COMPANY = env.ref("base.main_company")
OWNER = env.ref("base.user_admin")
SELLER = env.ref("base.user_demo")
LINES = env["crm.relationship.budget"].with_context(tracking_disable=True)
TODAY = datetime.date.today()

BUDGETS = {1: 9000, 2: 2000}

# purpose, category, contact, action, who, days from today, planned, actual, what became of it
SPENDING = {
    1: [
        ("Lunch after the spare parts talk", "dining", "Yasmin Haddad", "Lunch with Yasmin Haddad", "owner", -25, 120, 118, "spent"),
        ("Coffee and cake for the trial team", "dining", "Tomasz Nowak", "Coffee with Tomasz Nowak", "seller", -9, 30, 26.5, "spent"),
        ("Train and hotel, visit to our works", "travel", "Samuel Osei", "Visit of the plant manager at our works", "seller", -3, 350, 362.4, "spent"),
        ("Material of the shift training", "training", None, "Train the early shift", "seller", -12, 600, 540, "spent"),
        ("Book for the Chief Executive's anniversary", "gift", "Victor Almeida", None, "owner", -40, 80, 79, "spent"),
        ("Dinner with Marcus Trent and our director", "dining", "Marcus Trent", "Dinner with Marcus Trent and our director", "owner", 4, 400, 0, "planned"),
        ("Concert evening with Victor Almeida", "event", "Victor Almeida", None, "seller", 18, 950, 0, "requested"),
        ("Watch for Helen Marsh", "gift", "Helen Marsh", None, "seller", 30, 700, 0, "refused"),
        ("Stand at the users' forum", "event", None, None, "owner", 55, 4800, 0, "planned"),
    ],
    2: [
        ("Evening for the production team", "event", None, "Evening for the production team", "seller", 25, 700, 0, "planned"),
        ("Flights for the interface workshop", "travel", None, "Technical exchange on the interfaces", "seller", -6, 400, 640, "spent"),
        ("Tasting with purchasing", "dining", "Sofia Lang", None, "seller", -20, 150, 165, "spent"),
        ("Workshop room", "event", None, None, "owner", 15, 450, 0, "planned"),
        ("Hotel of the guests from Lyon", "travel", "Bernard Moreau", None, "owner", 12, 480, 0, "planned"),
    ],
}  # fmt: skip

if not LINES.search_count([], limit=1):
    COMPANY.write({"relationship_spending_limit": 500, "relationship_contact_limit": 1000})
    for number, rows in SPENDING.items():
        customer = env.ref(f"crm_relationship.demo_customer_{number:02}")
        plan = env["crm.relationship.plan"].search([("partner_id", "=", customer.id)], limit=1)
        plan.write({"budget_amount": BUDGETS[number]})
        contacts = {}
        for role in plan.role_ids:
            contacts[role.partner_id.name] = role.partner_id.id
        actions = {}
        for action in plan.plan_action_ids:
            actions[action.name] = action.id
        for row in rows:
            line = LINES.create(
                {
                    "name": row[0],
                    "plan_id": plan.id,
                    "category_id": env.ref(f"crm_relationship.budget_category_{row[1]}").id,
                    "partner_id": contacts.get(row[2]),
                    "action_id": actions.get(row[3]),
                    "user_id": (OWNER if row[4] == "owner" else SELLER).id,
                    "date": TODAY + datetime.timedelta(days=row[5]),
                    "planned_amount": row[6],
                    "spent_amount": row[7],
                }
            )
            # The server sets what people reach by asking and deciding.
            if row[8] == "spent":
                line.write({"state": "spent"})
            elif row[8] == "requested":
                line.with_user(SELLER).action_request()
            elif row[8] == "refused":
                line.with_user(SELLER).action_request()
                line.with_user(OWNER)._refuse("No gifts of this value: our own rules, and hers")
