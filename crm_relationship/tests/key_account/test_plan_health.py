from freezegun import freeze_time
from psycopg2.errors import CheckViolation

from odoo.exceptions import AccessError
from odoo.tests import new_test_user, tagged
from odoo.tools import mute_logger

from .common_assessment import TODAY
from .common_health import DAY, HealthCase


@tagged("post_install", "-at_install")
@freeze_time(TODAY)
class TestPlanHealth(HealthCase):
    """The five factors, their weights and bands, worked out by hand."""

    def test_nothing_to_rate_is_left_out(self):
        """No chain, no objective, no action: only red flags and actions are rated."""
        self.assertEqual(
            self.read_factors(),
            {
                "assessment": None,
                # no buyer, coach, sponsor, second line: severe; hidden chain, competitor:
                # serious; rising star: to watch. More than 100 points off.
                "flags": 0,
                "objectives": None,
                "actions": 0,
                "contacts": None,
            },
        )
        self.assertEqual(self.read_health(), (0, "red"))
        text = self.plan.with_user(self.owner).health_explanation
        self.assertEqual(text.count("left out<"), 3)
        self.assertIn("Not assessed", text)

    def test_a_case_by_hand(self):
        self.make_chain()
        self.judge(self.delivery, 80)
        self.plan.sponsor_id = self.manager
        self.make_objective(1000)
        self.make_invoices([(self.customer, DAY, 600)])
        self.plan_action(5)
        self.plan_action(-5)
        factors = self.read_factors()
        plan = self.plan.with_user(self.owner)
        self.assertEqual(factors["assessment"], plan.assessment_score)
        # Up: no coach and one contact in good cover fails not (Buyer deep, User multiple).
        flags = {flag["code"]: flag["severity"] for flag in plan.red_flags}
        self.assertEqual(
            flags,
            {
                "no_coach": "high",
                "uncovered": "medium",
                "hidden_chain": "medium",
                "no_rising_star": "low",
            },
        )
        self.assertEqual(factors["flags"], 100 - 20 - 10 - 10 - 5)
        self.assertEqual(factors["objectives"], 100)
        self.assertEqual(factors["actions"], (50 + 100) / 2)
        # Boss alone has influence 4 or more, and was seen 20 days ago of 60.
        self.assertEqual(factors["contacts"], 100)
        total = (35 * plan.assessment_score + 20 * 55 + 20 * 100 + 15 * 75 + 10 * 100) / 100
        self.assertEqual(self.read_health(), (int(total + 0.5), "green"))

    def test_weights_and_archived_factors(self):
        (
            self.of_assessment | self.of_objectives | self.of_contacts | self.of_actions
        ).active = False
        self.plan.sponsor_id = self.manager
        self.of_flags.write({"high_points": 1, "medium_points": 1, "low_points": 1})
        self.assertEqual(self.read_health(), (94, "green"))
        self.of_actions.active = True
        self.of_flags.weight = self.of_actions.weight = 7
        self.assertEqual(self.read_health(), (47, "red"))
        self.of_flags.active = self.of_actions.active = False
        self.assertEqual(self.read_health(), (0, False))
        self.assertIn("Nothing to rate", self.plan.health_explanation)

    def test_bands_at_the_limits(self):
        band = self.company._get_health_band
        self.assertEqual(
            [band(number) for number in (0, 49, 50, 74, 75, 100)],
            ["red", "red", "amber", "amber", "green", "green"],
        )
        self.company.write({"relationship_health_green": 20, "relationship_health_amber": 10})
        self.assertEqual(
            [band(number) for number in (9, 10, 19, 20)], ["red", "amber", "amber", "green"]
        )

    def test_bands_rise(self):
        for green, amber in ((50, 50), (101, 50), (75, 0)):
            with (
                mute_logger("odoo.sql_db"),
                self.assertRaisesRegex(CheckViolation, "relationship_health_order"),
                self.env.cr.savepoint(),
            ):
                self.company.write(
                    {"relationship_health_green": green, "relationship_health_amber": amber}
                )
                self.env.flush_all()

    def test_red_flags_take_points_off(self):
        before = self.read_factors()["flags"]
        self.of_flags.write({"high_points": 5, "medium_points": 2, "low_points": 1})
        # four severe ones, two serious, one to watch
        self.assertEqual(before, 0)
        self.assertEqual(self.read_factors()["flags"], 100 - 4 * 5 - 2 * 2 - 1)

    def test_the_flag_about_private_data_does_not_count(self):
        self.of_flags.write({"high_points": 1, "medium_points": 1, "low_points": 1})
        before = self.read_factors()["flags"]
        self.company.relationship_private_data = True
        self.env.invalidate_all()
        codes = {flag["code"] for flag in self.plan.with_user(self.owner).red_flags}
        self.assertIn("no_career_wish", codes)
        for user in (self.owner, self.outsider, self.manager):
            self.assertEqual(self.read_factors(user=user)["flags"], before)

    def test_objectives_on_track(self):
        """Half of the year has gone: 90 % of the half is on track, less is behind."""
        revenue = self.make_objective(1000)
        self.assertEqual(self.read_factors()["objectives"], 0)
        self.assertIn("behind: Revenue", self.plan.with_user(self.owner).health_explanation)
        self.make_invoices([(self.customer, DAY, 1000)])
        self.assertEqual(revenue.status, "reached")
        self.assertEqual(self.read_factors()["objectives"], 100)
        self.make_objective(90, kind="wallet", wallet_amount=100000)
        self.assertEqual(self.read_factors()["objectives"], 50)

    def test_actions_overdue_and_ahead(self):
        action = self.plan_action(0)
        for days, points in ((0, 100), (30, 100), (31, 50), (-1, 0)):
            action.date_deadline = DAY.fromordinal(DAY.toordinal() + days)
            self.assertEqual(self.read_factors()["actions"], points, days)
        self.of_actions.planned_days = 31
        action.date_deadline = DAY.fromordinal(DAY.toordinal() + 31)
        self.assertEqual(self.read_factors()["actions"], 100)
        action.action_cancel()
        self.assertEqual(self.read_factors()["actions"], 0)

    def test_fresh_contacts(self):
        """60 days are allowed: fresh until 30, due until 60."""
        boss = self.make_role("Boss", influence="4")
        self.make_role("Small", influence="3")
        self.assertEqual(self.read_factors()["contacts"], 0)
        self.meet(boss, 61)
        self.assertEqual(self.read_factors()["contacts"], 0)
        self.meet(boss, 60)
        self.assertEqual(self.read_factors()["contacts"], 50)
        self.meet(boss, 31)
        self.assertEqual(self.read_factors()["contacts"], 50)
        self.meet(boss, 30)
        self.assertEqual(self.read_factors()["contacts"], 100)
        self.of_contacts.influence_from = 3
        self.assertEqual(self.read_factors()["contacts"], 50)
        self.of_contacts.influence_from = 5
        self.assertIsNone(self.read_factors()["contacts"])

    def test_a_closed_plan_has_no_health(self):
        self.plan.action_close()
        self.assertEqual(self.read_health(), (0, False))
        self.assertEqual(self.read_factors(), {})
        self.assertIn("closed plan", self.plan.health_explanation)
        plans = self.env["crm.relationship.plan"]
        self.assertNotIn(self.plan, plans.search([("health", "<", 50)]))

    def test_search_sort_and_group(self):
        plans = self.env["crm.relationship.plan"].with_user(self.owner)
        other = self.make_plan(partner_id=self.make_customers(1, user_id=self.owner.id).id)
        (self.of_flags | self.of_actions).active = False
        for plan, score in ((self.plan, 80), (other, 60)):
            for dimension in (self.competition, self.delivery):
                self.judge(dimension, score, plan)
        both = [("id", "in", (self.plan | other).ids)]
        self.assertEqual(plans.search([*both, ("health_band", "=", "green")]), self.plan)
        self.assertEqual(plans.search([*both, ("health", "<", 75)]), other)
        self.assertEqual(plans.search(both, order="health"), other | self.plan)
        self.assertEqual(plans.search(both, order="health_band desc").ids, (self.plan | other).ids)
        groups = plans.formatted_read_group(both, ["health_band"], ["__count"])
        self.assertEqual(
            [(group["health_band"], group["__count"]) for group in groups],
            [("amber", 1), ("green", 1)],
        )

    def test_what_would_lift_it_most(self):
        self.make_chain()
        values = self.plan.with_user(self.owner)._prepare_health_explanation(
            self.plan.with_user(self.owner)._get_health_facts()
        )
        gains = [gain for _step, gain in values["lifts"]]
        self.assertEqual(gains, sorted(gains, reverse=True))
        rows = {row["rule"]: row for row in values["rows"]}
        weight = 35 + 20 + 15 + 10
        self.assertAlmostEqual(rows["actions"]["gain"], 100 * 15 / weight)
        self.assertEqual(rows["objectives"]["gain"], 0)

    def test_snapshot(self):
        kept = self.plan.with_user(self.owner)._get_health_snapshot()[self.plan.id]
        self.assertEqual((kept["health"], kept["band"]), (0, "red"))
        self.plan.action_close()
        self.env.invalidate_all()
        self.assertIsNone(self.plan._get_health_snapshot()[self.plan.id]["health"])


@tagged("post_install", "-at_install")
@freeze_time(TODAY)
class TestPlanHealthRights(HealthCase):
    """Who sees the health and the board, and who sets the weights."""

    def get_board(self, user):
        rows = self.env["crm.relationship.plan.board"].with_user(user).get_board()["plans"]
        return {row["id"]: row for row in rows}

    def test_everybody_who_reads_the_plan_sees_the_same(self):
        self.make_chain()
        approver = self.new_user("plan_approver", "crm_relationship.group_credit")
        expected = self.read_health(user=self.owner)
        for user in (self.member, self.outsider, self.manager, approver):
            self.assertEqual(self.read_health(user=user), expected)
            self.assertEqual(self.get_board(user)[self.plan.id]["health"], expected[0])
            self.assertIn("Red flags", self.plan.with_user(user).health_explanation)

    def test_a_project_that_is_not_everybodys_to_read_counts_for_everybody(self):
        lead = self.make_lead(name="Secret Dock", expected_revenue=10, probability=100)
        self.make_objective(1000, kind="project", opportunity_id=lead.id)
        lead.action_set_lost()
        self.assertFalse(lead.with_user(self.member).has_access("read"))
        expected = self.read_factors(user=self.owner)
        self.assertEqual(expected["objectives"], 0)
        self.assertEqual(self.read_factors(user=self.member), expected)
        self.assertEqual(self.read_health(user=self.member), self.read_health(user=self.owner))
        explained = {
            user: self.plan.with_user(user).health_explanation for user in (self.owner, self.member)
        }
        self.assertIn("Secret Dock", explained[self.owner])
        self.assertNotIn("Secret Dock", explained[self.member])
        self.assertIn("Bring the objectives back on track", explained[self.member])

    def test_other_salespeople_and_companies_see_nothing(self):
        seller = self.new_user("plan_seller", "sales_team.group_sale_salesman")
        other = self.create_company("Second Ltd")
        stranger = self.new_user("second_manager", "sales_team.group_sale_manager", other)
        for user in (seller, stranger):
            self.assertNotIn(self.plan.id, self.get_board(user))
            with self.assertRaises(AccessError):
                self.plan.with_user(user).read(["health", "health_factors"])
            plans = self.env["crm.relationship.plan"].with_user(user)
            self.assertNotIn(self.plan, plans.search([("health", "<", 101)]))

    def test_portal_and_plain_employees_see_nothing(self):
        portal = new_test_user(self.env, login="plan_portal", groups="base.group_portal")
        employee = self.new_user("plan_employee", "base.group_user")
        for user in (portal, employee):
            with self.assertRaises(AccessError):
                self.get_board(user)
            with self.assertRaises(AccessError):
                self.env["crm.relationship.plan.health.factor"].with_user(user).search_count([])

    def test_managers_set_weights_and_nobody_adds_factors(self):
        self.of_flags.with_user(self.manager).weight = 40
        for user in (self.owner, self.outsider):
            self.assertTrue(self.of_flags.with_user(user).rule_text)
            with self.assertRaises(AccessError):
                self.of_flags.with_user(user).weight = 1
        factors = self.env["crm.relationship.plan.health.factor"].with_user(self.manager)
        with self.assertRaises(AccessError):
            factors.create({"name": "Another", "rule": "flags"})
        with self.assertRaises(AccessError):
            self.of_flags.with_user(self.manager).unlink()
