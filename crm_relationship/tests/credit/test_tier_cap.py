from datetime import date, timedelta

from odoo.exceptions import UserError, ValidationError
from odoo.tests import tagged

from .common import CreditCase

OPENING = date(2025, 1, 31)
NIGHT = date(2025, 2, 10)
FEBRUARY = date(2025, 2, 28)
MARCH = date(2025, 3, 31)
APRIL = date(2025, 4, 30)


@tagged("post_install", "-at_install")
class TestTierCap(CreditCase):
    """A hundred customers, 1 A, 4 B, 15 C, 80 D; a credit below AA allows no better than C.

    What is known of them gives nobody AA, so an approved grade decides who is trusted.
    """

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.customers = cls.make_ranking(range(1000, 0, -10), day=date(2025, 1, 15))
        cls.top, cls.second, cls.third = cls.customers[:3]
        cls.last = cls.customers[-1]
        cls.recalculate(OPENING)

    def setUp(self):
        super().setUp()
        self.patch(type(self.company), "_get_relationship_today", lambda company: NIGHT)
        self.tiers = {tier.code: tier for tier in self.policy.tier_ids}

    def cap(self, grade="AA", tier="C"):
        self.credit_policy.write(
            {
                "caps_tier": True,
                "cap_grade_id": self.grades[grade].id,
                "cap_tier_id": self.tiers[tier].id,
            }
        )

    def approve(self, customer, grade, until=date(2025, 12, 31)):
        profile = self.get_profile(customer).sudo()
        profile.write({"assessed_grade_id": self.grades[grade].id, "assessed_until": until})
        profile._mark_due()

    def history(self, customer):
        changes = self.env["crm.relationship.change"].search(
            [("partner_id", "=", customer.id), ("dimension", "=", "tier")], order="id"
        )
        return [(change.old_value, change.new_value, change.cause) for change in changes]

    def test_off_until_turned_on(self):
        self.recalculate(FEBRUARY)
        self.assertEqual(self.tier_codes(self.customers[:6]), ["A", "B", "B", "B", "B", "C"])

    def test_at_once_and_without_grace(self):
        self.approve(self.second, "AA")
        self.cap()
        self.recalculate(NIGHT)
        self.assertEqual(self.tier_codes(self.customers[:6]), ["C", "B", "C", "C", "C", "C"])
        self.assertEqual(self.history(self.top), [(False, "A", "opening"), ("A", "C", "capped")])
        profile = self.get_profile(self.top)
        self.assertTrue(profile.is_tier_capped)
        self.assertEqual(profile.computed_tier_id.code, "A")  # its size, as the credit sees it
        self.assertFalse(self.get_profile(self.customers[5]).is_tier_capped)
        self.assertFalse(self.get_profile(self.last).is_tier_capped)

    def test_an_approved_grade_lifts_it_until_it_expires(self):
        self.cap()
        self.recalculate(NIGHT)
        until = NIGHT + timedelta(days=2)
        self.approve(self.top, "AA", until)
        self.recalculate(NIGHT + timedelta(days=1))
        self.assertEqual(self.tier_codes(self.top), ["A"])
        self.assertEqual(self.history(self.top)[-1], ("C", "A", "uncapped"))
        self.get_profile(self.top)._mark_due()
        self.recalculate(until)
        self.assertEqual(self.tier_codes(self.top), ["A"])
        self.get_profile(self.top)._mark_due()
        self.recalculate(until + timedelta(days=1))
        self.assertEqual(self.tier_codes(self.top), ["C"])

    def test_the_grade_itself_is_not_below(self):
        self.approve(self.top, "A")
        self.approve(self.second, "AA")
        self.approve(self.third, "AAA")
        self.cap()
        self.recalculate(NIGHT)
        self.assertEqual(self.tier_codes(self.customers[:3]), ["C", "B", "B"])

    def test_evaluations_add_nothing_to_the_history(self):
        self.cap()
        self.recalculate(NIGHT)
        known = self.history(self.top)
        for day in (FEBRUARY, MARCH, APRIL):
            self.recalculate(day)
        self.assertEqual(self.tier_codes(self.top), ["C"])
        self.assertEqual(self.history(self.top), known)

    def test_the_grace_holds_below_the_cap(self):
        """What it would be without the cap falls by the rules, the cap or not."""
        self.cap()
        self.recalculate(NIGHT)
        self.make_invoices([(self.top, date(2025, 2, 12), 999)], move_type="out_refund")
        self.recalculate(FEBRUARY)
        self.assertEqual(self.tier_codes(self.top), ["C"])
        self.assertEqual(self.get_profile(self.top).below_count, 1)
        self.recalculate(MARCH)
        self.assertEqual(self.tier_codes(self.top), ["D"])
        self.assertFalse(self.get_profile(self.top).is_tier_capped)
        self.assertEqual(self.history(self.top)[-1], ("C", "D", "down"))

    def test_it_climbs_to_the_cap_only(self):
        self.cap()
        self.recalculate(NIGHT)
        self.make_invoices([(self.last, date(2025, 2, 12), 9000)])
        self.recalculate(FEBRUARY)
        self.assertEqual(self.tier_codes(self.last), ["C"])
        self.assertEqual(self.history(self.last)[-1], ("D", "C", "up"))
        self.assertTrue(self.get_profile(self.last).is_tier_capped)

    def test_a_newcomer_is_capped(self):
        self.cap()
        newcomer = self.make_customers(1)
        self.make_invoices([(newcomer, NIGHT, 5000)])
        self.recalculate(NIGHT)
        self.assertEqual(self.tier_codes(newcomer), ["C"])
        self.assertTrue(self.get_profile(newcomer).is_tier_capped)

    def test_a_manual_tier_beats_it(self):
        self.cap()
        self.recalculate(NIGHT)
        profile = self.get_profile(self.top)
        profile.write({"override_tier_id": self.tiers["B"].id, "override_reason": "Prepays"})
        self.recalculate(FEBRUARY)
        self.assertEqual(self.tier_codes(self.top), ["B"])
        self.assertFalse(self.get_profile(self.top).is_tier_capped)
        self.assertNotIn("Capped", profile.remark or "")
        profile.override_tier_id = False
        self.assertEqual(self.tier_codes(self.top), ["C"])
        self.assertTrue(profile.is_tier_capped)
        self.recalculate(MARCH)
        self.assertEqual(self.tier_codes(self.top), ["C"])

    def test_a_manual_tier_that_ends(self):
        self.cap()
        self.recalculate(NIGHT)
        profile = self.get_profile(self.top)
        profile.write(
            {
                "override_tier_id": self.tiers["B"].id,
                "override_reason": "Prepays",
                "override_until": NIGHT,
            }
        )
        self.recalculate(NIGHT + timedelta(days=1))
        self.assertEqual(self.tier_codes(self.top), ["C"])
        self.assertTrue(self.get_profile(self.top).is_tier_capped)

    def test_turned_off_lets_go(self):
        self.cap()
        self.recalculate(NIGHT)
        self.credit_policy.caps_tier = False
        self.recalculate(NIGHT + timedelta(days=1))
        self.assertEqual(self.tier_codes(self.customers[:6]), ["A", "B", "B", "B", "B", "C"])
        self.assertFalse(
            self.env["crm.relationship.profile"].search_count([("is_tier_capped", "=", True)])
        )

    def test_a_full_run_changes_nothing(self):
        self.cap()
        self.recalculate(NIGHT)
        run = self.recalculate(NIGHT, full=True)
        self.assertFalse(run.change_count)
        self.assertEqual(self.tier_codes(self.top), ["C"])

    def test_why(self):
        self.cap()
        self.recalculate(NIGHT)
        profile = self.get_profile(self.top)
        self.assertIn("Capped by its credit", profile.tier_explanation)
        self.assertIn("below AA", profile.tier_explanation)
        self.assertIn("below AA", self.get_tier_changes(profile)[0].reason)
        self.assertIn("Capped", profile.remark)
        self.assertNotIn("Capped by its credit", self.get_profile(self.last).tier_explanation)

    def test_preview_holds_it(self):
        self.cap()
        self.recalculate(NIGHT)
        preview = self.env["crm.relationship.preview"]._make(self.policy)
        rows = self.env["crm.relationship.preview.customer"].search(
            [("preview_id", "=", preview.id), ("partner_id", "=", self.top.id)]
        )
        self.assertEqual(rows.new_tier_id.code, "C")
        self.assertEqual(rows.movement, "same")

    def test_an_approval_counts_at_once(self):
        self.cap()
        self.recalculate(NIGHT)
        profile = self.get_profile(self.top).sudo()
        profile.write(
            {"assessed_grade_id": self.grades["AA"].id, "assessed_until": date(2025, 12, 31)}
        )
        profile._follow_assessments()  # there is no assessment: the approval ends
        self.assertFalse(profile.assessed_grade_id)
        self.assertEqual(self.tier_codes(self.top), ["C"])

    def test_the_grade_that_caps_stays(self):
        self.cap()
        with self.assertRaises(UserError):
            self.grades["AA"].unlink()

    def test_what_caps_nobody_is_refused(self):
        for grade, tier in (("C", "C"), ("AA", "A")):
            with self.subTest(grade=grade, tier=tier), self.assertRaises(ValidationError):
                self.cap(grade, tier)
        with self.assertRaises(ValidationError):
            self.credit_policy.caps_tier = True

    def test_another_tier_policy_is_capped_by_code(self):
        self.cap()
        other = self.policy.copy()
        other.action_activate()
        self.assertFalse(self.credit_policy.cap_hint)
        self.recalculate(NIGHT)
        self.assertEqual(self.tier_codes(self.top), ["C"])
        other.tier_ids.filtered(lambda tier: tier.code == "C").code = "Bronze"
        self.credit_policy.invalidate_recordset(["cap_hint"])
        self.assertTrue(self.credit_policy.cap_hint)
