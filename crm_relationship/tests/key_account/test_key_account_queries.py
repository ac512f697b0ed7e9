from odoo.tests import tagged

from .common import KeyAccountCase

PLANS, ROLES = 200, 15
ROLE_SPEC = {
    name: {}
    for name in (
        "display_name",
        "function",
        "support",
        "influence",
        "coverage",
        "freshness",
        "last_contact_date",
        "is_coach",
    )
}
ROLE_SPEC["influences_ids"] = {"fields": {"display_name": {}}}
PLAN_SPEC = {"name": {}, "role_count": {}, "red_flag_count": {}, "red_flag_severity": {}}
ALLOWED = 8
"""Queries that a read of 200 may take beyond one of 2: splits of what is prefetched."""


@tagged("post_install", "-at_install")
class TestKeyAccountQueries(KeyAccountCase):
    """Lists and the map take a bounded number of queries, however many plans there are."""

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
                }
                for customer in customers
            ]
        )
        contacts = cls.env["res.partner"].create(
            [
                {"name": f"Contact {number}", "parent_id": customer.id}
                for customer in customers
                for number in range(ROLES)
            ]
        )
        plan_of = {plan.partner_id: plan for plan in cls.plans}
        roles = cls.env["crm.relationship.role"].create(
            [
                {
                    "plan_id": plan_of[contact.parent_id].id,
                    "partner_id": contact.id,
                    "buying_role": "approver",
                }
                for contact in contacts
            ]
        )
        for plan in cls.plans:
            first = roles.filtered(lambda role, plan=plan: role.plan_id == plan)[:1]
            (plan.role_ids - first).reports_to_id = first
        cls.env.flush_all()

    def count(self, read):
        """Return how many queries ``read`` takes for the owner, with nothing in memory."""
        self.env.flush_all()
        self.env.invalidate_all()
        before = self.env.cr.sql_log_count
        read()
        return self.env.cr.sql_log_count - before

    def assert_bounded(self, read):
        read(2)  # what is kept in memory for good
        few = self.count(lambda: read(2))
        many = self.count(lambda: read(PLANS))
        self.assertLessEqual(many, few + ALLOWED)

    def test_the_list_of_plans(self):
        plans = self.env["crm.relationship.plan"].with_user(self.owner)
        ids = self.plans.ids
        self.assert_bounded(
            lambda number: plans.web_search_read([("id", "in", ids[:number])], PLAN_SPEC)
        )

    def test_plans_by_red_flag(self):
        """Found, sorted and grouped, of 20 plans as of 200: the owner's own."""
        plans = self.env["crm.relationship.plan"].with_user(self.owner)
        reads = (
            lambda: plans.search([("red_flag", "=", "no_coach")]),
            lambda: plans.search([], order="red_flag_severity, red_flag_count desc"),
            lambda: plans.web_read_group([], ["red_flag"], ["red_flag_count:sum"]),
        )
        for read in reads:
            read()
        many = [self.count(read) for read in reads]
        self.plans[20:].user_id = self.manager
        self.plans[20:].partner_id.user_id = self.manager
        self.env.flush_all()
        self.assertEqual(len(plans.search([("partner_id.name", "!=", "Key Customer")])), 20)
        few = [self.count(read) for read in reads]
        for number, bound in zip(many, few, strict=True):
            self.assertLessEqual(number, bound + ALLOWED)

    def test_roles_by_freshness(self):
        roles = self.env["crm.relationship.role"].with_user(self.owner)
        ids = self.plans.ids
        for groupby in (["contact_phase"], ["freshness"]):
            self.assert_bounded(
                lambda number, groupby=groupby: roles.web_read_group(
                    [("plan_id", "in", ids[:number])],
                    groupby,
                    ["__count"],
                    auto_unfold=True,
                    unfold_read_specification=ROLE_SPEC,
                )
            )
        self.assert_bounded(
            lambda number: roles.search(
                [("plan_id", "in", ids[:number]), ("freshness", "=", "never")]
            )
        )

    def test_the_list_of_roles(self):
        roles = self.env["crm.relationship.role"].with_user(self.owner)
        ids = self.plans.ids
        self.assert_bounded(
            lambda number: roles.web_search_read([("plan_id", "in", ids[:number])], ROLE_SPEC)
        )

    def test_snapshots(self):
        plans = self.plans.with_user(self.owner)
        few, many = (
            self.count(lambda number=number: plans[:number]._get_chain_snapshot())
            for number in (10, 20)
        )
        self.assertLessEqual(many, few)

    def test_the_map(self):
        roles = self.env["crm.relationship.role"].with_user(self.owner)
        ids = self.plans.ids
        self.assert_bounded(
            lambda number: roles.hierarchy_read(
                [("plan_id", "in", ids[:number])],
                {**ROLE_SPEC, "report_ids": {}},
                "reports_to_id",
                "report_ids",
            )
        )

    def make_work(self):
        """Give each plan an open action and an objective."""
        department = self.env["crm.relationship.department"].create({"name": "Test Buying"})
        delivery = self.env["crm.relationship.plan.measure.type"].create(
            {"name": "Test Delivery", "is_relationship": False}
        )
        self.env["crm.relationship.plan.action"].create(
            [
                {
                    "name": "Visit",
                    "plan_id": plan.id,
                    "type_id": delivery.id,
                    "department_id": department.id,
                    "user_id": self.owner.id,
                    "date_deadline": plan.date_start,
                }
                for plan in self.plans
            ]
        )
        self.env["crm.relationship.plan.objective"].create(
            [{"plan_id": plan.id, "kind": "revenue", "target": 10} for plan in self.plans]
        )

    def test_the_board(self):
        self.make_work()
        plans = self.plans.with_user(self.owner)
        self.assert_bounded(lambda number: plans[:number]._prepare_board_rows())

    def test_health(self):
        self.make_work()
        plans = self.env["crm.relationship.plan"].with_user(self.owner)
        ids = self.plans.ids
        spec = {"health": {}, "health_band": {}, "health_factors": {}}
        self.assert_bounded(
            lambda number: plans.web_search_read([("id", "in", ids[:number])], spec)
        )
