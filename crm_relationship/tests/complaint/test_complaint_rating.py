from datetime import timedelta

from odoo import fields
from odoo.tests import tagged

from .common import ComplaintCase


@tagged("post_install", "-at_install")
class TestComplaintRating(ComplaintCase):
    """The complainant rates handling and outcome; a low rating has consequences."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.complaint.write({"contact_id": cls.contact.id, "team_id": cls.team.id})

    def rate(self, handling="5", outcome="5", feedback="Fine"):
        self.complaint.sudo()._rate(handling, outcome, feedback)

    def test_only_closed_ones(self):
        self.assertFalse(self.complaint.can_rate)
        self.close()
        self.assertTrue(self.complaint.can_rate)

    def test_both_answers_are_kept(self):
        self.close()
        self.rate("3", "5", "Slow")
        complaint = self.complaint
        self.assertEqual((complaint.rating_last_value, complaint.outcome_rating), (3, "5"))
        self.assertEqual(complaint.rating_last_feedback, "Slow")
        self.assertEqual(complaint.rating_ids.partner_id, self.contact)
        self.assertEqual(complaint.rating_ids.rated_partner_id, self.handler.partner_id)
        self.assertFalse(complaint.can_rate)
        self.assertEqual(complaint.stage_code, "closed")
        self.assertFalse(complaint.activity_ids)

    def test_low_outcome_tells_the_leader(self):
        self.close()
        self.rate("5", "1")
        self.assertEqual(self.complaint.activity_ids.user_id, self.leader)
        self.assertEqual(self.complaint.stage_code, "closed")

    def test_low_handling_reopens(self):
        self.company.relationship_complaint_low_rating = "reopen"
        self.close()
        self.rate("1", "5")
        self.assertEqual(self.complaint.stage_code, "assessing")
        self.assertEqual(self.complaint.reopening_ids.origin, "complainant")
        self.assertEqual(self.complaint.rating_last_value, 1)

    def test_after_the_period_the_leader_is_told(self):
        self.company.relationship_complaint_low_rating = "reopen"
        self.close()
        days = self.company.relationship_complaint_reopen_days
        self.complaint._save({"date_closed": fields.Datetime.now() - timedelta(days + 2)})
        self.rate("1", "1")
        self.assertEqual(self.complaint.stage_code, "closed")
        self.assertEqual(self.complaint.activity_ids.user_id, self.leader)

    def test_threshold(self):
        for limit, told in (("1", False), ("3", True)):
            self.company.relationship_complaint_low_rating_from = limit
            self.complaint = self.make_complaint(
                user_id=self.handler.id, contact_id=self.contact.id, team_id=self.team.id
            )
            self.close()
            self.rate("5", "3")
            self.assertEqual(bool(self.complaint.activity_ids), told)

    def test_nothing_by_setting(self):
        self.company.relationship_complaint_low_rating = "nothing"
        self.close()
        self.rate("1", "1")
        self.assertFalse(self.complaint.activity_ids)

    def test_rated_again_after_reopening(self):
        self.close()
        self.rate("1", "1")
        self.step("reopen")
        self.assertFalse(self.complaint.can_rate)
        self.close()
        self.assertTrue(self.complaint.can_rate)
        self.rate("5", "5")
        self.assertEqual(self.complaint.rating_last_value, 5)
        self.assertEqual(self.complaint.rating_count, 2)

    def test_by_odoos_own_page(self):
        """A rating that comes by Odoo's route has the same consequences."""
        self.company.relationship_complaint_low_rating = "reopen"
        self.close()
        token = self.complaint._rating_get_access_token(self.contact)
        self.complaint.sudo().rating_apply(1, token=token, feedback="Bad")
        self.assertEqual(self.complaint.stage_code, "assessing")

    def test_rating_is_no_late_message(self):
        self.company.relationship_complaint_mail_reopens = True
        self.close()
        self.rate()
        self.assertEqual(self.complaint.stage_code, "closed")
