"""Numbers as their columns hold them."""

from decimal import Decimal


def decimal(value: float, digits: int = 2) -> Decimal:
    """Return the number that a column of so many ``digits`` holds, without a float's noise."""
    return Decimal(f"{value:.{digits}f}")
