from odoo.tests import tagged

from .common_portal import ComplaintPortalCase


@tagged("post_install", "-at_install")
class TestTourComplaintPortal(ComplaintPortalCase):
    """A portal customer files, disputes and rates; the handler answers in between."""

    def tour(self, name, url="/my"):
        self.start_tour(url, f"crm_relationship_complaint_portal_{name}", login="portal_ann")

    def test_the_whole_way(self):
        self.patch_password()
        self.tour("file")
        complaint = self.env["crm.relationship.complaint"].search(
            [("subject", "=", "Tour: the press is loud")]
        )
        self.assertEqual((complaint.contact_id, complaint.channel), (self.contact, "portal"))
        complaint.user_id = self.handler
        self.answer(complaint, cause_id=self.cause.id)
        self.tour("dispute", self.url(complaint=complaint))
        self.assertEqual(complaint.stage_code, "assessing")
        self.answer(complaint)
        self.tour("accept", self.url(complaint=complaint))
        self.assertEqual((complaint.stage_code, complaint.result), ("closed", "accepted"))
        self.tour("rate", self.url(complaint=complaint))
        self.assertEqual((complaint.rating_last_value, complaint.outcome_rating), (5, "3"))

    def patch_password(self):
        """Let the browser log in: it takes the login for the password."""
        self.ann_user.password = self.ann_user.login
