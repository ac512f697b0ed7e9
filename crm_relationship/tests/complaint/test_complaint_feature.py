from lxml import etree

from odoo.tests import tagged

from .common import ComplaintCase

MENUS = (
    "crm_relationship.crm_relationship_complaint_menu",
    "crm_relationship.crm_relationship_complaint_configuration_menu",
)
FORMS = ("res.partner", "sale.order", "account.move")


@tagged("post_install", "-at_install")
class TestComplaintFeature(ComplaintCase):
    """Turned off, nothing of complaints is seen; the data stays."""

    def turn(self, on):
        self.env["res.config.settings"].create({"group_relationship_complaint": on}).execute()
        self.env.invalidate_all()

    def visible(self, user):
        """Return whether the user sees each of the menus, and those above."""
        seen = set(self.env["ir.ui.menu"].with_user(user)._visible_menu_ids())
        return [
            {menu.id, menu.parent_id.id, menu.parent_id.parent_id.id} <= seen
            for menu in map(self.env.ref, MENUS)
        ]

    def buttons(self):
        user = self.new_user(
            "complaint_all_forms", "sales_team.group_sale_manager,account.group_account_manager"
        )
        for model in FORMS:
            arch = self.env[model].with_user(user).get_view(view_type="form")["arch"]
            yield "action_open_relationship_complaints" in arch
        user.unlink()

    def count_queries(self):
        partner = self.customer.with_user(self.handler)
        partner.get_relationship_complaint_count()
        self.env.invalidate_all()
        before = self.env.cr.sql_log_count
        counts = partner.get_relationship_complaint_count()
        return counts, self.env.cr.sql_log_count - before

    def test_on(self):
        self.turn(True)
        self.assertEqual(self.visible(self.manager), [True, True])
        for user in (self.handler, self.employee, self.executive):
            self.assertEqual(self.visible(user), [True, False])
        self.assertEqual(list(self.buttons()), [True] * 3)
        self.assertEqual(self.count_queries()[0], {"total": 1, "open": 1})

    def test_forms_read_no_count(self):
        """The button asks after the form is shown, and costs the form no query."""
        self.turn(True)
        arch = self.env["res.partner"].with_user(self.manager).get_view(view_type="form")["arch"]
        button = etree.fromstring(arch).find(
            ".//button[@name='action_open_relationship_complaints']"
        )
        self.assertEqual([node.tag for node in button], ["widget"])

    def test_off(self):
        self.turn(True)
        self.turn(False)
        for user in (self.manager, self.handler, self.employee, self.executive):
            self.assertEqual(self.visible(user), [False, False])
        self.assertEqual(list(self.buttons()), [False] * 3)
        self.assertEqual(self.count_queries(), ({"total": 0, "open": 0}, 0))
        self.assertTrue(self.complaint.exists())

    def test_employees_see_no_other_menu(self):
        self.turn(True)
        root = self.env.ref("crm_relationship.crm_relationship_menu")
        own = {
            "follow_up",
            "complaint",
            "complaint_all",
            "complaint_board",
            "complaint_action",
        }
        expected = [self.env.ref(f"crm_relationship.crm_relationship_{name}_menu") for name in own]
        menus = self.env["ir.ui.menu"]
        seen = menus.with_user(self.employee)._visible_menu_ids()
        below = menus.search([("id", "child_of", root.id), ("id", "!=", root.id)])

        def is_shown(menu):
            return menu == root or (menu.id in seen and is_shown(menu.parent_id))

        self.assertEqual(set(below.filtered(is_shown)), set(expected))
