from datetime import date, timedelta

from psycopg2.errors import CheckViolation

from odoo import Command
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import tagged
from odoo.tools import mute_logger

from ...models.credit.crm_relationship_credit_assessment import SETTLES
from .common_assessment import TODAY, AssessmentCase


@tagged("post_install", "-at_install")
class TestAssessmentApproval(AssessmentCase):
    """Proposed by one, approved by another, locked: whatever the route."""

    def test_the_way_of_an_assessment(self):
        draft = self.assess()
        self.assertEqual(draft.state, "draft")
        draft.action_propose()
        self.assertEqual((draft.state, draft.proposed_by_id), ("proposed", self.manager))
        draft.with_user(self.first).action_approve()
        self.assertEqual((draft.state, draft.approved_by_id), ("approved", self.first))
        self.assertEqual((draft.approved_date, draft.valid_until), (TODAY, date(2026, 1, 14)))
        profile = self.get_profile(self.customer)
        self.assertEqual(profile.assessed_grade_id, draft.grade_id)
        self.assertEqual(profile.assessed_until, draft.valid_until)

    def test_managers_propose_and_do_not_approve(self):
        draft = self.assess(user=self.first)
        draft.action_propose()
        with self.assertRaises(AccessError):
            draft.with_user(self.manager).action_approve()

    def test_nobody_approves_his_own_proposal(self):
        draft = self.assess(user=self.first)
        draft.action_propose()
        for own in (draft, draft.sudo(), draft.with_context(**{SETTLES: True})):
            with self.assertRaisesRegex(AccessError, "Another person"):
                own.action_approve()
        self.assertEqual(draft.state, "proposed")

    def test_nobody_approves_the_levels_that_he_set(self):
        draft = self.assess(user=self.first)
        self.set_level(draft, "management", "Excellent")
        draft.with_user(self.manager).action_propose()
        with self.assertRaisesRegex(AccessError, "Another person"):
            draft.action_approve()
        draft.with_user(self.second).action_approve()

    def test_a_returned_one_still_needs_two(self):
        draft = self.assess(user=self.first)
        draft.action_propose()
        draft.with_user(self.second)._return("Judge it again")
        self.assertEqual((draft.state, draft.proposed_by_id.id), ("draft", False))
        self.assertEqual(draft.return_reason, "Judge it again")
        draft.with_user(self.second).action_propose()
        with self.assertRaises(AccessError):
            draft.with_user(self.second).action_approve()
        draft.action_approve()
        self.assertEqual(draft.state, "approved")

    def test_only_approvers_and_the_proposer_return(self):
        draft = self.assess(user=self.first)
        draft.action_propose()
        with self.assertRaises(AccessError):
            draft.with_user(self.manager)._return("No")
        wizard = self.env["crm.relationship.assessment.return"].with_user(self.second)
        wizard = wizard.with_context(active_model=draft._name, active_ids=draft.ids)
        wizard.create({"reason": "Not yet"}).action_return()
        self.assertEqual(draft.state, "draft")
        self.assertIn("Not yet", draft.message_ids[:1].body)
        draft.with_user(self.manager).action_propose()
        draft.with_user(self.manager)._return("My mistake")
        self.assertEqual(draft.state, "draft")

    def forge(self):
        """Return what somebody might try to write to approve by himself."""
        return (
            {"state": "approved"},
            {"state": "approved", "approved_by_id": self.second.id},
            {"proposed_by_id": self.second.id},
            {"approved_by_id": self.first.id},
            {"valid_until": "2099-12-31"},
            {"score": 99},
            {"grade_id": self.grades["AAA"].id},
            {"grade_code": "AAA"},
            {"grades": []},
            {"date_end": "2025-03-31"},
            {"partner_id": self.env.user.partner_id.id},
            {"proposed_limit": 10**6},
            {"monthly_revenue": 10**6},
            {"current_grade_id": self.grades["AAA"].id},
        )

    def test_no_write_changes_what_the_steps_decide(self):
        draft = self.assess(user=self.first)
        for state in ("draft", "proposed", "approved"):
            self.assertEqual(draft.state, state)
            for vals in self.forge():
                for user in (
                    self.first,
                    self.second,
                    self.manager,
                    self.env.ref("base.user_admin"),
                ):
                    record = draft.with_user(user).with_company(self.company)
                    for way in (record, record.with_context(**{SETTLES: True}), record.sudo()):
                        with self.subTest(state=state, vals=vals), self.assertRaises(UserError):
                            way.write(vals)
            if state == "draft":
                draft.action_propose()
            elif state == "proposed":
                draft.with_user(self.second).action_approve()

    def test_nobody_enters_copies_or_imports_one(self):
        draft = self.assess(user=self.first)
        forged = {
            "partner_id": self.make_customers(1).id,
            "company_id": self.company.id,
            "date_end": "2025-06-30",
            "state": "approved",
        }
        for user in (self.first, self.manager, self.salesperson):
            own = self.assessments.with_user(user)
            with self.assertRaises(UserError):
                own.create(forged)
            with self.assertRaises(UserError):
                draft.with_user(user).copy({"state": "approved"})
            result = own.load(
                ["partner_id/.id", "company_id/.id", "date_end", "state"],
                [[str(forged["partner_id"]), str(self.company.id), "2025-06-30", "approved"]],
            )
            self.assertFalse(result["ids"])
            result = own.load([".id", "state"], [[str(draft.id), "approved"]])
            self.assertFalse(result["ids"])
        for vals in (forged, {**forged, "state": "draft"}):
            with self.assertRaises(UserError):
                self.assessments.sudo().create(vals)
        self.assertEqual(draft.state, "draft")

    def test_defaults_of_a_call_do_not_get_in(self):
        profile = self.get_profile(self.customer).with_user(self.first)
        profile = profile.with_context(
            default_state="approved",
            default_approved_by_id=self.second.id,
            default_proposed_by_id=self.second.id,
            default_valid_until="2099-12-31",
            default_given=50,
            default_is_entered=True,
            default_judged_by_id=self.second.id,
        )
        action = profile.action_assess()
        draft = self.assessments.with_context(**profile.env.context).browse(action["res_id"])
        draft = draft.with_user(self.first)
        self.assertEqual((draft.state, draft.approved_by_id.id), ("draft", False))
        self.assertFalse(draft.proposed_by_id or draft.valid_until)
        draft.action_measure()
        for name in ("is_entered", "judged_by_id"):
            self.assertFalse(any(draft.line_ids.mapped(name)), name)
        self.assertNotIn(50, draft.line_ids.mapped("given"))

    def test_measured_lines_are_not_edited(self):
        draft = self.assess(user=self.first)
        line = self.get_line(draft, "growth")
        judged = self.get_line(draft, "management")
        for each, vals in (
            (line, {"given": 5}),
            (line, {"value": 100}),
            (line, {"note": "Trust me"}),
            (judged, {"given": 3}),
            (judged, {"points": 50}),
            (judged, {"bands": []}),
            (judged, {"judged_by_id": self.second.id}),
            (judged, {"is_entered": False}),
            (judged, {"level_id": self.get_level("management", "Good").id, "share": 100}),
        ):
            with self.subTest(vals=vals), self.assertRaises(UserError):
                each.write(vals)
            with self.assertRaises(UserError):
                draft.write({"line_ids": [Command.update(each.id, vals)]})
        for command in (Command.delete(line.id), Command.clear(), Command.create({"code": "x"})):
            with self.assertRaises(UserError):
                draft.write({"line_ids": [command]})
        with self.assertRaises(UserError):
            line.unlink()

    def test_no_levels_change_after_the_proposal(self):
        draft = self.assess(user=self.first)
        self.set_level(draft, "management", "Poor")
        draft.action_propose()
        line = self.get_line(draft, "management")
        for user in (self.first, self.second):
            with self.assertRaises(UserError):
                line.with_user(user).level_id = self.get_level("management", "Excellent")
            with self.assertRaises(UserError):
                draft.with_user(user).note = "Changed"

    def test_several_are_approved_together_or_not_at_all(self):
        other = self.make_ranking([500], day=date(2025, 6, 15))
        self.recalculate(TODAY)
        mine, theirs = self.assess(user=self.first), self.assess(other)
        mine.action_propose()
        theirs.action_propose()
        both = (mine | theirs).with_user(self.first)
        with self.assertRaisesRegex(AccessError, "Assessed Ltd"):
            both.action_approve()
        self.assertEqual(set(both.mapped("state")), {"proposed"})
        both.with_user(self.second).action_approve()
        self.assertEqual(set(both.mapped("state")), {"approved"})

    def test_nothing_known_is_not_proposed(self):
        empty = self.make_customers(1)
        self.env["crm.lead"].create(
            {"name": "Lead", "partner_id": empty.id, "company_id": self.company.id}
        )
        self.recalculate(TODAY)
        draft = self.assess(empty)
        self.assertFalse(draft.grade_code)
        with self.assertRaisesRegex(UserError, "Nothing is known"):
            draft.action_propose()

    def test_only_drafts_are_deleted(self):
        draft = self.assess()
        draft.action_propose()
        for user in (self.first, self.manager):
            with self.assertRaises(UserError):
                draft.with_user(user).unlink()
        draft._return("Again")
        self.assertEqual(self.get_profile(self.customer).assessment_count, 1)
        draft.unlink()
        self.assertFalse(draft.exists())
        self.assertEqual(self.get_profile(self.customer).assessment_count, 0)
        approved = self.approve()
        with self.assertRaises(UserError):
            approved.sudo().unlink()

    # --------------------------------------------------------------- locked

    def read_all(self, assessment):
        """Return all that is kept of an assessment, links to what may go left out."""
        assessment.invalidate_recordset()
        links = {"grade_id", "tier_id", "previous_id", "current_grade_id", "write_date"}
        fields = [
            name
            for name, field in assessment._fields.items()
            if field.store and not name.startswith(("message_", "activity_")) and name not in links
        ]
        lines = assessment.line_ids
        lines.invalidate_recordset()
        kept = [
            name
            for name, field in lines._fields.items()
            if (field.store or name in ("name", "band_name", "value_text"))
            and name not in ("criterion_id", "level_id")
        ]
        return (
            assessment.read(fields),
            assessment.read(["statement_table", "opinion_table", "grade_table", "verdict"]),
            lines.read(kept),
        )

    def test_what_is_approved_outlives_its_sources(self):
        judgement = self.judge(self.customer, "reputation", "Fair")
        statement = self.state(self.customer, date_end=date(2024, 12, 31))
        draft = self.assess()
        self.set_level(draft, "management", "Good")
        approved = self.approve(draft)
        before = self.read_all(approved)
        self.assertIn("from 2", str(before[2]))
        self.credit_policy.write({"unknown_share": 0, "coverage_min": 99, "assessment_months": 1})
        self.grades["B"].write({"score_from": 1, "code": "BB", "limit_months": 9})
        self.grades["A"].score_from = 2
        ratio = self.criteria["current_ratio"]
        ratio.write(
            {"name": "Renamed", "band_ids": [Command.create({"value_from": 7, "share": 1})]}
        )
        ratio.band_ids.filtered(lambda band: band.value_from != 7).unlink()
        judgement.search([("partner_id", "=", self.customer.id)]).unlink()
        self.criteria["management"].band_ids.filtered(lambda band: band.name == "Good").unlink()
        growth = self.criteria["growth"]
        self.credit_policy.criterion_ids = [
            Command.update(self.criteria["legal_standing"].id, {"points": 3 + growth.points}),
            Command.update(growth.id, {"points": 0}),
        ]
        growth.unlink()
        statement.sudo().unlink()
        self.recalculate(TODAY + timedelta(days=1))
        self.assertEqual(self.read_all(approved), before)
        for records in (approved, approved.line_ids):
            for field in records._fields.values():
                if field.store and field.compute:
                    self.env.add_to_compute(field, records)
        self.env.flush_all()
        self.assertEqual(self.read_all(approved), before)
        html = self.env["ir.actions.report"]._render_qweb_html(
            "crm_relationship.report_credit_assessment", approved.ids
        )[0]
        self.assertIn(b"Growth of Purchases", html)

    # -------------------------------------------------------------- effects

    def test_a_changed_grade_goes_to_the_history(self):
        for code in ("legal_standing", "management", "reputation", "cooperation"):
            self.judge(self.customer, code, "Unacceptable")
        draft = self.assess()
        for code in ("legal_standing", "management", "reputation", "cooperation"):
            self.set_level(draft, code, "Excellent")
        self.grades["B"].score_from = draft.score - 0.5
        draft.action_measure()
        automatic = self.get_profile(self.customer).credit_grade_id
        self.assertEqual((automatic.code, draft.grade_code, draft.change), ("C", "B", "up"))
        self.approve(draft)
        profile = self.get_profile(self.customer)
        change = profile.change_ids.filtered(lambda each: each.cause == "approved")
        self.assertEqual((change.old_value, change.new_value), ("C", "B"))
        self.assertEqual(change.user_id, self.second)
        self.assertIn("it holds until", change.reason)
        self.assertIn("B holds: it was approved until", profile.credit_explanation)

    def test_the_levels_become_judgements_of_who_set_them(self):
        old = self.judge(self.customer, "reputation", "Poor")
        draft = self.assess()
        self.set_level(draft, "management", "Good")
        self.set_level(draft, "reputation", "Fair")
        self.get_line(draft, "management").note = "Visited them"
        self.approve(draft)
        found = self.env["crm.relationship.credit.judgement"].search(
            [("partner_id", "=", self.customer.id)]
        )
        self.assertEqual(
            {(each.criterion_id.code, each.band_id.name, each.user_id) for each in found},
            {("management", "Good", self.manager), ("reputation", "Fair", self.manager)},
        )
        self.assertFalse(old.exists())
        self.assertIn("Visited them", found.mapped("note"))

    def test_a_newer_judgement_stays(self):
        draft = self.assess()
        self.set_level(draft, "management", "Good")
        self.set_today(TODAY + timedelta(days=1))
        newer = self.judge(self.customer, "management", "Poor")
        self.approve(draft)
        self.assertEqual(newer.exists().band_id.name, "Poor")

    def test_the_next_approval_ends_the_former(self):
        former = self.approve()
        self.set_today(date(2025, 10, 5))
        latter = self.approve()
        self.assertEqual((former.state, latter.state), ("expired", "approved"))
        profile = self.get_profile(self.customer)
        self.assertEqual(profile.assessed_until, date(2026, 4, 5))

    def test_an_older_quarter_comes_too_late(self):
        older = self.assess()
        self.set_today(date(2025, 10, 5))
        self.approve()
        older.action_propose()
        with self.assertRaisesRegex(UserError, "too late"):
            older.with_user(self.second).action_approve()

    def test_an_older_quarter_comes_too_late_even_when_the_later_one_expired(self):
        older = self.assess()
        older.action_propose()
        self.set_today(date(2025, 10, 5))
        later = self.approve()
        later._settling().state = "expired"
        with self.assertRaisesRegex(UserError, "too late"):
            older.with_user(self.second).action_approve()

    def test_a_grade_that_the_policy_lost_is_not_approved(self):
        draft = self.assess()
        draft.action_propose()
        draft._settling().grade_id = False
        with self.assertRaisesRegex(UserError, "no grade to approve"):
            draft.with_user(self.second).action_approve()

    def test_the_evening_before_is_no_day_to_come(self):
        draft = self.assess(user=self.first)
        self.set_level(draft, "management", "Excellent")
        draft.with_user(self.manager).action_propose()
        line = self.get_line(draft._settling(), "management")
        line.judged_date = TODAY + timedelta(days=1)
        draft.with_user(self.second).action_approve()
        self.assertEqual(self.customer.relationship_judgement_ids.date, TODAY)

    def test_an_approver_gets_a_task(self):
        draft = self.assess(user=self.first)
        draft.action_propose()
        self.assertNotIn(self.first, draft.activity_ids.user_id)
        self.assertTrue(draft.activity_ids.user_id.has_group("crm_relationship.group_credit"))
        draft.with_user(self.second)._return("No")
        self.assertFalse(draft.activity_ids)
        draft.action_propose()
        draft.with_user(self.second).action_approve()
        self.assertFalse(draft.activity_ids)

    def test_a_grade_that_is_held_stays(self):
        approved = self.approve()
        grade = approved.grade_id
        self.env["crm.relationship.profile"].search(
            [("credit_grade_id", "=", grade.id)]
        ).credit_grade_id = False
        if grade.code == "C":
            self.credit_policy.grade_ids = [
                Command.update(grade.id, {"score_from": 1}),
                Command.update(self.grades["B"].id, {"score_from": 0}),
            ]
        with self.assertRaisesRegex(UserError, "have the grade"):
            grade.unlink()

    def test_limits_are_not_negative(self):
        draft = self.assess()
        draft.action_propose()
        with mute_logger("odoo.sql_db"), self.assertRaises(CheckViolation):
            draft.with_user(self.second).approved_limit = -1
            self.env.flush_all()


@tagged("post_install", "-at_install")
class TestAssessmentAccess(AssessmentCase):
    """Salespeople read what they see of customers; nobody else's company is seen."""

    def test_salespeople_read_their_customers(self):
        own = self.assess().with_user(self.salesperson)
        self.assertEqual(own.line_ids[0].partner_id, self.customer)
        for step in (
            own.action_propose,
            own.action_approve,
            own.action_measure,
            own.unlink,
            lambda: own._return("x"),
            lambda: own.write({"note": "x"}),
            lambda: self.get_line(own, "management").write({"note": "x"}),
            self.get_profile(self.customer).with_user(self.salesperson).action_assess,
        ):
            with self.assertRaises(AccessError):
                step()
        other = self.new_user("assess_other", "sales_team.group_sale_salesman")
        self.customer.user_id = other
        self.env.invalidate_all()
        with self.assertRaises(AccessError):
            own.read(["score"])
        with self.assertRaises(AccessError):
            own.line_ids.read(["given"])
        self.assertFalse(self.assessments.with_user(self.salesperson).search([]))

    def test_portal_and_other_companies_see_nothing(self):
        approved = self.approve()
        portal = self.new_user("assess_portal", "base.group_portal")
        with self.assertRaises(AccessError):
            approved.with_user(portal).read(["score"])
        elsewhere = self.create_company("Elsewhere Ltd")
        stranger = self.new_user(
            "assess_stranger",
            "crm_relationship.group_manager,crm_relationship.group_credit",
            company=elsewhere,
        )
        with self.assertRaises(AccessError):
            approved.with_user(stranger).read(["score"])
        with self.assertRaises(AccessError):
            self.assessments.with_user(stranger)._assess(
                self.get_profile(self.customer).with_user(stranger)
            )

    def test_people_do_not_write_the_approved_grade(self):
        profile = self.get_profile(self.customer)
        for user in (self.manager, self.first, self.salesperson):
            with self.assertRaises(AccessError):
                profile.with_user(user).assessed_grade_id = self.grades["AAA"]

    def test_bad_domains_are_explained(self):
        for domain in ("[('nothing', '=', 1)]", "[(", "[('tier_id'"):
            with self.assertRaisesRegex(ValidationError, "valid filter"):
                self.credit_policy.assessment_domain = domain
