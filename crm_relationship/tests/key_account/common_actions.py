from datetime import date

from .common import KeyAccountCase


class ActionCase(KeyAccountCase):
    """An active plan with a contact, a project, and ways to make goals and actions."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env["res.config.settings"].create({"group_relationship_key_account": True}).execute()
        cls.plan.action_start()
        cls.purchasing = cls.env["crm.relationship.department"].create({"name": "Test Buying"})
        cls.finance = cls.env["crm.relationship.department"].create({"name": "Test Money"})
        cls.role = cls.make_role("Ann", department_id=cls.purchasing.id)
        cls.dinner, cls.delivery = cls.env["crm.relationship.plan.measure.type"].create(
            [
                {"name": "Test Dinner", "layer": "key"},
                {"name": "Test Delivery", "is_relationship": False},
            ]
        )
        cls.advance = cls.env["crm.relationship.plan.advance"].create({"name": "Test Trial"})
        cls.lead = cls.make_lead()

    @classmethod
    def make_lead(cls, partner=None, **values):
        return cls.env["crm.lead"].create(
            {
                "name": "New line",
                "type": "opportunity",
                "partner_id": (partner or cls.customer).id,
                "company_id": cls.company.id,
                "user_id": cls.owner.id,
                **values,
            }
        )

    @classmethod
    def make_goal(cls, plan=None, **values):
        return cls.env["crm.relationship.plan.goal"].create(
            {
                "name": "Ann stands up for us",
                "plan_id": (plan or cls.plan).id,
                "user_id": cls.owner.id,
                **values,
            }
        )

    @classmethod
    def prepare_action(cls, **values):
        return {
            "name": "Dinner with Ann",
            "plan_id": cls.plan.id,
            "type_id": cls.dinner.id,
            "role_id": cls.role.id,
            "lead_id": cls.lead.id,
            "user_id": cls.owner.id,
            "date_deadline": date(2025, 6, 20),
            **values,
        }

    @classmethod
    def make_action(cls, **values):
        return cls.env["crm.relationship.plan.action"].create(cls.prepare_action(**values))

    def assert_refused(self, error, text, user=None, **values):
        """Check that a user can't create an action of ``values``."""
        actions = self.env["crm.relationship.plan.action"].with_user(user or self.owner)
        with self.assertRaisesRegex(error, text), self.env.cr.savepoint():
            actions.create(self.prepare_action(**values))
