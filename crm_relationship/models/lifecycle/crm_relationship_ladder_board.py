from dateutil.relativedelta import relativedelta

from odoo import api, fields, models
from odoo.exceptions import AccessError, ValidationError
from odoo.fields import Domain
from odoo.tools import SQL

from ...engine import ladder_history
from ...engine.ladder import STEPS
from ...engine.ladder_history import CLIMBS, FALLS, mask
from ...engine.periods import DAY
from .crm_relationship_profile_ladder_history import WENT_ON

STAIRS = STEPS[1:-1]
"""The steps of the staircase, the lowest first."""

BESIDE = ("suspect", "disqualified")
"""Who stands beside it."""

MONTHS_A_YEAR = 12


class CrmRelationshipLadderBoard(models.AbstractModel):
    """The figures of the customer ladder: who stands where, who climbed, and who came.

    How it works
        All is counted with the user's own rights, in one query a figure for all steps. A
        *mark* is a figure with the domain on profiles that gives just the customers it
        counted. Conversion: of those who stood on a step at some time in the period, held
        from before or reached in it, the share that went on to a higher one later in the
        period. Each customer is reduced to the sets of its steps and of those that it went on
        from, as bit masks, and the sets are counted.
    """

    _name = "crm.relationship.ladder.board"
    _description = "Customer Ladder Board"

    @api.model
    @api.readonly
    def get_board(self, company_id=None, period="year", source_id=None):
        """Return the board of a company as plain JSON.

        :param company_id: id of one of the companies that the user works in now; default:
            the current one
        :param period: a key of :meth:`_get_periods`
        :param source_id: only customers of this source; 0: those without a source; None: all
        :raises AccessError: for others than relationship users, or another company
        :raises ValidationError: for a period that is none
        """
        company = self._get_company(company_id)
        pyramid = self.env["crm.relationship.pyramid"]
        runs = pyramid._get_runs(company)
        today = company._get_relationship_today()
        head = {
            "company": {"id": company.id, "name": company.name},
            "companies": [
                {"id": each.id, "name": each.name} for each in self.env.companies.sorted("name")
            ],
            "is_manager": self.env.user.has_group("crm_relationship.group_manager"),
            "sees_all": pyramid._sees_all(),
            "state": "ready" if runs["run"] else "waiting" if runs["is_running"] else "no_run",
            "run": runs["run"],
            "is_running": runs["is_running"],
        }
        if not runs["run"]:
            return head
        return {**head, **self._get_figures(company, today, period, source_id)}

    # ------------------------------------------------------------------- head

    def _get_company(self, company_id):
        """Return the company, after the check that the user may ask for its figures."""
        if not self.env.user.has_group("crm_relationship.group_user"):
            raise AccessError(self.env._("Only relationship users see the customer ladder."))
        company = self.env["res.company"].browse(company_id) if company_id else self.env.company
        if company not in self.env.companies:
            raise AccessError(self.env._("You do not work in this company at present."))
        return company

    def _get_periods(self, today):
        """Return ``{key: (first day, last day)}``."""
        month = today.replace(day=1)
        quarter = month - relativedelta(months=(today.month - 1) % 3)
        return {
            "month": (month, today),
            "last_month": (month - relativedelta(months=1), month - DAY),
            "quarter": (quarter, today),
            "last_quarter": (quarter - relativedelta(months=3), quarter - DAY),
            "year": (month - relativedelta(months=MONTHS_A_YEAR - 1), today),
        }

    # ---------------------------------------------------------------- figures

    def _get_figures(self, company, today, period, source_id):
        periods = self._get_periods(today)
        if period not in periods:
            raise ValidationError(self.env._("There is no period “%(period)s”.", period=period))
        start, end = periods[period]
        everybody = self._get_base_domain(company)
        base = everybody & self._get_source_domain(source_id)
        return {
            "period": {"key": period, "start": start.isoformat(), "end": end.isoformat()},
            "source_id": source_id,
            "sources": self._get_sources(everybody),
            "since": fields.Date.to_string(self._get_first_day(company)),
            **self._get_steps(base, company, start, end),
            "newcomers": self._get_newcomers(base, start, end),
        }

    def _get_base_domain(self, company):
        return Domain("company_id", "=", company.id) & Domain("tier_standing", "!=", "frozen")

    def _get_source_domain(self, source_id):
        if source_id is None:
            return Domain.TRUE
        return Domain("source_id", "=", source_id or False)

    def _get_sources(self, base):
        """Return the sources of the customers that the user may see, the largest first."""
        groups = self.env["crm.relationship.profile"]._read_group(
            base & Domain("source_id", "!=", False), ["source_id"], ["__count"]
        )
        groups.sort(key=lambda group: -group[1])
        return [{"id": source.id, "name": source.display_name} for source, _count in groups]

    def _get_first_day(self, company):
        """Return the day on which the history of the ladder begins; it tells of nobody."""
        changes = self.env["crm.relationship.change"].sudo()
        domain = [("company_id", "=", company.id), ("dimension", "=", "ladder")]
        return changes.search(domain, order="date, id", limit=1).date

    def _get_steps(self, base, company, start, end):
        """Return the staircase and who stands beside it."""
        counts = self._count_standing(base)
        moves = self._get_moves(base, company, start, end)
        visits = self._count_visits(base, company, start, end)
        names = dict(
            self.env["crm.relationship.profile"]
            ._fields["ladder_step"]
            ._description_selection(self.env)
        )
        return {
            "steps": [
                {
                    **self._describe(base, counts, names, code),
                    "climbed": moves("climbed", code),
                    "fell": moves("fell", code),
                    "conversion": self._get_conversion(base, visits, code, start, end),
                }
                for code in STAIRS
            ],
            "beside": [self._describe(base, counts, names, code) for code in BESIDE],
            "total": {"domain": list(base), "count": sum(counts.values())},
        }

    def _count_standing(self, base):
        groups = self.env["crm.relationship.profile"]._read_group(
            base, ["ladder_step"], ["__count"]
        )
        return dict(groups)

    def _describe(self, base, counts, names, code):
        return {
            "code": code,
            "name": names[code],
            "domain": list(base & Domain("ladder_step", "=", code)),
            "count": counts.get(code, 0),
        }

    def _get_moves(self, base, company, start, end):
        """Return a function that gives the mark of who climbed onto a step, or fell from it."""
        moved = (
            Domain("company_id", "=", company.id)
            & Domain("dimension", "=", "ladder")
            & Domain("date", ">=", start.isoformat())
            & Domain("date", "<=", end.isoformat())
        )
        sides = {
            "climbed": ("new_value", moved & Domain("cause", "in", CLIMBS)),
            "fell": ("old_value", moved & Domain("cause", "in", FALLS)),
        }
        counts = self._count_moves(base, company, start, end)

        def get_mark(key, code):
            field, domain = sides[key]
            changes = list(domain & Domain(field, "=", code))
            return {
                "domain": [*base, ("change_ids", "any", changes)],
                "count": counts[key, code],
            }

        return get_mark

    def _count_moves(self, base, company, start, end):
        """Return ``{(key, step): customers}`` of those who climbed and fell, in one query."""
        moves = ladder_history.moves_during(start, end, company.id)
        groups = self._count_masks(base, moves, ("climbed", "fell"))
        return {
            (key, code): sum(count for *masks, count in groups if masks[place] & mask([code]))
            for place, key in enumerate(("climbed", "fell"))
            for code in STAIRS
        }

    def _count_masks(self, base, rows, names):
        """Return how many customers of ``base`` have each combination of masks.

        :param rows: SQL of one row per customer with ``partner_id`` and the masks ``names``
        """
        self.env["crm.relationship.change"].flush_model()
        query = self.env["crm.relationship.profile"]._search(base)
        partner = SQL.identifier(query.table, "partner_id")
        same = SQL("%s = %s", SQL.identifier("way", "partner_id"), partner)
        query.add_join("JOIN", "way", SQL("(%s)", rows), same)
        columns = [SQL.identifier("way", name) for name in names]
        query.order = None
        query.groupby = SQL(", ").join(columns)
        return self.env.execute_query(query.select(*columns, SQL("COUNT(*)")))

    # ------------------------------------------------------------- conversion

    def _count_visits(self, base, company, start, end):
        """Return rows of the steps that customers stood on, those that they went on from, and
        how many customers, the steps as masks.
        """
        visits = ladder_history.visits_during(start, end, [company.id])
        return self._count_masks(base, visits, ("visited", "left_upwards"))

    def _get_conversion(self, base, visits, code, start, end):
        """Return the marks of who stood on the step, and of those who went on; False at the
        top.
        """
        if code == STAIRS[-1]:
            return False
        own = mask([code])
        stood = sum(count for visited, _left, count in visits if visited & own)
        went_on = sum(count for _visited, left, count in visits if left & own)
        period = f"@{start.isoformat()}/{end.isoformat()}"
        domain = base & Domain("ladder_during", "=like", code + period)
        return {
            "stood": {"domain": list(domain), "count": stood},
            "went_on": {
                "domain": list(base & Domain("ladder_during", "=like", code + WENT_ON + period)),
                "count": went_on,
            },
        }

    # --------------------------------------------------------- new customers

    def _get_newcomers(self, base, start, end):
        """Return who bought for the first time in the period, by month and by referral."""
        profiles = self.env["crm.relationship.profile"]
        domain = self._get_newcomer_domain(base, start, end)
        groups = {
            (month, is_referred): count
            for month, is_referred, count in profiles._read_group(
                domain, ["first_purchase_date:month", "is_referred"], ["__count"]
            )
        }
        total = sum(groups.values())
        referred = sum(count for (_month, is_referred), count in groups.items() if is_referred)
        return {
            "all": {"domain": list(domain), "count": total},
            "referred": {
                "domain": list(domain & Domain("is_referred", "=", True)),
                "count": referred,
            },
            "months": [
                self._get_newcomers_of_month(base, groups, month, start, end)
                for month in self._get_months(start, end)
            ],
        }

    def _get_newcomer_domain(self, base, start, end):
        return (
            base
            & Domain("first_purchase_date", ">=", start.isoformat())
            & Domain("first_purchase_date", "<=", end.isoformat())
        )

    def _get_months(self, start, end):
        """Return the first days of the months from ``start``, one itself, through ``end``."""
        count = (end.year - start.year) * MONTHS_A_YEAR + end.month - start.month + 1
        return [start + relativedelta(months=month) for month in range(count)]

    def _get_newcomers_of_month(self, base, groups, month, start, end):
        last = min(month + relativedelta(months=1) - DAY, end)
        domain = self._get_newcomer_domain(base, max(month, start), last)
        referred = groups.get((month, True), 0)
        return {
            "month": month.isoformat(),
            "all": {"domain": list(domain), "count": referred + groups.get((month, False), 0)},
            "referred": {
                "domain": list(domain & Domain("is_referred", "=", True)),
                "count": referred,
            },
        }
