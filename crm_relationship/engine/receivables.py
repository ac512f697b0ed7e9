"""Receivables: what customers paid of their invoices, and what they owe.

How it works
    An *instalment* is a receivable line of a posted customer invoice. A run of everybody
    joins whole tables. A run of some customers starts from their contacts and reads
    through the indexes that this addon adds to Odoo's tables: their instalments are kept
    in a temporary table first, and arrays of their ids are looked up, since PostgreSQL
    underrates how many customers there are and would rather read everything.
"""

from dataclasses import dataclass
from datetime import date

from odoo.tools import SQL

from .tables import FENCE

OPEN_NOW = SQL("reconciled IS NOT TRUE AND amount_residual <> 0")
"""The residual says little more than ``reconciled``, but PostgreSQL knows how rare it is."""

ON_RECEIVABLES = SQL("display_type = 'payment_term' AND parent_state = 'posted'")
"""The lines of posted documents on receivable or payable accounts: Odoo lets no other line of a
document stand there. The indexes of ``account.move.line`` in this addon hold these alone."""

INVOICED = SQL("move.move_type = 'out_invoice' AND move.state = 'posted'")

INSTALMENTS = SQL.identifier("crm_relationship_instalment")

NO_PAYMENTS = SQL.identifier("crm_relationship_no_payment")

LATER = SQL.identifier("crm_relationship_later")


@dataclass(frozen=True)
class Receivables:
    """The receivables of a company.

    :param accounts: the receivable accounts, see :func:`.sources.receivable_accounts`
    :param contacts: table of the contacts to look at, None: all
    :param is_kept: what they read twice is in the temporary tables of :meth:`stages`; else it is
        read anew, for few contacts
    """

    company_id: int
    accounts: list[int]
    contacts: SQL | None
    is_kept: bool = True

    @property
    def _instalments(self) -> SQL:
        """The instalments of :attr:`contacts`, or of all, with the columns of a table."""
        if self.contacts is None:
            return SQL("(%s)", self._of_all())
        return INSTALMENTS if self.is_kept else SQL("(%s)", self._of_contacts())

    def stages(self, as_of: date) -> dict[str, SQL]:
        """Return the queries of the temporary tables that the others need, by name."""
        queries = {
            "crm_relationship_later": self._later(as_of),
            "crm_relationship_no_payment": self._no_payments(),
        }
        if self.contacts is None:
            return queries
        return {**queries, "crm_relationship_instalment": self._of_contacts()}

    def settlements(self, since: date) -> SQL:
        """Return one row a reconciliation from ``since`` on that settles an instalment.

        Credit notes are no payments, and neither are exchange differences.
        ``days_late`` is negative for early payments. ``amount`` includes tax and is
        in the company's currency.
        """
        return SQL(
            """
            SELECT instalment.partner_id,
                   partial.max_date AS date,
                   partial.amount,
                   partial.max_date - instalment.due_date AS days_late
              FROM account_partial_reconcile partial
              JOIN %(instalments)s instalment ON instalment.id = partial.debit_move_id
             WHERE partial.company_id = %(company)s
               AND partial.max_date >= %(since)s
               %(looked_up)s
               AND NOT EXISTS (
                       SELECT 1 FROM %(no_payments)s line WHERE line.id = partial.credit_move_id)
            """,
            instalments=self._instalments,
            looked_up=SQL("")
            if self.contacts is None or self.is_kept
            else SQL(
                "AND partial.debit_move_id = ANY (ARRAY(SELECT id FROM %s own))", self._instalments
            ),
            no_payments=NO_PAYMENTS if self.is_kept else SQL("(%s)", self._no_payments()),
            company=self.company_id,
            since=since,
        )

    def open_items(self, as_of: date) -> SQL:
        """Return one row an instalment still open on ``as_of``.

        ``residual`` includes tax, is in the company's currency and is what was open
        then: today's residual with the reconciliations after ``as_of`` undone; the first
        of those is on ``next_date``.
        """
        return SQL(
            """
            WITH later AS MATERIALIZED (%(later)s),
                 item AS (
                 SELECT line.*, line.amount_residual + COALESCE(later.amount, 0) AS residual,
                        later.next_date
                   FROM (%(open_now)s) line
                   LEFT JOIN later ON later.id = line.id
                  UNION ALL
                 SELECT id, move_id, partner_id, date, date_maturity, amount_residual,
                        amount, next_date
                   FROM later
                  WHERE is_settled_now)
            SELECT item.partner_id,
                   item.move_id,
                   COALESCE(item.date_maturity, item.date) AS due_date,
                   invoice.date,
                   item.residual,
                   item.next_date
              FROM item
              JOIN %(invoices)s
             WHERE item.residual > 0
            """,
            later=SQL("SELECT * FROM %s", LATER) if self.is_kept else self._later(as_of),
            open_now=self._lines(OPEN_NOW),
            invoices=SQL("(%s) invoice ON invoice.id = item.move_id", self._invoices())
            if self.contacts is None
            else SQL("%s invoice ON invoice.id = item.id", self._instalments),
        )

    def _later(self, as_of: date) -> SQL:
        """One row per receivable line that was reconciled after ``as_of``: its columns, the
        ``amount`` and the ``next_date`` of that, and whether nothing is open on it now.
        """
        return SQL(
            """
            SELECT line.*, later.amount, later.next_date
              FROM (SELECT debit_move_id, SUM(amount) AS amount, MIN(max_date) AS next_date
                      FROM account_partial_reconcile
                     WHERE max_date > %s AND company_id = %s
                     GROUP BY debit_move_id) later
              JOIN (%s) line ON line.id = later.debit_move_id
            """,
            as_of,
            self.company_id,
            self._lines(SQL("TRUE"), extra=SQL(", (%s) IS NOT TRUE AS is_settled_now", OPEN_NOW)),
        )

    def written_off(self, losses: list[int], since: date, until: date) -> SQL:
        """Return one row a reconciliation that wrote an instalment off, as a bad debt.

        A journal entry writes off if at least half of what it settles goes to bad debt accounts:
        a payment that leaves out a small difference does not. ``date`` is the day of that,
        ``amount`` the part that went to those accounts, in the company's currency.

        :param losses: ids of the bad debt accounts
        """
        return SQL(
            """
            SELECT instalment.partner_id,
                   instalment.move_id,
                   COALESCE(instalment.date_maturity, instalment.date) AS due_date,
                   partial.max_date AS date,
                   partial.amount * LEAST(credit.lost_share, 1) AS amount
              FROM (SELECT line.id,
                           loss.amount / SUM(-line.balance) OVER (PARTITION BY line.move_id)
                             AS lost_share
                      FROM (SELECT move_id, SUM(balance) AS amount
                              FROM account_move_line
                             WHERE account_id = ANY (%(losses)s) AND parent_state = 'posted'
                               AND company_id = %(company)s
                             GROUP BY move_id) loss
                      JOIN account_move entry ON entry.id = loss.move_id
                                             AND entry.move_type = 'entry'
                      JOIN account_move_line line ON line.move_id = entry.id
                                                 AND line.account_id = ANY (%(accounts)s)
                                                 AND line.balance < 0) credit
              JOIN account_partial_reconcile partial ON partial.credit_move_id = credit.id
              JOIN account_move_line instalment ON instalment.id = partial.debit_move_id
              JOIN account_move invoice ON invoice.id = instalment.move_id
                                       AND invoice.move_type = 'out_invoice'
             WHERE partial.max_date BETWEEN %(since)s AND %(until)s
               AND credit.lost_share >= 0.5
            """,
            company=self.company_id,
            accounts=self.accounts,
            losses=losses,
            since=since,
            until=until,
        )

    def _of_all(self) -> SQL:
        """One row per instalment: ``id`` of the line, ``partner_id``, ``due_date``."""
        return SQL(
            """
            SELECT line.id, line.partner_id, COALESCE(line.date_maturity, line.date) AS due_date
              FROM (%(lines)s) line
              JOIN (%(invoices)s) invoice ON invoice.id = line.move_id
            """,
            lines=self._lines(SQL("balance >= 0")),
            invoices=self._invoices(),
        )

    def _of_contacts(self) -> SQL:
        """The same for :attr:`contacts`, with the invoice's ``date``.

        The lines and the invoices of these contacts are in indexes; the rare invoice that is
        another's though its line is theirs is looked up.
        """
        return SQL(
            """
            SELECT line.id, line.partner_id, COALESCE(line.date_maturity, line.date) AS due_date,
                   COALESCE(own.date, other.date) AS date
              FROM (SELECT id FROM %(contacts)s) contact
              JOIN (%(lines)s) line ON line.partner_id = contact.id
              LEFT JOIN (
                   SELECT move.id, move.date
                     FROM (SELECT id FROM %(contacts)s) contact
                     JOIN (%(invoices)s) move ON move.partner_id = contact.id %(fence)s) own
                ON own.id = line.move_id
              LEFT JOIN LATERAL (
                   %(invoices)s AND own.id IS NULL AND move.id = line.move_id %(fence)s) other
                ON TRUE
             WHERE own.id IS NOT NULL OR other.id IS NOT NULL
             ORDER BY line.id
            """,
            lines=self._posted_lines(SQL("balance >= 0")),
            invoices=self._invoices(),
            contacts=self.contacts,
            fence=FENCE,
        )

    def _invoices(self) -> SQL:
        return SQL(
            """SELECT move.id, move.partner_id, move.invoice_date AS date
                 FROM account_move move
                WHERE %s AND move.company_id = %s""",
            INVOICED,
            self.company_id,
        )

    def _lines(self, condition: SQL, extra: SQL | None = None) -> SQL:
        """Return the receivable lines of posted documents, those of :attr:`contacts`.

        :param extra: further columns
        """
        if self.contacts is not None:
            condition = SQL(
                "%s AND partner_id = ANY (ARRAY(SELECT id FROM %s))", condition, self.contacts
            )
        return self._posted_lines(condition, extra)

    def _posted_lines(self, condition: SQL, extra: SQL | None = None) -> SQL:
        """Return the receivable lines of everybody's posted documents."""
        return SQL(
            """SELECT id, move_id, partner_id, date, date_maturity, amount_residual %s
                 FROM account_move_line
                WHERE account_id = ANY (%s) AND %s AND %s""",
            extra or SQL(""),
            self.accounts,
            ON_RECEIVABLES,
            condition,
        )

    def _no_payments(self) -> SQL:
        """Return the ids of the lines that settle and are no payments, which are few: of credit
        notes, and of exchange differences.
        """
        return SQL(
            """SELECT counterpart.id
                 FROM account_partial_reconcile origin
                 JOIN account_move_line counterpart
                   ON counterpart.move_id = origin.exchange_move_id
                WHERE origin.exchange_move_id IS NOT NULL
                UNION ALL
               SELECT line.id
                 FROM account_move refund
                 JOIN account_move_line line ON line.move_id = refund.id
                WHERE refund.move_type = 'out_refund' AND refund.state = 'posted'
                  AND line.account_id = ANY (%s) AND line.balance <= 0
                  AND line.display_type = 'payment_term' AND line.parent_state = 'posted'""",
            self.accounts,
        )
