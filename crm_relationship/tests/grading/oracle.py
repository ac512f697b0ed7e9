"""The rules of measuring and tiers once more, in plain Python on plain data.

Slow, obvious and written from the specification, not from the engine: the tests hold
it against what the engine finds.
"""

from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import Decimal
from fractions import Fraction
from math import ceil

from dateutil.relativedelta import relativedelta

DAY = timedelta(days=1)


@dataclass
class Settlement:
    day: date
    amount: int
    credit_note: bool = False


@dataclass
class Invoice:
    customer: int
    day: date
    amount: int
    refund: bool = False
    posted: bool = True
    due: date | None = None
    settlements: list[Settlement] = field(default_factory=list)


def in_window(day, as_of, months, previous=False):
    """Tell whether ``day`` is in the window of ``months`` or in the one before it."""
    end = as_of - relativedelta(months=months) if previous else as_of
    start = as_of - relativedelta(months=months * (2 if previous else 1)) + DAY
    return start <= day <= end


def measure(invoices, as_of, months=12, nurture=90):
    """Return the measures of one customer's ``invoices`` as of a day."""
    known = [invoice for invoice in invoices if invoice.posted and invoice.day <= as_of]
    purchases = [invoice for invoice in known if not invoice.refund]
    days = sorted({invoice.day for invoice in purchases})
    settled = [
        (settlement, invoice)
        for invoice in invoices
        if invoice.posted and not invoice.refund
        for settlement in invoice.settlements
        if settlement.day <= as_of and not settlement.credit_note
    ]
    recent = [(s, i) for s, i in settled if in_window(s.day, as_of, 24)]
    weight = sum(settlement.amount for settlement, _invoice in recent)
    late = sum(s.amount * (s.day - i.due).days for s, i in recent)
    return {
        "purchase_count": len(days),
        "visit_count": sum(in_window(i.day, as_of, months) for i in purchases),
        "first_purchase_date": days[0] if days else None,
        "last_purchase_date": days[-1] if days else None,
        "purchase_interval_days": quantize((days[-1] - days[0]).days if days else 0, len(days) - 1),
        "revenue": net(i for i in known if in_window(i.day, as_of, months)),
        "revenue_previous": net(i for i in known if in_window(i.day, as_of, months, True)),
        "refund_amount": sum(
            i.amount for i in known if i.refund and in_window(i.day, as_of, months)
        ),
        "paid_amount": sum(s.amount for s, _i in settled if in_window(s.day, as_of, months)),
        "settled_amount": weight,
        "days_late": quantize(late, weight),
        "overdue_amount": sum(
            max(i.amount - sum(s.amount for s in i.settlements if s.day <= as_of), 0)
            for i in purchases
            if i.due and i.due < as_of
        ),
        "is_newcomer": bool(days) and (as_of - days[0]).days < nurture,
    }


def net(invoices):
    return sum(-invoice.amount if invoice.refund else invoice.amount for invoice in invoices)


def quantize(amount, divisor):
    """Return the quotient to four places as PostgreSQL rounds, None without divisor."""
    if divisor <= 0:
        return None
    return (Decimal(amount) / divisor).quantize(Decimal("0.0001"), rounding="ROUND_HALF_UP")


def compute_tiers(amounts, shares):
    """Return ``{customer: position}``, 0 the best, by shares of the customers in percent.

    :param amounts: ``{customer: basis}``
    :param shares: exact shares as strings, the lowest tier's left out
    """
    positions = {}
    limits = [
        ceil(sum(map(Decimal, shares[: number + 1])) * len(amounts) / 100)
        for number in range(len(shares))
    ]
    for customer, amount in amounts.items():
        rank = 1 + sum(other > amount for other in amounts.values())
        inside = [position for position, limit in enumerate(limits) if rank <= limit]
        positions[customer] = inside[0] if inside and amount > 0 else len(shares)
    return positions


@dataclass
class Grading:
    """The tier of every customer as it goes from evaluation to evaluation."""

    shares: tuple[str, ...] = ("1", "4", "15")
    grace: int = 2
    stepwise: bool = False
    tiers: dict = field(default_factory=dict)
    below: dict = field(default_factory=dict)

    def evaluate(self, amounts):
        computed = compute_tiers(amounts, self.shares)
        for customer, target in computed.items():
            present = self.tiers.get(customer)
            if present is None or target <= present:
                self.tiers[customer], self.below[customer] = target, 0
            elif self.below[customer] + 1 < self.grace:
                self.below[customer] += 1
            else:
                self.tiers[customer] = present + 1 if self.stepwise else target
                self.below[customer] = 0

    def place(self, amounts):
        computed = compute_tiers(amounts, self.shares)
        for customer in computed.keys() - self.tiers.keys():
            self.tiers[customer], self.below[customer] = computed[customer], 0


def compute_revenue_shares(amounts, shares):
    """Return ``{customer: position}`` by shares of the total in percent (Pareto).

    :param amounts: ``{customer: basis}``
    :param shares: exact shares as strings, the lowest tier's left out
    """
    positive = [Decimal(amount) for amount in amounts.values() if amount > 0]
    limits = [
        sum(map(Decimal, shares[: number + 1])) * sum(positive) / 100
        for number in range(len(shares))
    ]
    positions = {}
    for customer, amount in amounts.items():
        greater = sum(other for other in positive if other > amount)
        inside = [place for place, limit in enumerate(limits) if greater < limit]
        positions[customer] = inside[0] if inside and amount > 0 else len(shares)
    return positions


def compute_thresholds(amounts, minimums):
    """Return ``{customer: position}`` by minimum amounts, the best tier's first."""
    positions = {}
    for customer, amount in amounts.items():
        inside = [place for place, minimum in enumerate(minimums) if amount >= minimum]
        positions[customer] = inside[0] if inside and amount > 0 else len(minimums)
    return positions


def compute_behaviour(visits, conditions, months):
    """Return the position of one customer by its behaviour.

    :param visits: the window's purchases, ``(amount, guests or None)``
    :param conditions: ``(visits a month, average spend, amount a month)``, best tier first
    """
    total = sum(amount for amount, _guests in visits)
    with_guests = [(amount, guests) for amount, guests in visits if guests]
    if with_guests:
        average = Fraction(sum(a for a, _g in with_guests), sum(g for _a, g in with_guests))
    else:
        average = Fraction(total, len(visits) or 1)
    reached = (Fraction(len(visits), months), average, Fraction(total, months))
    for place, condition in enumerate(conditions):
        if total > 0 and all(have >= asked for have, asked in zip(reached, condition, strict=True)):
            return place
    return len(conditions)
