from datetime import timedelta

from dateutil.relativedelta import relativedelta

from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import new_test_user, tagged

from ...models.credit.crm_relationship_dismissal_proposal import TASK
from .common import CreditCase

DAY = timedelta(days=1)


class StrikeCase(CreditCase):
    """A customer that buys, on the night after the first run; three strikes are on."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.salesperson = cls.new_user("strike_seller", "sales_team.group_sale_salesman")
        cls.manager = cls.new_user("strike_manager", "sales_team.group_sale_manager")
        cls.approver = cls.new_user("strike_credit", "crm_relationship.group_credit")
        cls.proposals = cls.env["crm.relationship.dismissal.proposal"]
        cls.reason = cls.env.ref("crm_relationship.crm_relationship_loss_reason_payment")
        cls.customer = cls.make_customers(1, user_id=cls.salesperson.id)
        cls.make_invoices([(cls.customer, cls.today - DAY * 5, 100)])
        cls.recalculate(cls.today - DAY)
        cls.credit_policy.write({"counts_strikes": True, "strike_user_id": cls.approver.id})

    @classmethod
    def owe(cls, due, customer=None, amount=100, instalments=1):
        """Invoice ``customer``, who does not pay; return the lines."""
        customer = customer or cls.customer
        (move_id,) = cls.make_invoices([(customer, due - DAY * 30, amount)])
        cls.env.cr.execute(
            "UPDATE account_move SET name = %s, amount_total_signed = %s WHERE id = %s",
            [f"INV/{move_id}", amount, move_id],
        )
        return cls.make_instalments([(move_id, customer, due, amount / instalments)] * instalments)

    @classmethod
    def owe_strikes(cls, count, customer=None):
        return [cls.owe(cls.today - DAY * (61 + number), customer)[0] for number in range(count)]

    def find(self, customer=None, state=None):
        domain = [
            ("partner_id", "=", (customer or self.customer).id),
            ("company_id", "=", self.company.id),
        ]
        return self.proposals.search(domain + ([("state", "=", state)] if state else []))

    def find_tasks(self, proposals):
        return self.env["mail.activity"].search(
            [("res_model", "=", proposals._name), ("res_id", "in", proposals.ids)]
        )

    def propose(self):
        """Let three strikes be proposed; return the proposal."""
        self.owe_strikes(3)
        self.recalculate(self.today)
        return self.find(state="open")


@tagged("post_install", "-at_install")
class TestStrikes(StrikeCase):
    """What a strike is, at each boundary, and what the nights make of them."""

    def assert_proposed(self, expected):
        run = self.recalculate(self.today)
        self.assertEqual(run.state, "done", run.error)
        self.assertEqual(len(self.find(state="open")), expected)

    def test_three_are_proposed_two_are_not(self):
        self.owe_strikes(2)
        self.assert_proposed(0)
        self.owe(self.today - DAY * 61)
        self.assert_proposed(1)
        proposal = self.find()
        self.assertEqual((proposal.strike_count, proposal.open_amount), (3, 300))
        self.assertEqual((proposal.date, proposal.as_of), (self.today, self.today))
        self.assertEqual(proposal.strike_ids.mapped("kind"), ["unpaid"] * 3)
        self.assertEqual(proposal.strike_ids.mapped("days_overdue"), [62, 61, 61])
        self.assertEqual(proposal.strike_ids.mapped("amount"), [100] * 3)
        self.assertIn("3 invoices were unpaid for more than 60 days", proposal.explanation)

    def test_days_past_due_are_exceeded(self):
        self.owe_strikes(2)
        self.owe(self.today - DAY * 60)
        self.assert_proposed(0)
        self.credit_policy.strike_days = 59
        self.assert_proposed(1)

    def test_due_dates_lie_within_the_months(self):
        since = self.today - relativedelta(months=12)
        self.owe_strikes(2)
        self.owe(since)
        self.assert_proposed(0)
        self.owe(since + DAY)
        self.assert_proposed(1)
        self.assertEqual(self.find().strike_count, 3)

    def test_an_invoice_counts_once(self):
        self.owe_strikes(2)
        self.owe(self.today - DAY * 61, instalments=2)
        self.credit_policy.strike_count = 4
        self.assert_proposed(0)
        self.credit_policy.strike_count = 3
        self.assert_proposed(1)
        self.assertEqual(self.find().open_amount, 300)

    def test_written_off_counts_within_the_months(self):
        loss = self.env["account.account"].create(
            {
                "name": "Bad Debts",
                "code": "RELT660",
                "account_type": "expense",
                "company_ids": [(6, 0, self.company.ids)],
            }
        )
        self.credit_policy.bad_debt_account_ids = loss
        since = self.today - relativedelta(months=12)
        self.owe_strikes(2)
        for day, proposed in ((since, 0), (since + DAY, 1)):
            # Due long before the months: the day of the writing off counts.
            (line_id,) = self.owe(self.today - DAY * 600)
            self.settle([(line_id, day, 100)])
            self.env.cr.execute(
                """INSERT INTO account_move_line (
                       move_id, company_id, currency_id, account_id, date, debit, balance,
                       display_type, parent_state)
                   SELECT credit.move_id, credit.company_id, credit.currency_id, %s, credit.date,
                          100, 100, 'product', 'posted'
                     FROM account_partial_reconcile partial
                     JOIN account_move_line credit ON credit.id = partial.credit_move_id
                    WHERE partial.debit_move_id = %s""",
                [loss.id, line_id],
            )
            self.assert_proposed(proposed)
        strike = self.find().strike_ids.filtered("written_off_date")
        self.assertEqual((strike.kind, strike.written_off_date), ("written_off", since + DAY))
        self.assertEqual(strike.days_overdue, (since + DAY - strike.due_date).days)
        self.assertEqual(strike.open_amount, 100)

    def test_contacts_roll_up(self):
        contact = self.env["res.partner"].create({"name": "Site", "parent_id": self.customer.id})
        self.owe_strikes(2)
        self.owe(self.today - DAY * 70, contact)
        self.assert_proposed(1)

    def test_off_nothing_happens(self):
        self.credit_policy.counts_strikes = False
        self.owe_strikes(3)
        self.assert_proposed(0)

    def test_a_first_run_proposes_nothing(self):
        other = self.create_company("Opening Ltd")
        policy = self.credit_policy._get_of_company(other)
        policy.counts_strikes = True
        for number in range(3):
            due = self.today - DAY * (61 + number)
            (move_id,) = self.make_invoices([(self.customer, due, 100)], company=other)
            self.make_instalments([(move_id, self.customer, due, 100)], company=other)
        self.recalculate(self.today - DAY, company=other)
        self.assertFalse(self.proposals.search([("company_id", "=", other.id)]))
        self.recalculate(self.today, company=other)
        self.assertEqual(len(self.proposals.search([("company_id", "=", other.id)])), 1)
        self.assertFalse(self.find())

    def test_twice_gives_the_same(self):
        proposal = self.propose()
        strikes = proposal.strike_ids
        self.recalculate(self.today)
        self.recalculate(self.today, full=True)
        self.assertEqual(self.find(), proposal)
        self.assertEqual(proposal.strike_ids, strikes)
        self.assertEqual(len(self.find_tasks(proposal)), 1)

    def test_an_open_proposal_follows_the_strikes(self):
        proposal = self.propose()
        self.owe(self.today - DAY * 90, amount=50)
        self.recalculate(self.today)
        self.assertEqual((proposal.state, proposal.strike_count), ("open", 4))
        self.assertEqual(proposal.open_amount, 350)

    def test_paid_it_is_withdrawn(self):
        lines = self.owe_strikes(3)
        self.recalculate(self.today)
        proposal = self.find()
        task = self.find_tasks(proposal)
        self.settle([(lines[0], self.today, 40)])
        self.recalculate(self.today)
        self.assertEqual((proposal.state, proposal.open_amount), ("open", 260))
        self.settle([(lines[0], self.today, 60)])
        self.recalculate(self.today)
        self.assertEqual((proposal.state, proposal.withdrawal), ("withdrawn", "settled"))
        self.assertFalse(proposal.decided_by_id)
        self.assertFalse(task.exists())
        self.assertEqual(self.find(), proposal)

    def test_archived_it_is_withdrawn(self):
        proposal = self.propose()
        self.customer.active = False
        self.recalculate(self.today, full=True)
        self.assertEqual((proposal.state, proposal.withdrawal), ("withdrawn", "archived"))

    def test_the_credit_group_is_asked(self):
        proposal = self.propose()
        task = self.find_tasks(proposal)
        self.assertEqual((task.user_id, task.activity_type_id), (self.approver, self.env.ref(TASK)))
        self.assertEqual(task.date_deadline, self.today + DAY * 7)
        self.credit_policy.strike_user_id = False
        self.assertEqual(self.credit_policy._get_decider(), self.approver)

    def test_many_take_as_many_queries_as_few(self):
        def count(customers):
            for customer in customers:
                self.owe_strikes(3, customer)
            self.recalculate(self.today)
            before = self.env.cr.sql_log_count
            self.env["crm.relationship.run"].search(
                [("company_id", "=", self.company.id)], limit=1
            )._act_on_strikes(self.today)
            return self.env.cr.sql_log_count - before

        few = count(self.make_customers(2))
        many = count(self.make_customers(20))
        self.assertLessEqual(many, few + 5)
        self.assertEqual(len(self.proposals.search([("company_id", "=", self.company.id)])), 22)

    def test_nonsense_is_refused(self):
        for values in (
            {"strike_months": 25},
            {"strike_months": 2, "strike_days": 56},
            {"strike_user_id": self.salesperson.id},
        ):
            with self.subTest(values=values), self.assertRaises(ValidationError):
                self.credit_policy.write(values)
        self.credit_policy.write({"strike_months": 2, "strike_days": 55})
        self.credit_policy.write({"strike_months": 24})


@tagged("post_install", "-at_install")
class TestDismissalProposal(StrikeCase):
    """Credit approvers decide; nobody else does, by any route."""

    def setUp(self):
        super().setUp()
        self.proposal = self.propose()

    def accept(self, user):
        proposal = self.proposal.with_user(user)
        action = proposal.action_accept()
        wizard = (
            self.env["crm.relationship.dismiss"]
            .with_user(user)
            .with_context(**action["context"])
            .create({"note": "Three reminders"})
        )
        wizard.action_dismiss()

    def decline(self, user, note="Pays in instalments"):
        wizard = self.env["crm.relationship.decline.dismissal"].with_user(user)
        wizard.create({"proposal_id": self.proposal.id, "note": note}).action_decline()

    def test_accepted_it_is_dismissed(self):
        task = self.find_tasks(self.proposal)
        self.accept(self.approver)
        proposal = self.proposal
        self.assertEqual((proposal.state, proposal.decided_by_id), ("accepted", self.approver))
        self.assertEqual((proposal.reason_id, proposal.note), (self.reason, "Three reminders"))
        self.assertEqual(proposal.decision_date, self.today)
        profile = self.get_profile(self.customer)
        self.assertEqual(profile.dismissed_date, self.today)
        line = profile.change_ids.filtered(lambda change: change.cause == "dismissed")
        self.assertEqual(line.user_id, self.approver)
        self.assertFalse(task.active)
        self.recalculate(self.today)
        self.assertEqual(self.find(), proposal)

    def test_lifted_the_same_strikes_are_not_proposed_again(self):
        self.accept(self.approver)
        self.get_profile(self.customer).with_user(self.approver).action_lift_dismissal()
        self.recalculate(self.today)
        self.assertFalse(self.find(state="open"))

    def test_declined_it_takes_a_new_strike(self):
        self.decline(self.approver)
        self.assertEqual(
            (self.proposal.state, self.proposal.note), ("declined", "Pays in instalments")
        )
        self.assertFalse(self.get_profile(self.customer).dismissed_date)
        self.recalculate(self.today)
        self.assertFalse(self.find(state="open"))
        self.owe(self.today - DAY * 80)
        self.recalculate(self.today)
        self.assertEqual(self.find(state="open").strike_count, 4)

    def test_declining_needs_a_reason(self):
        for note in (False, "  "):
            with self.assertRaises(UserError):
                self.proposal.with_user(self.approver)._decline(note)
        self.assertEqual(self.proposal.state, "open")

    def test_dismissed_by_hand_it_is_withdrawn_for_good(self):
        profile = self.get_profile(self.customer)
        profile.with_user(self.manager)._dismiss(self.reason)
        self.assertEqual(
            (self.proposal.state, self.proposal.withdrawal, self.proposal.decided_by_id),
            ("withdrawn", "dismissed", self.manager),
        )
        profile.with_user(self.approver).action_lift_dismissal()
        self.recalculate(self.today)
        self.assertFalse(self.find(state="open"))

    def test_decided_it_is_decided(self):
        self.decline(self.approver)
        with self.assertRaisesRegex(UserError, "no longer open"):
            self.accept(self.approver)
        with self.assertRaisesRegex(UserError, "no longer open"):
            self.decline(self.approver)
        self.assertFalse(self.get_profile(self.customer).dismissed_date)

    def test_nobody_else_decides(self):
        other = self.create_company("Foreign Ltd")
        for user in (
            self.salesperson,
            self.manager,
            self.new_user("strike_employee", "base.group_user"),
            self.new_user("strike_far", "crm_relationship.group_credit", company=other),
            new_test_user(self.env, "strike_portal", "base.group_portal"),
            self.env.ref("base.public_user"),
        ):
            with self.subTest(user=user.login):
                proposal = self.proposal.with_user(user)
                with self.assertRaises(AccessError):
                    self.accept(user)
                with self.assertRaises(AccessError):
                    self.decline(user)
                with self.assertRaises(AccessError):
                    proposal._accept(self.reason, "No")
                with self.assertRaises(AccessError):
                    proposal._decline("No")
        self.assertEqual(self.proposal.state, "open")
        self.assertFalse(self.get_profile(self.customer).dismissed_date)

    def test_nobody_writes_it(self):
        admin = self.new_user(
            "strike_admin",
            "base.group_system,sales_team.group_sale_manager,crm_relationship.group_credit",
        )
        for user in (self.salesperson, self.manager, self.approver, admin):
            proposal = self.proposal.with_user(user)
            strike = proposal.strike_ids[0]
            for change in (
                lambda proposal=proposal: proposal.write({"state": "accepted"}),
                lambda proposal=proposal: proposal.write({"note": "Mine"}),
                lambda proposal=proposal: proposal.create(
                    {
                        "partner_id": self.customer.id,
                        "company_id": self.company.id,
                        "date": self.today,
                        "as_of": self.today,
                    }
                ),
                proposal.unlink,
                proposal.copy,
                lambda strike=strike: strike.write({"open_amount": 1}),
                strike.unlink,
            ):
                with self.assertRaises(AccessError):
                    change()

    def test_who_sees_it(self):
        colleague = self.new_user("strike_colleague", "sales_team.group_sale_salesman")
        far = self.new_user(
            "strike_far_manager",
            "sales_team.group_sale_manager",
            company=self.create_company("Far Ltd"),
        )
        for user, sees in (
            (self.salesperson, True),
            (self.manager, True),
            (self.approver, True),
            (colleague, False),
            (far, False),
        ):
            with self.subTest(user=user.login):
                self.assertEqual(
                    bool(self.proposals.with_user(user).search([("id", "=", self.proposal.id)])),
                    sees,
                )
                strikes = self.env["crm.relationship.dismissal.strike"].with_user(user)
                self.assertEqual(bool(strikes.search([])), sees)
        portal = new_test_user(self.env, "strike_guest", "base.group_portal")
        with self.assertRaises(AccessError):
            self.proposals.with_user(portal).search([])

    def test_the_customer_shows_it(self):
        profile = self.get_profile(self.customer).with_user(self.salesperson)
        self.assertTrue(profile.is_dismissal_proposed)
        self.assertEqual(profile.action_open_proposal()["res_id"], self.proposal.id)
        contact = self.customer.with_user(self.salesperson)
        self.assertTrue(contact.relationship_is_dismissal_proposed)
        self.assertEqual(contact.action_open_relationship_proposal()["res_id"], self.proposal.id)
        self.decline(self.approver)
        self.env.invalidate_all()
        self.assertFalse(profile.is_dismissal_proposed)
        self.owe(self.today - DAY * 80)
        self.recalculate(self.today)
        self.assertTrue(profile.is_dismissal_proposed)
        profile.sudo()._dismiss(self.reason)
        self.assertFalse(profile.is_dismissal_proposed)

    def test_a_profile_that_came_back_shows_it(self):
        profile = self.get_profile(self.customer)
        profile.is_dismissal_proposed = False
        self.recalculate(self.today)
        self.assertTrue(profile.is_dismissal_proposed)
        self.proposal.unlink()
        self.assertFalse(profile.is_dismissal_proposed)

    def test_merged_contacts_show_it(self):
        other = self.make_customers(1)
        self.make_invoices([(other, self.today - DAY, 100)])
        self.recalculate(self.today)
        wizard = self.env["base.partner.merge.automatic.wizard"].create({})
        wizard._merge((self.customer | other).ids, other)
        self.env.invalidate_all()
        self.assertEqual(self.find(other), self.proposal)
        self.assertTrue(self.get_profile(other).is_dismissal_proposed)

    def test_people_talk_about_it(self):
        message = self.proposal.with_user(self.salesperson).message_post(body=self.reason.name)
        self.assertEqual(message.author_id, self.salesperson.partner_id)

    def test_a_proposal_dismisses_its_own_customer(self):
        other = self.make_customers(1)
        self.make_invoices([(other, self.today - DAY, 100)])
        self.recalculate(self.today)
        wizard = (
            self.env["crm.relationship.dismiss"]
            .with_user(self.approver)
            .create(
                {
                    "profile_id": self.get_profile(other).id,
                    "proposal_id": self.proposal.id,
                    "reason_id": self.reason.id,
                }
            )
        )
        with self.assertRaises(ValidationError):
            wizard.action_dismiss()
        self.assertEqual(self.proposal.state, "open")

    def test_merged_contacts_have_one_proposal(self):
        other = self.make_customers(1)
        self.owe_strikes(3, other)
        self.recalculate(self.today)
        lost = self.find(other)
        self.assertEqual(lost.state, "open")
        wizard = self.env["base.partner.merge.automatic.wizard"].create({})
        wizard._merge((self.customer | other).ids, self.customer)
        self.env.invalidate_all()
        self.assertEqual((lost.state, lost.withdrawal), ("withdrawn", "merged"))
        self.assertEqual(lost.partner_id, self.customer)
        self.assertEqual(self.find(state="open"), self.proposal)
