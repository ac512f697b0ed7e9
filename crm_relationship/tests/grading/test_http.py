import json
from datetime import datetime, timedelta

from odoo.tests import HttpCase, tagged
from odoo.tools import mute_logger

from ..common import RelationshipCase


@tagged("post_install", "-at_install")
class TestHttp(RelationshipCase, HttpCase):
    """What people learn through the JSON-2 API, with keys of their own."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.customers = cls.make_ranking(range(10, 0, -1))
        cls.recalculate()

    def new_key(self, group):
        user = self.new_user(f"http_{group.rpartition('.')[2]}", group)
        keys = self.env["res.users.apikeys"].with_user(user).sudo()
        return user, keys._generate("rpc", "test", datetime.now() + timedelta(days=1))

    def call(self, key, model, method, **arguments):
        return self.url_open(
            f"/json/2/{model}/{method}",
            data=json.dumps(arguments),
            headers={"Authorization": f"Bearer {key}", "Content-Type": "application/json"},
        )

    @mute_logger("odoo.http")
    def test_portal_customers_learn_nothing(self):
        user, key = self.new_key("base.group_portal")
        own = self.customers[0]
        user.partner_id.parent_id = own
        for model in ("profile", "change", "run", "tier", "tier.policy", "tier.cut"):
            answer = self.call(key, f"crm.relationship.{model}", "search_read", domain=[])
            self.assertEqual(answer.status_code, 403, model)
        partner = user.partner_id.id
        for method, arguments in {
            "read": {"ids": [partner], "fields": ["relationship_tier_id"]},
            "search": {"domain": [["relationship_revenue", ">", 0]]},
            "search_read": {"domain": [], "fields": ["name"], "order": "relationship_revenue"},
            "formatted_read_group": {"domain": [], "groupby": ["relationship_tier_id"]},
            "export_data": {"ids": [partner], "fields_to_export": ["relationship_tier_id/name"]},
        }.items():
            answer = self.call(key, "res.partner", method, **arguments)
            self.assertGreaterEqual(answer.status_code, 400, method)
            self.assertNotIn("VIP", answer.text)
        answer = self.call(key, "crm.relationship.run", "recalculate", companies=self.company.ids)
        self.assertEqual(answer.status_code, 403)

    def test_a_salesperson_reads_tiers(self):
        _user, key = self.new_key("sales_team.group_sale_salesman")
        answer = self.call(
            key,
            "res.partner",
            "search_read",
            domain=[["relationship_tier_id.code", "=", "A"]],
            fields=["relationship_revenue"],
        )
        self.assertEqual(answer.json(), [{"id": self.customers[0].id, "relationship_revenue": 10}])

    @mute_logger("odoo.http")
    def test_a_salesperson_writes_nothing(self):
        _user, key = self.new_key("sales_team.group_sale_salesman")
        profile = self.get_profile(self.customers[0])
        for method, arguments in {
            "write": {"ids": profile.ids, "vals": {"override_reason": "x"}},
            "unlink": {"ids": profile.ids},
            "create": {"vals_list": [{"partner_id": self.customers[0].id}]},
        }.items():
            answer = self.call(key, "crm.relationship.profile", method, **arguments)
            self.assertEqual(answer.status_code, 403, method)
