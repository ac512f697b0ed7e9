"""Strikes: goods taken and not paid, by customers who did so often.

How it works
    A *strike* is a customer invoice that is unpaid more than so many days past its due date, or
    written off as a bad debt, within so many months. An invoice is one strike, however many of
    its instalments are unpaid. Only customers whose profile has an old overdue instalment or a
    dispute can have any: nobody else's documents are read.
"""

from collections import defaultdict
from dataclasses import dataclass
from datetime import date, timedelta

from odoo.tools import SQL

from .periods import window_start
from .receivables import Receivables

CONTACTS = SQL.identifier("crm_relationship_strike_contact")


@dataclass(frozen=True)
class StrikeTerms:
    """What counts as a strike, and how many are too many.

    :param count: strikes from which on a dismissal is proposed
    :param days: days past the due date that are still borne
    :param months: months until ``as_of`` that the due date, or the writing off, lies within
    :param bad_debt_accounts: ids of the accounts that bad debts are written off to
    """

    company_id: int
    as_of: date
    count: int
    days: int
    months: int
    bad_debt_accounts: tuple[int, ...] = ()

    @property
    def start(self) -> date:
        """The first day that is looked at."""
        return window_start(self.as_of, self.months)

    @property
    def due_until(self) -> date:
        """The last due date whose unpaid instalment is a strike."""
        return self.as_of - timedelta(days=self.days + 1)


def find(env, terms: StrikeTerms, accounts: list[int]) -> dict[int, list[dict]]:
    """Return ``{customer id: strikes}`` of those who have too many, the oldest strike first.

    A strike is a dictionary with the columns of ``crm.relationship.dismissal.strike``.

    :param accounts: the receivable accounts, see :func:`.sources.receivable_accounts`
    """
    env.cr.execute(SQL("DROP TABLE IF EXISTS %s", CONTACTS))
    env.cr.execute(
        SQL("CREATE TEMPORARY TABLE %s ON COMMIT DROP AS %s", CONTACTS, _suspects(terms))
    )
    env.cr.execute(SQL("ANALYZE %s", CONTACTS))
    receivables = Receivables(terms.company_id, accounts, CONTACTS, is_kept=False)
    found = defaultdict(list)
    for row in env.execute_query_dict(_too_many(terms, receivables)):
        found[row.pop("partner_id")].append(row)
    return dict(found)


def _suspects(terms: StrikeTerms) -> SQL:
    """One row a contact of the customers who may have strikes: ``id``, ``customer_id``."""
    return SQL(
        """
        SELECT contact.id, profile.partner_id AS customer_id
          FROM crm_relationship_profile profile
          JOIN res_partner contact ON contact.commercial_partner_id = profile.partner_id
         WHERE profile.company_id = %s
           AND profile.dismissed_date IS NULL
           AND profile.tier_standing IS DISTINCT FROM 'frozen'
           AND (profile.overdue_since <= %s OR profile.dispute_count > 0)
        """,
        terms.company_id,
        terms.due_until,
    )


def _too_many(terms: StrikeTerms, receivables: Receivables) -> SQL:
    """One row a strike of the customers with too many."""
    cases = [_unpaid(terms, receivables)]
    if terms.bad_debt_accounts:
        cases.append(_written_off(terms, receivables))
    return SQL(
        """
        WITH strike AS (
             SELECT contact.customer_id AS partner_id,
                    missing.move_id,
                    MIN(missing.due_date) AS due_date,
                    MAX(missing.written_off_date) AS written_off_date,
                    SUM(missing.amount) AS open_amount,
                    COUNT(*) OVER (PARTITION BY contact.customer_id) AS strikes
               FROM (%(cases)s) missing
               JOIN %(contacts)s contact ON contact.id = missing.partner_id
              GROUP BY contact.customer_id, missing.move_id)
        SELECT strike.partner_id, strike.move_id, COALESCE(invoice.name, '/') AS name,
               invoice.invoice_date, strike.due_date, strike.written_off_date,
               invoice.amount_total_signed AS amount, strike.open_amount
          FROM strike
          JOIN account_move invoice ON invoice.id = strike.move_id
         WHERE strike.strikes >= %(count)s
         ORDER BY strike.partner_id, strike.due_date, strike.move_id
        """,
        cases=SQL(" UNION ALL ").join(cases),
        contacts=CONTACTS,
        count=terms.count,
    )


def _unpaid(terms: StrikeTerms, receivables: Receivables) -> SQL:
    return SQL(
        """
        SELECT partner_id, move_id, due_date, NULL::date AS written_off_date, residual AS amount
          FROM (%s) item
         WHERE due_date BETWEEN %s AND %s AND date <= %s
        """,
        receivables.open_items(terms.as_of),
        terms.start,
        terms.due_until,
        terms.as_of,
    )


def _written_off(terms: StrikeTerms, receivables: Receivables) -> SQL:
    return SQL(
        """
        SELECT partner_id, move_id, due_date, date AS written_off_date, amount
          FROM (%s) item
        """,
        receivables.written_off(list(terms.bad_debt_accounts), terms.start, terms.as_of),
    )
