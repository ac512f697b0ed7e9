"""Which tests need a browser, and leaving them out when there is none (`NO_BROWSER=1`)."""

import os

import pytest

LEFT_OUT = pytest.StashKey[int]()


def pytest_configure(config):
    config.addinivalue_line("markers", "browser: needs Chromium; left out with NO_BROWSER=1")


def needs_browser(item):
    """A tour (by its file's name), an Odoo test tagged `browser_js`, or one marked `browser`."""
    tags = getattr(item.cls, "test_tags", None) or ()
    return (
        item.path.name.startswith("test_tour_")
        or "browser_js" in tags
        or item.get_closest_marker("browser") is not None
    )


def pytest_collection_modifyitems(config, items):
    if os.environ.get("NO_BROWSER", "0") in ("", "0"):
        return
    left_out = [item for item in items if needs_browser(item)]
    config.stash[LEFT_OUT] = len(left_out)
    config.hook.pytest_deselected(items=left_out)
    items[:] = [item for item in items if item not in left_out]


def pytest_terminal_summary(terminalreporter, config):
    if count := config.stash.get(LEFT_OUT, 0):
        terminalreporter.write_line(f"WITHOUT A BROWSER: {count} browser tests were LEFT OUT.")
