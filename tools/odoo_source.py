"""Odoo 19 itself: the one that ODOO_HOME names, or Debian's package unpacked into `.run/odoo`."""

import os
import shutil
import subprocess
from pathlib import Path

from . import debian, paths
from .steps import Stamp, StepFailed, say, step

PACKAGE = "odoo-19"
# What the package links to; it is unpacked beside it, or pages lack scripts, icons and fonts.
LINKED = (
    "fonts-glyphicons-halflings",
    "fonts-inconsolata",
    "fonts-montserrat",
    "fonts-ocr-b",
    "fonts-roboto-unhinted",
    "libjs-jquery",
    "libjs-jquery-form",
    "libjs-underscore",
)
# sid's version 7 has other file names, which leaves the icons empty.
LINKED_FROM_BOOKWORM = ("fonts-font-awesome",)
# Not free, so not in the package; without the file every page logs an error and every tour fails.
PLACEHOLDERS = ("mail/static/lib/selfie_segmentation/selfie_segmentation.js",)
UNPACKED = paths.RUN / "odoo"
# PYTHONPATH holds this folder with a link to the `odoo` package, and so nothing else of a
# system-wide dist-packages that would shadow the pinned packages.
IMPORT_PATH = paths.RUN / "odoo-path"


def ensure():
    """Have Odoo importable from `IMPORT_PATH`; download and unpack it if needed."""
    if os.environ.get("ODOO_HOME"):
        _link(_package_in(Path(os.environ["ODOO_HOME"]).expanduser().resolve()))
        return
    stamp = Stamp("odoo", PACKAGE, LINKED, LINKED_FROM_BOOKWORM, PLACEHOLDERS)
    if not (stamp.is_fresh() and UNPACKED.exists()):
        with step("Odoo 19 (Debian's package, unpacked into .run/odoo)"):
            _unpack()
            stamp.write()
    _link(_package_in(UNPACKED))


def _unpack():
    """Unpack into a draft folder and rename it, so that `.run/odoo` is always whole."""
    draft = UNPACKED.with_name("odoo.part")
    shutil.rmtree(draft, ignore_errors=True)
    debs = debian.fetch([PACKAGE, *LINKED], "sid")
    debs += debian.fetch(LINKED_FROM_BOOKWORM, "bookworm")
    say(f"    unpacking {debs[0].name}")
    debian.unpack(debs, draft)
    for name in PLACEHOLDERS:
        path = _package_in(draft) / "addons" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.touch()
    shutil.rmtree(UNPACKED, ignore_errors=True)
    draft.rename(UNPACKED)


def _package_in(home):
    """The folder of the Python package `odoo` in a source checkout or a package's tree."""
    for parent in (home, home / "usr/lib/python3/dist-packages"):
        if (parent / "odoo" / "release.py").exists():
            return parent / "odoo"
    raise StepFailed(
        f"there is no Odoo in {home}",
        "ODOO_HOME is a checkout of Odoo's branch 19.0 (with odoo-bin) or the root of its package.",
    )


def _link(package):
    """Point `IMPORT_PATH` at `package`."""
    link = IMPORT_PATH / "odoo"
    if link.is_symlink() and link.readlink() == package:
        return
    IMPORT_PATH.mkdir(parents=True, exist_ok=True)
    draft = IMPORT_PATH / "odoo.part"
    draft.unlink(missing_ok=True)
    draft.symlink_to(package)
    draft.replace(link)


def addons_paths():
    """Folders of Odoo's addons beyond `odoo/addons`, which Odoo finds by itself."""
    beside = (IMPORT_PATH / "odoo").resolve().parent / "addons"
    return [beside] if (beside / "web" / "static").exists() else []


def version():
    """Odoo's version and where it comes from: what a prepared database depends on."""
    package = (IMPORT_PATH / "odoo").resolve()
    revision = ""
    if (package.parent / ".git").exists() and shutil.which("git"):
        command = ["git", "-C", package, "rev-parse", "HEAD"]
        revision = subprocess.run(command, capture_output=True, text=True).stdout
    return f"{package} {(package / 'release.py').read_text()} {revision}"
