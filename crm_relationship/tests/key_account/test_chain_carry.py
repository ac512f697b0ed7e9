import json

from odoo.tests import tagged

from .common import KeyAccountCase


@tagged("post_install", "-at_install")
class TestChainCarry(KeyAccountCase):
    """What is kept of a chain: as it stands, and for next year's plan."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.company.relationship_private_data = True
        cls.boss = cls.make_role("Boss", support="-2", buying_role="approver")
        cls.low = cls.make_role("Low", reports_to_id=cls.boss.id, influences_ids=[(4, cls.boss.id)])
        cls.env["crm.relationship.role.need"].create(
            {"role_id": cls.boss.id, "need": "esteem", "offer": "A speech"}
        )
        cls.env["crm.relationship.role.note"].create({"role_id": cls.boss.id, "body": "Alpacas"})

    def test_a_snapshot_has_values_and_words_and_nothing_private(self):
        plan = self.plan.with_user(self.outsider)
        boss, low = plan._get_chain_snapshot()[plan.id]
        self.assertEqual((boss["support"], boss["support_label"]), ("-2", "Opponent"))
        self.assertEqual((boss["freshness"], boss["last_contact_date"]), ("never", False))
        self.assertEqual(low["reports_to_id"], boss["id"])
        self.assertEqual(low["influences_ids"], [boss["id"]])
        for user in (self.outsider, self.owner):
            snapshot = self.plan.with_user(user)._get_chain_snapshot()
            self.assertNotIn("lpaca", json.dumps(snapshot))

    def carry(self, user):
        self.plan.state = "closed"
        new = self.make_plan(user_id=user.id)
        self.plan.with_user(user)._copy_chain_to(new.with_user(user))
        return new.role_ids

    def test_the_next_plan_takes_over_the_chain(self):
        boss, low = self.carry(self.owner)
        self.assertEqual(boss.partner_id, self.boss.partner_id)
        self.assertEqual((boss.support, boss.buying_role), ("-2", "approver"))
        self.assertEqual((low.reports_to_id, low.influences_ids), (boss, boss))
        self.assertEqual(boss.need_ids.offer, "A speech")
        self.assertEqual(boss.note_ids.body, "Alpacas")
        self.assertEqual(self.boss.note_ids.body, "Alpacas")

    def test_who_is_not_of_the_team_takes_over_nothing_private(self):
        self.assertTrue(self.boss.note_ids, "what another one read before is no permission")
        boss, _low = self.carry(self.manager)
        self.assertEqual(boss.need_ids.offer, "A speech")
        self.assertFalse(boss.sudo().note_ids)

    def test_who_is_there_already_or_has_left_is_not_taken_over(self):
        self.plan.state = "closed"
        new = self.make_plan()
        own = self.make_role("", new, partner=self.boss.partner_id, support="2")
        self.low.partner_id.parent_id = False
        self.plan.with_user(self.owner)._copy_chain_to(new.with_user(self.owner))
        self.assertEqual(new.role_ids, own)
        self.assertEqual(own.support, "2")
