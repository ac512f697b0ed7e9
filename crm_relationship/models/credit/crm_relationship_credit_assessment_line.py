from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools.misc import clean_context

from .crm_relationship_credit_assessment import SETTLED
from .crm_relationship_credit_criterion import CATEGORIES, FINANCIAL, MEASURES, UNIT_NAMES

ENTERED_FIELDS = {"level_id", "note"}
"""What people enter of a judged criterion in a draft."""


class CrmRelationshipCreditAssessmentLine(models.Model):
    """A criterion in an assessment: what was measured or judged, and what it gives.

    Everything is a copy: the criterion, its bands and the policy may change or go.
    """

    _name = "crm.relationship.credit.assessment.line"
    _description = "Credit Assessment Line"
    _order = "assessment_id, sequence, id"

    assessment_id = fields.Many2one(
        "crm.relationship.credit.assessment",
        required=True,
        readonly=True,
        ondelete="cascade",
        index=True,
    )
    partner_id = fields.Many2one(related="assessment_id.partner_id", store=True)
    company_id = fields.Many2one(related="assessment_id.company_id", store=True)
    sequence = fields.Integer(readonly=True)
    criterion_id = fields.Many2one(
        "crm.relationship.credit.criterion", readonly=True, ondelete="set null"
    )
    code = fields.Char(required=True, readonly=True)
    names = fields.Json(readonly=True, help="The criterion's name, by language.")
    name = fields.Char("Criterion Name", compute="_compute_name")
    category = fields.Selection(CATEGORIES, required=True, readonly=True)
    is_financial = fields.Boolean("Financial", compute="_compute_is_financial", store=True)
    measure = fields.Selection(MEASURES, required=True, readonly=True)
    is_judged = fields.Boolean("Judged", compute="_compute_is_judged")
    unit = fields.Selection(UNIT_NAMES, readonly=True)
    points = fields.Float("Of Points", required=True, readonly=True, digits=(5, 2))
    unknown_share = fields.Float("Share for Unknown (%)", readonly=True, digits=(5, 2))
    bands = fields.Json(
        readonly=True, help="All bands: id, lower limit, share, and the level by language."
    )
    value = fields.Float(readonly=True, digits=0, aggregator=None)
    value_text = fields.Char("Figure", compute="_compute_value_text")

    level_id = fields.Many2one(
        "crm.relationship.credit.band",
        ondelete="set null",
        domain="[('criterion_id', '=', criterion_id)]",
        help="How the customer is judged. Approving the assessment makes it a judgement of the "
        "customer.",
    )
    note = fields.Char("Evidence", help="What the judgement rests on.")
    judged_by_id = fields.Many2one("res.users", readonly=True, ondelete="restrict")
    judged_date = fields.Date("Judged On", readonly=True)
    is_entered = fields.Boolean(
        "Entered Here", readonly=True, help="The level was set in this assessment."
    )

    # What the engine gave; of a judged one what its level gives.
    is_known = fields.Boolean(
        "Known", compute="_compute_given", store=True, readonly=False, precompute=True
    )
    band = fields.Json(
        "Band Taken", compute="_compute_given", store=True, readonly=False, precompute=True
    )
    share = fields.Float(
        "Share (%)",
        compute="_compute_given",
        store=True,
        readonly=False,
        precompute=True,
        digits=(5, 2),
        aggregator=None,
    )
    given = fields.Float(
        "Points",
        compute="_compute_given",
        store=True,
        readonly=False,
        precompute=True,
        digits=(16, 6),
    )
    band_name = fields.Char("Band", compute="_compute_band_name")

    previous_known = fields.Boolean("Known Last Time", readonly=True)
    previous_band = fields.Json(readonly=True)
    previous_bands = fields.Json(readonly=True)
    previous_given = fields.Float(
        "Points Last Time", readonly=True, digits=(16, 6), aggregator=None
    )
    is_compared = fields.Boolean(
        "Compared", readonly=True, help="The last assessment has the criterion too."
    )
    previous_band_name = fields.Char("Last Time", compute="_compute_band_name")
    given_change = fields.Float(
        "Change", compute="_compute_given_change", digits=(16, 6), aggregator=None
    )

    _code_uniq = models.UniqueIndex(
        "(assessment_id, code)", "An assessment has each criterion only once."
    )

    @api.depends("names")
    @api.depends_context("lang")
    def _compute_name(self):
        for line in self:
            line.name = line.assessment_id._read_text(line.names) or line.code

    @api.depends("category")
    def _compute_is_financial(self):
        for line in self:
            line.is_financial = line.category in FINANCIAL

    @api.depends("measure")
    def _compute_is_judged(self):
        for line in self:
            line.is_judged = line.measure == "judged"

    @api.depends("value", "unit", "is_known", "is_judged")
    @api.depends_context("lang")
    def _compute_value_text(self):
        criteria = self.env["crm.relationship.credit.criterion"]
        for line in self:
            if not line.is_known:
                line.value_text = self.env._("unknown")
            else:
                measured = not line.is_judged
                line.value_text = measured and criteria._format_measured(line.value, line.unit)

    @api.depends("level_id")
    def _compute_given(self):
        """Work out what another level gives, by the copied bands; the rest is the engine's."""
        for line in self:
            if line.measure != "judged" or line.assessment_id.state in SETTLED:
                for name in ("is_known", "band", "share", "given"):
                    line[name] = line[name]
                continue
            band = line._get_level_band(line.level_id._origin.id)
            line.band = band
            line.is_known = bool(band)
            line.share = band["share"] if band else line.unknown_share
            line.given = line.points * line.share / 100

    @api.depends(
        "band", "bands", "previous_band", "previous_bands", "previous_known", "is_compared"
    )
    @api.depends_context("lang")
    def _compute_band_name(self):
        for line in self:
            line.band_name = line._describe_band(line.band, line.bands)
            if line.is_compared and not line.previous_known:
                line.previous_band_name = self.env._("unknown")
            else:
                former = line._describe_band(line.previous_band, line.previous_bands)
                line.previous_band_name = former

    @api.depends("given", "previous_given", "is_compared")
    def _compute_given_change(self):
        for line in self:
            change = line.given - line.previous_given if line.is_compared else 0
            line.given_change = round(change, 6)

    # -------------------------------------------------------------- the lock

    @api.model_create_multi
    def create(self, vals_list):
        self.env["crm.relationship.credit.assessment"]._check_settling()
        # Defaults from the context are values like others, and nobody has checked them.
        clean = self.env(context=clean_context(self.env.context))[self._name]
        return super(CrmRelationshipCreditAssessmentLine, clean).create(vals_list)

    def write(self, vals):
        """Write what people judge in a draft, and who did."""
        if self.env["crm.relationship.credit.assessment"]._is_settling():
            return super().write(vals)
        self._check_enterable(vals)
        if "level_id" in vals:
            today = fields.Date.context_today(self)
            vals = {
                **vals,
                "judged_by_id": self.env.uid,
                "judged_date": today,
                "is_entered": True,
            }
        return super().write(vals)

    @api.ondelete(at_uninstall=False)
    def _unlink_except_settling(self):
        self.env["crm.relationship.credit.assessment"]._check_settling()

    def _check_enterable(self, vals):
        """Check that this is a level or a note, of a judged criterion, in a draft."""
        for line in self:
            if line.assessment_id.state != "draft":
                line.assessment_id._check_writable({"line_ids": True})
            if set(vals) - ENTERED_FIELDS or line.measure != "judged":
                raise UserError(
                    self.env._(
                        "“%(criterion)s”: only the levels of judged criteria and their evidence "
                        "are entered; everything else is measured.",
                        criterion=line.name,
                    )
                )
            if vals.get("level_id") and not line._get_level_band(vals["level_id"]):
                raise UserError(
                    self.env._(
                        "“%(criterion)s” had no such level when this assessment was measured. "
                        "Press Measure Again to take over the present ones.",
                        criterion=line.name,
                    )
                )

    # --------------------------------------------------------------- helpers

    def _get_level_band(self, level_id):
        """Return the copy of a level, None for none of this criterion."""
        self.ensure_one()
        return next((band for band in self.bands or () if band["id"] == level_id), None)

    def _describe_band(self, band, bands):
        """Return a copied band in words."""
        if not band:
            return False
        if band.get("level"):
            return self.env["crm.relationship.credit.assessment"]._read_text(band["level"])
        limits = [each["from"] for each in bands]
        return self.env["crm.relationship.credit.band"]._describe_range(band["from"], limits)

    def _prepare_judgement(self):
        """Return the judgement of the customer that this line becomes."""
        self.ensure_one()
        return {
            "partner_id": self.partner_id.id,
            "criterion_id": self.criterion_id.id,
            "band_id": self.level_id.id,
            "note": self.note,
            # Where the approver is, it may still be the day before.
            "date": min(self.judged_date, fields.Date.context_today(self)),
            "user_id": self.judged_by_id.id,
        }
