from datetime import date, timedelta

from odoo.tests import tagged

from ..grading.test_engine_oracle import FIRST_DAY, START, TestEngineOracle
from . import oracle
from .common import DrawnCredit

DAY = timedelta(days=1)


@tagged("post_install", "-at_install")
class TestCreditNights(DrawnCredit, TestEngineOracle):
    """Random nights: what is entered, what time changes, and what documents change."""

    test_measures_on_calendar_boundaries = None
    test_incremental_equals_oracle_and_full = None

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        policy = cls.env["crm.relationship.credit.policy"]._get_of_company(cls.company)
        cls.credit_policy = policy
        cls.criteria = {item.code: item for item in policy.criterion_ids}
        cls.grades = {item.code: item for item in policy.grade_ids}

    def setUp(self):
        super().setUp()
        self.entered = {partner.id: oracle.Customer() for partner in self.customers}

    def enter_randomly(self, day):
        """Judge a customer, enter a statement, a founding date or a need, or take one back."""
        partner = self.random.choice(self.customers)
        entered = self.entered[partner.id]
        kind = self.random.randrange(5)
        if kind == 0:
            entered.founded = day - DAY * self.random.choice((0, 200, 364, 365, 366, 1825))
            partner.relationship_founding_date = entered.founded
        elif kind == 1:
            self.judge_randomly(partner, entered)
        elif kind == 2:
            self.state_randomly(partner, entered, day)
        elif kind == 3 and self.invoices[partner.id]:
            entered.yearly_need = self.random.choice((10, 100, 1000))
            self.env["crm.relationship.profile"].create(
                {
                    "partner_id": partner.id,
                    "company_id": self.company.id,
                    "yearly_need": entered.yearly_need,
                }
            )
        elif partner.relationship_judgement_ids:
            gone = partner.relationship_judgement_ids[0]
            del entered.judged[gone.criterion_id.code]
            gone.unlink()

    def judge_randomly(self, partner, entered):
        code = self.random.choice(("management", "reputation"))
        level = self.random.choice(list(oracle.LEVELS))
        band = self.criteria[code].band_ids.filtered(lambda band: band.name == level)
        known = partner.relationship_judgement_ids.filtered(
            lambda judgement: judgement.criterion_id == self.criteria[code]
        )
        if known:
            known.band_id = band
        else:
            known.create(
                {
                    "partner_id": partner.id,
                    "criterion_id": self.criteria[code].id,
                    "band_id": band.id,
                }
            )
        entered.judged[code] = level

    def state_randomly(self, partner, entered, day):
        end = day - DAY * self.random.choice((10, 500, 540, 545))
        if entered.statement and end <= entered.statement.end:
            return
        drawn = oracle.Statement(
            current_assets=self.random.randint(0, 300),
            total_assets=1000,
            current_liabilities=self.random.choice((0, 100)),
            total_liabilities=self.random.randint(100, 1200),
            sales=self.random.choice((0, 500)),
            net_income=self.random.randint(-50, 150),
            cash_flow=self.random.randint(-50, 150),
            end=end,
        )
        self.env["crm.relationship.credit.statement"].create(self.prepare_statement(partner, drawn))
        entered.statement = drawn

    def assert_credit(self, as_of):
        for partner_id, (score, coverage, grade, position) in self.read_scores().items():
            entered = self.entered[partner_id]
            entered.invoices = self.invoices[partner_id]
            values = oracle.get_values(entered, as_of, position)
            self.assertEqual(
                (score, coverage, grade), oracle.get_score(values), (partner_id, as_of, values)
            )
        self.assert_capped(as_of)

    def assert_capped(self, as_of):
        """Nobody of a grade below AA is better than C, and nobody else is capped."""
        cap = self.policy.tier_ids.mapped("code").index("C")
        tiers = self.policy.tier_ids.ids
        for profile in self.env["crm.relationship.profile"].search(
            [("company_id", "=", self.company.id), ("tier_id", "!=", False)]
        ):
            place, computed = (
                tiers.index(tier.id) for tier in (profile.tier_id, profile.computed_tier_id)
            )
            is_low = bool(profile.credit_grade_id) and profile.credit_grade_id.code in "ABC"
            where = (profile.partner_id.id, as_of, place, computed, is_low)
            self.assertTrue(place >= cap or not is_low, where)
            self.assertFalse(profile.is_tier_capped and not is_low, where)
            if place > computed:
                self.assertTrue(profile.is_tier_capped, where)

    def test_scores_of_random_nights(self):
        self.make_documents(600, START, FIRST_DAY)
        day = FIRST_DAY
        self.credit_policy.write(
            {
                "caps_tier": True,
                "cap_grade_id": self.grades["AA"].id,
                "cap_tier_id": self.policy.tier_ids.filtered(lambda tier: tier.code == "C").id,
            }
        )
        self.recalculate(day)
        self.assert_credit(day)
        for _number in range(40):
            self.age_documents()
            self.env.cr.execute(
                """UPDATE crm_relationship_credit_judgement SET write_date = %(day)s;
                   UPDATE crm_relationship_credit_statement SET write_date = %(day)s""",
                {"day": self.env.cr.now() - timedelta(days=2)},
            )
            day += timedelta(days=self.random.randint(1, 6))
            self.make_documents(4, day - timedelta(days=20), day + timedelta(days=5))
            self.change_documents()
            for _entry in range(3):
                self.enter_randomly(min(day, date.today()))
            run = self.recalculate(day)
            self.assertEqual(run.state, "done", run.error)
            self.assert_credit(day)
        run = self.recalculate(day, full=True)
        self.assertEqual((run.kind, run.updated_count, run.change_count), ("full", 0, 0))
