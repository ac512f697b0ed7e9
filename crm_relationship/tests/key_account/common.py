from datetime import date

from ..common import RelationshipCase


class KeyAccountCase(RelationshipCase):
    """A key customer with contacts, a plan that an account manager owns, and its team."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.owner = cls.new_user(
            "plan_owner", "sales_team.group_sale_salesman,crm_relationship.group_key_account"
        )
        cls.member = cls.new_user("plan_member", "sales_team.group_sale_salesman")
        cls.outsider = cls.new_user("plan_outsider", "sales_team.group_sale_salesman_all_leads")
        cls.manager = cls.new_user("plan_manager", "sales_team.group_sale_manager")
        cls.customer = cls.env["res.partner"].create(
            {"name": "Key Customer", "is_company": True, "user_id": cls.owner.id}
        )
        cls.plan = cls.make_plan(
            member_ids=[(0, 0, {"user_id": cls.member.id, "role": "Architect"})]
        )

    @classmethod
    def make_plan(cls, **values):
        return cls.env["crm.relationship.plan"].create(
            {
                "partner_id": cls.customer.id,
                "company_id": cls.company.id,
                "user_id": cls.owner.id,
                "date_start": date(2025, 1, 1),
                "date_end": date(2025, 12, 31),
                **values,
            }
        )

    @classmethod
    def make_contact(cls, name, customer=None, **values):
        return cls.env["res.partner"].create(
            {"name": name, "parent_id": (customer or cls.customer).id, **values}
        )

    @classmethod
    def make_role(cls, name, plan=None, **values):
        """Create a contact of the plan's customer and its role."""
        plan = plan or cls.plan
        contact = values.pop("partner", None) or cls.make_contact(name, plan.partner_id)
        return cls.env["crm.relationship.role"].create(
            {"plan_id": plan.id, "partner_id": contact.id, **values}
        )
