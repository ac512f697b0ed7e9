import json
from datetime import date, timedelta

from dateutil.relativedelta import relativedelta
from freezegun import freeze_time

from odoo.exceptions import AccessError, ValidationError
from odoo.tests import HttpCase, new_test_user, tagged
from odoo.tools import mute_logger

from ..common import RelationshipCase

TODAY = date(2025, 7, 10)


class PyramidCase(RelationshipCase):
    """Twenty old customers; at the evaluation of June one rose to A, and one was new."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.startClassPatcher(freeze_time(TODAY))
        cls.customers = cls.make_ranking(range(19, 0, -1), day=date(2024, 12, 1))
        cls.recalculate(as_of=date(2025, 5, 31))
        cls.riser = cls.customers[10]
        cls.make_invoices([(cls.riser, date(2025, 6, 20), 1000)])
        cls.newcomer = cls.make_ranking([0.5], day=date(2025, 6, 25))
        cls.recalculate(as_of=date(2025, 6, 30))
        cls.manager = cls.new_user("pyramid_manager", "sales_team.group_sale_manager")
        cls.salesperson = cls.new_user("pyramid_own", "sales_team.group_sale_salesman")
        cls.all_leads = cls.new_user("pyramid_all", "sales_team.group_sale_salesman_all_leads")

    def get_pyramid(self, user=None, company=None, **options):
        company = company or self.company
        model = self.env["crm.relationship.pyramid"].with_user(user or self.manager)
        model = model.with_context(allowed_company_ids=company.ids)
        return model.get_pyramid(company.id, **options)

    def count_listed(self, mark, user=None):
        """Return how many customers the list behind the mark has."""
        profiles = self.env["crm.relationship.profile"].with_user(user or self.manager)
        return profiles.search_count(json.loads(json.dumps(mark["domain"])))

    def get_levels(self, pyramid):
        return {level["code"]: level["count"] for level in pyramid["levels"]}


@tagged("post_install", "-at_install")
class TestPyramid(PyramidCase):
    def test_the_present(self):
        pyramid = self.get_pyramid()
        self.assertEqual(pyramid["state"], "ready")
        self.assertFalse(pyramid["day"])
        self.assertEqual(pyramid["evaluated"], "2025-06-30")
        self.assertEqual(self.get_levels(pyramid), {"A": 2, "B": 0, "C": 3, "D": 14})
        self.assertEqual(pyramid["total"]["count"], 20)
        self.assertEqual(pyramid["total"]["amount"], sum(range(1, 20)) + 1000.5)
        self.assertEqual(pyramid["levels"][0]["amount"], 1000 + 9 + 19)
        self.assertIn("Customers are ranked by", pyramid["policy"]["summary"])

    def test_newcomers_stand_apart_from_the_lowest_tier(self):
        pyramid = self.get_pyramid()
        (newcomers,) = pyramid["apart"]
        self.assertEqual((newcomers["key"], newcomers["code"]), ("newcomers", "D"))
        self.assertEqual(newcomers["count"], 1)
        self.assertEqual(pyramid["newcomers"]["count"], 1)
        found = self.env["crm.relationship.profile"].search(newcomers["domain"])
        self.assertEqual(found.partner_id, self.newcomer)

    def test_all_levels_add_up(self):
        pyramid = self.get_pyramid()
        parts = [*pyramid["levels"], *pyramid["apart"]]
        for figure in ("count", "amount"):
            total = sum(part[figure] for part in parts)
            self.assertAlmostEqual(total, pyramid["total"][figure])

    def test_lists_agree_with_their_marks(self):
        self.customers[3].user_id = self.manager
        for user in (self.manager, self.salesperson):
            for period in ("evaluation", "month", "last_month", "quarter", "year"):
                pyramid = self.get_pyramid(user, period=period)
                named = ["total", "newcomers", "in_grace", "below_zero", "up", "down"]
                marks = [*(pyramid[name] for name in named), *pyramid["apart"]]
                for level in pyramid["levels"]:
                    marks += [level, level["up"], level["down"]]
                for mark in marks:
                    listed = self.count_listed(mark, user)
                    self.assertEqual(listed, mark["count"], (user.login, period, mark))

    def test_in_grace_and_below_zero(self):
        self.make_invoices([(self.customers[0], TODAY, 500)], move_type="out_refund")
        self.recalculate(as_of=TODAY)
        pyramid = self.get_pyramid()
        self.assertEqual(pyramid["in_grace"]["count"], 2)  # the former A and the last C
        self.assertEqual(pyramid["below_zero"]["count"], 1)
        self.assertEqual(self.count_listed(pyramid["below_zero"]), 1)

    def test_archived_customers_are_left_out(self):
        self.customers[18].active = False
        self.recalculate(as_of=TODAY)
        self.assertEqual(self.get_pyramid()["total"]["count"], 19)

    def test_customers_of_a_new_policy_still_stand_in_the_former_tiers(self):
        self.policy.copy().action_activate()
        pyramid = self.get_pyramid()
        self.assertTrue(pyramid["policy"]["is_new"])
        self.assertEqual(set(self.get_levels(pyramid).values()), {0})
        (former,) = pyramid["apart"]
        self.assertEqual((former["key"], former["count"]), ("former", 20))
        self.assertEqual(self.count_listed(former), 20)

    def test_customers_outside_the_policy(self):
        self.policy.domain = f"[('id', 'not in', {self.customers[1:3].ids})]"
        self.recalculate(as_of=date(2025, 7, 31))
        outside = self.get_pyramid()["apart"][-1]
        self.assertEqual((outside["key"], outside["count"]), ("outside", 2))
        self.assertEqual(self.count_listed(outside), 2)

    def test_no_more_queries_for_more_customers(self):
        self.get_pyramid()  # fills the caches of groups and rules
        few = self.count_queries()
        self.make_ranking(range(1, 200), day=date(2025, 1, 1))
        self.recalculate(as_of=TODAY)
        self.assertEqual(self.count_queries(), few)

    def count_queries(self):
        self.env.flush_all()
        self.env.invalidate_all()
        before = self.env.cr.sql_log_count
        self.get_pyramid()
        return self.env.cr.sql_log_count - before


@tagged("post_install", "-at_install")
class TestPyramidMovers(PyramidCase):
    def get_moves(self, pyramid):
        return {
            (cause, level["code"]): level[cause]["count"]
            for level in pyramid["levels"]
            for cause in ("up", "down")
            if level[cause]["count"]
        }

    def test_movers_of_the_last_evaluation(self):
        pyramid = self.get_pyramid()
        self.assertEqual(
            pyramid["period"], {"key": "evaluation", "start": "2025-06-30", "end": "2025-07-10"}
        )
        self.assertEqual(self.get_moves(pyramid), {("up", "A"): 1})
        self.assertEqual((pyramid["up"]["count"], pyramid["down"]["count"]), (1, 0))
        found = self.env["crm.relationship.profile"].search(pyramid["up"]["domain"])
        self.assertEqual(found.partner_id, self.riser)

    def test_a_fall_counts_at_the_tier_left(self):
        self.recalculate(as_of=date(2025, 7, 31))
        with freeze_time("2025-08-05"):
            pyramid = self.get_pyramid()
        self.assertEqual(self.get_moves(pyramid), {("down", "A"): 1, ("down", "C"): 1})

    def test_who_moved_twice_is_one_customer(self):
        self.make_invoices([(self.riser, date(2025, 7, 1), 1000)], move_type="out_refund")
        self.recalculate(as_of=date(2025, 8, 31))  # falls at the second evaluation
        self.make_invoices([(self.riser, date(2025, 9, 1), 5000)])
        self.recalculate(as_of=date(2025, 9, 30))
        with freeze_time("2025-10-02"):
            pyramid = self.get_pyramid(period="year")
        self.assertEqual(self.get_moves(pyramid)["up", "A"], 1)
        self.assertEqual(self.count_listed(pyramid["levels"][0]["up"]), 1)

    def test_periods(self):
        periods = {
            "month": ("2025-07-01", "2025-07-10"),
            "last_month": ("2025-06-01", "2025-06-30"),
            "quarter": ("2025-07-01", "2025-07-10"),
            "year": ("2024-07-11", "2025-07-10"),
        }
        for key, (start, end) in periods.items():
            period = self.get_pyramid(period=key)["period"]
            self.assertEqual(period, {"key": key, "start": start, "end": end})
        with self.assertRaises(ValidationError):
            self.get_pyramid(period="decade")

    def test_first_placements_and_decisions_by_hand_are_no_moves(self):
        profile = self.get_profile(self.customers[5])
        profile.write({"override_tier_id": self.tiers["A"].id, "override_reason": "Contract"})
        pyramid = self.get_pyramid(period="year")
        self.assertEqual((pyramid["up"]["count"], pyramid["down"]["count"]), (1, 0))

    def test_changes_of_another_company_are_no_moves(self):
        other = self.create_company("Elsewhere Ltd")
        pyramid = self.get_pyramid()
        self.env["crm.relationship.change"].create(
            {
                "partner_id": self.customers[6].id,
                "company_id": other.id,
                "date": TODAY,
                "dimension": "tier",
                "new_value": "A",
                "cause": "up",
            }
        )
        self.assertEqual(self.get_pyramid()["up"]["count"], pyramid["up"]["count"])
        self.assertEqual(self.count_listed(pyramid["up"], self.env.user), 1)


@tagged("post_install", "-at_install")
class TestPyramidPast(PyramidCase):
    def test_a_past_evaluation(self):
        pyramid = self.get_pyramid(day="2025-05-31")
        self.assertEqual(pyramid["days"], ["2025-06-30", "2025-05-31"])
        self.assertEqual(pyramid["day"], "2025-05-31")
        self.assertEqual(self.get_levels(pyramid), {"A": 1, "B": 0, "C": 3, "D": 15})
        self.assertEqual(pyramid["total"]["amount"], sum(range(1, 20)))
        self.assertEqual(pyramid["period"]["end"], "2025-05-31")
        self.assertEqual(
            pyramid["levels"][0]["domain"],
            ["&", ("company_id", "=", self.company.id), ("tier_on", "in", ["A@2025-05-31"])],
        )

    def test_numbers_and_lists_of_the_past_agree(self):
        self.customers[0].active = False
        profile = self.get_profile(self.customers[5])
        with freeze_time("2025-06-30"):
            profile.write({"override_tier_id": self.tiers["A"].id, "override_reason": "Contract"})
        self.env.cr.execute(
            "UPDATE account_move SET state = 'cancel' WHERE partner_id = %s",
            [self.customers[18].id],
        )
        self.recalculate(as_of=TODAY, full=True)
        for user in (self.manager, self.all_leads):
            pyramid = self.get_pyramid(user, day="2025-06-30")
            for mark in (*pyramid["levels"], pyramid["total"]):
                self.assertEqual(self.count_listed(mark, user), mark["count"], mark)
            self.assertEqual(self.get_levels(pyramid), {"A": 3, "B": 0, "C": 3, "D": 13})

    def test_amounts_of_the_past_are_the_revenue_of_then(self):
        before = self.get_pyramid(day="2025-06-30")
        self.make_invoices([(self.customers[0], date(2025, 6, 1), 700)])
        self.recalculate(as_of=TODAY)
        after = self.get_pyramid(day="2025-06-30")
        for pyramid in (before, after):
            self.assertEqual(pyramid["total"]["amount"], sum(range(1, 20)) + 1000.5)

    def test_each_month_offers_its_last_evaluation(self):
        cuts = self.env["crm.relationship.tier.cut"]
        first = date(2014, 1, 1)
        days = [first + relativedelta(months=month, day=31) for month in range(136)]
        common = {
            "policy_id": self.policy.id,
            "tier_id": self.tiers["A"].id,
            "company_id": self.company.id,
        }
        days += [date(2025, 6, 10), date(2025, 7, 3), date(2025, 7, 9)]
        cuts.create([{**common, "date": day} for day in days])
        offered = self.get_pyramid()["days"]
        self.assertEqual(offered[:3], ["2025-07-09", "2025-06-30", "2025-05-31"])
        self.assertEqual(offered[-1], "2014-10-31")
        self.assertEqual(len(offered), 130)
        self.assertIn("2025-06-10", self.get_pyramid(day="2025-06-10")["days"])

    def test_a_day_that_is_none(self):
        for day in ("2025-13-01", "yesterday", 5):
            with self.subTest(day=day), self.assertRaises(ValidationError):
                self.get_pyramid(day=day)

    def test_a_day_between_shows_the_evaluation_before(self):
        self.assertEqual(self.get_pyramid(day="2025-06-29")["day"], "2025-05-31")

    def test_no_evaluation_until_then(self):
        with self.assertRaises(ValidationError):
            self.get_pyramid(day="2025-05-30")

    def test_the_policy_of_then_explains_it(self):
        self.policy.copy({"name": "Another"}).action_activate()
        self.recalculate(as_of=TODAY)
        self.assertEqual(self.get_pyramid()["policy"]["name"], "Another")
        past = self.get_pyramid(day="2025-06-30")
        self.assertEqual(past["policy"]["id"], self.policy.id)

    def test_who_sees_all_sees_the_past(self):
        self.assertEqual(self.get_pyramid(self.all_leads, day="2025-06-30")["total"]["count"], 20)

    def test_who_sees_own_customers_sees_the_present_alone(self):
        self.assertEqual(self.get_pyramid(self.salesperson)["days"], [])
        with self.assertRaises(AccessError):
            self.get_pyramid(self.salesperson, day="2025-06-30")


@tagged("post_install", "-at_install")
class TestPyramidStates(PyramidCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.fresh = cls.create_company("Fresh Ltd")
        (cls.manager + cls.salesperson).company_ids += cls.fresh

    def test_no_recalculation_yet(self):
        pyramid = self.get_pyramid(company=self.fresh)
        self.assertEqual((pyramid["state"], pyramid["run"]), ("no_run", False))
        self.assertNotIn("levels", pyramid)

    def test_the_first_one_is_waiting(self):
        runs = self.env["crm.relationship.run"].with_user(self.manager)
        runs.with_context(allowed_company_ids=self.fresh.ids).action_request()
        self.assertEqual(self.get_pyramid(company=self.fresh)["state"], "waiting")
        self.assertFalse(self.get_pyramid()["is_running"])

    def test_a_draft_only(self):
        draft = self.fresh._get_relationship_policy()
        draft.state = "draft"
        pyramid = self.get_pyramid(company=self.fresh)
        self.assertEqual((pyramid["state"], pyramid["policy"]["id"]), ("no_policy", draft.id))

    def test_no_policy(self):
        policy = self.fresh._get_relationship_policy()
        policy.state = "draft"
        policy.unlink()
        pyramid = self.get_pyramid(company=self.fresh)
        self.assertEqual((pyramid["state"], pyramid["policy"]), ("no_policy", False))

    def test_measured_without_customers(self):
        self.recalculate(as_of=TODAY, company=self.fresh)
        pyramid = self.get_pyramid(company=self.fresh)
        self.assertEqual((pyramid["state"], pyramid["total"]["count"]), ("ready", 0))

    def test_backfills_are_no_recalculations(self):
        backfill = {"company_id": self.company.id, "kind": "backfill", "error": "Disk full"}
        run = self.env["crm.relationship.run"].create(backfill)
        for state in ("pending", "running", "failed"):
            run.state = state
            pyramid = self.get_pyramid()
            self.assertFalse(pyramid["is_running"] or pyramid["failure"], state)

    def test_a_recalculation_on_is_told(self):
        # One that waits has no kind yet.
        run = self.env["crm.relationship.run"].create({"company_id": self.company.id})
        self.assertTrue(self.get_pyramid()["is_running"])
        run.write({"state": "running", "kind": "incremental"})
        self.assertTrue(self.get_pyramid()["is_running"])

    def test_managers_hear_of_a_failed_run(self):
        values = {"company_id": self.company.id, "state": "failed", "error": "Disk full"}
        self.env["crm.relationship.run"].create(values)
        self.assertEqual(self.get_pyramid()["failure"]["error"], "Disk full")
        self.assertFalse(self.get_pyramid(self.salesperson)["failure"])
        self.assertFalse(self.get_pyramid(company=self.fresh)["failure"])
        self.recalculate(as_of=TODAY)
        self.assertFalse(self.get_pyramid()["failure"])


@tagged("post_install", "-at_install")
class TestPyramidAccess(PyramidCase, HttpCase):
    def test_salespeople_see_own_and_unassigned_customers(self):
        self.customers.user_id = self.manager
        self.assertEqual(self.get_pyramid(self.salesperson)["total"]["count"], 1)
        self.riser.user_id = self.salesperson
        pyramid = self.get_pyramid(self.salesperson)
        self.assertEqual(self.get_levels(pyramid), {"A": 1, "B": 0, "C": 0, "D": 0})
        self.assertEqual(pyramid["total"]["amount"], 1000 + 9 + 0.5)
        self.assertEqual(pyramid["up"]["count"], 1)
        self.assertEqual(self.get_pyramid(self.all_leads)["total"]["count"], 20)

    def test_moves_of_a_colleagues_customers_stay_hidden(self):
        self.riser.user_id = self.manager
        pyramid = self.get_pyramid(self.salesperson)
        self.assertEqual(pyramid["up"]["count"], 0)
        self.assertEqual(self.count_listed(pyramid["up"], self.salesperson), 0)

    def test_another_company(self):
        other = self.create_company("Elsewhere Ltd")
        pyramids = self.env["crm.relationship.pyramid"].with_user(self.manager)
        with self.assertRaises(AccessError):
            pyramids.get_pyramid(other.id)
        with self.assertRaises(AccessError):
            pyramids.with_context(allowed_company_ids=other.ids).get_pyramid()

    def test_the_current_company_is_the_default(self):
        model = self.env["crm.relationship.pyramid"].with_user(self.manager)
        self.assertEqual(model.get_pyramid()["company"]["id"], self.company.id)

    def test_two_companies_are_told_apart(self):
        other = self.create_company("Elsewhere Ltd")
        self.manager.company_ids += other
        self.make_invoices([(self.customers[0], TODAY - timedelta(days=1), 50)], company=other)
        self.recalculate(as_of=TODAY, company=other)
        model = self.env["crm.relationship.pyramid"].with_user(self.manager)
        both = model.with_context(allowed_company_ids=[self.company.id, other.id])
        self.assertEqual(both.get_pyramid(other.id)["total"]["count"], 1)
        pyramid = both.get_pyramid(self.company.id)
        self.assertEqual(pyramid["total"]["count"], 20)
        self.assertEqual(len(pyramid["companies"]), 2)

    def test_nobody_else_learns_anything(self):
        employee = self.new_user("pyramid_employee", "base.group_user")
        portal = self.new_user("pyramid_portal", "base.group_portal")
        public = self.env.ref("base.public_user")
        for user in (employee, portal, public):
            with self.assertRaises(AccessError):
                self.env["crm.relationship.pyramid"].with_user(user).get_pyramid()

    @mute_logger("odoo.http")
    def test_a_portal_user_over_http(self):
        new_test_user(self.env, "pyramid_http", groups="base.group_portal")
        self.authenticate("pyramid_http", "pyramid_http")
        answer = self.make_jsonrpc_request_raw("get_pyramid")
        self.assertEqual(answer["error"]["data"]["name"], "odoo.exceptions.AccessError")
        self.assertNotIn("VIP", json.dumps(answer))

    def make_jsonrpc_request_raw(self, method):
        params = {"model": "crm.relationship.pyramid", "method": method, "args": [], "kwargs": {}}
        answer = self.url_open(
            "/web/dataset/call_kw",
            data=json.dumps({"jsonrpc": "2.0", "method": "call", "params": params}),
            headers={"Content-Type": "application/json"},
        )
        return answer.json()
