from datetime import date

from freezegun import freeze_time

from odoo.exceptions import AccessError, ValidationError
from odoo.tests import tagged

from ..common import RelationshipCase

TODAY = date(2025, 7, 10)


class ReferralCase(RelationshipCase):
    """Four customers that bought; the first one has a contact."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.startClassPatcher(freeze_time(TODAY))
        cls.salesperson = cls.new_user("referral_own", "sales_team.group_sale_salesman")
        cls.manager = cls.new_user("referral_manager", "sales_team.group_sale_manager")
        cls.customers = cls.make_ranking([400, 300, 200, 100], day=date(2025, 5, 5))
        cls.first, cls.second, cls.third, cls.fourth = cls.customers
        cls.contact = cls.new_contact(cls.first)
        cls.recalculate(as_of=TODAY)

    @classmethod
    def new_contact(cls, parent, **values):
        values = {"name": f"Contact of {parent.name}", "parent_id": parent.id, **values}
        return cls.env["res.partner"].create(values)

    def as_user(self, record, user=None):
        return record.with_user(user or self.salesperson).with_context(
            allowed_company_ids=self.company.ids
        )


@tagged("post_install", "-at_install")
class TestReferralChecks(ReferralCase):
    def test_not_itself(self):
        with self.assertRaisesRegex(ValidationError, "belong to the same customer"):
            self.first.referred_by_id = self.first

    def test_no_cycle_by_a_contact_that_moves(self):
        other = self.new_contact(self.third)
        self.first.referred_by_id = self.new_contact(self.second)
        self.second.referred_by_id = other
        with self.assertRaisesRegex(ValidationError, "referred by a customer that it referred"):
            other.parent_id = self.first

    def test_archived_customers_are_neither_counted_nor_listed(self):
        (self.second + self.third).referred_by_id = self.first
        self.third.active = False
        self.env.invalidate_all()
        self.assertEqual(self.as_user(self.first).relationship_referred_count, 1)
        action = self.as_user(self.first).action_open_referred()
        found = self.as_user(self.env["crm.relationship.profile"]).search(action["domain"])
        self.assertEqual(found.partner_id, self.second)

    def test_not_within_one_customer(self):
        for contact, referrer in (
            (self.first, self.contact),
            (self.contact, self.first),
            (self.contact, self.new_contact(self.first)),
        ):
            with self.assertRaisesRegex(ValidationError, "belong to the same customer"):
                contact.referred_by_id = referrer

    def test_no_cycle(self):
        self.second.referred_by_id = self.first
        self.third.referred_by_id = self.second
        for referrer in (self.second, self.third):
            with self.assertRaisesRegex(ValidationError, "directly or through others"):
                self.first.referred_by_id = referrer
        self.fourth.referred_by_id = self.third

    def test_no_cycle_through_contacts(self):
        self.second.referred_by_id = self.contact
        contact = self.new_contact(self.second)
        self.third.referred_by_id = contact
        with self.assertRaisesRegex(ValidationError, "directly or through others"):
            self.new_contact(self.first, referred_by_id=self.third.id)

    def test_two_in_one_go(self):
        with self.assertRaises(ValidationError):
            (self.first + self.second).write({"referred_by_id": self.first.id})
        (self.second + self.third).write({"referred_by_id": self.first.id})
        self.assertEqual(self.first.referred_ids, self.second + self.third)

    def test_a_former_cycle_elsewhere_does_not_hang_the_check(self):
        self.env.cr.execute(
            "UPDATE res_partner SET referred_by_id = %s WHERE id = %s",
            [self.third.id, self.second.id],
        )
        self.env.cr.execute(
            "UPDATE res_partner SET referred_by_id = %s WHERE id = %s",
            [self.second.id, self.third.id],
        )
        self.env.invalidate_all()
        self.first.referred_by_id = self.second
        self.assertEqual(self.first.referred_by_id, self.second)

    def test_import(self):
        fields = ["name", "referred_by_id"]
        result = self.env["res.partner"].load(fields, [["Imported", self.first.name]])
        self.assertFalse(result["messages"])
        self.assertEqual(self.first.referred_ids.name, "Imported")
        result = self.env["res.partner"].load(
            ["id", *fields], [["__t.self", "Self", ""], ["__t.self", "Self", "Self"]]
        )
        self.assertIn("same customer", result["messages"][0]["message"])


@tagged("post_install", "-at_install")
class TestReferralFigures(ReferralCase):
    def test_a_customer_counts_what_its_contacts_referred(self):
        self.second.referred_by_id = self.first
        self.new_contact(self.second, referred_by_id=self.first.id)
        self.third.referred_by_id = self.contact
        first, contact = self.as_user(self.first), self.as_user(self.contact)
        self.assertEqual(first.relationship_referred_count, 2)
        self.assertEqual(first.relationship_referred_revenue, 500)
        self.assertEqual(contact.relationship_referred_count, 1)
        self.assertEqual(contact.relationship_referred_revenue, 200)
        self.assertEqual(self.as_user(self.fourth).relationship_referred_count, 0)

    def test_the_button_opens_just_those(self):
        (self.second + self.third).referred_by_id = self.contact
        self.fourth.user_id = self.manager
        self.fourth.referred_by_id = self.first
        for user, count in ((self.salesperson, 2), (self.manager, 3)):
            partner = self.as_user(self.first, user)
            self.assertEqual(partner.relationship_referred_count, count)
            action = partner.action_open_referred()
            profiles = self.as_user(self.env[action["res_model"]], user)
            self.assertEqual(profiles.search_count(action["domain"]), count)

    def test_each_company_counts_its_own(self):
        other = self.create_company("Elsewhere Ltd")
        self.second.referred_by_id = self.first
        first = self.first.with_context(allowed_company_ids=other.ids)
        self.assertEqual(first.relationship_referred_count, 0)

    def test_who_moves_to_the_referrer_is_no_referral_any_more(self):
        person = self.env["res.partner"].create({"name": "P", "referred_by_id": self.contact.id})
        self.make_invoices([(person, date(2025, 6, 1), 50)])
        self.recalculate(as_of=TODAY)
        profile = self.get_profile(person)
        self.assertTrue(profile.is_referred)
        self.assertEqual(self.get_profile(self.first).ladder_step, "advocate")
        person.parent_id = self.first
        self.recalculate(as_of=TODAY)
        self.assertFalse(self.get_profile(self.first).is_referred)
        self.assertEqual(self.as_user(self.first).relationship_referred_count, 0)

    def test_a_referred_contact_makes_the_customer_referred(self):
        self.new_contact(self.third, referred_by_id=self.first.id)
        self.fourth.referred_by_id = self.contact
        profiles = self.as_user(self.env["crm.relationship.profile"])
        referred = profiles.search([("is_referred", "=", True)])
        self.assertEqual(referred.partner_id, self.third + self.fourth)
        self.assertEqual(set(referred.mapped("is_referred")), {True})
        others = profiles.search([("is_referred", "=", False)])
        self.assertEqual(others.partner_id, self.first + self.second)
        self.assertEqual(set(others.mapped("is_referred")), {False})
        groups = dict(profiles._read_group([], ["is_referred"], ["__count"]))
        self.assertEqual(groups, {True: 2, False: 2})
        groups = dict(profiles._read_group([], ["came_by"], ["__count"]))
        self.assertEqual(groups, {"referral": 2, "other": 2})
        self.assertEqual(profiles.search([("came_by", "=", "referral")]), referred)
        self.assertEqual(profiles.search([("came_by", "!=", "referral")]), others)
        self.assertEqual(set(referred.mapped("came_by")), {"referral"})
        groups = dict(profiles._read_group([], ["referrer_id"], ["__count"]))
        self.assertEqual(groups[self.as_user(self.contact)], 1)

    def test_no_more_queries_for_more_contacts(self):
        self.customers[1:].referred_by_id = self.first
        self.as_user(self.first).read(["relationship_referred_count"])
        counts = []
        for partners in (self.customers[:1], self.customers):
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            self.as_user(partners).read(["relationship_referred_count"])
            counts.append(self.env.cr.sql_log_count - before)
        self.assertEqual(*counts)

    def test_only_relationship_users_see_figures(self):
        employee = self.new_user("referral_employee", "base.group_user")
        with self.assertRaises(AccessError):
            self.as_user(self.first, employee).read(["relationship_referred_count"])


@tagged("post_install", "-at_install")
class TestReferralMerge(ReferralCase):
    def merge(self, source, target):
        wizard = self.env["base.partner.merge.automatic.wizard"].create({})
        wizard._merge((source + target).ids, target)
        self.env.invalidate_all()

    def test_a_contact_merged_into_its_referrer(self):
        self.second.referred_by_id = self.first
        self.third.referred_by_id = self.second
        self.merge(self.second, self.first)
        self.assertFalse(self.first.referred_by_id)
        self.assertEqual(self.third.referred_by_id, self.first)

    def test_a_referrer_merged_into_its_contact(self):
        self.second.referred_by_id = self.first
        self.merge(self.first, self.second)
        self.assertFalse(self.second.referred_by_id)

    def test_a_merge_that_would_close_a_circle(self):
        self.second.referred_by_id = self.first
        self.third.referred_by_id = self.second
        self.merge(self.third, self.first)
        self.assertFalse(self.first.referred_by_id)
        self.assertEqual(self.second.referred_by_id, self.first)

    def test_the_referral_of_a_duplicate_is_kept(self):
        self.third.referred_by_id = self.first
        self.merge(self.third, self.second)
        self.assertEqual(self.second.referred_by_id, self.first)

    def test_notes_of_a_duplicate_are_kept(self):
        source, target = self.get_profile(self.third), self.get_profile(self.second)
        source.write({"ladder_mark": "advocate", "yearly_need": 700})
        target.yearly_need = 900
        self.merge(self.third, self.second)
        profile = self.get_profile(self.second)
        self.assertEqual((profile.ladder_mark, profile.yearly_need), ("advocate", 900))
