from datetime import date

from odoo.tests import HttpCase, tagged

from .common_actions import ActionCase


@tagged("post_install", "-at_install")
class TestTourPlanBoard(ActionCase, HttpCase):
    """From the board of all plans to why one is in bad health."""

    def test_board(self):
        self.customer.name = "Board Customer"
        self.make_action(name="Late call", date_deadline=date(2025, 6, 20))
        self.make_plan(
            partner_id=self.make_customers(1, name="Draft Customer", user_id=self.owner.id).id
        )
        self.start_tour(
            "/odoo/key-account-board", "crm_relationship_plan_board", login="plan_owner"
        )
