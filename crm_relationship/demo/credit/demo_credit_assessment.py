# ruff: noqa: F821
# Code of a server action that the demo data runs once, after the credit: last quarter's
# assessments in every state, and those of the quarter before. Such code may neither import nor
# use closures.

COMPANY = env.ref("base.main_company")
ANALYST = env.ref("crm_relationship.demo_credit_analyst")
APPROVER = env.ref("base.user_admin")
CUSTOMERS = [env.ref(f"crm_relationship.demo_customer_{number:02}") for number in range(1, 76)]
ASSESSMENTS = env["crm.relationship.credit.assessment"]
LAST = ASSESSMENTS._get_last_quarter_end(COMPANY)
FORMER = LAST + dateutil.relativedelta.relativedelta(months=-3, day=31)
NOTES = {
    4: "The bank has shortened their line. I would wait for the half-year figures.",
    15: "Two reminders were open when I called; they promise to pay by the end of the month.",
    17: "Asks for 60 days. The cash flow carries it.",
}
LEVELS = {  # levels that the analyst sets: customer, criterion, level
    (4, "cooperation", "Fair"), (15, "cooperation", "Poor"), (17, "cooperation", "Excellent"),
    (23, "reputation", "Good"),
}  # fmt: skip


def make(numbers, date_end):
    """Return the drafts of these customers for a quarter, by customer."""
    partners = [CUSTOMERS[number - 1].id for number in numbers]
    profiles = env["crm.relationship.profile"].search(
        [("company_id", "=", COMPANY.id), ("partner_id", "in", partners)]
    )
    drafts = ASSESSMENTS._make_drafts(profiles, date_end)
    found = {}
    for number in numbers:
        found[number] = drafts.filtered_domain([("partner_id", "=", CUSTOMERS[number - 1].id)])
    return found


def approve(assessments):
    """Propose as the analyst, approve as the administrator."""
    assessments.with_user(ANALYST).with_company(COMPANY).action_propose()
    assessments.with_user(APPROVER).with_company(COMPANY).action_approve()


if not ASSESSMENTS.search_count([], limit=1):
    former = make((1, 3, 5, 8, 10, 15, 17, 36), FORMER)
    for number, assessment in former.items():
        approve(assessment)
        day = FORMER + datetime.timedelta(days=9 + number)
        assessment._settling().write(
            {
                "proposed_date": datetime.datetime(day.year, day.month, day.day, 9),
                "approved_date": day + datetime.timedelta(days=2),
            }
        )
    latter = make((1, 2, 3, 4, 5, 8, 10, 11, 15, 17, 23, 36, 51), LAST)
    for number, code, level in sorted(LEVELS):
        line = latter[number].line_ids.filtered_domain([("code", "=", code)])
        band = line.criterion_id.band_ids.filtered_domain([("name", "=", level)])
        line.with_user(ANALYST).write({"level_id": band.id})
    for number, note in NOTES.items():
        latter[number].with_user(ANALYST).write({"note": note})
    for number in (1, 3, 5, 8):
        approve(latter[number])
    for number in (4, 10, 15, 17):
        latter[number].with_user(ANALYST).with_company(COMPANY).action_propose()
