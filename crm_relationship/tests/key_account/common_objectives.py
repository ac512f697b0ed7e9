from datetime import date
from unittest.mock import patch

from ...models.res_company import ResCompany
from .common import KeyAccountCase

TODAY = date(2025, 7, 1)
"""Half of 2025 but a day has gone: 182 of 365 days."""


class ObjectivesCase(KeyAccountCase):
    """A plan of 2025, looked at on a day of it, with invoices and opportunities."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.present = TODAY
        cls.startClassPatcher(
            patch.object(ResCompany, "_get_relationship_today", lambda _company: cls.present)
        )

    def make_objective(self, kind="revenue", target=1000, **values):
        return self.env["crm.relationship.plan.objective"].create(
            {"plan_id": self.plan.id, "kind": kind, "target": target, **values}
        )

    def make_opportunity(self, revenue=1000, probability=50, **values):
        lead = self.env["crm.lead"].create(
            {
                "name": "New plant",
                "type": "opportunity",
                "partner_id": self.customer.id,
                "company_id": self.company.id,
                "user_id": self.owner.id,
                "expected_revenue": revenue,
                **values,
            }
        )
        lead.probability = probability
        return lead

    def look(self, objective, day=None, user=None):
        """Return the objective as the user sees it on the day, with nothing in memory."""
        type(self).present = day or TODAY
        self.addCleanup(setattr, type(self), "present", TODAY)
        self.env.flush_all()
        self.env.invalidate_all()
        return objective.with_user(user) if user else objective
