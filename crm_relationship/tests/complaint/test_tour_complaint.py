from odoo.tests import HttpCase, tagged

from .common import ComplaintCase


@tagged("post_install", "-at_install")
class TestTourComplaint(ComplaintCase, HttpCase):
    """A handler enters a complaint, brings it to its end, and reopens it."""

    def test_the_whole_way(self):
        self.env["res.config.settings"].create({"group_relationship_complaint": True}).execute()
        category = self.env["crm.relationship.complaint.category"]
        category.create({"name": "Tour Defect", "severity": "critical", "impact": "many"})
        self.start_tour("/odoo/complaints", "crm_relationship_complaint", login="complaint_handler")
        complaint = self.env["crm.relationship.complaint"].search(
            [("subject", "=", "Tour: the press stopped")]
        )
        self.assertEqual((complaint.stage_code, complaint.reopen_count), ("assessing", 1))
        self.assertEqual((complaint.priority, complaint.user_id), ("3", self.handler))
        self.assertEqual(complaint.reopening_ids.reason, "Tour: it stopped again")
