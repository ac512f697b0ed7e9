import re
from datetime import date

from odoo.tests import tagged

from .common_reviews import ReviewCase


@tagged("post_install", "-at_install")
class TestReviewChanges(ReviewCase):
    """What changed between two reviews, compared with a case worked out by hand."""

    def scores(self, review, code):
        return next(
            row["score"] for row in review.snapshot["scores"]["dimensions"] if row["code"] == code
        )

    def judge(self, value):
        row = self.plan.score_ids.filtered(lambda score: score.dimension_id.code == "delivery")
        row.write({"judged_score": value, "evidence": "Survey", "is_judged": True})

    def test_nothing_before_the_first(self):
        self.hold()
        self.assertFalse(self.review.changes)
        self.assertFalse(self.review.has_score_change)
        self.assertIn("Nothing has changed", self.plan.with_user(self.owner).changes_since_review)

    def test_by_hand(self):
        self.judge(40)
        ben = self.make_role("Ben", reports_to_id=self.role.id)
        gone = self.make_role("Gus")
        late = self.make_action(name="Late", date_deadline=date(2025, 3, 1))
        talk = self.make_action(name="Talk")
        goal = self.make_goal(name="Trust")
        self.hold()
        self.judge(70)
        self.role.write({"support": "2", "coverage": "deep", "is_coach": True})
        ben.write({"buying_role": "economic_buyer", "reports_to_id": False})
        gone.unlink()
        self.make_role("Cleo")
        talk.write(
            {
                "state": "done",
                "result": "advance",
                "advance_id": self.advance.id,
                "feedback": "A trial in May",
            }
        )
        goal.action_reach()
        new = self.make_action(name="Newly late", date_deadline=date(2025, 6, 1))
        second = self.hold(day="2025-07-01")
        changes = self.compare(second)
        self.assertIn({"code": "delivery", "from": 40, "to": 70}, changes["scores"])
        self.assertEqual(
            [(one["kind"], one["role"]["name"]) for one in changes["chain"]],
            [("came", "Cleo"), ("left", "Gus"), ("changed", "Ann"), ("changed", "Ben")],
        )
        fields = {one["role"]["name"]: one.get("fields") for one in changes["chain"]}
        self.assertEqual(fields["Ann"], ["support", "coverage"])
        self.assertEqual(fields["Ben"], ["buying_role", "reports_to_id"])
        flags = {(one["kind"], one["code"]) for one in changes["flags"]}
        self.assertEqual(
            flags,
            {
                ("raised", "unseen_decider"),  # Ben, whom nobody of ours has met
                ("cleared", "no_economic_buyer"),
                ("cleared", "no_coach"),
            },
        )
        self.assertEqual(
            [(one["kind"], one["row"]["name"]) for one in changes["actions"]],
            [
                ("advance", talk.name),
                ("goal", goal.name),
                ("still_overdue", late.name),
                ("overdue", new.name),
            ],
        )
        for text in ("40", "70", "+30", "Cleo", "Gus", "joined", "Test Trial", "still overdue"):
            self.assertIn(text, second.changes)
        self.assertEqual(second.score_change, second.score - self.review.score)
        self.assertTrue(second.has_score_change)

    def test_health(self):
        """With the assessment alone, the health is its score; without it there is none."""
        factors = self.env["crm.relationship.plan.health.factor"].search([])
        (factors - self.env.ref("crm_relationship.health_factor_assessment")).active = False
        dimensions = self.env["crm.relationship.plan.dimension"].search([])
        (dimensions - self.env.ref("crm_relationship.dimension_delivery")).active = False
        self.hold()
        kept = self.review.snapshot["health"]
        self.assertEqual((kept["health"], kept["band"]), (None, None))
        self.judge(40)
        second = self.hold(day="2025-07-01")
        self.assertEqual(self.compare(second)["health"], [{"from": None, "to": 40}])
        self.judge(70)
        third = self.hold(day="2025-10-01")
        self.assertEqual(self.compare(third)["health"], [{"from": 40, "to": 70}])
        health = re.search(r"<b>Health</b>:(.*?)</li>", third.changes, re.S).group(1)
        self.assertEqual(re.findall(r"[+-]?\d+", re.sub(r"<.*?>", "", health)), ["40", "70", "+30"])
        fourth = self.hold(day="2025-12-30")
        self.assertFalse(self.compare(fourth)["health"])

    def test_objectives(self):
        values = {"plan_id": self.plan.id, "kind": "revenue", "target": 1000}
        objective = self.env["crm.relationship.plan.objective"].create(values)
        self.hold()
        with_one = self.review.snapshot["objectives"]
        self.assertEqual([row["target"] for row in with_one], [1000])
        objective.unlink()
        second = self.hold(day="2025-07-01")
        (change,) = self.compare(second)["objectives"]
        self.assertEqual((change["from"]["id"], change["to"]), (objective.id, None))
        self.assertIn("removed", second.changes)

    def test_a_project_only_for_those_who_may_read_it(self):
        lead = self.make_lead(name="Dock", expected_revenue=4321, probability=100)
        self.env["crm.relationship.plan.objective"].create(
            {"plan_id": self.plan.id, "kind": "project", "opportunity_id": lead.id, "target": 5000}
        )
        self.assertFalse(lead.with_user(self.member).has_access("read"))
        self.hold()
        lead.expected_revenue = 4444
        second = self.hold(day="2025-07-01")
        lead.expected_revenue = 4567
        lead.action_set_won()
        names = ("objective_table", "changes")
        told, hidden = (
            {
                "before": str(self.review.with_user(user).read(names)),
                "after": str(second.with_user(user).read(names)),
                "now": str(self.plan.with_user(user).changes_since_review),
            }
            for user in (self.owner, self.member)
        )
        for name, amount in (("before", "4,321"), ("after", "4,444"), ("now", "4,567")):
            self.assertIn(amount, told[name])
            self.assertNotIn(amount, hidden[name])
            self.env.invalidate_all()
        self.assertNotIn("Dock", hidden["now"])
        self.assertIn("Dock", hidden["before"])

    def test_a_snapshot_does_not_follow(self):
        self.judge(40)
        self.hold()
        kept = self.review.snapshot
        html = self.review.chain_map
        self.judge(90)
        self.role.write({"support": "-2"})
        self.role.partner_id.active = False
        self.env.invalidate_all()
        self.assertEqual(self.review.snapshot, kept)
        self.assertEqual(self.review.chain_map, html)
        self.assertEqual(self.scores(self.review, "delivery"), 40)
        changes = self.plan.with_user(self.owner).changes_since_review
        self.assertIn("left the chain", changes)
        self.assertIn("Ann", changes)

    def test_a_deleted_contact_leaves_its_name(self):
        boss = self.role
        self.make_role("Ben", reports_to_id=boss.id)
        self.hold()
        boss.partner_id.unlink()
        self.env.invalidate_all()
        names = [row["name"] for row in self.review.snapshot["chain"]]
        self.assertEqual(sorted(names), ["", "Ben"])
        self.assertNotIn("Ann", str(self.review.snapshot["chain"]))
        self.assertIn("Deleted contact", self.review.chain_map)
        self.assertIn("Deleted contact", self.plan.with_user(self.owner).changes_since_review)
        self.env["res.partner"].search([("name", "=", "Ben")]).unlink()
        self.env.invalidate_all()
        self.assertEqual([row["name"] for row in self.review.snapshot["chain"]], ["", ""])

    def test_a_merged_contact_keeps_its_name(self):
        self.hold()
        gone, kept = self.role.partner_id, self.make_contact("Ann Smith")
        wizard = self.env["base.partner.merge.automatic.wizard"].create({})
        wizard._merge((gone + kept).ids, kept)
        self.env.flush_all()
        self.env.invalidate_all()
        self.assertFalse(gone.exists())
        (row,) = self.review.snapshot["chain"]
        self.assertEqual((row["name"], row["partner_id"]), ("Ann", kept.id))

    def test_nothing_private_is_kept(self):
        self.company.relationship_private_data = True
        note = {"role_id": self.role.id, "kind": "career", "body": "Wants Berlin"}
        self.hold()
        self.env["crm.relationship.role.note"].create(note)
        second = self.hold(day="2025-07-01")
        for review in (self.review, second):
            self.assertNotIn("Berlin", str(review.snapshot))
            self.assertNotIn("no_career_wish", str(review.snapshot))
        self.assertFalse(self.compare(second)["flags"])

    def test_the_radar_as_of_a_review(self):
        self.judge(40)
        self.hold()
        self.judge(70)
        second = self.hold(day="2025-07-01")
        self.judge(90)

        def delivery(record):
            rows = record.with_user(self.owner).assessment["dimensions"]
            return next((row["score"], row["last"]) for row in rows if row["code"] == "delivery")

        self.env.invalidate_all()
        self.assertEqual(delivery(self.review), (40, None))
        self.assertEqual(delivery(second), (70, 40))
        self.assertEqual(delivery(self.plan), (90, 70))
        self.assertEqual(second.assessment["as_of"], "2025-07-01")

    def test_the_words_are_the_readers(self):
        self.env["res.lang"]._activate_lang("fr_FR")
        coverage = self.env.ref("crm_relationship.dimension_delivery")
        coverage.with_context(lang="fr_FR").name = "Livraison"
        self.hold()
        french = self.review.with_context(lang="fr_FR")
        self.assertIn("Livraison", str(french.assessment))

    def read_spec(self, *names):
        """Return what the list of reviews reads, and other fields."""
        named = ("plan_id", "customer_id", "user_id", "participant_ids")
        plain = ("date", "state", "is_due", "score", "score_change", "flag_count", "is_assessed")
        return {
            **{name: {"fields": {"display_name": {}}} for name in named},
            **{name: {} for name in (*plain, "has_score_change", "decision_summary", *names)},
        }

    def test_a_form_takes_no_more_queries_with_many_reviews_before_it(self):
        self.plan.review_rhythm = "monthly"
        spec = self.read_spec("changes", "assessment", "chain_map", "objective_table")
        counts = []
        while planned := self.get_planned():
            review = self.hold(planned, day=str(planned.date)).with_user(self.owner)
            review.web_read(spec)  # templates and rules in memory
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            review.web_read(spec)
            counts.append(self.env.cr.sql_log_count - before)
        self.assertEqual(len(counts), 10)
        self.assertLessEqual(counts[-1], counts[1])

    def test_queries_are_bounded(self):
        plans = self.plan
        for number in range(12):
            plan = self.make_year(date(2025, 1, 1), date(2025, 12, 31), name=f"Plan {number}")
            self.make_role("Zoe", plan)
            plans |= plan
        for day in ("2025-04-01", "2025-07-01"):
            for plan in plans:
                self.hold(self.get_planned(plan), user=self.manager, day=day)
        specs = (
            (plans.review_ids, self.read_spec()),
            (plans.review_ids, {"score_change": {}, "changes": {}, "assessment": {}}),
            (plans.review_ids, {"chain_map": {}, "objective_table": {}, "is_due": {}}),
            (plans, {"changes_since_review": {}, "is_review_due": {}, "assessment": {}}),
        )
        for records, spec in specs:
            counts = []
            for ids in (records.ids[:2], records.ids):
                some = records.browse(ids)
                some.with_user(self.owner).web_read(spec)  # templates and rules in memory
                self.env.invalidate_all()
                before = self.env.cr.sql_log_count
                some.with_user(self.manager).web_read(spec)
                counts.append(self.env.cr.sql_log_count - before)
            self.assertLessEqual(counts[1], counts[0] + 8)
