from odoo import api, fields, models
from odoo.exceptions import ValidationError
from odoo.tools import ormcache

from ..numbers import format_short

LIMITS = {
    "terms": ("risk_terms_medium", "risk_terms_high"),
    "tied_up": ("risk_tied_medium", "risk_tied_high"),
    "discount": ("risk_discount_medium", "risk_discount_high"),
    "silence": ("risk_silence_medium", "risk_silence_high"),
}
"""Fields with the values from which on a measured sign is medium, and high."""


class CrmRelationshipCreditPolicy(models.Model):
    """Big is not good: whose risks are shown, and from when on a sign of them is high."""

    _inherit = "crm.relationship.credit.policy"

    shows_risks = fields.Boolean(
        "Show Risks of Key Customers",
        tracking=True,
        help="Five lights on the customer and its profile: financial, profit, management, flight "
        "and independence.",
    )
    risk_tier_ids = fields.Many2many(
        "crm.relationship.tier",
        "crm_relationship_credit_risk_tier_rel",
        string="Key Customers",
        copy=False,
        domain="[('policy_id.company_id', '=', company_id), ('policy_id.state', '=', 'active')]",
        help="The tiers whose customers have the lights. They are found in a new tier policy by "
        "their codes. Empty: the best tier.",
    )
    risk_hint = fields.Char(compute="_compute_risk_hint")
    risk_terms_medium = fields.Float(
        "Payment Terms: Medium From", required=True, default=60, digits=(16, 1), tracking=True
    )
    risk_terms_high = fields.Float(
        "Payment Terms: High From",
        required=True,
        default=90,
        digits=(16, 1),
        tracking=True,
        help="Days from the invoice to its due date, weighted by the amounts of the window.",
    )
    risk_tied_medium = fields.Float(
        "Money Tied Up: Medium From", required=True, default=60, digits=(16, 1), tracking=True
    )
    risk_tied_high = fields.Float(
        "Money Tied Up: High From",
        required=True,
        default=90,
        digits=(16, 1),
        tracking=True,
        help="What the customer owes, in days of sales to it, counted back month by month.",
    )
    risk_discount_medium = fields.Float(
        "Discount: Medium From", required=True, default=5, digits=(5, 1), tracking=True
    )
    risk_discount_high = fields.Float(
        "Discount: High From",
        required=True,
        default=10,
        digits=(5, 1),
        tracking=True,
        help="Points by which its discount on invoices of the window is deeper than that of its "
        "tier.",
    )
    risk_silence_medium = fields.Float(
        "Silence: Medium From", required=True, default=1.5, digits=(5, 2), tracking=True
    )
    risk_silence_high = fields.Float(
        "Silence: High From",
        required=True,
        default=2,
        digits=(5, 2),
        tracking=True,
        help="Times its rhythm, the usual number of days between its purchases.",
    )

    _risk_limits_positive = models.Constraint(
        "CHECK (LEAST(risk_terms_medium, risk_tied_medium, risk_discount_medium, "
        "risk_silence_medium) > 0)",
        "The limits of the risks are above 0.",
    )

    @api.depends("shows_risks", "risk_tier_ids", "company_id")
    def _compute_risk_hint(self):
        """Say where customers have no lights: the active policy has no such tiers."""
        for policy in self:
            tiers = policy.company_id._get_relationship_policy() if policy.company_id else None
            known = set(tiers.tier_ids.mapped("code")) if tiers else set()
            missing = [code for code in policy.risk_tier_ids.mapped("code") if code not in known]
            is_idle = bool(policy.shows_risks and missing)
            policy.risk_hint = is_idle and self.env._(
                "The active tier policy has no tier with the code %(tiers)s, whose customers "
                "would show the lights. Choose tiers of the active policy.",
                tiers=", ".join(dict.fromkeys(missing)),
            )

    @api.constrains(*[name for names in LIMITS.values() for name in names])
    def _check_risk_limits(self):
        for policy in self:
            for medium, high in LIMITS.values():
                if policy[medium] >= policy[high]:
                    raise ValidationError(
                        self.env._(
                            "“%(high)s” (%(high_value)s) must be more than “%(medium)s” "
                            "(%(medium_value)s). Raise the one or lower the other.",
                            high=self._fields[high]._description_string(self.env),
                            medium=self._fields[medium]._description_string(self.env),
                            high_value=format_short(self.env, policy[high]),
                            medium_value=format_short(self.env, policy[medium]),
                        )
                    )

    @api.constrains("risk_tier_ids")
    def _check_risk_tiers(self):
        for policy in self:
            # A tier of another company may be one that the user must not see, hence sudo.
            foreign = policy.sudo().risk_tier_ids.filtered(
                lambda tier, company=policy.company_id: tier.company_id != company
            )
            if foreign:
                raise ValidationError(
                    self.env._(
                        "“%(tier)s” is a tier of another company. Choose tiers of %(company)s.",
                        tier=foreign[0].display_name,
                        company=policy.company_id.name,
                    )
                )

    @api.model
    @ormcache("company_id")
    def _get_risk_tier_ids(self, company_id):
        """Return the ids of the tiers whose customers' risks are shown, of whatever tier policy
        of the company: a new one goes by the codes, and places its customers only later.

        Kept in memory: every contact's form asks.
        """
        # Everybody who may see a profile may know what is shown on it, hence sudo.
        policy = self.sudo().search([("company_id", "=", company_id)], limit=1)
        if not policy.shows_risks:
            return frozenset()
        codes = policy.risk_tier_ids.mapped("code")
        which = ("code", "in", codes) if codes else ("is_top", "=", True)
        tiers = self.env["crm.relationship.tier"].sudo()
        return frozenset(tiers.search([("company_id", "=", company_id), which]).ids)

    def _get_risk_limits(self):
        """Return ``{sign: (medium from, high from)}``."""
        self.ensure_one()
        return {sign: (self[medium], self[high]) for sign, (medium, high) in LIMITS.items()}
