from odoo.tests import tagged

from .common import KeyAccountCase

MENUS = (
    "crm_relationship.crm_relationship_key_account_menu",
    "crm_relationship.crm_relationship_key_account_configuration_menu",
)


@tagged("post_install", "-at_install")
class TestKeyAccountFeature(KeyAccountCase):
    """Turned off, nothing of key accounts is seen; the data stays."""

    def turn(self, on):
        self.env["res.config.settings"].create({"group_relationship_key_account": on}).execute()
        self.env.invalidate_all()

    def visible(self, user):
        """Return whether the user sees each of the menus, and the one above."""
        seen = self.env["ir.ui.menu"].with_user(user)._visible_menu_ids()
        menus = [self.env.ref(menu) for menu in MENUS]
        return [{menu.id, menu.parent_id.id} <= set(seen) for menu in menus]

    def button(self, user):
        arch = self.env["res.partner"].with_user(user).get_view(view_type="form")["arch"]
        return "action_open_relationship_plans" in arch

    def test_on_and_off(self):
        self.turn(True)
        self.assertEqual(self.visible(self.manager), [True, True])
        self.assertEqual(self.visible(self.owner), [True, False])
        self.assertTrue(self.button(self.owner))
        self.assertEqual(self.customer.with_user(self.owner).relationship_plan_count, 1)
        employee = self.new_user("plan_employee", "base.group_user")
        self.assertEqual(self.visible(employee), [False, False])
        self.assertFalse(self.button(employee))
        self.turn(False)
        self.assertEqual(self.visible(self.manager), [False, False])
        self.assertFalse(self.button(self.owner))
        self.assertEqual(self.customer.with_user(self.owner).relationship_plan_count, 0)
        self.assertTrue(self.plan.exists())
