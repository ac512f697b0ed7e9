from psycopg2 import IntegrityError

from odoo.exceptions import UserError, ValidationError
from odoo.tests import tagged
from odoo.tools import mute_logger

from .common import KeyAccountCase


@tagged("post_install", "-at_install")
class TestRole(KeyAccountCase):
    """What a decision chain may look like."""

    def test_no_cycle(self):
        boss = self.make_role("Boss")
        middle = self.make_role("Middle", reports_to_id=boss.id)
        low = self.make_role("Low", reports_to_id=middle.id)
        with self.assertRaisesRegex(ValidationError, "own reports"):
            boss.with_user(self.owner).reports_to_id = low
        with mute_logger("odoo.sql_db"), self.assertRaises(IntegrityError):
            boss.reports_to_id = boss
            self.env.flush_all()

    def test_the_chain_stays_in_its_plan(self):
        other = self.make_plan()
        role, stranger = self.make_role("Ann"), self.make_role("Bob", other)
        for vals in (
            {"reports_to_id": stranger.id},
            {"influences_ids": [(4, stranger.id)]},
        ):
            with self.assertRaisesRegex(ValidationError, "belongs to another plan"):
                role.with_user(self.owner).write(vals)
        with self.assertRaisesRegex(UserError, "belongs to its plan"):
            role.with_user(self.owner).plan_id = other

    def test_nobody_influences_oneself(self):
        role = self.make_role("Ann")
        with self.assertRaisesRegex(ValidationError, "influences oneself"):
            role.influences_ids = role

    def test_contacts_of_the_customer_only(self):
        unit = self.env["res.partner"].create(
            {"name": "Plant", "is_company": True, "parent_id": self.customer.id}
        )
        self.assertTrue(self.make_role("", partner=self.make_contact("Ann", unit)))
        self.assertTrue(self.make_role("", partner=self.customer))
        stranger = self.make_contact("Eve", self.make_customers(1))
        with self.assertRaisesRegex(ValidationError, "is no contact of"):
            self.make_role("", partner=stranger)

    def test_one_role_in_a_plan(self):
        role = self.make_role("Ann")
        again = {"plan_id": self.plan.id, "partner_id": role.partner_id.id}
        with mute_logger("odoo.sql_db"), self.assertRaises(IntegrityError):
            self.env["crm.relationship.role"].create(again)

    def test_another_role_in_another_plan(self):
        role = self.make_role("Ann", buying_role="user")
        other = self.make_role(
            "", self.make_plan(), partner=role.partner_id, buying_role="approver"
        )
        self.assertEqual(role.buying_role, "user")
        self.assertEqual(other.buying_role, "approver")

    def test_our_person_works_in_the_company(self):
        role = self.make_role("Ann", user_id=self.member.id)
        stranger = self.new_user("stranger", "base.group_user", self.create_company("Second Ltd"))
        with self.assertRaisesRegex(ValidationError, "choose an internal user"):
            role.user_id = stranger

    def test_a_contact_that_is_archived_leaves_the_chain(self):
        boss = self.make_role("Boss")
        low = self.make_role("Low", reports_to_id=boss.id)
        boss.partner_id.action_archive()
        self.assertFalse(boss.active)
        self.assertEqual(self.plan.role_ids, low)
        self.assertEqual(self.plan.role_count, 1)
        boss.partner_id.action_unarchive()
        self.assertEqual(low.reports_to_id, boss)
        self.assertIn(boss, self.plan.role_ids)

    def test_a_contact_that_is_deleted_takes_its_role_along(self):
        boss = self.make_role("Boss")
        low = self.make_role("Low", reports_to_id=boss.id)
        self.plan.state = "closed"
        boss.partner_id.unlink()
        self.assertFalse(boss.exists())
        self.assertFalse(low.reports_to_id)

    def test_advice_follows_support_and_style(self):
        role = self.make_role("Ann")
        self.assertEqual(role.advice_ids.mapped("case"), ["neutral"])
        role.with_user(self.owner).write(
            {"support": "-1", "style": "relational", "is_insatiable": True}
        )
        cases = role.with_user(self.outsider).advice_ids.mapped("case")
        self.assertEqual(set(cases), {"not_trusting", "relational", "insatiable"})
        role.write({"support": "1", "style": False, "is_insatiable": False})
        self.assertEqual(role.advice_ids.mapped("case"), ["supporter"])

    def test_the_map_shows_who_reports_to_whom(self):
        boss = self.make_role("Boss")
        low = self.make_role("Low", reports_to_id=boss.id)
        rows = (
            self.env["crm.relationship.role"]
            .with_user(self.outsider)
            .hierarchy_read(
                [("plan_id", "=", self.plan.id)],
                {"display_name": {}, "reports_to_id": {"fields": {}}},
                "reports_to_id",
                "report_ids",
            )
        )
        parents = {row["id"]: row["reports_to_id"] and row["reports_to_id"]["id"] for row in rows}
        self.assertEqual(parents, {boss.id: False, low.id: boss.id})
