from dateutil.relativedelta import relativedelta

from odoo.exceptions import UserError
from odoo.tests import tagged

from .inquiry import InquiryCase


@tagged("post_install", "-at_install")
class TestComplaintRecurrence(InquiryCase):
    """The same customer and the same cause, within the company's months."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.complaint.date_received = cls.at(0)

    @classmethod
    def at(cls, months, days=0):
        """Return noon of the day so many months and days before today."""
        day = cls.today - relativedelta(months=months)
        return InquiryCase.noon(cls, day - relativedelta(days=days)) - relativedelta(hours=14)

    def earlier(self, months, days=0, **values):
        return self.make_complaint(
            date_received=self.at(months, days), cause_id=self.cause.id, **values
        )

    def assert_recurrence(self, complaint, of, count=1):
        self.assertEqual(
            (complaint.recurrence_of_id, complaint.recurrence_count, complaint.is_recurrence),
            (of, count, True),
        )

    def assert_none(self, complaint):
        self.assertEqual(
            (complaint.recurrence_of_id, complaint.recurrence_count, complaint.is_recurrence),
            (complaint.browse(), 0, False),
        )

    def test_boundary_of_the_months(self):
        earlier = self.earlier(12)
        self.as_handler().cause_id = self.cause
        self.assert_recurrence(self.complaint, earlier)
        earlier.date_received = self.at(12, 1)
        self.assert_none(self.complaint)

    def test_last_one_is_linked_and_all_are_counted(self):
        self.earlier(5)
        last = self.earlier(1)
        self.earlier(3)
        self.complaint.cause_id = self.cause
        self.assert_recurrence(self.complaint, last, 3)

    def test_the_later_one_recurs_whatever_is_found_first(self):
        self.complaint.cause_id = self.cause
        earlier = self.earlier(2)
        self.assert_recurrence(self.complaint, earlier)
        self.assert_none(earlier)

    def test_other_customers_and_causes_do_not_count(self):
        self.earlier(1, partner_id=self.make_customers(1).id)
        below = self.cause.create({"name": "Below", "parent_id": self.cause.id})
        self.earlier(1).cause_id = below
        self.complaint.cause_id = self.cause
        self.assert_none(self.complaint)
        self.assertEqual(self.complaint.same_cause_count, 1)

    def test_not_justified_does_not_count(self):
        earlier = self.earlier(1)
        self.complaint.cause_id = self.cause
        self.assert_recurrence(self.complaint, earlier)
        self.move("closed", earlier, result="withdrawn", closing_reason="Came to nothing")
        self.assert_none(self.complaint)
        earlier.with_user(self.handler)._reopen("Came again")
        self.assert_recurrence(self.complaint, earlier)

    def test_closed_recurrence_is_found_by_any_route(self):
        earlier = self.earlier(1)
        self.close()
        self.assert_recurrence(self.complaint, earlier)
        earlier.unlink()
        self.env.invalidate_all()
        self.assert_none(self.complaint)

    def test_confidential_ones_tell_nothing(self):
        earlier = self.earlier(1)
        self.complaint.cause_id = self.cause
        earlier.is_confidential = True
        self.assert_none(self.complaint)
        earlier.is_confidential = False
        self.assert_recurrence(self.complaint, earlier)

    def test_setting_holds_for_open_and_closed(self):
        self.earlier(7)
        closed = self.earlier(6)
        self.close(closed)
        self.complaint.cause_id = self.cause
        self.assertEqual(self.complaint.recurrence_count, 2)
        self.assertTrue(closed.is_recurrence)
        self.company.relationship_complaint_recurrence_months = 6
        self.assertEqual(self.complaint.recurrence_count, 1)
        self.company.relationship_complaint_recurrence_months = 0
        self.assert_none(self.complaint)
        self.assert_none(closed)

    def test_moved_to_another_customer(self):
        other = self.make_customers(1)
        earlier = self.earlier(1)
        self.complaint.cause_id = self.cause
        earlier.partner_id = other
        self.assert_none(self.complaint)

    def test_merged_customers(self):
        other = self.make_customers(1)
        earlier = self.earlier(1, partner_id=other.id)
        self.complaint.cause_id = self.cause
        wizard = self.env["base.partner.merge.automatic.wizard"]
        wizard._merge((self.customer | other).ids, self.customer, extra_checks=False)
        self.env.invalidate_all()
        self.assert_recurrence(self.complaint, earlier)

    def test_nobody_enters_it(self):
        for values in ({"is_recurrence": True}, {"recurrence_of_id": self.complaint.id}):
            with self.assertRaisesRegex(UserError, "by hand"):
                self.as_handler().write(values)

    def test_explanation(self):
        earlier = self.earlier(1)
        complaint = self.as_handler()
        complaint.cause_id = self.cause
        self.assertIn(earlier.name, complaint.recurrence_explanation)
        self.assertIn("12 months", complaint.recurrence_explanation)
        self.assertEqual(complaint.action_explain_recurrence()["res_id"], complaint.id)

    def test_one_statement_for_many(self):
        self.make_complaint(cause_id=self.cause.id)

        def make(quantity):
            customers = self.make_customers(quantity)
            vals = [
                {
                    "subject": "x",
                    "partner_id": customer.id,
                    "company_id": self.company.id,
                    "cause_id": self.cause.id,
                }
                for customer in customers
            ]
            complaints = self.env["crm.relationship.complaint"].create(vals)
            self.env.flush_all()
            before = self.env.cr.sql_log_count
            complaints._find_recurrences()
            return self.env.cr.sql_log_count - before

        self.assertLessEqual(make(40), make(4) + 1)
