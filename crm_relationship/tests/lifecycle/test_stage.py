from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import new_test_user, tagged
from odoo.tools import mute_logger

from .common_loss import OPENING, LossCase


@tagged("post_install", "-at_install")
class TestStage(LossCase):
    """The company's stages: their limits, in words, and who may change them."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        stages = cls.env["crm.relationship.stage"]._get_of_company(cls.company)
        cls.stages = {stage.code: stage for stage in stages}

    def test_a_company_gets_its_six(self):
        self.assertEqual(
            list(self.stages),
            ["prospect", "exploration", "formation", "stability", "decline", "lost"],
        )

    def test_the_rule_in_words_follows_the_limits(self):
        self.assertEqual(
            self.stages["lost"].rule,
            "Silent for more than 4 times its rhythm and 180 days or more, or dismissed by the "
            "company.",
        )
        self.stages["lost"].write({"silence_factor": 5.5, "silence_days_min": 200})
        self.assertIn("more than 5.5 times its rhythm and 200 days", self.stages["lost"].rule)

    def test_a_later_stage_asks_for_no_less(self):
        for code, name, value in (
            ("stability", "purchase_days_min", 2),
            ("formation", "purchase_days_min", 7),
            ("stability", "tenure_days_min", 89),
            ("lost", "silence_factor", 1.5),
            ("decline", "silence_days_min", 181),
        ):
            with self.subTest(code=code, name=name), self.assertRaises(ValidationError):
                self.stages[code].write({name: value})
        self.stages["stability"].purchase_days_min = 3
        self.stages["lost"].silence_days_min = 30

    def test_what_stages_ask_for_at_least(self):
        for code, name in (("formation", "purchase_days_min"), ("decline", "silence_days_min")):
            with self.subTest(code=code), self.assertRaises(ValidationError):
                self.stages[code].write({name: 0})

    @mute_logger("odoo.sql_db")
    def test_no_limit_is_negative(self):
        with self.assertRaises(Exception) as raised, self.cr.savepoint():
            self.stages["stability"].revenue_ratio_min = -1
            self.env.flush_all()
        self.assertIn("limits_check", str(raised.exception))

    def test_the_six_stay(self):
        with self.assertRaises(UserError):
            self.stages["decline"].unlink()
        with self.assertRaises(AccessError):
            self.stages["decline"].with_user(self.manager).unlink()
        with self.assertRaises(AccessError):
            self.stages["decline"].with_user(self.manager).copy()

    def test_who_may_change_them(self):
        self.stages["lost"].with_user(self.manager).silence_days_min = 200
        for user in (self.salesperson, self.credit):
            self.assertEqual(self.stages["lost"].with_user(user).silence_days_min, 200)
            with self.assertRaises(AccessError):
                self.stages["lost"].with_user(user).silence_days_min = 300
        portal = new_test_user(self.env, "stage_portal", "base.group_portal")
        with self.assertRaises(AccessError):
            self.stages["lost"].with_user(portal).read(["silence_days_min"])

    def test_templates_and_other_companies_are_not_theirs(self):
        other = self.create_company("Other Ltd")
        theirs = self.env["crm.relationship.stage"]._get_of_company(other)[:1]
        template = self.env.ref("crm_relationship.crm_relationship_stage_lost")
        with self.assertRaises(AccessError):
            theirs.with_user(self.manager).read(["name"])
        for stage in (theirs, template):
            with self.assertRaises(AccessError):
                stage.with_user(self.manager).name = "x"

    def test_the_screen_shows_the_companys_own(self):
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "crm_relationship.crm_relationship_stage_action"
        )
        self.assertIn("allowed_company_ids", action["domain"])

    def test_customers_of_a_stage(self):
        self.recalculate(OPENING)
        stage = self.get_profile(self.customer).stage_id
        self.assertEqual((stage.code, stage.customer_count), ("decline", 1))
        action = stage.action_open_customers()
        found = self.env["crm.relationship.profile"].search(action["domain"])
        self.assertEqual(found.partner_id, self.customer)

    def test_a_changed_limit_holds_from_the_next_run_on(self):
        self.recalculate(OPENING)
        self.stages["decline"].silence_days_min = 20
        self.stages["lost"].silence_days_min = 35
        self.recalculate(OPENING)
        # 39 days of silence; four times its rhythm are 40.
        self.assertEqual(self.get_profile(self.customer).stage_code, "decline")
        self.stages["lost"].silence_factor = 3.5
        self.recalculate(OPENING)
        self.assertEqual(self.get_profile(self.customer).stage_code, "lost")
        self.assertEqual(self.find_losses().date, OPENING)

    def test_the_settings_belong_to_the_company(self):
        settings = self.env["res.config.settings"].with_company(self.company)
        settings.create(
            {"relationship_rhythm_days": 45, "relationship_loss_activity": False}
        ).execute()
        self.assertEqual(self.company.relationship_rhythm_days, 45)
        self.assertFalse(self.company.relationship_loss_activity)
