from odoo.exceptions import UserError
from odoo.tests import tagged

from .common import ComplaintCase


@tagged("post_install", "-at_install")
class TestComplaintCategory(ComplaintCase):
    """What a category fills in, and what it leaves alone."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.other_team = cls.make_team(name="Safety")
        cls.safety = cls.make_category(
            name="Safety",
            severity="critical",
            impact="many",
            is_safety=True,
            needs_immediate_action=True,
        )
        cls.safety.with_company(cls.company).team_id = cls.other_team
        cls.burn = cls.make_category(name="Burn", parent_id=cls.safety.id, complexity="complex")
        cls.late = cls.make_category(name="Late", severity="minor", is_confidential=True)

    @classmethod
    def make_category(cls, **values):
        return cls.env["crm.relationship.complaint.category"].create(values)

    def filled(self, complaint):
        return (
            complaint.severity,
            complaint.complexity,
            complaint.impact,
            complaint.is_safety,
            complaint.needs_immediate_action,
            complaint.is_confidential,
            complaint.team_id,
        )

    def test_without_a_category(self):
        usual = ("moderate", "normal", "one", False, False, False, self.team)
        self.assertEqual(self.filled(self.make_complaint()), usual)

    def test_a_category_takes_what_it_leaves_open_from_above(self):
        complaint = self.make_complaint(category_id=self.burn.id)
        expected = ("critical", "complex", "many", True, True, False, self.other_team)
        self.assertEqual(self.filled(complaint), expected)

    def test_another_category_fills_in_anew(self):
        complaint = self.make_complaint(category_id=self.burn.id)
        complaint.with_user(self.handler).category_id = self.late
        expected = ("minor", "normal", "one", False, False, True, self.team)
        self.assertEqual(self.filled(complaint), expected)

    def test_what_was_entered_stays(self):
        complaint = self.make_complaint(
            category_id=self.burn.id,
            severity="serious",
            is_safety=False,
            team_id=self.team.id,
            user_id=self.handler.id,
        )
        entered = ("serious", "complex", "many", False, True, False, self.team)
        self.assertEqual(self.filled(complaint), entered)
        complaint.category_id = self.late
        self.assertEqual((complaint.severity, complaint.is_safety), ("serious", False))
        self.assertEqual((complaint.complexity, complaint.is_confidential), ("normal", True))
        complaint.with_user(self.handler).write({"complexity": "simple"})
        complaint.with_user(self.handler).write({"category_id": self.burn.id})
        self.assertEqual((complaint.complexity, complaint.impact), ("simple", "many"))

    def test_entered_together_with_the_category(self):
        complaint = self.make_complaint()
        complaint.write({"category_id": self.burn.id, "impact": "group"})
        self.assertEqual((complaint.severity, complaint.impact), ("critical", "group"))

    def test_in_the_form_before_it_is_saved(self):
        form = self.form()
        form.partner_id = self.customer
        form.subject = "Hot"
        form.category_id = self.burn
        self.assertEqual((form.severity, form.is_safety), ("critical", True))
        form.category_id = self.late
        self.assertEqual((form.severity, form.is_safety), ("minor", False))
        form.severity = "serious"
        form.category_id = self.burn
        self.assertEqual((form.severity, form.complexity), ("serious", "complex"))
        complaint = form.save()
        self.assertEqual((complaint.severity, complaint.is_safety), ("serious", True))
        complaint.category_id = self.late
        self.assertEqual((complaint.severity, complaint.is_safety), ("serious", False))

    def test_a_team_of_another_company_is_none(self):
        company = self.create_company("Elsewhere Ltd")
        team = self.make_team(company_id=company.id)
        complaint = self.make_complaint(company_id=company.id, category_id=self.burn.id)
        self.assertEqual(complaint.team_id, team)

    def test_names_tell_the_level(self):
        self.assertEqual(self.burn.display_name, "Safety / Burn")
        found = self.env["crm.relationship.complaint.category"].search(
            [("complete_name", "ilike", "safety"), ("id", "in", (self.burn + self.late).ids)]
        )
        self.assertEqual(found, self.burn)

    def test_no_cycle(self):
        with self.assertRaisesRegex(UserError, "Recursion"):
            self.safety.parent_id = self.burn
        causes = self.env["crm.relationship.complaint.cause"]
        below = causes.create({"name": "Below", "parent_id": self.cause.id})
        with self.assertRaisesRegex(UserError, "Recursion"):
            self.cause.parent_id = below
