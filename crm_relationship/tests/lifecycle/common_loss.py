"""What the tests of losses share: customers who go silent, and the people around them."""

from datetime import date, timedelta

from ...models.lifecycle.crm_relationship_loss import TASK
from ..common import RelationshipCase

OPENING = date(2025, 3, 1)
LAST_PURCHASE = date(2025, 1, 21)
LOST_DAY = date(2025, 7, 20)
"""180 days after the last purchase; 4 times the rhythm of 10 days is less."""


class LossCase(RelationshipCase):
    """A salesperson's customer that buys every ten days until January, placed in March."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.salesperson = cls.new_user("loss_seller", "sales_team.group_sale_salesman")
        cls.colleague = cls.new_user("loss_colleague", "sales_team.group_sale_salesman")
        cls.manager = cls.new_user("loss_manager", "sales_team.group_sale_manager")
        cls.credit = cls.new_user("loss_credit", "crm_relationship.group_credit")
        cls.customer = cls.make_customers(1, user_id=cls.salesperson.id)
        cls.make_silent(cls.customer)
        cls.losses = cls.env["crm.relationship.loss"]
        cls.reason = cls.env.ref("crm_relationship.crm_relationship_loss_reason_price")
        cls.passive_reason = cls.env.ref("crm_relationship.crm_relationship_loss_reason_payment")
        cls.task_type = cls.env.ref(TASK)

    @classmethod
    def make_silent(cls, customers, amount=100, last=LAST_PURCHASE):
        """Let each customer buy on three days, ten apart, for the last time on ``last``."""
        cls.make_invoices(
            [
                (customer, last - timedelta(days=days), amount)
                for customer in customers
                for days in (0, 10, 20)
            ]
        )

    @classmethod
    def lose(cls, day=LOST_DAY):
        """Place the customers and let the run of ``day`` find who is lost; return it."""
        cls.recalculate(OPENING)
        return cls.recalculate(day)

    def find_losses(self, customer=None):
        return self.losses.search(
            [
                ("company_id", "=", self.company.id),
                ("partner_id", "=", (customer or self.customer).id),
            ]
        )

    def find_tasks(self, losses):
        return self.env["mail.activity"].search(
            [("res_model", "=", losses._name), ("res_id", "in", losses.ids)]
        )

    def set_today(self, day):
        self.patch(type(self.company), "_get_relationship_today", lambda company: day)
