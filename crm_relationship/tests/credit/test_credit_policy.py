from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.fields import Command
from odoo.tests import tagged

from .common import CreditCase

POINTS = {"character": 15, "performance": 35, "operation": 20, "solvency": 20, "profitability": 10}


@tagged("post_install", "-at_install")
class TestCreditPolicy(CreditCase):
    def test_twenty_criteria_carry_100_points(self):
        self.assertEqual(len(self.criteria), 20)
        self.assertEqual(self.credit_policy.points_total, 100)
        self.assertEqual(self.credit_policy.points_financial, 30)
        for category, points in POINTS.items():
            chosen = self.credit_policy.criterion_ids.filtered(
                lambda item, category=category: item.category == category
            )
            self.assertEqual(sum(chosen.mapped("points")), points, category)
        core = ("performance", "solvency")
        self.assertEqual(sum(POINTS[category] for category in core), 55)

    def test_every_company_has_its_own(self):
        other = self.create_company("Another Ltd")
        policy = self.credit_policy._get_of_company(other)
        self.assertTrue(policy)
        self.assertFalse(policy.criterion_ids & self.credit_policy.criterion_ids)
        self.assertEqual(
            len(policy.criterion_ids.band_ids), len(self.credit_policy.criterion_ids.band_ids)
        )
        with self.assertRaises(UserError):
            self.credit_policy.copy()

    def test_points_add_up_to_100(self):
        with self.assertRaisesRegex(ValidationError, "101"):
            self.criteria["growth"].points = 6
        self.credit_policy.criterion_ids = [
            Command.update(self.criteria["growth"].id, {"points": 6}),
            Command.update(self.criteria["tenure_years"].id, {"points": 2}),
        ]
        self.assertEqual(self.credit_policy.points_total, 100)
        with self.assertRaises(ValidationError):
            self.criteria["growth"].unlink()
        with self.assertRaises(ValidationError):
            self.credit_policy.criterion_ids = [Command.delete(self.criteria["growth"].id)]

    def test_no_call_switches_the_checks_off(self):
        """As over RPC: a context holds only what JSON can say."""
        manager = self.new_user("credit_manager", "sales_team.group_sale_manager")
        for value in (True, 1, "saving", {}, []):
            context = {"crm_relationship_saves_criteria": value}
            growth = self.criteria["growth"].with_user(manager).with_context(**context)
            with self.subTest(value=value):
                with self.assertRaises(ValidationError):
                    growth.points = 6
                with self.assertRaises(ValidationError):
                    growth.unlink()
                with self.assertRaises(ValidationError):
                    self.grades["C"].with_user(manager).with_context(**context).score_from = 10

    def test_checklist_asks_to_look_the_policy_over(self):
        manager = self.new_user("setup_manager", "sales_team.group_sale_manager")
        other = self.new_user("setup_other", "sales_team.group_sale_manager")
        setups = self.env["crm.relationship.setup"].with_user(manager).with_company(self.company)
        setup = setups.create({})
        self.assertIn("has_credit_policy", setup._get_steps())
        self.assertFalse(setup.has_credit_policy)
        self.credit_policy.sudo().unknown_share = 40  # the addon itself
        self.assertFalse(setups.create({}).has_credit_policy)
        self.assertEqual(setup.action_open_credit_policy()["res_id"], self.credit_policy.id)
        policy = self.credit_policy.with_user(manager)
        policy.action_confirm()
        self.assertTrue(setups.create({}).has_credit_policy)
        self.assertEqual(policy.confirmed_by_id, manager)
        policy.with_user(other).write({"coverage_min": 50, "confirmed_by_id": manager.id})
        self.assertEqual(policy.confirmed_by_id, other)

    def test_a_criterion_keeps_a_band(self):
        with self.assertRaises(ValidationError):
            self.criteria["growth"].band_ids.unlink()
        with self.assertRaises(ValidationError):
            self.criteria["growth"].band_ids = [Command.clear()]
        self.criteria["growth"].band_ids[1:].unlink()
        self.assertEqual(self.criteria["growth"].band_ids.range, "any")

    def test_bands_in_words(self):
        self.assertEqual(
            self.criteria["current_ratio"].band_ids.mapped("range"),
            [
                "below 0.8",
                "from 0.8 to below 1",
                "from 1 to below 1.5",
                "from 1.5 to below 2",
                "from 2",
            ],
        )
        self.assertEqual(self.get_level("management", "Good").range, "Good")

    def test_levels_have_names(self):
        with self.assertRaises(ValidationError):
            self.criteria["growth"].measure = "judged"

    def test_grades_have_no_gaps(self):
        self.assertEqual(
            [(grade.score_from, grade.score_to) for grade in self.credit_policy.grade_ids],
            [(90, 100), (80, 90), (70, 80), (60, 70), (0, 60)],
        )
        with self.assertRaises(ValidationError):
            self.grades["C"].score_from = 10
        with self.assertRaises(UserError):
            self.grades["C"].unlink()
        self.grades["B"].score_from = 55
        self.assertEqual(self.grades["C"].score_to, 55)

    def test_a_grade_in_use_stays(self):
        (customer,) = self.make_ranking([100])
        self.recalculate()
        grade = self.get_profile(customer).credit_grade_id
        self.assertTrue(grade)
        other = next(item for item in self.grades.values() if item != grade)
        self.env["crm.relationship.profile"].search([]).credit_grade_id = other
        with self.assertRaises(UserError):
            other.unlink()

    def test_a_changed_policy_scores_everybody_anew(self):
        customers = self.make_ranking([100, 200])
        self.recalculate()
        before = self.get_profile(customers[0]).credit_score
        self.credit_policy.unknown_share = 0
        run = self.recalculate()
        self.assertEqual(run.kind, "full")
        profile = self.get_profile(customers[0])
        unknown = 100 - profile.credit_coverage
        self.assertAlmostEqual(profile.credit_score, before - unknown / 2, 2)

    def test_salespeople_may_not_change_it(self):
        user = self.new_user("credit_sales", "sales_team.group_sale_salesman")
        policy = self.credit_policy.with_user(user)
        self.assertEqual(policy.unknown_share, 50)
        for change in (
            lambda: policy.write({"unknown_share": 100}),
            lambda: policy.criterion_ids[0].write({"points": 0}),
            lambda: policy.grade_ids[0].write({"score_from": 50}),
            lambda: policy.criterion_ids[0].band_ids[0].write({"share": 100}),
        ):
            with self.assertRaises(AccessError):
                change()

    def test_parts_stay_where_they_are(self):
        """Moved to the template, which may be incomplete, they would leave a gap behind."""
        template = self.env.ref("crm_relationship.crm_relationship_credit_policy_template")
        other = self.criteria["management"]
        for part, values in (
            (self.criteria["growth"], {"policy_id": template.id}),
            (self.grades["C"], {"policy_id": template.id}),
            (self.get_level("reputation", "Good"), {"criterion_id": other.id}),
        ):
            with self.subTest(part=part), self.assertRaises(ValidationError):
                part.write(values)

    def test_bands_do_not_overlap_nor_lack_names(self):
        growth = self.criteria["growth"].band_ids
        with self.assertRaises(ValidationError):
            growth[1].write({"name": "Twin", "value_from": growth[2].value_from})
        with self.assertRaises(ValidationError):
            self.get_level("management", "Good").name = False
        with self.assertRaises(ValidationError):
            self.criteria["management"].measure = "growth"
        growth[1].with_context(crm_relationship_saves_bands=True).value_from = 99
        with self.assertRaises(ValidationError):
            growth[1].with_context(crm_relationship_saves_bands=True).write(
                {"name": "Twin", "value_from": growth[2].value_from}
            )

    def test_a_criterion_is_saved_with_all_its_bands(self):
        growth = self.criteria["growth"]
        growth.write(
            {
                "measure": "judged",
                "band_ids": [
                    Command.update(band.id, {"name": f"Level {band.id}"})
                    for band in growth.band_ids
                ],
            }
        )
        self.assertEqual(growth.band_ids[0].range, f"Level {growth.band_ids[0].id}")

    def test_a_judged_level_stays(self):
        (customer,) = self.make_ranking([100])
        self.judge(customer, "management", "Good")
        with self.assertRaises(UserError):
            self.get_level("management", "Good").unlink()
        with self.assertRaises(UserError):
            self.criteria["management"].band_ids = [
                Command.delete(self.get_level("management", "Good").id)
            ]
        self.get_level("management", "Fair").unlink()

    def test_an_approved_grade_stays(self):
        (customer,) = self.make_ranking([100])
        self.recalculate()
        profile = self.get_profile(customer)
        other = next(item for item in self.grades.values() if item != profile.credit_grade_id)
        self.env["crm.relationship.profile"].search([]).credit_grade_id = profile.credit_grade_id
        profile.assessed_grade_id = other
        with self.assertRaises(UserError):
            other.unlink()
