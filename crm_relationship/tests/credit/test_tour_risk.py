from odoo.tests import HttpCase, tagged

from .test_risk import RiskCase
from .test_strikes import StrikeCase


@tagged("post_install", "-at_install")
class TestTourStrikes(StrikeCase, HttpCase):
    """A credit approver decides, in a real browser."""

    def test_an_approver_keeps_one_and_dismisses_one(self):
        keeper, leaver = self.customer, self.make_customers(1)
        keeper.name, leaver.name = "Tour Keeper", "Tour Leaver"
        for customer in (keeper, leaver):
            self.owe_strikes(3, customer)
        self.recalculate(self.today)
        self.start_tour("/odoo", "crm_relationship_strikes", login="strike_credit")
        self.env.invalidate_all()
        self.assertEqual(self.find(keeper).state, "declined")
        self.assertEqual(self.find(leaver).state, "accepted")
        self.assertEqual(self.get_profile(leaver).dismissed_date, self.today)
        self.assertFalse(self.get_profile(keeper).dismissed_date)


@tagged("post_install", "-at_install")
class TestTourRisk(RiskCase, HttpCase):
    """A manager looks at the five lights and judges, in a real browser."""

    def test_a_manager_judges(self):
        self.start_tour(
            f"/odoo/res.partner/{self.customer.id}",
            "crm_relationship_risks",
            login="risk_manager",
        )
        self.env.invalidate_all()
        self.assertEqual(self.get_levels()["independence"], "high")
