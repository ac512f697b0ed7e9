from freezegun import freeze_time
from psycopg2 import IntegrityError

from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.fields import Command
from odoo.tests import Form, new_test_user, tagged, users
from odoo.tools import mute_logger

from .common_assessment import TODAY, AssessmentCase

ALLOWED = 4
"""Queries that 20 plans may take beyond 10: splits of what is prefetched."""


@tagged("post_install", "-at_install")
@freeze_time(TODAY)
class TestAssessment(AssessmentCase):
    """Scores come and go with dimensions, are judged by people, and stay when a plan closes."""

    def codes(self, plan=None):
        self.env.invalidate_all()
        return [row["code"] for row in (plan or self.plan).assessment["dimensions"]]

    def make_dimension(self, **values):
        return self.dimensions.create({"name": "Growth", "code": "growth", **values})

    def test_a_plan_has_a_score_in_each_dimension(self):
        codes = ["coverage", "support", "sponsor", "rhythm", "competition", "delivery"]
        self.assertEqual(self.codes(), codes)
        self.assertEqual(self.row(self.delivery).wanted_score, 85)
        self.delivery.wanted_score = 95
        self.assertEqual(self.row(self.delivery).wanted_score, 85)
        self.assertEqual(self.row(self.delivery, self.make_plan()).wanted_score, 95)
        self.assertEqual(self.codes(self.plan.copy()), codes)

    def test_a_new_dimension_reaches_plans_that_are_not_closed(self):
        closed = self.make_plan()
        closed.state = "closed"
        foreign = self.create_company("Second Ltd")
        other = self.make_plan(company_id=foreign.id, user_id=self.env.user.id)
        growth = self.dimensions.with_user(self.manager).create(
            {"name": "Growth", "code": "growth", "wanted_score": 30}
        )
        for plan in (self.plan, other):
            self.assertEqual(self.row(growth, plan).wanted_score, 30)
        self.assertFalse(self.row(growth, closed))
        closed.with_user(self.manager).action_reopen()
        self.assertEqual(len(self.row(growth, closed)), 1)

    def test_an_archived_dimension_leaves_and_comes_back(self):
        self.judge(self.delivery, 50)
        self.delivery.active = False
        later = self.make_plan()
        self.assertNotIn("delivery", self.codes())
        self.assertIsNone(self.read_layers()["general"])
        self.assertNotIn("delivery", self.codes(self.plan.with_context(active_test=False)))
        self.delivery.active = True
        self.assertIn("delivery", self.codes())
        self.assertIn("delivery", self.codes(later))
        self.assertEqual(self.read_score(self.delivery), 50)

    def test_a_judgement_is_signed_and_told(self):
        plan = self.plan.with_user(self.member)
        self.row(self.delivery, plan).write(
            {
                "judged_score": 70,
                "evidence": "Survey",
                "judged_by_id": self.manager.id,
                "judged_date": "2020-01-01",
            }
        )
        row = self.row(self.delivery)
        self.assertEqual(row.judged_by_id, self.member)
        self.assertEqual(row.judged_date, TODAY.date())
        self.assertIn("not judged → 70 (Survey)", self.plan.message_ids[0].body)
        row.with_user(self.owner).write({"judged_score": 75})
        self.assertEqual(row.judged_by_id, self.owner)
        self.assertIn("70 (Survey) → 75 (Survey)", self.plan.message_ids[0].body)
        count = len(self.plan.message_ids)
        row.with_user(self.owner).write({"wanted_score": 75})
        self.assertEqual(len(self.plan.message_ids), count)

    def test_a_judged_0_is_a_judgement_and_nothing_is_none(self):
        self.judge(self.delivery, 0)
        self.assertEqual(self.read_score(self.delivery), 0)
        self.assertEqual(self.row(self.delivery).gap, 85)
        for cleared in ({"judged_score": False}, {"is_judged": False}):
            self.judge(self.delivery, 40)
            self.assertEqual(self.read_score(self.delivery), 40)
            self.row(self.delivery).write(cleared)
            self.assertIsNone(self.read_score(self.delivery))
            self.assertFalse(self.row(self.delivery).judged_by_id)

    @users("plan_owner")
    def test_bad_input_is_refused(self):
        row = self.row(self.delivery).with_env(self.env)
        computed = self.row(self.coverage).with_env(self.env)
        self.judge(self.delivery, 50)
        for vals in ({"judged_score": 101}, {"judged_score": -1}, {"wanted_score": 101}):
            with mute_logger("odoo.sql_db"), self.assertRaises(IntegrityError):
                row.write(vals)
        with self.assertRaisesRegex(ValidationError, "what the judgement"):
            row.write({"evidence": " "})
        with self.assertRaisesRegex(ValidationError, "not judged"):
            computed.write({"judged_score": 50, "evidence": "x"})
        with self.assertRaisesRegex(UserError, "stays in its dimension"):
            row.write({"dimension_id": self.coverage.id})
        other = self.make_plan()
        with self.assertRaisesRegex(UserError, "belongs to its plan"):
            row.write({"plan_id": other.id})
        with self.assertRaises(ValueError):
            row.write({"judged_score": "many"})

    def test_bad_dimensions_are_refused(self):
        for vals in (
            {"weight": 0},
            {"weight": -1},
            {"wanted_score": 101},
            {"deep_points": 101},
            {"rival_cap": -1},
            {"late_points": 101},
            {"late_factor": 0},
            {"days_high": 0},
            {"unjudged_influence": 0},
            {"decider_factor": 0},
            {"sponsor_weight": 0, "executive_weight": 0, "decider_weight": 0},
            {"code": "coverage"},
        ):
            with mute_logger("odoo.sql_db"), self.assertRaises(IntegrityError, msg=vals):
                self.make_dimension(**vals)
        with self.assertRaisesRegex(ValidationError, "rise from none to deep"):
            self.coverage.brief_points = 80
        with self.assertRaisesRegex(ValidationError, "a code"):
            self.make_dimension(code=" ")
        with self.assertRaisesRegex(UserError, "code stays"):
            self.coverage.code = "other"

    def test_a_dimension_with_judgements_is_not_deleted(self):
        growth = self.make_dimension()
        self.judge(growth, 10)
        with self.assertRaisesRegex(UserError, "Archive it"):
            growth.unlink()
        self.row(growth).is_judged = False
        growth.unlink()
        self.assertNotIn("growth", self.codes())

    def test_a_closed_plan_keeps_its_scores(self):
        self.make_chain()
        self.judge(self.delivery, 80)
        self.plan.action_start()
        before = self.read_layers()
        coverage = self.read_score(self.coverage)
        self.plan.with_user(self.owner).action_close()
        self.boss.sudo().coverage = "deep"
        self.coverage.write({"weight": 100, "brief_points": 0})
        self.delivery.active = False
        self.assertEqual(self.read_layers(), before)
        self.assertEqual(self.read_score(self.coverage), coverage)
        self.assertIn("closed with", self.row(self.coverage).explanation)
        self.assertIn("delivery", self.codes())
        row = self.row(self.competition)
        for user in (self.owner, self.manager):
            for vals in ({"judged_score": 5, "evidence": "x"}, {"wanted_score": 5}):
                with self.assertRaisesRegex(UserError, "is closed"):
                    row.with_user(user).write(vals)
            with self.assertRaisesRegex(UserError, "is closed"):
                self.plan.with_user(user).write({"closing_assessment": {}})
        self.plan.with_user(self.manager).action_reopen()
        self.assertNotEqual(self.read_layers(), before)

    def test_the_radar_follows_what_is_typed(self):
        self.make_chain()
        with Form(self.plan.with_user(self.owner)) as form:
            before = form.assessment["total"]["score"]
            with form.score_ids.edit(5) as row:
                row.is_judged = True
                row.judged_score = 0
                row.evidence = "Complaints"
                self.assertTrue(row.is_assessed)
            self.assertEqual(form.assessment["dimensions"][5]["score"], 0)
            self.assertEqual(form.assessment["dimensions"][0]["score"], 43)
            self.assertLess(form.assessment["total"]["score"], before)
        self.assertEqual(self.read_score(self.delivery), 0)

    def test_the_last_review_joins_the_radar(self):
        self.assertEqual({row["last"] for row in self.plan.assessment["dimensions"]}, {None})
        self.patch(
            type(self.plan),
            "_get_last_review_scores",
            lambda plans: {plan.id: {"support": 33} for plan in plans},
        )
        self.env.invalidate_all()
        last = {row["code"]: row["last"] for row in self.plan.assessment["dimensions"]}
        self.assertEqual(last["support"], 33)
        self.assertIsNone(last["coverage"])

    def test_snapshot_and_next_plan(self):
        self.make_chain()
        self.judge(self.delivery, 80)
        self.row(self.delivery).wanted_score = 99
        kept = self.plan._get_scores_snapshot()[self.plan.id]
        delivery = kept["dimensions"][-1]
        self.assertEqual(
            {key: delivery[key] for key in ("code", "score", "wanted")},
            {"code": "delivery", "score": 80, "wanted": 99},
        )
        self.assertEqual(kept["total"]["score"], self.read_layers()["total"])
        follower = self.make_plan()
        self.plan._copy_scores_to(follower)
        self.assertEqual(self.row(self.delivery, follower).wanted_score, 99)
        self.assertIsNone(self.read_score(self.delivery, follower))


@tagged("post_install", "-at_install")
@freeze_time(TODAY)
class TestAssessmentRights(AssessmentCase):
    """Who reads, who judges and who decides about the dimensions."""

    def test_the_team_judges_and_others_read(self):
        self.make_chain()
        row = self.row(self.delivery)
        for user in (self.owner, self.member, self.manager):
            row.with_user(user).write({"judged_score": 60, "evidence": user.login})
        approver = self.new_user("plan_approver", "crm_relationship.group_credit")
        for user in (self.outsider, approver):
            self.assertEqual(row.with_user(user).score, 60)
            self.assertEqual(self.row(self.coverage).with_user(user).score, 43)
            self.assertTrue(self.plan.with_user(user).assessment["dimensions"])
            for vals in ({"judged_score": 1}, {"wanted_score": 1}, {"evidence": "x"}):
                with self.assertRaises(AccessError):
                    row.with_user(user).write(vals)
            with self.assertRaises(AccessError):
                self.plan.with_user(user).write(
                    {"score_ids": [Command.update(row.id, {"wanted_score": 1})]}
                )

    def test_a_salesperson_sees_those_of_own_customers(self):
        seller = self.new_user("plan_seller", "sales_team.group_sale_salesman")
        scores = self.env["crm.relationship.plan.score"].with_user(seller)
        own = [("plan_id", "=", self.plan.id)]
        self.assertFalse(scores.search(own))
        with self.assertRaises(AccessError):
            self.row(self.delivery).with_user(seller).read(["score"])
        self.customer.user_id = seller
        self.assertEqual(len(scores.search(own)), 6)

    def test_nobody_adds_or_deletes_scores(self):
        for user in (self.owner, self.manager):
            with self.assertRaises(AccessError):
                self.row(self.delivery).with_user(user).unlink()
            with self.assertRaises(AccessError):
                self.env["crm.relationship.plan.score"].with_user(user).create(
                    {
                        "plan_id": self.plan.id,
                        "dimension_id": self.delivery.id,
                        "wanted_score": 1,
                    }
                )

    def test_managers_decide_about_dimensions(self):
        for user in (self.owner, self.member, self.outsider):
            dimension = self.delivery.with_user(user)
            self.assertTrue(dimension.rule_text)
            with self.assertRaises(AccessError):
                dimension.weight = 99
            with self.assertRaises(AccessError):
                self.dimensions.with_user(user).create({"name": "Growth", "code": "growth"})
        self.delivery.with_user(self.manager).weight = 99

    def test_portal_and_plain_employees_see_nothing(self):
        portal = new_test_user(self.env, login="plan_portal", groups="base.group_portal")
        employee = self.new_user("plan_employee", "base.group_user")
        for user in (portal, employee):
            for model in ("dimension", "score"):
                with self.assertRaises(AccessError):
                    self.env[f"crm.relationship.plan.{model}"].with_user(user).search_count([])

    def test_a_second_company_is_apart(self):
        other = self.create_company("Second Ltd")
        stranger = self.new_user("second_manager", "sales_team.group_sale_manager", other)
        scores = self.env["crm.relationship.plan.score"].with_user(stranger)
        self.assertFalse(scores.search([("plan_id", "=", self.plan.id)]))
        with self.assertRaises(AccessError):
            self.row(self.delivery).with_user(stranger).read(["score"])

    def test_a_plan_for_somebody_else(self):
        maker = self.new_user(
            "plan_maker", "sales_team.group_sale_salesman,crm_relationship.group_key_account"
        )
        plan = (
            self.env["crm.relationship.plan"]
            .with_user(maker)
            .create({"partner_id": self.make_customers(1)[0].id, "company_id": self.company.id})
        )
        self.assertEqual(len(plan.score_ids), 6)


@tagged("post_install", "-at_install")
@freeze_time(TODAY)
class TestAssessmentQueries(AssessmentCase):
    """However many plans there are, their scores take a bounded number of queries."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.plans = cls.env["crm.relationship.plan"].create(
            [
                {
                    "partner_id": customer.id,
                    "company_id": cls.company.id,
                    "user_id": cls.owner.id,
                    "sponsor_id": cls.manager.id,
                }
                for customer in cls.make_customers(20, user_id=cls.owner.id)
            ]
        )
        for plan in cls.plans:
            cls.make_chain(plan)

    def count(self, read, number):
        self.env.flush_all()
        self.env.invalidate_all()
        before = self.env.cr.sql_log_count
        read(number)
        return self.env.cr.sql_log_count - before

    def assert_bounded(self, read):
        read(1)
        self.assertLessEqual(self.count(read, 20), self.count(read, 10) + ALLOWED)

    def test_plans(self):
        plans = self.env["crm.relationship.plan"].with_user(self.owner)
        spec = {"name": {}, "assessment": {}, "assessment_score": {}}
        self.assert_bounded(
            lambda number: plans.web_search_read([("id", "in", self.plans.ids[:number])], spec)
        )

    def test_scores_and_why(self):
        scores = self.env["crm.relationship.plan.score"].with_user(self.owner)
        spec = {"score": {}, "gap": {}, "explanation": {}, "dimension_id": {}}
        self.assert_bounded(
            lambda number: scores.web_search_read(
                [("plan_id", "in", self.plans.ids[:number])], spec, limit=200
            )
        )

    def test_snapshot(self):
        plans = self.plans.with_user(self.owner)
        self.assert_bounded(lambda number: plans[:number]._get_scores_snapshot())

    def test_closing(self):
        self.plans.state = "active"
        plans = self.plans.with_user(self.owner)
        first = self.count(lambda number: plans[:number].action_close(), 5)
        second = self.count(lambda number: plans[5 : 5 + number].action_close(), 10)
        self.assertLess(second, 2 * first)
