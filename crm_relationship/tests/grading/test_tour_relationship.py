from datetime import date

from odoo.tests import HttpCase, new_test_user, tagged

from ..common import RelationshipCase


@tagged("post_install", "-at_install")
class TestTourRelationship(RelationshipCase, HttpCase):
    """People do their day's work in a real browser."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        company = {"company_id": cls.company.id, "company_ids": [(6, 0, cls.company.ids)]}
        cls.salesperson = new_test_user(
            cls.env, "tour_salesperson", groups="sales_team.group_sale_salesman", **company
        )
        cls.manager = new_test_user(
            cls.env, "tour_manager", groups="sales_team.group_sale_manager", **company
        )
        customers = cls.make_ranking(range(20, 0, -1))
        cls.own, cls.foreign = customers[0], customers[5]
        cls.own.write({"name": "Tour Own", "user_id": cls.salesperson.id})
        cls.foreign.write({"name": "Tour Foreign", "user_id": cls.env.ref("base.user_admin").id})
        cls.recalculate(as_of=date(2025, 6, 30))

    def test_salesperson_asks_why(self):
        self.start_tour("/odoo", "crm_relationship_salesperson", login="tour_salesperson")

    def test_manager_decides_by_hand(self):
        self.start_tour("/odoo", "crm_relationship_manual_tier", login="tour_manager")
        profile = self.get_profile(self.foreign)
        self.assertEqual(profile.tier_id, self.tiers["B"])
        self.assertEqual(profile.override_user_id, self.manager)

    def test_manager_starts_a_recalculation(self):
        self.start_tour("/odoo", "crm_relationship_recalculate", login="tour_manager")
        runs = self.env["crm.relationship.run"].search([("company_id", "=", self.company.id)])
        self.assertEqual(runs.mapped("state"), ["pending", "done"])
        self.assertEqual(runs[0].user_id, self.manager)

    def test_manager_edits_the_policy(self):
        self.start_tour("/odoo", "crm_relationship_policy", login="tour_manager")
        self.assertEqual(self.policy.window_months, 6)

    def test_salesperson_sees_the_margin_while_choosing(self):
        """On a quotation and an opportunity; a colleague without the group sees names alone."""
        self.own.street = "Tour Street 1"
        self.env.cr.execute(
            """UPDATE crm_relationship_profile SET margin = -1, margin_coverage = 100
                WHERE partner_id = %s""",
            [self.own.id],
        )
        self.env.invalidate_all()
        for tour, path, model in (
            ("crm_relationship_quotation", "/odoo/sales/new", "sale.order"),
            (
                "crm_relationship_opportunity",
                "/odoo/action-crm.crm_lead_opportunities/new",
                "crm.lead",
            ),
        ):
            self.start_tour(path, tour, login="tour_salesperson")
            self.assertEqual(
                self.env[model].search([], order="id desc", limit=1).partner_id, self.own
            )
