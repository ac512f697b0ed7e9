# ruff: noqa: E501, F821
# Code of a server action that the demo data runs once: two reviews of each demo plan, the way it
# stood then. Such code may neither import nor use closures.

TODAY = datetime.date.today()

# Of each customer the reviews, the older one first: days ago, scores less than today by dimension,
# the roles (by position) that stood otherwise, positions of roles that were not known yet, flags
# that were up, the share of what is reached today, decisions.
REVIEWS = {
    1: [
        (182, {"coverage": 21, "support": 14, "sponsor": 30, "rhythm": 18, "competition": 16, "delivery": 3},
         {2: {"support": "0", "coverage": "brief", "is_coach": False}, 6: {"support": "1", "coverage": "multiple"}, 9: {"coverage": "none"}, 3: {"support": "0"}},
         [5, 13], ["no_coach", "single_threaded", "hidden_chain"], 0.35,
         "<p>Marcus Trent becomes our first contact at the top: meet him every month.</p><p>Ask the plant manager for a reference.</p>"),
        (91, {"coverage": 9, "support": 6, "sponsor": 12, "rhythm": -7, "competition": 8, "delivery": -4},
         {2: {"support": "1", "coverage": "multiple"}, 9: {"coverage": "brief"}, 3: {"support": "0"}},
         [5], ["single_threaded"], 0.7,
         "<p>Bring the head of engineering and our developers together before the trial.</p><p>The sponsor calls the chief executive.</p>"),
    ],
    2: [
        (168, {"coverage": 12, "support": 9, "sponsor": 0, "rhythm": 16, "competition": 10, "delivery": 0},
         {1: {"support": "0", "coverage": "brief"}, 3: {"coverage": "multiple"}},
         [8, 9], ["single_threaded"], 0.3,
         "<p>Find a sponsor: two executives are asked until the end of the month.</p>"),
        (77, {"coverage": 4, "support": -5, "sponsor": 0, "rhythm": 5, "competition": 4, "delivery": 0},
         {3: {"coverage": "multiple"}},
         [9], [], 0.65,
         "<p>A workshop with information technology, led by the solution architect.</p><p>No quotation without a meeting before.</p>"),
    ],
}  # fmt: skip

for number, rows in REVIEWS.items():
    customer = env.ref(f"crm_relationship.demo_customer_{number:02}")
    plan = env["crm.relationship.plan"].search([("partner_id", "=", customer.id)], limit=1)
    if not plan or plan.held_review_count:
        continue
    people = plan.user_id | plan.member_ids.user_id
    dimensions = {score.dimension_id.code: score for score in plan.score_ids}
    for days, less, otherwise, unknown, flags, share, decisions in rows:
        day = TODAY - datetime.timedelta(days=days)
        snapshot = plan._get_review_snapshots()[plan.id]
        given = 0
        weights = 0
        for row in snapshot["scores"]["dimensions"]:
            if row["score"] is not None:
                row["score"] = max(5, min(95, row["score"] - less.get(row["code"], 0)))
                weight = dimensions[row["code"]].dimension_id.weight
                given += row["score"] * weight
                weights += weight
        if weights:
            snapshot["scores"]["total"]["score"] = round(given / weights)
        if snapshot["health"]["health"] is not None:
            # By as much as the assessment, which weighs most.
            fall = round(sum(less.values()) / len(less))
            snapshot["health"]["health"] = max(5, snapshot["health"]["health"] - fall)
        for layer in snapshot["scores"]["layers"]:
            scores = []
            for row in snapshot["scores"]["dimensions"]:
                if row["layer"] == layer["code"] and row["score"] is not None:
                    scores.append(row["score"])
            layer["score"] = round(sum(scores) / len(scores)) if scores else None
        chain = []
        for position in range(len(snapshot["chain"])):
            if position not in unknown:
                role = snapshot["chain"][position]
                role.update(otherwise.get(position, {}))
                last = role["last_contact_date"]
                if last and last > str(day):
                    role["last_contact_date"] = str(day - datetime.timedelta(days=3 + position * 4))
                chain.append(role)
        snapshot["chain"] = chain
        actions = []
        for action in snapshot["actions"]["actions"]:
            if action["date_done"] and action["date_done"] <= str(day):
                actions.append(action)
        snapshot["actions"]["actions"] = actions
        for goal in snapshot["actions"]["goals"]:
            goal["state"] = "open"
        for objective in snapshot["objectives"]:
            if objective["actual"] is not None:
                objective["actual"] = round(objective["actual"] * share, 2)
                if objective["kind"] == "wallet":
                    objective["actual_text"] = f"{objective['actual']} %"
                else:
                    objective["actual_text"] = plan.company_id.currency_id.format(
                        round(objective["actual"])
                    )
        codes = [flag["code"] for flag in snapshot["flags"]]
        for code in flags:
            if code not in codes:
                snapshot["flags"].append({"code": code, "severity": "high"})
        review = plan.review_ids.filtered(lambda one: one.state == "planned")[:1]
        if review:
            review.write({"date": day})
        else:
            review = env["crm.relationship.plan.review"].create({"plan_id": plan.id, "date": day})
        review.write({"decisions": decisions, "participant_ids": [Command.set(people.ids)]})
        review.with_user(plan.user_id)._settle(snapshot, day)
