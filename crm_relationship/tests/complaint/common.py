from odoo.tests import Form

from ..common import RelationshipCase

COMPLAINT = "crm_relationship.group_complaint"
TALK = {"body": "Here it is"}
"""A message."""


class ComplaintCase(RelationshipCase):
    """A customer with a contact, a team of two handlers and its leader, and one complaint."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.handler = cls.new_user("complaint_handler", COMPLAINT)
        cls.colleague = cls.new_user("complaint_colleague", COMPLAINT)
        cls.leader = cls.new_user("complaint_leader", COMPLAINT)
        cls.employee = cls.new_user("complaint_employee", "base.group_user")
        cls.executive = cls.new_user("complaint_executive", "crm_relationship.group_executive")
        cls.seller = cls.new_user("complaint_seller", "sales_team.group_sale_salesman")
        cls.manager = cls.new_user("complaint_manager", "sales_team.group_sale_manager")
        cls.customer = cls.env["res.partner"].create(
            {"name": "Complaining Ltd", "is_company": True, "user_id": cls.manager.id}
        )
        cls.contact = cls.env["res.partner"].create(
            {"name": "Ann", "parent_id": cls.customer.id, "email": "ann@complaining.example"}
        )
        cls.team = cls.make_team(
            user_id=cls.leader.id,
            assignment="manual",
            member_ids=[
                (0, 0, {"user_id": cls.handler.id}),
                (0, 0, {"user_id": cls.colleague.id}),
            ],
        )
        cls.stages = {
            stage.code: stage for stage in cls.env["crm.relationship.complaint.stage"].search([])
        }
        cls.cause = cls.env["crm.relationship.complaint.cause"].create({"name": "Mixed Up"})
        cls.complaint = cls.make_complaint(user_id=cls.handler.id)

    @classmethod
    def make_team(cls, **values):
        return cls.env["crm.relationship.complaint.team"].create(
            {"name": "Service", "company_id": cls.company.id, **values}
        )

    @classmethod
    def make_complaint(cls, user=None, **values):
        complaints = cls.env["crm.relationship.complaint"]
        if user:
            complaints = complaints.with_user(user).sudo(False)
        return complaints.create(
            {
                "subject": "The press stopped",
                "partner_id": cls.customer.id,
                "company_id": cls.company.id,
                **values,
            }
        )

    def as_handler(self, complaint=None):
        return (complaint or self.complaint).with_user(self.handler)

    def move(self, code, complaint=None, **values):
        """Write a stage as a handler's RPC call would."""
        self.as_handler(complaint).write({"stage_id": self.stages[code].id, **values})

    def close(self, complaint=None, **values):
        self.move(
            "closed",
            complaint,
            **{
                "result": "accepted",
                "answer": "<p>Sorry</p>",
                "cause_id": self.cause.id,
                **values,
            },
        )

    def step(self, kind, complaint=None, user=None, **values):
        """Press the button of the dialog that asks why."""
        complaint = complaint or self.complaint
        wizards = self.env["crm.relationship.complaint.reason"].with_user(user or self.handler)
        wizard = wizards.with_context(
            active_model=complaint._name, active_id=complaint.id, default_kind=kind
        ).create({"reason": "Failed again", **values})
        return wizard.action_confirm()

    def form(self, user=None, **context):
        return Form(
            self.env["crm.relationship.complaint"]
            .with_user(user or self.handler)
            .with_context(allowed_company_ids=self.company.ids, **context)
        )
