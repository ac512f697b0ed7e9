from odoo import models


class SaleOrder(models.Model):
    """Of rewards and prices that are computed anew the check judges the result.

    Odoo first sets rewards to nothing, which makes a confirmed order larger for a moment.
    """

    _inherit = "sale.order"

    def _update_programs_and_rewards(self):
        with self._guard_credit() as (guarded, _vals):
            return super(SaleOrder, guarded)._update_programs_and_rewards()

    def _apply_program_reward(self, reward, coupon, **kwargs):
        with self._guard_credit() as (guarded, _vals):
            return super(SaleOrder, guarded)._apply_program_reward(reward, coupon, **kwargs)

    def _recompute_prices(self):
        with self._guard_credit() as (guarded, _vals):
            return super(SaleOrder, guarded)._recompute_prices()
