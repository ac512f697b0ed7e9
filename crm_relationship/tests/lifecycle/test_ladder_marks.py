import json
from datetime import date

from freezegun import freeze_time

from odoo.exceptions import AccessError, ValidationError
from odoo.tests import Form, HttpCase, tagged
from odoo.tools import mute_logger

from ..common import RelationshipCase

TODAY = date(2025, 7, 10)


class LadderMarkCase(RelationshipCase):
    """A buyer measured before, a contact without a profile, and a colleague's customer."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.startClassPatcher(freeze_time(TODAY))
        cls.salesperson = cls.new_user("mark_own", "sales_team.group_sale_salesman")
        cls.salesperson.group_ids += cls.env.ref("base.group_partner_manager")
        cls.manager = cls.new_user("mark_manager", "sales_team.group_sale_manager")
        cls.buyer, cls.colleagues = cls.make_ranking([500, 400], day=date(2025, 3, 1))
        cls.colleagues.user_id = cls.manager
        cls.stranger = cls.make_customers(1)
        cls.recalculate(as_of=date(2025, 7, 9))

    def as_user(self, record, user=None):
        return record.with_user(user or self.salesperson).with_context(
            allowed_company_ids=self.company.ids
        )


@tagged("post_install", "-at_install")
class TestLadderMarks(LadderMarkCase):
    def test_a_mark_makes_a_profile_and_counts_at_once(self):
        stranger = self.as_user(self.stranger)
        self.assertFalse(stranger.relationship_profile_id)
        stranger.relationship_ladder_mark = "disqualified"
        self.assertEqual(stranger.relationship_ladder_step, "disqualified")
        self.assertEqual(stranger.relationship_ladder_mark, "disqualified")
        self.assertFalse(stranger.relationship_is_due)
        stranger.relationship_ladder_mark = False
        self.assertEqual(stranger.relationship_ladder_step, False)

    def test_a_buyer_becomes_an_advocate_and_no_longer(self):
        buyer = self.as_user(self.buyer)
        self.assertEqual(buyer.relationship_ladder_step, "first_time")
        buyer.write({"relationship_ladder_mark": "advocate"})
        self.assertEqual(buyer.relationship_ladder_step, "advocate")
        buyer.write({"relationship_ladder_mark": False})
        self.assertEqual(buyer.relationship_ladder_step, "first_time")

    def test_defaults_of_the_context_write_no_results(self):
        context = {
            "default_override_tier_id": self.tiers["A"].id,
            "default_override_reason": "x",
            "default_dismissed_date": TODAY,
            "default_ladder_step": "member",
            "default_tier_id": self.tiers["A"].id,
        }
        profiles = self.as_user(self.env["crm.relationship.profile"]).with_context(**context)
        profile = profiles.create(
            {
                "partner_id": self.stranger.id,
                "company_id": self.company.id,
                "ladder_mark": "advocate",
            }
        ).sudo()
        self.assertFalse(profile.override_tier_id or profile.dismissed_date or profile.tier_id)
        self.assertFalse(profile.ladder_step)

    def test_marks_stand_in_the_history(self):
        buyer = self.as_user(self.buyer)
        buyer.relationship_ladder_mark = "advocate"
        buyer.relationship_ladder_mark = "advocate"
        buyer.relationship_ladder_mark = False
        changes = buyer.relationship_profile_id.change_ids.filtered(
            lambda change: change.cause in ("marked", "unmarked")
        ).sorted("id")
        self.assertEqual(changes.mapped("cause"), ["marked", "unmarked"])
        self.assertEqual(changes.user_id, self.salesperson)
        self.assertEqual(changes.mapped("dimension"), ["ladder", "ladder"])
        self.assertEqual(
            changes.mapped("reason"),
            ["Marked by hand: Advocate.", "The mark was taken back: Advocate."],
        )
        self.assertEqual(changes.mapped("new_value"), ["first_time", "advocate"])

    def test_the_form_writes_both_and_creates_contacts(self):
        view = "base.view_partner_form"
        with Form(self.as_user(self.env["res.partner"]), view) as form:
            form.name = "New contact"
            form.relationship_ladder_mark = "disqualified"
            form.relationship_yearly_need = 1000
        partner = form.record
        self.assertEqual(partner.relationship_yearly_need, 1000)
        self.assertEqual(partner.relationship_ladder_step, "disqualified")
        with Form(self.as_user(self.env["res.partner"]), view) as form:
            form.name = "Another contact"
        self.assertFalse(self.get_profile(form.record))

    def test_a_contact_shows_its_companys_notes(self):
        self.as_user(self.buyer).relationship_yearly_need = 1500
        contact = self.as_user(
            self.env["res.partner"].create({"name": "Contact", "parent_id": self.buyer.id})
        )
        self.assertEqual(contact.relationship_yearly_need, 1500)
        self.assertEqual(contact.relationship_need_share, 33.33)

    def test_the_share_of_the_need(self):
        buyer = self.as_user(self.buyer)
        self.assertEqual(buyer.relationship_need_share, 0)
        for need, share in ((1000, 50), (500, 100), (625, 80), (625.01, 79.99), (300, 166.66)):
            buyer.relationship_yearly_need = need
            self.assertEqual(buyer.relationship_need_share, share)
            profile = buyer.relationship_profile_id
            self.assertEqual(profile._has_client_share(), need <= 625, need)

    def test_a_negative_need_is_refused(self):
        with self.assertRaisesRegex(ValidationError, "can't be negative"):
            self.as_user(self.buyer).relationship_yearly_need = -1
        with self.assertRaisesRegex(ValidationError, "can't be negative"):
            self.get_profile(self.buyer).yearly_need = -0.01

    def test_before_the_first_recalculation_it_waits(self):
        other = self.create_company("Fresh Ltd")
        self.salesperson.company_ids += other
        stranger = self.stranger.with_user(self.salesperson).with_context(
            allowed_company_ids=other.ids
        )
        stranger.relationship_ladder_mark = "advocate"
        self.assertTrue(stranger.relationship_is_due)
        self.assertFalse(stranger.relationship_ladder_step)
        self.assertFalse(self.get_profile(self.stranger))

    def test_an_import_waits_for_the_next_recalculation(self):
        stranger = self.as_user(self.stranger).with_context(import_file=True)
        stranger.relationship_ladder_mark = "disqualified"
        self.assertTrue(stranger.relationship_is_due)
        self.recalculate(as_of=TODAY)
        self.assertEqual(stranger.relationship_ladder_step, "disqualified")

    def test_search_and_group_by_what_was_written(self):
        self.as_user(self.buyer).write(
            {"relationship_ladder_mark": "advocate", "relationship_yearly_need": 900}
        )
        partners = self.as_user(self.env["res.partner"])
        ids = [("id", "in", (self.buyer + self.stranger).ids)]
        for domain in (
            [("relationship_ladder_mark", "=", "advocate")],
            [("relationship_yearly_need", ">", 800)],
            [("relationship_ladder_step", "=", "advocate")],
        ):
            self.assertEqual(partners.search(ids + domain), self.buyer)
        self.assertEqual(
            partners.search([*ids, ("relationship_ladder_mark", "=", False)]), self.stranger
        )
        groups = partners._read_group(ids, ["relationship_ladder_step"], ["__count"])
        self.assertEqual(dict(groups), {"advocate": 1, False: 1})
        order = "relationship_yearly_need desc nulls last"
        self.assertEqual(partners.search(ids, order=order)[0], self.buyer)


@tagged("post_install", "-at_install")
class TestLadderMarkAccess(LadderMarkCase, HttpCase):
    def test_a_colleagues_customer_is_not_marked(self):
        colleagues = self.as_user(self.colleagues)
        with self.assertRaisesRegex(AccessError, "customer of somebody else"):
            colleagues.relationship_ladder_mark = "advocate"
        with self.assertRaises(AccessError):
            self.as_user(self.get_profile(self.colleagues)).ladder_mark = "advocate"
        self.as_user(self.colleagues, self.manager).relationship_ladder_mark = "advocate"
        self.assertEqual(self.get_profile(self.colleagues).ladder_step, "advocate")

    def test_a_colleagues_contact_gets_no_profile(self):
        self.stranger.user_id = self.manager
        with self.assertRaises(AccessError):
            self.as_user(self.stranger).relationship_yearly_need = 10
        self.assertFalse(self.get_profile(self.stranger))

    def test_salespeople_write_nothing_else(self):
        profile = self.as_user(self.get_profile(self.buyer))
        for values in (
            {"ladder_step": "advocate"},
            {"tier_id": self.tiers["A"].id},
            {"override_tier_id": self.tiers["A"].id, "override_reason": "Friend"},
            {"yearly_need": 5, "revenue": 10},
            {"source_id": False},
        ):
            with self.assertRaises(AccessError):
                profile.write(values)

    def test_nobody_else_reads_or_writes(self):
        employee = self.new_user("mark_employee", "base.group_user,base.group_partner_manager")
        portal = self.new_user("mark_portal", "base.group_portal")
        for user in (employee, portal):
            partner = self.as_user(self.stranger, user)
            with self.assertRaises(AccessError):
                partner.read(["relationship_ladder_mark"])
            with self.assertRaises(AccessError):
                partner.write({"relationship_ladder_mark": "advocate"})
            with self.assertRaises(AccessError):
                partner.read(["relationship_ladder_explanation"])

    def test_employees_without_the_group_still_open_contacts(self):
        employee = self.new_user("mark_plain", "base.group_user,base.group_partner_manager")
        with Form(self.as_user(self.stranger, employee), "base.view_partner_form") as form:
            form.phone = "123"
        self.assertEqual(self.stranger.phone, "123")

    def test_another_company_is_not_touched(self):
        other = self.create_company("Elsewhere Ltd")
        self.as_user(self.buyer).relationship_ladder_mark = "advocate"
        self.assertFalse(self.get_profile(self.buyer, other))
        profiles = self.env["crm.relationship.profile"].with_user(self.salesperson)
        with self.assertRaises(AccessError):
            profiles.create(
                {
                    "partner_id": self.buyer.id,
                    "company_id": other.id,
                    "ladder_mark": "advocate",
                }
            )

    @mute_logger("odoo.http")
    def test_over_http(self):
        self.authenticate("mark_own", "mark_own")
        answers = [
            self.write_over_http(self.get_profile(partner).id, values)
            for partner, values in (
                (self.buyer, {"ladder_mark": "advocate"}),
                (self.buyer, {"ladder_step": "advocate"}),
                (self.colleagues, {"ladder_mark": "advocate"}),
            )
        ]
        self.assertTrue(answers[0]["result"])
        for answer in answers[1:]:
            self.assertEqual(answer["error"]["data"]["name"], "odoo.exceptions.AccessError")

    def write_over_http(self, id_, values):
        params = {
            "model": "crm.relationship.profile",
            "method": "write",
            "args": [[id_], values],
            "kwargs": {},
        }
        answer = self.url_open(
            "/web/dataset/call_kw",
            data=json.dumps({"jsonrpc": "2.0", "method": "call", "params": params}),
            headers={"Content-Type": "application/json"},
        )
        return answer.json()
