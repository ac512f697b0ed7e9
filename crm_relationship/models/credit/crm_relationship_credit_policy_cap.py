from odoo import api, fields, models
from odoo.exceptions import ValidationError

from ...engine.tier_cap import TierCap


class CrmRelationshipCreditPolicy(models.Model):
    """The credit may cap the tier: below a grade nobody has a better tier than a given one."""

    _inherit = "crm.relationship.credit.policy"

    caps_tier = fields.Boolean("Credit Caps the Tier", tracking=True)
    cap_grade_id = fields.Many2one(
        "crm.relationship.credit.grade",
        "Below Grade",
        domain="[('policy_id', '=', id), ('score_from', '>', 0)]",
        ondelete="restrict",
        tracking=True,
        help="Customers whose grade is below this one are capped. The approved grade counts "
        "until it expires, else the automatic one; who has no grade is not capped.",
    )
    cap_tier_id = fields.Many2one(
        "crm.relationship.tier",
        "No Better Than",
        domain="[('company_id', '=', company_id), ('policy_id.state', '=', 'active'), "
        "('is_top', '=', False)]",
        ondelete="restrict",
        tracking=True,
        help="The best tier that they may have. It is found in a new tier policy by its code.",
    )
    cap_hint = fields.Char(compute="_compute_cap_hint")

    @api.depends("caps_tier", "cap_grade_id", "cap_tier_id", "company_id")
    def _compute_cap_hint(self):
        """Say where the cap does nothing: the tier is none of the active policy's."""
        for policy in self:
            tiers = policy.company_id._get_relationship_policy() if policy.company_id else None
            is_idle = policy.caps_tier and policy.cap_tier_id and not policy._get_tier_cap(tiers)
            policy.cap_hint = is_idle and self.env._(
                "The active tier policy has no tier with the code %(tier)s below its best one, so "
                "nobody is capped. Choose one of its tiers.",
                tier=policy.cap_tier_id.code,
            )

    @api.constrains("caps_tier", "cap_grade_id", "cap_tier_id", "grade_ids")
    def _check_cap(self):
        for policy in self.filtered("caps_tier"):
            grade, tier = policy.cap_grade_id, policy.cap_tier_id
            if not (grade and tier):
                raise ValidationError(
                    self.env._(
                        "Say below which grade the credit caps the tier, and which tier is then "
                        "the best."
                    )
                )
            if grade.policy_id != policy or not grade.score_from:
                raise ValidationError(
                    self.env._(
                        "Nobody is below %(grade)s. Choose a better grade of this policy.",
                        grade=grade.code,
                    )
                )
            if tier.company_id != policy.company_id or tier.is_top:
                raise ValidationError(
                    self.env._(
                        "%(tier)s caps nobody. Choose a tier of the company that is not its best.",
                        tier=tier.display_name,
                    )
                )

    def _get_tier_cap(self, tier_policy) -> TierCap | None:
        """Return whom the company caps and where, None where it caps nobody.

        :param tier_policy: the company's active one; may be none
        """
        # The tier of a former policy is known by its code.
        codes = tier_policy.tier_ids.mapped("code") if tier_policy else []
        if not self.caps_tier or self.cap_tier_id.code not in codes[1:]:
            return None
        low = self.grade_ids.filtered(lambda each: each.score_from < self.cap_grade_id.score_from)
        return TierCap(
            grades=tuple(low.sorted("score_from").ids),
            position=codes.index(self.cap_tier_id.code) + 1,
            grade=self.cap_grade_id.code,
            tier=self.cap_tier_id.code,
        )
