import json

from odoo.exceptions import AccessError
from odoo.tests import tagged
from odoo.tools import mute_logger

from .common_portal import ComplaintPortalCase

SECRETS = ("SECRET-NOTE", "SECRET-CAUSE", "SECRET-REASON", "SECRET-FILE", "SECRET-DRAFT")
FIELDS = ("subject", "description", "answer", "cause_id", "access_token", "priority", "filled_in")
MODEL = "crm.relationship.complaint"


@tagged("post_install", "-at_install")
class TestComplaintPortalAccess(ComplaintPortalCase):
    """No way leads a customer to another one's complaint, nor to what is said among ourselves."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.cause.name = "SECRET-CAUSE"
        handled = cls.complaint.with_user(cls.handler)
        note = {"body": "SECRET-NOTE", "subtype_xmlid": "mail.mt_note"}
        cls.note = handled.message_post(**note, attachments=[("SECRET-FILE.txt", b"SECRET-FILE")])
        said = {
            "body": "PUBLIC-WORD",
            "subtype_xmlid": "mail.mt_comment",
            "message_type": "comment",
        }
        cls.word = handled.message_post(**said, attachments=[("open.txt", b"OPEN-FILE")])
        cls.loose = cls.env["ir.attachment"].create(
            {
                "name": "SECRET-FILE-2.txt",
                "raw": b"SECRET-FILE",
                "res_model": MODEL,
                "res_id": cls.complaint.id,
            }
        )
        handled.write({"cause_id": cls.cause.id, "answer": "<p>SECRET-DRAFT</p>"})
        cls.token = cls.complaint.sudo()._portal_ensure_token()

    def rpc(self, route, **params):
        """Call a JSON route, and return what came back as text."""
        response = self.url_open(
            route,
            data=json.dumps({"jsonrpc": "2.0", "method": "call", "params": params}),
            headers={"Content-Type": "application/json"},
        )
        return response.text

    def call(self, model, method, *args, **kwargs):
        return self.rpc(
            f"/web/dataset/call_kw/{model}/{method}",
            model=model,
            method=method,
            args=args,
            kwargs=kwargs,
        )

    # ------------------------------------------------------- another's complaint

    def ways_to_another(self):
        """Yield each way by which somebody may try to reach Ann's complaint."""
        id_, thread = self.complaint.id, {"thread_model": MODEL, "thread_id": self.complaint.id}
        access = {"res_model": MODEL, "res_id": id_}
        hash_ = self.complaint.sudo()._sign_token(self.stranger.id)
        get, rpc, call = self.url_open, self.rpc, self.call
        yield "page", lambda: get(self.url()).text
        yield "wrong token", lambda: get(self.url("?access_token=x")).text
        yield "empty token", lambda: get(self.url("?access_token=")).text
        yield "rating page", lambda: get(self.url("/rate")).text
        yield "file", lambda: get(self.url(f"/file/{self.word.attachment_ids.id}")).text
        yield "list", lambda: get("/my/complaints").text
        yield "list sorted", lambda: get("/my/complaints?sortby=stage&filterby=open").text
        yield "mail view", lambda: get(f"/mail/view?model={MODEL}&res_id={id_}").text
        yield "content", lambda: get(f"/web/content/{self.word.attachment_ids.id}").text
        yield "content of a field", lambda: get(f"/web/content/{MODEL}/{id_}/description").text
        yield "image", lambda: get(f"/web/image/{self.loose.id}").text
        yield "form", lambda: get(f"/odoo/complaints/{id_}").text
        yield "read", lambda: call(MODEL, "read", [id_], FIELDS)
        yield "web_read", lambda: call(MODEL, "web_read", [id_], specification={"subject": {}})
        yield "search_read", lambda: call(MODEL, "search_read", [], ["subject"])
        yield "name_search", lambda: call(MODEL, "name_search", "press")
        yield "read_group", lambda: call(MODEL, "formatted_read_group", [], ["subject"])
        yield "export", lambda: call(MODEL, "export_data", [id_], ["subject"])
        yield "copy", lambda: call(MODEL, "copy", [id_])
        yield "portal url", lambda: call(MODEL, "get_portal_url", [id_])
        yield "access url", lambda: call(MODEL, "action_share", [id_])
        yield "messages", lambda: call("mail.message", "search_read", [["res_id", "=", id_]])
        yield "attachments", lambda: call("ir.attachment", "search_read", [["res_id", "=", id_]])
        yield "thread", lambda: rpc("/mail/thread/messages", **thread)
        yield "thread by token", lambda: rpc("/mail/chatter_fetch", **thread, token=self.token)
        yield "chatter", lambda: rpc("/mail/chatter_fetch", **thread)
        yield (
            "chatter by hash",
            lambda: rpc("/mail/chatter_fetch", **thread, hash=hash_, pid=self.stranger.id),
        )
        yield "chatter init", lambda: rpc("/portal/chatter_init", **thread, token=self.token)
        yield (
            "data",
            lambda: rpc(
                "/mail/data",
                fetch_params=[["mail.thread", {**thread, "request_list": ["attachments"]}]],
            ),
        )
        yield (
            "post",
            lambda: rpc("/mail/message/post", **thread, post_data={"body": "x"}, token=self.token),
        )
        yield "followers", lambda: call("mail.followers", "search_read", [["res_id", "=", id_]])
        yield "ratings", lambda: call("rating.rating", "search_read", [["res_id", "=", id_]])
        yield "follow", lambda: rpc("/mail/thread/subscribe", **access, partner_ids=[])
        yield "reopenings", lambda: call(f"{MODEL}.reopening", "search_read", [])
        yield "waits", lambda: call(f"{MODEL}.wait", "search_read", [])
        yield "teams", lambda: call(f"{MODEL}.team", "search_read", [])
        yield (
            "through the contact",
            lambda: call("res.partner", "get_relationship_complaint_count", [self.contact.id]),
        )
        yield (
            "through the order",
            lambda: call("sale.order", "action_open_relationship_complaints", [1]),
        )

    def check_ways(self, *marks):
        ways = list(self.ways_to_another())
        self.assertGreater(len(ways), 30)
        for name, way in ways:
            with self.subTest(name), mute_logger("odoo.http", "odoo.addons.base.models.ir_rule"):
                text = way()
                for mark in (*marks, *SECRETS):
                    self.assertNotIn(mark, text)

    def test_strangers(self):
        self.log_in(self.stranger_user)
        self.check_ways("The press stopped", "PUBLIC-WORD", "OPEN-FILE", self.token)
        self.assertFalse(
            self.complaint.message_ids.filtered(lambda message: message.author_id == self.stranger)
        )

    def test_public(self):
        self.log_in()
        self.check_ways("The press stopped", "PUBLIC-WORD", "OPEN-FILE", self.token)

    def test_siblings_without_the_setting(self):
        self.log_in(self.mate_user)
        self.check_ways("The press stopped", "PUBLIC-WORD", "OPEN-FILE", self.token)

    def test_own_complaint_by_odoos_routes(self):
        """The complainant himself reaches by them nothing of ours either."""
        self.log_in(self.ann_user)
        self.check_ways()

    def test_steps_of_strangers(self):
        self.move("responded")
        for user in (self.stranger_user, self.mate_user):
            self.log_in(user)
            for step in ("message", "accept", "dispute", "withdraw", "reopen", "rate"):
                with self.subTest(user=user.login, step=step):
                    response = self.send(
                        self.url(f"/{step}"), text="x", handling="1", outcome="1", access_token="x"
                    )
                    self.assertEqual(response.status_code, 404)
        self.assertEqual(self.complaint.stage_code, "responded")

    # ------------------------------------------------------------- what is ours

    def test_page_shows_nothing_of_ours(self):
        self.company.relationship_complaint_low_rating = "nothing"
        self.log_in(self.ann_user)
        for stage in ("acknowledged", "investigating"):
            self.move(stage)
            page = self.url_open(self.url()).text
            self.assertIn("PUBLIC-WORD", page)
            for secret in SECRETS:
                self.assertNotIn(secret, page)
        self.close(
            result="not_justified",
            cause_id=False,
            answer="<p>OUR-ANSWER</p>",
            closing_reason="SECRET-REASON",
        )
        for url in (self.url(), self.url("/rate"), self.url(f"?access_token={self.token}")):
            page = self.url_open(url).text
            for secret in SECRETS:
                self.assertNotIn(secret, page)

    def test_files(self):
        self.log_in(self.ann_user)
        word = self.url_open(self.url(f"/file/{self.word.attachment_ids.id}"))
        self.assertEqual(word.text, "OPEN-FILE")
        self.assertIn("attachment", word.headers["Content-Disposition"])
        others = self.env["ir.attachment"].search([], limit=1, order="id")
        for attachment in (self.note.attachment_ids, self.loose, others):
            for suffix in ("", f"?access_token={self.token}"):
                response = self.url_open(self.url(f"/file/{attachment.id}{suffix}"))
                self.assertEqual(response.status_code, 404)

    def test_token_of_another_complaint(self):
        other = self.make_complaint(contact_id=self.stranger.id, partner_id=self.stranger.id)
        token = other.sudo()._portal_ensure_token()
        self.log_in()
        self.assertEqual(self.url_open(self.url(f"?access_token={token}")).status_code, 404)

    def test_no_right_to_the_model(self):
        for user in (self.ann_user, self.env.ref("base.public_user")):
            for model in (MODEL, f"{MODEL}.wait", f"{MODEL}.reopening", f"{MODEL}.team"):
                with self.assertRaises(AccessError):
                    self.env[model].with_user(user).sudo(False).search([])

    def test_board_gives_no_token(self):
        """Whoever only sees the board does not get the customer's link."""
        complaint = self.complaint.with_user(self.employee)
        self.assertEqual(complaint.subject, "The press stopped")
        with self.assertRaises(AccessError):
            complaint.read(["access_token"])
        with self.assertRaises(AccessError):
            self.env[MODEL].with_user(self.employee).search([("access_token", "=like", "a%")])

    # ---------------------------------------------------------------- siblings

    def test_siblings_by_setting(self):
        self.company.relationship_complaint_portal_siblings = True
        self.log_in(self.mate_user)
        self.assertIn("PUBLIC-WORD", self.url_open(self.url()).text)
        self.assertIn("The press stopped", self.url_open("/my/complaints").text)
        self.send(self.url("/message"), text="From the mate")
        self.assertEqual(self.complaint.message_ids[0].author_id, self.mate)
        self.complaint.is_confidential = True
        self.assertEqual(self.url_open(self.url()).status_code, 404)
        self.log_in(self.ann_user)
        self.assertEqual(self.url_open(self.url()).status_code, 200)
        self.log_in(self.stranger_user)
        self.assertEqual(self.url_open(self.url()).status_code, 404)

    def test_other_company(self):
        other = self.create_company("Other Ltd")
        foreign = self.make_complaint(company_id=other.id, contact_id=self.contact.id)
        self.log_in(self.ann_user)
        self.assertEqual(self.url_open(self.url(complaint=foreign)).status_code, 404)
        self.assertNotIn(self.url(complaint=foreign), self.url_open("/my/complaints").text)
