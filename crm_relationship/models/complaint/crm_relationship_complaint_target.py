from odoo import api, fields, models
from odoo.exceptions import ValidationError

from .scales import SEVERITIES

KINDS = [
    ("acknowledge", "Acknowledgement"),
    ("respond", "First response"),
    ("resolve", "Resolution"),
]
UNITS = [("hour", "working hours"), ("day", "working days")]

USUAL = {
    "acknowledge": {"minor": 16, "moderate": 8, "serious": 4, "critical": 2},
    "respond": {"minor": 40, "moderate": 24, "serious": 16, "critical": 8},
    "resolve": {"minor": 15, "moderate": 10, "serious": 5, "critical": 2},
}
"""What a new company starts with: hours, and days for the resolution."""


class CrmRelationshipComplaintTarget(models.Model):
    """How much working time a company gives itself for each step of a complaint."""

    _name = "crm.relationship.complaint.target"
    _description = "Target Time of Complaints"
    _order = "company_id, kind, severity, tier_code, id"

    active = fields.Boolean(default=True)
    company_id = fields.Many2one(
        "res.company",
        required=True,
        index=True,
        ondelete="cascade",
        default=lambda self: self.env.company,
    )
    kind = fields.Selection(KINDS, "For", required=True)
    severity = fields.Selection(
        SEVERITIES, help="Empty: whatever the severity, where no target for it is given."
    )
    tier_code = fields.Char(
        "Tier",
        help="The code of a tier, such as A. Empty: for all customers. A target for severity and "
        "tier comes first, then the one for the severity, then the one for the tier.",
    )
    amount = fields.Float("Time", required=True, digits=(9, 2))
    unit = fields.Selection(
        UNITS,
        required=True,
        default="hour",
        help="A working day is as long as the average day of the team's calendar; without a "
        "calendar it has 24 hours.",
    )

    _amount_positive = models.Constraint("CHECK (amount > 0)", "A target is more than no time.")
    _once = models.UniqueIndex(
        "(company_id, kind, COALESCE(severity, ''), COALESCE(tier_code, '')) WHERE active",
        "There is a target for this step, severity and tier already.",
    )

    @api.depends("kind", "severity", "tier_code", "amount", "unit")
    @api.depends_context("lang")
    def _compute_display_name(self):
        labels = {
            name: dict(self._fields[name]._description_selection(self.env))
            for name in ("kind", "severity", "unit")
        }
        for target in self:
            words = [labels["kind"].get(target.kind, "")]
            words += [labels["severity"][target.severity]] if target.severity else []
            words += [target.tier_code] if target.tier_code else []
            target.display_name = self.env._(
                "%(what)s: %(amount)s %(unit)s",
                what=", ".join(words),
                amount=f"{target.amount:g}",
                unit=labels["unit"].get(target.unit, ""),
            )

    @api.constrains("amount", "unit")
    def _check_amount(self):
        for target in self:
            if target.amount > (365 if target.unit == "day" else 365 * 24):
                raise ValidationError(self.env._("A target is at most a year of working time."))

    @api.model_create_multi
    def create(self, vals_list):
        targets = super().create([self._strip_tier(vals) for vals in vals_list])
        targets._refresh_complaints()
        return targets

    def write(self, vals):
        companies = self.company_id
        result = super().write(self._strip_tier(vals))
        self._refresh_complaints(companies)
        return result

    def unlink(self):
        companies = self.company_id
        result = super().unlink()
        self._refresh_complaints(companies)
        return result

    @api.model
    def _strip_tier(self, vals):
        """Return the values with the code of the tier as it stands on the tiers, or none."""
        if not vals.get("tier_code"):
            return {**vals, "tier_code": False} if "tier_code" in vals else vals
        return {**vals, "tier_code": vals["tier_code"].strip() or False}

    def _refresh_complaints(self, companies=None):
        """Work out the deadlines of open complaints anew."""
        companies = (companies or self.env["res.company"]) | self.exists().company_id
        complaints = self.env["crm.relationship.complaint"]
        complaints._refresh_deadlines([("company_id", "in", companies.ids)])

    @api.model
    def _get_of(self, companies):
        """Return ``{(company, kind, severity, tier code): target}``, False standing for any."""
        # Whoever enters a complaint need not see what the company expects of its people.
        found = self.sudo().search([("company_id", "in", companies.ids)])
        return {
            (target.company_id.id, target.kind, target.severity, target.tier_code): target
            for target in found
        }

    @api.model
    def _choose(self, targets, company_id, kind, severity, tier_code):
        """Return the most specific target, or none; see ``tier_code`` for the order."""
        for specific in ((severity, tier_code), (severity, False), (False, tier_code)):
            target = targets.get((company_id, kind, *specific))
            if target:
                return target
        return targets.get((company_id, kind, False, False), self.browse())

    def _get_seconds(self, clock):
        """Return how many working seconds the target gives by a clock."""
        self.ensure_one()
        hours = clock.hours_per_day if self.unit == "day" else 1
        return round(self.amount * hours * 3600)
