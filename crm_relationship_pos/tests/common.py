"""Orders of a till, inserted set-based as in the main addon's tests."""

from datetime import datetime

from odoo.tools import SQL

from odoo.addons.crm_relationship.tests.common import NUMBERS, RelationshipCase

NOON = datetime(2025, 6, 15, 12)


class PosCase(RelationshipCase):
    """A company whose clocks show UTC, with orders of a till.

    Where no restaurant is installed, another column of the orders stands in for the
    guests; ``tests/test_restaurant.py`` in the repository has the real one.
    """

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.company.resource_calendar_id.tz = "UTC"
        cls.customer = cls.make_customers(1)
        cls.product = cls.env["product.product"].create({"name": "Dish", "type": "consu"})

    def setUp(self):
        super().setUp()
        self.guest_column = "customer_count"
        if self.guest_column not in self.env["pos.order"]._fields:
            self.guest_column = "nb_print"
            self.patch(
                self.registry["crm.relationship.profile"],
                "_get_pos_guests",
                lambda profiles: SQL("pos_order.nb_print"),
            )

    def make_order(self, untaxed, partner=None, moment=NOON, company=None, **values):
        """Insert one paid order of ``moment`` (UTC) with 10 % tax; return the record.

        Refunds are given as negative amounts. ``guests`` is the number of guests.
        """
        partner = self.customer if partner is None else partner
        guests = values.pop("guests", None)
        row = {
            "name": f"Order {next(NUMBERS)}",
            "partner_id": partner.id or None,
            "company_id": (company or self.company).id,
            "date_order": moment,
            "amount_total": untaxed * 1.1,
            "amount_tax": untaxed * 0.1,
            "amount_paid": untaxed * 1.1,
            "amount_return": 0,
            "currency_rate": 1,
            "state": "paid",
            "is_refund": untaxed < 0,
            "write_date": self.env.cr.now(),
            self.guest_column: guests,
            **values,
        }
        return self.env["pos.order"].browse(self.insert("pos_order", row))

    def make_line(self, order, untaxed, cost=0, **values):
        """Insert one line of an order that sells one piece for ``untaxed``."""
        row = {
            "name": f"Line {next(NUMBERS)}",
            "order_id": order.id,
            "company_id": order.company_id.id,
            "product_id": self.product.id,
            "qty": -1 if order.is_refund else 1,
            "price_unit": abs(untaxed),
            "price_subtotal": untaxed,
            "price_subtotal_incl": untaxed * 1.1,
            "total_cost": cost,
            "is_total_cost_computed": True,
            "write_date": self.env.cr.now(),
            **values,
        }
        return self.env["pos.order.line"].browse(self.insert("pos_order_line", row))

    def insert(self, table, row):
        self.env.flush_all()
        names = SQL(", ").join(SQL.identifier(name) for name in row)
        query = SQL(
            "INSERT INTO %s (%s) VALUES %s RETURNING id",
            SQL.identifier(table),
            names,
            tuple(row.values()),
        )
        row_id = self.env.execute_query(query)[0][0]
        self.env.invalidate_all()
        return row_id

    def invoice(self, orders, **values):
        """Insert the invoice of ``orders`` and link it to them; return its id."""
        amount = sum(order.amount_total - order.amount_tax for order in orders)
        day = max(orders.mapped("date_order")).date()
        rows = [(self.customer, values.pop("day", day), round(abs(amount), 2))]
        move_id = self.make_invoices(
            rows, move_type="out_refund" if amount < 0 else "out_invoice", **values
        )[0]
        orders.account_move = move_id
        self.env.flush_all()
        return move_id

    def measure(self, partner=None, **options):
        """Run the company and return the customer's profile."""
        self.run_record = self.recalculate(**options)
        self.assertEqual(self.run_record.state, "done", self.run_record.error)
        return self.get_profile(self.customer if partner is None else partner)
