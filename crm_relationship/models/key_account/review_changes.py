"""What changed between two snapshots of an account plan: values only, no words.

A snapshot is what ``crm.relationship.plan._get_review_snapshots`` returns.
"""

CHAIN_FIELDS = ("support", "coverage", "buying_role", "reports_to_id")
"""Changes of these are told."""

FINISHED = ("continuation", "no", "done")
"""Outcomes of actions that are over, and are no advance."""


def compare_snapshots(old, new):
    """Return ``{group: [change]}``, the groups in the order in which people read them."""
    return {
        "health": compare_health(old["health"], new["health"]),
        "scores": compare_scores(old["scores"], new["scores"]),
        "objectives": compare_objectives(old["objectives"], new["objectives"]),
        "chain": compare_chain(old["chain"], new["chain"]),
        "flags": compare_flags(old["flags"], new["flags"]),
        "actions": compare_actions(old["actions"], new["actions"]),
    }


def compare_health(old, new):
    """Return the health as one change, if it is another one now; None is no health.

    >>> compare_health({"health": 40}, {"health": 55}), compare_health({"health": 4}, {"health": 4})
    ([{'from': 40, 'to': 55}], [])
    """
    before, after = old["health"], new["health"]
    return [{"from": before, "to": after}] if before != after else []


def get_scores(scores):
    """Return ``{code: score}`` of the dimensions, and of the ``total`` at last."""
    found = {dimension["code"]: dimension["score"] for dimension in scores["dimensions"]}
    return {**found, "total": scores["total"]["score"]}


def compare_scores(old, new):
    """Return the scores that are others now; None is no score.

    >>> old = {"dimensions": [{"code": "a", "score": 5}], "total": {"score": 5}}
    >>> new = {"dimensions": [{"code": "a", "score": None}], "total": {"score": 5}}
    >>> compare_scores(old, new)
    [{'code': 'a', 'from': 5, 'to': None}]
    """
    before, after = get_scores(old), get_scores(new)
    codes = [*(code for code in before if code != "total" and code not in after), *after]
    return [
        {"code": code, "from": before.get(code), "to": after.get(code)}
        for code in codes
        if before.get(code) != after.get(code)
    ]


def pair(old, new):
    """Return pairs of what has the same id, None on the side where it is missing."""
    before = {row["id"]: row for row in old}
    after = {row["id"]: row for row in new}
    gone = [(row, None) for key, row in before.items() if key not in after]
    return [*((before.get(key), row) for key, row in after.items()), *gone]


def compare_objectives(old, new):
    """Return the objectives that are new or gone, or whose actual or status changed."""
    return [
        {"from": before, "to": after}
        for before, after in pair(old, new)
        if not before
        or not after
        or any(before[name] != after[name] for name in ("actual", "status"))
    ]


def compare_chain(old, new):
    """Return who came or left, and what changed of the others.

    >>> compare_chain([{"id": 1, "name": "Ann"}], [])
    [{'kind': 'left', 'role': {'id': 1, 'name': 'Ann'}}]
    """
    changes = []
    for before, after in pair(old, new):
        if before and after:
            names = [name for name in CHAIN_FIELDS if before[name] != after[name]]
            if names:
                changes.append({"kind": "changed", "role": after, "old": before, "fields": names})
        else:
            changes.append({"kind": "came" if after else "left", "role": after or before})
    order = ("came", "left", "changed")
    return sorted(changes, key=lambda change: order.index(change["kind"]))


def compare_flags(old, new):
    """Return the red flags that were raised, then those that were cleared.

    >>> compare_flags([{"code": "a"}], [{"code": "b"}])
    [{'kind': 'raised', 'code': 'b'}, {'kind': 'cleared', 'code': 'a'}]
    """
    before, after = ([flag["code"] for flag in flags] for flags in (old, new))
    return [
        *({"kind": "raised", "code": code} for code in after if code not in before),
        *({"kind": "cleared", "code": code} for code in before if code not in after),
    ]


def compare_actions(old, new):
    """Return advances, what is done, goals reached or dropped, and what is overdue."""
    found = {"advance": [], "done": [], "goal": [], "still_overdue": [], "overdue": []}
    for before, after in pair(old["actions"], new["actions"]):
        kind = after and get_action_kind(before or {}, after)
        if kind:
            found[kind].append(after)
    for before, after in pair(old["goals"], new["goals"]):
        if after and after["state"] != "open" and after["state"] != (before or {}).get("state"):
            found["goal"].append(after)
    return [{"kind": kind, "row": row} for kind, rows in found.items() for row in rows]


def get_action_kind(before, after):
    """Return what there is to tell of an action, None if nothing.

    >>> get_action_kind({"is_overdue": True}, {"is_overdue": True, "outcome": "planned"})
    'still_overdue'
    """
    if after["is_overdue"]:
        return "still_overdue" if before.get("is_overdue") else "overdue"
    if after["outcome"] == before.get("outcome"):
        return None
    if after["outcome"] in FINISHED:
        return "done"
    return "advance" if after["outcome"] == "advance" else None
