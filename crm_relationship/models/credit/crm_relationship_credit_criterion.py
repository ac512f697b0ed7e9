from decimal import Decimal

from odoo import api, fields, models
from odoo.exceptions import ValidationError

from ...engine.credit import BEST, Criterion
from ..numbers import decimal, format_short
from ..saving import SAVING
from .crm_relationship_credit_policy import SAVES_CRITERIA

SAVES_BANDS = "crm_relationship_saves_bands"
"""Context key: the criterion is being saved together with its bands."""

FINANCIAL = ("solvency", "profitability")
"""Categories whose points are financial; all others are not."""

MEASURES = [
    ("judged", "Judged by people"),
    ("business_years", "Years in business"),
    ("on_time_share", "Share of amounts paid on time"),
    ("recent_days_late", "Days late, weighted by amount"),
    ("overdue_share", "Overdue share of the balance"),
    ("longest_overdue", "Longest overdue"),
    ("dispute_count", "Disputes and bad debts"),
    ("growth", "Growth of purchases"),
    ("purchase_months", "Regularity of purchases"),
    ("need_share", "Our share of the yearly need"),
    ("tenure_years", "Tenure with us"),
    ("tier_position", "Size"),
    ("current_ratio", "Current ratio"),
    ("debt_ratio", "Debt to assets"),
    ("cash_flow_ratio", "Operating cash flow to current liabilities"),
    ("net_margin", "Net margin"),
    ("return_on_equity", "Return on equity"),
]

UNITS = {
    "business_years": "years",
    "on_time_share": "percent",
    "recent_days_late": "days",
    "overdue_share": "percent",
    "longest_overdue": "days",
    "dispute_count": "number",
    "growth": "percent",
    "purchase_months": "months",
    "need_share": "percent",
    "tenure_years": "years",
    "tier_position": "position",
    "current_ratio": "ratio",
    "debt_ratio": "percent",
    "cash_flow_ratio": "ratio",
    "net_margin": "percent",
    "return_on_equity": "percent",
}
"""What the values of a measure are counted in."""


CATEGORIES = [
    ("character", "Character"),
    ("performance", "Payment Performance"),
    ("operation", "Operation"),
    ("solvency", "Solvency"),
    ("profitability", "Profitability"),
]

UNIT_NAMES = [
    ("percent", "%"),
    ("days", "days"),
    ("months", "months"),
    ("years", "years"),
    ("number", "cases"),
    ("position", "(from the top)"),
    ("ratio", "times"),
]

DIGITS = {"percent": 2, "days": 1, "years": 1, "ratio": 2}
"""Decimals that people read of the values in a unit; none for the others."""


class CrmRelationshipCreditCriterion(models.Model):
    """An indicator of credit: what it is worth, what it measures, and what its values give."""

    _name = "crm.relationship.credit.criterion"
    _description = "Credit Criterion"
    _order = "policy_id, sequence, id"

    name = fields.Char(required=True, translate=True)
    policy_id = fields.Many2one(
        "crm.relationship.credit.policy", required=True, ondelete="cascade", index=True
    )
    company_id = fields.Many2one(related="policy_id.company_id", store=True, index=True)
    sequence = fields.Integer(default=10)
    code = fields.Char(required=True, help="Stable mark of the criterion, such as on_time_share.")
    category = fields.Selection(CATEGORIES, required=True, default="character")
    is_financial = fields.Boolean("Financial", compute="_compute_is_financial", store=True)
    points = fields.Float(
        required=True, digits=(5, 2), help="What the criterion is worth; all together 100."
    )
    measure = fields.Selection(
        MEASURES,
        required=True,
        default="judged",
        help="What its value is: judged by people in levels, or measured every night.",
    )
    unit = fields.Selection(UNIT_NAMES, compute="_compute_unit")
    band_ids = fields.One2many("crm.relationship.credit.band", "criterion_id", copy=True)
    description = fields.Text(translate=True, help="What to look at when judging it.")

    _code_uniq = models.UniqueIndex("(policy_id, code)", "A policy has each criterion only once.")
    _points_not_negative = models.Constraint(
        "CHECK (points >= 0 AND points <= 100)", "A criterion has 0 to 100 points."
    )

    @api.depends("category")
    def _compute_is_financial(self):
        for criterion in self:
            criterion.is_financial = criterion.category in FINANCIAL

    @api.depends("measure")
    def _compute_unit(self):
        for criterion in self:
            criterion.unit = UNITS.get(criterion.measure, False)

    @api.constrains("points", "policy_id")
    def _check_points(self):
        # One that is saved with its policy is checked when all of them are saved.
        if self.env.context.get(SAVES_CRITERIA) is not SAVING:
            self.policy_id._check_points()

    @api.constrains("band_ids", "measure")
    def _check_bands(self):
        """Check that every value, or judge, finds one band; a template, when it is copied."""
        for criterion in self.filtered("company_id"):
            if not criterion.band_ids:
                raise ValidationError(
                    self.env._(
                        "“%(criterion)s” has no bands, so no value would give points. Add at "
                        "least one.",
                        criterion=criterion.name,
                    )
                )
            nameless = criterion.band_ids.filtered(lambda band: not band.name)
            if criterion.measure == "judged" and nameless:
                raise ValidationError(
                    self.env._(
                        "“%(criterion)s” is judged in levels: give each of its levels a name.",
                        criterion=criterion.name,
                    )
                )
            limits = criterion.band_ids.mapped("value_from")
            if criterion.measure != "judged" and len(set(limits)) < len(limits):
                raise ValidationError(
                    self.env._(
                        "Two bands of “%(criterion)s” begin at the same value. Let each begin at "
                        "another one.",
                        criterion=criterion.name,
                    )
                )

    @api.model_create_multi
    def create(self, vals_list):
        saving = self.with_context(**{SAVES_BANDS: SAVING})
        criteria = super(CrmRelationshipCreditCriterion, saving).create(vals_list)
        return criteria.with_env(self.env)

    def write(self, vals):
        """A criterion stays with its policy, which would miss its points."""
        if "policy_id" in vals and self.policy_id.ids != [vals["policy_id"]]:
            raise ValidationError(
                self.env._(
                    "A criterion stays with its policy. Add one to the other policy instead."
                )
            )
        saving = self.with_context(**{SAVES_BANDS: SAVING}) if "band_ids" in vals else self
        return super(CrmRelationshipCreditCriterion, saving).write(vals)

    def _get_band(self, value, level_id=None):
        """Return the band of a value, or the judged level; none for nothing."""
        self.ensure_one()
        if level_id:
            return self.band_ids.filtered(lambda band: band.id == level_id)
        if value is None:
            return self.band_ids.browse()
        bands = self.band_ids.sorted("value_from")
        reached = bands.filtered(lambda band: decimal(band.value_from, 4) <= value)
        return (reached or bands[:1])[-1:]

    def _format_value(self, value):
        """Return a value with its unit, as people read it."""
        self.ensure_one()
        return self._format_measured(value, self.unit)

    @api.model
    def _format_measured(self, value, unit):
        """Return a value with ``unit``, as people read it."""
        if abs(value) >= BEST:
            return "∞" if value > 0 else "−∞"
        units = dict(self._fields["unit"]._description_selection(self.env))
        number = format_short(self.env, value, DIGITS.get(unit, 0))
        return f"{number} {units.get(unit, '')}".strip()

    def _get_terms(self) -> Criterion:
        """Return what the engine scores by."""
        self.ensure_one()
        if self.measure == "judged":
            bands = [(Decimal(band.id), decimal(band.share)) for band in self.band_ids]
        else:
            bands = sorted(
                (decimal(band.value_from, 4), decimal(band.share)) for band in self.band_ids
            )
        return Criterion(self.id, self.measure, decimal(self.points), tuple(bands))

    @api.ondelete(at_uninstall=False)
    def _unlink_except_points(self):
        """A criterion without points may go; the others leave less than 100."""
        if self.env.context.get(SAVES_CRITERIA) is SAVING:
            return
        for criterion in self.filtered(lambda criterion: criterion.points and criterion.company_id):
            raise ValidationError(
                self.env._(
                    "“%(criterion)s” carries %(points)g points. Give them to other criteria "
                    "before you delete it.",
                    criterion=criterion.name,
                    points=criterion.points,
                )
            )
