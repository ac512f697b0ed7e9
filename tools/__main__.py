"""`python3 -m tools <command>`: the one entry point; `make <command>` calls it."""

import os
import signal
import sys

from . import paths, python_env
from .commands import COMMANDS, NOTHING, prepare
from .steps import Lock, StepFailed, say


def main(arguments):
    """Run one command and return its exit code."""
    name, *rest = arguments or ["help"]
    if name not in COMMANDS:
        raise StepFailed(f"there is no command {name!r}", "`make help` lists them.")
    function = COMMANDS[name]
    lock = Lock()
    if function.needs != NOTHING:
        lock.acquire()
        _enter_environment(arguments)
        prepare(function.needs)
    return function(lock, *rest)


def _enter_environment(arguments):
    """Go on in the environment's Python; the lock ends with this program and is taken again."""
    if sys.prefix != str(paths.VENV):
        python_env.check_version()
        python_env.ensure()
        os.execv(paths.PYTHON, [str(paths.PYTHON), "-m", "tools", *arguments])


def explain(failed):
    """Say which step failed, why, and what to do."""
    say(f"\nFAILED: {failed.title or ' '.join(sys.argv[1:])}")
    say(failed.reason)
    if failed.advice:
        say(f"\nWhat to do: {failed.advice}")


if __name__ == "__main__":
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    try:
        sys.exit(main(sys.argv[1:]))
    except StepFailed as failure:
        explain(failure)
        sys.exit(1)
    except OSError as error:
        advice = "Files of another user in .run? `make clean` as that user. Is the disk full?"
        explain(StepFailed(str(error), advice))
        sys.exit(1)
    except KeyboardInterrupt:
        say("\nInterrupted. The same command goes on from here.")
        sys.exit(130)
