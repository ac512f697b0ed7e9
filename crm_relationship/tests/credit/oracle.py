"""The rules of the credit score once more, in plain Python on plain data.

Slow, obvious and written from the specification, not from the engine.
"""

from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import ROUND_HALF_UP, Decimal
from fractions import Fraction

from dateutil.relativedelta import relativedelta

from ..grading.oracle import Invoice, net

LEVELS = {"Excellent": 100, "Good": 80, "Fair": 50, "Poor": 20, "Unacceptable": 0}

CRITERIA = {
    "legal_standing": (3, None),
    "business_years": (3, ((0, 20), (1, 40), (3, 70), (5, 85), (10, 100))),
    "management": (3, None),
    "reputation": (3, None),
    "cooperation": (3, None),
    "on_time_share": (12, ((0, 0), (50, 30), (70, 60), (85, 80), (95, 100))),
    "recent_days_late": (9, ((0, 100), (1, 80), (8, 60), (16, 40), (31, 20), (61, 0))),
    "overdue_share": (7, ((0, 100), (Fraction(1, 100), 80), (10, 60), (25, 30), (50, 0))),
    "longest_overdue": (4, ((0, 100), (1, 70), (31, 40), (61, 20), (91, 0))),
    "dispute_count": (3, ((0, 100), (1, 50), (2, 20), (3, 0))),
    "growth": (5, ((-100, 0), (-30, 30), (-10, 60), (0, 80), (10, 100))),
    "purchase_months": (5, ((0, 0), (1, 40), (2, 70), (3, 100))),
    "need_share": (4, ((0, 20), (10, 40), (30, 60), (50, 80), (80, 100))),
    "tenure_years": (3, ((0, 20), (1, 50), (3, 75), (5, 100))),
    "tier_position": (3, ((1, 100), (2, 75), (3, 45), (4, 20))),
    "current_ratio": (7, ((0, 0), (Fraction(4, 5), 30), (1, 50), (Fraction(3, 2), 80), (2, 100))),
    "debt_ratio": (7, ((0, 100), (40, 80), (60, 50), (75, 20), (90, 0))),
    "cash_flow_ratio": (6, ((-1, 0), (0, 30), (Fraction(1, 5), 60), (Fraction(2, 5), 100))),
    "net_margin": (5, ((-100, 0), (0, 40), (3, 70), (8, 100))),
    "return_on_equity": (5, ((-100, 0), (0, 40), (5, 70), (15, 100))),
}
"""Points and bands of the default policy; judged ones have levels instead."""

GRADES = (("AAA", 90), ("AA", 80), ("A", 70), ("B", 60), ("C", 0))
UNKNOWN = Fraction(1, 2)
INFINITE = 10**6


@dataclass
class Statement:
    current_assets: int
    total_assets: int
    current_liabilities: int
    total_liabilities: int
    sales: int
    net_income: int
    cash_flow: int
    end: date
    period: str = "year"


@dataclass
class Customer:
    invoices: list[Invoice] = field(default_factory=list)
    founded: date | None = None
    yearly_need: int = 0
    judged: dict = field(default_factory=dict)
    statement: Statement | None = None
    blocked: int = 0


def quarter(as_of):
    """Return the first day of this month and the two before it."""
    return as_of.replace(day=1) - relativedelta(months=2)


def months_between(first, last):
    """Return the whole months from ``first`` to ``last``."""
    months = (last.year - first.year) * 12 + last.month - first.month
    return months - (1 if last.day < first.day else 0)


def years_until_month_end(first, as_of):
    """Return the years to the last month-end, in whole months."""
    last = as_of if (as_of + timedelta(days=1)).day == 1 else as_of - timedelta(days=as_of.day)
    return Fraction(max(months_between(first, last), 0), 12)


def get_values(customer, as_of, position=None, window=12):
    """Return ``{criterion: value}``, None where it is unknown."""
    values = dict.fromkeys(CRITERIA)
    values |= {name: LEVELS[level] for name, level in customer.judged.items()}
    if customer.founded and customer.founded <= as_of:
        values["business_years"] = years_until_month_end(customer.founded, as_of)
    values |= get_payments(customer, as_of)
    values |= get_purchases(customer, as_of, window)
    if values["tenure_years"] is not None:
        values["tier_position"] = position
        values["dispute_count"] = customer.blocked
    if customer.statement:
        values |= get_ratios(customer.statement, as_of)
    return values


def get_payments(customer, as_of):
    """Return what was paid lately and what is open."""
    sold = [i for i in customer.invoices if i.posted and not i.refund]
    paid = [
        (s.amount, (s.day - i.due).days)
        for i in sold
        for s in i.settlements
        if quarter(as_of) <= s.day <= as_of and not s.credit_note
    ]
    rest = [
        (i.amount - sum(s.amount for s in i.settlements if s.day <= as_of), i.due)
        for i in sold
        if i.due and i.day <= as_of
    ]
    late = [(amount, due) for amount, due in rest if amount > 0 and due < as_of]
    balance = sum(amount for amount, _due in rest if amount > 0)
    weight = sum(amount for amount, _days in paid)
    values = {}
    if weight:
        on_time = sum(amount for amount, days in paid if days <= 0)
        values["on_time_share"] = rounded(Fraction(100 * on_time, weight))
        values["recent_days_late"] = rounded(Fraction(sum(a * d for a, d in paid), weight))
    if any(i.day <= as_of for i in sold):
        overdue = sum(amount for amount, _due in late)
        values["overdue_share"] = Fraction(100 * overdue, balance) if balance else Fraction(0)
        values["longest_overdue"] = max(((as_of - due).days for _a, due in late), default=0)
    return values


def get_purchases(customer, as_of, window):
    """Return what it buys: growth, regularity, our share of its need, tenure."""
    known = [i for i in customer.invoices if i.posted and i.day <= as_of]
    days = [i.day for i in known if not i.refund]
    start = quarter(as_of)
    former_start, former_end = (day - relativedelta(months=12) for day in (start, as_of))
    revenue = net(i for i in known if i.day >= start)
    former = net(i for i in known if former_start <= i.day <= former_end)
    values = {}
    if days:
        values["tenure_years"] = years_until_month_end(min(days), as_of)
        if min(days) < start:
            months = {(day.year, day.month) for day in days if day >= start}
            values["purchase_months"] = len(months)
    if former > 0:
        values["growth"] = Fraction(100 * (revenue - former), former)
    if customer.yearly_need:
        sales = net(i for i in known if i.day > as_of - relativedelta(months=window))
        values["need_share"] = Fraction(sales * 1200, customer.yearly_need * window)
    return values


def rounded(value):
    """Return the value as it is kept, to four places."""
    exact = Decimal(value.numerator) / Decimal(value.denominator)
    return Fraction(exact.quantize(Decimal("0.0001"), rounding=ROUND_HALF_UP))


def get_ratios(statement, as_of):
    """Return the ratios of a statement; infinite where a rule says as good or bad as can be."""
    if statement.end < as_of - relativedelta(months=18):
        return {}
    yearly = 4 if statement.period == "quarter" else 1
    cash, debts = statement.cash_flow * yearly, statement.current_liabilities
    owed, total = statement.total_liabilities, statement.total_assets
    loss = statement.net_income < 0
    flows = (cash > 0) * INFINITE - (cash < 0) * INFINITE
    ratios = {
        "current_ratio": divide(
            statement.current_assets, debts, INFINITE if statement.current_assets else None
        ),
        "debt_ratio": divide(100 * owed, total, INFINITE if owed else None),
        "cash_flow_ratio": divide(cash, debts, flows or None),
        "net_margin": divide(
            100 * statement.net_income, statement.sales, -INFINITE if loss else None
        ),
    }
    if total > owed:
        ratios["return_on_equity"] = divide(100 * statement.net_income * yearly, total - owed, None)
    elif total or owed:
        ratios["return_on_equity"] = -INFINITE
    return ratios


def divide(above, below, without):
    return rounded(Fraction(above, below)) if below else without


def get_share(name, value):
    """Return the share of the points in percent that a value gives."""
    _points, bands = CRITERIA[name]
    if bands is None:
        return value
    reached = [share for low, share in bands if value >= low]
    return reached[-1] if reached else bands[0][1]


def get_score(values):
    """Return the score, the coverage and the grade's code; no score without anything known."""
    score = coverage = Fraction(0)
    for name, (points, _bands) in CRITERIA.items():
        value = values[name]
        if value is None:
            score += points * UNKNOWN
        else:
            score += Fraction(points * get_share(name, value)) / 100
            coverage += points
    if not coverage:
        return None, 0.0, None
    shown = round(float(score), 2)
    return shown, float(coverage), next(code for code, low in GRADES if score >= low)
