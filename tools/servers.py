"""Odoo servers that outlive or accompany a command: the demo's, those of tests, screenshots."""

import contextlib
import json
import os
import signal
import socket
import subprocess
import time
import urllib.error
import urllib.request
from pathlib import Path

from . import odoo_process, paths, steps
from .steps import StepFailed, say

STATE = paths.RUN / "server.json"
DEFAULT_PORT = 8069
START_SECONDS = 180
STOP_SECONDS = 30


def free_port(wanted=DEFAULT_PORT):
    """`wanted` if nothing listens there, else any free port of this machine."""
    for port in (wanted, 0):
        with socket.socket() as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            with contextlib.suppress(OSError):
                probe.bind(("127.0.0.1", port))
                return probe.getsockname()[1]
    raise StepFailed("there is no free port on this machine")


def command(database, port, *options):
    """The command line of a threaded server (with its cron threads) of one database."""
    arguments = ["-d", database, "--http-port", port, f"--db-filter=^{database}$"]
    return odoo_process.command("server", *arguments, "--no-database-list", *options)


def start(database, port, log, *options, **kwargs):
    """Start a server with its output in `log` and return its process; it may not answer yet."""
    log.parent.mkdir(parents=True, exist_ok=True)
    return subprocess.Popen(
        command(database, port, *options),
        stdin=subprocess.DEVNULL,
        stdout=log.open("w"),
        stderr=subprocess.STDOUT,
        env=odoo_process.environment(),
        **kwargs,
    )


def wait_until_ready(process, url, log):
    """Wait until the server answers; fail if it ends or takes too long."""
    deadline = time.monotonic() + START_SECONDS
    while time.monotonic() < deadline:
        if process.poll() is not None:
            raise StepFailed(steps.failure(["odoo"], process.returncode, log))
        with contextlib.suppress(urllib.error.URLError, ConnectionError, TimeoutError):
            urllib.request.urlopen(f"{url}/web/login", timeout=START_SECONDS).close()
            return
        time.sleep(0.3)
    raise StepFailed(f"the server did not answer within {START_SECONDS} s, see {log}")


@contextlib.contextmanager
def running(database, *options):
    """A server on a free port while the block runs; yields its URL."""
    port = free_port(0)
    log = paths.LOGS / f"server-{database}.log"
    process = start(database, port, log, *options)
    try:
        wait_until_ready(process, f"http://127.0.0.1:{port}", log)
        yield f"http://127.0.0.1:{port}"
    finally:
        end(process)


def end(process):
    """Ask a server to stop, and make it if it does not."""
    process.terminate()
    try:
        process.wait(STOP_SECONDS)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()


def remember(process, database, url):
    """Note the demo's server for `stop` and for the next `make demo`."""
    text = json.dumps({"pid": process.pid, "database": database, "url": url})
    steps.write_atomically(STATE, text)


def remembered():
    """The demo's server if it still runs (a number alone may be another process by now)."""
    if not STATE.exists():
        return None
    state = json.loads(STATE.read_text())
    command_line = Path(f"/proc/{state['pid']}/cmdline")
    with contextlib.suppress(OSError):
        if str(paths.ODOO_CONF) in command_line.read_text():
            return state
    return None


def stop():
    """Stop the demo's server, wherever it was started."""
    if state := remembered():
        say(f"Stopping the server of {state['database']} (process {state['pid']})")
        os.kill(state["pid"], signal.SIGTERM)
        deadline = time.monotonic() + STOP_SECONDS
        while remembered() and time.monotonic() < deadline:
            time.sleep(0.2)
        if remembered():
            os.kill(state["pid"], signal.SIGKILL)
    STATE.unlink(missing_ok=True)
