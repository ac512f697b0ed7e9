from datetime import date

from freezegun import freeze_time

from odoo import Command

from .common_actions import ActionCase


class BudgetCase(ActionCase):
    """A plan whose company has limits: 200 for an expense, 500 for a contact and year."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.enterClassContext(freeze_time("2025-06-15 12:00:00"))
        cls.company.write({"relationship_spending_limit": 200, "relationship_contact_limit": 500})
        cls.second_manager = cls.new_user("plan_manager_2", "sales_team.group_sale_manager")
        cls.plan.budget_amount = 1000
        cls.contact = cls.role.partner_id
        cls.dining, cls.gift = cls.env["crm.relationship.budget.category"].create(
            [{"name": "Test Dining"}, {"name": "Test Gift", "needs_contact": True}]
        )

    @classmethod
    def prepare_line(cls, **values):
        return {
            "name": "Dinner",
            "plan_id": cls.plan.id,
            "category_id": cls.dining.id,
            "partner_id": cls.contact.id,
            "user_id": cls.owner.id,
            "date": date(2025, 6, 10),
            "planned_amount": 100,
            **values,
        }

    @classmethod
    def make_line(cls, user=None, **values):
        lines = cls.env["crm.relationship.budget"].with_user(user or cls.owner)
        return lines.create(cls.prepare_line(**values))

    @classmethod
    def make_spent(cls, amount, **values):
        """Create what was spent, whatever the limits."""
        return cls.env["crm.relationship.budget"].create(
            cls.prepare_line(spent_amount=amount, state="spent", **values)
        )

    @classmethod
    def make_other_plan(cls, **values):
        """Create a colleague's plan of the next year, which the owner does not own."""
        return cls.make_plan(
            user_id=cls.manager.id,
            date_start=date(2026, 1, 1),
            date_end=date(2026, 12, 31),
            member_ids=[Command.clear()],
            **values,
        )
