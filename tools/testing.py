"""`make test` and `make check`: pytest on a fresh database with our addons."""

import os
import subprocess

from . import addons, databases, linting, odoo_process, paths, system_packages
from .steps import say, step


def test():
    """Every test: the addons', the repository's, and browser tours. Returns pytest's code."""
    browser = system_packages.ensure()
    return run_pytest([*addons.addons(), "tests"], browser)


def check():
    """The fast tier: linters, then the addons' tests without a browser."""
    linting.lint()
    return run_pytest(addons.addons(), browser=False)


def run_pytest(targets, browser):
    """Run pytest on `targets`, or on what ARGS says; its summary is the last thing printed."""
    with step("test database"):
        database = databases.test_database()
    options = [f"--odoo-config={paths.ODOO_CONF}", f"--odoo-database={database}", "--odoo-http"]
    extra = os.environ.get("ARGS", "").split()
    if not browser:
        say("\n    NO BROWSER: the browser tests are LEFT OUT of this run.\n")
    found = [target for target in targets if any((paths.ROOT / target).rglob("test_*.py"))]
    command = [paths.PYTHON, "-m", "pytest", *options, *(extra or found)]
    environment = {**odoo_process.environment(), "NO_BROWSER": "" if browser else "1"}
    return subprocess.run(command, cwd=paths.ROOT, env=environment).returncode
