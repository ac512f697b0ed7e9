"""`make test` and `make check`: pytest on a fresh database with our addons."""

import os
import shutil
import subprocess

from . import addons, databases, linting, odoo_process, paths, postgres, system_packages
from .steps import say, step

WORKERS = 4
"""At most so many processes test at once; a browser and a server are busy beside each."""


def test():
    """Every test: the addons', the repository's, and browser tours. Returns pytest's code."""
    browser = system_packages.ensure()
    # The repository's tests are the longest: who has them must not begin last.
    return run_pytest(["tests", *addons.addons()], browser)


def check():
    """The fast tier: linters, then the addons' tests without a browser."""
    linting.lint()
    return run_pytest(addons.addons(), browser=False)


def run_pytest(targets, browser):
    """Run pytest on `targets`, or on what ARGS says; its summary is the last thing printed."""
    with step("test database"):
        database = databases.test_database()
    extra = os.environ.get("ARGS", "").split()
    environment = odoo_process.environment()
    if not postgres.is_external():
        environment["PATH"] = f"{postgres.program('createdb').parent}:{environment['PATH']}"
    options = [f"--odoo-config={paths.ODOO_CONF}", f"--odoo-database={database}", "--odoo-http"]
    if not extra and shutil.which("createdb", path=environment["PATH"]):
        options += _share_work(targets)
    if not browser:
        say("\n    NO BROWSER: the browser tests are LEFT OUT of this run.\n")
    found = [target for target in targets if any((paths.ROOT / target).rglob("test_*.py"))]
    command = [paths.PYTHON, "-m", "pytest", *options, *(extra or found)]
    environment["NO_BROWSER"] = "" if browser else "1"
    return subprocess.run(command, cwd=paths.ROOT, env=environment).returncode


def _share_work(targets):
    """Pytest's options to test in several processes, each on a copy of the database.

    What the repository's tests clone is built before, so that no two processes build it at once.
    """
    if "tests" in targets:
        for demo in (False, True):
            databases.addons_template(demo)
    return ["-n", str(min(os.cpu_count() or 1, WORKERS)), "--dist", "loadscope"]
