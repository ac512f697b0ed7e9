from odoo import api, fields, models
from odoo.tools import format_date, formatLang

from ..numbers import format_short
from .crm_relationship_credit_assessment_measure import FIGURES


class CrmRelationshipCreditAssessment(models.Model):
    """What was copied besides the lines, for people to read."""

    _inherit = "crm.relationship.credit.assessment"

    verdict = fields.Char(compute="_compute_verdict")
    statement_table = fields.Html(
        "Statement That Counted", compute="_compute_statement_table", sanitize=False
    )
    opinion_table = fields.Html("Second Opinion", compute="_compute_opinion_table", sanitize=False)
    grade_table = fields.Html("Grades and Limits", compute="_compute_grade_table", sanitize=False)

    @api.depends("grade_code", "score", "coverage", "is_provisional", "coverage_min")
    @api.depends_context("lang")
    def _compute_verdict(self):
        for assessment in self:
            assessment.verdict = assessment._get_verdict()

    def _get_verdict(self):
        self.ensure_one()
        if not self.grade_code:
            return self.env._("Nothing is known that the credit could be judged by.")
        values = {
            "grade": self.grade_code,
            "score": formatLang(self.env, self.score, digits=2),
            "coverage": format_short(self.env, self.coverage),
            "needed": format_short(self.env, self.coverage_min),
        }
        if self.is_provisional:
            return self.env._(
                "A score of %(score)s is %(grade)s. That is provisional: %(coverage)s %% of the "
                "points are known, and %(needed)s %% are needed.",
                **values,
            )
        return self.env._(
            "A score of %(score)s is %(grade)s. %(coverage)s %% of the points are known.", **values
        )

    @api.depends("statement")
    @api.depends_context("lang")
    def _compute_statement_table(self):
        for assessment in self:
            assessment.statement_table = self.env["ir.qweb"]._render(
                "crm_relationship.credit_assessment_statement",
                assessment._prepare_statement_table(),
            )

    def _prepare_statement_table(self):
        """Return the copied figures and ratios with their rules, in the user's language."""
        self.ensure_one()
        kept = self.statement
        if not kept:
            return {"title": "", "figures": [], "lines": []}
        statements = self.env["crm.relationship.credit.statement"]
        currency = self.env["res.currency"].browse(kept["currency_id"])
        periods = dict(statements._fields["period"]._description_selection(self.env))
        lines = kept["lines"]
        return {
            "title": self.env._(
                "%(period)s to %(date)s",
                period=periods[kept["period"]],
                date=format_date(self.env, kept["date_end"]),
            ),
            "is_audited": kept["is_audited"],
            "figures": [
                {
                    "name": statements._fields[name]._description_string(self.env),
                    "value": formatLang(self.env, value, currency_obj=currency),
                }
                for name, value in ((name, kept["figures"].get(name, 0)) for name in FIGURES)
            ],
            "lines": lines.get(self.env.lang)
            or lines.get("en_US")
            or next(iter(lines.values()), []),
        }

    @api.depends("opinion")
    @api.depends_context("lang")
    def _compute_opinion_table(self):
        for assessment in self:
            assessment.opinion_table = self.env["ir.qweb"]._render(
                "crm_relationship.credit_ratios", {"lines": assessment._prepare_opinions()}
            )

    def _prepare_opinions(self):
        """Return the copied second opinion: name, value and meaning."""
        self.ensure_one()
        profiles = self.env["crm.relationship.profile"]
        kept = self.opinion or {}
        rows = (
            (
                self.env._("Payment index"),
                profiles._format_opinion(kept.get("payment_index"), 1),
                profiles._explain_payment_index(kept.get("days_beyond_terms")),
            ),
            (
                self.env._("Days sales outstanding"),
                profiles._format_days(kept.get("days_sales_outstanding")),
                self.env._("The balance, counted back through the sales month by month."),
            ),
            (
                self.env._("Best possible DSO"),
                profiles._format_days(kept.get("best_possible_dso")),
                self.env._("If nothing were overdue."),
            ),
        )
        return [{"name": name, "value": value, "rule": meaning} for name, value, meaning in rows]

    @api.depends("grades")
    @api.depends_context("lang")
    def _compute_grade_table(self):
        for assessment in self:
            assessment.grade_table = self.env["ir.qweb"]._render(
                "crm_relationship.credit_assessment_grades",
                {"grades": assessment._prepare_grades(), "held": assessment.grade_code},
            )

    def _prepare_grades(self):
        """Return the copied grades with their limits, in words."""
        self.ensure_one()
        return [
            {
                "code": grade["code"],
                "name": self._read_text(grade["names"]),
                "color": grade["color"],
                "from": format_short(self.env, grade["from"]),
                "months": format_short(self.env, grade["months"]),
                "most": self._format_amount(grade["max"]) if grade["max"] else "",
            }
            for grade in self.grades or ()
        ]
