from odoo.tests import HttpCase, no_retry, tagged

from odoo.addons.web.tests import test_js

SUITE = "@crm_relationship"
"""Hoot names a suite after the addon and the file; this one holds all of the addon."""

SUCCEEDED = "[HOOT] Test suite succeeded"


@tagged("post_install", "-at_install", "browser_js")
class TestHoot(HttpCase):
    """The addon's own unit tests of its JavaScript, in a real browser."""

    @no_retry
    def test_hoot(self):
        suite = test_js.HOOTCommon._generate_hash(self, SUITE)
        self.browser_js(
            f"/web/tests?headless&loglevel=2&preset=desktop&timeout=15000&id={suite}",
            code="",
            login="admin",
            timeout=600,
            success_signal=SUCCEEDED,
            error_checker=test_js.unit_test_error_checker,
        )
