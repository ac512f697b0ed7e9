from dateutil.relativedelta import relativedelta

from ..common import RelationshipCase


class CreditCase(RelationshipCase):
    """A company with the default credit policy."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.today = cls.company._get_relationship_today()
        cls.credit_policy = cls.env["crm.relationship.credit.policy"]._get_of_company(cls.company)
        cls.criteria = {item.code: item for item in cls.credit_policy.criterion_ids}
        cls.grades = {item.code: item for item in cls.credit_policy.grade_ids}

    @classmethod
    def get_level(cls, code, name):
        return cls.criteria[code].band_ids.filtered(lambda band: band.name == name)

    @classmethod
    def judge(cls, customer, code, level):
        return cls.env["crm.relationship.credit.judgement"].create(
            {
                "partner_id": customer.id,
                "criterion_id": cls.criteria[code].id,
                "band_id": cls.get_level(code, level).id,
            }
        )

    @classmethod
    def state(cls, customer, **values):
        """Enter a healthy statement of a month ago, but for ``values``."""
        return cls.env["crm.relationship.credit.statement"].create(
            {
                "partner_id": customer.id,
                "date_end": cls.today - relativedelta(months=1),
                "current_assets": 200,
                "total_assets": 500,
                "current_liabilities": 100,
                "total_liabilities": 200,
                "sales": 1000,
                "net_income": 80,
                "ebit": 120,
                "retained_earnings": 100,
                "operating_cash_flow": 40,
                **values,
            }
        )


class DrawnCredit:
    """What tests against the oracle share: entering what was drawn, and reading the scores."""

    def prepare_statement(self, partner, drawn):
        """Return the values of the statement of an :class:`oracle.Statement`."""
        return {
            "partner_id": partner.id,
            "date_end": drawn.end,
            "period": drawn.period,
            "current_assets": drawn.current_assets,
            "total_assets": drawn.total_assets,
            "current_liabilities": drawn.current_liabilities,
            "total_liabilities": drawn.total_liabilities,
            "sales": drawn.sales,
            "net_income": drawn.net_income,
            "operating_cash_flow": drawn.cash_flow,
        }

    def read_scores(self):
        """Return ``{partner id: (score, coverage, grade, position of the tier)}``."""
        self.env.cr.execute(
            """SELECT profile.partner_id, profile.credit_score::float,
                      profile.credit_coverage::float, grade.code,
                      array_position(%s, profile.computed_tier_id)
                 FROM crm_relationship_profile profile
                 LEFT JOIN crm_relationship_credit_grade grade
                   ON grade.id = profile.credit_grade_id
                WHERE profile.company_id = %s""",
            [self.policy.tier_ids.ids, self.company.id],
        )
        return {row[0]: row[1:] for row in self.env.cr.fetchall()}
