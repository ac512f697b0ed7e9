from datetime import date, timedelta

from odoo.tests import HttpCase, tagged

from ..common import RelationshipCase

DAY = timedelta(days=1)


@tagged("post_install", "-at_install")
class TestTourPyramid(RelationshipCase, HttpCase):
    """A manager starts the day with the pyramid."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        last = date.today().replace(day=1) - DAY
        before = last.replace(day=1) - DAY
        customers = cls.make_ranking(range(19, 0, -1), day=before - 200 * DAY)
        cls.recalculate(as_of=before)
        customers[10].name = "Tour Riser"
        cls.make_invoices([(customers[10], last, 1000)])
        cls.make_ranking([0.5], day=last)
        cls.recalculate(as_of=last)
        cls.new_user("tour_pyramid", "sales_team.group_sale_manager")

    def test_manager_walks_the_pyramid(self):
        self.start_tour("/odoo", "crm_relationship_pyramid", login="tour_pyramid")
