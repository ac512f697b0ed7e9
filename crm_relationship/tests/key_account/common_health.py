from datetime import date, timedelta

from .common_actions import ActionCase
from .common_assessment import AssessmentCase

DAY = date(2025, 6, 30)
"""Today, as ``TODAY`` of the assessment."""


class HealthCase(AssessmentCase, ActionCase):
    """A plan whose health is worked out by hand; the clock is to be frozen at ``TODAY``."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        # A dimension of the assessment has the name of a type of actions.
        cls.delivery_type = cls.env["crm.relationship.plan.measure.type"].search(
            [("name", "=", "Test Delivery")]
        )
        cls.role.unlink()
        cls.role = cls.env["crm.relationship.role"]
        for rule in ("assessment", "flags", "objectives", "actions", "contacts"):
            setattr(cls, f"of_{rule}", cls.env.ref(f"crm_relationship.health_factor_{rule}"))

    @classmethod
    def plan_action(cls, days, **values):
        """Plan an action of the delivery, due in so many days."""
        return cls.make_action(
            type_id=cls.delivery_type.id,
            lead_id=False,
            role_id=False,
            department_id=cls.purchasing.id,
            date_deadline=DAY + timedelta(days=days),
            **values,
        )

    @classmethod
    def make_objective(cls, target, plan=None, **values):
        return cls.env["crm.relationship.plan.objective"].create(
            {"plan_id": (plan or cls.plan).id, "kind": "revenue", "target": target, **values}
        )

    def read_factors(self, plan=None, user=None):
        """Return ``{rule: points}``; read anew."""
        self.env.flush_all()
        self.env.invalidate_all()
        plan = (plan or self.plan).with_user(user or self.owner)
        return {row["rule"]: row["points"] for row in plan.health_factors or []}

    def read_health(self, plan=None, user=None):
        """Return health and band, read anew."""
        self.env.flush_all()
        self.env.invalidate_all()
        plan = (plan or self.plan).with_user(user or self.owner)
        return plan.health, plan.health_band
