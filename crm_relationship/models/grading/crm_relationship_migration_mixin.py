from datetime import date

from dateutil.relativedelta import relativedelta

from odoo import fields, models
from odoo.exceptions import AccessError, ValidationError
from odoo.tools import SQL

from ...engine.measurement import WINDOW_MONTHS
from ...engine.periods import DAY
from .days import to_date


class CrmRelationshipMigrationMixin(models.AbstractModel):
    """Compares what the customers of a company were on two days.

    How it works
        The history says what each customer was on either day. Both are joined to the
        profiles that the user may see, so that a cell counts just the customers that it
        opens.
    """

    _name = "crm.relationship.migration.mixin"
    _description = "Migration between Two Days"

    _dimension = None
    """The dimension of the history whose values are compared."""

    def _prepare_span(self, company_id, date_from, date_to):
        """Return the company and what screens show of the two days to compare.

        :param company_id: default: the current company
        :param date_from: date or its ISO string, empty for the default
        :param date_to: likewise
        :raises AccessError: for who sees no customers, or a company not worked in
        :raises ValidationError: for days that are none or in the wrong order
        """
        self.env["crm.relationship.profile"].check_access("read")
        company = self._get_company(company_id)
        span = self._get_history_span(company)
        presets = self._get_presets(span)
        policy = company.sudo()._get_relationship_policy()
        start, end = self._get_days(presets, date_from, date_to)
        return company, {
            "company": {"id": company.id, "name": company.display_name},
            "currency_id": company.currency_id.id,
            "window_months": policy.window_months or WINDOW_MONTHS,
            "first_date": fields.Date.to_string(span[0]),
            "last_date": fields.Date.to_string(span[1]),
            "is_comparable": bool(span[0] and span[0] < span[1]),
            "can_backfill": self.env.user.has_group("crm_relationship.group_manager"),
            "presets": presets,
            "date_from": fields.Date.to_string(start),
            "date_to": fields.Date.to_string(end),
        }

    def _get_company(self, company_id):
        company = self.env["res.company"].browse(company_id) if company_id else self.env.company
        if company not in self.env.companies:
            raise AccessError(self.env._("Choose one of the companies that you work in."))
        return company

    # ------------------------------------------------------------------- days

    def _get_history_span(self, company):
        """Return the first day of the company's history and the last one that is known."""
        # A day tells nothing of a customer.
        changes = self.env["crm.relationship.change"].sudo()
        domain = [("company_id", "=", company.id), ("dimension", "=", self._dimension)]
        first = changes.search(domain, order="date, id", limit=1).date
        latest = changes.search(domain, order="date desc, id desc", limit=1).date
        run = self.env["crm.relationship.run"].sudo()._get_last(company).as_of
        return first, max((day for day in (latest, run) if day), default=False)

    def _get_presets(self, span):
        """Return the spans of time to choose from: those within the history."""
        first, last = span
        if not first:
            return []
        return [
            {
                "key": key,
                "name": name,
                "date_from": fields.Date.to_string(start),
                "date_to": fields.Date.to_string(end),
            }
            for key, name, start, end in self._get_spans(first, last)
            if start >= first
        ]

    def _get_spans(self, first, last):
        """Return ``(key, name, first day, last day)``, the shortest first."""
        month = self._get_closed_month(last)
        quarter = month - relativedelta(months=month.month % 3, day=31)
        return [
            ("month", self.env._("Last month"), month - relativedelta(months=1, day=31), month),
            (
                "quarter",
                self.env._("Last quarter"),
                quarter - relativedelta(months=3, day=31),
                quarter,
            ),
            ("year", self.env._("12 months"), month - relativedelta(months=12, day=31), month),
            ("all", self.env._("Since the beginning"), first, last),
        ]

    def _get_closed_month(self, day: date) -> date:
        """Return the last day of the last month that is over on ``day``."""
        return (day + DAY).replace(day=1) - DAY

    def _get_days(self, presets, date_from, date_to):
        """Return the two days to compare, by default those of a preset."""
        default = self._get_default_preset(presets)
        start = to_date(self.env, date_from or default["date_from"])
        end = to_date(self.env, date_to or default["date_to"])
        if start and end and start > end:
            raise ValidationError(
                self.env._(
                    "The first day, %(start)s, lies after the second, %(end)s.",
                    start=start,
                    end=end,
                )
            )
        return start, end

    def _get_default_preset(self, presets):
        """Return the shortest one; without any, no days."""
        return presets[0] if presets else {"date_from": False, "date_to": False}

    # ------------------------------------------------------------------ moves

    def _count_moves(self, company, start, end):
        """Return ``(from, to, customers, revenue)``; the revenue is the present one."""
        profiles = self.env["crm.relationship.profile"].with_company(company)
        query = profiles._search(self._get_customer_domain(company))
        former = profiles._join_value_on(self._dimension, query, query.table, start)
        latter = profiles._join_value_on(self._dimension, query, query.table, end)
        revenue = SQL("SUM(%s)", profiles._field_to_sql(query.table, "revenue", query))
        query.groupby = SQL("1, 2")
        query.order = None
        return self.env.execute_query(query.select(former, latter, SQL("COUNT(*)"), revenue))

    def _get_customer_domain(self, company):
        """Return the domain of the profiles that are counted."""
        return [("company_id", "=", company.id)]
