from unittest.mock import patch

from odoo.tests import tagged

from .test_margin_health import MarginCase


@tagged("post_install", "-at_install")
class TestMarginExplanation(MarginCase):
    """The answer to "why?" names inputs, rule and threshold of the colour."""

    def explain(self, row, coverage=100, measured=True):
        """Return the answer for ``(revenue, margin)``, as if a bridge measured costs or not."""
        profile = self.get_profile(self.make_margins(row))
        self.env.cr.execute(
            "UPDATE crm_relationship_profile SET margin_coverage = %s WHERE id = %s",
            [coverage, profile.id],
        )
        self.env.invalidate_all()
        profiles = self.env.registry["crm.relationship.profile"]
        with patch.object(profiles, "_get_margin_sources", lambda _self: [measured][:measured]):
            return " ".join(profile.tier_explanation.striptags().split())

    def test_red(self):
        answer = self.explain((50, -10))
        self.assertIn("Margin ▼ Loss", answer)
        self.assertIn("10.00 on a revenue of $ 50.00, from 07/01/2024 to 06/30/2025", answer)
        self.assertIn("A margin below zero is a loss, whatever the revenue.", answer)
        self.assertIn("Costs are known for 100.00 % of that revenue; 80 % are needed.", answer)

    def test_amber(self):
        answer = self.explain((100, 4), coverage=85)
        self.assertIn("Margin ◆ Thin", answer)
        self.assertIn("Costs are known for 85.00 % of that revenue", answer)

    def test_amber_reads_as_less_than_the_target(self):
        answer = self.explain((1000000, "49999.99"))
        self.assertIn("That is 4.99 %, less than the 5.00 % from which Relationship Ltd", answer)

    def test_green(self):
        answer = self.explain((100, 5))
        self.assertIn("Margin ● Healthy", answer)
        self.assertIn("That is 5.00 %, at least the 5.00 % from which Relationship Ltd", answer)

    def test_unknown(self):
        answer = self.explain((100, None), coverage="79.99")
        self.assertIn("Margin No colour", answer)
        self.assertIn("costs are known for 79.99 % of the revenue in the window, and 80 %", answer)

    def test_nothing_measured(self):
        answer = self.explain((100, None), coverage=0, measured=False)
        self.assertIn("no costs are measured", answer)

    def test_nothing_sold(self):
        answer = self.explain((0, 0))
        self.assertIn("Margin No colour", answer)
        self.assertIn("nothing to judge", answer)

    def test_the_policys_window(self):
        self.policy.window_months = 6
        self.assertIn("from 12/31/2024 to 06/30/2025", self.explain((100, 5)))

    def test_without_a_policy(self):
        self.policy.state = "retired"
        self.assertIn("from 07/01/2024 to 06/30/2025", self.explain((100, 5)))

    def test_before_the_first_purchase(self):
        customer = self.make_customers(1)
        self.env["sale.order"].create({"partner_id": customer.id, "company_id": self.company.id})
        self.recalculate()
        self.assertNotIn("Margin", self.get_profile(customer).tier_explanation.striptags())
