"""What the addons of this repository are, need and contain, read from their manifests."""

import ast

from . import paths
from .steps import digest

PREFIX = "crm_relationship"
IGNORED = {"__pycache__", "tests", "description"}


def addons():
    """Names of this repository's addons, the main one first."""
    found = (path.parent.name for path in paths.ROOT.glob(f"{PREFIX}*/__manifest__.py"))
    return sorted(found)


def manifest(name):
    """The manifest of one of our addons as a dictionary."""
    return ast.literal_eval((paths.ROOT / name / "__manifest__.py").read_text())


def external_dependencies():
    """Odoo's own modules that our addons depend on."""
    ours = addons()
    needed = {dependency for name in ours for dependency in manifest(name).get("depends", [])}
    return sorted(needed - set(ours)) or ["base"]


def installed_files():
    """Files that an installation reads: everything but tests and the shop window."""
    for name in addons():
        for path in sorted((paths.ROOT / name).rglob("*")):
            if path.is_file() and not IGNORED & set(path.relative_to(paths.ROOT).parts):
                yield path


def fingerprint():
    """Changes with any file that an installed database depends on."""
    parts = []
    for path in installed_files():
        parts += [path.relative_to(paths.ROOT), path]
    return digest(*map(_as_part, parts))


def _as_part(part):
    return part if part.is_absolute() else str(part)
