"""The commands of `make`, each with the line that `make help` shows and what it needs first."""

import shutil

from . import (
    bench as benchmarks,
    console,
    databases,
    demo as demonstration,
    linting,
    node,
    odoo_process,
    odoo_source,
    paths,
    postgres,
    servers,
    testing,
    translations,
)
from .steps import say

NOTHING, PYTHON, ODOO = range(3)
COMMANDS = {}


def command(needs):
    """Register a function as a command; its docstring's first line is the help text."""

    def register(function):
        COMMANDS[function.__name__] = function
        function.needs = needs
        return function

    return register


def prepare(needs):
    """Have what a command needs: Odoo, a PostgreSQL server that answers, their configuration."""
    if needs == ODOO:
        odoo_source.ensure()
        postgres.ensure()
        odoo_process.write_configuration()


@command(NOTHING)
def help(lock):
    """List the targets (the default)."""
    say("make <target>\n")
    for name, function in COMMANDS.items():
        say(f"  {name:11} {function.__doc__.splitlines()[0]}")
    say("\nODOO_HOME=… uses an Odoo 19 that you have, PG*… a PostgreSQL server: see README.md.")


@command(ODOO)
def demo(lock):
    """Set everything up, recalculate, print a summary and serve (DATA=cdnow, DETACH=1)."""
    demonstration.demo(lock)


@command(ODOO)
def test(lock):
    """Run every test, browser tours included (NO_BROWSER=1 leaves them out; ARGS=… for pytest)."""
    return testing.test()


@command(ODOO)
def check(lock):
    """Run what every commit must pass: linters, and the addons' tests without a browser."""
    return testing.check()


@command(PYTHON)
def lint(lock, *names):
    """Run the linters."""
    linting.lint(names)


@command(PYTHON)
def format(lock):
    """Correct the layout of all files."""
    linting.format_files()


@command(ODOO)
def bench(lock):
    """Measure the performance budget on 100,000 customers (FULL=1: 1,000,000)."""
    return benchmarks.bench(lock)


@command(ODOO)
def shell(lock):
    """Open Odoo's shell on the demo database (DB=… for another)."""
    console.shell(lock)


@command(ODOO)
def psql(lock):
    """Open psql on the demo database (DB=… for another)."""
    console.psql(lock)


@command(ODOO)
def update(lock):
    """Upgrade the addons in the demo database now, changed or not."""
    demonstration.prepare(force_upgrade=True)


@command(ODOO)
def i18n(lock):
    """Export the terms to translate and merge them into the translations."""
    translations.update()


@command(ODOO)
def setup(lock):
    """Prepare everything that demo and test need, and nothing more."""
    databases.addons_template()
    node.ensure()


@command(ODOO)
def screenshots(lock):
    """Take the screenshots of the store page (SHOTS=FILE for those that a file lists)."""
    demonstration.take_screenshots()


@command(NOTHING)
def stop(lock):
    """Stop the demo's server and the embedded PostgreSQL."""
    servers.stop()
    postgres.stop()


@command(NOTHING)
def clean(lock):
    """Stop everything and remove all that these commands made, databases included."""
    lock.acquire()
    stop(lock)
    postgres.remove()
    for folder in (paths.RUN, node.MODULES):
        shutil.rmtree(folder, ignore_errors=True)
