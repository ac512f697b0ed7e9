"""Debian packages without installing them: fetched by a private apt, cached, unpacked.

The mirror is the machine's own (its first Debian entry, or `DEBIAN_MIRROR`), with our suite.
"""

import itertools
import os
import platform
import re
import shutil
import subprocess
from pathlib import Path

from . import paths
from .steps import StepFailed, run, say

SOURCES = Path("/etc/apt")
KEYRING = Path("/usr/share/keyrings/debian-archive-keyring.gpg")
DEBS = paths.CACHE / "debs"
ONE_LINE = re.compile(r"^deb\s+(?:\[[^\]]*\]\s+)?(?P<uri>\S+)\s+(?P<suite>\S+)\s+(?P<parts>.*)$")
ROLLING = ("stable", "testing", "unstable", "sid")


def mirror():
    """The address of the Debian mirror that this machine uses."""
    if os.environ.get("DEBIAN_MIRROR"):
        return os.environ["DEBIAN_MIRROR"]
    system = platform.freedesktop_os_release()
    suites = (system.get("VERSION_CODENAME"), *ROLLING)
    found = [uri for uri, suite in main_entries(SOURCES) if suite in suites]
    if system["ID"] != "debian" or not found:
        raise StepFailed(
            "the machine's apt sources name no Debian mirror",
            "Set DEBIAN_MIRROR to the address of one (and install debian-archive-keyring),\n"
            "or set ODOO_HOME to an Odoo 19 that you have.",
        )
    # Other vendors' archives may use Debian's suite names, but hardly the usual path of a mirror.
    return next((uri for uri in found if uri.rstrip("/").endswith("/debian")), found[0])


def main_entries(folder):
    """Address and suite of each source in `folder` that has `main`, in apt's two formats."""
    lists = [folder / "sources.list", *sorted(folder.glob("sources.list.d/*.list"))]
    stanzas = _deb822_entries(sorted(folder.glob("sources.list.d/*.sources")))
    for uri, suite, components in [*stanzas, *_one_line_entries(lists)]:
        if "main" in components.split() and not uri.startswith("cdrom:"):
            yield uri, suite


def _deb822_entries(files):
    for path in files:
        for stanza in re.split(r"\n\s*\n", path.read_text()):
            fields = dict(re.findall(r"^(\w[\w-]*):\s*(.*)$", stanza, re.MULTILINE))
            if fields.get("Enabled", "yes") == "yes" and "deb" in fields.get("Types", "").split():
                for uri, suite in itertools.product(
                    fields["URIs"].split(), fields["Suites"].split()
                ):
                    yield uri, suite, fields.get("Components", "")


def _one_line_entries(files):
    for path in files:
        for line in path.read_text().splitlines() if path.exists() else []:
            if match := ONE_LINE.match(line.strip()):
                yield match.groups()


def fetch(names, suite):
    """Paths of these packages' .deb files from `suite`, downloaded unless the cache has them."""
    missing = [name for name in names if not _cached(name)]
    if missing:
        _download(missing, suite)
    return [_cached(name) for name in names]


def _cached(name):
    """The newest cached file of a package; apt names it `<package>_<version>_<arch>.deb`."""
    found = sorted(DEBS.glob(f"{name}_*.deb"), key=lambda path: path.stat().st_mtime)
    return found[-1] if found else None


def _download(names, suite):
    """Download into a draft folder first, so that the cache never holds half a package."""
    say(f"    downloading from Debian {suite}: {', '.join(names)}")
    draft = paths.RUN / "apt" / suite
    options = _private_apt(draft, suite)
    advice = "Check the network and the apt sources, then run the same command again."
    apt = ["apt-get", *options]
    run([*apt, "update"], f"apt-update-{suite}", advice=advice)
    run([*apt, "download", *names], f"apt-download-{suite}", advice=advice, cwd=draft)
    DEBS.mkdir(parents=True, exist_ok=True)
    for path in draft.glob("*.deb"):
        part = DEBS / f"{path.name}.{os.getpid()}.part"
        shutil.move(path, part)
        part.rename(DEBS / path.name)
    shutil.rmtree(draft)


def _private_apt(folder, suite):
    """Options that keep apt inside `folder` and on one suite; no right beyond the user's needed."""
    for part in ("lists/partial", "cache/archives/partial"):
        (folder / part).mkdir(parents=True, exist_ok=True)
    signed = f"[signed-by={KEYRING}] " if KEYRING.exists() else ""
    (folder / "sources.list").write_text(f"deb {signed}{mirror()} {suite} main\n")
    settings = {
        "Dir::Etc::sourcelist": folder / "sources.list",
        "Dir::Etc::sourceparts": "-",
        "Dir::State::lists": folder / "lists",
        "Dir::Cache": folder / "cache",
        "APT::Sandbox::User": "",
        "Acquire::Languages": "none",
        "Debug::NoLocking": "true",
    }
    return [part for key, value in settings.items() for part in ("-o", f"{key}={value}")]


def unpack(debs, target):
    """Unpack packages into `target`; one that does not unpack is dropped from the cache."""
    target.mkdir(parents=True, exist_ok=True)
    for deb in debs:
        result = subprocess.run(["dpkg", "-x", deb, target], capture_output=True, text=True)
        if result.returncode:
            deb.unlink()
            raise StepFailed(
                f"{deb.name} could not be unpacked: {result.stderr.strip()}",
                "Make sure that the disk has 2 GB free, then run the same command again.",
            )
