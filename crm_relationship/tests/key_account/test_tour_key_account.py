from odoo.tests import HttpCase, tagged

from .common import KeyAccountCase


@tagged("post_install", "-at_install")
class TestTourKeyAccount(KeyAccountCase, HttpCase):
    """From the list of plans over the map to a red flag that clears."""

    def test_map_and_flag(self):
        self.env["res.config.settings"].create({"group_relationship_key_account": True}).execute()
        self.plan.name = "Tour Plan"
        boss = self.make_role("Tour Boss", level="high", coverage="deep")
        low = self.make_role("Tour Buyer", level="middle", coverage="brief")
        self.start_tour("/odoo/account-plans", "crm_relationship_key_account", login="plan_owner")
        self.assertEqual(low.reports_to_id, boss)
        self.assertTrue(boss.is_coach)
