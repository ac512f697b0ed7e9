from odoo.tests import tagged

from .common import KeyAccountCase


@tagged("post_install", "-at_install")
class TestKeyAccountPrivacy(KeyAccountCase):
    """Odoo's privacy look-up finds what is kept of a person, and deletes it."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.company.relationship_private_data = True
        cls.role = cls.make_role("Ann", partner=cls.make_contact("Ann Zu", email="ann@zu.example"))
        cls.note = cls.env["crm.relationship.role.note"].create(
            {"role_id": cls.role.id, "body": "Breeds alpacas"}
        )

    def test_what_makes_it_work(self):
        """It reads stored links to contacts that the database doesn't delete by itself."""
        for record in (self.role, self.note):
            field = record._fields["partner_id"]
            self.assertTrue(field.store)
            self.assertNotEqual(field.ondelete, "cascade")
            self.assertTrue(record._auto)
            self.assertEqual(record.partner_id, self.role.partner_id)

    def test_the_lookup(self):
        if "privacy.lookup.wizard" not in self.env:
            self.skipTest("Odoo's privacy look-up is not installed")
        admin = self.env.ref("base.user_admin")
        wizard = self.env["privacy.lookup.wizard"].with_user(admin)
        wizard = wizard.create({"name": "Ann Zu", "email": "ann@zu.example"})
        wizard.action_lookup()
        found = {(line.res_model, line.res_id) for line in wizard.line_ids}
        records = (self.role.partner_id, self.role, self.note)
        self.assertLessEqual({(record._name, record.id) for record in records}, found)
        self.assertNotIn("alpaca", " ".join(wizard.line_ids.mapped("res_name")))
        wizard.line_ids.action_unlink_all()
        for record in records:
            self.assertFalse(record.exists())
