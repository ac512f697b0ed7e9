from datetime import date, datetime, time

from freezegun import freeze_time

from odoo.fields import Command

from .common import CreditCase

QUARTER_END = date(2025, 6, 30)
TODAY = date(2025, 7, 14)


class AssessmentCase(CreditCase):
    """Three people and a customer that can be assessed for the second quarter of 2025.

    Its purchases and payments lie in that quarter and the years before it.
    """

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.customer = cls.make_customers(1, name="Assessed Ltd")
        cls.make_invoices(
            [(cls.customer, date(2024, 7 + month % 6, 10), 100) for month in range(6)]
            + [(cls.customer, date(2025, month, 10), 200) for month in range(1, 7)]
        )
        cls.manager = cls.new_user("assess_manager", "crm_relationship.group_manager")
        cls.first = cls.new_user("assess_first", "crm_relationship.group_credit")
        cls.second = cls.new_user("assess_second", "crm_relationship.group_credit")
        cls.salesperson = cls.new_user("assess_sales", "sales_team.group_sale_salesman")
        cls.assessments = cls.env["crm.relationship.credit.assessment"]

    def setUp(self):
        super().setUp()
        self.set_today(TODAY)
        self.recalculate(QUARTER_END)

    def set_today(self, day):
        """Let it be noon of ``day``."""
        frozen = freeze_time(datetime.combine(day, time(12)))
        frozen.start()
        self.addCleanup(frozen.stop)

    def assess(self, customer=None, user=None):
        """Return the draft of a customer, made by ``user``, the manager."""
        profile = self.get_profile(customer or self.customer)
        user = user or self.manager
        return self.assessments.with_user(user)._assess(profile.with_user(user))

    def get_line(self, assessment, code):
        return assessment.line_ids.filtered(lambda line: line.code == code)

    def set_level(self, assessment, code, name):
        """Judge in a draft as the form does."""
        line = self.get_line(assessment, code)
        level = self.get_level(code, name)
        assessment.write({"line_ids": [Command.update(line.id, {"level_id": level.id})]})

    def approve(self, assessment=None, proposer=None, approver=None):
        """Propose and approve as two people; return the assessment."""
        assessment = assessment or self.assess()
        assessment.with_user(proposer or self.manager).action_propose()
        assessment.with_user(approver or self.second).action_approve()
        return assessment
