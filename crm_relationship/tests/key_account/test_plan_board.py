from freezegun import freeze_time

from odoo.tests import tagged

from .common_assessment import TODAY
from .common_health import DAY, HealthCase


@tagged("post_install", "-at_install")
@freeze_time(TODAY)
class TestPlanBoard(HealthCase):
    """What a row of the board says."""

    def get_row(self, plan=None, user=None):
        self.env.flush_all()
        self.env.invalidate_all()
        board = self.env["crm.relationship.plan.board"].with_user(user or self.owner)
        return next(
            row for row in board.get_board()["plans"] if row["id"] == (plan or self.plan).id
        )

    def test_a_bare_plan(self):
        row = self.get_row()
        self.assertEqual(row["customer"], "Key Customer")
        self.assertEqual(row["owner"]["id"], self.owner.id)
        self.assertEqual((row["health"], row["band"]), (0, "red"))
        self.assertEqual(row["flags"]["severity"], "high")
        for name in ("tier", "revenue", "action"):
            self.assertIsNone(row[name])
        self.assertEqual(row["contact"]["freshness"], "never")

    def test_a_full_row(self):
        self.make_chain()
        self.make_objective(1000)
        self.make_invoices([(self.customer, DAY, 600)])
        self.recalculate()
        late = self.plan_action(-2, name="Late one")
        self.plan_action(3, name="Next one")
        row = self.get_row()
        self.assertEqual(row["action"]["name"], "Late one")
        self.assertTrue(row["action"]["is_overdue"])
        self.assertEqual(row["action"]["overdue_count"], 1)
        self.assertEqual(row["contact"]["date"], "2025-06-10")
        self.assertEqual(row["contact"]["freshness"], "fresh")
        self.assertEqual(row["revenue"]["progress"], 60)
        self.assertIn("400", row["revenue"]["gap"])
        self.assertEqual(row["tier"]["name"], self.get_profile(self.customer).tier_id.display_name)
        late.action_done()
        row = self.get_row()
        self.assertEqual((row["action"]["name"], row["action"]["is_overdue"]), ("Next one", False))

    def test_the_worst_comes_first_and_closed_plans_not_at_all(self):
        other = self.make_plan(partner_id=self.make_customers(1, user_id=self.owner.id).id)
        (self.of_flags | self.of_actions).active = False
        self.judge(self.delivery, 90)
        self.judge(self.delivery, 40, other)
        board = self.env["crm.relationship.plan.board"].with_user(self.owner)
        ids = [row["id"] for row in board.get_board()["plans"]]
        self.assertEqual(ids, [other.id, self.plan.id])
        self.plan.action_close()
        ids = [row["id"] for row in board.get_board()["plans"]]
        self.assertEqual(ids, [other.id])

    def test_the_next_review(self):
        self.assertEqual(self.get_row()["review"], {"date": "2025-10-01", "is_due": False})
        self.plan.review_ids.with_user(self.owner).date = DAY
        self.assertEqual(self.get_row()["review"], {"date": "2025-06-30", "is_due": True})
        self.plan.review_ids.with_user(self.owner).action_hold()
        self.assertEqual(self.get_row()["review"], {"date": "2025-10-01", "is_due": False})
        self.plan.review_ids.filtered(lambda review: review.state == "planned").unlink()
        self.assertIsNone(self.get_row()["review"])

    def test_no_review_of_others_is_told(self):
        salesman = self.new_user("board_salesman", "sales_team.group_sale_salesman")
        self.customer.user_id = salesman
        self.assertIsNone(self.get_row(user=salesman)["review"])
