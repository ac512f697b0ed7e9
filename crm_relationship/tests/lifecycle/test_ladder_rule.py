import random
from collections import Counter
from datetime import date, timedelta

from odoo.tests import tagged

from . import oracle
from .common import LifecycleCase

AS_OF = date(2025, 6, 30)
CUSTOMERS = 2000


@tagged("post_install", "-at_install")
class TestLadderRule(LifecycleCase):
    """The ladder of generated customers in one run, against the oracle."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.random = random.Random(20251122)
        cls.program = cls.env["loyalty.program"].create(
            {"name": "Club", "program_type": "loyalty", "company_id": cls.company.id}
        )

    def make_world(self):
        """Give customers purchases, deals, cards, marks, needs and referrals at random."""
        customers = self.make_customers(CUSTOMERS)
        ties = {customer: oracle.Ties() for customer in customers}
        self.make_purchases(customers)
        self.make_leads(customers, ties)
        self.make_orders(customers, ties)
        self.make_cards(customers, ties)
        self.make_notes(customers, ties)
        self.make_referrals(customers, ties)
        return customers, ties

    def make_purchases(self, customers):
        chance = self.random
        self.buy(
            {
                customer: [
                    (AS_OF - timedelta(days=30 * number + shift), 20)
                    for number in range(chance.choice((1, 1, 2, 4, 5, 6)))
                ]
                for customer in customers
                if chance.random() < 0.6
                for shift in [chance.choice((1, 1, 1, 200))]
            }
        )

    def make_leads(self, customers, ties):
        stage = self.env["crm.stage"].search([("is_won", "=", False)], limit=1)
        values = []
        for customer in self.random.sample(list(customers), 500):
            open_, lost = self.random.choice(((1, 0), (0, 1), (0, 2), (1, 1)))
            ties[customer].open_deals += open_
            ties[customer].lost_deals += lost
            values += [(customer.id, True, "pending")] * open_ + [
                (customer.id, False, "lost")
            ] * lost
        self.insert(
            "crm_lead",
            [
                {
                    "name": "Lead",
                    "type": "opportunity",
                    "partner_id": partner,
                    "active": active,
                    "won_status": status,
                    "company_id": self.company.id,
                    "stage_id": stage.id,
                    "write_date": self.env.cr.now(),
                }
                for partner, active, status in values
            ],
        )

    def make_orders(self, customers, ties):
        ordering = self.random.sample(list(customers), 400)
        orders = self.env["sale.order"].create(
            [{"partner_id": customer.id, "company_id": self.company.id} for customer in ordering]
        )
        for order, customer in zip(orders, ordering, strict=True):
            order.state = self.random.choice(("draft", "sent", "sale", "cancel"))
            ties[customer].open_deals += order.state != "cancel"

    def insert(self, table, rows):
        self.env.flush_all()
        columns = list(rows[0])
        self.env.cr.executemany(
            f"INSERT INTO {table} ({', '.join(columns)}) "
            f"VALUES ({', '.join(['%s'] * len(columns))})",
            [list(row.values()) for row in rows],
        )
        self.env.invalidate_all()

    def make_cards(self, customers, ties):
        off = self.env["loyalty.program"].create(
            {"name": "Former", "program_type": "loyalty", "company_id": self.company.id}
        )
        off.active = False
        gift = self.env["loyalty.program"].create(
            {"name": "Gift", "program_type": "gift_card", "company_id": self.company.id}
        )
        kinds = (
            (self.program, False, 1),
            (self.program, AS_OF, 1),
            (self.program, AS_OF - timedelta(days=1), 0),
            (off, False, 0),
            (gift, False, 0),
        )
        values = []
        for customer in self.random.sample(list(customers), 900):
            program, expires, counts = self.random.choice(kinds)
            ties[customer].cards += counts
            values.append(
                {
                    "program_id": program.id,
                    "partner_id": customer.id,
                    "expiration_date": expires,
                }
            )
        self.env["loyalty.card"].create(values)

    def make_notes(self, customers, ties):
        """Marks and yearly needs: our share is just below, at and above four fifths."""
        facts = self.get_facts(AS_OF)
        noted = self.random.sample(list(customers), 700)
        values = []
        for customer in noted:
            known = ties[customer]
            known.mark = self.random.choice((None, "advocate", "disqualified"))
            if customer in facts and self.random.random() < 0.7:
                exact = int(facts[customer].revenue * 100 / 80)
                known.need = exact + self.random.choice((-1, 0, 0, 1))
            values.append(
                {
                    "partner_id": customer.id,
                    "company_id": self.company.id,
                    "ladder_mark": known.mark,
                    "yearly_need": known.need,
                }
            )
        self.env["crm.relationship.profile"].create(values)

    def make_referrals(self, customers, ties):
        buyers = set(self.get_facts(AS_OF))
        chosen = self.random.sample(list(customers), 400)
        for referrer, referred in zip(chosen[:200], chosen[200:], strict=True):
            referred.referred_by_id = referrer
            ties[referrer].referred_buyers += referred in buyers

    def get_steps(self):
        self.env.flush_all()
        self.env.cr.execute(
            "SELECT partner_id, ladder_step FROM crm_relationship_profile WHERE company_id = %s",
            [self.company.id],
        )
        return dict(self.env.cr.fetchall())

    def test_against_the_oracle(self):
        customers, ties = self.make_world()
        run = self.recalculate(AS_OF)
        self.assertEqual(run.state, "done", run.error)
        steps, stages = self.get_steps(), self.get_stages()
        self.assertEqual(len(Counter(steps.values())), 8, "a step is empty")
        wrong = {}
        for customer in customers:
            if customer.id not in steps:
                self.assertNotIn(customer, self.purchases)
                continue
            facts = oracle.get_facts(self.purchases.get(customer, []), AS_OF)
            expected = oracle.get_step(facts, stages[customer.id], ties[customer])
            if steps[customer.id] != expected:
                wrong[customer] = (expected, steps[customer.id], ties[customer])
        self.assertFalse(wrong)
        run = self.recalculate(AS_OF, full=True)
        self.assertEqual((run.updated_count, run.change_count), (0, 0))


@tagged("post_install", "-at_install")
class TestLadder(LifecycleCase):
    """What moves a customer on the ladder from one night to the next."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.customer, cls.other = cls.make_customers(2)
        cls.buy({cls.other: [(date(2025, 6, 20), 10)]})
        cls.recalculate(AS_OF)

    def setUp(self):
        super().setUp()
        self.day = AS_OF

    def pass_night(self):
        """Return the customer's step after a night that looks at what changed alone."""
        self.day += timedelta(days=1)
        run = self.recalculate(self.day)
        self.assertEqual(run.kind, "incremental")
        self.forget_writes()
        return self.get_profile(self.customer).ladder_step

    def test_from_suspect_to_repeat_buyer(self):
        self.forget_writes()
        self.assertFalse(self.pass_night())
        lead = self.env["crm.lead"].create(
            {
                "name": "Open",
                "type": "opportunity",
                "partner_id": self.customer.id,
                "company_id": self.company.id,
            }
        )
        self.assertEqual(self.pass_night(), "prospect")
        lead.action_set_lost()
        self.assertEqual(self.pass_night(), "disqualified")
        order = self.env["sale.order"].create(
            {"partner_id": self.customer.id, "company_id": self.company.id}
        )
        self.assertEqual(self.pass_night(), "prospect")
        self.buy({self.customer: [(self.day, 10)]})
        self.assertEqual(self.pass_night(), "first_time")
        order._action_cancel()
        self.buy({self.customer: [(self.day, 10)]})
        self.assertEqual(self.pass_night(), "repeat")
        changes = self.get_profile(self.customer).change_ids.filtered(
            lambda change: change.dimension == "ladder"
        )
        self.assertEqual(
            changes.sorted("id").mapped("new_value"),
            ["prospect", "disqualified", "prospect", "first_time", "repeat"],
        )

    def test_a_referral_makes_an_advocate_and_goes_with_it(self):
        self.buy({self.customer: [(date(2025, 6, 25), 10)]})
        self.assertEqual(self.pass_night(), "first_time")
        self.other.referred_by_id = self.customer
        self.assertEqual(self.pass_night(), "advocate")
        self.other.referred_by_id = False
        self.assertEqual(self.pass_night(), "first_time")

    def test_the_first_purchase_of_a_referred_contact_makes_the_advocate(self):
        referred = self.make_customers(1, referred_by_id=self.customer.id)
        contact = self.env["res.partner"].create({"name": "Buyer", "parent_id": referred.id})
        self.buy({self.customer: [(date(2025, 6, 25), 10)]})
        self.assertEqual(self.pass_night(), "first_time")
        self.buy({contact: [(self.day, 5)]})
        self.assertEqual(self.pass_night(), "advocate")

    def test_a_card_that_expires_unmakes_the_member(self):
        program = self.env["loyalty.program"].create(
            {"name": "Club", "program_type": "loyalty", "company_id": self.company.id}
        )
        self.buy({self.customer: [(AS_OF - timedelta(days=7 * n), 10) for n in range(6)]})
        self.assertEqual(self.pass_night(), "client")
        card = self.env["loyalty.card"].create(
            {
                "program_id": program.id,
                "partner_id": self.customer.id,
                "expiration_date": self.day + timedelta(days=2),
            }
        )
        self.assertEqual(self.pass_night(), "member")
        self.assertEqual(self.get_profile(self.customer).next_due_date, self.day + timedelta(2))
        self.assertEqual(self.pass_night(), "member")
        self.assertEqual(self.pass_night(), "client")
        card.expiration_date = False
        self.assertEqual(self.pass_night(), "member")
        card.unlink()
        self.assertEqual(self.pass_night(), "client")

    def test_a_client_that_declines_is_a_repeat_buyer(self):
        self.buy({self.customer: [(AS_OF - timedelta(days=7 * n), 10) for n in range(6)]})
        self.assertEqual(self.pass_night(), "client")
        self.recalculate(AS_OF + timedelta(days=29))
        self.assertEqual(self.get_profile(self.customer).ladder_step, "client")
        self.recalculate(AS_OF + timedelta(days=30))
        self.assertEqual(self.get_profile(self.customer).ladder_step, "repeat")
        self.assertEqual(self.get_stage(self.customer), "decline")

    def test_the_source_is_that_of_the_first_deal_that_has_one(self):
        first, second = self.env["utm.source"].create([{"name": "Fair"}, {"name": "Advert"}])
        for source in (False, first.id, second.id):
            self.env["crm.lead"].create(
                {
                    "name": "Open",
                    "type": "opportunity",
                    "partner_id": self.customer.id,
                    "source_id": source,
                    "company_id": self.company.id,
                }
            )
        self.pass_night()
        self.assertEqual(self.get_profile(self.customer).source_id, first)

    def test_a_deal_that_goes_to_another_customer(self):
        lead = self.env["crm.lead"].create(
            {
                "name": "Open",
                "type": "opportunity",
                "partner_id": self.customer.id,
                "company_id": self.company.id,
            }
        )
        self.assertEqual(self.pass_night(), "prospect")
        lead.partner_id = self.other
        self.assertFalse(self.pass_night())

    def test_a_programme_that_is_switched_off_unmakes_the_member(self):
        program = self.env["loyalty.program"].create(
            {"name": "Club", "program_type": "loyalty", "company_id": self.company.id}
        )
        self.buy({self.customer: [(AS_OF - timedelta(days=7 * n), 10) for n in range(6)]})
        self.env["loyalty.card"].create({"program_id": program.id, "partner_id": self.customer.id})
        self.assertEqual(self.pass_night(), "member")
        self.env.cr.execute(
            "UPDATE loyalty_program SET write_date = %s", [self.env.cr.now() - timedelta(days=2)]
        )
        program.active = False
        self.env.flush_all()
        self.assertEqual(self.pass_night(), "client")

    def test_a_quotation_that_goes_to_another_company(self):
        order = self.env["sale.order"].create(
            {"partner_id": self.customer.id, "company_id": self.company.id}
        )
        self.assertEqual(self.pass_night(), "prospect")
        order.company_id = self.create_company("Second Ltd")
        self.assertFalse(self.pass_night())

    def test_an_archived_customer_is_not_due_for_good(self):
        self.other.active = False
        self.pass_night()
        profile = self.get_profile(self.other)
        profile.sudo()._mark_due()
        self.pass_night()
        self.assertFalse(profile.next_due_date)
