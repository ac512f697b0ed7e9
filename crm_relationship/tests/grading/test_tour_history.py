from datetime import date

from odoo.tests import HttpCase, tagged

from ..common import RelationshipCase


@tagged("post_install", "-at_install")
class TestTourHistory(RelationshipCase, HttpCase):
    """A manager backfills the history and follows a customer through it, in a browser."""

    def test_manager_backfills_and_looks_back(self):
        manager = self.new_user("tour_history", "sales_team.group_sale_manager")
        customers = self.make_ranking(range(20, 0, -1), day=date(2025, 4, 3))
        riser = customers[19]
        riser.name = "Tour Riser"
        self.make_invoices([(riser, date(2025, 5, 3), 500)])
        self.recalculate(date(2025, 6, 18))
        self.start_tour("/odoo", "crm_relationship_history", login="tour_history")
        run = self.env["crm.relationship.run"].search([("kind", "=", "backfill")])
        self.assertEqual((run.state, run.user_id), ("pending", manager))
        run._process_backfill()
        self.assertEqual((run.state, run.error), ("done", False))
        self.start_tour("/odoo", "crm_relationship_migration", login="tour_history")
