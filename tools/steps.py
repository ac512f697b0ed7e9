"""Steps: what is announced, timed, stamped when done, locked, and explained when it fails."""

import contextlib
import fcntl
import hashlib
import os
import subprocess
import sys
import time
from pathlib import Path

from . import paths

LOG_TAIL = 25
HEARTBEAT_SECONDS = 10
POLL_SECONDS = 0.2
LINE_WIDTH = 100


class StepFailed(Exception):
    """A step could not be done. `reason` says why, `advice` what the user can do about it."""

    def __init__(self, reason, advice=""):
        super().__init__(reason)
        self.reason = reason
        self.advice = advice
        self.title = ""


def say(text=""):
    """Print at once, so that output keeps its order beside that of subprocesses."""
    print(text, flush=True)


@contextlib.contextmanager
def step(title):
    """Announce `title`, report the seconds it took, and name it in a failure."""
    say(f"==> {title}")
    start = time.monotonic()
    try:
        yield
    except StepFailed as failed:
        failed.title = failed.title or title
        raise
    say(f"    done in {time.monotonic() - start:.1f} s")


def digest(*parts):
    """A short hash of texts and of files' contents (given as paths), in order."""
    result = hashlib.sha256()
    for part in parts:
        data = part.read_bytes() if isinstance(part, Path) else str(part).encode()
        result.update(len(data).to_bytes(8, "big") + data)
    return result.hexdigest()[:12]


class Stamp:
    """Remembers that a step was done with these inputs. Written only once it is complete."""

    def __init__(self, name, *inputs):
        self.path = paths.STAMPS / name
        self.key = digest(*inputs)

    def is_fresh(self):
        return self.path.exists() and self.path.read_text() == self.key

    def write(self):
        write_atomically(self.path, self.key)


def write_atomically(path, text):
    """Readers see the old content or the new one, never a part."""
    path.parent.mkdir(parents=True, exist_ok=True)
    draft = path.with_name(f"{path.name}.{os.getpid()}.tmp")
    draft.write_text(text)
    draft.replace(path)


class Lock:
    """One command at a time in one checkout; a second one says for what it waits."""

    file = None

    def acquire(self):
        paths.RUN.mkdir(exist_ok=True)
        self.file = (paths.RUN / "lock").open("a+")
        try:
            fcntl.flock(self.file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            self.file.seek(0)
            say(f"Waiting for another command in this checkout ({self.file.read().strip()}) …")
            fcntl.flock(self.file, fcntl.LOCK_EX)
        self.file.truncate(0)
        self.file.write(f"{' '.join(sys.argv[1:])}, process {os.getpid()}")
        self.file.flush()

    def release(self):
        fcntl.flock(self.file, fcntl.LOCK_UN)


def run(command, log, *, advice="", **kwargs):
    """Run `command` with its output in `.run/logs/<log>.log`; fail with that log's last lines.

    While it runs, its last line is shown from time to time.
    """
    path = paths.LOGS / f"{log}.log"
    path.parent.mkdir(parents=True, exist_ok=True)
    command = [str(part) for part in command]
    with path.open("w") as output:
        streams = {"stdin": subprocess.DEVNULL, "stdout": output, "stderr": subprocess.STDOUT}
        with subprocess.Popen(command, **streams, **kwargs) as process:
            _wait(process, path)
    if process.returncode:
        raise StepFailed(failure(command, process.returncode, path), advice)


def _wait(process, log):
    """Wait for a process to end, showing signs of life."""
    start = shown = time.monotonic()
    while process.poll() is None:
        time.sleep(POLL_SECONDS)
        if time.monotonic() - shown > HEARTBEAT_SECONDS:
            shown = time.monotonic()
            say(f"    {shown - start:4.0f} s  {''.join(_tail(log, 1))[:LINE_WIDTH]}")


def _tail(log, count):
    return log.read_text(errors="replace").splitlines()[-count:]


def failure(command, code, log):
    """Say which command failed and quote the end of its log."""
    shown = "\n".join(f"    | {line}" for line in _tail(log, LOG_TAIL))
    return f"{Path(command[0]).name} ended with code {code}. The end of {log}:\n{shown}"
