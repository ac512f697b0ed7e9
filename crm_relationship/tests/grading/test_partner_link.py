from datetime import date

from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged

from ..common import RelationshipCase

FIELDS = [
    "relationship_profile_id",
    "relationship_tier_id",
    "relationship_tier_basis",
    "relationship_is_newcomer",
    "relationship_purchase_count",
    "relationship_first_purchase_date",
    "relationship_last_purchase_date",
    "relationship_revenue",
    "relationship_revenue_previous",
    "relationship_margin_health",
    "relationship_margin_rate",
    "relationship_overdue_amount",
]


@tagged("post_install", "-at_install")
class TestPartnerLink(RelationshipCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.customers = cls.make_ranking(range(100, 0, -1))
        cls.contact = cls.env["res.partner"].create(
            {"name": "Contact", "parent_id": cls.customers[0].id}
        )
        cls.stranger = cls.env["res.partner"].create({"name": "Stranger"})
        cls.recalculate()
        cls.env = cls.env(context={**cls.env.context, "allowed_company_ids": cls.company.ids})
        cls.partners = cls.env["res.partner"]
        cls.all_ids = (cls.customers + cls.contact + cls.stranger).ids

    def in_company(self, user):
        return self.partners.with_user(user).with_context(allowed_company_ids=self.company.ids)

    def test_contact_shows_the_customers_tier(self):
        contact = self.contact.with_env(self.env)
        self.assertEqual(contact.relationship_tier_id, self.tiers["A"])
        self.assertFalse(self.stranger.with_env(self.env).relationship_tier_id)

    def test_search_by_tier(self):
        found = self.partners.search([("relationship_tier_id", "=", self.tiers["A"].id)])
        self.assertEqual(found, (self.customers[0] + self.contact).sorted("complete_name"))
        found = self.partners.search([("relationship_tier_id.code", "=", "B")])
        self.assertEqual(len(found), 4)

    def test_search_without_a_tier(self):
        domain = [("id", "in", self.all_ids)]
        none = self.partners.search([*domain, ("relationship_tier_id", "=", False)])
        self.assertEqual(none, self.stranger)
        some = self.partners.search([*domain, ("relationship_tier_id", "!=", False)])
        self.assertEqual(len(some), 101)
        other = self.partners.search([*domain, ("relationship_tier_id", "!=", self.tiers["D"].id)])
        self.assertEqual(len(other), 22)

    def test_search_by_amount_and_flag(self):
        domain = [("id", "in", self.all_ids)]
        self.assertEqual(
            len(self.partners.search([*domain, ("relationship_revenue", ">=", 99)])), 3
        )
        self.assertEqual(
            len(self.partners.search([*domain, ("relationship_is_newcomer", "=", True)])), 101
        )
        self.assertEqual(
            self.partners.search([*domain, ("relationship_is_newcomer", "=", False)]),
            self.stranger,
        )

    def test_sort_by_tier_and_amount(self):
        domain = [("id", "in", self.all_ids)]
        best = self.partners.search(domain, order="relationship_revenue desc nulls last, id")[:3]
        self.assertEqual(best.ids, [self.customers[0].id, self.contact.id, self.customers[1].id])
        best = self.partners.search(domain, order="relationship_tier_id, id", limit=3)
        self.assertEqual(best.mapped("relationship_tier_id.code"), ["A", "B"])

    def test_group_by_tier(self):
        groups = self.partners._read_group(
            [("id", "in", self.all_ids)], ["relationship_tier_id"], ["__count"]
        )
        self.assertEqual(
            {tier.code: quantity for tier, quantity in groups},
            {"A": 2, "B": 4, "C": 15, "D": 80, False: 1},
        )
        groups = self.partners.web_read_group(
            [("id", "in", self.all_ids)], ["relationship_tier_id"], ["relationship_revenue:sum"]
        )
        self.assertEqual(groups["length"], 5)

    def test_fields_say_what_they_can(self):
        described = self.partners.fields_get(FIELDS)
        for name in FIELDS:
            with self.subTest(field=name):
                self.assertTrue(described[name]["searchable"])
                self.assertTrue(described[name]["sortable"])
                self.assertTrue(described[name]["groupable"])

    def test_web_search_read(self):
        specification = {name: {} for name in FIELDS}
        rows = self.partners.web_search_read(
            [("id", "in", self.all_ids)],
            specification,
            order="relationship_tier_basis desc nulls last",
        )["records"]
        self.assertEqual(rows[0]["relationship_revenue"], 100)

    def test_queries_do_not_grow_with_the_list(self):
        names = ["name", *FIELDS]
        counts = []
        for quantity in (8, 8, 80):  # the first one fills Odoo's caches
            self.env.invalidate_all()
            before = self.cr.sql_log_count
            self.customers[:quantity].with_env(self.env).read(names)
            counts.append(self.cr.sql_log_count - before)
        self.assertEqual(counts[1], counts[2])

    def test_a_deleted_contact_takes_its_history_along(self):
        gone, kept = self.make_customers(2)
        changes = self.env["crm.relationship.change"]
        for customer in (gone, kept):
            changes.create(
                {
                    "partner_id": customer.id,
                    "company_id": self.company.id,
                    "date": "2026-01-31",
                    "dimension": "tier",
                    "new_value": "A",
                    "cause": "placed",
                }
            )
        history = changes.search([("partner_id", "in", (gone | kept).ids)])
        gone.unlink()
        self.assertEqual(history.exists().partner_id, kept)

    def test_others_learn_nothing(self):
        """Portal users and employees without the group get no result on any route."""
        users = [
            self.new_user(f"relationship_{group.rpartition('.')[2]}", group)
            for group in (
                "base.group_portal",
                "base.group_user,base.group_allow_export",
                "base.group_public",
            )
        ]
        for user in users:
            for name in (*FIELDS, "relationship_is_margin_known"):
                with self.subTest(user=user.login, field=name):
                    self.assert_nothing_learned(user, name)

    def assert_nothing_learned(self, user, name):
        partners = self.in_company(user)
        own = partners.browse(user.partner_id.id)
        users = partners.env["res.users"]
        self.assertNotIn(name, partners.fields_get())
        for call in (
            lambda: own.read([name]),
            lambda: partners.search([(name, "!=", False)]),
            lambda: partners.search([("parent_id." + name, "!=", False)]),
            lambda: partners.search([], order=name),
            lambda: partners._read_group([], [name]),
            lambda: partners._read_group([], [], [name + ":count"]),
            lambda: partners.web_read_group([], [name]),
            lambda: own.export_data([name]),
            lambda: users.browse(user.id).read([name]),
            lambda: users.search([(name, "!=", False)]),
            lambda: users.search([], order=name),
            lambda: users._read_group([], [name]),
        ):
            # AccessError is one; portal users may export nothing at all.
            with self.assertRaises(UserError):
                call()

    def test_own_documents_only(self):
        """A salesperson sees the results of own and unassigned customers, on all routes."""
        user, other = (
            self.new_user(login, "sales_team.group_sale_salesman")
            for login in ("relationship_own", "relationship_other")
        )
        mine, theirs, nobodys = self.customers[:3]
        mine.user_id = user
        theirs.user_id = other
        self.env.invalidate_all()
        partners = self.in_company(user)
        domain = [("id", "in", (mine + theirs + nobodys).ids)]
        self.assertEqual(
            partners.search([*domain, ("relationship_tier_id", "!=", False)]), mine + nobodys
        )
        self.assertFalse(partners.browse(theirs.id).relationship_tier_id)
        self.assertFalse(partners.browse(theirs.id).relationship_revenue)
        self.assertEqual(partners.browse(mine.id).relationship_revenue, 100)
        revenue = partners._read_group(domain, [], ["relationship_revenue:sum"])
        self.assertEqual(revenue, [(100 + 98,)])
        order = partners.search(domain, order="relationship_revenue desc nulls last")
        self.assertEqual(order.ids, [mine.id, nobodys.id, theirs.id])
        profiles = self.env["crm.relationship.profile"].with_user(user)
        self.assertNotIn(theirs, profiles.search([]).partner_id)
        changes = self.env["crm.relationship.change"].with_user(user)
        self.assertNotIn(theirs, changes.search([]).partner_id)
        user.group_ids += self.env.ref("sales_team.group_sale_salesman_all_leads")
        self.env.invalidate_all()
        self.assertIn(theirs, profiles.search([]).partner_id)

    def test_another_company_sees_its_own(self):
        second = self.create_company("Second Ltd")
        customer = self.customers[0]
        self.make_invoices([(customer, date(2025, 6, 1), 5)], company=second)
        self.make_ranking([9, 8, 7])
        self.recalculate(company=second)
        here = customer.with_company(self.company)
        there = customer.with_company(second)
        self.assertEqual(here.relationship_revenue, 100)
        self.assertEqual(there.relationship_revenue, 5)
        self.assertEqual(there.relationship_tier_id.company_id, second)
        self.assertEqual(here.relationship_tier_id, self.tiers["A"])
        user = self.new_user("relationship_second", "sales_team.group_sale_manager", second)
        env = self.env(user=user, context={})
        self.assertEqual(env["crm.relationship.profile"].search([]).company_id, second)
        with self.assertRaises(AccessError):
            env["crm.relationship.run"].recalculate(companies=self.company.ids)
