"""Measures the performance budget of DESIGN.md: `make bench`, or `FULL=1 make bench`.

Every time is given as a ratio to the floor: one bare aggregate over each table that a run reads,
measured in the same database with the same settings. The floor reads the tables from end to end
and uses no index, so that it does not depend on those that the addon adds. A bad ratio is shown and
fails nothing.

Before each run PostgreSQL cleans up after the one before, as it does by itself within minutes; it
would do so beside the measured run, on one of its cores.

The tiers' methods differ in how the cuts are found, and no other step of a run does. Each case of
each method is measured several times, and the best counts: a single run may be disturbed.
"""

import json
import os
import platform
from datetime import timedelta
from pathlib import Path

from tools import addons, databases, odoo_process, paths
from tools.steps import digest, say, step

from . import changes, generate

CUSTOMERS = 100_000
CUSTOMERS_FULL = 1_000_000
CHANGED = 0.01
REPEATS = 2
METHODS = {
    "customers": "Share of customers",
    "revenue_share": "Share of revenue",
    "threshold": "Thresholds",
    "behaviour": "Purchase behaviour",
}
"""The tiers' methods and their titles."""
SCRIPT = Path(__file__).with_name("in_odoo.py")
RESULTS = Path(__file__).with_name("results")
WITHOUT_BRIDGES = """
bridges = env["ir.module.module"].search(
    [("name", "=like", addon + "_%"), ("state", "=", "installed")])
bridges.button_immediate_uninstall()
"""
"""The budget is that of the addon alone: a bridge reads a table more."""

FIRST, UNCHANGED, INCREMENTAL = "first full run", "full run, nothing changed", "incremental, 1 %"
BUDGET = {FIRST: 3.0, UNCHANGED: 1.3, INCREMENTAL: 0.15}
BUDGET_MEMORY = 300
BUDGET_QUERIES = 5


def main():
    """Measure on a clone of the generated data, show the table and keep it."""
    customers = CUSTOMERS_FULL if os.environ.get("FULL", "0") not in ("", "0") else CUSTOMERS
    source = ensure_data(customers)
    with step("database of the benchmark"):
        databases.clone(source, databases.BENCH)
        odoo_process.install(databases.BENCH, [addons.PREFIX])
        odoo_process.run_script(databases.BENCH, WITHOUT_BRIDGES, addon=addons.PREFIX)
    try:
        show({"customers": customers, **measure()})
    finally:
        databases.drop(databases.BENCH)


def ensure_data(customers):
    """Return the database with the generated data, made once for each size."""
    template = databases.dependencies_template()
    key = digest(databases.note(template)["key"], Path(generate.__file__))
    name = f"{databases.BENCH}_data_{customers}"
    if databases.is_ours(name) and databases.note(name).get("key") == key:
        return name
    draft = f"{name}_draft"
    with step(f"data of {customers:,} customers, once"):
        databases.clone(template, draft)
        with databases.cursor(draft) as cr:
            generate.generate(cr, customers)
    databases.drop(name)
    databases.annotate(draft, key=key)
    databases.rename(draft, name)
    return name


def measure():
    """Return all figures."""
    with step("floor"):
        floor = in_odoo("floor", repeats=REPEATS)
    day = generate.AS_OF
    methods = {}
    for method, title in METHODS.items():
        in_odoo("use", method=method)
        methods[method] = measure_method(title, day)
        day += timedelta(days=REPEATS)
    with step("queries of the partner's views"):
        queries = in_odoo("queries")
    return {"machine": machine(), "floor": floor, "methods": methods, "queries": queries}


def measure_method(title, day):
    """Measure each case from `day` on, in the order in which they need each other."""
    nights = [day + timedelta(days=1 + night) for night in range(REPEATS)]
    return {
        FIRST: repeat(title, FIRST, [day] * REPEATS, prepare=lambda cr, _day: changes.forget(cr)),
        UNCHANGED: repeat(title, UNCHANGED, [day] * REPEATS),
        INCREMENTAL: repeat(title, INCREMENTAL, nights, prepare=live_a_day, full=False),
    }


def repeat(title, case, days, prepare=None, full=True):
    """Run a case as of each of the days; return what each run did."""
    found = []
    for attempt, day in enumerate(days, start=1):
        with databases.cursor(databases.BENCH) as cr:
            if prepare:
                prepare(cr, day)
            changes.clean_up(cr)
        with step(f"{title}: {case}, {attempt} of {len(days)}"):
            found.append(in_odoo("run", as_of=day.isoformat(), full=full))
        if found[-1]["state"] != "done":
            raise SystemExit(f"the run failed: {found[-1]['error']}")
    return found


def live_a_day(cr, day):
    """Let a night pass, then change what the day changes."""
    changes.pass_night(cr)
    changes.make(cr, day, CHANGED)


def in_odoo(task, **options):
    """Return what `in_odoo.py` measures for a task."""
    return odoo_process.run_script(databases.BENCH, SCRIPT, task=task, options=options)


def machine():
    """Return what the figures depend on besides the code, no dates and no names."""
    with databases.cursor(databases.BENCH) as cr:
        rows = {table: count(cr, table) for table in generate.TABLES}
        cr.execute("SELECT split_part(version(), ' ', 2)")
        postgresql = cr.fetchone()[0]
    return {
        "rows": rows,
        "postgresql": postgresql,
        "python": platform.python_version(),
        "cores": os.cpu_count(),
        "memory_gb": round(os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 1024**3),
    }


def count(cr, table):
    """Return the number of rows."""
    cr.execute(f"SELECT COUNT(*) FROM {table}")
    return cr.fetchone()[0]


def show(found):
    """Print the table and write it, as JSON and as Markdown."""
    text = render(found)
    say(f"\n{text}")
    RESULTS.mkdir(exist_ok=True)
    name = "full" if found["customers"] == CUSTOMERS_FULL else "small"
    (RESULTS / f"{name}.json").write_text(json.dumps(found, indent=2) + "\n")
    (RESULTS / f"{name}.md").write_text(text)
    say(f"Written to {RESULTS.relative_to(paths.ROOT)}/{name}.md and .json")


def render(found):
    """Return the table of the budget as Markdown."""
    facts = found["machine"]
    floor = sum(found["floor"].values())
    command = "FULL=1 make bench" if found["customers"] == CUSTOMERS_FULL else "make bench"
    facts_shown = (
        f"`{command}`, the addon without its bridges: {found['customers']:,} customers, "
        f"{facts['rows']['account_move_line']:,} journal items, "
        f"{facts['rows']['account_partial_reconcile']:,} reconciliations. "
        f"PostgreSQL {facts['postgresql']}, {facts['cores']} cores, {facts['memory_gb']} GB. "
        f"The floor is {floor:.2f} s ({parts(found['floor'])}), read from end to end without an "
        f"index. Each figure is the best of {REPEATS}."
    )
    lines = [facts_shown]
    for method, cases in found["methods"].items():
        lines += table(METHODS[method], time_verdicts(cases, floor))
    lines += table("All methods", [*memory_verdicts(found), *query_verdicts(found["queries"])])
    return "\n".join(lines) + "\n"


def table(title, rows):
    """Return the lines of a titled table."""
    head = ["", f"## {title}", "", "| case | measured | budget | verdict |", "|---|---|---|---|"]
    return head + [row(*cells) for cells in rows]


def parts(floor):
    """Return the floor's parts in words."""
    return ", ".join(f"{name} {spent:.2f} s" for name, spent in floor.items())


def time_verdicts(cases, floor):
    """Yield the cells of each row: case, measured, budget, whether it holds."""
    for case, budget in BUDGET.items():
        best = min(cases[case], key=lambda one: one["seconds"])
        ratio = best["seconds"] / floor
        shown = f"{ratio:.2f} × ({best['seconds']:.2f} s, {best['scope_count']:,} customers)"
        yield case, shown, f"≤ {budget} ×", ratio <= budget


def memory_verdicts(found):
    """Yield the row of the most memory that a run took."""
    cases = [cases for method in found["methods"].values() for cases in method.values()]
    memory = max(one["memory"] for runs in cases for one in runs)
    yield (
        "memory of the process",
        f"{memory:.0f} MB",
        f"≤ {BUDGET_MEMORY} MB",
        memory <= BUDGET_MEMORY,
    )


def query_verdicts(queries):
    """Yield a row for each view: the queries with and without the addon's fields."""
    growth = queries["list of 80"]["with"] - queries["list of 8"]["with"]
    for case, counted in queries.items():
        added = counted["with"] - counted["without"]
        shown = f"{counted['with']} queries, {added} of them ours"
        yield case, shown, f"≤ {BUDGET_QUERIES} ours", added <= BUDGET_QUERIES
    yield "list of 80 instead of 8", f"{growth:+d} queries", "0", growth == 0


def row(case, shown, budget, holds):
    """Return a line of the table."""
    return f"| {case} | {shown} | {budget} | {'holds' if holds else '**broken**'} |"


if __name__ == "__main__":
    main()
