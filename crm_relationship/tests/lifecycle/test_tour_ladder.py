from datetime import date, timedelta

from odoo.tests import HttpCase, tagged

from ..common import RelationshipCase

DAY = timedelta(days=1)


@tagged("post_install", "-at_install")
class TestTourLadder(RelationshipCase, HttpCase):
    """A salesperson looks at the ladder and writes down what is known of a customer."""

    def test_salesperson_climbs_the_ladder(self):
        self.new_user("tour_ladder", "sales_team.group_sale_salesman,base.group_partner_manager")
        today = self.company._get_relationship_today()
        old = self.make_ranking([500], day=date(2020, 1, 1))
        self.recalculate(as_of=today - DAY)
        climber = self.make_ranking([400], day=today)
        climber.write({"name": "Tour Climber", "referred_by_id": old.id})
        self.recalculate(as_of=today)
        self.start_tour("/odoo", "crm_relationship_ladder", login="tour_ladder")
        profile = self.get_profile(climber)
        self.assertEqual((profile.ladder_mark, profile.yearly_need), ("advocate", 1000))
