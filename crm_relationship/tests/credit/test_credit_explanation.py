from datetime import timedelta

from odoo.tests import tagged

from .common import CreditCase

DAY = timedelta(days=1)


@tagged("post_install", "-at_install")
class TestCreditExplanation(CreditCase):
    """The answer to "why this grade?"."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.customers = cls.make_ranking([100] * 8, day=cls.today - DAY)
        for customer in cls.customers[:4]:
            cls.state(customer)
        cls.recalculate(cls.today)
        cls.profiles = cls.env["crm.relationship.profile"].search(
            [("partner_id", "in", cls.customers.ids)]
        )

    def count_queries(self, profiles):
        self.env.invalidate_all()
        profiles.mapped("partner_id.name")
        before = self.env.cr.sql_log_count
        self.assertEqual(len(profiles.mapped("credit_explanation")), len(profiles))
        return self.env.cr.sql_log_count - before

    def test_8_answers_take_as_many_queries_as_1(self):
        self.count_queries(self.profiles)  # what the process keeps in memory
        self.assertEqual(self.count_queries(self.profiles[:1]), self.count_queries(self.profiles))

    def test_statement_stands_with_its_customer(self):
        for profile in self.profiles:
            has_statement = profile.partner_id in self.customers[:4]
            self.assertEqual("by the statement to" in profile.credit_explanation, has_statement)
            self.assertEqual(
                "No financial statement" in profile.credit_explanation, not has_statement
            )
