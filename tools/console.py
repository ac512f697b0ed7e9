"""Interactive programs on one of the databases (`DB=…`, the demo by default)."""

import os

from . import databases, odoo_process, postgres
from .steps import StepFailed


def shell(lock):
    """Odoo's shell."""
    _become(odoo_process.command("shell", "-d", _database(), "--no-http", "--log-level=warn"), lock)


def psql(lock):
    """PostgreSQL's own client."""
    program = "psql" if postgres.is_external() else str(postgres.program("psql"))
    _become([program, _database()], lock)


def _database():
    name = os.environ.get("DB", databases.DEMO)
    if not databases.exists(name):
        advice = "`make demo` makes the demo; DB=… chooses another."
        raise StepFailed(f"there is no database {name}", advice)
    return name


def _become(command, lock):
    """Replace this process, so that the terminal is the program's."""
    lock.release()
    os.execvpe(command[0], command, odoo_process.environment())
