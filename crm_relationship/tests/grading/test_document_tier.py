from contextlib import suppress
from datetime import date

from odoo.exceptions import AccessError
from odoo.tests import tagged

from ..common import RelationshipCase


@tagged("post_install", "-at_install")
class TestDocumentTier(RelationshipCase):
    """The tier of the document's customer in the document's company."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.customers = cls.make_ranking(range(10, 0, -1))
        cls.top, cls.third = cls.customers[0], cls.customers[2]
        cls.contact = cls.env["res.partner"].create({"name": "Buyer", "parent_id": cls.top.id})
        cls.stranger = cls.make_customers(1)
        cls.recalculate()
        cls.partners = cls.contact + cls.third + cls.stranger
        cls.documents = {
            "sale.order": cls.env["sale.order"].create(
                [{"partner_id": p.id, "company_id": cls.company.id} for p in cls.partners]
            ),
            "crm.lead": cls.env["crm.lead"].create(
                [
                    {"name": p.name, "partner_id": p.id, "company_id": cls.company.id}
                    for p in cls.partners
                ]
            ),
            "account.move": cls.env["account.move"].browse(
                cls.make_invoices([(p, date(2025, 6, 20), 1) for p in cls.partners])
            ),
        }

    def test_read(self):
        for model, documents in self.documents.items():
            with self.subTest(model=model):
                self.assertEqual(
                    documents.mapped(lambda document: document.relationship_tier_id.code or ""),
                    ["A", "D", ""],
                )

    def test_search(self):
        tier = self.tiers["A"]
        for model, documents in self.documents.items():
            mine = [("id", "in", documents.ids)]
            with self.subTest(model=model):
                records = self.env[model]
                for domain, found in (
                    ([("relationship_tier_id", "=", tier.id)], documents[0]),
                    ([("relationship_tier_id", "!=", tier.id)], documents[1:]),
                    ([("relationship_tier_id", "=", False)], documents[2]),
                    ([("relationship_tier_id", "!=", False)], documents[:2]),
                    (
                        [("relationship_tier_id", "in", [tier.id, False])],
                        documents[0] + documents[2],
                    ),
                    ([("relationship_tier_id.code", "=", "A")], documents[0]),
                    ([("relationship_tier_id.is_top", "=", True)], documents[0]),
                    ([("relationship_tier_id", "ilike", "VIP")], documents[0]),
                ):
                    self.assertEqual(records.search(mine + domain, order="id"), found, domain)
                    self.assertEqual(documents.filtered_domain(domain), found, domain)

    def test_sort_and_group(self):
        for model, documents in self.documents.items():
            domain = [("id", "in", documents.ids)]
            with self.subTest(model=model):
                found = self.env[model].search(domain, order="relationship_tier_id, id")
                self.assertEqual(found, documents)
                groups = self.env[model]._read_group(domain, ["relationship_tier_id"], ["__count"])
                self.assertEqual(
                    {tier.code: count for tier, count in groups}, {"A": 1, "D": 1, False: 1}
                )

    def test_the_documents_company_counts(self):
        second = self.create_company("Second Ltd")
        self.make_invoices(
            [(self.top, date(2025, 6, 1), 1), (self.third, date(2025, 6, 1), 100)], company=second
        )
        self.recalculate(company=second)
        order = self.env["sale.order"].create({"partner_id": self.top.id, "company_id": second.id})
        self.assertEqual(order.relationship_tier_id.code, "D")
        self.assertEqual(order.relationship_tier_id.company_id, second)
        found = self.env["sale.order"].search(
            [("relationship_tier_id.company_id", "=", second.id), ("id", "=", order.id)]
        )
        self.assertEqual(found, order)

    def test_a_lead_without_company_shows_the_users(self):
        lead = self.documents["crm.lead"][0]
        lead.company_id = False
        self.assertEqual(lead.with_company(self.company).relationship_tier_id.code, "A")

    def test_others_see_nothing(self):
        accountant = self.new_user("document_accountant", "account.group_account_invoice")
        moves = self.documents["account.move"].with_env(self.env(user=accountant, context={}))
        for name in ("relationship_tier_id", "relationship_tier_color"):
            self.assert_nothing_learned(moves, name)

    def test_portal_customers_see_nothing_on_their_documents(self):
        user = self.new_user("document_portal", "base.group_portal")
        user.partner_id.parent_id = self.top
        for model in ("sale.order", "account.move"):
            documents = self.documents[model].with_env(self.env(user=user, context={}))[:1]
            for name in ("relationship_tier_id", "relationship_tier_color"):
                self.assert_nothing_learned(documents, name)

    def test_own_documents_only(self):
        user, other = (
            self.new_user(login, "sales_team.group_sale_salesman")
            for login in ("document_own", "document_other")
        )
        self.top.user_id = other
        order = self.documents["sale.order"][0]
        order.user_id = user
        self.env.invalidate_all()
        order = order.with_env(self.env(user=user, context={}))
        self.assertFalse(order.relationship_tier_id)
        self.assertFalse(order.relationship_tier_color)
        self.assertFalse(order.search([("relationship_tier_id", "=", self.tiers["A"].id)]))

    def assert_nothing_learned(self, documents, name):
        self.assertNotIn(name, documents.fields_get())
        for call in (
            lambda: documents.read([name]),
            lambda: documents.search([(name, "!=", False)]),
            lambda: documents.search([], order=name),
            lambda: documents._read_group([], [name]),
            lambda: documents._read_group([], [], [name + ":max"]),
            lambda: documents.formatted_read_group([], [name], ["__count"]),
        ):
            # A field that SQL does not know is refused with a ValueError, which tells nothing.
            with suppress(AccessError, ValueError):
                self.fail(f"{name} tells {call()}")
