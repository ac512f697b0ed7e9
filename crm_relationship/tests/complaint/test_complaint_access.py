from odoo.exceptions import AccessError
from odoo.tests import new_test_user, tagged

from .common import TALK, ComplaintCase

SECRET = "Only among ourselves"


@tagged("post_install", "-at_install")
class TestComplaintAccess(ComplaintCase):
    """Who sees which complaints, as real users, by every route that reads."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.own = cls.new_user("complaint_own_seller", "sales_team.group_sale_salesman")
        cls.customer.user_id = cls.own
        cls.other_company = cls.create_company("Elsewhere Ltd")
        cls.stranger = cls.new_user(
            "complaint_stranger",
            "crm_relationship.group_complaint,crm_relationship.group_executive",
            cls.other_company,
        )
        cls.portal = new_test_user(
            cls.env,
            login="complaint_portal",
            groups="base.group_portal",
            company_id=cls.company.id,
            company_ids=[(6, 0, cls.company.ids)],
        )
        cls.portal.partner_id.parent_id = cls.customer
        cls.public = cls.env.ref("base.public_user")
        cls.confidential = cls.make_complaint(is_confidential=True, user_id=cls.handler.id)
        cls.closed = cls.make_complaint(user_id=cls.colleague.id)
        cls.closed.with_user(cls.handler).write(
            {
                "stage_id": cls.stages["closed"].id,
                "result": "withdrawn",
                "closing_reason": "Came to nothing",
            }
        )
        cls.all = cls.complaint + cls.confidential + cls.closed
        cls.complaint.message_post(body=SECRET, subtype_xmlid="mail.mt_note")

    def sees(self, user):
        """Return which of the complaints the user finds, counts and reads."""
        complaints = self.env["crm.relationship.complaint"].with_user(user)
        found = complaints.search([("id", "in", self.all.ids)])
        self.assertEqual(complaints.search_count([("id", "in", self.all.ids)]), len(found))
        self.env.invalidate_all()
        for complaint in self.all.with_user(user):
            if complaint in found:
                self.assertTrue(complaint.read(["subject"]))
            else:
                with self.assertRaises(AccessError):
                    complaint.read(["subject"])
        return {name for name in ("complaint", "confidential", "closed") if self[name] in found}

    def __getitem__(self, name):
        return getattr(self, name)

    def test_who_sees_what(self):
        everything = {"complaint", "confidential", "closed"}
        for user, expected in (
            (self.employee, {"complaint"}),
            (self.colleague, {"complaint", "closed"}),
            (self.handler, everything),
            (self.leader, everything),  # leads the team
            (self.executive, everything),
            (self.own, {"complaint", "closed"}),  # the customer's salesperson
            (self.seller, {"complaint"}),  # as every employee
            (self.manager, {"complaint", "closed"}),
            (self.stranger, set()),
        ):
            with self.subTest(user=user.login):
                self.assertEqual(self.sees(user), expected)

    def test_followers_see_what_is_confidential(self):
        self.confidential.message_subscribe(self.colleague.partner_id.ids)
        self.confidential.message_subscribe(self.employee.partner_id.ids)
        for user in (self.colleague, self.employee):
            self.assertIn("confidential", self.sees(user))

    def test_nobody_makes_himself_a_follower_of_it(self):
        for user in (self.colleague, self.employee, self.own):
            with self.subTest(user=user.login):
                for complaint in self.all.with_user(user):
                    complaint.message_subscribe(user.partner_id.ids)
                with self.assertRaises(AccessError):
                    self.confidential.with_user(user).message_subscribe(
                        (user.partner_id + self.handler.partner_id).ids
                    )
                self.assertNotIn("confidential", self.sees(user))
        # Who follows the open one on the board would read what is said about it.
        self.assertNotIn(self.employee.partner_id, self.complaint.message_partner_ids)
        self.assertIn(self.colleague.partner_id, self.complaint.message_partner_ids)

    def test_the_board_closed(self):
        self.company.relationship_complaint_board = False
        self.assertEqual(self.sees(self.employee), set())
        self.assertEqual(self.sees(self.seller), set())
        self.assertEqual(self.sees(self.own), {"complaint", "closed"})
        self.assertEqual(self.sees(self.colleague), {"complaint", "closed"})

    def test_who_entered_it_sees_it(self):
        self.company.relationship_complaint_board = False
        mine = self.make_complaint(user=self.employee, is_confidential=True)
        self.assertEqual(mine.read(["subject"])[0]["subject"], "The press stopped")
        self.assertTrue(mine.with_user(self.employee).search([("id", "=", mine.id)]))

    def test_an_employee_corrects_what_is_new(self):
        mine = self.make_complaint(user=self.employee)
        mine.subject = "The other press stopped"
        with self.assertRaises(AccessError):
            self.complaint.with_user(self.employee).subject = "Mine now"
        self.move("acknowledged", mine)
        with self.assertRaises(AccessError):
            mine.with_user(self.employee).subject = "Too late"
        with self.assertRaises(AccessError):
            mine.with_user(self.employee).unlink()

    def test_nobody_enters_one_elsewhere(self):
        with self.assertRaises(AccessError):
            self.make_complaint(user=self.employee, company_id=self.other_company.id)

    def test_salespeople_read_only(self):
        for user in (self.own, self.manager):
            with self.assertRaises(AccessError):
                self.complaint.with_user(user).subject = "Mine now"

    def test_what_is_said_among_ourselves(self):
        self.closed.sudo()._reopen("Again")
        for user in (self.employee,):
            env = self.env(user=user, context={})
            complaint = self.complaint.with_env(env)
            for name in ("answer", "cause_id", "closing_reason", "wait_ids", "reopening_ids"):
                with self.subTest(field=name):
                    self.assertNotIn(name, complaint.fields_get())
                    with self.assertRaises(AccessError):
                        complaint.read([name])
                    with self.assertRaises(AccessError):
                        complaint.search([(name, "!=", False)])
                    with self.assertRaises(AccessError):
                        complaint.formatted_read_group([], [name], ["__count"])
            for model in ("wait", "reopening", "cause", "team.member", "close", "reason"):
                with self.subTest(model=model), self.assertRaises(AccessError):
                    env[f"crm.relationship.complaint.{model}"].search([])

    def notes(self, user):
        """Return whether the user finds and reads the internal note."""
        env = self.env(user=user, context={})
        [note] = self.complaint.message_ids.filtered(lambda message: SECRET in message.body)
        found = env["mail.message"].search(
            [("model", "=", self.complaint._name), ("res_id", "=", self.complaint.id)]
        )
        self.env.invalidate_all()
        try:
            note.with_env(env).read(["body"])
        except AccessError:
            self.assertNotIn(note, found)
            return False
        self.assertIn(note, found)
        return True

    def test_internal_notes(self):
        for user, expected in (
            (self.employee, False),
            (self.seller, False),
            (self.own, True),
            (self.manager, True),
            (self.handler, True),
            (self.colleague, True),
            (self.executive, True),
            (self.stranger, False),
            (self.portal, False),
        ):
            with self.subTest(user=user.login):
                self.assertEqual(self.notes(user), expected)

    def test_salespeople_add_to_the_chatter(self):
        self.complaint.with_user(self.own).message_post(**TALK)
        for user in (self.employee, self.seller):
            with self.subTest(user=user.login), self.assertRaises(AccessError):
                self.complaint.with_user(user).message_post(**TALK)

    def test_another_company_in_the_menu_only(self):
        both = self.new_user("complaint_both", "crm_relationship.group_executive")
        both.company_ids += self.other_company
        complaints = self.env["crm.relationship.complaint"].with_user(both)
        here = complaints.with_context(allowed_company_ids=self.company.ids)
        there = complaints.with_context(allowed_company_ids=self.other_company.ids)
        self.assertEqual(here.search_count([("id", "in", self.all.ids)]), 3)
        self.assertEqual(there.search_count([("id", "in", self.all.ids)]), 0)

    def test_portal_and_public_have_nothing(self):
        models = [
            "crm.relationship.complaint" + suffix
            for suffix in (
                "",
                ".stage",
                ".category",
                ".touchpoint",
                ".cause",
                ".team",
                ".team.member",
                ".wait",
                ".reopening",
                ".close",
                ".reason",
            )
        ]
        self.complaint.contact_id = self.portal.partner_id
        self.complaint.message_subscribe(self.portal.partner_id.ids)
        for user in (self.portal, self.public):
            env = self.env(user=user, context={})
            for model in models:
                with self.subTest(user=user.login, model=model):
                    with self.assertRaises(AccessError):
                        env[model].search([])
                    with self.assertRaises(AccessError):
                        env[model].create({})
                    with self.assertRaises(AccessError):
                        env[model].formatted_read_group([], [], ["__count"])
            complaint = self.complaint.with_env(env)
            for call in (
                lambda complaint=complaint: complaint.read(["subject"]),
                lambda complaint=complaint: complaint.write({"subject": "x"}),
                complaint.unlink,
                complaint.action_acknowledge,
                complaint.action_explain_priority,
                lambda env=env: self.closed.with_env(env).message_post(**TALK),
            ):
                with self.subTest(user=user.login), self.assertRaises(AccessError):
                    call()
            customer = self.customer.with_env(env)
            nothing = {"total": 0, "open": 0}
            self.assertEqual(customer.get_relationship_complaint_count(), nothing)
