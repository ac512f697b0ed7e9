from datetime import UTC, datetime

from freezegun import freeze_time

from odoo.tests import tagged

from .common import RelationshipCase


@tagged("post_install", "-at_install")
class TestCached(RelationshipCase):
    """What is kept in memory is what the database says."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.tier = cls.tiers["A"]
        cls.profile = cls.env["crm.relationship.profile"].create(
            {
                "partner_id": cls.make_customers(1).id,
                "company_id": cls.company.id,
                "tier_id": cls.tier.id,
                "first_purchase_date": "2020-05-01",
            }
        )

    def read_tier(self, lang=None):
        partner = self.profile.partner_id.with_company(self.company).with_context(lang=lang)
        self.env.invalidate_all()
        [values] = partner.web_read(
            {
                "relationship_tier_id": {"fields": {"display_name": {}}},
                "relationship_tier_color": {},
            }
        )
        return values["relationship_tier_id"]["display_name"], values["relationship_tier_color"]

    def test_name_and_color_follow_the_record(self):
        self.tier.write({"name": "Key Customer", "color": 4})
        self.assertEqual(self.read_tier(), ("A · Key Customer", 4))
        self.tier.write({"name": "Partner", "color": 5})
        self.assertEqual(self.read_tier(), ("A · Partner", 5))

    def test_names_are_kept_by_language(self):
        self.env["res.lang"]._activate_lang("fr_FR")
        self.tier.name = "Partner"
        self.assertEqual(self.read_tier("fr_FR")[0], "A · Partner")
        self.tier.with_context(lang="fr_FR").name = "Partenaire"
        self.assertEqual(self.read_tier("fr_FR")[0], "A · Partenaire")
        self.tier.update_field_translations("name", {"fr_FR": "Associé"})
        self.assertEqual(self.read_tier("fr_FR")[0], "A · Associé")
        self.assertEqual(self.read_tier()[0], "A · Partner")

    def test_a_record_that_is_edited_has_its_own_name(self):
        policy = self.policy.copy({"company_id": self.company.id})
        tier = policy.tier_ids[0]
        edited = tier.new({"name": "Not Saved Yet"}, origin=tier)
        self.assertEqual(edited.display_name, "A · Not Saved Yet")
        self.assertEqual(tier.display_name, self.tier.display_name)

    def test_a_new_record_has_a_name_at_once(self):
        milestone = self.env["crm.relationship.milestone"].create({"name": "Jubilee", "years": 150})
        self.assertEqual(milestone.display_name, "Jubilee")
        milestone.unlink()
        self.assertFalse(milestone.exists())
        self.assertNotIn(milestone.id, self.env["crm.relationship.milestone"]._get_cached())

    def test_milestones_in_use_are_the_active_ones(self):
        jubilee = self.env["crm.relationship.milestone"].create({"name": "Jubilee", "years": 150})
        self.assertIn((150, jubilee.id), self.profile._get_milestones())
        jubilee.active = False
        self.assertNotIn((150, jubilee.id), self.profile._get_milestones())
        jubilee.write({"active": True, "years": 2})
        self.assertEqual(self.profile._get_milestones()[1], (2, jubilee.id))

    @freeze_time(datetime(2026, 3, 31, 20, tzinfo=UTC))
    def test_the_company_s_day_follows_its_calendar(self):
        calendar = self.company.resource_calendar_id
        calendar.tz = "UTC"
        self.assertEqual(str(self.company._get_relationship_today()), "2026-03-31")
        calendar.tz = "Asia/Shanghai"
        self.assertEqual(str(self.company._get_relationship_today()), "2026-04-01")
        self.company.resource_calendar_id = calendar.copy({"tz": "America/New_York"})
        self.assertEqual(str(self.company._get_relationship_today()), "2026-03-31")

    def test_a_contact_asks_for_no_names(self):
        self.read_tier()
        with self.assertQueryCount(4):  # the contact twice, the rules of profiles, the profile
            self.read_tier()
