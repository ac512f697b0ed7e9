"""The tools' own rules, where a mistake would show only on another machine."""

from tools import addons, debian, odoo_process, steps

DEB822 = """\
Types: deb
# a comment
URIs: ftp://mirror.example/debian
Suites: bookworm bookworm-updates
Components: main contrib

Types: deb-src
URIs: ftp://sources.example/debian
Suites: bookworm
Components: main

Enabled: no
Types: deb
URIs: ftp://off.example/debian
Suites: bookworm
Components: main
"""
ONE_LINE = """\
# deb ftp://comment.example/debian bookworm main
deb [arch=amd64 signed-by=/etc/key.gpg] ftp://vendor.example/apt bookworm main
deb cdrom:[Debian 12]/ bookworm main
deb ftp://other.example/debian bookworm non-free
"""
LOG = """\
2026-11-22 05:45:34,240 5728 INFO x odoo.modules.loading: Loading module a (1/2)
2026-11-22 05:45:34,240 5728 WARNING x odoo.addons.a.models: The warning
Traceback (most recent call last):
2026-11-22 05:45:34,240 5728 ERROR ? odoo.sql_db: The error
"""


def test_mirrors_are_read_in_both_formats(tmp_path):
    folder = tmp_path / "sources.list.d"
    folder.mkdir()
    (folder / "debian.sources").write_text(DEB822)
    (folder / "vendor.list").write_text(ONE_LINE)
    assert list(debian.main_entries(tmp_path)) == [
        ("ftp://mirror.example/debian", "bookworm"),
        ("ftp://mirror.example/debian", "bookworm-updates"),
        ("ftp://vendor.example/apt", "bookworm"),
    ]


def test_the_machines_debian_mirror_wins_over_other_vendors(tmp_path, monkeypatch):
    (tmp_path / "sources.list").write_text(
        "deb ftp://vendor.example/apt bookworm main\ndeb ftp://m.example/debian/ bookworm main\n"
    )
    release = {"ID": "debian", "VERSION_CODENAME": "bookworm"}
    monkeypatch.setattr(debian, "SOURCES", tmp_path)
    monkeypatch.setattr(debian.platform, "freedesktop_os_release", lambda: release)
    monkeypatch.delenv("DEBIAN_MIRROR", raising=False)
    assert debian.mirror() == "ftp://m.example/debian/"


def test_problem_lines_are_warnings_and_worse():
    assert list(odoo_process.problem_lines(LOG.splitlines())) == [
        "WARNING odoo.addons.a.models: The warning",
        "ERROR odoo.sql_db: The error",
    ]


def test_external_dependencies_are_not_ours():
    needed = addons.external_dependencies()
    assert "account" in needed
    assert not set(needed) & set(addons.addons())


def test_stamp_is_fresh_only_with_the_same_inputs(tmp_path, monkeypatch):
    monkeypatch.setattr(steps.paths, "STAMPS", tmp_path)
    file = tmp_path / "input"
    file.write_text("one")
    steps.Stamp("name", file).write()
    assert steps.Stamp("name", file).is_fresh()
    file.write_text("two")
    assert not steps.Stamp("name", file).is_fresh()
