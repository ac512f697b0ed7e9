"""Programs that only the system's packages bring: a browser for the tours, wkhtmltopdf for PDFs."""

import os
import shutil
from pathlib import Path

from .steps import StepFailed, run, say, step

# Debian package: programs of which one is enough, as Odoo looks for them.
PROGRAMS = {
    "chromium": ("google-chrome", "chromium", "chromium-browser", "google-chrome-stable"),
    "wkhtmltopdf": ("wkhtmltopdf",),
}
INSTALL = ("apt-get", "install", "-y", "--no-install-recommends")
NON_INTERACTIVE = {"DEBIAN_FRONTEND": "noninteractive"}


def missing():
    """The Debian packages of programs that are not on the PATH."""
    return [package for package, names in PROGRAMS.items() if not any(map(shutil.which, names))]


def ensure():
    """Install what is missing as root; else name the command. True if the browser tests can run.

    With `NO_BROWSER=1` nothing is installed and the browser tests are left out.
    """
    if os.environ.get("NO_BROWSER", "0") not in ("", "0"):
        return False
    packages = missing()
    if packages and os.geteuid():
        raise StepFailed(
            f"the tests need {' and '.join(packages)}, which this machine does not have",
            f"Run: sudo {' '.join(INSTALL)} {' '.join(packages)}\n"
            "Or set NO_BROWSER=1 to leave the browser tests out.",
        )
    if packages:
        _install(packages)
    return True


def _install(packages):
    with step(f"system packages: {', '.join(packages)}"):
        environment = {**os.environ, **NON_INTERACTIVE}
        advice = f"Run by hand: apt-get update && {' '.join(INSTALL)} {' '.join(packages)}"
        if not any(Path("/var/lib/apt/lists").glob("*_Packages*")):
            say("    apt-get update")
            run(["apt-get", "update"], "apt-update", advice=advice, env=environment)
        run([*INSTALL, *packages], "apt-install", advice=advice, env=environment)
