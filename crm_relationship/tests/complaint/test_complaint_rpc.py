import json
from datetime import timedelta

from odoo import fields
from odoo.tests import HttpCase, tagged

from .common import ComplaintCase


@tagged("post_install", "-at_install")
class TestComplaintRpc(ComplaintCase, HttpCase):
    """Other systems enter complaints with one call, as a handler."""

    def key_of(self, user):
        keys = self.env["res.users.apikeys"].with_user(user)
        return keys._generate("rpc", "complaints", fields.Datetime.now() + timedelta(days=1))

    def call(self, user, **values):
        return self.url_open(
            "/json/2/crm.relationship.complaint/create",
            data=json.dumps({"vals_list": [{"subject": "By RPC", **values}]}),
            headers={
                "Authorization": f"bearer {self.key_of(user)}",
                "Content-Type": "application/json",
            },
        )

    def test_one_call(self):
        response = self.call(
            self.handler, partner_id=self.customer.id, contact_id=self.contact.id, channel="web"
        )
        self.assertEqual(response.status_code, 200, response.text)
        complaint = self.env["crm.relationship.complaint"].browse(response.json())
        self.assertEqual((complaint.subject, complaint.channel), ("By RPC", "web"))
        self.assertEqual((complaint.company_id, complaint.team_id), (self.company, self.team))
        self.assertRegex(complaint.name, r"^CPL/")
        self.assertEqual(complaint.stage_code, "new")

    def test_the_rules_hold(self):
        for values in (
            {"partner_id": self.contact.id},
            {"partner_id": self.customer.id, "name": "X/1"},
            {"partner_id": self.customer.id, "access_token": "x"},
            {"partner_id": self.customer.id, "date_rated": "2026-01-01 00:00:00"},
            {"partner_id": self.customer.id, "email_from": "x@y.example"},
            {"partner_id": self.customer.id, "origin_message_id": 1},
        ):
            with self.subTest(values):
                response = self.call(self.handler, **values)
                self.assertEqual(response.status_code, 422, response.text)
