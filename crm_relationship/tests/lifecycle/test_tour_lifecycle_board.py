from datetime import date, timedelta

from odoo.tests import HttpCase, tagged

from ..common import RelationshipCase

MONTH_ENDS = (
    date(2025, 3, 31),
    date(2025, 4, 30),
    date(2025, 5, 31),
    date(2025, 6, 30),
    date(2025, 7, 31),
)


@tagged("post_install", "-at_install")
class TestTourLifecycleBoard(RelationshipCase, HttpCase):
    """A manager looks through the lifecycle, from the funnel to a customer's curve."""

    def test_manager_follows_the_lifecycle(self):
        self.new_user("tour_board", "sales_team.group_sale_manager")
        customers = self.make_customers(6)
        riser = customers[0]
        riser.name = "Tour Climber"
        first = date(2025, 2, 3)
        self.make_invoices([(customer, first, 100) for customer in customers])
        self.make_invoices([(riser, first + timedelta(days=20 * n), 100) for n in range(1, 9)])
        for day in MONTH_ENDS:
            self.recalculate(day)
        self.start_tour("/odoo", "crm_relationship_lifecycle", login="tour_board")
