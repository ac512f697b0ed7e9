from typing import NamedTuple

from odoo import models
from odoo.tools import float_round

from .crm_relationship_role import DECIDERS

FULL = 100
SUPPORT_FROM, SUPPORT_STEPS = -2, 4
"""The lowest support, and how many steps it is from there to the highest one."""


class Line(NamedTuple):
    """What a score is made of: a contact, or a part that the rule names."""

    what: object
    """The role, or the name of the part."""
    points: float
    weight: float
    best: float = FULL
    """The points that it can have at most."""

    def get_gain(self, weight):
        """Return by how much the score rises if this gets its best points.

        :param weight: that of all lines together
        """
        return (self.best - self.points) * self.weight / weight


def mean(pairs):
    """Return the weighted mean of ``(value, weight)``, None of nothing."""
    pairs = list(pairs)
    total = sum(weight for _value, weight in pairs)
    return sum(value * weight for value, weight in pairs) / total if total else None


def get_score(pairs):
    """Return the weighted mean as a score: a whole number, halves go up. None of nothing."""
    value = mean(pairs)
    return None if value is None else int(float_round(value, precision_digits=0))


class CrmRelationshipPlanDimension(models.Model):
    """The rules: each makes lines of points and weights, the score is their weighted mean."""

    _inherit = "crm.relationship.plan.dimension"

    def _get_lines(self, plan, roles, days):
        """Return the lines that the score of a plan is the mean of, none without a chain.

        :param days: ``{role id: days since the last contact}``, without those never seen
        """
        self.ensure_one()
        if not roles or self.rule == "judged":
            return []
        return getattr(self, f"_rate_{self.rule}")(plan, roles, days)

    def _rate_coverage(self, _plan, roles, _days):
        return [
            Line(
                role,
                self[f"{role.coverage}_points"],
                self._get_influence(role),
                self.deep_points,
            )
            for role in roles
        ]

    def _rate_support(self, _plan, roles, _days):
        lines = []
        for role in roles:
            points = (role.support_score - SUPPORT_FROM) * FULL / SUPPORT_STEPS
            if role.competitor_id:
                points = min(points, self.rival_cap)
            factor = self.decider_factor if role.buying_role in DECIDERS else 1
            lines.append(Line(role, points, self._get_influence(role) * factor))
        return lines

    def _rate_sponsor(self, plan, roles, days):
        executives = roles.filtered(lambda role: role.level == "high")
        seen = executives.filtered(lambda role: self._is_in_time(role, days))
        share = mean((FULL * (role in seen), self._get_influence(role)) for role in executives)
        is_decider_seen = any(role.buying_role in DECIDERS for role in seen)
        return [
            Line("sponsor", FULL * bool(plan.sponsor_id), self.sponsor_weight),
            Line("executives", share or 0, self.executive_weight),
            Line("decider", FULL * is_decider_seen, self.decider_weight),
        ]

    def _rate_rhythm(self, _plan, roles, days):
        return [
            Line(role, self._get_rhythm_points(role, days), self._get_influence(role))
            for role in roles
        ]

    def _get_influence(self, role):
        """Return what a contact weighs."""
        return int(role.influence or 0) or self.unjudged_influence

    def _get_wanted_days(self, role):
        """Return how often a contact is to be seen; one without a level as the middle one."""
        return self[f"days_{role.level or 'middle'}"]

    def _is_in_time(self, role, days):
        return role.id in days and days[role.id] <= self._get_wanted_days(role)

    def _get_rhythm_points(self, role, days):
        if self._is_in_time(role, days):
            return FULL
        late = self._get_wanted_days(role) * self.late_factor
        return self.late_points if role.id in days and days[role.id] <= late else 0
