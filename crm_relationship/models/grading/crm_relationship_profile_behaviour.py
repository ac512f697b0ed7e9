from odoo import api, fields, models
from odoo.tools import float_round, format_list

from ...engine.measurement import WINDOW_MONTHS


def round_down(amount, currency):
    """Return ``amount`` rounded to the currency's unit, never up: what is shown as the
    minimum has reached it.
    """
    return float_round(amount, precision_rounding=currency.rounding, rounding_method="DOWN")


class CrmRelationshipProfile(models.Model):
    """How a customer buys: visits a month and average spend, which the method purchase
    behaviour sorts by.
    """

    _inherit = "crm.relationship.profile"

    visits_per_month = fields.Float(
        compute="_compute_behaviour",
        digits=(9, 2),
        aggregator=None,
        help="Purchase documents within the window, divided by its months.",
    )
    revenue_per_month = fields.Monetary(
        compute="_compute_behaviour",
        aggregator=None,
        help="Revenue of the window, divided by its months.",
    )
    average_spend = fields.Monetary(
        compute="_compute_behaviour",
        aggregator=None,
        help="Per guest over the purchases whose guests are known, else revenue per visit.",
    )
    average_spend_per = fields.Selection(
        [("guest", "per guest"), ("visit", "per visit")], compute="_compute_behaviour"
    )

    @api.depends("visit_count", "guest_count", "guest_revenue", "revenue")
    def _compute_behaviour(self):
        months = {
            company: company.sudo()._get_relationship_policy().window_months or WINDOW_MONTHS
            for company in self.company_id  # everybody may know the window, hence sudo
        }
        for profile in self:
            window = months[profile.company_id]
            profile.visits_per_month = profile.visit_count / window
            profile.revenue_per_month = round_down(profile.revenue / window, profile.currency_id)
            spent, among, per = profile._get_spending()
            profile.average_spend = round_down(spent / among, profile.currency_id) if among else 0
            profile.average_spend_per = per if among else False

    def _get_spending(self):
        """Return what the average spend is taken of: the amount, how many, and of what."""
        self.ensure_one()
        if self.guest_count:
            return self.guest_revenue, self.guest_count, "guest"
        return self.revenue, self.visit_count, "visit"

    def _explain_behaviour(self, policy, window):
        """Return what the customer is placed by, and what its average is taken of.

        :param window: the formatted ``start`` and ``end`` of the window
        """
        values = {
            **window,
            "count": self.visit_count,
            "visits": self.visit_count / policy.window_months,
            "average": self._format_amount(self.average_spend),
            "amount": self._format_amount(
                round_down(self.revenue / policy.window_months, self.currency_id)
            ),
        }
        if self.guest_count:
            return self.env._(
                "From %(start)s to %(end)s: %(count)s visits, that is %(visits).4g a month; "
                "%(average)s per guest, over the %(guests)s guests that are known; %(amount)s a "
                "month.",
                guests=self.guest_count,
                **values,
            )
        return self.env._(
            "From %(start)s to %(end)s: %(count)s visits, that is %(visits).4g a month; "
            "%(average)s per visit, for no guests are known; %(amount)s a month.",
            **values,
        )

    def _explain_missing_behaviour(self, policy, live):
        """Return what the next better tier asks for and the customer lacks."""
        tiers = policy.tier_ids
        place = tiers.ids.index(live.id) if live else len(tiers) - 1
        if not place:
            return self.env._("No tier is better.")
        better = tiers[place - 1]
        lacking = self._get_lacking(better, policy.window_months)
        return bool(lacking) and self.env._(
            "Missing for %(tier)s: %(lacking)s.",
            tier=better.display_name,
            lacking=format_list(self.env, lacking),
        )

    def _get_lacking(self, tier, months):
        """Return the conditions of ``tier`` that are not met, each with what is missing."""
        spent, among, _per = self._get_spending()
        rounding = self.currency_id.rounding
        visits = tier.visits_min - self.visit_count / months
        average = (tier.average_min * (among or 1) - spent) / (among or 1)
        amount = (tier.monthly_amount_min * months - self.revenue) / months
        # What is missing is rounded up: half a cent too little is too little.
        average, amount = (
            float_round(missing, precision_rounding=rounding, rounding_method="UP")
            if float_round(missing, precision_digits=6) > 0
            else 0
            for missing in (average, amount)
        )
        lacking = []
        if visits > 0:
            lacking.append(self.env._("%(visits).4g visits a month", visits=visits))
        if average > 0 and self.guest_count:
            lacking.append(self.env._("%s per guest", self._format_amount(average)))
        elif average > 0:
            lacking.append(self.env._("%s per visit", self._format_amount(average)))
        if amount > 0:
            lacking.append(self.env._("%s a month", self._format_amount(amount)))
        return lacking
