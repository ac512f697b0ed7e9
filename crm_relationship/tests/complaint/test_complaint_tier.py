from datetime import date

from odoo.exceptions import AccessError
from odoo.tests import HttpCase, tagged

from .common import COMPLAINT, ComplaintCase

HIDDEN = (
    "relationship_tier_id",
    "relationship_tier_color",
    "relationship_stage_id",
    "relationship_stage_color",
)


@tagged("post_install", "-at_install")
class TestComplaintTier(ComplaintCase, HttpCase):
    """The customer's tier and stage are for users of the relationships alone."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.make_invoices([(cls.customer, date(2025, 6, 1), 900)])
        cls.recalculate()
        cls.informed = cls.new_user(
            "complaint_informed", f"{COMPLAINT},sales_team.group_sale_salesman_all_leads"
        )

    def call(self, user, model, method, *args, **kwargs):
        """Call over HTTP as the web client does; return the result or the error's name."""
        self.authenticate(user.login, user.login)
        reply = self.url_open(
            f"/web/dataset/call_kw/{model}/{method}",
            json={
                "jsonrpc": "2.0",
                "method": "call",
                "params": {"model": model, "method": method, "args": args, "kwargs": kwargs},
            },
        ).json()
        return reply.get("result"), reply.get("error", {}).get("data", {}).get("name")

    def test_a_user_of_relationships_sees_both(self):
        profile = self.get_profile(self.customer)
        complaint = self.complaint.with_user(self.informed)
        self.assertEqual(complaint.relationship_tier_id, profile.tier_id)
        self.assertEqual(complaint.relationship_stage_id, profile.stage_id)
        self.assertTrue(profile.tier_id and profile.stage_id)
        found = complaint.search([("relationship_tier_id", "=", profile.tier_id.id)])
        self.assertIn(complaint, found)

    def test_another_handler_sees_neither_by_any_route(self):
        model = "crm.relationship.complaint"
        denied = "odoo.exceptions.AccessError"
        for name in HIDDEN:
            with self.subTest(field=name):
                self.handler.group_ids += self.env.ref("base.group_allow_export")
                ids = self.complaint.ids
                for method, args in (
                    ("read", (ids, [name])),
                    ("web_read", (ids, {name: {}})),
                    ("search", ([(name, "!=", False)],)),
                    ("formatted_read_group", ([], [name], ["__count"])),
                    ("search_read", ([], [name])),
                    ("export_data", (ids, [name])),
                ):
                    result, error = self.call(self.handler, model, method, *args)
                    self.assertEqual((error, result), (denied, None), method)
        for path in (
            "partner_id.relationship_tier_id",
            "partner_id.relationship_credit_score",
            "partner_id.relationship_stage_id",
            "partner_id.relationship_revenue",
        ):
            with self.subTest(path=path):
                _result, error = self.call(self.handler, model, "search", [(path, "!=", False)])
                self.assertTrue(error)
        for method, args in (("search", ([],)), ("search_count", ([],))):
            for other in ("crm.relationship.profile", "crm.relationship.tier"):
                _result, error = self.call(self.handler, other, method, *args)
                self.assertEqual(error, denied)

    def test_views_name_neither(self):
        complaints = self.env["crm.relationship.complaint"]
        for view in ("form", "list", "kanban", "search"):
            for user, expected in ((self.handler, False), (self.informed, True)):
                arch = complaints.with_user(user).get_view(view_type=view)["arch"]
                self.assertEqual("relationship_tier_id" in arch, expected, view)

    def test_sorting_betrays_nothing(self):
        with self.assertRaises(AccessError):
            self.env["crm.relationship.complaint"].with_user(self.handler).search(
                [], order="relationship_tier_id"
            )
