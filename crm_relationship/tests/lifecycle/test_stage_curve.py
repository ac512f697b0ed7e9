from datetime import date

from odoo.exceptions import AccessError
from odoo.tests import tagged

from ...engine.stage import CODES
from .test_board import HistoryCase

BOUGHT = date(2025, 1, 3)
FIRST = date(2025, 1, 31)
LAST = date(2025, 6, 30)


@tagged("post_install", "-at_install")
class TestStageCurve(HistoryCase):
    """What the curve of a customer's lifecycle draws."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.customer = cls.make_ranking([100], day=BOUGHT)
        cls.recalculate(FIRST)
        cls.recalculate(LAST)
        cls.write_history(
            cls.customer,
            [
                [
                    (FIRST, "exploration", "opening"),
                    (date(2025, 2, 28), "formation", "up"),
                    (date(2025, 3, 1), "formation", "merged"),
                    (date(2025, 3, 31), "decline", "decline"),
                    (date(2025, 3, 31), None, "left"),
                ]
            ],
        )

    def test_points_are_the_changes_in_order(self):
        curve = self.get_profile(self.customer).get_stage_curve()
        self.assertEqual(
            [(point["date"], point["former"], point["label"]) for point in curve["points"]],
            [
                ("2025-01-31", "", "Exploration"),
                ("2025-02-28", "Exploration", "Formation"),
                ("2025-03-31", "Formation", "Decline"),
                ("2025-03-31", "Decline", "No stage"),
            ],
        )
        self.assertEqual([point["code"] for point in curve["points"]][-1], "")

    def test_span_and_stages(self):
        curve = self.get_profile(self.customer).get_stage_curve()
        self.assertEqual((curve["since"], curve["until"]), (str(BOUGHT), str(LAST)))
        self.assertEqual([stage["code"] for stage in curve["stages"]], list(CODES))

    def test_names_are_those_of_the_company(self):
        stage = self.env["crm.relationship.stage"].search(
            [("company_id", "=", self.company.id), ("code", "=", "formation")]
        )
        stage.name = "Growing Together"
        points = self.get_profile(self.customer).get_stage_curve()["points"]
        self.assertEqual(points[1]["label"], "Growing Together")
        self.assertEqual(points[2]["former"], "Growing Together")

    def test_without_a_history(self):
        newcomer = self.make_ranking([5], day=LAST)
        self.recalculate(LAST, partners=newcomer)
        self.write_history(self.customer, [[]])
        curve = self.get_profile(newcomer).get_stage_curve()
        self.assertEqual(curve["points"], [])

    def test_of_anothers_customer(self):
        user = self.new_user("curve_own", "sales_team.group_sale_salesman")
        profile = self.get_profile(self.customer).with_user(user)
        self.assertTrue(profile.get_stage_curve()["points"])
        self.customer.user_id = self.env.ref("base.user_admin")
        with self.assertRaises(AccessError):
            profile.get_stage_curve()
