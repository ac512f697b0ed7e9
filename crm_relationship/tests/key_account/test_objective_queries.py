from datetime import date

from odoo.tests import tagged

from .common_objectives import ObjectivesCase

PLANS = 200
KINDS = ("revenue", "margin", "wallet")
ALLOWED = 8
"""Queries that a read of 200 may take beyond one of 2: splits of what is prefetched."""
SPEC = {
    name: {}
    for name in (
        "display_name",
        "target_text",
        "actual_text",
        "gap_text",
        "progress",
        "status",
        "explanation",
        "unit",
    )
}


@tagged("post_install", "-at_install")
class TestObjectiveQueries(ObjectivesCase):
    """The figures of all plans take as many queries as those of two."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        customers = cls.make_customers(PLANS, user_id=cls.owner.id)
        cls.plans = cls.env["crm.relationship.plan"].create(
            [
                {
                    "partner_id": customer.id,
                    "company_id": cls.company.id,
                    "user_id": cls.owner.id,
                    "date_start": date(2025, 1, 1),
                    "date_end": date(2025, 12, 31),
                }
                for customer in customers
            ]
        )
        leads = cls.env["crm.lead"].create(
            [
                {
                    "name": f"Project of {customer.name}",
                    "type": "opportunity",
                    "partner_id": customer.id,
                    "company_id": cls.company.id,
                    "user_id": cls.owner.id,
                    "expected_revenue": 100,
                }
                for customer in customers
            ]
        )
        lead_of = {lead.partner_id: lead for lead in leads}
        cls.env["crm.relationship.plan.objective"].create(
            [
                {"plan_id": plan.id, "kind": kind, "target": 50, "wallet_amount": 500}
                for plan in cls.plans
                for kind in KINDS
            ]
            + [
                {
                    "plan_id": plan.id,
                    "kind": "project",
                    "target": 100,
                    "opportunity_id": lead_of[plan.partner_id].id,
                }
                for plan in cls.plans
            ]
        )
        category = cls.env["product.category"].create({"name": "Service"})
        units = cls.env["crm.relationship.plan.unit"].create(
            [{"plan_id": plan.id, "name": "Plant"} for plan in cls.plans]
        )
        cls.env["crm.relationship.plan.whitespace"].create(
            [
                {
                    "plan_id": unit.plan_id.id,
                    "unit_id": unit.id,
                    "category_id": category.id,
                    "potential": 100,
                }
                for unit in units
            ]
        )
        cls.make_invoices([(customer, date(2025, 3, 1), 10) for customer in customers])
        cls.env.flush_all()

    def assert_bounded(self, read):
        def count(number):
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            read(self.plans[:number].with_user(self.owner))
            return self.env.cr.sql_log_count - before

        count(2)  # what is kept in memory for good
        few = count(2)
        self.assertLessEqual(count(PLANS), few + ALLOWED)

    def test_the_list_of_objectives(self):
        objectives = self.env["crm.relationship.plan.objective"].with_user(self.owner)
        self.assert_bounded(
            lambda plans: objectives.web_search_read([("plan_id", "in", plans.ids)], SPEC)
        )

    def test_statuses_are_searched_and_grouped_in_sql(self):
        objectives = self.env["crm.relationship.plan.objective"].with_user(self.owner)
        self.assert_bounded(
            lambda plans: objectives._read_group(
                [("plan_id", "in", plans.ids), ("status", "in", ["behind", "reached"])],
                ["user_id", "status"],
                ["gap_amount:sum"],
            )
        )

    def test_counts_snapshots_and_whitespace(self):
        self.assert_bounded(lambda plans: plans.mapped("objective_behind_count"))
        self.assert_bounded(lambda plans: plans._get_objectives_snapshot())
        self.assert_bounded(lambda plans: plans._get_whitespace_snapshot())
