"""What the repository's tests share: scratch databases, Odoo on them, servers, connections.

They run under `make test`, which sets up Odoo and PostgreSQL. Each works on databases of its own,
cloned from a template in a second or two and dropped at its end.
"""

import contextlib
import itertools
import os

import psycopg2
import pytest

from tools import addons, databases, odoo_process, servers

TEMPLATES = {
    "addons": databases.addons_template,
    "addons_demo": lambda: databases.addons_template(demo=True),
    "dependencies": databases.dependencies_template,
    "dependencies_demo": lambda: databases.dependencies_template(demo=True),
}
NUMBERS = itertools.count(1)


@pytest.fixture
def scratch_database():
    """A function that clones a template of `TEMPLATES` and returns the new database's name.

    `addons` has our addons installed, `dependencies` only what they need; `_demo` has demo data.
    """
    made = []

    def make(template="addons"):
        name = f"crm_relationship_scratch_{os.getpid()}_{next(NUMBERS)}"
        made.append(name)
        databases.clone(TEMPLATES[template](), name)
        return name

    yield make
    for name in made:
        databases.drop(name)


@pytest.fixture
def clone():
    """A function that clones a database; the copies go at the end."""
    made = []

    def run(source):
        made.append(f"{source}_{len(made)}")
        databases.clone(source, made[-1])
        return made[-1]

    yield run
    for name in made:
        databases.drop(name)


@pytest.fixture
def install():
    """A function that installs our addons (or those named) in a database; `verb="-u"` upgrades."""

    def run(database, *names, verb="-i", options=()):
        odoo_process.install(database, names or addons.addons(), *options, verb=verb)

    return run


@pytest.fixture
def run_in_odoo():
    """`run_in_odoo(database, source, **arguments)`: the `result` that a script in Odoo leaves.

    `source` is Python text or the path of a .py file; it sees `env` and the arguments by name.
    """
    return odoo_process.run_script


@pytest.fixture
def start_in_odoo():
    """Like `run_in_odoo`, but returns at once: `.process` to kill, `.result()` to wait for."""
    started = []

    def start(database, source, **arguments):
        started.append(odoo_process.Script(database, source, **arguments))
        return started[-1]

    yield start
    for script in started:
        script.process.kill()
        script.process.wait()


@pytest.fixture
def odoo_server():
    """`with odoo_server(database) as url:` a real server; `crons=False` leaves its crons out."""

    @contextlib.contextmanager
    def run(database, *options, crons=True):
        threads = [] if crons else ["--max-cron-threads=0"]
        with servers.running(database, *threads, *options) as url:
            yield url

    return run


@pytest.fixture
def connect():
    """A function that opens a psycopg2 connection to a database; all are closed at the end."""
    opened = []

    def open_connection(database):
        opened.append(psycopg2.connect(dbname=database, **databases.address()))
        return opened[-1]

    yield open_connection
    for connection in opened:
        connection.close()
