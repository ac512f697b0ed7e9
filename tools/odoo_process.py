"""Odoo as a subprocess: its configuration, one-off commands, scripts, and what its logs say."""

import json
import os
import re
import subprocess
import time

from . import odoo_source, paths, postgres
from .steps import StepFailed, failure, say, write_atomically

LOG_LINE = re.compile(r"^\S+ \S+ \d+ (?P<level>[A-Z]+) \S+ (?P<logger>[\w.]+): (?P<message>.*)$")
LOADING = re.compile(r"Loading module (?P<name>\w+) \((?P<number>\d+)/(?P<total>\d+)\)")
PROGRESS_SECONDS = 5
PROBLEMS = ("WARNING", "ERROR", "CRITICAL")
# Warnings that come with Odoo, its Debian package or this environment, and say nothing about us.
KNOWN_WARNINGS = ("invalid addons directory",)
SCRIPT_RUNNER = paths.ROOT / "tools" / "run_script.py"


def environment():
    """The variables under which Odoo finds its code and its database."""
    return {
        **os.environ,
        **postgres.connection(),
        "PYTHONPATH": str(odoo_source.IMPORT_PATH),
        "PATH": f"{paths.VENV / 'bin'}:{os.environ['PATH']}",
    }


def write_configuration():
    """Write `.run/odoo.conf`, which also serves anyone who starts Odoo by hand."""
    found = environment()
    settings = {
        "addons_path": ",".join(map(str, [*odoo_source.addons_paths(), paths.ROOT])),
        "data_dir": paths.RUN / "data",
        "db_host": found.get("PGHOST", False),
        "db_port": found.get("PGPORT", False),
        "db_user": found.get("PGUSER", False),
        "http_interface": "127.0.0.1",
        "screenshots": paths.RUN / "screenshots",
        "unaccent": True,
        "workers": 0,
    }
    text = "\n".join(["[options]", *(f"{key} = {value}" for key, value in settings.items()), ""])
    if not paths.ODOO_CONF.exists() or paths.ODOO_CONF.read_text() != text:
        write_atomically(paths.ODOO_CONF, text)


def command(subcommand, *arguments):
    """The command line of one of Odoo's subcommands with our configuration."""
    parts = [paths.PYTHON, "-m", "odoo", subcommand, *arguments, "-c", paths.ODOO_CONF]
    return [str(part) for part in parts]


def install(database, modules, *options, verb="-i"):
    """Install (or with `-u` upgrade) modules; show progress and warnings, fail on errors."""
    log = paths.LOGS / f"{'upgrade' if verb == '-u' else 'install'}-{database}.log"
    what = ["-d", database, verb, ",".join(modules), "--stop-after-init", "--no-http"]
    code = _follow(command("server", *what, *options), log)
    found = list(problem_lines(log.read_text(errors="replace").splitlines()))
    for line in found:
        say(f"    {line}")
    if code or any(not line.startswith("WARNING") for line in found):
        raise StepFailed(failure(["odoo"], code, log), f"The whole log is {log}")


def _follow(arguments, log):
    """Run with the output in `log`, saying now and then which module is being loaded."""
    log.parent.mkdir(parents=True, exist_ok=True)
    streams = {"stdin": subprocess.DEVNULL, "stdout": subprocess.PIPE, "stderr": subprocess.STDOUT}
    options = {**streams, "env": environment(), "text": True, "errors": "replace"}
    with log.open("w") as file, subprocess.Popen(arguments, **options) as process:
        said = time.monotonic()
        for line in process.stdout:
            file.write(line)
            match = LOADING.search(line)
            if match and time.monotonic() - said > PROGRESS_SECONDS:
                said = time.monotonic()
                say(f"    module {match['number']} of {match['total']}: {match['name']}")
    return process.returncode


def problem_lines(lines):
    """What a log warns about, shortened, without the known warnings."""
    for line in lines:
        match = LOG_LINE.match(line.rstrip())
        if match and match["level"] in PROBLEMS and not any(k in line for k in KNOWN_WARNINGS):
            yield f"{match['level']} {match['logger']}: {match['message']}"


class Script:
    """A Python file, or source text, running in Odoo on one database in a process of its own.

    The script sees `env` (superuser) and `arguments` by their names; its work is committed at its
    end. What it prints is shown. What it leaves in `result` goes through JSON.
    """

    def __init__(self, database, source, **arguments):
        self.database = database
        self.answer = paths.RUN / f"answer-{os.getpid()}-{time.monotonic_ns()}.json"
        order = {"source": str(source), "arguments": arguments, "answer": str(self.answer)}
        options = [SCRIPT_RUNNER, "-c", paths.ODOO_CONF, "-d", database, "--no-http"]
        self.process = subprocess.Popen(
            [str(part) for part in (paths.PYTHON, *options, "--log-level=warn")],
            env={**environment(), "CRM_RELATIONSHIP_SCRIPT": json.dumps(order)},
            stdin=subprocess.DEVNULL,
        )

    def result(self, timeout=None):
        """Wait for the script's end and return its `result`; fail if it failed."""
        code = self.process.wait(timeout)
        if code:
            raise StepFailed(f"a script in Odoo on {self.database} ended with code {code}")
        text = self.answer.read_text()
        self.answer.unlink()
        return json.loads(text)


def run_script(database, source, **arguments):
    """Run a `Script` to its end and return its `result`."""
    return Script(database, source, **arguments).result()
