from odoo.tests import tagged

from .common import COMPLAINT, ComplaintCase

FEW, MANY = 8, 80
ALLOWED = 3
"""Queries that 80 may take beyond 8: splits of what is prefetched."""

LIST_SPEC = {
    name: {}
    for name in (
        "name",
        "subject",
        "priority",
        "severity",
        "age_days",
        "is_waiting",
        "reopen_count",
        "stage_code",
        "relationship_tier_color",
    )
}
for name in (
    "partner_id",
    "contact_id",
    "category_id",
    "team_id",
    "user_id",
    "stage_id",
    "relationship_tier_id",
    "relationship_stage_id",
):
    LIST_SPEC[name] = {"fields": {"display_name": {}}}
LIST_SPEC["activity_ids"] = {"fields": {"summary": {}}}


@tagged("post_install", "-at_install")
class TestComplaintQueries(ComplaintCase):
    """Board, list and pivot take as many queries for 80 complaints as for 8."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.complaint.unlink()
        cls.reader = cls.new_user(
            "complaint_reader", f"{COMPLAINT},sales_team.group_sale_salesman_all_leads"
        )
        categories = cls.env["crm.relationship.complaint.category"].create(
            [{"name": f"Category {number}"} for number in range(MANY)]
        )
        customers = cls.make_customers(MANY)
        cls.complaints = cls.env["crm.relationship.complaint"].create(
            [
                {
                    "subject": f"Complaint {number}",
                    "partner_id": customers[number].id,
                    "category_id": categories[number].id,
                    "company_id": cls.company.id,
                    "user_id": (cls.handler, cls.colleague)[number % 2].id,
                }
                for number in range(MANY)
            ]
        )
        codes = list(cls.stages)[:4]
        for number, complaint in enumerate(cls.complaints):
            complaint.stage_id = cls.stages[codes[number % 4]]
        cls.env.flush_all()

    def count(self, read):
        self.env.flush_all()
        self.env.invalidate_all()
        before = self.env.cr.sql_log_count
        read()
        return self.env.cr.sql_log_count - before

    def assert_bounded(self, read):
        read(FEW)  # what is kept in memory for good
        few, many = self.count(lambda: read(FEW)), self.count(lambda: read(MANY))
        self.assertLessEqual(many, few + ALLOWED)

    def test_list(self):
        complaints = self.complaints.with_user(self.reader).browse()
        ids = self.complaints.ids
        self.assert_bounded(
            lambda number: complaints.web_search_read([("id", "in", ids[:number])], LIST_SPEC)
        )

    def test_board(self):
        complaints = self.complaints.with_user(self.reader).browse()
        ids = self.complaints.ids
        self.assert_bounded(
            lambda number: complaints.web_read_group(
                [("id", "in", ids[:number])],
                ["stage_id"],
                ["__count"],
                auto_unfold=True,
                unfold_read_specification=LIST_SPEC,
                unfold_read_default_limit=80,
            )
        )

    def test_pivot(self):
        complaints = self.complaints.with_user(self.reader).browse()
        ids = self.complaints.ids
        self.assert_bounded(
            lambda number: complaints.formatted_read_group(
                [("id", "in", ids[:number])],
                ["category_id", "date_received:month"],
                ["__count", "age_days:avg"],
            )
        )

    def test_entering_many(self):
        """The number is one query each; all else is shared."""
        vals = {
            "subject": "x",
            "partner_id": self.customer.id,
            "company_id": self.company.id,
        }
        complaints = self.env["crm.relationship.complaint"].with_user(self.handler)
        complaints.create([vals])

        def enter(number):
            complaints.create([vals] * number)
            self.env.flush_all()

        few, many = (self.count(lambda n=n: enter(n)) for n in (FEW, MANY))
        self.assertLessEqual(many - few, 6 * (MANY - FEW))
