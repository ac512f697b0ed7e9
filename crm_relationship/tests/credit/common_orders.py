from datetime import timedelta

from odoo.fields import Command

from .common import CreditCase

SALESPERSON = "sales_team.group_sale_salesman"
APPROVER = "crm_relationship.group_credit"


class OrderCheckCase(CreditCase):
    """A company that blocks orders above the credit limit, a salesperson and an approver."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.company.account_use_credit_limit = True
        cls.credit_policy.write({"check_mode": "block", "checks_limit": True})
        cls.seller = cls.new_user("check_seller", SALESPERSON)
        cls.approver = cls.new_user("check_approver", APPROVER)
        cls.product = cls.env["product.product"].create(
            {"name": "Machine", "type": "service", "invoice_policy": "order", "taxes_id": False}
        )
        cls.customer = cls.make_limited(1000)

    @classmethod
    def make_limited(cls, limit, **values):
        """Create a customer of the salesperson with a credit limit."""
        customer = cls.make_customers(1, user_id=cls.seller.id, **values)
        customer.with_company(cls.company).credit_limit = limit
        return customer

    @classmethod
    def make_order(cls, amount, customer=None, user=None, **values):
        """Create a quotation of one line, as the salesperson."""
        user = user or cls.seller
        orders = cls.env["sale.order"].with_user(user).with_company(cls.company)
        return orders.create(
            {
                "partner_id": (customer or cls.customer).id,
                "order_line": [
                    Command.create(
                        {
                            "product_id": cls.product.id,
                            "product_uom_qty": 1,
                            "price_unit": amount,
                            "tax_ids": False,
                        }
                    )
                ],
                **values,
            }
        )

    @classmethod
    def owe(cls, amount, customer=None, due=None):
        """Let a customer owe an amount since a year, due on a day, tomorrow unless given."""
        customer = customer or cls.customer
        day = cls.today - timedelta(days=365)
        due = due or cls.today + timedelta(days=1)
        (move,) = cls.make_invoices([(customer, day, amount)])
        return cls.make_instalments([(move, customer, due, amount)])

    @classmethod
    def grade(cls, code, customer=None):
        """Give the customer an automatic grade."""
        customer = customer or cls.customer
        profile = cls.get_profile(customer)
        if not profile:
            profile = profile.create({"partner_id": customer.id, "company_id": cls.company.id})
        profile.credit_grade_id = cls.grades[code]
        return profile

    @classmethod
    def release(cls, order, amount=None, reason="Paid yesterday"):
        """Release the order as the approver."""
        order = order.with_user(cls.approver)
        return order._release_credit(reason, order.amount_total if amount is None else amount)
