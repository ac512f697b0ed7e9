from odoo import api, fields, models
from odoo.tools import format_amount, format_list


class CrmRelationshipTierPolicy(models.Model):
    """Says in sentences what a policy does."""

    _inherit = "crm.relationship.tier.policy"

    summary = fields.Text(
        "In Words", compute="_compute_summary", help="What the policy does, in sentences."
    )

    @api.depends(
        "method", "basis", "window_months", "period", "grace_evaluations", "fall", "nurture_days",
        "domain", "only_buyers", "currency_id", "tier_ids.share", "tier_ids.name", "tier_ids.code",
        "tier_ids.sequence", "tier_ids.amount_min", "tier_ids.visits_min", "tier_ids.average_min",
        "tier_ids.monthly_amount_min",
    )  # fmt: skip
    def _compute_summary(self):
        for policy in self:
            policy.summary = " ".join(policy._explain())

    def _explain(self):
        """Return the sentences that say what the policy does."""
        self.ensure_one()
        return [
            self._explain_ranking(),
            self._explain_tiers(),
            *self._explain_who(),
            self._explain_moves(),
            self.env._(
                "A customer is a newcomer for %(days)s days from its first purchase.",
                days=self.nurture_days,
            ),
        ]

    def _explain_who(self):
        """Return which customers the policy sorts, where it is not everybody."""
        sentences = []
        if self._is_filtered():
            sentences.append(self.env._("Only the customers in the filter get a tier."))
        if self.only_buyers:
            sentences.append(
                self.env._(
                    "Who bought nothing in the window takes the lowest tier and does not count in "
                    "the shares."
                )
                if self.method == "customers"
                else self.env._("Who bought nothing in the window takes the lowest tier.")
            )
        return sentences

    def _is_filtered(self):
        return (self.domain or "[]").strip() != "[]"

    def _explain_ranking(self):
        """Return by what amount, or by what behaviour, customers are sorted."""
        months = self.window_months
        if self.method == "behaviour":
            return self.env._(
                "Customers are sorted by how they bought in the last %(months)s months: visits a "
                "month, average spend per guest (per visit where no guests are known) and amount a "
                "month, all together.",
                months=months,
            )
        sentences = {
            "revenue": self.env._(
                "Customers are ranked by the revenue invoiced in the last %(months)s months.",
                months=months,
            ),
            "margin": self.env._(
                "Customers are ranked by the margin of the last %(months)s months.",
                months=months,
            ),
            "paid": self.env._(
                "Customers are ranked by what they paid in the last %(months)s months.",
                months=months,
            ),
        }
        return sentences[self.basis]

    def _explain_tiers(self):
        """Return the sentence with the cuts, such as "The best 1 % are A · VIP, …"."""
        tiers = self.tier_ids.sorted("sequence")
        if len(tiers) < 2:
            return self.env._("It has no tiers yet.")
        if self.method == "customers":
            return self._explain_shares_of_customers(tiers)
        parts = [
            self.env._("%(tier)s %(condition)s", tier=tier.display_name, condition=condition)
            for tier in tiers[:-1]
            if (condition := self._explain_condition(tier))
        ]
        return self.env._(
            "%(tiers)s; all others are %(lowest)s.",
            tiers="; ".join(parts),
            lowest=tiers[-1].display_name,
        )

    def _explain_shares_of_customers(self, tiers):
        parts = [
            self.env._(
                "the next %(share).4g %% are %(tier)s, ", share=tier.share, tier=tier.display_name
            )
            for tier in tiers[1:-1]
        ]
        return self.env._(
            "The best %(share).4g %% are %(best)s, %(next)sall others %(lowest)s.",
            share=tiers[0].share,
            best=tiers[0].display_name,
            next="".join(parts),
            lowest=tiers[-1].display_name,
        )

    def _explain_condition(self, tier):
        """Return what ``tier`` asks for, to stand behind its name; empty for the lowest."""
        self.ensure_one()
        if tier.is_lowest:
            return ""
        if self.method == "customers":
            return self.env._("up to %(share).4g %% of the customers", share=tier.cumulative_share)
        if self.method == "revenue_share":
            return self.env._("up to %(share).4g %% of the total", share=tier.cumulative_share)
        if self.method == "threshold":
            return self.env._("from %(amount)s", amount=self._format_amount(tier.amount_min))
        return self._explain_behaviour(tier)

    def _explain_behaviour(self, tier):
        asked = [
            (
                tier.visits_min,
                self.env._("%(visits).4g visits a month", visits=tier.visits_min),
            ),
            (
                tier.average_min,
                self.env._(
                    "%(amount)s per guest or visit", amount=self._format_amount(tier.average_min)
                ),
            ),
            (
                tier.monthly_amount_min,
                self.env._(
                    "%(amount)s a month", amount=self._format_amount(tier.monthly_amount_min)
                ),
            ),
        ]
        conditions = [text for minimum, text in asked if minimum]
        if not conditions:
            return self.env._("from what is still to be filled in")
        return self.env._("from %(conditions)s", conditions=format_list(self.env, conditions))

    def _format_amount(self, amount):
        """Return the amount in the policy's currency; templates have none."""
        if self.currency_id:
            return format_amount(self.env, amount, self.currency_id, trailing_zeroes=False)
        return f"{amount:,.10g}"

    def _explain_moves(self):
        when = {
            "daily": self.env._("Tiers are evaluated every day."),
            "monthly": self.env._("Tiers are evaluated at month-ends."),
            "quarterly": self.env._("Tiers are evaluated at quarter-ends."),
        }
        falls = (
            self.env._("Customers rise at once and fall at the first evaluation below.")
            if self.grace_evaluations == 1
            else self.env._(
                "Customers rise at once and fall after %(count)s evaluations in a row below.",
                count=self.grace_evaluations,
            )
        )
        step = [self.env._("They fall one tier at a time.")] if self.fall == "step" else []
        return " ".join([when[self.period], falls, *step])
