from odoo.tests import tagged

from .common import KeyAccountCase


@tagged("post_install", "-at_install")
class TestRedFlags(KeyAccountCase):
    """Each red flag is raised, says why and what to do, and is cleared by that."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.company.relationship_private_data = True
        cls.ann = cls.make_role("Ann")
        cls.bob = cls.make_role("Bob")

    def flags(self, user=None):
        """Return ``{code: flag}`` as the user sees them."""
        self.env.flush_all()
        self.env.invalidate_all()
        plan = self.plan.with_user(user or self.owner)
        self.assertEqual(plan.red_flag_count, len(plan.red_flags))
        return {flag["code"]: flag for flag in plan.red_flags}

    def assert_raised(self, code, text="", user=None):
        flag = self.flags(user).get(code)
        self.assertTrue(flag, f"{code} is not up")
        self.assertTrue(flag["why"] and flag["step"])
        self.assertIn(text, flag["why"])

    def assert_cleared(self, code, user=None):
        self.assertNotIn(code, self.flags(user))

    def touch(self, role):
        role.activity_schedule("mail.mail_activity_data_call").action_done()

    def test_no_economic_buyer(self):
        self.assert_raised("no_economic_buyer")
        self.ann.buying_role = "economic_buyer"
        self.assert_cleared("no_economic_buyer")

    def test_no_coach(self):
        self.assert_raised("no_coach")
        self.ann.is_coach = True
        self.assert_cleared("no_coach")

    def test_no_sponsor(self):
        self.assert_raised("no_sponsor")
        self.plan.sponsor_id = self.manager
        self.assert_cleared("no_sponsor")

    def test_uncovered(self):
        self.ann.coverage = "brief"
        self.assert_raised("uncovered", "Bob")
        self.assertNotIn("Ann", self.flags()["uncovered"]["why"])
        self.bob.coverage = "brief"
        self.assert_cleared("uncovered")

    def test_unseen_decider(self):
        self.assert_cleared("unseen_decider")
        self.ann.buying_role = "approver"
        self.assert_raised("unseen_decider", "more than 60 days: Ann")
        self.touch(self.ann)
        self.assert_cleared("unseen_decider")

    def test_single_threaded(self):
        self.assert_raised("single_threaded", "Nobody")
        self.ann.coverage = "deep"
        self.bob.coverage = "brief"
        self.assert_raised("single_threaded", "Ann")
        self.bob.coverage = "multiple"
        self.assert_cleared("single_threaded")

    def test_opponent(self):
        self.ann.write({"support": "-1", "influence": "3"})
        self.assert_cleared("opponent")
        self.ann.influence = "4"
        self.assert_raised("opponent", "Ann")
        activity = self.ann.activity_schedule("mail.mail_activity_data_meeting")
        self.assert_cleared("opponent")
        activity.action_done()
        self.assert_raised("opponent", "Ann")
        self.ann.support = "0"
        self.assert_cleared("opponent")

    def test_no_rising_star(self):
        self.assert_raised("no_rising_star")
        self.bob.is_rising_star = True
        self.assert_cleared("no_rising_star")

    def test_hidden_chain(self):
        self.assert_raised("hidden_chain")
        self.bob.hidden_power = "none"
        self.assert_cleared("hidden_chain")

    def test_no_competitor(self):
        rival = self.env["crm.relationship.competitor"].create({"name": "Rival"})
        self.assert_raised("no_competitor")
        self.bob.competitor_id = rival
        self.assert_cleared("no_competitor")
        self.bob.competitor_id = False
        self.plan.competitor_ids = rival
        self.assert_cleared("no_competitor")
        self.plan.write({"competitor_ids": [(5,)], "has_no_competitor": True})
        self.assert_cleared("no_competitor")

    def test_no_career_wish(self):
        self.assert_raised("no_career_wish")
        self.assert_raised("no_career_wish", user=self.member)
        for outsider in (self.outsider, self.manager):
            self.assert_cleared("no_career_wish", outsider)
        self.company.relationship_private_data = False
        self.assert_cleared("no_career_wish")
        self.company.relationship_private_data = True
        self.env["crm.relationship.role.note"].with_user(self.member).create(
            {"role_id": self.ann.id, "kind": "career", "body": "Wants to lead the plant"}
        )
        self.assert_cleared("no_career_wish")

    def test_one_level(self):
        (self.ann | self.bob).level = "middle"
        self.assert_raised("one_level")
        self.bob.level = "high"
        self.assert_cleared("one_level")

    def test_the_most_severe_come_first(self):
        self.flags()
        plan = self.plan.with_user(self.owner)
        order = ["high", "medium", "low"]
        severities = [order.index(flag["severity"]) for flag in plan.red_flags]
        self.assertEqual(severities, sorted(severities))
        self.assertEqual(plan.red_flag_severity, "high")
        self.assertIn("No coach", plan.red_flag_explanation)

    def test_who_has_left_counts_no_more(self):
        self.ann.is_coach = True
        self.ann.partner_id.action_archive()
        self.assert_raised("no_coach")

    def test_names_are_escaped(self):
        self.bob.partner_id.name = "<b>Bob</b>"
        self.flags()
        self.assertNotIn("<b>Bob", self.plan.with_user(self.owner).red_flag_explanation)
