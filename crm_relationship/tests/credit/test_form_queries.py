from datetime import timedelta

from lxml import etree

from odoo.tests import tagged

from .test_risk import RiskCase

DAY = timedelta(days=1)
PREFIX = "relationship_"
MOST = 5
"""Queries that a contact's form may cost more than without the addon."""


@tagged("post_install", "-at_install")
class TestFormQueries(RiskCase):
    """Opening a key customer's form, whose dismissal is proposed, costs next to nothing."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.proposal = cls.env["crm.relationship.dismissal.proposal"].create(
            {
                "partner_id": cls.customer.id,
                "company_id": cls.company.id,
                "date": cls.today,
                "as_of": cls.today,
            }
        )
        cls.sell(cls.customer, 100, discount=10, terms=75)

    def get_specification(self, model, user):
        """Return what the web client asks for: what is always invisible has no name."""
        records = self.env[model].with_user(user)
        arch = etree.fromstring(records.get_view(view_type="form")["arch"])
        specification = {}
        for node in arch.xpath("//field[not(ancestor::field)]"):
            name = node.get("name")
            if records._fields[name].type != "many2one":
                specification[name] = {}
            elif node.get("invisible") in ("1", "True"):
                specification.setdefault(name, {"fields": {}})
            else:
                specification[name] = {"fields": {"display_name": {}}}
        return specification

    def count(self, specification, user):
        """Return the queries of the web client's call, all of Odoo's caches being warm."""
        partners = self.env["res.partner"].with_user(user)
        partners = partners.with_context(allowed_company_ids=self.company.ids)
        for _warm_up in range(2):
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            [values] = partners.browse(self.customer.id).web_read(specification)
        return self.env.cr.sql_log_count - before, values

    def test_a_form_costs_few_queries(self):
        groups = "crm_relationship.group_credit,account.group_account_manager"
        everything = self.new_user("form_boss", f"sales_team.group_sale_manager,{groups}")
        for user in (self.salesperson, everything):
            with self.subTest(user=user.login):
                asked = self.get_specification("res.partner", user)
                bare = {name: asked[name] for name in asked if not name.startswith(PREFIX)}
                without, _values = self.count(bare, user)
                present, values = self.count(asked, user)
                self.assertTrue(values["relationship_shows_risks"])
                self.assertTrue(values["relationship_is_dismissal_proposed"])
                self.assertLessEqual(present, without + MOST)

    def test_forms_read_no_lights(self):
        for model, prefix in (("res.partner", PREFIX), ("crm.relationship.profile", "")):
            names = self.get_specification(model, self.manager)
            self.assertIn(f"{prefix}shows_risks", names)
            for name in ("risk_lights", "risk_explanation"):
                self.assertNotIn(prefix + name, names)
