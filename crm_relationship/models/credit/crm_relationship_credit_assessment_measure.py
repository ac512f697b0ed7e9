from odoo import fields, models
from odoo.exceptions import UserError

from ...engine import assessment as engine, second_opinion, sources
from ...engine.credit import RATIOS
from ..numbers import decimal

OPINIONS = ("payment_index", "days_beyond_terms", "days_sales_outstanding", "best_possible_dso")

FIGURES = (
    "current_assets", "total_assets", "current_liabilities", "total_liabilities", "equity",
    "retained_earnings", "sales", "ebit", "net_income", "operating_cash_flow",
)  # fmt: skip
"""What is copied of a financial statement, besides its ratios."""


class CrmRelationshipCreditAssessment(models.Model):
    """Measuring: the lines as of the quarter's last day, and copies of what made them."""

    _inherit = "crm.relationship.credit.assessment"

    def action_measure(self):
        """Measure these drafts again, by the present rules; the levels entered here stay."""
        self.check_access("write")
        self._check_assessor()
        if names := self._get_names_except("draft"):
            raise UserError(
                self.env._("Only drafts are measured again, unlike %(names)s.", names=names)
            )
        self._measure()

    def _measure(self):
        """Measure, as many customers at once as there are of one company and quarter."""
        # Whoever assesses need not read the documents, lines are made by measuring alone.
        batches = self.sudo()._settling().grouped(lambda each: (each.company_id, each.date_end))
        for (company, date_end), batch in batches.items():
            batch._measure_batch(company, date_end)

    def _measure_batch(self, company, date_end):
        policy = self.env["crm.relationship.credit.policy"]._get_of_company(company)
        tier_policy = company._get_relationship_policy()
        profiles = self.env["crm.relationship.profile"]
        measurement = profiles._prepare_measurement(company, tier_policy, date_end, scoped=True)
        customers = self.partner_id
        self.env.flush_all()
        rows, revenues = engine.find(self.env, measurement, customers.ids)
        shared = {
            "terms": self._prepare_terms(policy, measurement.window_months),
            "criteria": self._prepare_criteria(policy),
            "judgements": self._find_judgements(policy),
            "statements": self._find_statements(company, date_end),
            "opinions": self._find_opinions(company, date_end),
            "previous": self._find_previous(),
            "profiles": {profile.partner_id: profile for profile in self._find_profiles()},
        }
        lines = []
        for assessment in self:
            # The levels entered before are read here, and deleted below.
            lines += assessment._prepare_lines(rows[assessment.partner_id.id], **shared)
            revenue = revenues.get(assessment.partner_id.id) or 0
            assessment.write(assessment._prepare_measured(revenue, **shared))
        self.line_ids.unlink()
        self.line_ids.create(lines)

    def _prepare_lines(self, rows, *, criteria, judgements, previous, **_found):
        """Return the lines of this customer.

        :param rows: see :func:`..engine.assessment.find`
        """
        self.ensure_one()
        partner = self.partner_id
        entered = {line.code: line for line in self.line_ids if line.is_entered}
        notes = {line.code: line.note for line in self.line_ids if line.note}
        former = {line.code: line for line in previous.get(partner, self.browse()).line_ids}
        return [
            {
                "assessment_id": self.id,
                **copied,
                **self._prepare_value(criterion, rows[criterion.id], copied),
                **self._prepare_judgement(
                    copied,
                    entered.get(criterion.code) or judgements.get((partner, criterion)),
                ),
                **({"note": notes[criterion.code]} if criterion.code in notes else {}),
                **self._prepare_former(former.get(criterion.code)),
            }
            for criterion, copied in criteria.items()
        ]

    def _prepare_measured(self, revenue, *, terms, **found):
        """Return what this customer's measurement gives besides the lines."""
        self.ensure_one()
        partner = self.partner_id
        profile = found["profiles"].get(partner)
        current = profile._get_valid_credit_grade() if profile else self.current_grade_id.browse()
        previous = found["previous"].get(partner, self.browse())
        return {
            **terms,
            "measured_date": fields.Datetime.now(),
            "tier_id": profile.tier_id.id if profile else False,
            "monthly_revenue": self.currency_id.round(float(revenue) / terms["window_months"]),
            "current_grade_id": current.id,
            "current_grade_code": current.code,
            "statement": found["statements"].get(partner.id),
            "opinion": found["opinions"].get(partner.id),
            "previous_id": previous.id,
            "previous_date": previous.date_end,
            "previous_score": previous.score,
            "previous_grade_code": previous.grade_code,
            "previous_limit": previous.approved_limit,
        }

    # ------------------------------------------------------------ the copies

    def _prepare_terms(self, policy, window_months):
        """Return a copy of the policy's terms."""
        grades = policy.grade_ids.sorted("score_from", reverse=True)
        names = self._copy_texts(grades, "name")
        return {
            "unknown_share": policy.unknown_share,
            "coverage_min": policy.coverage_min,
            "valid_months": policy.assessment_months,
            "window_months": window_months,
            "grades": [
                {
                    "id": grade.id,
                    "code": grade.code,
                    "names": names[grade.id],
                    "color": grade.color,
                    "from": grade.score_from,
                    "months": grade.limit_months,
                    "max": grade.limit_max,
                }
                for grade in grades
            ],
        }

    def _prepare_criteria(self, policy):
        """Return a copy of each criterion."""
        names = self._copy_texts(policy.criterion_ids, "name")
        levels = self._copy_texts(policy.criterion_ids.band_ids, "name")
        return {
            criterion: {
                "sequence": place,
                "criterion_id": criterion.id,
                "code": criterion.code,
                "names": names[criterion.id],
                "category": criterion.category,
                "measure": criterion.measure,
                "unit": criterion.unit,
                "points": criterion.points,
                "unknown_share": policy.unknown_share,
                "bands": [
                    {
                        "id": band.id,
                        "from": band.value_from,
                        "share": band.share,
                        "level": levels[band.id] if criterion.measure == "judged" else None,
                    }
                    for band in criterion.band_ids
                ],
            }
            for place, criterion in enumerate(policy.criterion_ids)
        }

    def _prepare_value(self, criterion, row, copied):
        """Return what the engine found: the value, its band and its points."""
        band = criterion._get_band(row["value"], row["band_id"])
        known = bool(band) and (row["value"] is not None or row["band_id"] is not None)
        return {
            "value": float(row["value"] or 0),
            "level_id": row["band_id"],
            "is_known": known,
            "band": next(each for each in copied["bands"] if each["id"] == band.id)
            if known
            else None,
            "share": band.share if known else copied["unknown_share"],
            "given": float(row["points"]),
        }

    def _prepare_judgement(self, copied, judged):
        """Return who judged, and on what it rests.

        :param judged: a line whose level was entered in this assessment, which stays if there
            still is such a level; else the customer's judgement; else None
        """
        if copied["measure"] != "judged" or not judged:
            return {}
        if judged._name == "crm.relationship.credit.judgement":
            return {
                "note": judged.note,
                "judged_by_id": judged.user_id.id,
                "judged_date": judged.date,
            }
        band = next((each for each in copied["bands"] if each["id"] == judged.level_id.id), None)
        if judged.level_id and not band:
            return {}
        share = band["share"] if band else copied["unknown_share"]
        return {
            "level_id": judged.level_id.id,
            "is_known": bool(band),
            "band": band,
            "share": share,
            "given": float(decimal(copied["points"]) * decimal(share) / 100),
            "note": judged.note,
            "judged_by_id": judged.judged_by_id.id,
            "judged_date": judged.judged_date,
            "is_entered": True,
        }

    def _prepare_former(self, former):
        """Return what the criterion gave the last time."""
        if not former:
            return {}
        return {
            "is_compared": True,
            "previous_known": former.is_known,
            "previous_band": former.band,
            "previous_bands": former.bands,
            "previous_given": former.given,
        }

    # -------------------------------------------------------- what is known

    def _find_profiles(self):
        return self.env["crm.relationship.profile"].search(
            [
                ("partner_id", "in", self.partner_id.ids),
                ("company_id", "in", self.company_id.ids),
            ]
        )

    def _find_judgements(self, policy):
        """Return the judgements by customer and criterion."""
        judgements = self.env["crm.relationship.credit.judgement"].search(
            [
                ("partner_id", "in", self.partner_id.ids),
                ("criterion_id", "in", policy.criterion_ids.ids),
            ]
        )
        return {(each.partner_id, each.criterion_id): each for each in judgements}

    def _find_previous(self):
        """Return, by customer, the last assessment that was approved, of a quarter before."""
        found = self.search(
            [
                ("partner_id", "in", self.partner_id.ids),
                ("company_id", "=", self.company_id.id),
                ("state", "in", ["approved", "expired"]),
                ("approved_date", "!=", False),
                ("date_end", "<", self[:1].date_end),
            ],
            order="date_end, id",
        )
        return {each.partner_id: each for each in found}  # the last one of each stays

    def _find_statements(self, company, date_end):
        """Return a copy of the financial statements that counted, by partner id."""
        statements = self.env["crm.relationship.credit.statement"].with_company(company)
        current = statements._get_current(self.partner_id, date_end)
        languages = [lang for lang, _name in self.env["res.lang"].get_installed()]
        return {
            partner_id: {
                "id": each.id,
                "period": each.period,
                "date_end": fields.Date.to_string(each.date_end),
                "is_audited": each.is_audited,
                "currency_id": each.currency_id.id,
                "figures": {name: each[name] for name in FIGURES},
                "ratios": {code: each._get_ratio(code)[0] for code in RATIOS},
                "z_score": each._get_z_score(),
                "lines": {
                    lang: each.with_context(lang=lang)._prepare_ratio_lines() for lang in languages
                },
            }
            for partner_id, each in current.items()
        }

    def _find_opinions(self, company, date_end):
        """Return the second opinions as of the quarter's end, by partner id."""
        payments = second_opinion.find(
            self.env,
            company.id,
            sources.receivable_accounts(self.env),
            self.partner_id.ids,
            date_end,
        )
        return {
            partner_id: {
                name: None if value is None else float(value)
                for name, value in (
                    (name, self._get_opinion(name, paid, date_end)) for name in OPINIONS
                )
            }
            for partner_id, paid in payments.items()
        }

    def _get_opinion(self, name, paid, date_end):
        days = second_opinion.days_beyond_terms(paid)
        return {
            "payment_index": lambda: second_opinion.payment_index(days),
            "days_beyond_terms": lambda: days,
            "days_sales_outstanding": lambda: second_opinion.days_sales_outstanding(paid, date_end),
            "best_possible_dso": lambda: second_opinion.best_possible_dso(paid),
        }[name]()
