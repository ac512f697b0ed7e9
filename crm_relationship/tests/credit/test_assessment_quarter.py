from datetime import date, timedelta
from unittest.mock import patch

from odoo.tests import tagged

from .common_assessment import QUARTER_END, TODAY, AssessmentCase

DAY = timedelta(days=1)


@tagged("post_install", "-at_install")
class TestAssessmentQuarter(AssessmentCase):
    """The scheduler makes the drafts of the quarter that is over, once, and ends approvals."""

    def run_cron(self):
        self.env["crm.relationship.credit.assessment"]._cron_assess()
        self.env.invalidate_all()

    def find(self, company=None):
        return self.assessments.search([("company_id", "=", (company or self.company).id)])

    def test_off_until_turned_on(self):
        self.assertFalse(self.credit_policy.assesses)
        self.run_cron()
        self.assertFalse(self.find())
        self.assertTrue(self.assess())

    def test_the_customers_of_the_policy_once(self):
        others = self.make_ranking([1, 2, 3, 4, 5, 6, 7, 8, 9])
        self.recalculate(QUARTER_END, full=True)
        self.credit_policy.assesses = True
        top = self.env["crm.relationship.profile"].search(
            [("company_id", "=", self.company.id), ("tier_id.is_top", "=", True)]
        )
        self.assertTrue(top)
        self.run_cron()
        self.assertEqual(self.find().partner_id, top.partner_id)
        self.assertFalse(self.find().partner_id & others)
        self.assertEqual(set(self.find().mapped("state")), {"draft"})
        self.assertEqual(self.credit_policy.assessed_quarter, QUARTER_END)
        self.find()[:1].unlink()
        self.run_cron()
        self.assertEqual(len(self.find()), len(top) - 1)
        self.set_today(date(2025, 10, 1))
        self.run_cron()
        drafts = self.find().filtered(lambda each: each.date_end == date(2025, 9, 30))
        self.assertEqual(drafts.partner_id, top.partner_id)

    def test_one_made_by_hand_is_not_made_again(self):
        by_hand = self.assess()
        self.credit_policy.write({"assesses": True, "assessment_domain": "[]"})
        self.run_cron()
        self.assertEqual(self.find(), by_hand)
        self.assertEqual(self.assess(), by_hand)

    def test_in_batches(self):
        self.make_ranking([100] * 7)
        self.recalculate(QUARTER_END, full=True)
        self.credit_policy.write({"assesses": True, "assessment_domain": "[]"})
        module = "odoo.addons.crm_relationship.models.credit"
        with patch(f"{module}.crm_relationship_credit_assessment_creation.BATCH", 3):
            self.run_cron()
        self.assertEqual(len(self.find()), 8)
        self.assertEqual(
            set(map(len, self.find().mapped("line_ids").grouped("assessment_id").values())), {20}
        )

    def test_archived_customers_are_left_out(self):
        self.customer.active = False
        self.recalculate(TODAY)
        self.credit_policy.write({"assesses": True, "assessment_domain": "[]"})
        self.run_cron()
        self.assertFalse(self.find())

    def test_a_failure_leaves_the_other_companies(self):
        other = self.create_company("Second Ltd")
        customer = self.make_customers(1)
        self.make_invoices([(customer, QUARTER_END, 10)], company=other)
        self.recalculate(TODAY, company=other)
        policies = self.credit_policy | self.credit_policy._get_of_company(other)
        policies.write({"assesses": True, "assessment_domain": "[]"})
        self.company.relationship_alert_user_ids = self.manager
        # A filter that was valid when it was written, on a field that has gone since.
        self.env.flush_all()
        self.env.cr.execute(
            "UPDATE crm_relationship_credit_policy SET assessment_domain = %s WHERE id = %s",
            ["[('gone', '=', 1)]", self.credit_policy.id],
        )
        self.env.invalidate_all()
        with self.assertLogs("odoo.addons.crm_relationship", "ERROR") as logs:
            self.run_cron()
        self.assertIn("Relationship Ltd", logs.output[0])
        self.assertFalse(self.find())
        self.assertEqual(self.find(other).partner_id, customer)
        told = self.env["mail.message"].search(
            [("model", "=", "res.company"), ("res_id", "=", self.company.id)], limit=1
        )
        self.assertIn(self.manager.partner_id, told.notified_partner_ids)

    def test_approvals_end_when_their_time_is_over(self):
        self.credit_policy.assessment_months = 3
        approved = self.approve()
        profile = self.get_profile(self.customer)
        last = date(2025, 10, 14)
        self.assertEqual(approved.valid_until, last)
        self.grades["AAA"].score_from = 89  # the automatic grade may differ from the approved
        self.set_today(last)
        self.run_cron()
        self.assertEqual(approved.state, "approved")
        self.assertEqual(profile._get_valid_credit_grade(), approved.grade_id)
        profile.sudo().credit_grade_id = self.grades["AAA"]
        self.set_today(last + DAY)
        self.assertEqual(profile._get_valid_credit_grade(), self.grades["AAA"])
        self.run_cron()
        self.assertEqual(approved.state, "expired")
        self.assertFalse(profile.assessed_grade_id or profile.assessed_until)
        change = profile.change_ids.filtered(lambda each: each.cause == "approval_end")
        self.assertEqual((change.old_value, change.new_value), (approved.grade_code, "AAA"))

    def test_who_waits_sees_the_grade_that_holds(self):
        draft = self.assess()
        before = draft.current_grade_id
        other = self.grades["AAA"]
        self.assertEqual((before.code, draft.change), (draft.grade_code, "same"))
        self.get_profile(self.customer).sudo().credit_grade_id = other
        self.run_cron()
        self.assertEqual((draft.current_grade_id, draft.change), (other, "down"))
        found = self.assessments.search([("change", "in", ["first", "up", "down"])])
        self.assertIn(draft, found)

    def test_only_who_assesses_does_it_by_hand(self):
        for user in (self.manager, self.first):
            action = self.get_profile(self.customer).with_user(user).action_assess()
            self.assertEqual(action["res_model"], "crm.relationship.credit.assessment")
        self.assertEqual(len(self.find()), 1)
        self.assertEqual(self.get_profile(self.customer).assessment_count, 1)

    def merge(self, source, kept):
        self.env["base.partner.merge.automatic.wizard"].create({})._merge((source + kept).ids, kept)
        self.env.flush_all()
        self.env.invalidate_all()

    def test_merged_contacts_keep_their_assessments(self):
        twin = self.make_ranking([900], day=date(2025, 5, 5))
        self.recalculate(TODAY, full=True)
        mine, theirs = self.assess(), self.assess(twin)
        self.approve(theirs)
        lines = len((mine | theirs).line_ids)
        self.merge(twin, self.customer)
        found = self.find()
        self.assertEqual(found, mine | theirs)
        self.assertEqual(found.partner_id, self.customer)
        self.assertEqual((mine.state, theirs.state), ("expired", "approved"))
        self.assertEqual(len(found.line_ids), lines)
        profile = self.get_profile(self.customer)
        self.assertEqual(profile.assessed_grade_id, theirs.grade_id)
        self.assertEqual(profile.assessment_count, 2)
