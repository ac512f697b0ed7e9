"""The rules of the lifecycle and of the ladder once more, in plain Python on plain data.

Slow, obvious and written from the specification, not from the engine.
"""

from dataclasses import dataclass
from datetime import date
from decimal import ROUND_HALF_UP, Decimal
from fractions import Fraction
from statistics import median

from dateutil.relativedelta import relativedelta

from ..grading.oracle import in_window

ORDER = ("prospect", "exploration", "formation", "stability")
STEPS = ("first_time", "repeat", "client", "member", "advocate")


@dataclass(frozen=True)
class Rules:
    """The limits of the stages; what they say by default."""

    formation: tuple = (3, 90)
    stability: tuple = (6, 365, 80)
    decline: tuple = (2, 30, 50)
    lost: tuple = (4, 180)
    window: int = 12


@dataclass(frozen=True)
class Facts:
    """What is known of a customer on a day."""

    as_of: date
    days: tuple
    revenue: Decimal
    previous: Decimal
    window: int

    @property
    def tenure(self):
        return (self.as_of - self.days[0]).days

    @property
    def silence(self):
        return (self.as_of - self.days[-1]).days

    @property
    def rhythm(self):
        """The mean interval, None before the third purchase day."""
        if len(self.days) < 3:
            return None
        return Fraction((self.days[-1] - self.days[0]).days, len(self.days) - 1)

    def brings_less_than(self, percent):
        """Tell whether the revenue fell below a part of the former one, where that is asked."""
        two_windows = self.as_of - relativedelta(months=2 * self.window)
        asked = self.days[0] <= two_windows and self.previous > 0
        return asked and Fraction(self.revenue) * 100 < Fraction(percent) * Fraction(self.previous)


def get_facts(purchases, as_of, window=12):
    """Return what ``purchases`` tell: ``[(day, amount, is_refund)]``."""
    known = [purchase for purchase in purchases if purchase[0] <= as_of]
    return Facts(
        as_of=as_of,
        days=tuple(sorted({day for day, _amount, is_refund in known if not is_refund})),
        revenue=net(known, as_of, window, previous=False),
        previous=net(known, as_of, window, previous=True),
        window=window,
    )


def net(purchases, as_of, window, previous):
    return sum(
        -amount if is_refund else amount
        for day, amount, is_refund in purchases
        if in_window(day, as_of, window, previous)
    )


def get_median(all_facts):
    """Return the median rhythm to four places, None where nobody has one."""
    rhythms = [facts.rhythm for facts in all_facts if facts.rhythm is not None]
    if not rhythms:
        return None
    middle = median(rhythms)
    exact = Decimal(middle.numerator) / Decimal(middle.denominator)
    return exact.quantize(Decimal("0.0001"), rounding=ROUND_HALF_UP)


def get_target(facts, rules, usual, dismissed=False):
    """Return the stage that the rules give, the strongest statement first.

    :param usual: the rhythm of who has none of its own
    """
    if dismissed:
        return "lost"
    if not facts.days:
        return "prospect"
    count = len(facts.days)
    rhythm = Fraction(usual) if facts.rhythm is None else facts.rhythm
    if is_silent(facts, rhythm, *rules.lost):
        return "lost"
    factor, days, percent = rules.decline
    if is_silent(facts, rhythm, factor, days) or facts.brings_less_than(percent):
        return "decline"
    least, tenure, percent = rules.stability
    if count >= least and facts.tenure >= tenure and not facts.brings_less_than(percent):
        return "stability"
    return "formation" if is_formed(facts, rules) else "exploration"


def is_silent(facts, rhythm, factor, days):
    return facts.silence > Fraction(factor) * rhythm and facts.silence >= days


def is_formed(facts, rules):
    least, tenure = rules.formation
    return len(facts.days) >= least and facts.tenure >= tenure


@dataclass
class Relationship:
    """A relationship that remembers: its stage, since when, and the way there."""

    stage: str | None = None
    since: date | None = None
    known: date | None = None

    def grade(self, facts, target, rules, is_month_end):
        """Let a day pass; return the change as ``(from, to)``, None without one."""
        former, self.stage = self.stage, self.get_next(facts, target, rules, is_month_end)
        if former == self.stage:
            return None
        self.since = facts.as_of
        self.known = facts.days[-1] if facts.days else None
        return former, self.stage

    def has_bought(self, facts):
        """Tell whether it bought after entering: on that day, it is one not known then."""
        last = facts.days[-1] if facts.days else None
        return bool(last) and last >= self.since and last != self.known

    def get_next(self, facts, target, rules, is_month_end):
        if self.stage is None or target == "lost":
            return target
        bought = self.has_bought(facts)
        if target == "decline":
            return "lost" if self.stage == "lost" and not bought else "decline"
        if not is_month_end:
            return self.stage
        if self.stage in ("decline", "lost") and target != "prospect":
            back = "formation" if is_formed(facts, rules) else "exploration"
            return back if bought else self.stage
        return self.climb(target)

    def climb(self, target):
        """Return the stage one step up, or the target below."""
        if target in ORDER and self.stage in ORDER:
            return ORDER[min(ORDER.index(target), ORDER.index(self.stage) + 1)]
        return target


@dataclass
class Ties:
    """What else ties a customer to the company."""

    open_deals: int = 0
    lost_deals: int = 0
    cards: int = 0
    referred_buyers: int = 0
    mark: str | None = None
    need: int = 0


def get_step(facts, stage, ties):
    """Return the highest step of the ladder that holds."""
    count = len(facts.days)
    if not count:
        if ties.mark == "disqualified":
            return "disqualified"
        if ties.open_deals:
            return "prospect"
        return "disqualified" if ties.lost_deals else "suspect"
    share = Fraction(facts.revenue) * 12 / facts.window
    has_share = ties.need <= 0 or share >= Fraction(80, 100) * ties.need
    is_client = count >= 5 and stage not in ("decline", "lost") and has_share
    holds = {
        "first_time": True,
        "repeat": count >= 2,
        "client": is_client,
        "member": is_client and ties.cards,
        "advocate": ties.referred_buyers or ties.mark == "advocate",
    }
    return [step for step in STEPS if holds[step]][-1]
