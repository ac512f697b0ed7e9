"""Ladder: the step of the customer ladder, as SQL on the columns of a profile.

The highest step that holds; the ladder has no memory. A purchase beats everything that is
said of who has not bought, and a manual mark beats opportunities.
"""

from decimal import Decimal

from odoo.tools import SQL

from .periods import MONTHS_PER_YEAR

STEPS = (
    "suspect", "prospect", "first_time", "repeat", "client", "member", "advocate", "disqualified",
)  # fmt: skip
"""Codes of the steps in their order; the last one stands beside the ladder."""

CLIENT_PURCHASES = 5
"""Purchase days from which on a buyer is a client."""

CLIENT_SHARE = Decimal(80)
"""Percent of the yearly need that a client buys from us, where the need is known."""


def step(window_months: int, profile: SQL, is_fading: SQL, mark: SQL, need: SQL) -> SQL:
    """Return the code of the step.

    :param window_months: months that the profile's revenue is of
    :param profile: alias of a table with the columns of the profile
    :param is_fading: whether the customer is declining or lost
    :param mark: the manual mark
    :param need: the yearly need, empty or zero where it is not known
    """
    return SQL(
        """CASE WHEN %(profile)s.purchase_count > 0 THEN
                CASE WHEN %(profile)s.referred_buyer_count > 0 OR %(mark)s = 'advocate'
                     THEN 'advocate'
                     WHEN %(profile)s.purchase_count >= %(client)s AND NOT %(is_fading)s
                      AND (COALESCE(%(need)s, 0) <= 0
                           OR %(profile)s.revenue * %(yearly)s >= %(share)s * %(need)s)
                     THEN CASE WHEN %(profile)s.card_count > 0 THEN 'member' ELSE 'client' END
                     WHEN %(profile)s.purchase_count > 1 THEN 'repeat'
                     ELSE 'first_time' END
                WHEN %(mark)s = 'disqualified' THEN 'disqualified'
                WHEN %(profile)s.open_deal_count > 0 THEN 'prospect'
                WHEN %(profile)s.lost_deal_count > 0 THEN 'disqualified'
                ELSE 'suspect' END""",
        profile=profile,
        is_fading=is_fading,
        mark=mark,
        need=need,
        client=CLIENT_PURCHASES,
        # revenue / months * 12 >= share % of the need, without a division
        yearly=100 * MONTHS_PER_YEAR,
        share=CLIENT_SHARE * window_months,
    )
