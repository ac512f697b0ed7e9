"""What the tests share: a company of its own and documents made set-based."""

from datetime import date
from itertools import count

from psycopg2.extras import execute_values

from odoo.tests import TransactionCase, new_test_user

NUMBERS = count(1)


class RelationshipCase(TransactionCase):
    """A company with the default policy, its journals and no customers.

    Documents are inserted as rows, as fast as the engine reads them; what goes through
    Odoo's own accounting is tested in ``test_measures_accounting``.
    """

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env = cls.env(context={**cls.env.context, "tracking_disable": True})
        cls.company = cls.create_company("Relationship Ltd")
        cls.policy = cls.company._get_relationship_policy()
        cls.tiers = {tier.code: tier for tier in cls.policy.tier_ids}

    @classmethod
    def create_company(cls, name):
        company = cls.env["res.company"].create({"name": name})
        cls.env.user.company_ids += company
        return company

    @classmethod
    def new_user(cls, login, groups, company=None):
        """Create a user of ``groups`` who works in the company alone."""
        company = company or cls.company
        return new_test_user(
            cls.env,
            login=login,
            groups=groups,
            company_id=company.id,
            company_ids=[(6, 0, company.ids)],
        )

    @classmethod
    def get_journal(cls, company):
        journals = cls.env["account.journal"]
        return journals.search(
            [("company_id", "=", company.id), ("code", "=", "RELT")], limit=1
        ) or journals.create(
            {"name": "Tests", "code": "RELT", "type": "general", "company_id": company.id}
        )

    @classmethod
    def get_receivable(cls, company):
        accounts = cls.env["account.account"].with_company(company)
        return accounts.search(
            [("company_ids", "=", company.id), ("account_type", "=", "asset_receivable")], limit=1
        ) or accounts.create(
            {
                "name": "Receivable",
                "code": "RELT100",
                "account_type": "asset_receivable",
                "reconcile": True,
                "company_ids": [(6, 0, company.ids)],
            }
        )

    @classmethod
    def make_customers(cls, quantity, **values):
        """Create ``quantity`` companies as customers."""
        return cls.env["res.partner"].create(
            [
                {"name": f"Customer {next(NUMBERS)}", "is_company": True, **values}
                for _number in range(quantity)
            ]
        )

    @classmethod
    def make_invoices(cls, rows, company=None, move_type="out_invoice", state="posted"):
        """Insert invoices ``(partner, date, untaxed amount)``; return their ids.

        Refunds are given as positive amounts, as on the document.
        """
        company = company or cls.company
        cls.env.flush_all()
        journal = cls.get_journal(company)
        sign = -1 if move_type == "out_refund" else 1
        values = [
            (
                partner.id,
                partner.commercial_partner_id.id,
                company.id,
                journal.id,
                company.currency_id.id,
                day,
                day,
                sign * amount,
                move_type,
                state,
                "no",
                cls.env.cr.now(),
            )
            for partner, day, amount in rows
        ]
        ids = execute_values(
            cls.env.cr._obj,
            """INSERT INTO account_move (
                   partner_id, commercial_partner_id, company_id, journal_id, currency_id,
                   date, invoice_date, amount_untaxed_signed, move_type, state, auto_post,
                   write_date)
               VALUES %s RETURNING id""",
            values,
            fetch=True,
        )
        cls.env.invalidate_all()
        return [row[0] for row in ids]

    @classmethod
    def make_ranking(cls, amounts, day=date(2025, 6, 15), **values):
        """Create one customer with one invoice for each of ``amounts``."""
        customers = cls.make_customers(len(amounts), **values)
        cls.make_invoices(
            [(customer, day, amount) for customer, amount in zip(customers, amounts, strict=True)]
        )
        return customers

    @classmethod
    def recalculate(cls, as_of=date(2025, 6, 30), company=None, **options):
        run = cls.env["crm.relationship.run"].recalculate(
            companies=company or cls.company, as_of=as_of, **options
        )
        cls.env.invalidate_all()
        return run

    def get_tier_changes(self, profile):
        """Return the changes of the tier, the latest first."""
        return profile.change_ids.filtered(lambda change: change.dimension == "tier")

    @classmethod
    def get_profile(cls, partner, company=None):
        return cls.env["crm.relationship.profile"].search(
            [
                ("partner_id", "=", partner.id),
                ("company_id", "=", (company or cls.company).id),
            ]
        )

    @classmethod
    def count_tiers(cls, company=None):
        """Return ``{tier code: customers}`` of the company, the empty tiers left out."""
        groups = cls.env["crm.relationship.profile"]._read_group(
            [("company_id", "=", (company or cls.company).id)], ["tier_id"], ["__count"]
        )
        return {tier.code: quantity for tier, quantity in groups}

    @classmethod
    def tier_codes(cls, customers):
        """Return the tier codes of ``customers``, in order; False without a tier."""
        return [cls.get_profile(customer).tier_id.code for customer in customers]

    @classmethod
    def make_instalments(cls, rows, company=None):
        """Insert receivable lines ``(invoice id, partner, due date, amount)``, open;
        return their ids.
        """
        company = company or cls.company
        account = cls.get_receivable(company)
        cls.env.flush_all()
        values = [
            (
                move_id,
                partner.commercial_partner_id.id,
                company.id,
                company.currency_id.id,
                account.id,
                due,
                due,
                amount,
                amount,
                amount,
                "payment_term",
                "posted",
                False,
            )
            for move_id, partner, due, amount in rows
        ]
        ids = execute_values(
            cls.env.cr._obj,
            """INSERT INTO account_move_line (
                   move_id, partner_id, company_id, currency_id, account_id, date, date_maturity,
                   debit, balance, amount_residual, display_type, parent_state, reconciled)
               VALUES %s RETURNING id""",
            values,
            fetch=True,
        )
        cls.env.invalidate_all()
        return [row[0] for row in ids]

    @classmethod
    def settle(cls, rows, company=None, credit_note=False):
        """Reconcile receivable lines ``(line id, day, amount)`` with new payments."""
        company = company or cls.company
        move_type = "out_refund" if credit_note else "entry"
        for line_id, day, amount in rows:
            cls.env.cr.execute(
                """WITH line AS (SELECT * FROM account_move_line WHERE id = %(line)s),
                        move AS (
                   INSERT INTO account_move (
                       journal_id, currency_id, company_id, partner_id, state, move_type,
                       auto_post, date, write_date)
                   SELECT %(journal)s, currency_id, company_id, NULL, 'posted', %(move_type)s,
                          'no', %(day)s, %(now)s FROM line RETURNING id),
                        credit AS (
                   INSERT INTO account_move_line (
                       move_id, partner_id, company_id, currency_id, account_id, date, credit,
                       balance, amount_residual, display_type, parent_state, reconciled)
                   SELECT move.id, partner_id, company_id, currency_id, account_id, %(day)s,
                          %(amount)s, -%(amount)s, 0, 'payment_term', 'posted', TRUE
                     FROM line, move RETURNING id),
                        residual AS (
                   UPDATE account_move_line
                      SET amount_residual = amount_residual - %(amount)s,
                          reconciled = amount_residual = %(amount)s
                    WHERE id = %(line)s)
                   INSERT INTO account_partial_reconcile (
                       debit_move_id, credit_move_id, company_id, amount, max_date, create_date,
                       write_date)
                   SELECT %(line)s, credit.id, %(company)s, %(amount)s, %(day)s, %(now)s, %(now)s
                     FROM credit""",
                {
                    "line": line_id,
                    "journal": cls.get_journal(company).id,
                    "move_type": move_type,
                    "company": company.id,
                    "day": day,
                    "amount": amount,
                    "now": cls.env.cr.now(),
                },
            )
        cls.env.invalidate_all()
