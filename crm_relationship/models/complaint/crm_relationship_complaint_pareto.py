from dateutil.relativedelta import relativedelta

from odoo import api, fields, models
from odoo.exceptions import AccessError, ValidationError
from odoo.fields import Domain

from ...engine.periods import DAY, MONTHS_PER_YEAR, window_start

READERS = (
    "crm_relationship.group_complaint",
    "crm_relationship.group_executive",
    "crm_relationship.group_manager",
)
"""Who reads the analysis."""

VITAL = 80
"""Percent: the causes that make so much of it are the vital few."""

BARS = 15
"""So many causes are drawn; what is beyond stands together as the last bar."""

FULL = 100


class CrmRelationshipComplaintPareto(models.AbstractModel):
    """The causes of complaints, the largest first, with what they make together.

    How it works
        Complaints with a cause that were received in the period, as far as the user sees them,
        are counted in one query, by cause; the tree of causes is small and added up here. Each
        bar has the domain of just the complaints that it counts.
    """

    _name = "crm.relationship.complaint.pareto"
    _description = "Causes of Complaints by Weight"

    @api.model
    @api.readonly
    def get_pareto(
        self,
        company_id=None,
        period="year",
        level=1,
        measure="count",
        category_id=False,
        team_id=False,
    ):
        """Return the bars and what can be chosen, as plain JSON.

        :param company_id: one of the companies that the user works in now; default: the current
        :param period: a key of :meth:`_get_period`
        :param level: how deep causes are told apart; those below are added to the ones above
        :param measure: a key of :meth:`_get_measures`
        :raises AccessError: for others than those who read the analysis, or another company
        :raises ValidationError: for a period or measure that there is not
        """
        company = self._get_company(company_id)
        measures = self._get_measures()
        if measure not in measures:
            raise ValidationError(self.env._("There is no such measure."))
        start, end = self._get_period(company, period)
        domain = self._get_domain(company, start, end, category_id, team_id)
        level = max(1, int(level))
        causes = self._read_causes(domain, measures[measure], level)
        total = sum(row["value"] for row in causes)
        return {
            "company": {"id": company.id, "name": company.name},
            "companies": [
                {"id": each.id, "name": each.name} for each in self.env.companies.sorted("name")
            ],
            "currency_id": company.currency_id.id,
            "start": fields.Date.to_string(start) if start else None,
            "end": fields.Date.to_string(end),
            "vital": self._get_vital_share(),
            "measures": list(measures),
            "levels": self._get_levels(),
            "categories": self._get_choices("crm.relationship.complaint.category"),
            "teams": self._get_choices(
                "crm.relationship.complaint.team", [("company_id", "=", company.id)]
            ),
            "total": total,
            "bars": self._get_bars(causes, total, domain),
            "unknown": self._get_unknown(domain),
        }

    @api.model
    def _get_measures(self):
        """Return ``{measure: aggregate}`` of what a bar can be as high as."""
        return {"count": "__count", "cost": "cost:sum"}

    @api.model
    def _get_vital_share(self):
        """Return the percentage of the vital few."""
        return VITAL

    @api.model
    def _check_reader(self):
        if not any(self.env.user.has_group(group) for group in READERS):
            raise AccessError(
                self.env._("Only those who handle complaints and managers see their analysis.")
            )

    @api.model
    def _get_company(self, company_id):
        """Return the company, after the check that the user may ask for its figures."""
        self._check_reader()
        if not company_id:
            return self.env.company
        if company_id not in self.env.companies.ids:
            raise AccessError(self.env._("You do not work in this company at present."))
        return self.env["res.company"].browse(company_id)

    @api.model
    def _get_period(self, company, period):
        """Return first and last day of a period; no first one for all of them."""
        today = company._get_relationship_today()
        month = today.replace(day=1)
        periods = {
            "month": (month, today),
            "last_month": (month - relativedelta(months=1), month - DAY),
            "quarter": (window_start(today, 3), today),
            "year": (window_start(today, MONTHS_PER_YEAR), today),
            "all": (None, today),
        }
        if period not in periods:
            raise ValidationError(self.env._("There is no such period."))
        return periods[period]

    @api.model
    def _get_domain(self, company, start, end, category_id=False, team_id=False):
        """Return the domain of the complaints received in the days from start to end."""
        domain = Domain("company_id", "=", company.id)
        domain &= Domain("date_received", "<", company._get_relationship_moment(end + DAY))
        if start:
            domain &= Domain("date_received", ">=", company._get_relationship_moment(start))
        if category_id:
            domain &= Domain("category_id", "child_of", int(category_id))
        if team_id:
            domain &= Domain("team_id", "=", int(team_id))
        return domain

    @api.model
    def _read_causes(self, domain, aggregate, level):
        """Return the causes of this level, the largest first: what each has in common with those
        below it. A cause above the level stands for what is known no nearer.
        """
        groups = self.env["crm.relationship.complaint"]._read_group(
            domain & Domain("cause_id", "!=", False), ["cause_id"], [aggregate, "__count"]
        )
        found = {}
        for cause, value, count in groups:
            path = [int(id_) for id_ in cause.parent_path.split("/") if id_]
            known = path[:level]
            row = found.setdefault(
                known[-1], {"id": known[-1], "value": 0, "count": 0, "is_whole": False}
            )
            row["value"] += value or 0
            row["count"] += count
            row["is_whole"] = len(known) == level
        causes = self.env["crm.relationship.complaint.cause"].browse(found)
        for cause in causes:
            found[cause.id]["name"] = cause.name if level == 1 else cause.complete_name
        rows = [row for row in found.values() if row["value"] > 0]
        return sorted(rows, key=lambda row: (-row["value"], row["name"], row["id"]))

    @api.model
    def _get_bars(self, causes, total, domain):
        """Return the bars: each with its share, and what it makes together with those before."""
        drawn = causes if len(causes) <= BARS else causes[: BARS - 1]
        rows = [{**row, "condition": self._get_condition(row)} for row in drawn]
        rest = causes[len(drawn) :]
        if rest:
            rows.append(
                {
                    "id": False,
                    "name": self.env._("Other causes (%(number)s)", number=len(rest)),
                    "value": sum(row["value"] for row in rest),
                    "count": sum(row["count"] for row in rest),
                    "condition": Domain.OR(self._get_condition(row) for row in rest),
                }
            )
        bars = []
        sum_before = 0
        for row in rows:
            sum_now = sum_before + row["value"]
            bars.append(
                {
                    **{name: row[name] for name in ("id", "name", "value", "count")},
                    "share": FULL * row["value"] / total,
                    "cumulative": FULL * sum_now / total,
                    "is_vital": bool(row["id"])
                    and FULL * sum_before < self._get_vital_share() * total,
                    "domain": self._to_json(domain & row["condition"]),
                }
            )
            sum_before = sum_now
        return bars

    @api.model
    def _get_condition(self, row):
        return Domain("cause_id", "child_of" if row["is_whole"] else "=", row["id"])

    @api.model
    def _get_unknown(self, domain):
        """Return how many complaints have no cause, or not yet."""
        condition = domain & Domain("cause_id", "=", False)
        return {
            "count": self.env["crm.relationship.complaint"].search_count(condition),
            "domain": self._to_json(condition),
        }

    @api.model
    def _to_json(self, domain):
        """Return the domain with its moments as text."""
        return [
            [item[0], item[1], fields.Datetime.to_string(item[2])]
            if len(item) > 1 and item[0] == "date_received"
            else item
            for item in domain
        ]

    @api.model
    def _get_levels(self):
        """Return how deep the tree of causes is."""
        causes = self.env["crm.relationship.complaint.cause"].search_fetch([], ["parent_path"])
        return max((cause.parent_path.count("/") for cause in causes), default=1)

    @api.model
    def _get_choices(self, model, domain=()):
        records = self.env[model].search(list(domain))
        return [{"id": record.id, "name": record.display_name} for record in records]
