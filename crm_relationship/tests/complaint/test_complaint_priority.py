from psycopg2 import IntegrityError

from odoo.exceptions import UserError
from odoo.tests import tagged
from odoo.tools import mute_logger

from .common import ComplaintCase


@tagged("post_install", "-at_install")
class TestComplaintPriority(ComplaintCase):
    """Points and limits, and the answer to "why this priority?"."""

    def rank(self, **values):
        bare = {"severity": "minor", "complexity": "simple", "impact": "one"}
        return self.make_complaint(**{**bare, **values}).priority

    def test_points_at_each_limit(self):
        self.assertEqual(self.rank(), "0")  # 0
        self.assertEqual(self.rank(complexity="normal"), "0")  # 1
        self.assertEqual(self.rank(severity="moderate"), "1")  # 2
        self.assertEqual(self.rank(severity="moderate", impact="group"), "1")  # 4
        self.assertEqual(self.rank(severity="serious", complexity="normal"), "2")  # 5
        self.assertEqual(self.rank(severity="critical", complexity="normal"), "2")  # 7
        self.assertEqual(self.rank(severity="critical", needs_immediate_action=True), "3")  # 8
        self.assertEqual(self.rank(severity="serious", impact="many"), "3")  # 8

    def test_safety_is_urgent_where_the_company_says_so(self):
        self.assertEqual(self.rank(is_safety=True), "3")
        self.company.relationship_complaint_safety_urgent = False
        self.assertEqual(self.rank(is_safety=True), "0")

    def test_it_follows(self):
        self.as_handler().write({"severity": "critical", "impact": "many"})
        self.assertEqual(self.complaint.priority, "3")

    def test_new_limits_hold_for_open_ones(self):
        closed = self.make_complaint()
        self.close(closed)
        self.assertEqual((self.complaint.priority, closed.priority), ("1", "1"))
        self.company.relationship_complaint_normal_from = 4
        self.assertEqual((self.complaint.priority, closed.priority), ("0", "1"))
        self.assertIn("from 2 on a complaint is normal", closed.priority_explanation)
        self.assertIn("from 4 on a complaint is normal", self.complaint.priority_explanation)

    def test_limits_rise(self):
        with mute_logger("odoo.sql_db"), self.assertRaises(IntegrityError):
            self.company.write({"relationship_complaint_high_from": 2})
            self.env.flush_all()

    def test_why(self):
        self.as_handler().write({"severity": "serious", "needs_immediate_action": True})
        why = self.as_handler().priority_explanation
        for text in ("Serious", "Yes", "High", "7 points make it", "begins at 8"):
            self.assertIn(text, why)
        self.complaint.is_safety = True
        self.assertIn("urgent whatever the points", self.as_handler().priority_explanation)
        action = self.as_handler().action_explain_priority()
        self.assertEqual((action["res_id"], action["target"]), (self.complaint.id, "new"))

    def test_nobody_enters_it(self):
        with self.assertRaisesRegex(UserError, "Priority"):
            self.as_handler().priority = "3"
        with self.assertRaises(UserError):
            self.as_handler().priority_basis = {"points": 99}
