from odoo.tests import tagged

from ...models.key_account.res_config_settings_key_account import CRONS
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

    def reachable(self, user):
        """Return the names of what the user reaches below the menus."""
        below = self.env["ir.ui.menu"].search(
            [("parent_id", "child_of", [self.env.ref(menu).id for menu in MENUS])]
        )
        found = self.env["ir.ui.menu"].with_user(user).load_menus(False)
        return set(below.filtered(lambda menu: menu.id in found).mapped("name"))

    def button(self, user, name="action_open_relationship_plans"):
        arch = self.env["res.partner"].with_user(user).get_view(view_type="form")["arch"]
        return name in arch

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

    def test_all_parts_on_and_off(self):
        self.turn(True)
        worked_on = {"Board", "Account Plans", "Actions", "Goals", "Reviews", "Budget"}
        set_up = {"Health of Plans", "Categories of Spending", "Templates of Plans"}
        self.assertLessEqual(worked_on, self.reachable(self.owner))
        self.assertFalse(set_up & self.reachable(self.owner))
        self.assertLessEqual(worked_on | set_up, self.reachable(self.manager))
        self.assertTrue(self.button(self.owner, "action_start_relationship_plan"))
        employee = self.new_user("plan_employee", "base.group_user")
        self.assertFalse(self.reachable(employee))
        self.turn(False)
        for user in (self.owner, self.manager, self.env.ref("base.user_admin")):
            self.assertFalse(self.reachable(user))
            self.assertFalse(self.button(user, "action_start_relationship_plan"))

    def test_crons_run_while_it_is_on(self):
        crons = [self.env.ref(cron) for cron in CRONS]
        for on in (True, False, True):
            self.turn(on)
            self.assertEqual([cron.active for cron in crons], [on] * len(CRONS))
