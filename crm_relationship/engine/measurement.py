"""Measurement: the queries that measure customers, from the sources' documents.

Pure SQL of one company, day and policy; :mod:`.measure` executes it and writes.
"""

from collections import defaultdict
from dataclasses import dataclass
from datetime import date

from dateutil.relativedelta import relativedelta

from odoo.tools import SQL

from . import sources
from .credit import BAD_DEBT_MONTHS, QUARTER_MONTHS, CreditTerms, quarter_start
from .periods import MONTHS_PER_YEAR, first_day_after, months_before, window_start
from .receivables import Receivables
from .scope import CONTACTS, IN_SCOPE
from .stage import StageTerms
from .tables import GATHERED

DAYS_LATE_MONTHS = 24
"""Months of reconciliations that the days late are averaged over."""

WINDOW_MONTHS = 12
"""The months that are measured where no policy says otherwise."""

MARGIN_COVERAGE_MIN = 80
"""Percent of the revenue whose cost must be known before a margin is given."""

BASIS_COLUMNS = {"revenue": "revenue", "margin": "margin", "paid": "paid_amount"}


@dataclass(frozen=True)
class Measurement:
    """What to measure: the company, the day, the policy's terms and the sources.

    :param margin_sources: empty where nobody knows costs
    :param domain: SQL query of the partners inside the policy's domain, None: all
    :param scoped: only the customers in the table of :mod:`.scope`
    :param lifecycle: what the stages are graded by, None: they are not
    :param credit: what the credit is scored by, None: it is not
    :param bad_debt_accounts: ids of the accounts that bad debts are written off to
    :param is_large: the scope has :data:`.scope.MANY` partners or more
    """

    company_id: int
    as_of: date
    purchase_sources: tuple[SQL, ...]
    margin_sources: tuple[SQL, ...]
    window_months: int
    basis: str
    nurture_days: int
    only_buyers: bool
    domain: SQL | None
    scoped: bool
    lifecycle: StageTerms | None = None
    credit: CreditTerms | None = None
    bad_debt_accounts: tuple[int, ...] = ()
    is_large: bool = False

    @property
    def shared(self) -> bool:
        """Whether workers share the work, see :mod:`.tables`."""
        return self.is_large or not self.scoped

    @property
    def purchases(self) -> SQL:
        """The purchase documents of every company."""
        return sources.union(self.purchase_sources, sources.PURCHASE_COLUMNS)

    @property
    def margins(self) -> SQL | None:
        """The document lines of every company, None where nobody knows costs."""
        if not self.margin_sources:
            return None
        return sources.union(self.margin_sources, sources.MARGIN_COLUMNS)

    @property
    def _contacts(self) -> SQL:
        """The table of the contacts to look at."""
        return CONTACTS if self.scoped else SQL.identifier("res_partner")

    @property
    def terms(self) -> dict:
        """The named parameters that the parts of the query share."""
        return {
            "company": self.company_id,
            "as_of": self.as_of,
            "start": window_start(self.as_of, self.window_months),
            "previous_start": window_start(self.as_of, 2 * self.window_months),
            "previous_end": months_before(self.as_of, self.window_months),
            "late_start": window_start(self.as_of, DAYS_LATE_MONTHS),
            "quarter_start": quarter_start(self.as_of),
            "quarter_previous_start": months_before(quarter_start(self.as_of), MONTHS_PER_YEAR),
            "quarter_previous_end": months_before(self.as_of, MONTHS_PER_YEAR),
            "bad_debt_start": window_start(self.as_of, BAD_DEBT_MONTHS),
            "coverage_min": MARGIN_COVERAGE_MIN,
            "nurture_days": self.nurture_days,
        }

    def stages(self, accounts: list[int]) -> dict[str, SQL]:
        """Return the queries of the temporary tables, in order, by the tables' names.

        Each is a statement of its own, so that the next one is planned with its real
        size. The last one has one row per customer: ``partner_id`` and the measures.

        :param accounts: the receivable accounts
        """
        receivables = Receivables(self.company_id, accounts, CONTACTS if self.scoped else None)
        return {
            "crm_relationship_purchase": self._purchase(),
            **receivables.stages(self.as_of),
            "crm_relationship_settlement": self._settlement(receivables),
            "crm_relationship_open_item": self._open_item(receivables),
            "crm_relationship_dispute": self._dispute(receivables),
            "crm_relationship_margin": self._margin(),
            "crm_relationship_deal": self._deal(),
            "crm_relationship_card": self._card(),
            "crm_relationship_referral": self._referral(),
            "crm_relationship_measured": self._query(),
        }

    def _query(self) -> SQL:
        """One row per customer with all columns of the profile that are measured."""
        return SQL(
            """
            WITH measured AS (%(measured)s)
            SELECT measured.*,
                   %(basis)s AS tier_basis,
                   %(standing)s AS tier_standing
              FROM measured
              %(inside)s
              %(ordered)s
            """,
            # Profiles lie in this order, where few of them are looked up.
            ordered=SQL("ORDER BY measured.partner_id" if self.scoped else ""),
            inside=self._inside(),
            measured=self._measured(),
            basis=self._basis(),
            standing=self._standing(),
        )

    def _purchase(self) -> SQL:
        """One row per customer with documents; ``oldest_*`` are the days of a window's
        oldest document, ``next_date`` is the first document's after ``as_of``.
        """
        return SQL(
            """
            SELECT document.commercial_partner_id AS partner_id,
                   COUNT(DISTINCT document.date) FILTER (WHERE %(bought)s) AS purchase_count,
                   MIN(document.date) FILTER (WHERE %(bought)s) AS first_purchase_date,
                   MAX(document.date) FILTER (WHERE %(bought)s) AS last_purchase_date,
                   COUNT(*) FILTER (WHERE %(current)s AND NOT document.is_refund) AS visit_count,
                   SUM(document.guests) FILTER (WHERE %(guested)s) AS guest_count,
                   SUM(document.amount) FILTER (WHERE %(guested)s) AS guest_revenue,
                   SUM(document.amount) FILTER (WHERE %(current)s) AS revenue,
                   SUM(document.amount) FILTER (WHERE %(previous)s) AS revenue_previous,
                   -SUM(document.amount) FILTER (WHERE %(current)s AND document.is_refund)
                     AS refund_amount,
                   SUM(document.amount) FILTER (WHERE %(quarter)s) AS quarter_revenue,
                   SUM(document.amount) FILTER (WHERE %(quarter_previous)s)
                     AS quarter_revenue_previous,
                   %(months)s AS purchase_months,
                   MIN(document.date) FILTER (WHERE %(current)s) AS oldest_current,
                   MIN(document.date) FILTER (WHERE %(previous)s) AS oldest_previous,
                   MIN(document.date) FILTER (WHERE %(quarter)s) AS oldest_quarter,
                   MIN(document.date) FILTER (WHERE %(quarter_previous)s)
                     AS oldest_quarter_previous,
                   MIN(document.date) FILTER (WHERE document.date > %(quarter_previous_end)s)
                     AS next_quarter_previous,
                   MIN(document.date) FILTER (WHERE document.date > %(as_of)s) AS next_date
              FROM (%(purchases)s) document
             GROUP BY document.commercial_partner_id
            """,
            purchases=self._of_customers(self.purchase_sources, sources.PURCHASE_COLUMNS),
            bought=SQL("document.date <= %(as_of)s AND NOT document.is_refund", **self.terms),
            current=SQL("document.date BETWEEN %(start)s AND %(as_of)s", **self.terms),
            guested=SQL(
                """document.date BETWEEN %(start)s AND %(as_of)s
                   AND document.guests > 0 AND NOT document.is_refund""",
                **self.terms,
            ),
            previous=SQL(
                "document.date BETWEEN %(previous_start)s AND %(previous_end)s", **self.terms
            ),
            quarter=SQL("document.date BETWEEN %(quarter_start)s AND %(as_of)s", **self.terms),
            quarter_previous=SQL(
                "document.date BETWEEN %(quarter_previous_start)s AND %(quarter_previous_end)s",
                **self.terms,
            ),
            months=self._purchase_months(),
            **self.terms,
        )

    def _purchase_months(self) -> SQL:
        """Return in how many of the trailing three months there was a purchase."""
        starts = [
            quarter_start(self.as_of) + relativedelta(months=month)
            for month in range(QUARTER_MONTHS)
        ]
        return SQL(" + ").join(
            SQL(
                """LEAST(COUNT(*) FILTER (WHERE document.date >= %s AND document.date < %s
                                            AND document.date <= %s
                                            AND NOT document.is_refund), 1)""",
                start,
                start + relativedelta(months=1),
                self.as_of,
            )
            for start in starts
        )

    def _settlement(self, receivables: Receivables) -> SQL:
        """One row per customer that paid lately; the days are weighted by the amounts."""
        return SQL(
            """
            SELECT settled.commercial_partner_id AS partner_id,
                   SUM(amount) FILTER (WHERE %(current)s) AS paid_amount,
                   SUM(amount) FILTER (WHERE %(recent)s) AS settled_amount,
                   SUM(amount * days_late) FILTER (WHERE %(recent)s)
                     / NULLIF(SUM(amount) FILTER (WHERE %(recent)s), 0) AS days_late,
                   100 * SUM(amount) FILTER (WHERE %(quarter)s AND days_late <= 0)
                     / NULLIF(SUM(amount) FILTER (WHERE %(quarter)s), 0) AS on_time_share,
                   SUM(amount) FILTER (WHERE %(quarter)s) AS quarter_amount,
                   SUM(amount * days_late) FILTER (WHERE %(quarter)s)
                     / NULLIF(SUM(amount) FILTER (WHERE %(quarter)s), 0) AS recent_days_late,
                   MIN(settled.date) FILTER (WHERE %(current)s) AS oldest_current,
                   MIN(settled.date) FILTER (WHERE %(recent)s) AS oldest_recent,
                   MIN(settled.date) FILTER (WHERE %(quarter)s) AS oldest_quarter,
                   MIN(settled.date) FILTER (WHERE settled.date > %(as_of)s) AS next_date
              FROM (%(settlements)s %(gathered)s) settled
             GROUP BY settled.commercial_partner_id
            """,
            settlements=self._rolled_up(
                receivables.settlements(min(self.terms["start"], self.terms["late_start"]))
            ),
            current=SQL("settled.date BETWEEN %(start)s AND %(as_of)s", **self.terms),
            recent=SQL("settled.date BETWEEN %(late_start)s AND %(as_of)s", **self.terms),
            # Of a scope they are few: one process groups them faster than many add up sums.
            gathered=GATHERED if self.scoped else SQL(""),
            quarter=SQL("settled.date BETWEEN %(quarter_start)s AND %(as_of)s", **self.terms),
            **self.terms,
        )

    def _open_item(self, receivables: Receivables) -> SQL:
        """One row per customer that owes; due today is not overdue yet."""
        return SQL(
            """
            SELECT item.commercial_partner_id AS partner_id,
                   SUM(residual) FILTER (WHERE due_date < %(as_of)s AND date <= %(as_of)s)
                     AS overdue_amount,
                   SUM(residual) FILTER (WHERE date <= %(as_of)s) AS open_amount,
                   MIN(due_date) FILTER (WHERE due_date < %(as_of)s AND date <= %(as_of)s)
                     AS overdue_since,
                   LEAST(
                       MIN(next_date),
                       MIN(GREATEST(due_date + 1, date)) FILTER (
                           WHERE due_date >= %(as_of)s OR date > %(as_of)s)) AS next_date
              FROM (%(open_items)s) item
             GROUP BY item.commercial_partner_id
            """,
            open_items=self._rolled_up(receivables.open_items(self.as_of)),
            **self.terms,
        )

    def _dispute(self, receivables: Receivables) -> SQL:
        """One row per customer with invoices whose payment is blocked, or written off lately."""
        cases = [self._blocked()]
        if self.bad_debt_accounts:
            cases.append(self._written_off(receivables))
        return SQL(
            """
            SELECT dispute.commercial_partner_id AS partner_id,
                   COUNT(DISTINCT dispute.move_id) AS dispute_count,
                   MIN(dispute.date) AS oldest
              FROM (%s) dispute
             GROUP BY dispute.commercial_partner_id
            """,
            self._rolled_up(SQL(" UNION ALL ").join(cases)),
        )

    def _blocked(self) -> SQL:
        return SQL(
            """
            SELECT partner_id, id AS move_id, NULL::date AS date
              FROM account_move
             WHERE payment_state = 'blocked' AND state = 'posted' AND move_type = 'out_invoice'
               AND company_id = %(company)s AND invoice_date <= %(as_of)s
            """,
            **self.terms,
        )

    def _written_off(self, receivables: Receivables) -> SQL:
        return SQL(
            "SELECT partner_id, move_id, date FROM (%s) written_off",
            receivables.written_off(
                list(self.bad_debt_accounts), self.terms["bad_debt_start"], self.as_of
            ),
        )

    def _margin(self) -> SQL:
        """One row per customer with document lines in the window.

        ``coverage`` is the share of the line amounts, without their signs, whose
        cost is known, in percent.
        """
        if not self.margin_sources:
            return SQL(
                """SELECT NULL::integer AS partner_id, NULL::numeric AS margin,
                          NULL::numeric AS coverage WHERE FALSE"""
            )
        return SQL(
            """
            SELECT item.commercial_partner_id AS partner_id,
                   SUM(item.margin) AS margin,
                   100 * SUM(ABS(item.amount)) FILTER (WHERE item.margin IS NOT NULL)
                     / NULLIF(SUM(ABS(item.amount)), 0) AS coverage
              FROM (%(margins)s) item
             WHERE item.date BETWEEN %(start)s AND %(as_of)s
             GROUP BY item.commercial_partner_id
            """,
            margins=self._of_customers(self.margin_sources, sources.MARGIN_COLUMNS),
            **self.terms,
        )

    def _deal(self) -> SQL:
        """One row per customer with an opportunity or order, as they are now, or decided about.

        A deal is open until it is lost or cancelled: won and ordered, it waits for its
        invoice. The source is that of the first one that has any.
        """
        return SQL(
            """
            SELECT deal.commercial_partner_id AS partner_id,
                   COUNT(*) FILTER (WHERE deal.is_open) AS open_deal_count,
                   COUNT(*) FILTER (WHERE deal.is_lost) AS lost_deal_count,
                   (ARRAY_AGG(deal.source_id ORDER BY deal.create_date, deal.source_id)
                       FILTER (WHERE deal.source_id IS NOT NULL))[1] AS source_id
              FROM (%(leads)s UNION ALL %(orders)s UNION ALL %(decided)s) deal
             GROUP BY deal.commercial_partner_id
            """,
            decided=sources.decided(self.company_id, IN_SCOPE if self.scoped else SQL("")),
            leads=self._rolled_up(sources.opportunities(self.company_id)),
            orders=self._rolled_up(sources.orders(self.company_id)),
        )

    def _card(self) -> SQL:
        """One row per customer with an active loyalty card; one expires after its last day."""
        return SQL(
            """
            SELECT card.commercial_partner_id AS partner_id,
                   COUNT(*) AS card_count,
                   MIN(card.expiration_date) + 1 AS next_date
              FROM (%(cards)s) card
             WHERE COALESCE(card.expiration_date >= %(as_of)s, TRUE)
             GROUP BY card.commercial_partner_id
            """,
            cards=self._rolled_up(sources.loyalty_cards(self.company_id)),
            **self.terms,
        )

    def _referral(self) -> SQL:
        """One row per customer that referred others which bought; archived ones do not count.

        Whether somebody outside the scope bought is known from its profile.
        """
        bought_before = SQL(
            """OR referred.id NOT IN (SELECT partner_id FROM crm_relationship_scope)
               AND EXISTS (
                       SELECT 1 FROM crm_relationship_profile profile
                        WHERE profile.partner_id = referred.id
                          AND profile.company_id = %s AND profile.purchase_count > 0)""",
            self.company_id,
        )
        return SQL(
            """
            WITH contact AS MATERIALIZED (
                 SELECT referred_by_id, commercial_partner_id
                   FROM res_partner
                  WHERE referred_by_id IS NOT NULL)
            SELECT referrer.commercial_partner_id AS partner_id,
                   COUNT(DISTINCT referred.id) AS referred_buyer_count
              FROM contact
              JOIN %(referrers)s referrer ON referrer.id = contact.referred_by_id
              JOIN res_partner referred ON referred.id = contact.commercial_partner_id
                                       AND referred.id <> referrer.commercial_partner_id
                                       AND referred.active
                                       AND referred.relationship_excluded IS NOT TRUE
             WHERE referred.id NOT IN (SELECT partner_id FROM res_company)
               AND (referred.id IN (
                       SELECT partner_id FROM crm_relationship_purchase WHERE purchase_count > 0)
                    %(bought_before)s)
             GROUP BY referrer.commercial_partner_id
            """,
            referrers=self._contacts,
            bought_before=bought_before if self.scoped else SQL(""),
        )

    def _of_customers(self, queries: tuple[SQL, ...], columns: tuple[str, ...]) -> SQL:
        """Return the company's documents that count, each with its customer.

        Each source is joined on its own: PostgreSQL can then start from the customers in
        scope, which it does not look up through a union.
        """
        joined = [
            SQL(
                """
                SELECT source.*
                  FROM (%(source)s) source
                 WHERE source.company_id = %(company)s AND source.counts
                """,
                source=self._rolled_up(query),
                **self.terms,
            )
            for query in queries
        ]
        return sources.union(joined, ("commercial_partner_id", *columns))

    def _rolled_up(self, rows: SQL) -> SQL:
        """Return ``rows`` with the commercial partner of their contact.

        Of everybody most are their own commercial partner: looking up the others alone
        is a small table. Rows without a contact get none, and no customer has them.
        """
        if self.scoped:
            return SQL(
                """SELECT item.*, customer.commercial_partner_id
                     FROM (%s) item JOIN %s customer ON customer.id = item.partner_id""",
                rows,
                CONTACTS,
            )
        return SQL(
            """SELECT item.*, COALESCE(customer.commercial_partner_id, item.partner_id)
                         AS commercial_partner_id
                 FROM (%s) item
                 LEFT JOIN res_partner customer ON customer.id = item.partner_id
                                               AND customer.commercial_partner_id <> customer.id
            """,
            rows,
        )

    def _measured(self) -> SQL:
        """One row per customer in the population, without the tier's columns: whoever bought,
        has a deal, or was decided about.
        """
        return SQL(
            """
            SELECT contact.partner_id,
                   COALESCE(purchase.purchase_count, 0)::integer AS purchase_count,
                   COALESCE(purchase.visit_count, 0)::integer AS visit_count,
                   COALESCE(purchase.guest_count, 0)::integer AS guest_count,
                   COALESCE(purchase.guest_revenue, 0) AS guest_revenue,
                   purchase.first_purchase_date,
                   purchase.last_purchase_date,
                   CASE WHEN purchase.purchase_count > 1
                        THEN ROUND(
                            (purchase.last_purchase_date - purchase.first_purchase_date)::numeric
                              / (purchase.purchase_count - 1), 4)
                    END AS purchase_interval_days,
                   COALESCE(purchase.revenue, 0) AS revenue,
                   COALESCE(purchase.revenue_previous, 0) AS revenue_previous,
                   COALESCE(purchase.refund_amount, 0) AS refund_amount,
                   CASE WHEN %(sold_nothing)s THEN 0
                        WHEN margin.coverage >= %(coverage_min)s THEN margin.margin
                    END AS margin,
                   CASE WHEN %(sold_nothing)s THEN 100
                        ELSE TRUNC(margin.coverage, 2) END AS margin_coverage,
                   COALESCE(settlement.paid_amount, 0) AS paid_amount,
                   COALESCE(settlement.settled_amount, 0) AS settled_amount,
                   ROUND(settlement.days_late, 4) AS days_late,
                   COALESCE(open_item.overdue_amount, 0) AS overdue_amount,
                   COALESCE(open_item.open_amount, 0) AS open_amount,
                   open_item.overdue_since,
                   -- Nothing was paid on time where all was late.
                   CASE WHEN settlement.quarter_amount > 0
                        THEN ROUND(COALESCE(settlement.on_time_share, 0), 4) END AS on_time_share,
                   ROUND(settlement.recent_days_late, 4) AS recent_days_late,
                   COALESCE(dispute.dispute_count, 0)::integer AS dispute_count,
                   COALESCE(purchase.quarter_revenue, 0) AS quarter_revenue,
                   COALESCE(purchase.quarter_revenue_previous, 0) AS quarter_revenue_previous,
                   COALESCE(purchase.purchase_months, 0)::integer AS purchase_months,
                   partner.relationship_founding_date AS founding_date,
                   COALESCE(%(as_of)s - purchase.first_purchase_date < %(nurture_days)s, FALSE)
                     AS is_newcomer,
                   COALESCE(deal.open_deal_count, 0)::integer AS open_deal_count,
                   COALESCE(deal.lost_deal_count, 0)::integer AS lost_deal_count,
                   deal.source_id,
                   COALESCE(card.card_count, 0)::integer AS card_count,
                   COALESCE(referral.referred_buyer_count, 0)::integer AS referred_buyer_count,
                   %(next_due)s AS next_due_date
              FROM crm_relationship_purchase purchase
              FULL JOIN crm_relationship_deal deal ON deal.partner_id = purchase.partner_id
             CROSS JOIN LATERAL (
                   SELECT COALESCE(purchase.partner_id, deal.partner_id) AS partner_id) contact
              JOIN %(contacts)s partner ON partner.id = contact.partner_id
                                       AND partner.active
                                       AND partner.relationship_excluded IS NOT TRUE
              LEFT JOIN crm_relationship_settlement settlement
                ON settlement.partner_id = contact.partner_id
              LEFT JOIN crm_relationship_open_item open_item
                ON open_item.partner_id = contact.partner_id
              LEFT JOIN crm_relationship_dispute dispute
                ON dispute.partner_id = contact.partner_id
              LEFT JOIN crm_relationship_margin margin
                ON margin.partner_id = contact.partner_id
              LEFT JOIN crm_relationship_card card ON card.partner_id = contact.partner_id
              LEFT JOIN crm_relationship_referral referral
                ON referral.partner_id = contact.partner_id
              LEFT JOIN crm_relationship_profile override
                ON override.partner_id = contact.partner_id
               AND override.company_id = %(company)s
               AND override.override_tier_id IS NOT NULL
               AND override.override_until IS NOT NULL
             WHERE (purchase.purchase_count > 0 OR deal.partner_id IS NOT NULL)
               AND contact.partner_id NOT IN (SELECT partner_id FROM res_company)
            """,
            contacts=self._contacts,
            next_due=self._next_due(),
            sold_nothing=self._sold_nothing(),
            **self.terms,
        )

    def _sold_nothing(self) -> SQL:
        """Return whether the margin is known to be zero: no document in the window."""
        if not self.margin_sources:
            return SQL("FALSE")
        return SQL("(purchase.purchase_count > 0 AND purchase.oldest_current IS NULL)")

    def _next_due(self) -> SQL:
        """Return the first day on which a measure changes if nothing happens.

        The days on which a silence grows too long are joined when it is written.
        """
        return SQL(
            """LEAST(
                   purchase.next_date, settlement.next_date, open_item.next_date, card.next_date,
                   %(leaves)s,
                   %(quarter_leaves)s,
                   CASE WHEN %(as_of)s < purchase.first_purchase_date + %(nurture_days)s
                        THEN purchase.first_purchase_date + %(nurture_days)s END,
                   override.override_until + 1)""",
            leaves=SQL(", ").join(
                first_day_after(SQL("LEAST(%s)", SQL(", ").join(days)), months)
                for months, days in self._oldest_days().items()
            ),
            quarter_leaves=self._quarter_leaves(),
            **self.terms,
        )

    def _quarter_leaves(self) -> SQL:
        """Return the first day on which the trailing three months leave a document behind, now
        or a year before.
        """
        return SQL(
            """(date_trunc('month', LEAST(
                   purchase.oldest_quarter, settlement.oldest_quarter,
                   (purchase.oldest_quarter_previous + %(year)s::interval)::date)::timestamp)
                + %(quarter)s::interval)::date""",
            year=f"{MONTHS_PER_YEAR} months",
            quarter=f"{QUARTER_MONTHS} months",
        )

    def _oldest_days(self) -> dict[int, list[SQL]]:
        """Return the days of the oldest documents in the windows, by the windows' months."""
        oldest = defaultdict(list)
        oldest[self.window_months] += [
            SQL("purchase.oldest_current"),
            SQL("settlement.oldest_current"),
        ]
        oldest[2 * self.window_months].append(SQL("purchase.oldest_previous"))
        oldest[DAYS_LATE_MONTHS].append(SQL("settlement.oldest_recent"))
        # Enters the same months of the year before, as it would leave a window of a year.
        oldest[MONTHS_PER_YEAR].append(SQL("purchase.next_quarter_previous"))
        oldest[BAD_DEBT_MONTHS].append(SQL("dispute.oldest"))
        return oldest

    def _basis(self) -> SQL:
        """Return the amount that the policy ranks by; NULL: unknown or no customer."""
        return SQL(
            "CASE WHEN measured.purchase_count > 0 THEN measured.%s END",
            SQL.identifier(BASIS_COLUMNS[self.basis]),
        )

    def _standing(self) -> SQL:
        """Return what the policy does with the customer, see ``tier_standing``."""
        return SQL(
            """CASE WHEN measured.purchase_count = 0 OR %(outside)s THEN NULL
                    WHEN %(uncounted)s THEN 'unranked'
                    WHEN %(basis)s IS NULL THEN 'unknown'
                    ELSE 'ranked' END""",
            outside=SQL("inside.id IS NULL") if self.domain is not None else SQL("FALSE"),
            basis=self._basis(),
            uncounted=SQL("measured.visit_count = 0") if self.only_buyers else SQL("FALSE"),
        )

    def _inside(self) -> SQL:
        """Return the join that tells who is inside the policy's domain."""
        if self.domain is None:
            return SQL("")
        return SQL("LEFT JOIN (%s) inside ON inside.id = measured.partner_id", self.domain)
