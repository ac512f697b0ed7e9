from odoo import api, fields, models


class CrmRelationshipProfile(models.Model):
    """The tier that the credit caps."""

    _inherit = "crm.relationship.profile"

    is_tier_capped = fields.Boolean(
        "Capped by Credit",
        readonly=True,
        help="By its amount the customer would have a better tier than its credit grade allows.",
    )

    _capped_idx = models.Index("(company_id) WHERE is_tier_capped IS TRUE")

    @api.depends("is_tier_capped")
    def _compute_remark(self):
        return super()._compute_remark()

    def _get_remarks(self):
        capped = (self._is_cap_in_force(), self.env._("Capped by credit"))
        return [*super()._get_remarks(), capped]

    def _get_decided_tier(self):
        """Without a manual tier the credit caps at once, too, where one is taken back."""
        tier = super()._get_decided_tier()
        policy = self.company_id._get_relationship_policy()
        cap = None if self.override_tier_id else self._get_tier_cap(policy)
        tiers = policy.tier_ids
        if cap and tier in tiers and self._get_valid_credit_grade().id in cap.grades:
            return tiers[max(tiers.ids.index(tier.id), cap.position - 1)]
        return tier

    def _get_tier_cap(self, policy):
        # Whoever may decide a tier by hand need not know the credit policy, hence sudo.
        policies = self.env["crm.relationship.credit.policy"].sudo()
        return policies._get_of_company(self.company_id)._get_tier_cap(policy.sudo())

    def _apply_override(self, note=None):
        result = super()._apply_override(note)
        for profile in self:
            policy = profile.company_id._get_relationship_policy()
            capped = (
                not profile.override_tier_id
                and profile._get_decided_tier() != profile.computed_tier_id
            )
            if profile.is_tier_capped != capped and policy:
                profile.sudo().is_tier_capped = capped  # the engine's to write, as the tier
        return result

    def _explain_standing(self, policy):
        return [
            *super()._explain_standing(policy),
            *([("warning", self._explain_cap(policy))] if self._is_cap_in_force() else []),
        ]

    def _follow_assessments(self):
        """Let a grade that was approved, or whose approval ended, cap the tier at once."""
        moved = super()._follow_assessments()
        capping = self.env["crm.relationship.credit.policy"].sudo()  # as in _get_tier_cap
        capping = capping.search(
            [("company_id", "in", moved.company_id.ids), ("caps_tier", "=", True)]
        )
        capped = moved.filtered(lambda profile: profile.company_id in capping.company_id)
        if capped:
            self._score_at_once(capped.partner_id)
        return moved

    def _is_cap_in_force(self):
        return self.is_tier_capped and not self.override_tier_id

    def _explain_cap(self, policy):
        """Return why the tier is not better: the grade, the rule, and what the cuts give."""
        cap = self._get_tier_cap(policy)
        grade = self._get_valid_credit_grade()
        if not cap or not grade:
            return self.env._(
                "It was capped by its credit. The next recalculation gives it the computed tier, "
                "%(tier)s.",
                tier=self.computed_tier_id.display_name,
            )
        return self.env._(
            "Capped by its credit: its grade is %(grade)s, and below %(limit)s nobody has a better "
            "tier than %(tier)s. By the cuts of the last evaluation it would be %(computed)s. A "
            "better grade lets it rise at once, and a manual tier beats the cap.",
            grade=grade.code,
            limit=cap.grade,
            tier=policy.tier_ids[cap.position - 1].display_name,
            computed=self.computed_tier_id.display_name,
        )

    def _explain_live(self, policy, live):
        return False if self._is_cap_in_force() else super()._explain_live(policy, live)
