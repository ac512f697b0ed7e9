"""What the tests of the lifecycle share."""

from datetime import timedelta

from ..common import RelationshipCase
from . import oracle


class LifecycleCase(RelationshipCase):
    """Customers with purchases that the engine and the oracle both know."""

    rules = oracle.Rules()

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.stages = {
            stage.code: stage
            for stage in cls.env["crm.relationship.stage"]._get_of_company(cls.company)
        }
        cls.purchases = {}

    def setUp(self):
        super().setUp()
        # What a test adds goes with it, as its rows do.
        known = {customer: list(made) for customer, made in self.purchases.items()}
        self.patch(type(self), "purchases", known)
        self.patch(type(self), "rules", self.rules)

    @classmethod
    def set_rules(cls, rules):
        """Let the company grade by ``rules``."""
        cls.rules = rules
        cls.policy.window_months = rules.window
        cls.stages["stability"].write(
            {
                "purchase_days_min": rules.stability[0],
                "tenure_days_min": rules.stability[1],
                "revenue_ratio_min": rules.stability[2],
            }
        )
        cls.stages["formation"].write(
            {"purchase_days_min": rules.formation[0], "tenure_days_min": rules.formation[1]}
        )
        cls.stages["lost"].write(
            {"silence_factor": rules.lost[0], "silence_days_min": rules.lost[1]}
        )
        cls.stages["decline"].write(
            {
                "silence_factor": rules.decline[0],
                "silence_days_min": rules.decline[1],
                "revenue_ratio_max": rules.decline[2],
            }
        )

    @classmethod
    def buy(cls, purchases, company=None):
        """Invoice ``{customer: [(day, amount)]}``, refunds as negative amounts."""
        invoices, refunds = [], []
        for customer, made in purchases.items():
            known = cls.purchases.setdefault(customer, [])
            for day, amount in made:
                known.append((day, abs(amount), amount < 0))
                (refunds if amount < 0 else invoices).append((customer, day, abs(amount)))
        cls.make_invoices(invoices, company=company)
        if refunds:
            cls.make_invoices(refunds, company=company, move_type="out_refund")

    @classmethod
    def get_facts(cls, as_of):
        """Return the oracle's facts of everybody who bought until a day."""
        found = {
            customer: oracle.get_facts(made, as_of, cls.rules.window)
            for customer, made in cls.purchases.items()
        }
        return {customer: facts for customer, facts in found.items() if facts.days}

    def get_stages(self, company=None):
        """Return the stage's code of each customer's id."""
        self.env.flush_all()
        self.env.cr.execute(
            """SELECT profile.partner_id, stage.code
                 FROM crm_relationship_profile profile
                 JOIN crm_relationship_stage stage ON stage.id = profile.stage_id
                WHERE profile.company_id = %s""",
            [(company or self.company).id],
        )
        return dict(self.env.cr.fetchall())

    def get_stage(self, customer):
        return self.get_profile(customer).stage_id.code

    def get_stage_changes(self, customer):
        """Return the history of the stage as ``(day, from, to, cause)``."""
        changes = self.env["crm.relationship.change"].search(
            [("partner_id", "=", customer.id), ("dimension", "=", "stage")], order="date, id"
        )
        return [
            (change.date, change.old_value, change.new_value, change.cause) for change in changes
        ]

    def get_frozen_rhythm(self, day):
        """Return the median that was frozen on ``day``, None where nobody had a rhythm."""
        evaluation = self.env["crm.relationship.stage.evaluation"].search(
            [("company_id", "=", self.company.id), ("date", "=", day)]
        )
        self.assertTrue(evaluation, day)
        return evaluation.median_days if evaluation.customer_count else None

    def forget_writes(self):
        """Make every document look written long before the last run's watermark."""
        self.env.flush_all()
        before = self.env.cr.now() - timedelta(days=2)
        for table in (
            "account_move", "account_partial_reconcile", "res_partner", "crm_lead", "sale_order",
            "loyalty_card",
        ):  # fmt: skip
            self.env.cr.execute(f"UPDATE {table} SET write_date = %s", [before])
