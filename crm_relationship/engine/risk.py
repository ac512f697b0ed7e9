"""Risks of a key customer: what is measured of them, for few customers at once.

How it works
    A customer's risk has *signs*, some measured and some judged by people. Each sign is low,
    medium or high, and the risk is as high as its highest sign. A sign of which nothing is known
    says nothing: a risk without a known sign is unknown, not low.

    What is measured is worked out when it is read, in a few queries for all customers together.
"""

from datetime import date

from odoo.tools import SQL

from . import stage
from .receivables import INVOICED, ON_RECEIVABLES
from .stage import StageTerms

LEVELS = ("low", "medium", "high")

SIGNS = {
    "financial": ("terms", "tied_up"),
    "profit": ("discount", "kickbacks", "free_extras"),
    "management": ("cross_region", "own_prices"),
    "flight": ("silence", "competitor"),
    "independence": ("own_business",),
}
"""The signs of each risk."""

MEASURED = ("terms", "tied_up", "discount", "silence")
"""The signs that documents tell; people judge the others."""

DIGITS = 4
"""Digits that a measured value is compared with: more is noise of the division."""


def level(value: float | None, limits: tuple[float, float]) -> str | None:
    """Return the level of a measured value, None where it is unknown.

    :param limits: the values from which on it is medium, and high

    >>> level(59.9, (60, 90)), level(60, (60, 90)), level(90, (60, 90)), level(None, (60, 90))
    ('low', 'medium', 'high', None)
    """
    if value is None:
        return None
    return LEVELS[sum(round(float(value), DIGITS) >= limit for limit in limits)]


def highest(levels) -> str | None:
    """Return the highest of the known ``levels``, None without any.

    >>> highest(["low", None, "medium"]), highest([None])
    ('medium', None)
    """
    return max(filter(None, levels), key=LEVELS.index, default=None)


def terms(company_id: int, accounts: list[int], customers: list[int], since: date, until: date):
    """Return one row a customer with the days from its invoices to their due dates: the mean
    weighted by the amounts, and the longest.

    :param accounts: the receivable accounts, see :func:`.sources.receivable_accounts`
    """
    return SQL(
        """
        SELECT customer_id, SUM(amount * days) / SUM(amount) AS mean, MAX(days) AS longest
          FROM (SELECT contact.commercial_partner_id AS customer_id,
                       line.balance AS amount,
                       COALESCE(line.date_maturity, line.date) - move.invoice_date AS days
                  FROM res_partner contact
                  JOIN account_move move ON move.partner_id = contact.id
                  JOIN account_move_line line ON line.move_id = move.id
                 WHERE contact.commercial_partner_id = ANY (%(customers)s)
                   AND %(invoiced)s
                   AND move.company_id = %(company)s
                   AND move.invoice_date BETWEEN %(since)s AND %(until)s
                   AND line.account_id = ANY (%(accounts)s)
                   AND %(receivable)s
                   AND line.balance > 0) instalment
         GROUP BY customer_id
        """,
        customers=customers,
        invoiced=INVOICED,
        company=company_id,
        since=since,
        until=until,
        accounts=accounts,
        receivable=ON_RECEIVABLES,
    )


def discounts(company_id: int, customers: list[int], since: date, until: date) -> SQL:
    """Return one row for each of ``customers`` that bought: ``customer_id``, and the discount on
    its invoices in ``percent``.
    """
    return SQL(
        """
        SELECT contact.commercial_partner_id AS customer_id, %(percent)s AS percent
          FROM res_partner contact
          %(sold)s
         WHERE contact.commercial_partner_id = ANY (%(customers)s)
           AND move.company_id = %(company)s
         GROUP BY contact.commercial_partner_id
        """,
        percent=_PERCENT,
        sold=_sold(since, until),
        customers=customers,
        company=company_id,
    )


def tier_discount(company_id: int, tier_id: int, since: date, until: date) -> SQL:
    """Return the discount on the invoices of all customers of a tier in ``percent``, empty where
    they bought nothing.
    """
    return SQL(
        """
        SELECT %(percent)s AS percent
          FROM crm_relationship_profile profile
          JOIN res_partner contact ON contact.commercial_partner_id = profile.partner_id
          %(sold)s
         WHERE profile.company_id = %(company)s
           AND profile.tier_id = %(tier)s
           AND move.company_id = %(company)s
        """,
        percent=_PERCENT,
        sold=_sold(since, until),
        company=company_id,
        tier=tier_id,
    )


_GROSS = SQL(
    """line.price_unit::numeric * line.quantity
         / COALESCE(NULLIF(move.invoice_currency_rate, 0), 1)"""
)
"""What a line would have come to without its discount, in the company's currency."""

_PERCENT = SQL("SUM(%(gross)s * COALESCE(line.discount, 0)) / SUM(%(gross)s)", gross=_GROSS)


def _sold(since: date, until: date) -> SQL:
    """Return the joins from a contact to the lines that it bought.

    Invoices tell it, not orders: whoever invoices has them. A line of zero or less, such as a
    return, and a down payment give no discount.
    """
    return SQL(
        """
        JOIN account_move move ON move.partner_id = contact.id
                              AND %(invoiced)s
                              AND move.invoice_date BETWEEN %(since)s AND %(until)s
        JOIN account_move_line line ON line.move_id = move.id
                                   AND line.display_type = 'product'
                                   AND line.is_downpayment IS NOT TRUE
                                   AND line.price_unit * line.quantity > 0
        """,
        invoiced=INVOICED,
        since=since,
        until=until,
    )


def silences(stage_terms: StageTerms, profile_ids: list[int]) -> SQL:
    """Return one row a customer that bought: ``customer_id``, the ``days`` since its last
    purchase, and how many ``times`` its rhythm that is.
    """
    return SQL(
        """
        SELECT profile.partner_id AS customer_id,
               %(as_of)s - profile.last_purchase_date AS days,
               %(times)s AS times
          FROM crm_relationship_profile profile
         WHERE profile.id = ANY (%(ids)s) AND profile.last_purchase_date IS NOT NULL
        """,
        as_of=stage_terms.as_of,
        times=stage.silence_ratio(stage_terms, SQL.identifier("profile")),
        ids=profile_ids,
    )
