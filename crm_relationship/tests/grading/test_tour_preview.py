from datetime import timedelta

from odoo.tests import HttpCase, tagged

from ..common import RelationshipCase


@tagged("post_install", "-at_install")
class TestTourPreview(RelationshipCase, HttpCase):
    def test_manager_previews_and_activates(self):
        self.new_user("tour_preview", "sales_team.group_sale_manager")
        yesterday = self.company._get_relationship_today() - timedelta(days=1)
        self.make_ranking(range(200, 0, -10), day=yesterday)
        self.recalculate(as_of=None)
        self.start_tour("/odoo", "crm_relationship_preview", login="tour_preview")
        policy = self.company._get_relationship_policy()
        self.assertEqual(policy.method, "revenue_share")
        self.assertEqual(self.policy.state, "retired")
