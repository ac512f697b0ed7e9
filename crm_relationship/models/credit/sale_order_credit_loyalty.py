from contextlib import contextmanager

from odoo import models


class SaleOrder(models.Model):
    """Of rewards and prices that are computed anew the check judges the result.

    Odoo first sets rewards to nothing, which makes a confirmed order larger for a moment.
    """

    _inherit = "sale.order"

    def _update_programs_and_rewards(self):
        with self._guard_confirmed() as guarded:
            return super(SaleOrder, guarded)._update_programs_and_rewards()

    def _apply_program_reward(self, reward, coupon, **kwargs):
        with self._guard_confirmed() as guarded:
            return super(SaleOrder, guarded)._apply_program_reward(reward, coupon, **kwargs)

    def _recompute_prices(self):
        with self._guard_confirmed() as guarded:
            return super(SaleOrder, guarded)._recompute_prices()

    @contextmanager
    def _guard_confirmed(self):
        """Check those that are confirmed for what is written in this block.

        Yields the orders to write with. Quotations are left alone, of which Odoo computes many
        at once when they are confirmed.
        """
        confirmed = self.filtered(lambda order: order.state == "sale")
        with confirmed._guard_credit() as (guarded, _vals):
            yield self.with_context(**guarded.env.context)
