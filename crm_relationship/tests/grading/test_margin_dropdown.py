from datetime import date

from odoo.exceptions import AccessError
from odoo.tests import tagged

from .test_margin_health import MarginCase


@tagged("post_install", "-at_install")
class TestMarginDropdown(MarginCase):
    """What the drop-down of customers tells, and to whom."""

    SPECIFICATION = {
        "display_name": {},
        "relationship_tier_id": {"fields": {"code": {}, "color": {}}},
        "relationship_margin_health": {},
    }

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.customers = cls.make_margins((100, -7), (100, 40))
        cls.loss, cls.healthy = cls.customers
        cls.loss.write({"name": "Dropdown Loss", "city": "Gotham", "street": "1 Way"})
        cls.healthy.name = "Dropdown Healthy"
        cls.contact = cls.env["res.partner"].create(
            {"name": "Dropdown Buyer", "parent_id": cls.healthy.id}
        )

    def suggest(self, user=None, company=None, specification=SPECIFICATION, **context):
        partners = self.env["res.partner"].with_context(
            allowed_company_ids=(company or self.company).ids, show_address=True, **context
        )
        rows = partners.with_user(user or self.env.user).web_name_search(
            "Dropdown", specification, domain=[("id", "in", (self.customers + self.contact).ids)]
        )
        return {row["id"]: row for row in rows}

    def test_the_names_and_the_standing_in_one_call(self):
        plain = self.suggest(specification={"display_name": {}})
        rows = self.suggest()
        self.assertEqual(len(rows), 3)
        for id_, row in plain.items():
            for name in row:
                self.assertEqual(rows[id_][name], row[name], "the name is formatted as ever")
        self.assertIn("Gotham", rows[self.loss.id]["display_name"])
        self.assertIn("--Dropdown Buyer--", rows[self.contact.id]["__formatted_display_name"])
        self.assertEqual(rows[self.loss.id]["relationship_margin_health"], "red")
        for partner in self.healthy + self.contact:
            self.assertEqual(rows[partner.id]["relationship_margin_health"], "green")
        self.assertEqual(rows[self.loss.id]["relationship_tier_id"]["code"], "A")

    def test_queries_do_not_grow_with_the_suggestions(self):
        customers = self.make_customers(80, name="Dropdown Many")
        self.make_invoices([(customer, date(2025, 6, 15), 5) for customer in customers])
        self.recalculate()
        partners = self.env["res.partner"]
        counts = []
        for limit in (8, 80):
            self.env.invalidate_all()
            before = self.cr.sql_log_count
            partners.web_name_search("Dropdown Many", self.SPECIFICATION, limit=limit)
            counts.append(self.cr.sql_log_count - before)
        self.assertEqual(*counts)

    def test_others_may_not_even_ask(self):
        for group in ("base.group_user", "base.group_portal", "base.group_public"):
            user = self.new_user(f"dropdown_{group.rpartition('.')[2]}", group)
            with self.subTest(group=group), self.assertRaises(AccessError):
                self.suggest(user, specification={"display_name": {}, "relationship_tier_id": {}})
        employee = self.env["res.users"].search([("login", "=", "dropdown_group_user")])
        rows = self.suggest(employee, specification={"display_name": {}})
        self.assertNotIn("relationship_margin_health", rows[self.loss.id])

    def test_own_documents_only(self):
        user, other = (
            self.new_user(login, "sales_team.group_sale_salesman")
            for login in ("dropdown_own", "dropdown_other")
        )
        self.loss.user_id = other
        self.healthy.user_id = user
        self.env.invalidate_all()
        rows = self.suggest(user)
        self.assertFalse(rows[self.loss.id]["relationship_margin_health"])
        self.assertFalse(rows[self.loss.id]["relationship_tier_id"])
        self.assertEqual(rows[self.healthy.id]["relationship_margin_health"], "green")
        partners = self.env["res.partner"].with_user(user)
        self.assertFalse(partners.search([("relationship_margin_health", "=", "red")]))
        mine = [("id", "in", self.customers.ids)]
        groups = partners._read_group(mine, ["relationship_margin_health"], ["__count"])
        self.assertEqual(dict(groups), {"green": 1, False: 1})

    def test_another_company_learns_nothing(self):
        second = self.create_company("Second Ltd")
        user = self.new_user("dropdown_second", "sales_team.group_sale_manager", second)
        rows = self.suggest(user, second)
        self.assertFalse(rows[self.loss.id]["relationship_margin_health"])
        self.assertFalse(rows[self.loss.id]["relationship_tier_id"])

    def test_only_administrators_set_the_target(self):
        user = self.new_user("margin_manager", "sales_team.group_sale_manager")
        with self.assertRaises(AccessError):
            self.company.with_user(user).relationship_margin_target = 50
