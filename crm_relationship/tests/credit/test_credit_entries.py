from datetime import timedelta

from dateutil.relativedelta import relativedelta

from odoo.exceptions import AccessError, ValidationError
from odoo.tests import tagged

from ...engine import sources
from ...engine.receivables import Receivables
from .common import CreditCase

DAY = timedelta(days=1)


@tagged("post_install", "-at_install")
class TestCreditEntries(CreditCase):
    """Judgements, statements and founding dates: at once, checked, and nobody else's."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.customer = cls.make_ranking([100], day=cls.today - DAY)
        cls.recalculate(cls.today)

    def get_lines(self):
        profile = self.get_profile(self.customer)
        shared = profile._get_credit_shared(self.company)
        rows = profile._get_credit_lines(shared["terms"])[self.customer.id]
        codes = {item.id: item.code for item in self.criteria.values()}
        return {codes[id_]: row for id_, row in rows.items()}

    def test_a_hand_computed_score(self):
        """First bought yesterday and owes nothing.

        Unknown: character 15, on time 12, days late 9, growth 5, regularity 5, wallet 4 and the
        financial 30, so 80 points at one half are 40. Known: nothing overdue 7 + 4, no dispute
        3, tenure below a year 20 % of 3, size 100 % of 3.
        """
        profile = self.get_profile(self.customer)
        tier = profile.computed_tier_id
        size = {"A": 3, "B": 2.25, "C": 1.35, "D": 0.6}[tier.code]
        self.assertEqual(profile.credit_coverage, 20)
        self.assertAlmostEqual(profile.credit_score, 40 + 7 + 4 + 3 + 0.6 + size, 2)
        self.assertTrue(profile.is_credit_provisional)

    def test_lines_add_up_to_the_score(self):
        self.judge(self.customer, "management", "Good")
        self.state(self.customer)
        self.recalculate(self.today)
        profile = self.get_profile(self.customer)
        lines = self.get_lines()
        self.assertEqual(len(lines), 20)
        total = sum(float(line["points"]) for line in lines.values())
        self.assertAlmostEqual(total, profile.credit_score, 2)
        self.assertEqual(float(lines["current_ratio"]["value"]), 2)
        self.assertEqual(float(lines["current_ratio"]["points"]), 7)
        self.assertEqual(float(lines["management"]["points"]), 2.4)
        self.assertEqual(float(lines["reputation"]["points"]), 1.5)
        html = profile.credit_explanation
        for text in ("Current Ratio", "from 2", "Management Quality", "Good", "Second Opinion"):
            self.assertIn(text, html)

    def test_entries_count_at_once(self):
        before = self.get_profile(self.customer)
        coverage = before.credit_coverage
        judgement = self.judge(self.customer, "management", "Excellent")
        self.assertEqual(self.get_profile(self.customer).credit_coverage, coverage + 3)
        judgement.band_id = self.get_level("management", "Poor")
        score = self.get_profile(self.customer).credit_score
        judgement.unlink()
        after = self.get_profile(self.customer)
        self.assertEqual(after.credit_coverage, coverage)
        self.assertAlmostEqual(after.credit_score, score + 3 * 0.3, 2)

    def test_names_of_statements(self):
        statement = self.state(self.customer)
        self.assertTrue(statement.display_name.startswith(f"{self.customer.name}, Year to "))
        self.assertIs(statement.new({}).display_name, False)

    def test_denominators_of_zero_follow_rules(self):
        cases = (
            ({"current_liabilities": 0, "total_liabilities": 0}, "current_ratio", 7),
            ({"current_liabilities": 0}, "cash_flow_ratio", 6),
            ({"current_liabilities": 0, "operating_cash_flow": -1}, "cash_flow_ratio", 0),
            (
                {"current_assets": 0, "total_assets": 0, "current_liabilities": 10},
                "debt_ratio",
                0,
            ),
            ({"sales": 0, "net_income": -1}, "net_margin", 0),
            ({"sales": 0}, "net_margin", 2.5),
            ({"total_liabilities": 500}, "return_on_equity", 0),
            ({"total_liabilities": 900}, "return_on_equity", 0),
            ({"total_liabilities": 900, "net_income": -50}, "return_on_equity", 0),
            ({"is_cash_flow_known": False}, "cash_flow_ratio", 3),
        )
        for values, code, points in cases:
            with self.subTest(values=values, code=code):
                statement = self.state(self.customer, **values)
                line = self.get_lines()[code]
                self.assertEqual(float(line["points"]), points)
                self.assertTrue(statement._get_ratio(code)[1])
                self.assertIn(
                    statement._get_ratio(code)[1].split(":")[0], statement.ratio_explanation
                )
                statement.unlink()

    def test_bad_entries_are_refused(self):
        contact = self.env["res.partner"].create({"name": "Contact", "parent_id": self.customer.id})
        good = self.get_level("management", "Good")
        judgements = self.env["crm.relationship.credit.judgement"]
        for values in (
            {"partner_id": contact.id, "criterion_id": self.criteria["management"].id},
            {"partner_id": self.customer.id, "criterion_id": self.criteria["reputation"].id},
            {"partner_id": self.customer.id, "criterion_id": self.criteria["growth"].id},
        ):
            with self.subTest(values=values), self.assertRaises(ValidationError):
                judgements.create({"band_id": good.id, **values})
        with self.assertRaises(ValidationError):
            self.state(contact)
        with self.assertRaises(ValidationError):
            self.state(self.customer, date_end="2199-12-31")
        with self.assertRaises(ValidationError):
            self.customer.relationship_founding_date = "2199-12-31"

    def test_only_managers_and_approvers_enter(self):
        salesperson = self.new_user("entry_sales", "sales_team.group_sale_salesman")
        self.customer.user_id = salesperson
        approver = self.new_user(
            "entry_credit", "sales_team.group_sale_salesman,crm_relationship.group_credit"
        )
        judgement = self.judge(self.customer, "management", "Good")
        statement = self.state(self.customer)
        for entry in (judgement, statement):
            own = entry.with_user(salesperson)
            self.assertEqual(own.partner_id, self.customer)
            for change in (
                lambda own=own: own.write({"partner_id": self.customer.id}),
                own.unlink,
            ):
                with self.assertRaises(AccessError):
                    change()
        judgement.with_user(approver).band_id = self.get_level("management", "Fair")
        statement.with_user(approver).sales = 5

    def test_nobody_judges_in_the_name_of_others(self):
        first, second = (
            self.new_user(f"judge_{name}", "sales_team.group_sale_manager") for name in "ab"
        )
        judgement = self.judge(self.customer, "management", "Good")
        own = judgement.with_user(first)
        own.write({"band_id": self.get_level("management", "Fair").id, "user_id": second.id})
        self.assertEqual((judgement.user_id, judgement.date), (first, self.today))
        own.with_user(second).note = "Read the accounts"
        self.assertEqual(judgement.user_id, first)
        forged = judgement.with_user(first).create(
            {
                "partner_id": self.customer.id,
                "criterion_id": self.criteria["reputation"].id,
                "band_id": self.get_level("reputation", "Good").id,
                "user_id": second.id,
            }
        )
        self.assertEqual(forged.user_id, first)
        (another,) = self.make_ranking([50], day=self.today - DAY)
        own.with_user(second).partner_id = another
        self.assertEqual(judgement.user_id, second)

    def test_nobody_judges_tomorrow(self):
        judgement = self.judge(self.customer, "management", "Good")
        judgement.date = self.today - DAY * 30
        with self.assertRaises(ValidationError):
            judgement.date = self.today + DAY * 2

    def test_salespeople_do_not_date_the_founding(self):
        salesperson = self.new_user(
            "founding_sales", "sales_team.group_sale_salesman,base.group_partner_manager"
        )
        self.customer.user_id = salesperson
        with self.assertRaises(AccessError):
            self.customer.with_user(salesperson).relationship_founding_date = "1900-01-01"
        manager = self.new_user("founding_manager", "sales_team.group_sale_manager")
        before = self.get_profile(self.customer).credit_coverage
        self.customer.with_user(manager).relationship_founding_date = "1900-01-01"
        self.assertEqual(self.get_profile(self.customer).credit_coverage, before + 3)

    def test_others_learn_nothing(self):
        self.judge(self.customer, "management", "Good")
        self.state(self.customer)
        stranger = self.new_user("entry_other", "sales_team.group_sale_salesman")
        self.customer.user_id = self.env.user
        elsewhere = self.create_company("Elsewhere")
        foreign = self.new_user("entry_abroad", "sales_team.group_sale_manager", company=elsewhere)
        portal = self.new_user("entry_portal", "base.group_portal")
        for model in ("judgement", "statement"):
            entries = self.env[f"crm.relationship.credit.{model}"]
            self.assertFalse(entries.with_user(stranger).search([]))
            with self.assertRaises(AccessError):
                entries.with_user(portal).search([])
        self.assertFalse(
            self.env["crm.relationship.credit.judgement"].with_user(foreign).search([])
        )
        self.assertFalse(
            self.env["crm.relationship.credit.policy"]
            .with_user(foreign)
            .search([("company_id", "=", self.company.id)])
        )

    def test_a_moved_grade_stands_in_the_history(self):
        profile = self.get_profile(self.customer)
        before = profile.credit_grade_id.code
        for code in ("management", "reputation", "cooperation", "legal_standing"):
            self.judge(self.customer, code, "Excellent")
        self.state(self.customer)
        profile = self.get_profile(self.customer)
        changes = profile.change_ids.filtered(lambda change: change.dimension == "credit")
        self.assertEqual(changes[-1].old_value, before)
        self.assertEqual(changes[0].new_value, profile.credit_grade_id.code)
        self.assertEqual(set(changes.mapped("cause")), {"up"})
        self.assertIn(f"{profile.credit_score:.2f}", changes[0].reason)


@tagged("post_install", "-at_install")
class TestCreditDisputes(CreditCase):
    """Blocked payments, and invoices settled against an account of bad debts."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.customer = cls.make_customers(1)
        cls.loss = cls.env["account.account"].create(
            {
                "name": "Bad Debts",
                "code": "RELT660",
                "account_type": "expense",
                "company_ids": [(6, 0, cls.company.ids)],
            }
        )

    def invoice(self, written_off=None, loss=100):
        """Make an invoice of 100 of 200 days ago, settled by an entry with a line of ``loss`` on
        an account.
        """
        day = self.today - DAY * 200
        (move_id,) = self.make_invoices([(self.customer, day, 100)])
        (line_id,) = self.make_instalments([(move_id, self.customer, day, 100)])
        if written_off:
            self.settle([(line_id, written_off, 100)])
            self.env.cr.execute(
                """INSERT INTO account_move_line (
                       move_id, company_id, currency_id, account_id, date, debit, balance,
                       display_type, parent_state)
                   SELECT credit.move_id, credit.company_id, credit.currency_id, %s, credit.date,
                          %s, %s, 'product', 'posted'
                     FROM account_partial_reconcile partial
                     JOIN account_move_line credit ON credit.id = partial.credit_move_id
                    WHERE partial.debit_move_id = %s""",
                [self.loss.id, max(loss, 0), loss, line_id],
            )
        return move_id

    def count(self):
        return self.get_profile(self.customer).dispute_count

    def find_amounts(self):
        """Return what was written off today, the least first."""
        receivables = Receivables(self.company.id, sources.receivable_accounts(self.env), None)
        query = receivables.written_off(self.loss.ids, self.today, self.today)
        return sorted(round(row["amount"], 2) for row in self.env.execute_query_dict(query))

    def test_bad_debts_need_their_accounts(self):
        since = self.today - relativedelta(months=24)
        for day in (self.today, since + DAY, since):
            self.invoice(written_off=day)
        self.recalculate(self.today)
        self.assertEqual(self.count(), 0)
        self.credit_policy.bad_debt_account_ids = self.loss
        run = self.recalculate(self.today)
        self.assertEqual((run.state, run.kind), ("done", "full"), run.error)
        self.assertEqual(self.count(), 2)
        self.invoice(written_off=self.today)
        run = self.recalculate(self.today)
        self.assertEqual((run.kind, self.count()), ("incremental", 3))

    def test_a_payment_with_a_small_difference_is_none(self):
        self.credit_policy.bad_debt_account_ids = self.loss
        for loss, count in ((0.5, 0), (49.99, 0), (-100, 0), (50, 1), (119, 2)):
            with self.subTest(loss=loss):
                self.invoice(written_off=self.today, loss=loss)
                self.recalculate(self.today)
                self.assertEqual(self.count(), count)

    def test_what_is_written_off_is_at_most_the_loss(self):
        for loss in (20, 60, 119):
            self.invoice(written_off=self.today, loss=loss)
        self.assertEqual(self.find_amounts(), [60, 100])

    def test_an_entry_for_several_shares_its_loss(self):
        """One that settles two invoices, and pays a fifth of them."""
        self.invoice(written_off=self.today, loss=160)
        self.invoice(written_off=self.today, loss=0)
        self.env.cr.execute(
            """UPDATE account_move_line line
                  SET move_id = (SELECT MIN(move_id) FROM account_move_line
                                  WHERE account_id = %(loss)s)
                WHERE company_id = %(company)s AND balance < 0""",
            {"loss": self.loss.id, "company": self.company.id},
        )
        self.assertEqual(self.find_amounts(), [80, 80])

    def test_a_blocked_payment_is_a_dispute(self):
        move_id = self.invoice()
        self.recalculate(self.today)
        self.assertEqual(self.count(), 0)
        self.env.cr.execute(
            "UPDATE account_move SET payment_state = 'blocked', write_date = %s WHERE id = %s",
            [self.env.cr.now(), move_id],
        )
        self.recalculate(self.today)
        self.assertEqual(self.count(), 1)


@tagged("post_install", "-at_install")
class TestCreditExpiry(CreditCase):
    def test_a_statement_counts_for_18_months(self):
        """Yesterday it was 18 months old, and nothing else happened since."""
        customer = self.make_ranking([100], day=self.today - DAY * 200)
        yesterday = self.today - DAY
        self.state(customer, date_end=yesterday - relativedelta(months=18))
        self.recalculate(yesterday)
        known = self.get_profile(customer).credit_coverage
        self.env.flush_all()
        for table in ("crm_relationship_credit_statement", "account_move", "res_partner"):
            self.env.cr.execute(f"UPDATE {table} SET write_date = '2025-01-01'")
        run = self.recalculate(self.today)
        self.assertEqual((run.state, run.kind), ("done", "incremental"), run.error)
        self.assertEqual(self.get_profile(customer).credit_coverage, known - 30)
        self.state(customer)
        self.assertEqual(self.get_profile(customer).credit_coverage, known)
