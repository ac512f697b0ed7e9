from contextlib import closing

from psycopg2.errors import SerializationFailure

from odoo.exceptions import UserError
from odoo.sql_db import db_connect
from odoo.tests import TransactionCase, tagged
from odoo.tools import mute_logger

from ...engine import order_check
from .common_orders import OrderCheckCase


@tagged("post_install", "-at_install")
class TestTurns(TransactionCase):
    """Orders of a customer take turns, in real transactions beside each other."""

    @mute_logger("odoo.sql_db")
    def test_the_second_starts_again(self):
        company = self.env.ref("base.main_company")
        partners = (company.partner_id | self.env.ref("base.partner_root")).ids
        turn, other_turn = (order_check.take_turns(company.id, [partner]) for partner in partners)
        connection = db_connect(self.cr.dbname)
        with (
            closing(connection.cursor()) as first,
            closing(connection.cursor()) as second,
            closing(connection.cursor()) as third,
        ):
            for rival in (second, third):
                rival.execute("SELECT 1")  # each began before the first one ended
            try:
                first.execute(turn)
                first.commit()
                third.execute(other_turn)
                with self.assertRaises(SerializationFailure):
                    second.execute(turn)
            finally:
                for cursor in (second, third):
                    cursor.rollback()
                first.execute(
                    "DELETE FROM crm_relationship_credit_turn WHERE customer_id = %s",
                    [partners[0]],
                )
                first.commit()


@tagged("post_install", "-at_install")
class TestWhoTakesTurns(OrderCheckCase):
    def count_turns(self, function, **kwargs):
        """Return how many rows of turns were written, new or anew."""
        query = "SELECT customer_id, ctid::text FROM crm_relationship_credit_turn"
        self.env.flush_all()
        self.cr.execute(query)
        before = set(self.cr.fetchall())
        result = function(**kwargs)
        self.env.flush_all()
        self.cr.execute(query)
        return result, len(set(self.cr.fetchall()) - before)

    def test_whatever_is_confirmed_or_grows(self):
        order, turns = self.count_turns(lambda: self.make_order(100, state="sale"))
        self.assertEqual(turns, 1)
        _result, turns = self.count_turns(lambda: order.order_line.write({"price_unit": 200}))
        self.assertEqual(turns, 1)
        quotation, turns = self.count_turns(lambda: self.make_order(100))
        self.assertEqual(turns, 0)
        _result, turns = self.count_turns(quotation.action_confirm)
        self.assertEqual(turns, 1)
        _result, turns = self.count_turns(lambda: order.order_line.write({"price_unit": 50}))
        self.assertEqual(turns, 0)

    def test_nobody_without_a_limit(self):
        customer = self.make_limited(0)
        _order, turns = self.count_turns(lambda: self.make_order(100, customer, state="sale"))
        self.assertEqual(turns, 0)

    def test_nobody_where_it_is_off(self):
        self.credit_policy.check_mode = "none"
        _order, turns = self.count_turns(lambda: self.make_order(100, state="sale"))
        self.assertEqual(turns, 0)

    def test_nobody_sees_turns(self):
        with self.assertRaises(UserError):
            self.env["crm.relationship.credit.turn"].with_user(self.approver).search([])
