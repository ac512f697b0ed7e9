from datetime import datetime

from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import freeze_time, tagged

from .common import ComplaintCase


@tagged("post_install", "-at_install")
class TestComplaint(ComplaintCase):
    """Numbers, links to one customer and one company, and what nobody enters by hand."""

    def make_order(self, partner, company=None):
        return self.env["sale.order"].create(
            {"partner_id": partner.id, "company_id": (company or self.company).id}
        )

    def make_invoice(self, partner, company=None, move_type="out_invoice"):
        company = company or self.company
        code = f"D{company.id % 1000}{move_type[:1]}"
        journals = self.env["account.journal"]
        journal = journals.search([("code", "=", code), ("company_id", "=", company.id)])
        journal = journal or journals.create(
            {
                "name": "Documents",
                "code": code,
                "type": "sale" if move_type.startswith("out") else "purchase",
                "company_id": company.id,
            }
        )
        return self.env["account.move"].create(
            {"move_type": move_type, "partner_id": partner.id, "journal_id": journal.id}
        )

    def test_each_company_counts_for_itself(self):
        other = self.create_company("Numbers Ltd")
        first, second = (self.make_complaint() for _number in range(2))
        numbers = [int(complaint.name[-5:]) for complaint in (self.complaint, first, second)]
        self.assertEqual(numbers[2], numbers[1] + 1)
        self.assertGreater(numbers[1], numbers[0])
        self.assertRegex(first.name, r"^CPL/\d{4}/\d{5}$")
        there = self.make_complaint(company_id=other.id)
        self.assertEqual(there.name[-5:], "00001")

    def test_a_sequence_that_is_gone_is_made_anew(self):
        self.company._get_complaint_sequence().unlink()
        self.assertEqual(self.make_complaint(user=self.employee).name[-5:], "00001")

    def test_the_number_is_nobodys_to_enter(self):
        with self.assertRaisesRegex(UserError, "Number"):
            self.make_complaint(user=self.handler, name="MINE")
        with self.assertRaisesRegex(UserError, "Number"):
            self.as_handler().name = "MINE"

    def test_what_follows_from_steps_is_nobodys_to_enter(self):
        for name, value in (
            ("date_acknowledged", datetime(2020, 1, 1)),
            ("date_answered", datetime(2020, 1, 1)),
            ("date_closed", datetime(2020, 1, 1)),
            ("stage_code", "closed"),
            ("reopen_count", 7),
            ("is_waiting", True),
            ("priority", "3"),
            ("wait_ids", [(0, 0, {"date_from": datetime(2020, 1, 1)})]),
            ("reopening_ids", [(5,)]),
        ):
            with self.subTest(field=name):
                with self.assertRaises(UserError):
                    self.as_handler().write({name: value})
                with self.assertRaises(UserError):
                    self.make_complaint(user=self.handler, **{name: value})

    def test_no_context_key_opens_what_is_locked(self):
        for value in (True, 1, "SAVING"):
            with self.assertRaises(UserError):
                self.as_handler().with_context(saves_complaint=value).name = "MINE"

    def test_the_contact_says_which_customer_it_is(self):
        complaint = self.env["crm.relationship.complaint"].create(
            {
                "subject": "Heard from Ann",
                "contact_id": self.contact.id,
                "company_id": self.company.id,
            }
        )
        self.assertEqual(complaint.partner_id, self.customer)

    def test_a_contact_is_no_customer(self):
        with self.assertRaisesRegex(ValidationError, "as the complainant"):
            self.make_complaint(partner_id=self.contact.id)

    def test_the_complainant_belongs_to_the_customer(self):
        [stranger] = self.make_customers(1)
        with self.assertRaisesRegex(ValidationError, "does not belong to Complaining Ltd"):
            self.as_handler().contact_id = stranger

    def test_order_and_invoice_are_the_customers(self):
        [stranger] = self.make_customers(1)
        own, foreign = self.make_order(self.contact), self.make_order(stranger)
        self.as_handler().sale_order_id = own
        with self.assertRaisesRegex(ValidationError, "does not belong"):
            self.make_complaint(sale_order_id=foreign.id)
        own, foreign = self.make_invoice(self.contact), self.make_invoice(stranger)
        self.as_handler().invoice_id = own
        with self.assertRaisesRegex(ValidationError, "does not belong"):
            self.make_complaint(invoice_id=foreign.id)

    def test_a_bill_is_no_invoice(self):
        bill = self.make_invoice(self.customer, move_type="in_invoice")
        with self.assertRaisesRegex(ValidationError, "no invoice of ours"):
            self.as_handler().invoice_id = bill

    def test_documents_are_of_the_company(self):
        other = self.create_company("Elsewhere Ltd")
        for name, document in (
            ("sale_order_id", self.make_order(self.customer, other)),
            ("invoice_id", self.make_invoice(self.customer, other)),
        ):
            with self.subTest(field=name), self.assertRaises(UserError):
                self.complaint.write({name: document.id})

    def test_a_complaint_stays_in_its_company(self):
        other = self.create_company("Elsewhere Ltd")
        self.handler.company_ids += other
        with self.assertRaisesRegex(UserError, "stays in its company"):
            self.as_handler().company_id = other

    @freeze_time("2025-06-30 12:00:00")
    def test_nothing_is_received_in_the_future(self):
        self.as_handler().date_received = datetime(2025, 6, 30, 12)
        with self.assertRaisesRegex(ValidationError, "in the future"):
            self.as_handler().date_received = datetime(2025, 6, 30, 12, 0, 1)

    def test_what_is_worked_on_stays(self):
        new = self.make_complaint()
        new.with_user(self.handler).unlink()
        self.assertFalse(new.exists())
        self.move("acknowledged")
        with self.assertRaisesRegex(UserError, "withdrawn"):
            self.as_handler().unlink()
        with self.assertRaises(AccessError):
            self.complaint.with_user(self.employee).unlink()
        self.complaint.with_user(self.executive).unlink()
        self.assertFalse(self.complaint.exists())

    def test_a_copy_begins_anew(self):
        self.close()
        copy = self.complaint.with_user(self.handler).copy()
        self.assertEqual((copy.stage_code, copy.subject), ("new", "The press stopped (copy)"))
        self.assertNotEqual(copy.name, self.complaint.name)
        self.assertFalse(copy.answer or copy.result or copy.cause_id or copy.date_closed)

    def test_found_by_number_and_subject(self):
        complaints = self.env["crm.relationship.complaint"].with_user(self.handler)
        for text in (self.complaint.name, "press stop"):
            self.assertIn(self.complaint.id, [row[0] for row in complaints.name_search(text)])
        self.assertEqual(self.complaint.display_name, f"{self.complaint.name} The press stopped")
