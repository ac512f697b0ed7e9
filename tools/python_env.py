"""The Python environment in `.run/venv`, with pinned packages, on a Debian with or without pip."""

import os
import shutil
import subprocess
import sys

from . import debian, paths
from .steps import Stamp, StepFailed, run, step

SUPPORTED = ((3, 11), (3, 13))
REQUIREMENTS = (paths.ROOT / "requirements.txt", paths.ROOT / "requirements-dev.txt")
NETWORK_ADVICE = "Check the network and pip's settings, then run the same command again."


def ensure():
    """Make the environment if its requirements changed or it is not there."""
    stamp = Stamp("venv", sys.version, *REQUIREMENTS)
    if stamp.is_fresh() and paths.PYTHON.exists():
        return
    with step("Python environment (.run/venv)"):
        draft = _create()
        install(draft / "bin" / "python", REQUIREMENTS)
        stamp.write()


def check_version():
    """Odoo 19 and the pinned packages run on Python 3.11 to 3.13."""
    if not SUPPORTED[0] <= sys.version_info[:2] <= SUPPORTED[1]:
        raise StepFailed(
            f"Python {sys.version.split()[0]} is not supported",
            "Run with Python 3.11, 3.12 or 3.13: make PYTHON=python3.12 …",
        )


def _create():
    """An empty environment with pip. Environments hold their own path, so it is made in place."""
    shutil.rmtree(paths.VENV, ignore_errors=True)
    run([sys.executable, "-m", "venv", "--without-pip", paths.VENV], "venv")
    command = [paths.PYTHON, "-m", "ensurepip", "--default-pip"]
    if subprocess.run(command, capture_output=True).returncode:
        _pip_from_debian()
    return paths.VENV


def _pip_from_debian():
    """Debian's python3 comes without ensurepip: take pip's wheel from the package that has it."""
    target = paths.RUN / "pip-wheel"
    debian.unpack(debian.fetch(["python3-pip-whl"], "sid"), target)
    wheel = next(target.rglob("pip-*.whl"))
    environment = {**os.environ, "PYTHONPATH": str(wheel)}
    command = [paths.PYTHON, "-m", "pip", "install", "--no-index", wheel]
    run(command, "pip", env=environment)
    shutil.rmtree(target)


def install(python, requirements, *options):
    """Install fully pinned requirement files, from wheels only, exactly as written."""
    files = [part for path in requirements for part in ("-r", path)]
    wheels = ["--no-deps", "--only-binary=:all:", "--no-compile"]
    command = [python, "-m", "pip", "install", *wheels, *options, *files]
    run([*command, "--disable-pip-version-check"], "pip", advice=NETWORK_ADVICE)
