from odoo.tests import HttpCase, tagged

from .common import KeyAccountCase


@tagged("post_install", "-at_install")
class TestTourAssessment(KeyAccountCase, HttpCase):
    """From the radar to why, and from a judgement back to the radar."""

    def test_radar(self):
        self.env["res.config.settings"].create({"group_relationship_key_account": True}).execute()
        self.plan.name = "Tour Plan"
        self.make_role("Tour Boss", level="high", influence="5", coverage="brief")
        self.start_tour("/odoo/account-plans", "crm_relationship_radar", login="plan_owner")
        row = self.plan.score_ids.filtered(lambda score: score.dimension_id.code == "delivery")
        self.assertEqual(row.judged_score, 64)
        self.assertEqual(row.judged_by_id, self.owner)
        self.assertEqual(row.wanted_score, 90)
