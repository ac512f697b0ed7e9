from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged

from .common import KeyAccountCase

SECRET = "Wants to breed alpacas"


@tagged("post_install", "-at_install")
class TestPrivateNotes(KeyAccountCase):
    """Private data is for the team alone, through every route, and where the company allows it."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.company.relationship_private_data = True
        cls.role = cls.make_role("Ann")
        cls.notes = cls.env["crm.relationship.role.note"]
        cls.note = cls.notes.with_user(cls.member).create(
            {"role_id": cls.role.id, "kind": "wish", "body": SECRET}
        )
        cls.env.flush_all()
        cls.env.invalidate_all()

    def strangers(self):
        """Yield each user outside the team who does read the plan; nothing is in memory."""
        for user in (self.outsider, self.manager, self.env.ref("base.user_admin")):
            export = self.env.ref("base.group_allow_export")
            user.sudo().write(
                {"company_ids": [(4, self.company.id)], "group_ids": [(4, export.id)]}
            )
            self.env.flush_all()
            self.env.invalidate_all()
            with self.subTest(user=user.login):
                env = self.env(
                    user=user, su=False, context={"allowed_company_ids": self.company.ids}
                )
                self.assertEqual(self.role.with_env(env).support, "0")
                yield env

    def test_the_team_reads_and_writes(self):
        for user in (self.owner, self.member):
            self.assertEqual(self.note.with_user(user).body, SECRET)
            self.assertEqual(self.role.with_user(user).note_ids, self.note)
        roles = self.env["crm.relationship.role"].with_user(self.owner)
        for domain in (
            [("note_ids", "!=", False)],
            [("note_ids", "in", self.note.ids)],
            [("note_ids.body", "ilike", "alpaca")],
        ):
            self.assertEqual(roles.search(domain), self.role)
        self.assertNotIn(self.role, roles.search([("note_ids", "=", False)]))
        self.note.with_user(self.owner).body = "Has alpacas"

    def test_read(self):
        for env in self.strangers():
            with self.assertRaises(AccessError):
                self.note.with_env(env).read(["body"])
            self.assertFalse(self.role.with_env(env).note_ids)
            rows = self.role.with_env(env).web_read({"note_ids": {"fields": {"body": {}}}})
            self.assertEqual(rows[0]["note_ids"], [])

    def test_search(self):
        for env in self.strangers():
            self.assertFalse(
                env["crm.relationship.role.note"].search([("body", "ilike", "alpaca")])
            )
            self.assertFalse(env["crm.relationship.role.note"].search_count([]))
            for path in ("note_ids.body", "plan_id.role_ids.note_ids.body"):
                found = env["crm.relationship.role"].search([(path, "ilike", "alpaca")])
                self.assertFalse(found)
            plans = env["crm.relationship.plan"]
            self.assertFalse(plans.search([("role_ids.note_ids.kind", "=", "wish")]))
            roles = env["crm.relationship.role"]
            self.assertFalse(roles.search([("note_ids", "!=", False)]))
            self.assertFalse(roles.search([("note_ids", "in", self.note.ids)]))
            self.assertIn(self.role, roles.search([("note_ids", "=", False)]))
            self.assertIn(self.role, roles.search([("note_ids", "not in", self.note.ids)]))
            self.assertFalse(env["crm.relationship.role.note"].name_search("Wish"))

    def test_sort(self):
        for env in self.strangers():
            self.assertFalse(env["crm.relationship.role.note"].search([], order="body"))
            with self.assertRaises(ValueError):
                env["crm.relationship.role"].search([], order="note_ids")

    def test_group(self):
        for env in self.strangers():
            notes = env["crm.relationship.role.note"]
            self.assertFalse(notes._read_group([], ["kind"], ["__count", "body:array_agg"]))
            self.assertFalse(notes.formatted_read_group([], ["partner_id"], ["__count"]))

    def test_export(self):
        for env in self.strangers():
            with self.assertRaises(AccessError):
                self.note.with_env(env).export_data(["body"])
            exported = self.role.with_env(env).export_data(["partner_id/name", "note_ids/body"])
            self.assertNotIn("alpaca", str(exported))

    def test_chatter(self):
        records = [self.role, self.plan, self.customer, self.role.partner_id]
        self.note.with_user(self.owner).body = f"{SECRET} soon"
        self.env.flush_all()
        for record in records:
            texts = " ".join(str(body) for body in record.message_ids.mapped("body"))
            values = record.message_ids.sudo().tracking_value_ids
            self.assertNotIn("alpaca", texts + str(values.mapped("new_value_char")))

    def test_report_and_explanation(self):
        for env in self.strangers():
            plan = self.plan.with_env(env)
            self.assertNotIn("alpaca", str(plan.red_flags) + plan.red_flag_explanation)
            self.assertNotIn("areer", plan.red_flag_explanation)
            self.assertFalse(self.role.with_env(env).keeps_private_data)

    def test_rpc(self):
        for env in self.strangers():
            for attempt in (
                lambda env=env: self.note.with_env(env).write({"body": "x"}),
                lambda env=env: self.note.with_env(env).unlink(),
                lambda env=env: self.note.with_env(env).copy(),
                lambda env=env: env["crm.relationship.role.note"].create(
                    {"role_id": self.role.id, "body": "x"}
                ),
            ):
                with self.assertRaises(AccessError):
                    attempt()

    def test_a_foreign_plan_opens_no_door(self):
        """A note given one's own plan still belongs to the role's team."""
        seller = self.new_user("other_owner", "sales_team.group_sale_manager")
        own = self.make_plan(user_id=seller.id)
        with self.assertRaises(AccessError):
            self.notes.with_user(seller).create(
                {"role_id": self.role.id, "plan_id": own.id, "body": "x"}
            )
        self.notes.browse(self.note.id).plan_id = own
        self.env.flush_all()
        self.env.invalidate_all()
        with self.assertRaises(AccessError):
            self.note.with_user(seller).read(["body"])

    def test_who_leaves_the_team_sees_nothing_any_more(self):
        self.plan.member_ids.unlink()
        self.env.flush_all()
        self.env.invalidate_all()
        with self.assertRaises(AccessError):
            self.note.with_user(self.member).read(["body"])

    def test_where_the_company_keeps_none(self):
        self.company.relationship_private_data = False
        self.env.flush_all()
        self.env.invalidate_all()
        with self.assertRaises(AccessError):
            self.note.with_user(self.owner).read(["body"])
        self.assertFalse(self.role.with_user(self.owner).keeps_private_data)
        with self.assertRaises(AccessError):
            self.notes.with_user(self.owner).create({"role_id": self.role.id, "body": "x"})
        self.company.relationship_private_data = True
        self.env.invalidate_all()
        self.assertEqual(self.note.with_user(self.owner).body, SECRET)

    def test_a_closed_plan_locks_them(self):
        self.plan.state = "closed"
        with self.assertRaisesRegex(UserError, "closed"):
            self.note.with_user(self.owner).write({"body": "x"})

    def test_they_leave_with_the_contact(self):
        self.role.partner_id.unlink()
        self.assertFalse(self.note.exists())
