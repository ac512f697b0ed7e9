"""`make demo`: a database with the addons and data, a recalculation, a summary, and the server."""

import contextlib
import json
import os
import subprocess

from . import addons, databases, odoo_process, paths, screenshot, servers
from .steps import StepFailed, say, step

SUMMARY = paths.ROOT / "tools" / "summary.py"
CDNOW_IMPORT = paths.ROOT / "tools" / "cdnow.py"
KINDS = {"": databases.DEMO, "cdnow": databases.CDNOW}
# The CDNOW histories end in June 1998, and so does time in their database: no scheduled actions.
CDNOW_END = "1998-06-30"
RECALCULATE = """
from odoo import fields
runs = env["crm.relationship.run"].recalculate(as_of=fields.Date.to_date(as_of))
result = [f"{run.company_id.name}: {run.error or run.state}" for run in runs if run.state != "done"]
"""

BACKFILL = """
runs = env["crm.relationship.run"]
for company in env["res.company"].search([]):
    days = runs._plan_backfill(company, months)
    if not runs._get_backfill_problem(company, months, days):
        runs.backfill(company, months)
runs._cron_process_runs()
failed = runs.search([("kind", "=", "backfill"), ("state", "!=", "done")])
result = [f"{run.company_id.name}: {run.error or run.state}" for run in failed]
"""
BACKFILL_MONTHS = 18


def demo(lock):
    """Prepare the database, show what is in it and serve it until Ctrl-C (or `DETACH=1`)."""
    name = prepare()
    odoo_process.run_script(name, SUMMARY)
    lock.release()
    serve(name)


def take_screenshots():
    """Shoot what a list of shots says (see `screenshot`) into the list's folder."""
    listed = paths.ROOT / os.environ.get("SHOTS", "crm_relationship/static/description/shots.json")
    if not listed.exists():
        raise StepFailed(f"{listed} is not there", "SHOTS=FILE names a list of shots.")
    name = prepare()
    state = servers.remembered()
    with contextlib.ExitStack() as stack:
        running = state and state["database"] == name
        url = state["url"] if running else stack.enter_context(servers.running(name))
        screenshot.take(url, name, json.loads(listed.read_text()), listed.parent)


def chosen():
    """The database that `DATA` names."""
    data = os.environ.get("DATA", "").lower()
    if data not in KINDS:
        raise StepFailed(f"there is no data set {data!r}", "Leave DATA out, or set DATA=cdnow.")
    return KINDS[data]


def prepare(force_upgrade=False):
    """Have the demo database: made if missing, upgraded if the addons changed, else as it was."""
    name = chosen()
    databases.check_ours(name)
    if not databases.exists(name):
        with step(f"database {name}"):
            _build(name)
    elif force_upgrade or databases.note(name).get("addons") != addons.fingerprint():
        with step(f"upgrading {name} to the addons' present files"):
            _upgrade(name)
    return name


def _build(name):
    """Make the database under a draft name, so that an interrupted one is made again."""
    draft = f"{name}_draft"
    with_demo = name == databases.DEMO
    databases.clone(databases.addons_template(demo=with_demo), draft)
    if name == databases.CDNOW:
        with step("importing the CDNOW purchase histories"):
            odoo_process.run_script(draft, CDNOW_IMPORT)
    _recalculate(draft, name)
    _backfill(draft)
    databases.annotate(draft, addons=addons.fingerprint())
    databases.rename(draft, name)


def _recalculate(database, name):
    """The one recalculation, as of today or of the data's last day."""
    as_of = CDNOW_END if name == databases.CDNOW else None
    with step(f"recalculating{f' as of {as_of}' if as_of else ''}"):
        failed = odoo_process.run_script(database, RECALCULATE, as_of=as_of)
        if failed:
            raise StepFailed("\n".join(failed))


def _backfill(database):
    """Work out the months before the first recalculation, so that the history has a past."""
    with step(f"backfilling {BACKFILL_MONTHS} months of history"):
        failed = odoo_process.run_script(database, BACKFILL, months=BACKFILL_MONTHS)
        if failed:
            raise StepFailed("\n".join(failed))


def _upgrade(name):
    """Upgrade the addons, and install those that came new; the data stays."""
    servers.stop()
    options = ["-i", ",".join(addons.addons())]
    odoo_process.install(name, addons.addons(), *options, verb="-u")
    _recalculate(name, name)
    databases.annotate(name, addons=addons.fingerprint())


def serve(name):
    """Serve a database; a server of it that already runs is left running."""
    state = servers.remembered()
    if state and state["database"] == name:
        _announce(state["url"])
        return
    servers.stop()
    process, log = _start(name)
    if os.environ.get("DETACH"):
        say("    It runs in the background; `make stop` ends it.")
    else:
        _attend(process, log)


def _start(name):
    port = int(os.environ.get("HTTP_PORT") or servers.free_port())
    interface = os.environ.get("HTTP_INTERFACE", "127.0.0.1")
    url = f"http://{'localhost' if interface in ('0.0.0.0', '127.0.0.1') else interface}:{port}"
    log = paths.LOGS / "server.log"
    with step(f"Odoo server of {name}"):
        options = [f"--http-interface={interface}"]
        options += ["--max-cron-threads=0"] if name == databases.CDNOW else []
        process = servers.start(name, port, log, *options, start_new_session=True)
        servers.remember(process, name, url)
        try:
            servers.wait_until_ready(process, url, log)
        except BaseException:
            servers.stop()
            raise
    _announce(url, log)
    return process, log


def _announce(url, log=paths.LOGS / "server.log"):
    say(f"\n    {url}\n    login: admin   password: admin\n    log:   {log}\n")


def _attend(process, log):
    """Wait for Ctrl-C, showing what the log warns about meanwhile."""
    say("    Ctrl-C stops the server; the database stays for the next time.")
    with log.open() as lines:
        try:
            while process.poll() is None:
                for line in odoo_process.problem_lines(lines):
                    say(f"    {line}")
                with contextlib.suppress(subprocess.TimeoutExpired):
                    process.wait(1)
        except KeyboardInterrupt:
            say("\nStopping …")
            servers.end(process)
    servers.STATE.unlink(missing_ok=True)
    if process.returncode not in (0, -15):
        raise StepFailed(f"the server ended with code {process.returncode}, see {log}")
