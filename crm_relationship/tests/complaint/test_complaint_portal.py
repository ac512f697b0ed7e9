from datetime import timedelta

from odoo import fields
from odoo.tests import tagged

from .common_portal import ComplaintPortalCase


@tagged("post_install", "-at_install")
class TestComplaintPortal(ComplaintPortalCase):
    """What customers do in the portal."""

    def setUp(self):
        super().setUp()
        self.log_in(self.ann_user)

    def file(self, **values):
        """File a complaint, and return it."""
        before = self.env["crm.relationship.complaint"].search([])
        values = {"subject": "Filed", "description": "It <b>broke</b>", **values}
        self.response = self.send("/my/complaints/new", "/my/complaints/new", **values)
        return self.env["crm.relationship.complaint"].search([]) - before

    def test_off(self):
        self.env["res.config.settings"].create({"group_relationship_complaint": False}).execute()
        for url in ("/my/complaints", "/my/complaints/new", self.url(), self.url("/rate")):
            self.assertEqual(self.url_open(url).status_code, 404, url)

    def test_home_and_list(self):
        self.assertIn("/my/complaints", self.url_open("/my").text)
        page = self.url_open("/my/complaints").text
        self.assertIn("The press stopped", page)
        self.assertIn(self.complaint.name, page)

    def test_empty_list(self):
        self.log_in(self.stranger_user)
        page = self.url_open("/my/complaints").text
        self.assertIn("Tell Us What Went Wrong", page)
        self.assertNotIn("The press stopped", page)

    def test_list_filters(self):
        self.close()
        self.assertNotIn(self.complaint.name, self.url_open("/my/complaints?filterby=open").text)
        self.assertIn(self.complaint.name, self.url_open("/my/complaints?filterby=closed").text)
        self.assertEqual(self.url_open("/my/complaints?filterby=x&sortby=y").status_code, 200)

    def test_file(self):
        category = self.env["crm.relationship.complaint.category"].create(
            {"name": "Shown", "is_portal": True}
        )
        complaint = self.file(category_id=category.id, demand="A new one")
        self.assertEqual(complaint.partner_id, self.customer)
        self.assertEqual(complaint.contact_id, self.contact)
        self.assertEqual((complaint.channel, complaint.company_id), ("portal", self.company))
        self.assertEqual((complaint.category_id, complaint.demand), (category, "A new one"))
        self.assertIn("&lt;b&gt;", complaint.description)
        self.assertIn(complaint.name, self.response.text)

    def test_file_with_attachments(self):
        complaint = self.file(
            files=[("files", ("a.txt", b"first")), ("files", ("b.html", b"<script>1</script>"))]
        )
        files = complaint.message_ids.attachment_ids
        self.assertEqual(sorted(files.mapped("name")), ["a.txt", "b.html"])
        self.assertEqual(set(files.mapped("mimetype")), {"text/plain"})

    def test_file_without_text(self):
        self.assertFalse(self.file(description=" "))
        self.assertIn("Please enter a subject", self.response.text)

    def test_file_ignores_the_rest(self):
        """What was slipped into the form does not count."""
        complaint = self.file(
            partner_id=self.stranger.id,
            user_id=self.employee.id,
            is_confidential="1",
            severity="critical",
            company_id=self.env.ref("base.main_company").id,
        )
        self.assertEqual(
            (complaint.partner_id, complaint.company_id), (self.customer, self.company)
        )
        self.assertFalse(complaint.user_id)
        self.assertEqual(complaint.severity, "moderate")

    def test_file_with_what_was_not_offered(self):
        hidden = self.env["crm.relationship.complaint.category"].create({"name": "Hidden"})
        order = self.env["sale.order"].create(
            {"partner_id": self.stranger.id, "company_id": self.company.id, "state": "sale"}
        )
        for values in (
            {"category_id": hidden.id},
            {"category_id": "x"},
            {"sale_order_id": order.id},
            {"invoice_id": 1},
        ):
            with self.subTest(values):
                self.assertFalse(self.file(**values))
                self.assertIn("Please choose from the list", self.response.text)

    def test_file_about_an_own_order(self):
        order = self.env["sale.order"].create(
            {"partner_id": self.contact.id, "company_id": self.company.id, "state": "sale"}
        )
        self.assertEqual(self.file(sale_order_id=order.id).sale_order_id, order)

    def test_limit(self):
        self.company.relationship_complaint_portal_limit = 2
        self.assertTrue(self.file() and self.file())
        self.assertFalse(self.file())
        self.assertIn("the most we take here", self.response.text)
        self.company.relationship_complaint_portal_limit = 0
        self.assertFalse(self.file())

    def test_without_csrf_token(self):
        before = self.env["crm.relationship.complaint"].search_count([])
        response = self.url_open("/my/complaints/new", data={"subject": "x", "description": "y"})
        self.assertEqual(response.status_code, 400)
        self.assertEqual(self.env["crm.relationship.complaint"].search_count([]), before)

    def test_message(self):
        self.as_handler().action_wait()
        self.send(
            self.url("/message"), text="Here <i>it</i> is", files=[("files", ("p.txt", b"data"))]
        )
        message = self.complaint.message_ids.filtered(lambda message: "Here" in message.body)
        self.assertEqual(message.author_id, self.contact)
        self.assertNotIn("<i>", message.body)
        self.assertEqual(message.attachment_ids.name, "p.txt")
        self.assertFalse(self.complaint.is_waiting)
        self.assertEqual(self.url_open(self.url(f"/file/{message.attachment_ids.id}")).text, "data")

    def test_empty_message(self):
        self.assertIn("Please write something", self.send(self.url("/message"), text="").text)

    def test_progress_and_answer(self):
        self.move("investigating", answer="<p>DRAFT-ANSWER</p>")
        page = self.url_open(self.url()).text
        self.assertIn("We look into it", page)
        self.assertNotIn("DRAFT-ANSWER", page)
        self.move("responded")
        page = self.url_open(self.url()).text
        self.assertIn("DRAFT-ANSWER", page)
        self.assertIn("I Accept It", page)

    def test_accept_closes(self):
        self.answer(cause_id=self.cause.id)
        self.send(self.url("/accept"))
        self.assertEqual((self.complaint.stage_code, self.complaint.result), ("closed", "accepted"))
        self.assertTrue(self.complaint.date_accepted)

    def test_accept_without_cause_tells_the_handler(self):
        self.answer()
        self.send(self.url("/accept"))
        self.assertEqual(self.complaint.stage_code, "responded")
        self.assertTrue(self.complaint.date_accepted)
        self.assertEqual(self.complaint.activity_ids.user_id, self.handler)

    def test_accept_without_answer(self):
        self.send(self.url("/accept"))
        self.assertEqual(self.complaint.stage_code, "new")
        self.assertFalse(self.complaint.date_accepted)

    def test_dispute(self):
        self.answer()
        self.send(self.url("/dispute"), text="It is not my fault")
        self.assertEqual(self.complaint.stage_code, "assessing")
        self.assertEqual(self.complaint.activity_ids.user_id, self.handler)
        self.assertIn("It is not my fault", self.url_open(self.url()).text)

    def test_dispute_needs_a_reason(self):
        self.answer()
        self.assertIn("Please tell us why", self.send(self.url("/dispute"), text=" ").text)
        self.assertEqual(self.complaint.stage_code, "responded")

    def test_withdraw(self):
        self.send(self.url("/withdraw"), text="Solved itself")
        self.assertEqual(self.complaint.result, "withdrawn")
        self.assertEqual(self.complaint.closing_reason, "Solved itself")

    def test_reopen(self):
        self.close()
        self.send(self.url("/reopen"), text="Again")
        self.assertEqual(self.complaint.stage_code, "assessing")
        self.assertEqual(self.complaint.reopening_ids.origin, "complainant")

    def test_reopen_after_the_period(self):
        self.close()
        days = self.company.relationship_complaint_reopen_days
        self.complaint._save({"date_closed": fields.Datetime.now() - timedelta(days + 2)})
        page = self.send(self.url("/reopen"), text="Again").text
        self.assertIn("could be reopened until", page)
        self.assertEqual(self.complaint.stage_code, "closed")

    def test_rate(self):
        self.close()
        self.assertIn("How did we do?", self.url_open(self.url()).text)
        self.assertIn("answer both", self.send(self.url("/rate"), handling="5").text)
        self.send(self.url("/rate"), handling="3", outcome="5", feedback="Slow")
        complaint = self.complaint
        self.assertEqual((complaint.rating_last_value, complaint.outcome_rating), (3, "5"))
        self.send(self.url("/rate"), handling="1", outcome="1")
        self.assertEqual(complaint.rating_last_value, 3)

    def test_rate_by_link(self):
        """Without an account; looking at the link rates nothing."""
        self.close()
        self.log_in()
        url = self.complaint.get_portal_url(suffix="/rate")
        self.assertIn("How did we deal with it?", self.url_open(url).text)
        self.assertFalse(self.complaint.date_rated)
        token = self.complaint.access_token
        self.send(self.url("/rate"), url, handling="5", outcome="5", access_token=token)
        self.assertTrue(self.complaint.date_rated)
        self.assertEqual(self.complaint.rating_ids.partner_id, self.contact)

    def test_rate_an_open_one(self):
        self.send(self.url("/rate"), handling="5", outcome="5")
        self.assertFalse(self.complaint.date_rated)

    def test_employees_only_look(self):
        self.authenticate("complaint_handler", "complaint_handler")
        self.answer()
        page = self.url_open(self.complaint.get_portal_url()).text
        self.assertIn("This is what the customer sees", page)
        self.assertNotIn("I Accept It", page)
        token = self.complaint.access_token
        response = self.send(self.url("/accept"), "/my", access_token=token)
        self.assertEqual(response.status_code, 404)
        self.assertEqual(self.complaint.stage_code, "responded")
