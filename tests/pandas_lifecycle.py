"""The lifecycle of all customers at once, in pandas: an independent computation for CDNOW.

Its customers are known for 18 months, so nobody is a customer since two windows and no revenue is
compared with that of the window before.
"""

import pandas as pd

UPWARD = ["prospect", "exploration", "formation", "stability"]
USUAL_DAYS = 90
OWN_RHYTHM = 3
FORMATION, STABILITY = (3, 90), (6, 365)
DECLINE, LOST = (2, 30), (4, 180)


def evaluate(table, state, as_of):
    """The stages after a month-end.

    :param table: `purchases`, `first` and `last` of every customer that has bought
    :param state: what the month-end before returned
    :return: `stage`, the day `since`, the last purchase `known` then, and `won_back`
    """
    target = find_targets(table, as_of)
    former = state.reindex(table.index)
    bought = (table["last"] > former["known"]).fillna(False)
    stage = [
        move(*row)
        for row in zip(
            former["stage"], target, bought, is_at_least(table, FORMATION, as_of), strict=True
        )
    ]
    found = pd.DataFrame({"stage": stage}, index=table.index)
    changed = found["stage"] != former["stage"]
    found["since"] = former["since"].where(~changed, as_of)
    found["known"] = former["known"].where(~changed, table["last"])
    gone = former["stage"].isin(["decline", "lost"])
    found["won_back"] = gone & found["stage"].isin(UPWARD)
    return found


def find_targets(table, as_of):
    """The stage that the rules give to each customer."""
    silence = (as_of - table["last"]).dt.days
    gaps = table["purchases"] - 1
    span = (table["last"] - table["first"]).dt.days
    own = table["purchases"] >= OWN_RHYTHM
    usual = round((span[own] / gaps[own]).median(), 4) if own.any() else USUAL_DAYS

    def is_silent(factor, days):
        by_own = silence * gaps > factor * span  # without a division
        by_all = silence > factor * usual
        return by_own.where(own, by_all) & (silence >= days)

    target = pd.Series("exploration", index=table.index)
    target[is_at_least(table, FORMATION, as_of)] = "formation"
    target[is_at_least(table, STABILITY, as_of)] = "stability"
    target[is_silent(*DECLINE)] = "decline"
    target[is_silent(*LOST)] = "lost"
    return target


def is_at_least(table, limits, as_of):
    purchases, days = limits
    return (table["purchases"] >= purchases) & ((as_of - table["first"]).dt.days >= days)


def move(former, target, bought, is_formed):
    """One customer's next stage."""
    if pd.isna(former) or target == "lost":
        return target
    if target == "decline":
        return former if former == "lost" and not bought else target
    if former in ("decline", "lost"):
        back = "formation" if is_formed else "exploration"
        return back if bought else former
    return UPWARD[min(UPWARD.index(target), UPWARD.index(former) + 1)]
