"""Which tests need a browser, leaving them out when there is none (`NO_BROWSER=1`), and which
tests one process does after another when several share the work.
"""

import os
import shutil
from contextlib import contextmanager

import pytest
import pytest_odoo

LEFT_OUT = pytest.StashKey[int]()


def pytest_configure(config):
    config.addinivalue_line("markers", "browser: needs Chromium; left out with NO_BROWSER=1")
    pytest_odoo._shared_filestore = own_filestore


@contextmanager
def own_filestore(database, copy):
    """Give the copy of the database that a process works on a copy of the files too.

    Odoo deletes after each test class the files that the database does not know: of files that
    are shared, those of another process's test, whose browser then gets an empty page.
    """
    if copy == database:
        yield
        return
    from odoo.tools import config

    files, own = config.filestore(database), config.filestore(copy)
    shutil.rmtree(own, ignore_errors=True)
    if os.path.isdir(files):
        shutil.copytree(files, own, copy_function=os.link)
    yield
    shutil.rmtree(own, ignore_errors=True)


def needs_browser(item):
    """A tour (by its file's name), an Odoo test tagged `browser_js`, or one marked `browser`."""
    tags = getattr(item.cls, "test_tags", None) or ()
    return (
        item.path.name.startswith("test_tour_")
        or "browser_js" in tags
        or item.get_closest_marker("browser") is not None
    )


@pytest.hookimpl(tryfirst=True)  # before xdist looks for the groups
def pytest_collection_modifyitems(config, items):
    leave_out(config, items)
    # One browser at a time: two starve each other. They take long, so who has them begins first.
    items.sort(key=lambda item: not needs_browser(item))
    for item in items:
        scope = "browser" if needs_browser(item) else item.nodeid.rpartition("::")[0]
        item.add_marker(pytest.mark.xdist_group(scope))


def leave_out(config, items):
    """Take the tests that need a browser out of `items` if there is none."""
    if os.environ.get("NO_BROWSER", "0") in ("", "0"):
        return
    left_out = [item for item in items if needs_browser(item)]
    config.stash[LEFT_OUT] = len(left_out)
    config.hook.pytest_deselected(items=left_out)
    items[:] = [item for item in items if item not in left_out]


def pytest_terminal_summary(terminalreporter, config):
    if count := config.stash.get(LEFT_OUT, 0):
        terminalreporter.write_line(f"WITHOUT A BROWSER: {count} browser tests were LEFT OUT.")
