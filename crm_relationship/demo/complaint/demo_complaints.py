# ruff: noqa: E501, F821
# Code of a server action that the demo data runs once: the feature is turned on, and the complaints
# of the last year go through their stages. Such code may neither import nor use closures.

COMPANY = env.ref("base.main_company")
BOSS = env.ref("base.user_admin")
SELLER = env.ref("base.user_demo", raise_if_not_found=False) or BOSS
TEAM = env.ref("crm_relationship.complaint_team_main")
COMPLAINTS = env["crm.relationship.complaint"].with_context(mail_auto_subscribe_no_notify=True)
NOW = datetime.datetime.now().replace(microsecond=0)
CODES = ["new", "acknowledged", "assessing", "investigating", "responded", "closed"]

# customer, days ago, subject, category, touchpoint, channel, what was entered by hand, stage or
# result, cause, days until it was closed, marks (w waiting, W waited, r reopened, c confidential,
# i with the last invoice, u nobody in charge)
ROWS = [
    (1, 1, "Plate press stops after ten minutes", "product_defect", "use", "phone", {"needs_immediate_action": True, "impact": "group"}, "assessing", None, None, "i"),
    (4, 2, "Guard of the cutter came loose", "product_safety", "use", "phone", {}, "investigating", None, None, "i"),
    (2, 0, "Kiosks delivered in the wrong colour", "product_wrong", "delivery", "mail", {}, "new", None, None, "iu"),
    (7, 0, "Invoice shows the old address", "money_invoice", "invoice", "portal", {}, "new", None, None, "iu"),
    (12, 1, "Nobody calls back", "service_answer", "helpdesk", "web", {}, "new", None, None, ""),
    (15, 2, "Spare parts promised for last week", "delivery_late", "spare", "mail", {"severity": "serious"}, "new", None, None, "u"),
    (6, 3, "Two of four pallets are missing", "delivery_missing", "delivery", "phone", {}, "acknowledged", None, None, "i"),
    (9, 4, "Frame bent on arrival", "product_damage", "delivery", "mail", {}, "acknowledged", None, None, "i"),
    (3, 5, "Technician came without an appointment", "service_repair", "service", "phone", {"severity": "minor"}, "acknowledged", None, None, ""),
    (5, 6, "Rude answer at the front desk", "service_staff", "service", "visit", {}, "assessing", None, None, "c"),
    (11, 8, "Promised discount is not on the invoice", "contract_promise", "invoice", "mail", {}, "assessing", None, None, "iW"),
    (14, 9, "Manual only in English", "service", "training", "web", {"severity": "minor"}, "assessing", None, None, "w"),
    (8, 11, "Sensor drifts by two degrees", "product_defect", "use", "mail", {"complexity": "complex"}, "investigating", None, None, "iW"),
    (17, 13, "Repair took three visits", "service_repair", "service", "phone", {}, "investigating", None, None, "r"),
    (10, 16, "Delivery note lists other goods", "product_wrong", "delivery", "mail", {}, "investigating", None, None, "w"),
    (20, 19, "Customer list was sent to a stranger", "contract_data", "helpdesk", "mail", {}, "investigating", None, None, "c"),
    (13, 22, "Price rise without notice", "money_price", "renewal", "visit", {"severity": "moderate"}, "responded", None, None, ""),
    (18, 24, "Belt tears within a month", "product_defect", "use", "phone", {}, "responded", None, None, "i"),
    (16, 27, "Installation left the floor damaged", "service_repair", "installation", "phone", {"impact": "group"}, "responded", None, None, "r"),
    (22, 34, "Waiting for an offer since June", "service_answer", "offer", "shop", {}, "responded", None, None, "w"),
    (1, 21, "Wrong quantity of filters", "product_wrong", "delivery", "portal", {}, "accepted", "process_planning", 4, "i"),
    (2, 30, "Late delivery before the opening", "delivery_late", "delivery", "phone", {"severity": "serious", "needs_immediate_action": True}, "escalated", "outside_carrier", 9, ""),
    (3, 38, "Invoice sent twice", "money_invoice", "invoice", "mail", {}, "accepted", "process_data", 2, "i"),
    (4, 45, "Paint comes off", "product_defect", "use", "mail", {}, "accepted", "product_material", 18, "W"),
    (5, 52, "Colour differs from the screen", "product", "advertising", "web", {"severity": "minor"}, "not_justified", None, 6, ""),
    (6, 60, "Carrier refused to unload", "delivery", "delivery", "phone", {}, "accepted", "outside_carrier", 5, ""),
    (7, 68, "Training was cut short", "service", "training", "visit", {}, "accepted", "people_training", 11, ""),
    (8, 75, "Wrong voltage ordered", "product_wrong", "order", "mail", {}, "not_justified", None, 8, "i"),
    (9, 88, "Hinge broke", "product_defect", "use", "phone", {}, "accepted", "product_design", 21, "Wr"),
    (10, 97, "Nobody answers mails", "service_answer", "helpdesk", "social", {}, "escalated", "process_communication", 14, ""),
    (11, 110, "Transport damage", "product_damage", "delivery", "shop", {}, "accepted", "outside_carrier", 6, "i"),
    (12, 124, "Late by a week", "delivery_late", "delivery", "mail", {}, "accepted", "process_planning", 7, ""),
    (14, 139, "Promise of the salesperson", "contract_promise", "advice", "visit", {}, "escalated", "people_mistake", 26, ""),
    (15, 155, "Wrong tax on the invoice", "money_invoice", "invoice", "portal", {}, "accepted", "process_data", 3, "i"),
    (16, 172, "Price too high", "money_price", "offer", "phone", {}, "withdrawn", None, 4, ""),
    (17, 190, "Motor too loud", "product_defect", "use", "phone", {"severity": "moderate"}, "not_justified", None, 15, "W"),
    (18, 211, "Wrong spare part", "product_wrong", "spare", "mail", {}, "accepted", "people_mistake", 5, ""),
    (19, 233, "Smell of burning", "product_safety", "use", "phone", {"impact": "group"}, "accepted", "product_production", 12, "i"),
    (21, 256, "Catalogue promises other figures", "contract", "advertising", "social", {}, "withdrawn", None, 9, ""),
    (22, 281, "Visit was cancelled twice", "service", "visit", "visit", {}, "accepted", "process_planning", 8, ""),
    (23, 309, "Parcel never arrived", "delivery_missing", "delivery", "shop", {}, "accepted", "outside_carrier", 10, "i"),
    (24, 340, "Order could not be cancelled", "contract", "contract", "web", {"severity": "minor"}, "withdrawn", None, 2, ""),
]  # fmt: skip
STORIES = {
    "product": "It does not do what it was bought for. The customer has sent pictures.",
    "delivery": "The customer had planned with the day that we confirmed, and people waited for it.",
    "service": "The customer feels left alone and asks who is in charge now.",
    "money": "The bookkeeping of the customer can't post the document as it is.",
    "contract": "The customer refers to what was agreed, and wants to know what holds.",
}
WISHES = {
    "product": "A replacement, and an explanation that can be shown to the own management.",
    "delivery": "A day that holds.",
    "service": "A call back by somebody who may decide.",
    "money": "A corrected document this week.",
    "contract": "Our position in writing.",
}
ANSWER = "<p>We looked into it and are sorry. What we do about it, and by when, stands below.</p>"
REASON = "What was delivered is what the signed order says; we showed it to the customer."


def moment(days, number):
    # Within working hours, a little different each time, and never in the future.
    hour = datetime.time(7 + number % 9, 11 * number % 60)
    return min(datetime.datetime.combine(NOW.date() - datetime.timedelta(days), hour), NOW)


def reach(row):
    # The place of the last stage that a complaint reaches.
    return CODES.index(row[7]) if row[7] in CODES else 5


def enter(number, row):
    # Enter one complaint.
    customer = env.ref(f"crm_relationship.demo_customer_{row[0]:02}")
    branch = row[3].split("_")[0]
    invoice = env["account.move"]
    if "i" in row[10]:
        invoice = invoice.search(
            [
                ("commercial_partner_id", "=", customer.id),
                ("move_type", "=", "out_invoice"),
                ("company_id", "=", COMPANY.id),
            ],
            limit=1,
        )
    handler = [BOSS, SELLER, SELLER][number % 3]
    contact = customer.child_ids.filtered(lambda child: child.type == "contact")[:1]
    return COMPLAINTS.create(
        {
            "subject": row[2],
            "partner_id": customer.id,
            "contact_id": contact.id,
            "company_id": COMPANY.id,
            "date_received": moment(row[1], number),
            "category_id": env.ref(f"crm_relationship.complaint_category_{row[3]}").id,
            "touchpoint_id": env.ref(f"crm_relationship.complaint_touchpoint_{row[4]}").id,
            "channel": row[5],
            "description": f"<p>{STORIES[branch]}</p>",
            "demand": WISHES[branch],
            "invoice_id": invoice.id,
            "user_id": False if "u" in row[10] else handler.id,
            **row[6],
        }
    )


def close(complaint, row):
    result = row[7] if row[7] not in CODES else "accepted"
    cause = env.ref(f"crm_relationship.complaint_cause_{row[8] or 'people_mistake'}")
    justified = result in ("accepted", "escalated")
    if result != "withdrawn":
        complaint.write({"answer": ANSWER})
    complaint.write({"cause_id": cause.id if justified else False})
    complaint._move("closed", result=result, closing_reason=False if justified else REASON)


def reopen(complaint):
    # Had been closed once, before it went on.
    complaint._reopen("The same thing happened again on the next day.", origin="complainant")
    start = complaint.date_received
    complaint.reopening_ids.write(
        {
            "date": start + datetime.timedelta(days=6),
            "date_closed": start + datetime.timedelta(days=4),
            "date_answered": start + datetime.timedelta(days=4),
        }
    )
    complaint.write({"date_reopened": start + datetime.timedelta(days=6)})


def backdate(complaint, row):
    # The dates of the steps, as if they had been taken then.
    start = complaint.date_received
    closed = start + datetime.timedelta(days=row[9]) if row[9] else None
    last = closed or NOW
    vals = {}
    if complaint.date_acknowledged:
        vals["date_acknowledged"] = start + (last - start) / 10
    if complaint.date_answered:
        vals["date_answered"] = start + (last - start) * 0.9
    if closed:
        vals["date_closed"] = closed
    complaint.write(vals)
    for wait in complaint.wait_ids:
        wait.write(
            {
                "date_from": start + (last - start) * 0.4,
                "date_to": start + (last - start) * 0.7 if wait.date_to else False,
            }
        )


def backdate_tracking():
    # Odoo stamps what it tracks with the present: the time in each stage would be none.
    env.flush_all()
    env.cr.execute(
        """WITH step AS (
               SELECT value.id, value.mail_message_id, complaint.date_received AS start,
                      COALESCE(complaint.date_closed, %(now)s) AS until,
                      row_number() OVER (PARTITION BY complaint.id ORDER BY value.id) AS place,
                      count(*) OVER (PARTITION BY complaint.id)
                      + (complaint.date_closed IS NULL)::int AS places
                 FROM mail_tracking_value value
                 JOIN mail_message message ON message.id = value.mail_message_id
                 JOIN crm_relationship_complaint complaint ON complaint.id = message.res_id
                  AND message.model = 'crm.relationship.complaint'
                 JOIN ir_model_fields field ON field.id = value.field_id
                  AND field.name = 'stage_id'),
                stamp AS (
               UPDATE mail_tracking_value value
                  SET create_date = start + (until - start) * place / places
                 FROM step WHERE step.id = value.id RETURNING value.mail_message_id, create_date)
           UPDATE mail_message message SET date = stamp.create_date
             FROM stamp WHERE stamp.mail_message_id = message.id""",
        {"now": NOW},
    )
    env.cr.execute("UPDATE crm_relationship_complaint SET create_date = date_received")
    env.invalidate_all()


def work_out_deadlines(complaints):
    # The deadlines as they were, and what was promised and told of the complaints.
    for complaint in complaints:
        complaint.deadline_ids.unlink()
        complaint._update_deadlines()
        complaint.escalation_ids.write({"date": complaint.date_received})
    for complaint, days in ((complaints[0], 6), (complaints[6], 4)):
        complaint.write({"promised_date": NOW + datetime.timedelta(days)})
    for complaint in complaints[:6]:
        complaint.with_user(BOSS).mark_read()


if not COMPLAINTS.search_count([], limit=1):
    env.ref("base.group_user").write(
        {"implied_ids": [Command.link(env.ref("crm_relationship.group_complaint_feature").id)]}
    )
    # What the installation gives companies once the demo data is there.
    COMPANY._create_complaint_targets()
    COMPANY._create_complaint_escalations()
    # By hand, while the complaints of the past are entered.
    TEAM.write(
        {
            "assignment": "manual",
            "user_id": BOSS.id,
            "member_ids": [Command.create({"user_id": user.id}) for user in BOSS | SELLER],
        }
    )
    complaints = [enter(number, row) for number, row in enumerate(ROWS)]
    for complaint, row in zip(complaints, ROWS, strict=True):
        if "r" in row[10]:
            close(complaint, row)
            reopen(complaint)
    env.cr.flush()
    for place in range(1, 6):
        for complaint, row in zip(complaints, ROWS, strict=True):
            if reach(row) < place or CODES.index(complaint.stage_code) >= place:
                continue
            if place == 3 and "W" in row[10]:
                complaint.action_wait()
                complaint.action_end_wait()
            if place == 4 and row[7] != "withdrawn":
                complaint.write({"answer": ANSWER})
            if place == 5:
                close(complaint, row)
            elif place < 4 or row[7] != "withdrawn":
                complaint._move(CODES[place])
        env.cr.flush()
    for complaint, row in zip(complaints, ROWS, strict=True):
        if "w" in row[10]:
            complaint.action_wait()
        backdate(complaint, row)
    env.cr.flush()
    backdate_tracking()
    work_out_deadlines(complaints)
    TEAM.write({"assignment": "load"})
