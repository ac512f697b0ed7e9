# ruff: noqa: E501, F821
# Code of a server action that the demo data runs once: plans of more key customers, so that the
# board has something to compare. Such code may neither import nor use closures.

COMPANY = env.ref("base.main_company")
OWNER = env.ref("base.user_admin")
SELLER = env.ref("base.user_demo")
PLANS = env["crm.relationship.plan"]
TODAY = datetime.date.today()

# customer, who answers for it, has a sponsor, state, wanted growth of the revenue, days until the
# actions are due, judged scores of competition and delivery, no competitor
ACCOUNTS = [
    (3, OWNER, True, "active", 0.9, [6, 20], (85, 90), True),
    (4, SELLER, True, "active", 1.1, [12], (70, 75), True),
    (5, SELLER, False, "active", 1.6, [-9, -2], (40, 55), False),
    (6, OWNER, True, "active", 1.0, [3, -4], (60, 80), True),
    (7, SELLER, False, "draft", None, [], None, False),
    (8, OWNER, False, "active", 1.3, [40], None, False),
    (9, SELLER, True, "active", 0.8, [1, 9, 25], (75, 70), True),
]  # fmt: skip

# contact, function, level, buying role, influence, hidden power, support, coverage, mark, days since
# the last meeting; plans take so many of them in turn
PEOPLE = [
    ("Chief Executive", "high", "economic_buyer", "5", "high", "1", "multiple", None),
    ("Head of Purchasing", "middle", "decision_maker", "4", None, "1", "deep", "coach"),
    ("Plant Manager", "middle", "evaluator", "3", None, "0", "brief", "star"),
    ("Team Leader", "grassroots", "user", "2", None, "2", "multiple", None),
]  # fmt: skip

NAMES = ["Ana Ferro", "Ben Okafor", "Clara Winther", "David Roth", "Eva Lindt", "Faisal Omar", "Greta Holm", "Hugo Brandt", "Ines Carvalho", "Jonas Feld", "Kira Novak", "Liam Doyle", "Maya Sato", "Nils Berg", "Olga Petrova", "Pablo Ruiz", "Quinn Harper", "Rosa Klein", "Sven Aalto", "Tara Singh", "Umar Aziz", "Vera Blum", "Willem Bos", "Xenia Popa", "Yusuf Kaya", "Zita Horn"]  # fmt: skip

# How many of the people, and days since their last meetings.
CHAINS = {
    3: (4, [8, 5, 20, 12]),
    4: (4, [35, 15, 40, None]),
    5: (2, [95, 70]),
    6: (3, [50, 10, None]),
    7: (0, []),
    8: (2, [None, 22]),
    9: (4, [18, 3, 27, 60]),
}  # fmt: skip

# Days until the next reviews.
REVIEWS = {3: 34, 4: 12, 5: -6, 6: 3, 8: 35, 9: 20}

if not PLANS.search_count([("partner_id", "=", env.ref("crm_relationship.demo_customer_03").id)]):
    turn = 0
    for number, owner, has_sponsor, state, growth, days, scores, no_rival in ACCOUNTS:
        partner = env.ref(f"crm_relationship.demo_customer_{number:02}")
        plan = PLANS.create(
            {
                "partner_id": partner.id,
                "company_id": COMPANY.id,
                "user_id": owner.id,
                "sponsor_id": OWNER.id if has_sponsor else False,
                "has_no_competitor": no_rival,
            }
        )
        count, seen = CHAINS[number]
        for position in range(count):
            function, level, role, influence, hidden, support, coverage, mark = PEOPLE[position]
            contact = env["res.partner"].create(
                {"name": NAMES[turn % len(NAMES)], "function": function, "parent_id": partner.id}
            )
            turn += 1
            env["crm.relationship.role"].create(
                {
                    "plan_id": plan.id,
                    "partner_id": contact.id,
                    "sequence": position + 1,
                    "level": level,
                    "buying_role": role,
                    "influence": influence,
                    "hidden_power": hidden,
                    "support": support,
                    "coverage": coverage,
                    "is_coach": mark == "coach",
                    "is_rising_star": mark == "star",
                    "user_id": owner.id,
                }
            )
            if seen[position] is not None:
                start = datetime.datetime.combine(
                    TODAY - datetime.timedelta(days=seen[position]), datetime.time(9)
                )
                env["calendar.event"].with_context(no_mail_to_attendees=True).create(
                    {
                        "name": f"Talk with {contact.name}",
                        "start": start,
                        "stop": start + datetime.timedelta(hours=1),
                        "user_id": owner.id,
                        "partner_ids": [Command.link(contact.id)],
                    }
                )
        if growth:
            year = partner.relationship_profile_id.revenue or 40000
            env["crm.relationship.plan.objective"].create(
                {"plan_id": plan.id, "kind": "revenue", "target": round(year * growth, -2)}
            )
        subjects = ["Review of the open offers", "Service day on site", "Figures of the quarter"]
        for position in range(len(days)):
            env["crm.relationship.plan.action"].create(
                {
                    "name": subjects[position],
                    "plan_id": plan.id,
                    "type_id": env.ref("crm_relationship.measure_type_administration").id,
                    "department_id": env.ref("crm_relationship.department_purchasing").id,
                    "user_id": owner.id,
                    "date_deadline": TODAY + datetime.timedelta(days=days[position]),
                }
            )
        if scores:
            for score in plan.score_ids:
                if score.dimension_id.code in ("competition", "delivery"):
                    value = scores[0 if score.dimension_id.code == "competition" else 1]
                    score.write({"judged_score": value, "evidence": "Talk at the last visit"})
        if state == "active":
            plan.action_start()
            plan.review_ids.write({"date": TODAY + datetime.timedelta(days=REVIEWS[number])})
