from odoo.tests import HttpCase, tagged

from .inquiry import InquiryCase


@tagged("post_install", "-at_install")
class TestTourComplaintInquiry(InquiryCase, HttpCase):
    """Investigation, action, resolution above the limit, its approval, check of the effect."""

    def test_the_whole_inquiry(self):
        self.env["res.config.settings"].create({"group_relationship_complaint": True}).execute()
        self.make_limit(100)
        url = f"/odoo/complaints/{self.complaint.id}"
        self.start_tour(url, "crm_relationship_complaint_inquiry", login="complaint_handler")
        self.assertEqual(self.complaint.cause_id, self.cause)
        self.assertEqual(self.complaint.why_ids.answer, "Tour: the guard was loose")
        line = self.complaint.resolution_ids
        self.assertEqual((line.state, line.amount), ("waiting", 150))
        self.start_tour(
            "/odoo/complaint-resolutions",
            "crm_relationship_complaint_approval",
            login="complaint_manager",
        )
        self.assertEqual((line.state, line.decided_by_id), ("approved", self.manager))
        action = self.complaint.action_ids
        self.finish(action, 30)
        self.start_tour(
            f"/odoo/improvement-actions/{action.id}",
            "crm_relationship_complaint_effect",
            login="complaint_handler",
        )
        self.assertEqual(action.effect, "not_effective")
        self.assertEqual(action.follow_up_ids.state, "todo")
