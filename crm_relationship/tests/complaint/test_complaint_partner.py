from odoo.exceptions import UserError
from odoo.tests import tagged

from .common import ComplaintCase


@tagged("post_install", "-at_install")
class TestComplaintPartner(ComplaintCase):
    """Customers that are merged, archived, deleted or move below another one; the buttons."""

    def merge(self, kept, gone):
        wizard = self.env["base.partner.merge.automatic.wizard"].create({})
        wizard._merge((kept + gone).ids, kept)
        self.env.flush_all()
        self.env.invalidate_all()

    def test_merged_customers_have_the_complaints_of_both(self):
        [kept] = self.make_customers(1)
        self.complaint.contact_id = self.contact
        other = self.make_complaint(partner_id=kept.id)
        self.merge(kept, self.customer)
        self.assertEqual((self.complaint + other).partner_id, kept)
        self.assertEqual(self.complaint.contact_id, self.contact)
        self.complaint.subject = "Still a sound record"

    def test_a_merged_complainant_of_another_customer_is_named_in_the_chatter(self):
        [other] = self.make_customers(1)
        twin = self.env["res.partner"].create({"name": "Ann T.", "parent_id": other.id})
        self.complaint.contact_id = self.contact
        self.merge(twin, self.contact)
        self.assertEqual(self.complaint.partner_id, self.customer)
        self.assertFalse(self.complaint.contact_id)
        self.assertIn("Ann T.", self.complaint.message_ids[0].body)

    def test_merged_complainants_become_one(self):
        twin = self.env["res.partner"].create({"name": "Ann", "parent_id": self.customer.id})
        self.complaint.contact_id = self.contact
        self.merge(twin, self.contact)
        self.assertEqual(self.complaint.contact_id, twin)

    def test_a_customer_merged_into_a_contact(self):
        [parent] = self.make_customers(1)
        branch = self.env["res.partner"].create({"name": "Branch", "parent_id": parent.id})
        [single] = self.make_customers(1)
        complaint = self.make_complaint(partner_id=single.id)
        self.merge(branch, single)
        self.assertEqual((complaint.partner_id, complaint.contact_id), (parent, branch))

    def test_a_customer_that_moves_below_another(self):
        [parent] = self.make_customers(1)
        [person] = self.make_customers(1, is_company=False)
        complaint = self.make_complaint(partner_id=person.id)
        person.parent_id = parent
        self.assertEqual((complaint.partner_id, complaint.contact_id), (parent, person))

    def test_an_archived_customer_keeps_them(self):
        self.customer.active = False
        self.as_handler().action_assess()
        self.assertEqual(self.complaint.partner_id, self.customer)

    def test_a_customer_with_complaints_is_not_deleted(self):
        with self.assertRaisesRegex(UserError, "Archive the contact instead"):
            self.customer.unlink()

    def test_a_complainant_may_go(self):
        self.complaint.contact_id = self.contact
        self.contact.unlink()
        self.assertTrue(self.complaint.exists())
        self.assertFalse(self.complaint.contact_id)

    def turn_on(self):
        self.env["res.config.settings"].create({"group_relationship_complaint": True}).execute()

    def test_buttons_count_and_open(self):
        self.turn_on()
        order = self.env["sale.order"].create(
            {"partner_id": self.contact.id, "company_id": self.company.id}
        )
        closed = self.make_complaint(sale_order_id=order.id, contact_id=self.contact.id)
        self.close(closed)
        self.make_complaint(is_confidential=True)
        count = {"total": 2, "open": 1}
        for record, expected, named in (
            (self.customer, count, {"partner_id"}),
            (self.contact, {"total": 1, "open": 0}, {"partner_id", "contact_id"}),
            (order, {"total": 1, "open": 0}, {"partner_id", "contact_id", "sale_order_id"}),
        ):
            with self.subTest(record=record):
                record = record.with_user(self.manager)
                self.assertEqual(record.get_relationship_complaint_count(), expected)
                action = record.action_open_relationship_complaints()
                found = self.env[action["res_model"]].with_user(self.manager)
                self.assertEqual(found.search_count(action["domain"]), expected["total"])
                defaults = {name[8:] for name, value in action["context"].items() if value}
                self.assertLessEqual(named, defaults)
                complaint = self.form(self.handler, **action["context"])
                self.assertEqual(complaint.partner_id, self.customer)
