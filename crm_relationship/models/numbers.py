"""Numbers as their columns hold them, and as people read them."""

from decimal import Decimal

from odoo.tools import formatLang


def decimal(value: float, digits: int = 2) -> Decimal:
    """Return the number that a column of so many ``digits`` holds, without a float's noise."""
    return Decimal(f"{value:.{digits}f}")


def format_short(env, value, digits=2):
    """Return a number as people of the language write it, with the decimals it needs.

    :param digits: decimals at most
    """
    rounded = round(float(value), digits) or 0.0  # never minus zero
    needed = next(n for n in range(digits + 1) if round(rounded, n) == rounded)
    return formatLang(env, rounded, digits=needed)
