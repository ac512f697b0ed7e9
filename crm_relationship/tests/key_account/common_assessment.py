from datetime import datetime, timedelta

from .common import KeyAccountCase

TODAY = datetime(2025, 6, 30, 12)


class AssessmentCase(KeyAccountCase):
    """A plan whose chain has one contact of each level and one without contact.

    The clock is to be frozen at ``TODAY``.
    """

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.company.resource_calendar_id.tz = "UTC"
        cls.dimensions = cls.env["crm.relationship.plan.dimension"]
        for code in ("coverage", "support", "sponsor", "rhythm", "competition", "delivery"):
            setattr(cls, code, cls.env.ref(f"crm_relationship.dimension_{code}"))
        cls.rival = cls.env["crm.relationship.competitor"].create({"name": "Rival"})

    @classmethod
    def make_chain(cls, plan=None):
        """Make four contacts; what they weigh is 5, 3, 2 and, not judged, 1."""
        cls.boss = cls.make_role(
            "Boss",
            plan,
            level="high",
            buying_role="economic_buyer",
            influence="5",
            support="1",
            coverage="brief",
        )
        cls.finance = cls.make_role(
            "Finance", plan, level="high", buying_role="financial_gatekeeper", influence="3"
        )
        cls.buyer = cls.make_role(
            "Buyer",
            plan,
            level="middle",
            buying_role="approver",
            influence="2",
            support="2",
            coverage="deep",
        )
        cls.user = cls.make_role(
            "User",
            plan,
            level="grassroots",
            buying_role="user",
            coverage="multiple",
            competitor_id=cls.rival.id,
        )
        cls.meet(cls.boss, 20)
        cls.meet(cls.buyer, 60)
        cls.meet(cls.user, 90)

    @classmethod
    def meet(cls, role, days):
        """Let a meeting with the contact be so many days ago."""
        stop = TODAY - timedelta(days=days, hours=2)
        cls.env["calendar.event"].with_context(no_mail_to_attendees=True).create(
            {
                "name": "Meeting",
                "start": stop - timedelta(hours=1),
                "stop": stop,
                "partner_ids": [(6, 0, role.partner_id.ids)],
            }
        )

    def row(self, dimension, plan=None):
        """Return the plan's score in a dimension."""
        return (plan or self.plan).score_ids.filtered(lambda score: score.dimension_id == dimension)

    def judge(self, dimension, value, plan=None, evidence="Seen"):
        self.row(dimension, plan).write({"judged_score": value, "evidence": evidence})

    def read_score(self, dimension, plan=None):
        """Return the score, None if the dimension is not assessed; read anew."""
        self.env.flush_all()
        self.env.invalidate_all()
        row = self.row(dimension, plan)
        return row.score if row.is_assessed else None

    def read_layers(self, plan=None):
        """Return ``{layer: score}``, with the total."""
        self.env.flush_all()
        self.env.invalidate_all()
        assessment = (plan or self.plan).assessment
        layers = {layer["code"]: layer["score"] for layer in assessment["layers"]}
        return {**layers, "total": assessment["total"]["score"]}
