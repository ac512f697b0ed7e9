from odoo import api, fields, models
from odoo.tools import formatLang

from ..numbers import format_short
from .crm_relationship_credit_assessment import SETTLED


class CrmRelationshipCreditAssessment(models.Model):
    """The credit limit that follows from the grade, and what the approver makes of it."""

    _inherit = "crm.relationship.credit.assessment"

    monthly_revenue = fields.Monetary(
        "Purchases a Month",
        readonly=True,
        aggregator="avg",
        help="The untaxed revenue of the window that ended with the quarter, by its months.",
    )
    proposed_limit = fields.Monetary(
        compute="_compute_proposed_limit",
        store=True,
        help="The months of the grade times the purchases a month, at most the grade's maximum.",
    )
    approved_limit = fields.Monetary(
        tracking=True, help="The approver may change it while the assessment is proposed."
    )
    limit_by_id = fields.Many2one(
        "res.users", "Limit Changed By", readonly=True, ondelete="restrict", copy=False
    )
    previous_limit = fields.Monetary("Last Limit", readonly=True, aggregator=None)
    limit_explanation = fields.Char("Why This Limit?", compute="_compute_limit_explanation")

    _limit_not_negative = models.Constraint(
        "CHECK (COALESCE(approved_limit, 0) >= 0)",
        "A credit limit can't be negative; 0 is no credit.",
    )

    @api.depends("grades", "grade_code", "monthly_revenue")
    def _compute_proposed_limit(self):
        for assessment in self:
            if assessment.state in SETTLED:
                # What was approved is never worked out again.
                assessment.proposed_limit = assessment.proposed_limit
            else:
                assessment.proposed_limit = assessment._get_proposed_limit()

    @api.depends("proposed_limit")
    @api.depends_context("lang")
    def _compute_limit_explanation(self):
        for assessment in self:
            assessment.limit_explanation = assessment._explain_limit()

    def _get_proposed_limit(self):
        """Return the limit by the copied terms of the grade, in the company's currency."""
        self.ensure_one()
        grade = self._get_grade()
        limit = max(self.monthly_revenue, 0) * grade.get("months", 0)
        if grade.get("max"):
            limit = min(limit, grade["max"])
        return self.currency_id.round(limit)

    def _explain_limit(self):
        """Return the formula with its numbers, in a sentence."""
        self.ensure_one()
        grade = self._get_grade()
        if not grade:
            return self.env._("Without a grade there is no limit.")
        values = {
            "grade": grade["code"],
            "months": format_short(self.env, grade["months"]),
            "monthly": self._format_amount(self.monthly_revenue),
            "limit": self._format_amount(self.proposed_limit),
            "most": self._format_amount(grade["max"]),
            "window": self.window_months,
        }
        if not grade["months"]:
            return self.env._("%(grade)s gets no credit.", **values)
        if self.monthly_revenue <= 0:
            return self.env._(
                "Nothing was bought in the %(window)s months until the quarter's end, so no limit "
                "follows from the purchases.",
                **values,
            )
        if grade["max"] and self.monthly_revenue * grade["months"] > grade["max"]:
            return self.env._(
                "%(grade)s: %(months)s months of purchases at %(monthly)s a month, the mean of "
                "%(window)s months, but at most %(most)s.",
                **values,
            )
        return self.env._(
            "%(grade)s: %(months)s months of purchases at %(monthly)s a month, the mean of "
            "%(window)s months, give %(limit)s.",
            **values,
        )

    def _format_amount(self, amount):
        return formatLang(self.env, amount, currency_obj=self.currency_id)

    def _write_limits(self):
        """Write the approved limits to Odoo's own, where the policy wants it.

        There 0 stands for no limit at all, so that "no credit" is the smallest amount that
        the currency has: whatever is owed exceeds it.
        """
        policies = self.env["crm.relationship.credit.policy"].sudo()
        for company, assessments in self.grouped("company_id").items():
            if policies._get_of_company(company).writes_limit:
                for assessment in assessments:
                    assessment._write_limit()

    def _write_limit(self):
        self.ensure_one()
        # Credit approvers need no right on accounting; the limit is what they decide, hence sudo.
        customer = self.partner_id.sudo().with_company(self.company_id)
        former = customer.credit_limit
        limit = self.approved_limit or self.currency_id.rounding
        if self.currency_id.compare_amounts(former, limit) == 0:
            return
        customer.credit_limit = limit
        body = self.env._(
            "Credit limit in %(company)s: %(former)s → %(limit)s, by the approval of "
            "%(assessment)s.",
            company=self.company_id.name,
            former=self._format_amount(former) if former else self.env._("none"),
            limit=self._format_amount(limit),
            assessment=self.display_name,
        )
        for record in (self.sudo(), customer):
            record._message_log(body=body)
