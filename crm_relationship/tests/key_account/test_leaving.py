from odoo.tests import tagged

from .common import KeyAccountCase


@tagged("post_install", "-at_install")
class TestLeaving(KeyAccountCase):
    """A contact that is archived or moves to another customer leaves the chain, and is told."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.other = cls.make_customers(1)
        cls.ann = cls.make_role("Ann")
        # A salesperson who may change contacts, and neither sees nor changes account plans.
        cls.clerk = cls.new_user("plan_clerk", "base.group_user,base.group_partner_manager")

    def told(self, plan=None):
        """Return how often the plan's chatter names the contact."""
        bodies = (plan or self.plan).message_ids.mapped("body")
        return len([body for body in bodies if "Ann" in body])

    def test_moving_to_another_customer(self):
        contact = self.ann.partner_id.with_user(self.clerk)
        contact.parent_id = self.other
        self.assertFalse(self.ann.active)
        self.assertEqual(self.told(), 1)
        contact.phone = "123"
        self.assertEqual(self.told(), 1)
        contact.parent_id = self.customer
        self.assertTrue(self.ann.active)
        self.assertEqual(self.told(), 2)

    def test_moving_within_the_customer(self):
        unit = self.env["res.partner"].create(
            {"name": "Plant", "is_company": True, "parent_id": self.customer.id}
        )
        self.ann.partner_id.parent_id = unit
        self.assertTrue(self.ann.active)
        self.assertEqual(self.told(), 0)
        unit.with_user(self.clerk).parent_id = self.other
        self.assertFalse(self.ann.active)
        self.assertEqual(self.told(), 1)

    def test_moved_by_the_customers_form(self):
        self.other.with_user(self.clerk).child_ids = [(4, self.ann.partner_id.id)]
        self.assertFalse(self.ann.active)

    def test_a_unit_that_is_deleted(self):
        unit = self.env["res.partner"].create(
            {"name": "Plant", "is_company": True, "parent_id": self.customer.id}
        )
        self.ann.partner_id.parent_id = unit
        unit.unlink()
        self.assertFalse(self.ann.active)

    def test_who_was_taken_out_by_hand_stays_out(self):
        self.ann.with_user(self.owner).active = False
        unit = self.env["res.partner"].create(
            {"name": "Plant", "is_company": True, "parent_id": self.customer.id}
        )
        self.ann.partner_id.parent_id = unit
        self.assertFalse(self.ann.active)

    def test_archiving_and_back(self):
        self.ann.partner_id.with_user(self.clerk).action_archive()
        self.assertFalse(self.ann.active)
        self.assertEqual(self.told(), 1)
        self.ann.partner_id.with_user(self.clerk).action_unarchive()
        self.assertTrue(self.ann.active)

    def test_a_closed_plan_stays_as_it_is(self):
        self.plan.state = "closed"
        self.ann.partner_id.parent_id = self.other
        self.assertTrue(self.ann.active)
        self.assertEqual(self.told(), 0)
        self.plan.with_user(self.manager).action_reopen()
        self.assertFalse(self.ann.active)
        self.assertEqual(self.told(), 1)

    def test_nobody_comes_back_who_is_elsewhere(self):
        self.ann.partner_id.parent_id = self.other
        with self.assertRaisesRegex(Exception, "is no contact of"):
            self.ann.with_user(self.owner).active = True

    def test_a_role_stays_with_its_contact(self):
        bob = self.make_contact("Bob")
        with self.assertRaisesRegex(Exception, "stays with its contact"):
            self.ann.with_user(self.owner).partner_id = bob

    def test_many_at_once(self):
        plans = [self.make_plan() for _number in range(10)]
        contacts = self.env["res.partner"]
        for plan in plans:
            contacts |= self.make_role("Ann", plan).partner_id
        self.env.flush_all()
        counts = []
        for some in (contacts[:2], contacts[2:]):
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            some.with_user(self.clerk).write({"parent_id": self.other.id})
            self.env.flush_all()
            counts.append(self.env.cr.sql_log_count - before)
        self.assertEqual([self.told(plan) for plan in plans], [1] * 10)
        own = self.count_plain_write(contacts[:2]), self.count_plain_write(contacts[2:])
        # Beyond what Odoo's own write takes for so many.
        self.assertLessEqual(counts[1] - own[1], counts[0] - own[0] + 12)

    def count_plain_write(self, contacts):
        """Return how many queries the move takes where nobody has a role."""
        plain = self.env["res.partner"].create(
            [{"name": "Ann", "parent_id": self.customer.id} for _contact in contacts]
        )
        self.env.flush_all()
        self.env.invalidate_all()
        before = self.env.cr.sql_log_count
        plain.with_user(self.clerk).write({"parent_id": self.other.id})
        self.env.flush_all()
        return self.env.cr.sql_log_count - before
