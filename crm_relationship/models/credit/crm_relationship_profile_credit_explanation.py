from functools import partial

from odoo import api, fields, models
from odoo.fields import Domain
from odoo.tools import SQL, formatLang, groupby

from ...engine import credit
from ..numbers import format_short


class CrmRelationshipProfile(models.Model):
    """Answers "why this grade?": each criterion's value, its band and what it gives.

    The values come from the query that the engine scores by; the template
    ``crm_relationship.credit_explanation`` only lays the answers out.
    """

    _inherit = "crm.relationship.profile"

    credit_color = fields.Integer("Grade Colour", compute="_compute_credit_color", aggregator=None)
    is_credit_provisional = fields.Boolean(
        "Provisional Grade",
        compute="_compute_is_credit_provisional",
        search="_search_is_credit_provisional",
        help="Less of the points is known than the credit policy asks for.",
    )
    credit_explanation = fields.Html(
        "Why This Grade?", compute="_compute_credit_explanation", sanitize=False
    )

    @api.depends("credit_grade_id")
    def _compute_credit_color(self):
        for profile in self:
            profile.credit_color = profile.credit_grade_id._get_cached_color()

    @api.depends("credit_grade_id", "credit_coverage", "company_id")
    def _compute_is_credit_provisional(self):
        for company, profiles in self.grouped("company_id").items():
            needed = company.sudo()._get_relationship_coverage_min() if company else 0
            for profile in profiles:
                profile.is_credit_provisional = bool(
                    profile.credit_grade_id and profile.credit_coverage < needed
                )

    def _search_is_credit_provisional(self, operator, value):
        if operator != "in":
            return NotImplemented
        policies = self.env["crm.relationship.credit.policy"].sudo()
        policies = policies.search([("company_id", "in", self.env.companies.ids)])
        provisional = Domain.OR(
            Domain("company_id", "=", policy.company_id.id)
            & Domain("credit_grade_id", "!=", False)
            & Domain("credit_coverage", "<", policy.coverage_min)
            for policy in policies
        )
        return provisional if True in value else ~provisional

    def _compute_credit_explanation(self):
        """Render the answers; what a company's customers share is read once."""
        for company, profiles in self.grouped("company_id").items():
            shared = self._get_credit_shared(company)
            inputs = profiles._get_credit_inputs(company, shared)
            for profile in profiles:
                values = profile._prepare_credit_explanation(inputs[profile.id], shared)
                profile.credit_explanation = self.env["ir.qweb"]._render(
                    "crm_relationship.credit_explanation", values
                )

    def action_explain_credit(self):
        """Open the answer to "why this grade?" in a dialog."""
        self.ensure_one()
        view = self.env.ref("crm_relationship.crm_relationship_profile_view_form_why_credit")
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Why this grade?"),
            "res_model": self._name,
            "res_id": self.id,
            "view_mode": "form",
            "views": [(view.id, "form")],
            "target": "new",
        }

    # ----------------------------------------------------------------- inputs

    def _get_credit_shared(self, company):
        """Return what the answers of one company share.

        Everybody who may see a profile may see the rules that made it, hence sudo.
        """
        as_of = self._get_credit_day(company)
        policy = self.env["crm.relationship.credit.policy"].sudo()._get_of_company(company)
        tier_policy = company.sudo()._get_relationship_policy()
        return {
            "as_of": as_of,
            "policy": policy,
            "terms": policy._get_terms(as_of, tier_policy) if policy else None,
        }

    def _get_credit_day(self, company):
        """Return the day that the credit is as of: that of the last recalculation."""
        # When a run was is no secret to who sees its results, hence sudo.
        last = self.env["crm.relationship.run"].sudo()._get_last(company)
        return last.as_of or company._get_relationship_today()

    def _get_credit_inputs(self, company, shared):
        """Return ``{profile id: {name: input}}``, what each answer is made of."""
        lines = self._get_credit_lines(shared["terms"])
        return {profile.id: {"rows": lines.get(profile.partner_id.id, {})} for profile in self}

    def _get_credit_lines(self, terms):
        """Return ``{partner id: {criterion id: row}}``, see :func:`..engine.credit.lines`."""
        if not terms or not self.ids:
            return {}
        self.env.flush_all()
        customers = SQL(
            """SELECT profile.*, customer.relationship_founding_date AS founding_date
                 FROM crm_relationship_profile profile
                 JOIN res_partner customer ON customer.id = profile.partner_id
                WHERE profile.id = ANY (%s)""",
            self.ids,
        )
        found = {}
        for row in self.env.execute_query_dict(credit.lines(terms, customers)):
            found.setdefault(row["partner_id"], {})[row["criterion_id"]] = row
        return found

    def _prepare_credit_explanation(self, inputs, shared):
        """Return what the template lays out."""
        self.ensure_one()
        policy, rows = shared["policy"], inputs["rows"]
        categories = dict(
            self.env["crm.relationship.credit.criterion"]
            ._fields["category"]
            ._description_selection(self.env)
        )
        lines = [
            self._prepare_credit_line(criterion, rows[criterion.id])
            for criterion in policy.criterion_ids
            if criterion.id in rows
        ]
        return {
            "profile": self,
            "as_of": shared["as_of"],
            "policy": policy,
            "verdict": self._explain_credit_verdict(policy),
            "short": partial(format_short, self.env),
            "grades": policy.grade_ids.sorted("score_from", reverse=True),
            "groups": [
                {"name": categories[category], "lines": group, **self._sum_credit(group)}
                for category, group in groupby(lines, key=lambda line: line["category"])
            ],
            "total": self._sum_credit(lines),
        }

    def _prepare_credit_line(self, criterion, row):
        """Return a criterion's line: its value and band in words, and its points."""
        is_known = row["value"] is not None or row["band_id"] is not None
        band = criterion._get_band(row["value"], row["band_id"])
        return {
            "criterion": criterion,
            "category": criterion.category,
            "value": criterion._format_value(row["value"])
            if is_known and not row["band_id"]
            else "",
            "band": band.display_name if is_known else "",
            "is_known": is_known,
            "share": band.share if is_known else criterion.policy_id.unknown_share,
            "points": float(row["points"]),
            "full": criterion.points,
        }

    def _sum_credit(self, lines):
        return {
            "points": round(sum(line["points"] for line in lines), 2),
            "full": round(sum(line["full"] for line in lines), 2),
            "known": round(sum(line["full"] for line in lines if line["is_known"]), 2),
        }

    def _explain_credit_verdict(self, policy):
        customer = self.partner_id.name
        if not self.credit_grade_id:
            return self.env._(
                "Nothing is known of %(customer)s that its credit could be judged by.",
                customer=customer,
            )
        values = {
            "customer": customer,
            "grade": self.credit_grade_id.code,
            "score": formatLang(self.env, self.credit_score, digits=2),
            "least": format_short(self.env, self.credit_grade_id.score_from),
            "coverage": format_short(self.env, self.credit_coverage),
            "needed": format_short(self.env, policy.coverage_min),
        }
        if self.is_credit_provisional:
            return self.env._(
                "%(customer)s scores %(score)s, which is %(grade)s, from %(least)s on. That is "
                "provisional: %(coverage)s %% of the points are known, and %(needed)s %% are "
                "needed.",
                **values,
            )
        return self.env._(
            "%(customer)s scores %(score)s, which is %(grade)s, from %(least)s on. %(coverage)s "
            "%% of the points are known.",
            **values,
        )
