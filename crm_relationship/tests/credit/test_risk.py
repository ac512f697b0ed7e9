from datetime import timedelta
from unittest.mock import patch

from psycopg2 import IntegrityError
from psycopg2.extras import execute_values

from odoo.exceptions import AccessError, ValidationError
from odoo.tests import new_test_user, tagged
from odoo.tools import mute_logger

from ...engine import risk
from .common import CreditCase

DAY = timedelta(days=1)


class RiskCase(CreditCase):
    """A key customer among smaller ones; the five lights are on."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.salesperson = cls.new_user("risk_seller", "sales_team.group_sale_salesman")
        cls.colleague = cls.new_user("risk_colleague", "sales_team.group_sale_salesman")
        cls.manager = cls.new_user("risk_manager", "sales_team.group_sale_manager")
        cls.approver = cls.new_user("risk_credit", "crm_relationship.group_credit")
        cls.customers = cls.make_ranking(
            [1000, 900, 50, 40, 30, 20, 10, 9, 8, 7], day=cls.today - DAY * 10
        )
        cls.customer = cls.customers[0]
        cls.customer.user_id = cls.salesperson
        cls.recalculate(cls.today)
        cls.small = cls.customers[-1]
        cls.credit_policy.shows_risks = True
        cls.judgements = cls.env["crm.relationship.risk.judgement"]

    @classmethod
    def sell(cls, customer, amount, discount=0, day=None, terms=None):
        """Insert an invoice with one line; with ``terms`` it is due so many days later."""
        day = day or cls.today - DAY * 10
        (move_id,) = cls.make_invoices([(customer, day, amount)])
        cls.env.cr.execute(
            "UPDATE account_move SET amount_total_signed = %s WHERE id = %s", [amount, move_id]
        )
        execute_values(
            cls.env.cr._obj,
            """INSERT INTO account_move_line (
                   move_id, company_id, currency_id, account_id, date, price_unit, quantity,
                   discount, display_type, parent_state)
               VALUES %s""",
            [
                (
                    move_id,
                    cls.company.id,
                    cls.company.currency_id.id,
                    cls.get_receivable(cls.company).id,
                    day,
                    amount,
                    1,
                    discount,
                    "product",
                    "posted",
                )
            ],
        )
        if terms is not None:
            return cls.make_instalments([(move_id, customer, day + DAY * terms, amount)])[0]
        return None

    def judge_risk(self, sign, level, note="Seen it", customer=None, user=None):
        return self.judgements.with_user(user or self.manager).create(
            {
                "partner_id": (customer or self.customer).id,
                "company_id": self.company.id,
                "sign": sign,
                "level": level,
                "note": note,
            }
        )

    def get_signs(self, customer=None):
        """Return the signs as on the next day, when nothing is kept in memory."""
        self.env.invalidate_all()
        self.env.registry.clear_cache()
        profile = self.get_profile(customer or self.customer)
        limits = self.credit_policy._get_risk_limits()
        return profile._get_risk_signs(self.company, self.today, limits)[profile]

    def get_levels(self, customer=None):
        """Return the level of each of the five risks."""
        profile = self.get_profile(customer or self.customer)
        risks = profile._prepare_risks(self.get_signs(customer))
        return {item["code"]: item["level"] for item in risks}


@tagged("post_install", "-at_install")
class TestRisk(RiskCase):
    """Each sign at its boundaries, and what the five lights say."""

    def assert_level(self, sign, value, level):
        found = self.get_signs()[sign]
        self.assertAlmostEqual(float(found["value"]), value, 3)
        self.assertEqual(found["level"], level)

    def test_levels_begin_at_their_limits(self):
        for value, level in (
            (None, None),
            (0, "low"),
            (59.999, "low"),
            (59.99999, "medium"),
            (60, "medium"),
            (89.9, "medium"),
            (90, "high"),
            (float("inf"), "high"),
        ):
            with self.subTest(value=value):
                self.assertEqual(risk.level(value, (60, 90)), level)

    def test_a_risk_is_as_high_as_its_highest_sign(self):
        self.assertEqual(risk.highest(["low", "high", None, "medium"]), "high")
        self.assertIsNone(risk.highest([None, None]))

    def test_payment_terms(self):
        self.assertIsNone(self.get_signs()["terms"]["level"])
        self.sell(self.customer, 100, terms=59)
        self.assert_level("terms", 59, "low")
        self.sell(self.customer, 100, terms=61)
        self.assert_level("terms", 60, "medium")
        self.sell(self.customer, 200, terms=119)
        self.assert_level("terms", 89.5, "medium")
        self.sell(self.customer, 400, terms=91)
        self.assert_level("terms", 90.25, "high")
        self.assertEqual(self.get_signs()["terms"]["longest"], 119)

    def test_payment_terms_look_at_the_window(self):
        self.sell(self.customer, 100, terms=120, day=self.today - DAY * 800)
        self.assertIsNone(self.get_signs()["terms"]["level"])

    def test_money_tied_up(self):
        self.assertEqual(self.get_levels()["financial"], "unknown")
        # All that was sold this month and the one before is open: so many days of sales.
        self.sell(self.customer, 100, terms=0, day=self.today - DAY * 700)
        signs = self.get_signs()["tied_up"]
        self.assertEqual(signs["balance"], 100)
        self.assertEqual(signs["level"], "high")

    def test_more_than_was_ever_sold_is_high(self):
        self.sell(self.customer, 100, terms=0, day=self.today - DAY * 900)
        self.assert_level("tied_up", float("inf"), "high")
        html = self.get_profile(self.customer).risk_explanation
        self.assertIn("more than was sold to it in 24 months", html)

    def test_discounts_are_compared_with_the_tier(self):
        top = self.customers.filtered(lambda customer: self.get_profile(customer).tier_id.is_top)
        self.credit_policy.risk_tier_ids = self.policy.tier_ids
        twins = self.env["crm.relationship.profile"].search(
            [("company_id", "=", self.company.id), ("tier_id", "=", self.tiers["D"].id)]
        )
        one, other = twins[:2].partner_id
        self.assertNotIn(one, top)
        self.sell(one, 100, discount=10)
        found = self.get_signs(one)["discount"]
        self.assertEqual((found["own"], found["value"], found["level"]), (10, 0, "low"))
        # Half of the tier's sales have no discount: it gives 5 points more than its tier.
        self.sell(other, 100)
        self.assertAlmostEqual(self.get_signs(one)["discount"]["usual"], 5)
        self.assertEqual(self.get_signs(one)["discount"]["level"], "medium")
        self.assertEqual(self.get_signs(other)["discount"]["level"], "low")
        self.sell(one, 300, discount=20)
        # 70 of 400 are 17.5 %, of 500 in the tier 14 %.
        found = self.get_signs(one)["discount"]
        self.assertAlmostEqual(found["own"], 17.5)
        self.assertAlmostEqual(found["usual"], 14)
        self.assertEqual(found["level"], "low")
        self.sell(other, 2000)
        self.assertEqual(self.get_signs(one)["discount"]["level"], "high")

    def test_silence_by_the_own_rhythm(self):
        day = self.get_profile(self.customer).last_purchase_date
        # 30 days between purchases, silent since 10; then the days go by.
        self.make_invoices([(self.customer, day - DAY * days, 10) for days in (30, 60)])
        self.recalculate(self.today, full=True)
        self.assert_level("silence", 10 / 30, "low")
        profile = self.get_profile(self.customer)
        limits = self.credit_policy._get_risk_limits()
        for days, level in ((44, "low"), (45, "medium"), (59, "medium"), (60, "high")):
            with self.subTest(days=days):
                signs = profile._get_risk_signs(self.company, day + DAY * days, limits)
                self.assertEqual(signs[profile]["silence"]["level"], level)

    def test_judgements_join_what_is_measured(self):
        self.assertEqual(
            self.get_levels(),
            {
                "financial": "unknown",
                "profit": "unknown",
                "management": "unknown",
                "flight": "low",
                "independence": "unknown",
            },
        )
        self.judge_risk("own_business", "low", note=False)
        self.judge_risk("own_prices", "medium")
        self.judge_risk("cross_region", "low")
        self.judge_risk("competitor", "high")
        self.assertEqual(
            self.get_levels(),
            {
                "financial": "unknown",
                "profit": "unknown",
                "management": "medium",
                "flight": "high",
                "independence": "low",
            },
        )

    def test_the_lights_say_it_in_words(self):
        self.judge_risk("competitor", "high", note="Has the shelf beside ours")
        self.sell(self.customer, 100, terms=75)
        profile = self.get_profile(self.customer)
        for word in ("Financial", "Medium", "Flight", "High", "Independence", "Unknown"):
            self.assertIn(word, profile.risk_lights)
        for text in (
            "75 days from invoice to due date",
            "Medium from 60 days, high from 90.",
            "Has the shelf beside ours",
            "risk_manager",
            "Nobody has judged it.",
        ):
            self.assertIn(text, profile.risk_explanation)

    def test_evidence_is_escaped(self):
        self.judge_risk("competitor", "high", note="<script>alert(1)</script>")
        self.assertNotIn("<script>", self.get_profile(self.customer).risk_explanation)

    def test_shown_for_the_tiers_of_the_policy(self):
        def shows(customer):
            self.env.invalidate_all()
            profile = self.get_profile(customer)
            self.assertEqual(bool(profile.risk_lights), profile.shows_risks)
            return profile.shows_risks

        self.assertTrue(shows(self.customer))
        self.assertFalse(shows(self.small))
        self.credit_policy.risk_tier_ids = self.get_profile(self.small).tier_id
        self.assertFalse(shows(self.customer))
        self.assertTrue(shows(self.small))
        self.credit_policy.write({"risk_tier_ids": False, "shows_risks": False})
        self.assertFalse(shows(self.customer))

    def test_a_new_tier_policy_goes_by_the_codes(self):
        self.credit_policy.risk_tier_ids = self.tiers["A"]
        draft = self.policy.copy({"company_id": self.company.id})
        draft.action_activate()
        self.env.invalidate_all()
        profile = self.get_profile(self.customer)
        self.assertTrue(profile.shows_risks)
        self.recalculate(self.today, full=True)
        self.assertEqual(profile.tier_id.policy_id, draft)
        self.assertTrue(profile.shows_risks)
        self.assertFalse(self.get_profile(self.small).shows_risks)
        self.assertFalse(self.credit_policy.risk_hint)
        self.assertEqual(
            self.credit_policy._get_risk_tier_ids(self.company.id),
            {self.tiers["A"].id, draft.tier_ids[0].id},
        )

    def test_codes_that_match_nothing_have_a_hint(self):
        self.assertFalse(self.credit_policy.risk_hint)
        self.credit_policy.risk_tier_ids = self.tiers["A"] | self.tiers["B"]
        self.assertFalse(self.credit_policy.risk_hint)
        draft = self.policy.copy({"company_id": self.company.id})
        draft.tier_ids[0].code = "VIP"
        draft.action_activate()
        self.env.invalidate_all()
        self.assertIn("with the code A,", self.credit_policy.risk_hint)
        self.recalculate(self.today, full=True)
        self.assertFalse(self.get_profile(self.customer).shows_risks)
        self.credit_policy.risk_tier_ids = draft.tier_ids[0]
        self.assertFalse(self.credit_policy.risk_hint)
        self.env.invalidate_all()
        self.assertTrue(self.get_profile(self.customer).shows_risks)
        self.credit_policy.write({"risk_tier_ids": self.tiers["A"], "shows_risks": False})
        self.assertFalse(self.credit_policy.risk_hint)

    def test_tiers_that_are_deleted_are_forgotten(self):
        draft = self.policy.copy({"company_id": self.company.id})
        self.credit_policy.risk_tier_ids = draft.tier_ids[2]
        tier = draft.tier_ids[2].id
        self.assertIn(tier, self.credit_policy._get_risk_tier_ids(self.company.id))
        draft.unlink()
        self.assertNotIn(tier, self.credit_policy._get_risk_tier_ids(self.company.id))

    def test_the_contact_shows_them(self):
        contact = self.env["res.partner"].create({"name": "Buyer", "parent_id": self.customer.id})
        for partner in (self.customer, contact):
            own = partner.with_user(self.salesperson)
            self.assertTrue(own.relationship_shows_risks)
            risks = own.relationship_profile_id.get_risks()
            self.assertIn("Financial", risks["lights"])
            self.assertIn("Nobody has judged it", risks["explanation"])
        self.assertEqual(
            self.get_profile(self.small).get_risks(), {"lights": "", "explanation": ""}
        )
        self.assertFalse(self.small.with_user(self.salesperson).relationship_shows_risks)

    def test_as_many_queries_for_many(self):
        self.credit_policy.risk_tier_ids = self.policy.tier_ids
        profiles = self.env["crm.relationship.profile"].search(
            [("company_id", "=", self.company.id)]
        )

        def count(among):
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            among.mapped("risk_lights")
            return self.env.cr.sql_log_count - before

        count(profiles)
        self.assertLessEqual(count(profiles), count(profiles[:1]) + 1)

    def test_the_tier_is_read_once_a_day(self):
        def measure(customer):
            profile = self.get_profile(customer)
            return profile._measure_risks(self.company, self.today)["discount"]

        self.sell(self.customer, 100, discount=10)
        self.get_signs()
        usual = measure(self.customer)[self.customer.id]["usual"]
        with patch.object(risk, "tier_discount", side_effect=AssertionError("read again")):
            # What it sells meanwhile is its own at once, and the tier's tomorrow.
            self.sell(self.customer, 100, discount=30)
            found = measure(self.customer)[self.customer.id]
            self.assertEqual((found["own"], found["usual"]), (20, usual))
            with self.assertRaisesRegex(AssertionError, "read again"):
                self.get_profile(self.customer)._measure_risks(self.company, self.today + DAY)
        self.assertEqual(self.get_signs()["discount"]["usual"], 20)

    def test_numbers_are_written_as_the_language_does(self):
        self.env["res.lang"]._activate_lang("de_DE")
        self.sell(self.customer, 100, discount=12.5)
        self.credit_policy.risk_discount_medium = 1.5
        self.env.registry.clear_cache()
        profile = self.get_profile(self.customer).with_context(lang="de_DE")
        html = profile.risk_explanation
        for number in ("12,5", "1,5"):
            self.assertIn(number, html)
        self.assertNotIn("1.5", html)
        with self.assertRaisesRegex(ValidationError, r"\(10,5\)"):
            self.credit_policy.with_context(lang="de_DE").risk_discount_medium = 10.5

    def test_limits_stand_in_order(self):
        for values in (
            {"risk_terms_medium": 90},
            {"risk_tied_high": 60},
            {"risk_discount_medium": 11},
            {"risk_silence_high": 1.2},
        ):
            with self.subTest(values=values), self.assertRaises(ValidationError):
                self.credit_policy.write(values)
        self.credit_policy.write({"risk_terms_medium": 10, "risk_terms_high": 10.5})

    def test_tiers_of_another_company_are_refused(self):
        other = self.create_company("Tiered Ltd")
        with self.assertRaises(ValidationError):
            self.credit_policy.risk_tier_ids = other._get_relationship_policy().tier_ids[0]


@tagged("post_install", "-at_install")
class TestRiskJudgement(RiskCase):
    """Managers and credit approvers judge, with evidence and in their own name."""

    def test_medium_and_high_need_evidence(self):
        for level in ("medium", "high"):
            for note in (False, " "):
                with self.assertRaises(ValidationError):
                    self.judge_risk("kickbacks", level, note)
        judgement = self.judge_risk("kickbacks", "low", False)
        with self.assertRaises(ValidationError):
            judgement.level = "high"
        judgement.write({"level": "high", "note": "Asked for it"})
        self.assertEqual(judgement.risk, "profit")

    def test_contacts_and_the_future_are_refused(self):
        contact = self.env["res.partner"].create({"name": "Buyer", "parent_id": self.customer.id})
        with self.assertRaises(ValidationError):
            self.judge_risk("kickbacks", "low", customer=contact)
        judgement = self.judge_risk("kickbacks", "low")
        with self.assertRaises(ValidationError):
            judgement.date = self.today + DAY * 3

    def test_who_changes_it_judges(self):
        judgement = self.judge_risk("kickbacks", "high")
        judgement.date = self.today - DAY * 20
        for name, value in (("level", "low"), ("note", "Not any more"), ("sign", "free_extras")):
            judgement.sudo().write({"user_id": self.manager.id, "date": self.today - DAY})
            judgement.with_user(self.approver).write({name: value, "user_id": self.manager.id})
            self.assertEqual((judgement.user_id, judgement.date), (self.approver, self.today))
        judgement.with_user(self.manager).write({"user_id": self.manager.id})
        self.assertEqual(judgement.user_id, self.approver)
        forged = self.judgements.with_user(self.manager).create(
            {
                "partner_id": self.customer.id,
                "company_id": self.company.id,
                "sign": "competitor",
                "level": "low",
                "user_id": self.approver.id,
            }
        )
        self.assertEqual(forged.user_id, self.manager)

    def test_only_managers_and_approvers_judge(self):
        judgement = self.judge_risk("kickbacks", "low")
        own = judgement.with_user(self.salesperson)
        self.assertEqual(own.partner_id, self.customer)
        for change in (
            lambda: own.write({"note": "No"}),
            own.unlink,
            lambda: self.judge_risk("competitor", "low", user=self.salesperson),
        ):
            with self.assertRaises(AccessError):
                change()
        self.judge_risk("competitor", "low", user=self.approver)

    def test_who_sees_it(self):
        judgement = self.judge_risk("kickbacks", "low")
        far = self.new_user(
            "risk_far", "sales_team.group_sale_manager", company=self.create_company("Far Ltd")
        )
        for user, sees in (
            (self.salesperson, True),
            (self.approver, True),
            (self.colleague, False),
            (far, False),
        ):
            with self.subTest(user=user.login):
                found = self.judgements.with_user(user).search([("id", "=", judgement.id)])
                self.assertEqual(bool(found), sees)
        profile = self.get_profile(self.customer)
        for user in (
            new_test_user(self.env, "risk_portal", "base.group_portal"),
            self.env.ref("base.public_user"),
        ):
            with self.assertRaises(AccessError):
                self.judgements.with_user(user).search([])
            with self.assertRaises(AccessError):
                profile.with_user(user).read(["risk_lights"])
            with self.assertRaises(AccessError):
                self.customer.with_user(user).read(["relationship_shows_risks"])
            with self.assertRaises(AccessError):
                profile.with_user(user).get_risks()
        with self.assertRaises(AccessError):
            profile.with_user(self.colleague).read(["risk_explanation"])
        for user in (self.colleague, far):
            with self.assertRaises(AccessError):
                profile.with_user(user).get_risks()
        self.assertFalse(self.customer.with_user(self.colleague).relationship_shows_risks)

    def test_another_company_is_judged_by_itself(self):
        other = self.create_company("Second Ltd")
        self.judge_risk("kickbacks", "high")
        judgement = self.judgements.create(
            {
                "partner_id": self.customer.id,
                "company_id": other.id,
                "sign": "kickbacks",
                "level": "low",
            }
        )
        self.assertEqual(self.get_signs()["kickbacks"]["level"], "high")
        with self.assertRaises(AccessError):
            judgement.with_user(self.manager).level = "high"
        with self.assertRaises(AccessError):
            self.judgements.with_user(self.manager).create(
                {
                    "partner_id": self.customer.id,
                    "company_id": other.id,
                    "sign": "competitor",
                    "level": "low",
                }
            )

    def test_merged_contacts_keep_the_highest(self):
        low = self.judge_risk("kickbacks", "low", "Never asked")
        high = self.judge_risk("kickbacks", "high", "Asked twice", customer=self.small)
        wizard = self.env["base.partner.merge.automatic.wizard"].create({})
        wizard._merge((self.customer | self.small).ids, self.customer)
        self.env.invalidate_all()
        self.assertFalse(low.exists())
        self.assertEqual(high.partner_id, self.customer)
        self.assertEqual(high.level, "high")
        for text in ("Asked twice", "Never asked"):
            self.assertIn(text, high.note)

    def test_twice_is_refused(self):
        self.judge_risk("kickbacks", "low")
        with (
            mute_logger("odoo.sql_db"),
            self.assertRaises(IntegrityError),
            self.cr.savepoint(),
        ):
            self.judge_risk("kickbacks", "high")
