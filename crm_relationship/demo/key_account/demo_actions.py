# ruff: noqa: E501, F821
# Code of a server action that the demo data runs once, after the plans: goals in all layers and
# actions of the two key customers. Such code may neither import nor use closures.

COMPANY = env.ref("base.main_company")
OWNER = env.ref("base.user_admin")
SELLER = env.ref("base.user_demo")
PLANS = env["crm.relationship.plan"]
GOALS = env["crm.relationship.plan.goal"].with_context(tracking_disable=True)
ACTIONS = env["crm.relationship.plan.action"].with_context(tracking_disable=True)
TODAY = datetime.date.today()

PROJECTS = {
    1: [("Second assembly line", 480000), ("Service agreement, three years", 150000)],
    2: [("Plant monitoring", 220000)],
}

# layer, goal, strategy, measured by, types of measures, department, days until due, state
TARGETS = {
    1: [
        ("organisational", "A framework agreement for three years", "Executives of both sides meet twice a year and own a common roadmap", "Agreement signed", ["agreement", "executive_meeting"], None, 120, "open"),
        ("organisational", "Our users' forum takes place at their plant", "Offer them the stage: their case opens the forum", "Forum held", ["forum", "joint_event"], None, 60, "open"),
        ("key", "The Chief Executive knows us by more than name", "Marcus Trent takes us along to his reviews", "Two meetings a year", ["executive_meeting", "dinner"], "management", 75, "open"),
        ("key", "Helen Marsh no longer works against us", "Understand what she would lose, and win Tomasz Nowak first", "Takes part in a technical exchange", ["reference_visit", "visit"], "engineering", 90, "open"),
        ("key", "Yasmin Haddad trusts our deliveries", "Small promises that are kept, each week", "Ordered without a second source", ["visit"], "purchasing", -20, "reached"),
        ("general", "Each department has one of ours", "Service and sales share the departments out", "No red row in the coverage", ["routine", "team_event"], None, 100, "open"),
        ("general", "Quality and production use the portal", "Train the shifts on site", "Thirty users trained", ["training"], "quality", 45, "open"),
        ("general", "A common football evening", "Ask the shift supervisors", "Twenty come", ["team_event"], "production", 30, "dropped"),
    ],
    2: [
        ("organisational", "A common pilot that both sides talk about", "A small start with clear figures", "Joint press note", ["joint_event"], None, 110, "open"),
        ("key", "Bernard Moreau sees the pilot himself", "Sofia Lang arranges it after the trial", "He came", ["executive_meeting", "company_visit"], "management", 60, "open"),
        ("general", "Finance knows whom of ours to call", "Introduce our controller to Anton Keller", "Monthly call", ["routine"], "finance", 40, "open"),
    ],
}  # fmt: skip

# action, type, contact, department, goal, project, days until the deadline, who, budget, result,
# advance, feedback, planned as
STEPS = {
    1: [
        ("Show the reference line to Helen Marsh", "reference_visit", "Helen Marsh", None, 3, 0, 9, "seller", 1200, None, None, None, "meeting"),
        ("Dinner with Marcus Trent and our director", "dinner", "Marcus Trent", None, 2, 0, 4, "owner", 400, None, None, None, "meeting"),
        ("Ask Victor Almeida for the steering meeting", "executive_meeting", "Victor Almeida", None, 2, 0, -6, "owner", 0, None, None, None, None),
        ("Send Ingrid Solberg the savings, line by line", "administration", "Ingrid Solberg", None, None, 0, -1, "seller", 0, None, None, None, "activity"),
        ("Draft of the framework agreement", "agreement", "Yasmin Haddad", None, 0, 1, 21, "owner", 0, None, None, None, "activity"),
        ("Weekly walk through quality", "routine", None, "quality", 5, 1, 2, "seller", 50, None, None, None, "activity"),
        ("Train the early shift", "training", None, "production", 6, None, -12, "seller", 600, "done", None, None, None),
        ("Coffee with Tomasz Nowak", "visit", "Tomasz Nowak", None, 3, 0, -9, "seller", 30, "advance", "trial", "He wants two weeks of trial data before Helen decides; starts on Monday.", None),
        ("Lunch with Yasmin Haddad", "dinner", "Yasmin Haddad", None, 4, 1, -25, "owner", 120, "advance", "budget", "The spare parts stay in the budget, the rest comes in autumn.", None),
        ("Visit to Dieter Kranz", "visit", "Dieter Kranz", None, None, 0, -15, "seller", 20, "continuation", None, "Very friendly. Will think about it and come back to us.", None),
        ("Ask Helen Marsh for a technical exchange", "visit", "Helen Marsh", None, 3, 0, -30, "owner", 20, "no", None, "No time before the audit; she prefers Northgate's drawings.", None),
        ("Visit of the plant manager at our works", "company_visit", "Samuel Osei", None, None, 0, -3, "seller", 350, "asked", None, None, None),
        ("Football evening", "team_event", None, "production", 7, 1, 20, "seller", 800, "cancelled", None, None, None),
    ],
    2: [
        ("Invite Bernard Moreau to our works", "company_visit", "Bernard Moreau", None, 1, 0, 12, "owner", 300, None, None, None, "meeting"),
        ("Ask Rajiv Menon what worries him", "visit", "Rajiv Menon", None, None, 0, -7, "seller", 0, None, None, None, None),
        ("Introduce our controller to Anton Keller", "routine", "Anton Keller", None, 2, 0, 6, "seller", 60, None, None, None, "activity"),
        ("Evening for the production team", "team_event", None, "production", None, 0, 25, "seller", 700, None, None, None, None),
        ("Technical exchange on the interfaces", "technical_exchange", None, "information_technology", None, 0, 15, "seller", 200, None, None, None, "meeting"),
        ("Monthly figures for Sofia Lang", "administration", "Sofia Lang", None, None, None, -18, "seller", 0, "done", None, None, None),
        ("Breakfast with Sofia Lang", "dinner", "Sofia Lang", None, 1, 0, -20, "owner", 60, "advance", "access", "She takes us to Bernard Moreau after the trial.", None),
        ("Visit to Elena Dusek", "visit", "Elena Dusek", None, None, 0, -10, "seller", 20, "advance", "trial", "One line, four weeks, from the first of the month.", None),
        ("Visit to Karim Belhaj", "visit", "Karim Belhaj", None, None, 0, -28, "seller", 20, "continuation", None, "Good talk about the market, nothing agreed.", None),
        ("Call the accounting", "routine", "Zoe Martin", None, 2, 0, -4, "seller", 0, None, None, None, None),
    ],
}  # fmt: skip


def make_projects(plan, rows):
    """Return the opportunities of a plan's customer."""
    vals_list = []
    for name, revenue in rows:
        vals_list.append(
            {
                "name": name,
                "type": "opportunity",
                "partner_id": plan.partner_id.id,
                "company_id": COMPANY.id,
                "user_id": OWNER.id,
                "expected_revenue": revenue,
            }
        )
    return env["crm.lead"].create(vals_list)


def make_goals(plan, rows):
    """Return the goals of a plan, in the order of ``rows``."""
    vals_list = []
    for position in range(len(rows)):
        row = rows[position]
        types = []
        for code in row[4]:
            types.append(env.ref(f"crm_relationship.measure_type_{code}").id)
        vals_list.append(
            {
                "plan_id": plan.id,
                "sequence": position + 1,
                "layer": row[0],
                "name": row[1],
                "strategy": row[2],
                "measured_by": row[3],
                "measure_type_ids": [Command.set(types)],
                "department_id": env.ref(f"crm_relationship.department_{row[5]}").id
                if row[5]
                else False,
                "user_id": OWNER.id,
                "date_deadline": TODAY + datetime.timedelta(days=row[6]),
                "state": row[7],
                "drop_reason": "Works council: no events in the evening this year"
                if row[7] == "dropped"
                else False,
            }
        )
    return GOALS.create(vals_list)


def make_action(plan, goals, projects, row):
    """Make an action as ``row`` says, with its activity, meeting or result."""
    role = env["crm.relationship.role"]
    if row[2]:
        role = role.search([("plan_id", "=", plan.id), ("partner_id.name", "=", row[2])], limit=1)
    deadline = TODAY + datetime.timedelta(days=row[6])
    action = ACTIONS.create(
        {
            "plan_id": plan.id,
            "name": row[0],
            "type_id": env.ref(f"crm_relationship.measure_type_{row[1]}").id,
            "role_id": role.id,
            "department_id": env.ref(f"crm_relationship.department_{row[3]}").id
            if row[3]
            else role.department_id.id,
            "goal_id": goals[row[4]].id if row[4] is not None else False,
            "lead_id": projects[row[5]].id if row[5] is not None else False,
            "date_deadline": deadline,
            "user_id": (OWNER if row[7] == "owner" else SELLER).id,
            "budget": row[8],
        }
    )
    if row[12] == "activity":
        action.with_context(mail_activity_quick_update=True).action_plan_activity()
    elif row[12] == "meeting":
        action._plan_meeting(action._get_proposed_start(), 1.5)
    elif row[9] in ("done", "asked"):
        action.write({"state": "done", "date_done": deadline})
    elif row[9] == "cancelled":
        action.action_cancel()
    elif row[9]:
        action.write(
            {
                "result": row[9],
                "advance_id": env.ref(f"crm_relationship.advance_{row[10]}").id
                if row[10]
                else False,
                "feedback": row[11],
                "date_done": deadline,
            }
        )


if not ACTIONS.search_count([], limit=1):
    for number, rows in STEPS.items():
        partner = env.ref(f"crm_relationship.demo_customer_{number:02}")
        plan = PLANS.search([("partner_id", "=", partner.id)], limit=1)
        if plan:
            projects = make_projects(plan, PROJECTS[number])
            goals = make_goals(plan, TARGETS[number])
            for row in rows:
                make_action(plan, goals, projects, row)
    ACTIONS._cron_climb()
