import random
from ast import literal_eval
from datetime import date
from decimal import ROUND_FLOOR, Decimal

from lxml import etree
from psycopg2 import IntegrityError

from odoo.fields import Domain
from odoo.tests import tagged
from odoo.tools import mute_logger

from ..common import RelationshipCase

HUNDREDTH = Decimal("0.01")


def judge(revenue, margin, target):
    """Return the rate and the colour that the rules give, in plain Python."""
    if margin is None:
        return False, False
    rate = revenue > 0 and (100 * margin / revenue).quantize(HUNDREDTH, ROUND_FLOOR)
    if margin < 0:
        return rate, "red"
    return rate, rate is not False and ("green" if rate >= target else "amber")


class MarginCase(RelationshipCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env = cls.env(context={**cls.env.context, "allowed_company_ids": cls.company.ids})

    @classmethod
    def make_margins(cls, *rows, **values):
        """Create a customer for each ``(revenue, margin)``; a margin of None is unknown."""
        customers = cls.make_ranking([5] * len(rows), **values)
        cls.recalculate()
        cls.set_margins(customers, rows)
        return customers.with_env(cls.env)

    @classmethod
    def set_margins(cls, customers, rows):
        for customer, (revenue, margin) in zip(customers, rows, strict=True):
            cls.env.cr.execute(
                """UPDATE crm_relationship_profile
                      SET revenue = %s, margin = %s, margin_coverage = %s
                    WHERE partner_id = %s AND company_id = %s""",
                [revenue, margin, 0 if margin is None else 100, customer.id, cls.company.id],
            )
        cls.env.invalidate_all()

    def assert_health(self, rows, expected):
        customers = self.make_margins(*rows)
        self.assertEqual(customers.mapped("relationship_margin_health"), expected)


@tagged("post_install", "-at_install")
class TestMarginHealth(MarginCase):
    def test_below_zero_is_red_whatever_the_revenue(self):
        self.assert_health(
            [(100, -1), (1000000, "-0.01"), (0, -1), (-50, -20)], ["red", "red", "red", "red"]
        )

    def test_exactly_the_target_is_green(self):
        self.assert_health(
            [(100, "4.99"), (100, 5), (100, "5.01"), (1000000, "49999.99"), (1000000, 50000)],
            ["amber", "green", "green", "amber", "green"],
        )

    def test_zero_is_not_below_zero(self):
        self.assert_health([(100, 0), (100, "0.01")], ["amber", "amber"])

    def test_no_colour_without_a_sale(self):
        self.assert_health([(0, 0), (0, 10), (-50, 10), (-50, 0)], [False] * 4)

    def test_no_colour_for_an_unknown_margin(self):
        self.assert_health([(100, None), (0, None), (-50, None)], [False] * 3)

    def test_rests_of_unit_costs_do_not_count(self):
        self.assert_health([(100, "-0.000004"), (100, "4.999996")], ["amber", "green"])

    def test_rate_is_on_the_side_that_the_colour_says(self):
        customers = self.make_margins((3, "0.1499"), (300, "14.99"), (300, 15), (300, "-0.01"))
        self.assertEqual(customers.mapped("relationship_margin_rate"), [5.0, 4.99, 5.0, -0.01])

    def test_without_the_bridge_nobody_has_a_colour(self):
        customers = self.make_ranking([10, 5])
        sources = self.env.registry["crm.relationship.profile"]
        self.patch(sources, "_get_margin_sources", lambda _self: [])
        self.recalculate()
        profiles = self.get_profile(customers[0]) + self.get_profile(customers[1])
        self.assertEqual(profiles.mapped("margin_health"), [False, False])
        self.assertIn("no costs are measured", profiles[0].tier_explanation)

    def test_a_contact_shows_the_customers(self):
        customer = self.make_margins((100, 50))
        contact = self.env["res.partner"].create({"name": "Buyer", "parent_id": customer.id})
        self.assertEqual(contact.relationship_margin_health, "green")
        self.assertEqual(contact.relationship_margin_rate, 50)

    def test_who_is_no_customer_has_none(self):
        stranger = self.env["res.partner"].create({"name": "Stranger"})
        self.assertFalse(stranger.relationship_margin_health)
        self.assertFalse(self.env["res.partner"].new({}).relationship_margin_health)
        self.assertFalse(self.env["crm.relationship.profile"].new({}).margin_health)

    def test_random_margins_as_the_oracle_says(self):
        generator = random.Random(5)
        self.company.relationship_margin_target = 12.5
        rows = [
            (
                Decimal(generator.randrange(-5, 2000)) / 10,
                generator.choice([None, Decimal(generator.randrange(-50, 400)) / 10]),
            )
            for _number in range(200)
        ]
        customers = self.make_margins(*rows)
        profiles = self.env["crm.relationship.profile"].search(
            [("partner_id", "in", customers.ids)]
        )
        results = {profile.partner_id: profile for profile in profiles}
        for customer, row in zip(customers, rows, strict=True):
            rate, health = judge(*row, target=Decimal("12.5"))
            with self.subTest(revenue=row[0], margin=row[1]):
                self.assertEqual(results[customer].margin_health, health)
                self.assertEqual(results[customer].margin_rate, float(rate))


@tagged("post_install", "-at_install")
class TestMarginTarget(MarginCase):
    def test_another_target_holds_at_once(self):
        customer = self.make_margins((100, 8))
        for target, health in ((8, "green"), (8.01, "amber"), (0, "green"), (100, "amber")):
            self.company.relationship_margin_target = target
            self.env.invalidate_all()
            self.assertEqual(customer.relationship_margin_health, health)

    def test_five_percent_unless_decided(self):
        self.assertEqual(self.company.relationship_margin_target, 5)

    def test_each_company_has_its_own(self):
        customer = self.make_margins((100, 8))
        second = self.create_company("Second Ltd")
        second.relationship_margin_target = 20
        self.make_invoices([(customer, date(2025, 6, 1), 100)], company=second)
        self.recalculate(company=second)
        self.env.cr.execute(
            "UPDATE crm_relationship_profile SET margin = 8, margin_coverage = 100 "
            "WHERE company_id = %s",
            [second.id],
        )
        self.env.invalidate_all()
        there = customer.with_context(allowed_company_ids=second.ids)
        self.assertEqual(customer.relationship_margin_health, "green")
        self.assertEqual(there.relationship_margin_health, "amber")
        self.assertEqual(there.search([("relationship_margin_health", "=", "amber")]), there)

    @mute_logger("odoo.sql_db")
    def test_between_0_and_100(self):
        for percent in (-0.01, 100.01):
            with (
                self.subTest(percent=percent),
                self.assertRaises(IntegrityError),
                self.cr.savepoint(),
            ):
                self.company.relationship_margin_target = percent
                self.env.flush_all()
        for percent in (0, 100):
            self.company.relationship_margin_target = percent
            self.env.flush_all()

    def test_in_the_settings(self):
        settings = self.env["res.config.settings"].with_company(self.company).create({})
        self.assertEqual(settings.relationship_margin_target, 5)
        settings.relationship_margin_target = 7
        settings.set_values()
        self.assertEqual(self.company.relationship_margin_target, 7)


@tagged("post_install", "-at_install")
class TestMarginSearch(MarginCase):
    """Lists filter, sort and group by the colour, of profiles and of contacts."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.customers = cls.make_margins((100, -7), (100, 2), (100, 40), (100, None))
        cls.loss, cls.thin, cls.healthy, cls.unknown = cls.customers
        cls.mine = [("id", "in", cls.customers.ids)]

    def search(self, *domain, **options):
        """Search contacts; the profiles' names have no prefix, and they agree."""
        contacts = self.env["res.partner"].search(Domain(self.mine) & Domain(domain), **options)
        profiles = self.env["crm.relationship.profile"].search(
            Domain("partner_id", "in", self.customers.ids)
            & Domain(
                [
                    (leaf[0].removeprefix("relationship_"), *leaf[1:])
                    if isinstance(leaf, tuple)
                    else leaf
                    for leaf in domain
                ]
            )
        )
        self.assertEqual(profiles.partner_id, contacts)
        return contacts

    def test_by_colour(self):
        name = "relationship_margin_health"
        self.assertEqual(self.search((name, "=", "red")), self.loss)
        self.assertEqual(self.search((name, "in", ["red", "amber"])), self.loss + self.thin)
        self.assertEqual(self.search((name, "=", False)), self.unknown)
        self.assertEqual(self.search((name, "in", ["green", False])), self.healthy + self.unknown)
        self.assertEqual(self.search((name, "!=", False)), self.customers - self.unknown)
        self.assertEqual(self.search((name, "!=", "red")), self.customers - self.loss)

    def test_by_known_margins(self):
        name = "relationship_is_margin_known"
        self.assertEqual(self.search((name, "=", False)), self.unknown)
        self.assertEqual(self.search((name, "=", True)), self.customers - self.unknown)

    def test_by_rate(self):
        name = "relationship_margin_rate"
        self.assertEqual(self.search((name, "<", 2)), self.loss)
        self.assertEqual(self.search((name, "<=", 2)), self.loss + self.thin)
        self.assertEqual(self.search((name, ">", 2)), self.healthy)
        self.assertEqual(self.search((name, "=", 40)), self.healthy)

    def test_sort_by_rate(self):
        found = self.env["res.partner"].search(
            self.mine, order="relationship_margin_rate desc nulls last"
        )
        self.assertEqual(found.ids, (self.healthy + self.thin + self.loss + self.unknown).ids)

    def test_group_by_colour(self):
        expected = {"red": 1, "amber": 1, "green": 1, False: 1}
        contacts = self.env["res.partner"]
        groups = contacts._read_group(self.mine, ["relationship_margin_health"], ["__count"])
        self.assertEqual(dict(groups), expected)
        profiles = self.env["crm.relationship.profile"]
        domain = [("company_id", "=", self.company.id)]
        self.assertEqual(
            dict(profiles._read_group(domain, ["margin_health"], ["__count"])), expected
        )
        groups = contacts.web_read_group(
            self.mine, ["relationship_margin_health"], ["relationship_revenue:sum"]
        )
        self.assertEqual(groups["length"], 4)

    def test_filters_of_the_search_views(self):
        """The filters that the views offer, with the domains that stand there."""
        for model, customer in (("crm.relationship.profile", "partner_id"), ("res.partner", "id")):
            found = {
                name: self.env[model].search(
                    Domain(customer, "in", self.customers.ids) & Domain(domain)
                )
                for name, domain in self.get_filters(model).items()
            }
            for name, expected in {
                "margin_below_zero": self.loss,
                "margin_low": self.thin,
                "margin_healthy": self.healthy,
                "margin_unknown": self.unknown,
            }.items():
                with self.subTest(model=model, filter=name):
                    customers = found[name][customer] if model != "res.partner" else found[name]
                    self.assertEqual(customers, expected)

    def get_filters(self, model):
        """Return ``{name: domain}`` of the margin filters, without our prefix."""
        arch = self.env[model].get_views([(False, "search")])["views"]["search"]["arch"]
        return {
            node.get("name").removeprefix("relationship_"): literal_eval(node.get("domain"))
            for node in etree.fromstring(arch).iter("filter")
            if "margin" in node.get("name") and node.get("domain")
        }
