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
