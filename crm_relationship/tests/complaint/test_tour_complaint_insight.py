from odoo.tests import HttpCase, tagged

from .test_complaint_insight import InsightCase


@tagged("post_install", "-at_install")
class TestTourComplaintInsight(InsightCase, HttpCase):
    """An employee looks at the board, and a handler at the causes."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env["res.config.settings"].create({"group_relationship_complaint": True}).execute()
        causes = cls.env["crm.relationship.complaint.cause"]
        above = causes.create({"name": "Tour Process"})
        below = causes.create({"name": "Tour Planning", "parent_id": above.id})
        cls.make_complaint(
            subject="Tour: late", user_id=cls.handler.id, cause_id=below.id, severity="minor"
        )
        cls.make_complaint(
            subject="Tour: a guard came loose", user_id=cls.handler.id, is_safety=True
        )

    def test_board(self):
        self.start_tour(
            "/odoo/complaint-board", "crm_relationship_complaint_board", login="complaint_employee"
        )

    def test_pareto(self):
        self.start_tour(
            "/odoo/complaint-pareto", "crm_relationship_complaint_pareto", login="complaint_handler"
        )
