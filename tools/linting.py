"""`make lint` and `make format`: every linter on every file that git knows or would add."""

import os
import subprocess
import time
from pathlib import Path

from . import addons, node, paths
from .steps import StepFailed, say

# Rules for the Odoo Community Association's own addons: its author, a README.rst in each. And a
# large model may lie in several files, one a subject.
PYLINT_OFF = "manifest-required-author,missing-readme,consider-merging-classes-inherited"
# Odoo writes the encoding of its XML files in small letters.
OCA_OFF = "xml-header-wrong"
WEB_FILES = ("xml", "js", "mjs", "scss", "css", "json", "yaml", "yml")


def lint(names=()):
    """Run the named linters, or all; every one runs even if another found something."""
    chosen = [name for name in LINTERS if not names or name in names]
    failed = [name for name in chosen if not _passes(name)]
    if failed:
        raise StepFailed(f"found something: {', '.join(failed)}", "`make format` corrects layout.")


def _passes(name):
    """Run one linter; its output is shown only if it found something."""
    start = time.monotonic()
    outputs = [_run(command) for command in LINTERS[name]()]
    good = not any(code for code, _output in outputs)
    say(f"{'ok  ' if good else 'FAIL'} {name}  ({time.monotonic() - start:.1f} s)")
    for code, output in outputs:
        if code:
            say(output)
    return good


def _run(command):
    environment = {**os.environ, "NODE_DISABLE_COMPILE_CACHE": "1", "NO_COLOR": "1"}
    streams = {"stdout": subprocess.PIPE, "stderr": subprocess.STDOUT, "text": True}
    command = [str(part) for part in command]
    result = subprocess.run(command, cwd=paths.ROOT, env=environment, **streams)
    return result.returncode, result.stdout


def files(*extensions):
    """The repository's files with these extensions, relative to its root."""
    return sorted(
        str((Path(folder) / name).relative_to(paths.ROOT))
        for folder, folders, names in os.walk(paths.ROOT)
        if _enter(folders)
        for name in names
        if name.endswith(tuple(f".{extension}" for extension in extensions))
    )


def _enter(folders):
    """Keep `os.walk` out of hidden and installed folders; always true."""
    folders[:] = [name for name in folders if not name.startswith(".") and name != "node_modules"]
    return True


def _python(name):
    return paths.VENV / "bin" / name


def _with_files(command, found):
    """One command on these files, or none if there are none."""
    return [[*command, *found]] if found else []


def _ruff():
    return [[_python("ruff"), "check", "--quiet", "."]]


def _ruff_format():
    return [[_python("ruff"), "format", "--check", "--quiet", "--diff", "."]]


def _pylint_odoo():
    command = [_python("pylint"), "--rcfile=pyproject.toml", f"--disable={PYLINT_OFF}"]
    return _with_files(command, addons.addons())


def _oca_module():
    command = [_python("oca-checks-odoo-module"), f"--disable={OCA_OFF}"]
    return _with_files(command, addons.addons())


def _oca_po():
    return _with_files([_python("oca-checks-po")], files("po", "pot"))


def _prettier():
    return _with_files([*node.program("prettier"), "--check"], files(*WEB_FILES))


def _eslint():
    return _with_files([*node.program("eslint"), "--max-warnings=0"], files("js", "mjs"))


LINTERS = {
    "ruff": _ruff,
    "ruff-format": _ruff_format,
    "pylint-odoo": _pylint_odoo,
    "oca-checks-odoo-module": _oca_module,
    "oca-checks-po": _oca_po,
    "prettier": _prettier,
    "eslint": _eslint,
}


def format_files():
    """Correct what the formatters and linters can correct by themselves."""
    commands = [
        [_python("ruff"), "check", "--fix", "--quiet", "."],
        [_python("ruff"), "format", "."],
        *_with_files([*node.program("prettier"), "--write", "--log-level=warn"], files(*WEB_FILES)),
        *_with_files([*node.program("eslint"), "--fix"], files("js", "mjs")),
    ]
    for command in commands:
        _code, output = _run(command)
        say(output.strip())
