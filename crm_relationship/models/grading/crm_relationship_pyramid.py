from dateutil.relativedelta import relativedelta

from odoo import api, fields, models
from odoo.exceptions import AccessError, ValidationError
from odoo.fields import Domain
from odoo.tools import SQL, groupby

from ...engine.periods import DAY, window_start
from .days import to_date

SEES_ALL_GROUPS = ("crm_relationship.group_manager", "sales_team.group_sale_salesman_all_leads")
"""Who sees every customer, by the record rules of the profiles."""

MONTHS_OFFERED = 130
"""Months whose last evaluation may be chosen: the longest backfill, and some years more."""

MONTHS_A_YEAR = 12

PERIODS = ("evaluation", "month", "last_month", "quarter", "year")
"""Over which days the movers are counted, see :meth:`_get_period`."""


class CrmRelationshipPyramid(models.AbstractModel):
    """The figures of the pyramid, the app's first screen.

    How it works
        Everything is counted with the user's own rights: who sees only own customers
        gets a pyramid of those. A *mark* is a figure with the domain on profiles that
        gives just the customers it counted. The present comes from the profiles, a past
        day from the history, but its revenue from what its evaluation kept. That covers
        all customers and is therefore only for those who see all of them.
    """

    _name = "crm.relationship.pyramid"
    _description = "Pyramid of the Tiers"

    @api.model
    @api.readonly
    def get_pyramid(self, company_id=None, day=None, period="evaluation"):
        """Return the pyramid of a company as plain JSON.

        :param company_id: id of one of the companies that the user works in now;
            default: the current one
        :param day: a past day as an ISO string: its last evaluation on or before it.
            Empty: now
        :param period: one of :data:`PERIODS`, the days whose movers are counted
        :raises AccessError: for others than relationship users, another company, or a
            past day asked by who does not see all customers
        """
        company = self._get_company(company_id)
        policy = company._get_relationship_policy()
        runs = self._get_runs(company)
        head = {
            "company": {"id": company.id, "name": company.name},
            "companies": [
                {"id": each.id, "name": each.name} for each in self.env.companies.sorted("name")
            ],
            "currency_id": company.currency_id.id,
            "is_manager": self.env.user.has_group("crm_relationship.group_manager"),
            "sees_all": self._sees_all(),
            "state": self._get_state(policy, runs),
            "policy": self._get_policy(company, policy),
            **runs,
        }
        if head["state"] != "ready":
            return head
        return {**head, **self._get_figures(company, policy, day, period)}

    # ------------------------------------------------------------------- head

    def _get_company(self, company_id):
        """Return the company, after the check that the user may ask for its figures."""
        if not self.env.user.has_group("crm_relationship.group_user"):
            raise AccessError(self.env._("Only relationship users see the pyramid."))
        if company_id is None:
            return self.env.company
        companies = self.env.companies
        if company_id not in companies.ids:
            raise AccessError(self.env._("You do not work in this company at present."))
        return companies.browse(company_id)

    def _sees_all(self):
        return any(self.env.user.has_group(group) for group in SEES_ALL_GROUPS)

    def _get_state(self, policy, runs):
        """Return what there is to show: ``ready``, or what is missing."""
        if not policy:
            return "no_policy"
        if not runs["run"]:
            return "waiting" if runs["is_running"] else "no_run"
        return "ready"

    def _get_policy(self, company, policy):
        """Return the active policy, without one the newest draft; False for none."""
        drafts = [("company_id", "=", company.id), ("state", "=", "draft")]
        found = policy or policy.search(drafts, order="id desc", limit=1)
        return bool(found) and self._describe_policy(found)

    def _describe_policy(self, policy):
        names = ("id", "name", "summary", "window_months")
        return {
            **{name: policy[name] for name in names},
            "is_new": not policy.evaluated_until,
        }

    def _get_runs(self, company):
        """Return when all customers were measured last, and what came after that."""
        runs = self.env["crm.relationship.run"]
        done = runs._get_last(company)
        latest = runs.search(
            [
                ("company_id", "=", company.id),
                ("id", ">", done.id or 0),
                ("state", "in", ["pending", "running", "failed"]),
                ("kind", "not in", ["preview", "partners", "backfill"]),
            ],
            order="id desc",
            limit=1,
        )
        failed = latest.state == "failed" and self.env.user.has_group(SEES_ALL_GROUPS[0])
        return {
            "run": bool(done)
            and {"id": done.id, "end_date": fields.Datetime.to_string(done.end_date)},
            "is_running": latest.state in ("pending", "running"),
            "failure": failed and {"id": latest.id, "error": latest.error or ""},
        }

    # ---------------------------------------------------------------- figures

    def _get_figures(self, company, policy, day, period):
        """Return levels, totals and movers as of now, or of a past evaluation."""
        # Salespeople may not read the cuts; on which days there were evaluations is no
        # secret to them, their history names these days.
        days = self._get_evaluation_days(company.sudo())
        past = self._get_past_day(day, days)
        shown = past or company._get_relationship_today()
        last = next((each for each in days if each <= shown), shown)
        start, end = self._get_period(period, shown, last)
        figures = (
            self._get_past(company, past) if past else self._get_present(company, policy.tier_ids)
        )
        moves = self._get_moves(company, start, end)
        for level in figures["levels"]:
            level["up"] = moves["up"](level["code"])
            level["down"] = moves["down"](level["code"])
        return {
            "day": self._to_json(past),
            "days": self._get_days_offered(days, past),
            "evaluated": self._to_json(last if days else None),
            "period": {"key": period, "start": self._to_json(start), "end": self._to_json(end)},
            **figures,
            "up": moves["up"](),
            "down": moves["down"](),
        }

    def _get_evaluation_days(self, company):
        """Return the days of the company's evaluations, the last one first."""
        groups = company.env["crm.relationship.tier.cut"]._read_group(
            [("company_id", "=", company.id)], ["date:day"], order="date:day desc"
        )
        return [day for (day,) in groups]

    def _get_days_offered(self, days, past):
        """Return the last one of each month of ``days``, and the day that is shown."""
        if not self._sees_all():
            return []
        months = groupby(days, key=lambda day: day.replace(day=1))
        last = [of_month[0] for _month, of_month in months]
        offered = {*last[:MONTHS_OFFERED], *([past] if past else [])}
        return [self._to_json(day) for day in sorted(offered, reverse=True)]

    def _get_past_day(self, day, days):
        """Return the last of the evaluation ``days`` on or before ``day``, None for now."""
        if not day:
            return None
        if not self._sees_all():
            raise AccessError(
                self.env._("Past evaluations are kept for all customers, and you see some of them.")
            )
        wanted = to_date(self.env, day)
        past = next((each for each in days if each <= wanted), None)
        if not past:
            raise ValidationError(self.env._("No tiers were evaluated until %(day)s.", day=day))
        return past

    def _get_period(self, period, shown, evaluated):
        """Return the first and last day of ``period``, as seen on the day ``shown``.

        :param evaluated: the last evaluation by then; rises and falls bear its date
        """
        month = shown.replace(day=1)
        quarter = month - relativedelta(months=(shown.month - 1) % 3)
        periods = {
            "evaluation": (evaluated, shown),
            "month": (month, shown),
            "last_month": (month - relativedelta(months=1), month - DAY),
            "quarter": (quarter, shown),
            "year": (window_start(shown, MONTHS_A_YEAR), shown),
        }
        if period not in periods:
            raise ValidationError(self.env._("There is no period “%(period)s”.", period=period))
        return periods[period]

    def _get_present(self, company, tiers):
        """Return the levels and totals of the profiles that the user may see.

        Newcomers of the lowest tier stand apart from it: they have not had the time to
        grow, and lists of small customers leave them out.
        """
        base = self._get_base_domain(company)
        groups = self.env["crm.relationship.profile"]._read_group(
            base,
            ["tier_id", "is_newcomer", "below_count"],
            ["__count", "revenue:sum", "revenue_previous:sum"],
        )
        return {
            "levels": [self._get_level(base, groups, tier) for tier in tiers],
            "apart": self._get_apart(base, groups, tiers),
            "total": {
                **self._mark(base, groups, lambda *_group: True),
                "amount_previous": sum(group[-1] or 0.0 for group in groups),
            },
            "newcomers": self._mark(
                base & Domain("is_newcomer", "=", True),
                groups,
                lambda _tier, is_newcomer, _below: is_newcomer,
            ),
            "in_grace": self._mark(
                base & Domain("below_count", ">", 0), groups, lambda _tier, _new, below: below > 0
            ),
            "below_zero": self._count(base & Domain("is_below_zero", "=", True)),
        }

    def _get_base_domain(self, company):
        """Return the domain of the company's customers: they bought, or have a tier."""
        return (
            Domain("company_id", "=", company.id)
            & Domain("tier_standing", "!=", "frozen")
            & (Domain("purchase_count", ">", 0) | Domain("tier_id", "!=", False))
        )

    def _get_level(self, base, groups, tier):
        """Return the level of ``tier``."""
        domain = base & Domain("tier_id", "=", tier.id)
        if tier.is_lowest:
            domain &= Domain("is_newcomer", "=", False)
        return {
            **self._describe(tier),
            **self._mark(
                domain,
                groups,
                lambda group_tier, is_newcomer, _below: (
                    group_tier == tier and not (tier.is_lowest and is_newcomer)
                ),
            ),
        }

    def _get_apart(self, base, groups, tiers):
        """Return the customers on no level, so that all add up; empty marks left out."""
        lowest = tiers.filtered("is_lowest")
        marks = {
            "newcomers": self._mark(
                base & Domain("tier_id", "=", lowest.id) & Domain("is_newcomer", "=", True),
                groups,
                lambda tier, is_newcomer, _below: tier == lowest and is_newcomer,
            ),
            "former": self._mark(
                base & Domain("tier_id", "not in", [*tiers.ids, False]),
                groups,
                lambda tier, _new, _below: tier and tier not in tiers,
            ),
            "outside": self._mark(
                base & Domain("tier_id", "=", False), groups, lambda tier, _new, _below: not tier
            ),
        }
        return [
            {"key": key, "code": lowest.code, **mark}
            for key, mark in marks.items()
            if mark["count"]
        ]

    def _mark(self, domain, groups, belongs):
        """Return the mark of ``domain``, summed from the groups that belong to it."""
        own = [group for group in groups if belongs(*group[:3])]
        return {
            "domain": list(domain),
            "count": sum(group[3] for group in own),
            "amount": sum(group[4] or 0.0 for group in own),
        }

    def _count(self, domain):
        """Return the mark of ``domain``, counted by itself."""
        profiles = self.env["crm.relationship.profile"]
        return {"domain": list(domain), "count": profiles.search_count(domain)}

    def _describe(self, tier):
        names = ("id", "code", "name", "color", "description")
        return {name: tier[name] for name in names}

    def _get_past(self, company, day):
        """Return the levels and the total of the evaluation of ``day``.

        Customers are counted as their list finds them: from the history of those who
        still have a profile. The amounts are the revenue of then, of all who were there.
        The caller has checked that the user sees all customers; the cuts themselves are
        for managers, hence sudo.
        """
        cuts = self.env["crm.relationship.tier.cut"].sudo()
        kept = cuts.search([("company_id", "=", company.id), ("date", "=", day)])
        policy = kept.policy_id.sorted("id")[-1:]
        kept = kept.filtered(lambda cut: cut.policy_id == policy)
        counts = self._count_past(company, day)
        levels = [
            {
                **self._describe(cut.tier_id),
                "domain": self._get_past_domain(company, day, cut.tier_id),
                "count": counts.get(cut.tier_id.code, 0),
                "amount": cut.revenue_total,
            }
            for cut in kept
        ]
        total = {key: sum(level[key] for level in levels) for key in ("count", "amount")}
        return {
            "policy": self._describe_policy(policy),
            "levels": levels,
            "apart": [],
            "total": {"domain": self._get_past_domain(company, day, kept.tier_id), **total},
        }

    def _count_past(self, company, day):
        """Return ``{code: customers}`` of those with a profile that the user may see."""
        profiles = self.env["crm.relationship.profile"]
        query = profiles._search([("company_id", "=", company.id)])
        code = profiles._join_value_on("tier", query, query.table, day)
        query.groupby = SQL("1")
        query.order = None
        return dict(self.env.execute_query(query.select(code, SQL("COUNT(*)"))))

    def _get_past_domain(self, company, day, tiers):
        """Return the domain of the customers that were in ``tiers`` on ``day``."""
        values = [f"{tier.code}@{self._to_json(day)}" for tier in tiers]
        return list(Domain("company_id", "=", company.id) & Domain("tier_on", "in", values))

    # ----------------------------------------------------------------- movers

    def _get_moves(self, company, start, end):
        """Return ``{cause: function}``; the function gives the mark of the customers that
        moved so from ``start`` through ``end``, with a tier's code those that rose into it
        or fell out of it.
        """
        base = self._get_base_domain(company)
        moved = (
            Domain("company_id", "=", company.id)
            & Domain("dimension", "=", "tier")
            & Domain("date", ">=", self._to_json(start))
            & Domain("date", "<=", self._to_json(end))
        )
        fields_of = {"up": "new_value", "down": "old_value"}
        counts = self._count_moves(base, moved, fields_of)

        def get_mark(cause, code=None):
            domain = moved & Domain("cause", "=", cause)
            if code is not None:
                domain &= Domain(fields_of[cause], "=", code)
            return {
                "domain": [*base, ("change_ids", "any", list(domain))],
                "count": counts.get((cause, code), 0),
            }

        return {cause: lambda code=None, cause=cause: get_mark(cause, code) for cause in fields_of}

    def _count_moves(self, base, moved, fields_of):
        """Return ``{(cause, code or None): customers}`` in one query."""
        profiles = self.env["crm.relationship.profile"]._search(base)
        domain = (
            moved
            & Domain("cause", "in", list(fields_of))
            & Domain("partner_id", "in", profiles.subselect("partner_id"))
        )
        sets = [["cause"], *(["cause", field] for field in fields_of.values())]
        totals, *by_field = self.env["crm.relationship.change"]._read_grouping_sets(
            domain, sets, ["partner_id:count_distinct"]
        )
        counts = {(cause, None): count for cause, count in totals}
        for cause, groups in zip(fields_of, by_field, strict=True):
            counts |= {(each, code): count for each, code, count in groups if each == cause}
        return counts

    def _to_json(self, value):
        """Return a day as its ISO string, False for none."""
        return fields.Date.to_string(value)
