"""Real purchase histories: the engine against an independent computation in pandas.

The CDNOW customers are measured and graded at each month-end from January 1997 to June 1998. After
each, every customer's measures, tier and lifecycle stage are compared with what pandas finds in the
file, which remembers them from month to month. Amounts are integer cents; no difference is allowed.
A backfill of the same months is compared with these forward runs.
"""

import json
import os
from decimal import ROUND_HALF_UP, Decimal

import pandas as pd
import pandas_lifecycle
import pytest

from tools import cdnow, databases, odoo_process

MONTH_ENDS = [day.date() for day in pd.date_range("1997-01-31", "1998-06-30", freq="ME")]
CUMULATIVE_PERCENT = (1, 5, 20)
CODES = "ABCD"
LOWEST = len(CODES)
GRACE = 2
NURTURE_DAYS = 90
WINDOW_MONTHS = 12

SAMPLE_CUSTOMERS = 60
SAMPLE_PURCHASES = 200
SAMPLE_DAYS = ["1997-12-31", "1998-06-30"]

COLUMNS = """
    purchase_count, visit_count, first_purchase_date, last_purchase_date, purchase_interval_days,
    revenue, revenue_previous, refund_amount, paid_amount, settled_amount, days_late,
    overdue_amount, is_newcomer, tier_basis, tier_standing, below_count
"""
PROFILES = f"""
    SELECT partner.ref, {COLUMNS}, tier.code AS tier, stage.code AS stage
      FROM crm_relationship_profile profile
      JOIN res_partner partner ON partner.id = profile.partner_id
      LEFT JOIN crm_relationship_tier tier ON tier.id = profile.tier_id
      LEFT JOIN crm_relationship_stage stage ON stage.id = profile.stage_id
     WHERE profile.company_id = %s
     ORDER BY partner.ref
"""

LATER = "1998-07-15"
CHANGES = """
    SELECT partner.ref, change.date, dimension, old_value, new_value, cause, basis_amount,
           cut_amount, evidence
      FROM crm_relationship_change change
      JOIN res_partner partner ON partner.id = change.partner_id
     WHERE change.date < %s AND dimension IN ('tier', 'stage')
     ORDER BY change.date, partner.ref, dimension
"""
EVALUATIONS = """
    SELECT cut.date, tier.code, population, cut_rank, cut_value, has_cut, customer_count,
           basis_total, revenue_total
      FROM crm_relationship_tier_cut cut
      JOIN crm_relationship_tier tier ON tier.id = cut.tier_id
     WHERE cut.date < %s
     ORDER BY cut.date, tier.sequence
"""

IMPORT = """
import cdnow
cdnow.load(env, env.company, cdnow.read())
env.cr.commit()
cdnow.load(env, env.company, cdnow.read())
env.cr.execute("SELECT COUNT(*) FROM account_move WHERE move_type = 'out_invoice'")
result = env.cr.fetchone()[0]
"""
RECALCULATE = """
import json
from pathlib import Path
runs = env["crm.relationship.run"]
for day in days:
    run = runs.recalculate(companies=company, as_of=day)
    assert run.state == "done", run.error
    env.cr.execute(query, [company])
    names = [column.name for column in env.cr.description]
    rows = [dict(zip(names, row)) for row in env.cr.fetchall()]
    Path(folder, f"{company}-{day}.json").write_text(json.dumps(rows, default=str))
"""
BACKFILL = """
def profiles():
    env.cr.execute("SELECT xmin::text, to_jsonb(profile) FROM crm_relationship_profile profile"
                   " ORDER BY id")
    return env.cr.fetchall()

runs = env["crm.relationship.run"]
opening = runs.recalculate(companies=1, as_of=day)
assert opening.state == "done", opening.error
before = profiles()
run = runs.backfill(1, months)
env.cr.commit()
runs._cron_process_runs()
result = [run.state, run.error, run.steps_done, len(before), before == profiles()]
"""
SAMPLE = """
from collections import Counter
import cdnow
from odoo import Command

def create_company(name):
    company = env["res.company"].create({"name": name, "currency_id": env.company.currency_id.id})
    env["account.chart.template"].try_loading("generic_coa", company, install_demo=False)
    return company

def create_invoices(company, purchases):
    cdnow.load(env, company, [])  # the journals alone
    terms = cdnow.prepare_terms(env, company)
    partners = {partner.ref: partner for partner in env["res.partner"].search(
        [("ref", "=like", cdnow.MARK + "/%")])}
    invoices = env["account.move"].with_company(company).create([{
        "move_type": "out_invoice",
        "partner_id": partners[f"{cdnow.MARK}/{purchase.customer}"].id,
        "invoice_date": purchase.date,
        "invoice_date_due": purchase.date,
        "invoice_payment_term_id": False,
        "invoice_line_ids": [Command.create({
            "name": "CDs", "quantity": 1, "price_unit": purchase.amount, "tax_ids": []})],
    } for purchase in purchases])
    invoices.action_post()
    for invoice in invoices.filtered("amount_total"):
        pay(invoice, terms)

def pay(invoice, terms):
    amount = invoice.amount_total
    partner = invoice.partner_id.id
    due = invoice.line_ids.filtered(lambda line: line.display_type == "payment_term")
    payment = env["account.move"].with_company(invoice.company_id).create({
        "move_type": "entry",
        "date": invoice.invoice_date,
        "journal_id": terms["payments"],
        "line_ids": [
            Command.create({
                "account_id": due.account_id.id, "partner_id": partner, "credit": amount}),
            Command.create({"account_id": terms["cash"], "partner_id": partner, "debit": amount}),
        ],
    })
    payment.action_post()
    (due + payment.line_ids.filtered("credit")).reconcile()

bought = cdnow.read()
often = Counter(purchase.customer for purchase in bought)
chosen = [customer for customer in sorted(often) if often[customer] > 2][::50][:customers]
sample = [purchase for purchase in bought if purchase.customer in chosen]
sample = sorted(sample, key=lambda purchase: purchase.date)[:quantity]
by_orm, by_rows = create_company("By the ORM"), create_company("By rows")
cdnow.load(env, by_rows, sample)
create_invoices(by_orm, sample)
result = [len(sample), by_orm.id, by_rows.id]
"""


@pytest.fixture(scope="module")
def imported():
    """The name of a database with the purchases and no run; tests clone it."""
    name = f"crm_relationship_cdnow_{os.getpid()}"
    databases.clone(databases.addons_template(), name)
    try:
        assert odoo_process.run_script(name, IMPORT) == len(read_purchases())
        yield name
    finally:
        databases.drop(name)


@pytest.fixture
def recalculated(run_in_odoo, tmp_path):
    """A function that recalculates a company as of some days: `{day: profiles}`."""

    def run(database, company, days):
        days = [str(day) for day in days]
        options = {"company": company, "days": days, "query": PROFILES, "folder": str(tmp_path)}
        run_in_odoo(database, RECALCULATE, **options)
        return {day: json.loads((tmp_path / f"{company}-{day}.json").read_text()) for day in days}

    return run


def test_every_customer_at_every_month_end(imported, clone, run_in_odoo, recalculated):
    database = clone(imported)
    purchases = read_purchases()
    found = recalculated(database, 1, MONTH_ENDS)
    state = pd.DataFrame(columns=["position", "below"], dtype="Int64")
    stages = pd.DataFrame({"stage": [], "since": pd.to_datetime([]), "known": pd.to_datetime([])})
    won_back = 0
    for day in MONTH_ENDS:
        expected = measure(purchases, pd.Timestamp(day))
        state = evaluate(expected["revenue"], state)
        stages = pandas_lifecycle.evaluate(expected, stages, pd.Timestamp(day))
        won_back += int(stages["won_back"].sum())
        actual = as_table(found[str(day)])
        compare(day, actual, expected.join(state).join(stages["stage"]))
    assert_stages(database, won_back)
    compare_sample(database, run_in_odoo, recalculated)


def test_a_backfill_equals_the_forward_runs(imported, clone, run_in_odoo, recalculated):
    forward, backward = clone(imported), clone(imported)
    recalculated(forward, 1, MONTH_ENDS)
    *state, customers, same = run_in_odoo(backward, BACKFILL, day=LATER, months=len(MONTH_ENDS))
    assert state == ["done", False, len(MONTH_ENDS)]
    assert same, "the backfill wrote profiles"
    for query, least in ((CHANGES, customers), (EVALUATIONS, len(MONTH_ENDS) * len(CODES))):
        expected, found = read(forward, query), read(backward, query)
        assert len(expected) >= least
        wrong = [pair for pair in zip(expected, found, strict=True) if pair[0] != pair[1]]
        assert not wrong, f"{len(wrong)} differences: {wrong[:3]}"


def read(database, query):
    """The rows of a query on what lies before the later first run."""
    with databases.cursor(database) as cr:
        cr.execute(query, [LATER])
        return cr.fetchall()


def assert_stages(database, won_back):
    """The history skips no stage upwards and has as many customers won back as pandas."""
    with databases.cursor(database) as cr:
        cr.execute(
            """SELECT old_value, new_value, cause FROM crm_relationship_change
                WHERE dimension = 'stage'"""
        )
        changes = cr.fetchall()
    places = {code: place for place, code in enumerate(pandas_lifecycle.UPWARD)}
    climbs = [(old, new) for old, new, _cause in changes if old in places and new in places]
    assert len(climbs) > 1000
    assert all(places[new] - places[old] <= 1 for old, new in climbs)
    assert sum(cause == "won_back" for _old, _new, cause in changes) == won_back > 100
    print(f"won back: {won_back}, steps up: {len(climbs)}, changes of stage: {len(changes)}")


def compare_sample(database, run_in_odoo, recalculated):
    """What went through Odoo's own accounting measures the same as the inserted rows."""
    options = {"customers": SAMPLE_CUSTOMERS, "quantity": SAMPLE_PURCHASES}
    quantity, by_orm, by_rows = run_in_odoo(database, SAMPLE, **options)
    assert quantity == SAMPLE_PURCHASES
    through_odoo = recalculated(database, by_orm, SAMPLE_DAYS)
    inserted = recalculated(database, by_rows, SAMPLE_DAYS)
    for day in SAMPLE_DAYS:
        assert len(through_odoo[day]) == SAMPLE_CUSTOMERS
        pairs = zip(through_odoo[day], inserted[day], strict=True)
        wrong = [
            (day, one["ref"], name, value, other[name])
            for one, other in (map(simplify, pair) for pair in pairs)
            for name, value in one.items()
            if other[name] != value
        ]
        assert not wrong, wrong[:5]


def read_purchases():
    """The file's transactions with the amounts in cents."""
    rows = [
        (f"{cdnow.MARK}/{purchase.customer}", purchase.date, int(purchase.amount * 100))
        for purchase in cdnow.read()
    ]
    table = pd.DataFrame(rows, columns=["customer", "date", "cents"])
    table["date"] = pd.to_datetime(table["date"])
    return table


def measure(purchases, as_of):
    """What each customer with a purchase until `as_of` measures, amounts in cents."""
    start = as_of - pd.DateOffset(months=WINDOW_MONTHS)
    before = as_of - pd.DateOffset(months=2 * WINDOW_MONTHS)
    past = purchases[purchases["date"] <= as_of]
    current = past[past["date"] > start].groupby("customer")["cents"]
    previous = past[(past["date"] > before) & (past["date"] <= start)].groupby("customer")["cents"]
    settled = past[(past["date"] > before) & (past["cents"] > 0)].groupby("customer")["cents"]
    customers = past.groupby("customer")["date"]
    table = pd.DataFrame({"purchases": customers.nunique()})
    table["first"] = customers.min()
    table["last"] = customers.max()
    for name, values in (
        ("visits", current.count()),
        ("revenue", current.sum()),
        ("revenue_previous", previous.sum()),
        ("settled", settled.sum()),
    ):
        table[name] = values.reindex(table.index, fill_value=0)
    table["newcomer"] = (as_of - table["first"]).dt.days < NURTURE_DAYS
    table["interval"] = [
        interval(row.first, row.last, row.purchases) for row in table.itertuples(index=False)
    ]
    return table


def interval(first, last, purchases):
    """Mean days between purchase days, rounded to 4 places half up; None for a single day."""
    if purchases < 2:
        return None
    days = Decimal((last - first).days) / Decimal(purchases - 1)
    return days.quantize(Decimal("0.0001"), ROUND_HALF_UP)


def evaluate(revenue, state):
    """The tiers after an evaluation: up at once, down at the second one in a row below."""
    population = len(revenue)
    ranks = revenue.rank(method="min", ascending=False)
    computed = pd.Series(LOWEST, index=revenue.index)
    for position, percent in reversed(list(enumerate(CUMULATIVE_PERCENT, start=1))):
        cut = -(-percent * population // 100)  # rounded up
        computed[ranks <= cut] = position
    computed[revenue <= 0] = LOWEST
    former = state.reindex(revenue.index)
    rows = [grade(*row) for row in zip(computed, former["position"], former["below"], strict=True)]
    return pd.DataFrame(rows, columns=["position", "below"], index=revenue.index)


def grade(computed, position, below):
    """One customer's new position and its count of evaluations below."""
    if pd.isna(position) or computed <= position:
        return computed, 0
    if below + 1 < GRACE:
        return int(position), int(below) + 1
    return computed, 0


def as_table(profiles):
    """The profiles as a table, by the customer's reference."""
    return {row.pop("ref"): row for row in profiles}


def compare(day, actual, expected):
    """Compare all customers; the message shows the first few that differ."""
    assert len(actual) == len(expected), day
    wrong = []
    for row in expected.itertuples():
        found, wanted = simplify(actual[row.Index]), wanted_profile(row)
        wrong += [
            f"{row.Index} {name}: {found[name]} instead of {value}"
            for name, value in wanted.items()
            if found[name] != value
        ]
    assert not wrong, f"{len(wrong)} differences as of {day}: {wrong[:5]}"


def simplify(profile):
    """A profile with exact numbers: JSON has them as texts."""
    numbers = ("revenue", "revenue_previous", "refund_amount", "paid_amount", "settled_amount",
               "overdue_amount", "tier_basis", "purchase_interval_days", "days_late")  # fmt: skip
    exact = {
        name: None if profile[name] is None else Decimal(str(profile[name])) for name in numbers
    }
    return {**profile, **exact}


def wanted_profile(row):
    """The profile that the engine must have written for a customer."""
    revenue = Decimal(row.revenue) / 100
    return {
        "purchase_count": row.purchases,
        "visit_count": row.visits,
        "first_purchase_date": str(row.first.date()),
        "last_purchase_date": str(row.last.date()),
        "purchase_interval_days": row.interval,
        "revenue": revenue,
        "revenue_previous": Decimal(row.revenue_previous) / 100,
        "refund_amount": 0,
        "paid_amount": revenue,
        "settled_amount": Decimal(row.settled) / 100,
        "days_late": 0 if row.settled else None,
        "overdue_amount": 0,
        "is_newcomer": row.newcomer,
        "tier_basis": revenue,
        "tier_standing": "ranked",
        "below_count": row.below,
        "tier": CODES[row.position - 1],
        "stage": row.stage,
    }
