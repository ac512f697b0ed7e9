# ruff: noqa: E501, F821
# Code of a server action that the demo data runs once: what was found out about the demo complaints,
# what is done about it, and what customers get. Such code may neither import nor use closures.

COMPANY = env.ref("base.main_company")
BOSS = env.ref("base.user_admin")
SELLER = env.ref("base.user_demo", raise_if_not_found=False) or BOSS
COMPLAINTS = env["crm.relationship.complaint"].with_context(mail_auto_subscribe_no_notify=True)
ACTIONS = env["crm.relationship.complaint.action"].with_context(mail_activity_quick_update=True)
TODAY = COMPANY._get_relationship_today()

# subject, cause, department or partner (p), whys, actions (kind, name, days to the deadline, days
# since it was done, effect), resolution (kind, amount, description, steps: g granted, d done)
ROWS = [
    ("Guard of the cutter came loose", "product_material", "production",
     ["The screw of the guard was torn off.", "It was softer than the drawing says.", "The supplier delivered another grade.", "Nobody tests screws when they arrive."],
     [("containment", "Call back the twelve cutters of the same week", -1, 0, None), ("corrective", "Test the hardness of every delivery of screws", 4, None, None), ("preventive", "Parts of safety guards get a certificate of their grade", 12, None, None)],
     [("repair", 180, "A technician on the same day", "gd"), ("replacement", 640, "A new guard for all three machines", "g"), ("apology", 0, "Letter of the plant manager", "")]),
    ("Sensor drifts by two degrees", "product_material", "p",
     ["The sensor's glue gives way above 60 degrees.", "The supplier changed the glue.", "We did not test the change."],
     [("containment", "Block the sensors of the last delivery", -6, 5, None), ("corrective", "Supplier returns to the former glue", -2, None, None)],
     [("exchange", 420, "Four sensors", "g"), ("compensation", 2500, "The lost day of production", "g")]),
    ("Repair took three visits", "process_planning", "service", ["The part was not in the van.", "The order did not name it."],
     [("corrective", "Orders for repairs name the part", 6, None, None)], [("help", 0, "Hotline number of the second level", "gd"), ("gift", 60, "Basket for the shift", "g")]),
    ("Delivery note lists other goods", "process_data", "logistics", ["Two articles have the same short name."],
     [("corrective", "Short names are unique", 9, None, None)], []),
    ("Belt tears within a month", "product_material", "production", ["The new fabric is thinner."],
     [("corrective", "Back to the former fabric", -3, 2, None)], [("replacement", 210, "Two belts", "gd")]),
    ("Price rise without notice", "process_communication", "sales", ["The letter went to a former contact."], [], [("information", 0, "The new list, with a reason for each rise", "gd")]),
    ("Late delivery before the opening", "outside_carrier", "p", ["The carrier had no driver.", "It was booked a day before."],
     [("corrective", "Book carriers five days ahead", -20, 22, None)], [("compensation", 350, "", "gd")]),
    ("Paint comes off", "product_material", "production", ["The primer was left out."],
     [("corrective", "Primer becomes a step of the routing", -40, 44, "effective"), ("preventive", "Check adhesion of every batch", -35, 38, None)], [("refund", 300, "", "gd")]),
    ("Hinge broke", "product_design", "production", ["The hinge is made for a lighter door.", "The door became heavier last year."],
     [("corrective", "Stronger hinge", -75, 78, "not_effective")], [("repair", 120, "", "gd")]),
    ("Transport damage", "outside_carrier", "p", ["The pallet was stacked."], [("preventive", "Do-not-stack cones on every pallet", -100, 102, "effective")], [("replacement", 480, "", "gd")]),
    ("Invoice sent twice", "process_data", "accounting", ["The customer has two addresses."], [("corrective", "One address for invoices", -30, 34, "effective")], [("apology", 0, "", "gd")]),
    ("Wrong tax on the invoice", "process_data", "accounting", [], [], [("information", 0, "", "gd")]),
]  # fmt: skip


def find(subject):
    return COMPLAINTS.search(
        [("subject", "=", subject), ("company_id", "=", COMPANY.id)], limit=1, order="id"
    )


def investigate(complaint, row, partner):
    vals = {
        "findings": "<p>Looked at on site, together with the customer.</p>" if row[3] else False,
        "why_ids": [
            Command.create({"sequence": 10 * place, "answer": answer})
            for place, answer in enumerate(row[3], 1)
        ],
    }
    if not complaint.cause_id:
        vals["cause_id"] = env.ref(f"crm_relationship.complaint_cause_{row[1]}").id
    if row[2] == "p":
        vals["supplier_id"] = partner.id
    else:
        vals["department_id"] = env.ref(f"crm_relationship.complaint_department_{row[2]}").id
    for answer in vals.pop("why_ids"):
        complaint.write({"why_ids": [answer]})
    complaint.write(vals)


def plan(complaint, values, number):
    kind, name, deadline, done, effect = values
    action = ACTIONS.create(
        {
            "complaint_id": complaint.id,
            "kind": kind,
            "name": name,
            "user_id": [BOSS, SELLER][number % 2].id,
            "date_deadline": TODAY + datetime.timedelta(deadline),
        }
    )
    if done is None:
        if deadline < 5:
            action.write({"state": "progress"})
        return
    action.write({"proof": "Seen on site, photo in the folder of the line.", "state": "done"})
    action.write({"date_done": TODAY - datetime.timedelta(done)})
    if effect:
        note = "The same again." if effect == "not_effective" else "No further case since."
        action._check_effect(effect, note)


def settle(complaint, values):
    kind, amount, description, steps = values
    line = env["crm.relationship.complaint.resolution"].create(
        {
            "complaint_id": complaint.id,
            "kind": kind,
            "amount": amount,
            "description": description,
        }
    )
    if "g" in steps:
        line.action_grant()
    if "d" in steps and line.state == "approved":
        line.action_carry_out()


LIMITS = env["crm.relationship.complaint.limit"]
if not LIMITS.search_count([], limit=1):
    partner = env["res.partner"].create(
        {"name": "Northline Parts & Freight", "is_company": True, "company_id": False}
    )
    for row in ROWS:
        complaint = find(row[0])
        if not complaint:
            continue
        investigate(complaint, row, partner)
        for number, values in enumerate(row[4]):
            plan(complaint, values, number)
    LIMITS.create(
        [
            {"company_id": COMPANY.id, "amount": 1000, "leader_approves": True},
            {"company_id": COMPANY.id, "kind": "gift", "amount": 50},
        ]
    )
    for row in ROWS:
        complaint = find(row[0])
        if complaint:
            for values in row[5]:
                settle(complaint, values)
