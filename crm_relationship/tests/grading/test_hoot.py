from odoo.tests import HttpCase, no_retry, tagged

from odoo.addons.web.tests import test_js

SUITE = "@crm_relationship"
"""Hoot names a suite after the addon and the file; this one holds all of the addon."""


@tagged("post_install", "-at_install", "browser_js")
class TestHoot(HttpCase):
    """The addon's own unit tests of its JavaScript, in a real browser."""

    @no_retry
    def test_hoot(self):
        errors = []

        def check(message):
            """Collect what each test says; only the summary at the end stops the browser."""
            errors.append(message)
            return test_js.unit_test_error_checker(message)

        suite = test_js.HOOTCommon._generate_hash(self, SUITE)
        try:
            self.browser_js(
                f"/web/tests?headless&loglevel=2&preset=desktop&timeout=15000&id={suite}",
                code="",
                login="admin",
                timeout=300,
                success_signal="[HOOT] Test suite succeeded",
                error_checker=check,
            )
        except self.failureException as error:
            raise self.failureException("\n".join([*errors, str(error)])) from error
