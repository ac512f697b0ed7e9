from dateutil.relativedelta import relativedelta

from odoo import api, fields, models
from odoo.fields import Domain

from ..engine.periods import DAY, MONTHS_PER_YEAR
from ..models.complaint.crm_relationship_complaint_action import OPEN
from ..models.complaint.pareto_drawing import draw
from ..models.numbers import format_short

MONTH = relativedelta(months=1)
WORST = 8
"""So many categories are listed."""

OLDEST = 15
"""So many open complaints are listed."""

LISTED = 30
"""So many improvements are listed."""


class CrmRelationshipComplaintMonth(models.TransientModel):
    """The complaints of a month on paper, for the management review.

    How it works
        Each figure stands beside that of the month before and of the same month a year before,
        in three queries a month. What is received, closed or open counts by the days of the
        company's time zone, and as far as whoever prints it sees the complaints. Other aspects
        add their figures in ``_get_aggregates``, and their sections to the template.
    """

    _name = "crm.relationship.complaint.month"
    _description = "Monthly Report of Complaints"

    company_id = fields.Many2one(
        "res.company",
        required=True,
        default=lambda self: self.env.company,
        domain="[('id', 'in', allowed_company_ids)]",
        ondelete="cascade",
    )
    date = fields.Date(
        "Month",
        required=True,
        default=lambda self: self.env.company._get_relationship_today().replace(day=1) - DAY,
        help="Any day of the month.",
    )

    @api.depends("date", "company_id")
    def _compute_display_name(self):
        for wizard in self:
            month = wizard.date and wizard._get_month()
            wizard.display_name = self.env._(
                "Complaints %(month)s", month=month and month.strftime("%Y-%m")
            )

    def action_print(self):
        """Print the report."""
        self.ensure_one()
        self.env["crm.relationship.complaint.pareto"]._get_company(self.company_id.id)
        report = self.env.ref("crm_relationship.crm_relationship_complaint_month_report")
        return report.report_action(self)

    def _get_month(self):
        self.ensure_one()
        return self.date.replace(day=1)

    # ----------------------------------------------------------------- report

    def _prepare_report(self):
        """Return what the report shows, read with the rights of whoever prints it."""
        self.ensure_one()
        pareto = self.env["crm.relationship.complaint.pareto"]
        company = pareto._get_company(self.company_id.id)
        month = self._get_month()
        months = [month, month - MONTH, month - relativedelta(months=MONTHS_PER_YEAR)]
        spans = [self._get_figures(company, start) for start in months]
        end = month + MONTH - DAY
        year = month + MONTH - relativedelta(months=MONTHS_PER_YEAR)
        year_domain = pareto._get_domain(company, year, end)
        causes = pareto._read_causes(year_domain, "__count", pareto._get_levels())
        bars = pareto._get_bars(causes, sum(row["value"] for row in causes), year_domain)
        return {
            "month": month,
            "months": months,
            "year": (year, end),
            "rows": self._prepare_rows(spans),
            "has_any": any(span["received"] or span["closed"] for span in spans),
            "bars": bars,
            "pareto": draw(bars, pareto._get_vital_share()) if bars else None,
            "categories": self._prepare_categories(company, month),
            "oldest": self._get_oldest(company, month),
            "actions": self._get_actions(company, month),
            "short": lambda value: format_short(self.env, value, 1),
        }

    @api.model
    def _get_aggregates(self):
        """Return ``{span: {figure: aggregate}}``: by which day a complaint belongs to a month."""
        return {
            "date_received": {
                "received": "__count",
                "acknowledged": "acknowledged_share:avg",
                "recurrence": "recurrence_share:avg",
            },
            "date_closed": {
                "closed": "__count",
                "resolved": "resolved_share:avg",
                "median": "work_days_median:median",
                "percentile_90": "work_days_90:percentile_90",
                "justified": "justified_share:avg",
                "reopened": "reopened_share:avg",
                "cost": "cost:sum",
                "rating": "rating:avg",
            },
        }

    def _get_labels(self):
        """Return figure, name, whether less is better (None: neither) and unit, in order."""
        currency = self.company_id.currency_id.symbol
        return [
            ("received", self.env._("Received"), True, ""),
            ("closed", self.env._("Closed"), False, ""),
            ("open", self.env._("Open at the end"), True, ""),
            ("acknowledged", self.env._("Acknowledged in time"), False, "%"),
            ("resolved", self.env._("Resolved in time"), False, "%"),
            ("justified", self.env._("Justified"), None, "%"),
            ("reopened", self.env._("Reopened"), True, "%"),
            ("recurrence", self.env._("Recurrences"), True, "%"),
            ("median", self.env._("Working days, median"), True, ""),
            ("percentile_90", self.env._("Working days, 90th percentile"), True, ""),
            ("cost", self.env._("Cost of those closed"), True, currency),
            ("rating", self.env._("Rating by complainants, 1 to 5"), False, ""),
        ]

    def _get_figures(self, company, month):
        """Return the figures of a month."""
        report = self.env["crm.relationship.complaint.report"]
        start = company._get_relationship_moment(month)
        end = company._get_relationship_moment(month + MONTH)
        own = Domain("company_id", "=", company.id)
        figures = {}
        for name, aggregates in self._get_aggregates().items():
            domain = own & Domain(name, ">=", start) & Domain(name, "<", end)
            [row] = report._read_group(domain, [], list(aggregates.values()))
            figures.update(zip(aggregates, row, strict=True))
        is_open = Domain("date_closed", "=", False) | Domain("date_closed", ">=", end)
        figures["open"] = report.search_count(own & Domain("date_received", "<", end) & is_open)
        # No complaint, no share: Odoo gives False for it.
        return {name: None if value is False else value for name, value in figures.items()}

    def _prepare_rows(self, spans):
        """Return a row for each figure: its values, and the change against the others."""
        rows = []
        for name, label, less_is_better, unit in self._get_labels():
            values = [span[name] for span in spans]
            rows.append(
                {
                    "name": name,
                    "label": label,
                    "unit": unit,
                    "values": values,
                    "changes": [
                        self._prepare_change(values[0], value, less_is_better)
                        for value in values[1:]
                    ],
                }
            )
        return rows

    @api.model
    def _prepare_change(self, value, before, less_is_better):
        """Return the difference and whether it is good news; none where one is unknown."""
        if value is None or before is None:
            return {"value": None, "is_good": None}
        change = float(value) - float(before)
        is_judged = change and less_is_better is not None
        is_good = (change < 0) == less_is_better if is_judged else None
        return {"value": change, "is_good": is_good}

    def _prepare_categories(self, company, month):
        """Return the categories with the most complaints received in the month."""
        report = self.env["crm.relationship.complaint.report"]
        pareto = self.env["crm.relationship.complaint.pareto"]
        found = {}
        for place, start in enumerate((month, month - MONTH)):
            domain = pareto._get_domain(company, start, start + MONTH - DAY)
            for category, count, severe in report._read_group(
                domain, ["category_id"], ["__count", "severe_share:avg"]
            ):
                row = found.setdefault(
                    category, {"category": category, "counts": [0, 0], "severe": 0}
                )
                row["counts"][place] = count
                if not place:
                    row["severe"] = severe or 0
        rows = [row for row in found.values() if row["counts"][0]]
        rows.sort(key=lambda row: (-row["counts"][0], -row["severe"], row["category"].id))
        return rows[:WORST]

    def _get_actions(self, company, month):
        """Return the improvements that were done in the month, or whose effect was checked then,
        and those that should have been done by its end, in the order of their deadlines.
        """
        days = [month, month + MONTH - DAY]
        done = Domain("date_done", ">=", days[0]) & Domain("date_done", "<=", days[1])
        checked = Domain("effect_checked_date", ">=", days[0]) & Domain(
            "effect_checked_date", "<=", days[1]
        )
        overdue = Domain("state", "in", OPEN) & Domain("date_deadline", "<=", days[1])
        return self.env["crm.relationship.complaint.action"].search(
            Domain("company_id", "=", company.id) & (done | checked | overdue), limit=LISTED
        )

    def _get_oldest(self, company, month):
        """Return the complaints received until the month's end that are open still, the overdue
        first, in the order of their deadlines.
        """
        end = company._get_relationship_moment(month + MONTH)
        return self.env["crm.relationship.complaint"].search(
            [
                ("company_id", "=", company.id),
                ("stage_code", "!=", "closed"),
                ("date_received", "<", end),
            ],
            order="next_deadline_date, date_received, id",
            limit=OLDEST,
        )
