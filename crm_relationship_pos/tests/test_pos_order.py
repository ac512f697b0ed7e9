from contextlib import suppress

from odoo.exceptions import AccessError
from odoo.tests import tagged

from .common import PosCase

NAMES = ("relationship_tier_id", "relationship_tier_color")


@tagged("post_install", "-at_install")
class TestPosOrderTier(PosCase):
    """The tier of an order's customer, for those who may see tiers alone."""

    def setUp(self):
        super().setUp()
        self.order = self.make_order(100)
        self.nobodys = self.make_order(5, partner=self.env["res.partner"])
        self.measure()

    def test_read_search_and_group(self):
        orders = self.order + self.nobodys
        tier = self.tiers["A"]
        self.assertEqual(orders.mapped("relationship_tier_id"), tier)
        mine = [("id", "in", orders.ids)]
        top = [*mine, ("relationship_tier_id.is_top", "=", True)]
        self.assertEqual(orders.search(top), self.order)
        self.assertEqual(
            dict(orders._read_group(mine, ["relationship_tier_id"], ["__count"])),
            {tier: 1, tier.browse(): 1},
        )

    def test_cashiers_without_the_group_see_nothing(self):
        user = self.new_user("pos_cashier", "point_of_sale.group_pos_user")
        orders = self.order.with_env(self.env(user=user, context={}))
        orders.check_access("read")
        for name in NAMES:
            self.assertNotIn(name, orders.fields_get())
            for call in (
                lambda name=name: orders.read([name]),
                lambda name=name: orders.search([(name, "!=", False)]),
                lambda name=name: orders._read_group([], [name]),
            ):
                with suppress(AccessError, ValueError):
                    self.fail(f"{name} tells {call()}")

    def test_views_open_with_and_without_the_group(self):
        groups = {
            "pos_views_cashier": "point_of_sale.group_pos_user",
            "pos_views_manager": "point_of_sale.group_pos_manager,crm_relationship.group_user",
        }
        for login, names in groups.items():
            user = self.new_user(login, names)
            orders = self.env(user=user, context={})["pos.order"]
            views = orders.get_views([(False, "form"), (False, "list"), (False, "search")])
            for view in views["views"].values():
                shown = "relationship_tier_id" in view["arch"]
                self.assertEqual(shown, user.has_group("crm_relationship.group_user"))
