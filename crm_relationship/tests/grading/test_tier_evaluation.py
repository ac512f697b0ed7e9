from datetime import date

from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import tagged

from ..common import RelationshipCase

OPENING = date(2025, 1, 31)
FEBRUARY = date(2025, 2, 28)
MARCH = date(2025, 3, 31)
APRIL = date(2025, 4, 30)
MAY = date(2025, 5, 31)


@tagged("post_install", "-at_install")
class TestTierEvaluation(RelationshipCase):
    """A hundred customers: 1 A, 4 B, 15 C, 80 D, evaluated month by month."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.customers = cls.make_ranking(range(1000, 0, -10), day=date(2025, 1, 15))
        cls.top, cls.second, cls.third = cls.customers[:3]
        cls.opening = cls.recalculate(OPENING)

    def setUp(self):
        super().setUp()
        # Decisions are made on the day after the opening.
        self.patch(type(self.company), "_get_relationship_today", lambda company: date(2025, 2, 1))

    def refund(self, customer, amount, day):
        self.make_invoices([(customer, day, amount)], move_type="out_refund")

    def history(self, customer):
        changes = self.env["crm.relationship.change"].search(
            [("partner_id", "=", customer.id), ("dimension", "=", "tier")], order="id"
        )
        return [(change.old_value, change.new_value, change.cause) for change in changes]

    def test_opening_only_places(self):
        self.assertEqual(self.opening.kind, "opening")
        self.assertEqual(self.history(self.top), [(False, "A", "opening")])
        self.assertEqual(self.opening.change_count, 300)  # tier, stage and ladder
        self.assertEqual(self.policy.evaluated_until, OPENING)
        self.assertEqual(self.policy.next_evaluation_date, FEBRUARY)

    def test_up_at_once(self):
        self.make_invoices([(self.third, date(2025, 2, 3), 5000)])
        self.recalculate(FEBRUARY)
        self.assertEqual(self.tier_codes(self.third), ["A"])
        change = self.get_tier_changes(self.get_profile(self.third))[0]
        self.assertEqual((change.old_value, change.new_value), ("B", "A"))
        self.assertEqual((change.cause, change.date), ("up", FEBRUARY))
        self.assertEqual((change.basis_amount, change.cut_amount), (5980, 5980))
        self.assertEqual(change.run_id.as_of, FEBRUARY)
        self.assertTrue(change.reason)

    def test_down_only_after_two_evaluations_below(self):
        self.refund(self.top, 950, date(2025, 2, 3))
        self.recalculate(FEBRUARY)
        profile = self.get_profile(self.top)
        self.assertEqual((profile.tier_id.code, profile.below_count), ("A", 1))
        self.assertEqual(profile.computed_tier_id.code, "D")
        self.recalculate(MARCH)
        self.assertEqual((profile.tier_id.code, profile.below_count), ("D", 0))
        self.assertEqual(self.history(self.top)[-1], ("A", "D", "down"))
        change = self.get_tier_changes(profile)[0]
        self.assertEqual((change.basis_amount, change.cut_amount), (50, 990))

    def test_an_evaluation_not_below_resets_the_count(self):
        self.refund(self.top, 950, date(2025, 2, 3))
        self.recalculate(FEBRUARY)
        self.make_invoices([(self.top, date(2025, 3, 3), 950)])
        self.recalculate(MARCH)
        self.assertEqual(self.get_profile(self.top).below_count, 0)
        self.refund(self.top, 950, date(2025, 4, 3))
        self.recalculate(APRIL)
        self.assertEqual(self.tier_codes(self.top), ["A"])
        self.recalculate(MAY)
        self.assertEqual(self.tier_codes(self.top), ["D"])

    def test_falls_at_once_with_a_grace_of_one(self):
        self.policy.grace_evaluations = 1
        self.refund(self.top, 950, date(2025, 2, 3))
        self.recalculate(FEBRUARY)
        self.assertEqual(self.tier_codes(self.top), ["D"])

    def test_falls_one_tier_at_a_time(self):
        self.policy.fall = "step"
        self.refund(self.top, 950, date(2025, 2, 3))
        codes = []
        for day in (FEBRUARY, MARCH, APRIL, MAY):
            self.recalculate(day)
            codes += self.tier_codes(self.top)
        self.assertEqual(codes, ["A", "B", "B", "C"])

    def test_nothing_moves_between_period_ends(self):
        self.make_invoices([(self.third, date(2025, 2, 3), 5000)])
        self.recalculate(date(2025, 2, 27))
        profile = self.get_profile(self.third)
        self.assertEqual((profile.tier_id.code, profile.revenue), ("B", 5980))
        self.assertEqual(profile.evaluated_basis, 980)

    def test_an_evaluation_happens_once(self):
        self.refund(self.top, 950, date(2025, 2, 3))
        self.recalculate(FEBRUARY)
        run = self.recalculate(FEBRUARY)
        self.assertEqual((run.evaluation_count, run.updated_count, run.change_count), (0, 0, 0))
        self.recalculate(date(2025, 3, 1))
        profile = self.get_profile(self.top)
        self.assertEqual((profile.tier_id.code, profile.below_count), ("A", 1))

    def test_missed_evaluations_are_made_up_as_of_their_day(self):
        self.refund(self.top, 950, date(2025, 2, 3))
        self.make_invoices([(self.third, date(2025, 4, 2), 5000)])
        run = self.recalculate(date(2025, 4, 10))
        self.assertEqual(run.evaluation_count, 2)
        self.assertEqual(self.tier_codes(self.top), ["D"])
        self.assertEqual(self.get_tier_changes(self.get_profile(self.top))[0].date, MARCH)
        self.assertEqual(self.tier_codes(self.third), ["B"])
        self.assertEqual(self.get_profile(self.third).revenue, 5980)
        self.assertEqual(
            self.policy.cut_ids.mapped("date"), 4 * [MARCH] + 4 * [FEBRUARY] + 4 * [OPENING]
        )

    def test_today_is_not_over(self):
        """Without a given day, today's period-end waits until the day is over."""
        self.refund(self.top, 950, date(2025, 2, 3))
        self.patch(type(self.company), "_get_relationship_today", lambda company: FEBRUARY)
        run = self.recalculate(None)
        self.assertEqual((run.as_of, run.evaluation_count), (FEBRUARY, 0))

    def test_new_customers_are_placed_at_the_next_run(self):
        newcomer = self.make_ranking([985], day=date(2025, 2, 10))
        self.recalculate(date(2025, 2, 11))
        profile = self.get_profile(newcomer)
        self.assertEqual(profile.tier_id.code, "B")
        self.assertTrue(profile.is_newcomer)
        self.assertEqual(self.history(newcomer), [(False, "B", "placed")])

    def test_nurture_period_ends_on_its_last_day(self):
        newcomer = self.make_ranking([5], day=date(2025, 2, 10))
        self.recalculate(date(2025, 5, 10))  # day 89
        self.assertTrue(self.get_profile(newcomer).is_newcomer)
        self.recalculate(date(2025, 5, 11))  # day 90
        self.assertFalse(self.get_profile(newcomer).is_newcomer)

    def test_outside_the_domain_there_is_no_tier(self):
        self.top.country_id = self.env.ref("base.cn")
        self.policy.domain = f"[('country_id', '!=', {self.top.country_id.id})]"
        self.recalculate(FEBRUARY)
        self.assertEqual(self.tier_codes(self.top + self.second), [False, "A"])
        self.assertEqual(self.history(self.top)[-1], ("A", False, "outside"))
        self.assertEqual(self.policy.cut_ids[0].population, 99)
        self.top.country_id = False
        self.recalculate(date(2025, 3, 1))
        self.assertEqual(self.tier_codes(self.top), ["A"])

    def test_only_buyers_of_the_window_count(self):
        self.policy.only_buyers = True
        self.make_ranking([1] * 100, day=date(2023, 1, 15))
        self.recalculate(FEBRUARY)
        self.assertEqual(self.policy.cut_ids[0].population, 100)
        self.assertEqual(self.count_tiers(), {"A": 1, "B": 4, "C": 15, "D": 180})

    def test_override_holds_through_its_last_day(self):
        profile = self.get_profile(self.customers[50])
        profile.write(
            {
                "override_tier_id": self.tiers["A"].id,
                "override_reason": "Founder's friend",
                "override_until": FEBRUARY,
            }
        )
        self.assertEqual(profile.tier_id.code, "A")
        self.recalculate(FEBRUARY)
        self.assertEqual((profile.tier_id.code, profile.computed_tier_id.code), ("A", "D"))
        self.assertEqual(self.policy.cut_ids[0].population, 100)
        self.recalculate(date(2025, 3, 1))
        self.assertEqual(profile.tier_id.code, "D")
        self.assertFalse(profile.override_tier_id)
        self.assertEqual(
            self.history(self.customers[50]),
            [(False, "D", "opening"), ("D", "A", "override"), ("A", "D", "override_end")],
        )

    def test_override_tells_who_and_why(self):
        profile = self.get_profile(self.customers[50])
        profile.write({"override_tier_id": self.tiers["B"].id, "override_reason": "Promised"})
        change = self.get_tier_changes(profile)[0]
        self.assertEqual((change.note, change.user_id), ("Promised", self.env.user))
        self.assertIn("Promised", change.reason)
        self.assertIn("Promised", str(profile.tier_explanation))
        profile.override_tier_id = False
        self.assertEqual(profile.tier_id.code, "D")
        self.assertFalse(profile.override_reason)

    def test_override_needs_a_reason_and_a_tier_of_the_company(self):
        profile = self.get_profile(self.top)
        other = self.create_company("Other Ltd")._get_relationship_policy()
        tier = self.tiers["B"]
        for vals in (
            {"override_tier_id": other.tier_ids[0].id, "override_reason": "x"},
            {"override_tier_id": tier.id},
            {"override_tier_id": tier.id, "override_reason": " "},
            {
                "override_tier_id": tier.id,
                "override_reason": "x",
                "override_until": OPENING,
            },
        ):
            with self.assertRaises(ValidationError), self.cr.savepoint():
                profile.write(vals)
        self.env.invalidate_all()
        self.assertEqual(profile.tier_id.code, "A")

    def test_taking_an_override_back_says_why(self):
        profile = self.get_profile(self.top)
        profile.write({"override_tier_id": self.tiers["C"].id, "override_reason": "Trouble"})
        wizard = self.env["crm.relationship.override"].create(
            {"profile_ids": profile.ids, "reason": "All well"}
        )
        wizard.action_apply()
        self.assertEqual(profile.tier_id.code, "A")
        self.assertIn("All well", self.get_tier_changes(profile)[0].reason)

    def test_people_write_only_the_manual_tier(self):
        manager = self.new_user("relationship_manager", "sales_team.group_sale_manager")
        profile = self.get_profile(self.top).with_env(self.env(user=manager, context={}))
        with self.assertRaises(AccessError):
            profile.tier_id = self.tiers["B"]
        with self.assertRaises(AccessError):
            profile.revenue = 1e9
        profile.write({"override_tier_id": self.tiers["B"].id, "override_reason": "Import"})
        self.assertEqual(profile.tier_id.code, "B")
        salesperson = self.new_user(
            "relationship_salesperson", "sales_team.group_sale_salesman_all_leads"
        )
        with self.assertRaises(AccessError):
            profile.with_user(salesperson).override_tier_id = self.tiers["A"]

    def test_a_reason_without_a_manual_tier_decides_nothing(self):
        self.refund(self.top, 950, date(2025, 2, 3))
        self.recalculate(FEBRUARY)
        profile = self.get_profile(self.top)
        with self.assertRaises(ValidationError), self.cr.savepoint():
            profile.override_reason = "hello"
        self.env.invalidate_all()
        self.env["crm.relationship.override"].create({"profile_ids": profile.ids}).action_apply()
        self.assertEqual((profile.tier_id.code, profile.below_count), ("A", 1))

    def test_selected_customers_keep_a_pending_evaluation(self):
        """What a customer had at the month-end counts, whoever measured it since."""
        late = self.make_ranking([50], day=date(2024, 3, 2))
        self.recalculate(date(2025, 2, 27))
        self.recalculate(date(2025, 3, 3), partners=late)
        self.assertEqual(self.get_profile(late).revenue, 0)
        self.recalculate(date(2025, 3, 4))
        profile = self.get_profile(late)
        self.assertEqual((profile.evaluated_basis, profile.revenue), (50, 0))

    def test_a_new_rhythm_does_not_reach_back(self):
        self.recalculate(date(2025, 2, 20))
        self.policy.period = "daily"
        run = self.recalculate(date(2025, 2, 21))
        self.assertEqual(run.evaluation_count, 2)
        self.assertEqual(self.policy.evaluated_until, date(2025, 2, 21))

    def test_a_tier_stays_with_its_policy(self):
        draft = self.policy.copy()
        with self.assertRaises(ValidationError):
            self.policy.tier_ids[0].policy_id = draft

    def test_no_call_switches_the_checks_of_tiers_off(self):
        """As over RPC: a context holds only what JSON can say."""
        manager = self.new_user("tier_manager", "sales_team.group_sale_manager")
        policy = self.policy.with_user(manager)
        for value in (True, 1, "saving", {}, [object.__name__]):
            tier = policy.tier_ids[0].with_context(crm_relationship_saves_tiers=value)
            with self.subTest(value=value), self.assertRaises(ValidationError):
                tier.share = 100

    def test_managers_leave_templates_alone(self):
        manager = self.new_user("template_manager", "sales_team.group_sale_manager")
        template = self.env.ref("crm_relationship.crm_relationship_tier_policy_abcd")
        template = template.with_env(self.env(user=manager, context={}))
        self.assertTrue(template.name)
        with self.assertRaises(AccessError):
            template.window_months = 1
        with self.assertRaises(AccessError):
            template.tier_ids[0].share = 50
        draft = self.env["crm.relationship.tier.policy"].browse(
            template.action_use_template()["res_id"]
        )
        self.assertEqual((draft.company_id, draft.state), (self.company, "draft"))

    def test_decided_tiers_are_imported(self):
        """With Odoo's own import, for customers that were measured and for new ones."""
        stranger = self.make_customers(1)
        profiles = self.env["crm.relationship.profile"].with_company(self.company)
        result = profiles.load(
            ["partner_id/.id", "override_tier_id/.id", "override_reason", "override_until"],
            [
                [str(self.top.id), str(self.tiers["C"].id), "Imported", "2025-03-15"],
                [str(stranger.id), str(self.tiers["B"].id), "Imported", ""],
            ],
        )
        self.assertFalse(result["messages"])
        self.assertEqual(self.tier_codes(self.top + stranger), ["C", "B"])
        self.recalculate(FEBRUARY)
        self.assertEqual(self.tier_codes(self.top + stranger), ["C", "B"])
        self.recalculate(date(2025, 3, 16))
        self.assertEqual(self.tier_codes(self.top + stranger), ["A", "B"])
        self.assertEqual(self.get_profile(stranger).tier_standing, False)

    def test_a_new_policy_places_everybody(self):
        draft = self.policy.copy()
        draft.tier_ids[0].share = 10
        draft.action_activate()
        self.assertEqual(self.policy.state, "retired")
        run = self.recalculate(date(2025, 2, 5))
        self.assertEqual(self.count_tiers(), {"A": 10, "B": 4, "C": 15, "D": 71})
        self.assertEqual(run.change_count, 22)
        self.assertEqual(self.history(self.second), [(False, "B", "opening"), ("B", "A", "policy")])
        self.assertEqual(self.history(self.top), [(False, "A", "opening")])
        self.assertEqual(self.get_profile(self.top).tier_id.policy_id, draft)

    def test_the_lowest_tier_takes_the_rest(self):
        with self.assertRaises(ValidationError):
            self.policy.tier_ids[0].share = 90
        with self.assertRaises(ValidationError):
            self.policy.domain = "[('no_such_field', '=', 1)]"

    def test_history_is_append_only(self):
        change = self.get_tier_changes(self.get_profile(self.top))
        self.assertTrue(change)
        with self.assertRaises(UserError):
            change.new_value = "Z"
        with self.assertRaises(UserError):
            change.unlink()


@tagged("post_install", "-at_install")
class TestHistoryHolds(RelationshipCase):
    """What the history says of a day is what the customer had."""

    def get_others(self, customer):
        profiles = self.env["crm.relationship.profile"].search(
            [("company_id", "=", self.company.id)]
        )
        return profiles.partner_id - customer

    def assert_history(self, customer, day, code):
        found = self.env["crm.relationship.profile"].search(
            [("company_id", "=", self.company.id), ("tier_on", "=", f"{code}@{day}")]
        )
        self.assertIn(customer, found.partner_id)

    def test_the_retention_keeps_what_held_when_it_began(self):
        top = self.make_ranking(range(20, 0, -1))[0]
        self.recalculate(as_of=date(2025, 6, 30))
        self.env["ir.config_parameter"].set_param("crm_relationship.change_retention_months", 1)
        before = self.get_tier_changes(self.get_profile(top))
        self.env["crm.relationship.change"]._gc_changes()
        self.assertEqual(self.get_tier_changes(self.get_profile(top)), before)
        self.make_invoices([(top, date(2025, 7, 1), 1)], move_type="out_refund")
        for day in (date(2025, 7, 31), date(2025, 8, 31)):
            self.make_invoices([(partner, day, 30) for partner in self.get_others(top)])
            self.recalculate(as_of=day)
        self.assertEqual(len(self.get_tier_changes(self.get_profile(top))), 2)
        self.env["crm.relationship.change"]._gc_changes()
        self.env.invalidate_all()
        self.assertEqual(self.get_tier_changes(self.get_profile(top)).mapped("cause"), ["down"])
        self.assert_history(top, "2026-01-01", self.get_profile(top).tier_id.code)

    def test_a_merge_says_which_tier_holds(self):
        customers = self.make_ranking(range(20, 0, -1))
        self.recalculate()
        kept, gone = customers[10], customers[0]
        self.env["base.partner.merge.automatic.wizard"].create({})._merge((kept + gone).ids, kept)
        today = self.company._get_relationship_today()
        profile = self.get_profile(kept)
        self.assertEqual(self.get_tier_changes(profile)[0].cause, "merged")
        self.assert_history(kept, today, profile.tier_id.code)

    def test_an_evaluation_made_up_later_stands_behind_a_decision(self):
        customers = self.make_ranking(range(20, 0, -1), day=date(2025, 6, 15))
        self.recalculate(as_of=date(2025, 6, 30))
        top, second = customers[:2]
        self.make_invoices([(second, date(2025, 7, 10), 500)])
        profile = self.get_profile(second)
        profile.write({"override_tier_id": self.tiers["D"].id, "override_reason": "Trial"})
        profile.write({"override_tier_id": False})
        decided = self.get_tier_changes(profile)[0].date
        self.recalculate(as_of=date(2025, 8, 2))
        self.assertEqual(profile.tier_id, self.tiers["A"])
        self.assertEqual(self.get_tier_changes(profile)[0].date, decided)
        self.assert_history(second, decided, "A")
        self.assertEqual(self.get_profile(top).tier_id, self.tiers["A"])
