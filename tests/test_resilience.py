"""What a run withstands: kills, rivals, failures, edits meanwhile; in real processes.

A run is halted from outside, by a lock on the table that its phase writes to next.
"""

import contextlib
import time

import pytest

from benchmarks import generate
from tools import databases, odoo_process

CUSTOMERS = 200
OPENING = "2026-01-31"
NO_PERIOD_ENDS = "2026-02-10"
PERIOD_ENDS = "2026-03-18"
SECONDS = 60

RECALCULATE = """
runs = env["crm.relationship.run"].recalculate(companies=companies, as_of=day)
result = [[run.company_id.id, run.state, run.error] for run in runs]
"""
ASK = """
values = {"company_id": 1, "as_of": day, "is_as_of_given": True}
env["crm.relationship.run"].create(values)
"""
WORK = "env['crm.relationship.run']._cron_process_runs()"  # the cron would note it as timed out
CRON = """
env.ref("crm_relationship.ir_cron_process_relationship_runs").method_direct_trigger()
env.cr.rollback()
result = [[run.state, run.error] for run in env["crm.relationship.run"].search([])]
"""
ASK_BACKFILL = """
env["crm.relationship.run"].backfill(1, months)
env.cr.commit()
"""
BACKFILL_TWO = """
run = env["crm.relationship.run"].search([("kind", "=", "backfill")])
for _number in range(2):
    day = run._get_steps()[0][1]
    run._attempt(lambda: run._backfill(day))
result = len(run._get_steps())
"""
UNDISTURBED = f"{ASK}env.cr.commit()\n{CRON}env['crm.relationship.run'].recalculate(companies=1)"
TWICE = """
def versions():
    env.cr.commit()
    env.cr.execute("SELECT id, xmin::text, ctid::text FROM crm_relationship_profile ORDER BY id")
    profiles = env.cr.fetchall()
    env.cr.execute("SELECT COUNT(*), MAX(id) FROM crm_relationship_change")
    return profiles, env.cr.fetchall()

def recalculate(**options):
    run = env["crm.relationship.run"].recalculate(companies=1, as_of=day, **options)
    assert run.state == "done", run.error

recalculate()
first = versions()
recalculate()
second = versions()
recalculate(full=True)
result = [len(first[0]), first == second, second == versions()]
"""
BROKEN_COMPANY = """
company = env["res.company"].create({"name": "Broken"})
env.flush_all()
env.cr.execute(
    "UPDATE crm_relationship_tier_policy SET domain = %s WHERE company_id = %s",
    ["[('no_such_field', '=', 1)]", company.id])
env.cr.commit()
runs = env["crm.relationship.run"].recalculate(companies=[company.id, 1], as_of=day)
result = [[run.company_id.id == 1, run.state, run.error] for run in runs]
"""
STATE = """
    SELECT 'profile', to_jsonb(profile) - 'id' FROM crm_relationship_profile profile
     UNION ALL
    SELECT 'change', to_jsonb(change) - 'id' - 'run_id' FROM crm_relationship_change change
     UNION ALL
    SELECT 'cut', to_jsonb(cut) - 'id' FROM crm_relationship_tier_cut cut
     ORDER BY 1, 2
"""
SESSIONS = "SELECT COUNT(*) FROM pg_stat_activity WHERE datname = %s"
WAITING = f"{SESSIONS} AND wait_event_type = 'Lock'"
OVERRIDE = """
    UPDATE crm_relationship_profile profile
       SET override_tier_id = tier.id, tier_id = tier.id, override_reason = 'Decided meanwhile'
      FROM crm_relationship_tier tier
     WHERE tier.policy_id = (SELECT policy_id FROM crm_relationship_tier WHERE id = profile.tier_id)
       AND tier.is_lowest
       AND profile.id = (SELECT id FROM crm_relationship_profile
                          WHERE company_id = 1 ORDER BY tier_basis DESC NULLS LAST LIMIT 1)
 RETURNING profile.partner_id, tier.id
"""


@pytest.fixture(scope="module")
def unopened():
    """The name of a database with customers and no run; tests clone it."""
    yield from make_database("crm_relationship_unopened", databases.addons_template, fill)


@pytest.fixture(scope="module")
def opened(unopened):
    """The name of a database whose customers have had their first run."""
    yield from make_database("crm_relationship_opened", lambda: unopened, recalculate)


def make_database(name, source, prepare):
    databases.clone(source(), name)
    try:
        prepare(name)
        yield name
    finally:
        databases.drop(name)


def fill(database):
    with databases.cursor(database) as cr:
        generate.generate(cr, CUSTOMERS)


def recalculate(database, day=OPENING):
    """Recalculate company 1; return the run's state."""
    ((_company, state, _error),) = odoo_process.run_script(
        database, RECALCULATE, companies=1, day=day
    )
    return state


@pytest.fixture
def halted(connect, start_in_odoo):
    """A context: a script in Odoo that waits for a lock on `table`, until the block ends."""

    @contextlib.contextmanager
    def run(database, source, table, **arguments):
        with contextlib.closing(connect(database)) as holder:
            holder.cursor().execute(f"LOCK TABLE {table} IN SHARE MODE")
            script = start_in_odoo(database, source, **arguments)
            wait_until(lambda: count(WAITING, database), script)
            yield script

    return run


def count(query, database):
    """How many sessions of a database a query finds."""
    with databases.cursor() as cr:
        cr.execute(query, [database])
        return cr.fetchone()[0]


def wait_until(condition, script=None):
    """Wait for a condition; fail if the script ends before, or after a minute."""
    deadline = time.monotonic() + SECONDS
    while not condition():
        assert time.monotonic() < deadline, "it did not happen within a minute"
        assert script is None or script.process.poll() is None, "the process ended too early"
        time.sleep(0.05)


def get_state(database):
    """Everything that runs leave, without the numbers of rows."""
    with databases.cursor(database) as cr:
        cr.execute(STATE)
        return cr.fetchall()


def test_a_second_run_writes_nothing(opened, clone, run_in_odoo):
    profiles, same, same_in_full = run_in_odoo(clone(opened), TWICE, day=PERIOD_ENDS)
    assert profiles > CUSTOMERS / 2
    assert same, "an incremental run wrote something"
    assert same_in_full, "a full run wrote something"


@pytest.mark.parametrize(
    ("base", "day", "tables"),
    [
        ("unopened", OPENING, ["crm_relationship_profile", "crm_relationship_tier_cut"]),
        ("opened", NO_PERIOD_ENDS, ["crm_relationship_change"]),
        (
            "opened",
            PERIOD_ENDS,
            ["crm_relationship_run", "crm_relationship_profile", "crm_relationship_tier_cut"],
        ),
    ],
    ids=["first run", "placing", "evaluating"],
)
def test_killed_runs_are_finished(request, clone, halted, run_in_odoo, base, day, tables):
    """Kill a run in each of its phases, one after the other; the next cron goes on with it.

    A cron that finished an interrupted run of a past day goes on to the present one.
    """
    source = request.getfixturevalue(base)
    undisturbed, disturbed = clone(source), clone(source)
    run_in_odoo(undisturbed, UNDISTURBED, day=day)
    run_in_odoo(disturbed, ASK, day=day)
    for table in tables:
        with halted(disturbed, WORK, table) as script:
            script.process.kill()
            script.process.wait()
        # PostgreSQL notices only after the lock that the session waits for.
        wait_until(lambda: not count(SESSIONS, disturbed))
    assert all(run == ["done", False] for run in run_in_odoo(disturbed, CRON))
    assert get_state(disturbed) == get_state(undisturbed)


def test_killed_backfills_are_finished(opened, clone, halted, run_in_odoo):
    """Kill a backfill while it measures, records and keeps; in its first month and later."""
    undisturbed, disturbed = clone(opened), clone(opened)
    for database in (undisturbed, disturbed):
        run_in_odoo(database, ASK_BACKFILL, months=6)
    run_in_odoo(undisturbed, CRON)
    before = get_profiles(disturbed)
    for later in (False, True):
        if later:
            assert run_in_odoo(disturbed, BACKFILL_TWO) == 4
        for table in ("backfill_state", "change", "tier_cut"):
            with halted(disturbed, WORK, f"crm_relationship_{table}") as script:
                script.process.kill()
                script.process.wait()
            wait_until(lambda: not count(SESSIONS, disturbed))
    assert all(run == ["done", False] for run in run_in_odoo(disturbed, CRON))
    assert get_profiles(disturbed) == before
    assert get_state(disturbed) == get_state(undisturbed)
    with databases.cursor(disturbed) as cr:
        cr.execute("SELECT COUNT(DISTINCT date) FROM crm_relationship_tier_cut WHERE is_backfilled")
        assert cr.fetchone() == (6,)


def get_profiles(database):
    """All profiles with the versions of their rows."""
    with databases.cursor(database) as cr:
        cr.execute(
            "SELECT xmin::text, to_jsonb(profile) FROM crm_relationship_profile profile ORDER BY id"
        )
        return cr.fetchall()


def test_of_two_runs_at_once_one_declines(opened, clone, halted):
    alone, shared = clone(opened), clone(opened)
    assert recalculate(alone, PERIOD_ENDS) == "done"
    options = {"companies": 1, "day": PERIOD_ENDS}
    with halted(shared, RECALCULATE, "crm_relationship_profile", **options) as first:
        assert recalculate(shared, PERIOD_ENDS) == "declined"
    assert first.result(SECONDS)[0][1] == "done"
    assert get_state(shared) == get_state(alone)


def test_a_failure_in_one_company_leaves_the_other_done(opened, clone, run_in_odoo):
    failed, done = run_in_odoo(clone(opened), BROKEN_COMPANY, day=PERIOD_ENDS)
    assert failed[:2] == [False, "failed"]
    assert "no_such_field" in failed[2]
    assert done == [True, "done", False]


def test_a_decision_meanwhile_does_not_fail_the_run(opened, clone, connect, start_in_odoo):
    database = clone(opened)
    with contextlib.closing(connect(database)) as person:
        cursor = person.cursor()
        cursor.execute(OVERRIDE)
        partner, tier = cursor.fetchone()
        run = start_in_odoo(database, RECALCULATE, companies=1, day=PERIOD_ENDS)
        wait_until(lambda: count(WAITING, database), run)
        person.commit()
    assert run.result(SECONDS) == [[1, "done", False]]
    with databases.cursor(database) as cr:
        query = (
            "SELECT tier_id, override_reason FROM crm_relationship_profile WHERE partner_id = %s"
        )
        cr.execute(query, [partner])
        assert cr.fetchall() == [(tier, "Decided meanwhile")]
