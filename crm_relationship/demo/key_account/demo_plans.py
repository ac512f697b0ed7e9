# ruff: noqa: E501, F821
# Code of a server action that the demo data runs once: account plans of two key customers, each
# with its decision chain. Such code may neither import nor use closures.

COMPANY = env.ref("base.main_company")
OWNER = env.ref("base.user_admin")
SELLER = env.ref("base.user_demo")
ROLES = env["crm.relationship.role"].with_context(tracking_disable=True)
TODAY = datetime.date.today()

# name, function, level, department, buying role, reports to, influence, hidden power, support,
# coverage, phase, style, marks, days since the last contact (None: never)
CHAINS = {
    1: [
        ("Victor Almeida", "Chief Executive Officer", "high", "management", "economic_buyer", None, "5", "high", "1", "brief", "link", "imaginative", "", 75),
        ("Ingrid Solberg", "Chief Financial Officer", "high", "finance", "financial_gatekeeper", 0, "4", "medium", "0", "brief", "link", "analytical", "", 20),
        ("Marcus Trent", "Chief Operating Officer", "high", "management", "decision_maker", 0, "5", "high", "2", "deep", "influence", "organised", "coach", 4),
        ("Yasmin Haddad", "Head of Purchasing", "middle", "purchasing", "approver", 1, "4", "medium", "-1", "multiple", "trust", "organised", "insatiable", 12),
        ("Paolo Ricci", "Senior Buyer", "grassroots", "purchasing", "purchaser", 3, "2", "low", "0", "multiple", "trust", "relational", "", 6),
        ("Greta Lindqvist", "Buyer", "grassroots", "purchasing", "purchaser", 3, "1", None, "1", "brief", "link", "relational", "star", 33),
        ("Samuel Osei", "Plant Manager", "middle", "production", "user", 2, "4", "medium", "2", "deep", "influence", "organised", "", 2),
        ("Helen Marsh", "Head of Engineering", "middle", "engineering", "technical_gatekeeper", 2, "4", "high", "-2", "brief", "know", "analytical", "rival", 48),
        ("Tomasz Nowak", "Process Engineer", "grassroots", "engineering", "evaluator", 7, "3", "low", "0", "brief", "link", "analytical", "", 25),
        ("Aiko Tanabe", "Automation Engineer", "grassroots", "engineering", "evaluator", 7, "2", None, "1", "multiple", "trust", "imaginative", "star", 9),
        ("Dieter Kranz", "Head of Quality", "middle", "quality", "approver", 2, "3", "medium", "1", "multiple", "trust", "analytical", "", 15),
        ("Lucia Ferrer", "Quality Inspector", "grassroots", "quality", "user", 10, "1", None, "0", "none", "know", None, "", None),
        ("Owen Blake", "Shift Supervisor", "grassroots", "production", "user", 6, "2", None, "1", "brief", "link", "relational", "", 40),
        ("Nadia Petrov", "Assistant to the Chief Executive", "grassroots", "management", "influencer", 0, "3", "high", "1", "multiple", "trust", "relational", "", 10),
    ],
    2: [
        ("Bernard Moreau", "Managing Director", "high", "management", "decision_maker", None, "5", None, "0", "brief", "link", "imaginative", "", 95),
        ("Sofia Lang", "Head of Purchasing", "middle", "purchasing", "approver", 0, "4", None, "1", "multiple", "trust", "organised", "", 14),
        ("Rajiv Menon", "Head of Information Technology", "middle", "information_technology", "technical_gatekeeper", 0, "4", None, "-1", "brief", "know", "analytical", "", 52),
        ("Elena Dusek", "Head of Production", "middle", "production", "user", 0, "3", None, "1", "deep", "trust", "relational", "", 5),
        ("Karim Belhaj", "Buyer", "grassroots", "purchasing", "purchaser", 1, "2", None, "1", "multiple", "trust", "relational", "", 8),
        ("Maud Evans", "Buyer", "grassroots", "purchasing", "purchaser", 1, "1", None, "0", "none", "know", None, "", None),
        ("Jonas Weber", "System Engineer", "grassroots", "information_technology", "evaluator", 2, "3", None, "0", "brief", "link", "analytical", "", 31),
        ("Petra Novak", "Data Engineer", "grassroots", "information_technology", "evaluator", 2, "2", None, "0", "none", "know", None, "", None),
        ("Hugo Santos", "Production Planner", "grassroots", "production", "user", 3, "2", None, "1", "brief", "link", "organised", "", 27),
        ("Carla Rossi", "Line Leader", "grassroots", "production", "user", 3, "2", None, "1", "brief", "link", "relational", "", 36),
        ("Anton Keller", "Controller", "middle", "finance", "financial_gatekeeper", 0, "3", None, "0", "brief", "know", "analytical", "", 70),
        ("Zoe Martin", "Accountant", "grassroots", "finance", "user", 10, "1", None, "0", "none", "know", None, "", None),
    ],
}  # fmt: skip
BONDS = {"know": ("1", "2"), "link": ("1", "3"), "trust": ("3", "4"), "influence": ("4", "4")}
POWER = {"high": "high", "middle": "medium", "grassroots": "low"}
ORIENTATION = {"finance": "financial", "engineering": "technical", "purchasing": "business", "information_technology": "technical", "management": "business"}  # fmt: skip
HIDDEN_LINES = {1: [(13, 0), (7, 8), (2, 0)], 2: [(3, 0)]}


def make_plan(number, sponsor):
    """Return the started plan of a customer for this year."""
    partner = env.ref(f"crm_relationship.demo_customer_{number:02}")
    return env["crm.relationship.plan"].create(
        {
            "partner_id": partner.id,
            "company_id": COMPANY.id,
            "user_id": OWNER.id,
            "sponsor_id": sponsor.id,
            "member_ids": [Command.create({"user_id": SELLER.id, "role": "Solution architect"})],
            "state": "active",
        }
    )


def make_roles(plan, rows, rival):
    """Return the roles of a chain, in the order of ``rows``."""
    people = []
    for row in rows:
        people.append({"name": row[0], "function": row[1], "parent_id": plan.partner_id.id})
    contacts = env["res.partner"].create(people)
    vals_list = []
    for position in range(len(rows)):
        row = rows[position]
        vals_list.append(
            {
                "plan_id": plan.id,
                "partner_id": contacts[position].id,
                "sequence": position + 1,
                "level": row[2],
                "department_id": env.ref(f"crm_relationship.department_{row[3]}").id,
                "buying_role": row[4],
                "influence": row[6],
                "hidden_power": row[7],
                "support": row[8],
                "coverage": row[9],
                "contact_phase": row[10],
                "relationship_level": BONDS[row[10]][0],
                "relationship_wanted": BONDS[row[10]][1],
                "formal_power": POWER[row[2]],
                "orientation": ORIENTATION.get(row[3], "relationship"),
                "standing": "inner" if row[6] > "3" else "structure" if row[6] > "1" else "outside",
                "style": row[11],
                "is_coach": row[12] == "coach",
                "is_rising_star": row[12] == "star",
                "is_insatiable": row[12] == "insatiable",
                "competitor_id": rival.id if row[12] == "rival" else False,
                "user_id": (OWNER if row[2] == "high" else SELLER).id
                if row[9] != "none"
                else False,
            }
        )
    roles = ROLES.create(vals_list)
    for position in range(len(rows)):
        if rows[position][5] is not None:
            roles[position].write({"reports_to_id": roles[rows[position][5]].id})
        if rows[position][13] is not None:
            start = datetime.datetime.combine(
                TODAY - datetime.timedelta(days=rows[position][13]), datetime.time(9)
            )
            env["calendar.event"].with_context(no_mail_to_attendees=True).create(
                {
                    "name": f"Talk with {rows[position][0]}",
                    "start": start,
                    "stop": start + datetime.timedelta(hours=1),
                    "user_id": OWNER.id,
                    "partner_ids": [Command.link(contacts[position].id)],
                }
            )
    return roles


if not ROLES.search_count([], limit=1):
    COMPANY.write({"relationship_private_data": True})
    rival = env["crm.relationship.competitor"].create({"name": "Northgate Systems"})
    plans = {1: make_plan(1, OWNER), 2: make_plan(2, env["res.users"])}
    plans[1].write({"competitor_ids": [Command.link(rival.id)]})
    for number, rows in CHAINS.items():
        roles = make_roles(plans[number], rows, rival)
        for one, other in HIDDEN_LINES[number]:
            roles[one].write({"influences_ids": [Command.link(roles[other].id)]})
        if number == 1:
            env["crm.relationship.role.need"].create(
                [
                    {"role_id": roles[2].id, "need": "esteem", "offer": "Speaks at our users' day"},
                    {"role_id": roles[6].id, "need": "safety", "offer": "Spare parts on his site"},
                ]
            )
            env["crm.relationship.role.note"].create(
                [
                    {"role_id": roles[2].id, "kind": "career", "body": "Wants to succeed the CEO"},
                    {"role_id": roles[13].id, "kind": "note", "body": "Decides whom he sees"},
                ]
            )
