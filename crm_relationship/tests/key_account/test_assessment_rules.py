from freezegun import freeze_time

from odoo.tests import tagged

from ...models.key_account.crm_relationship_plan_dimension_rule import get_score, mean
from .common_assessment import TODAY, AssessmentCase


@tagged("post_install", "-at_install")
@freeze_time(TODAY)
class TestAssessmentRules(AssessmentCase):
    """The scores, worked out by hand, and the boundaries of each rule."""

    def test_six_scores_by_hand(self):
        self.make_chain()
        self.plan.sponsor_id = self.manager
        self.judge(self.competition, 60)
        self.judge(self.delivery, 0)
        # Brief 40 × 5, none 0 × 3, deep 100 × 2, multiple 75 × 1: 475 / 11
        self.assertEqual(self.read_score(self.coverage), 43)
        # 75 × 10 (decides), 50 × 3, 100 × 4 (decides), 25 × 1 (for the rival): 1325 / 18
        self.assertEqual(self.read_score(self.support), 74)
        # Sponsor 100 × 40, executives 5 of 8 × 40, a deciding one 100 × 20: 8500 / 100
        self.assertEqual(self.read_score(self.sponsor), 85)
        # In time 100 × 5, never 0 × 3, late 50 × 2, in time 100 × 1: 700 / 11
        self.assertEqual(self.read_score(self.rhythm), 64)
        self.assertEqual(self.read_score(self.competition), 60)
        self.assertEqual(self.read_score(self.delivery), 0)
        # (85 × 15 + 60 × 15) / 30, (43 × 20 + 74 × 25) / 45, (64 × 15 + 0 × 10) / 25, 5845 / 100
        self.assertEqual(
            self.read_layers(), {"organisational": 73, "key": 60, "general": 38, "total": 58}
        )

    def test_without_a_chain_nothing_is_computed(self):
        self.plan.sponsor_id = self.manager
        for dimension in (self.coverage, self.support, self.sponsor, self.rhythm):
            self.assertIsNone(self.read_score(dimension))
        self.assertEqual(
            self.read_layers(),
            {"organisational": None, "key": None, "general": None, "total": None},
        )
        self.assertFalse(self.plan.is_assessed)
        self.assertIn("no decision chain", self.row(self.coverage).explanation)
        self.assertEqual(self.row(self.coverage).gap, 0)

    def test_what_is_not_assessed_is_left_out_of_the_means(self):
        self.make_chain()
        self.assertIsNone(self.read_score(self.delivery))
        self.assertEqual(self.read_layers()["general"], 64)
        self.judge(self.delivery, 0)
        self.assertEqual(self.read_layers()["general"], 38)

    def test_a_contact_that_is_archived_leaves(self):
        self.make_chain()
        self.finance.partner_id.active = False
        # 475 / 8
        self.assertEqual(self.read_score(self.coverage), 59)
        plan = self.plan.with_context(active_test=False)
        self.assertEqual(self.read_score(self.coverage, plan), 59)
        (self.boss | self.buyer | self.user).partner_id.active = False
        self.assertIsNone(self.read_score(self.coverage))

    def test_coverage_boundaries(self):
        role = self.make_role("Ann", influence="4")
        for coverage, score in (("none", 0), ("brief", 40), ("multiple", 75), ("deep", 100)):
            role.coverage = coverage
            self.assertEqual(self.read_score(self.coverage), score)
        self.make_role("Bob", coverage="none")
        # 100 × 4 of 5, then of 6
        self.assertEqual(self.read_score(self.coverage), 80)
        self.coverage.unjudged_influence = 2
        self.assertEqual(self.read_score(self.coverage), 67)

    def test_support_boundaries(self):
        role = self.make_role("Ann", influence="1")
        for support, score in (("-2", 0), ("-1", 25), ("0", 50), ("1", 75), ("2", 100)):
            role.support = support
            self.assertEqual(self.read_score(self.support), score)
        role.competitor_id = self.rival
        self.assertEqual(self.read_score(self.support), 25)
        role.support = "-2"
        self.assertEqual(self.read_score(self.support), 0)

    def test_deciders_count_double(self):
        self.make_role("Ann", influence="1", support="2")
        decider = self.make_role("Bob", influence="1", support="-2")
        self.assertEqual(self.read_score(self.support), 50)
        for buying_role in ("economic_buyer", "decision_maker", "approver"):
            decider.buying_role = buying_role
            self.assertEqual(self.read_score(self.support), 33)
        decider.buying_role = "evaluator"
        self.assertEqual(self.read_score(self.support), 50)
        decider.buying_role = "approver"
        self.support.decider_factor = 3
        self.assertEqual(self.read_score(self.support), 25)

    def test_sponsor_parts(self):
        role = self.make_role("Ann", level="middle", buying_role="decision_maker")
        self.meet(role, 1)
        self.assertEqual(self.read_score(self.sponsor), 0)
        self.plan.sponsor_id = self.manager
        self.assertEqual(self.read_score(self.sponsor), 40)
        role.level = "high"
        self.assertEqual(self.read_score(self.sponsor), 100)
        role.buying_role = "influencer"
        self.assertEqual(self.read_score(self.sponsor), 80)
        self.plan.sponsor_id = False
        self.sponsor.write({"sponsor_weight": 0, "decider_weight": 0})
        self.assertEqual(self.read_score(self.sponsor), 100)

    def test_sponsor_days(self):
        role = self.make_role("Ann", level="high", buying_role="approver")
        self.meet(role, 31)
        self.assertEqual(self.read_score(self.sponsor), 0)
        self.meet(role, 30)
        self.assertEqual(self.read_score(self.sponsor), 60)

    def test_rhythm_boundaries(self):
        for level, wanted in (("high", 30), ("middle", 45), (False, 45), ("grassroots", 90)):
            plan = self.make_plan()
            for days, score in (
                (2 * wanted + 1, 0),
                (2 * wanted, 50),
                (wanted + 1, 50),
                (wanted, 100),
            ):
                role = plan.role_ids[:1] or self.make_role("Ann", plan, level=level)
                self.meet(role, days)
                self.assertEqual(self.read_score(self.rhythm, plan), score, (level, days))

    def test_parameters_and_weights_are_edited(self):
        self.make_chain()
        self.coverage.write({"brief_points": 60, "multiple_points": 80})
        # 60 × 5 + 200 + 80 = 580 / 11
        self.assertEqual(self.read_score(self.coverage), 53)
        self.rhythm.write({"days_high": 19, "late_points": 20})
        # 20 × 5 + 0 + 20 × 2 + 100 = 240 / 11
        self.assertEqual(self.read_score(self.rhythm), 22)
        self.support.weight = 20
        # The mean of 53 and 74, which now weigh the same.
        self.assertEqual(self.read_layers()["key"], 64)
        self.support.layer = "general"
        self.assertEqual(self.read_layers()["key"], 53)

    def test_rounding(self):
        self.assertEqual(get_score([(40, 3), (100, 1)]), 55)
        self.assertEqual(get_score([(0, 1), (1, 1)]), 1)
        self.assertEqual(get_score([(0, 3), (1, 2)]), 0)
        self.assertIsNone(get_score([]))
        self.assertIsNone(mean([]))

    def test_why(self):
        self.make_chain()
        why = self.row(self.coverage).explanation
        for words in (
            "brief 40, multiple 75, deep 100",
            "Boss",
            "Reach Boss deeply",
            "+27.3",  # 60 × 5 / 11
            "Reach Finance deeply",  # 100 × 3 / 11
        ):
            self.assertIn(words, why)
        self.assertNotIn("Reach Buyer deeply", why)
        why = self.row(self.support).explanation
        for words in ("Neutral, for Rival", "Supporter, Approver", "Win Boss over"):
            self.assertIn(words, why)
        why = self.row(self.rhythm).explanation
        for words in ("never seen, wanted every 30 days", "seen 60 days ago, wanted every 45"):
            self.assertIn(words, why)
        why = self.row(self.sponsor).explanation
        for words in ("Agree with one of our executives", "Finance: never seen", "Meet Finance"):
            self.assertIn(words, why)
        self.assertIn("Nobody has judged it yet", self.row(self.delivery).explanation)
        self.judge(self.delivery, 82, evidence="Survey")
        why = self.row(self.delivery).explanation
        for words in ("82", "Survey", "Judged by"):
            self.assertIn(words, why)

    def test_why_without_executives(self):
        self.make_role("Ann")
        why = self.row(self.sponsor).explanation
        self.assertIn("No high-level contact in the chain", why)
        self.assertIn("Find out who decides at the top", why)

    def test_names_of_contacts_are_text(self):
        self.make_role("<b onclick='x'>Ann</b>", coverage="none")
        self.assertNotIn("<b onclick", self.row(self.coverage).explanation)
