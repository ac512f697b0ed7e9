from odoo import models

from .crm_relationship_plan_dimension import PARAMETERS
from .crm_relationship_role import DECIDERS


class CrmRelationshipPlanDimension(models.Model):
    """The rules in words: what they do, what they saw, and which step lifts the score."""

    _inherit = "crm.relationship.plan.dimension"

    def _get_rule_text(self):
        """Return the rule with its parameters, as people read it."""
        self.ensure_one()
        if self.rule == "judged":
            return self.description or self.env._(
                "People judge it from 0 to 100, and write down what the judgement rests on."
            )
        values = {name: self[name] for name in PARAMETERS}
        texts = {
            "coverage": self.env._(
                "The mean of the contacts' coverage, weighted by their influence: none "
                "%(none_points)s, brief %(brief_points)s, multiple %(multiple_points)s, deep "
                "%(deep_points)s points. An influence that is not judged counts as "
                "%(unjudged_influence)s.",
                **values,
            ),
            "support": self.env._(
                "The mean of the contacts' support, weighted by their influence: opponent 0, not "
                "trusting 25, neutral 50, well-disposed 75, supporter 100 points. Economic buyers, "
                "decision makers and approvers count %(decider_factor)s times; a strong supporter "
                "of a competitor gets %(rival_cap)s points at most. An influence that is not "
                "judged counts as %(unjudged_influence)s.",
                **values,
            ),
            "sponsor": self.env._(
                "Three parts. Our own sponsor is named: weight %(sponsor_weight)s. The share of "
                "the high-level contacts who were seen within %(days_high)s days, weighted by "
                "their influence: weight %(executive_weight)s. One of them who decides was: weight "
                "%(decider_weight)s. An influence that is not judged counts as "
                "%(unjudged_influence)s.",
                **values,
            ),
            "rhythm": self.env._(
                "Whoever is seen in time has 100 points: high level within %(days_high)s days, "
                "middle level or no level within %(days_middle)s, grass roots within "
                "%(days_grassroots)s. Up to %(late_factor)s times as many days give "
                "%(late_points)s points, later or never 0. The mean is weighted by influence; one "
                "that is not judged counts as %(unjudged_influence)s.",
                **values,
            ),
        }
        return texts.get(self.rule, "")

    def _describe_line(self, line, plan, roles, days):
        """Return ``(name, what we see, step that lifts it)`` of a line."""
        self.ensure_one()
        return getattr(self, f"_describe_{self.rule}")(line, plan, roles, days)

    def _describe_coverage(self, line, _plan, _roles, _days):
        role = line.what
        return (
            role.display_name,
            self._get_label(role, "coverage"),
            self.env._("Reach %(name)s deeply", name=role.display_name),
        )

    def _describe_support(self, line, _plan, _roles, _days):
        role = line.what
        facts = [self._get_label(role, "support")]
        if role.buying_role in DECIDERS:
            facts.append(self._get_label(role, "buying_role"))
        if role.competitor_id:
            facts.append(self.env._("for %(competitor)s", competitor=role.competitor_id.name))
        return (
            role.display_name,
            ", ".join(facts),
            self.env._("Win %(name)s over", name=role.display_name),
        )

    def _describe_rhythm(self, line, _plan, _roles, days):
        role = line.what
        return (
            role.display_name,
            self._get_seen_text(role, days),
            self.env._("Meet %(name)s", name=role.display_name),
        )

    def _describe_sponsor(self, line, plan, roles, days):
        executives = roles.filtered(lambda role: role.level == "high")
        unseen = executives.filtered(lambda role: not self._is_in_time(role, days))
        if line.what == "sponsor":
            return (
                self.env._("Our sponsor"),
                # Whoever reads the plan may know who stands behind it.
                plan.sponsor_id.sudo().name or self.env._("None"),
                self.env._("Agree with one of our executives to be the sponsor"),
            )
        if line.what == "executives":
            step = (
                self.env._("Meet %(names)s", names=", ".join(unseen.mapped("display_name")))
                if executives
                else self.env._("Add the customer's executives to the chain, and meet them")
            )
            facts = [
                f"{role.display_name}: {self._get_seen_text(role, days)}" for role in executives
            ]
            return (
                self.env._("High-level contacts seen"),
                "; ".join(facts) or self.env._("No high-level contact in the chain"),
                step,
            )
        deciders = executives.filtered(lambda role: role.buying_role in DECIDERS)
        return (
            self.env._("One of them who decides"),
            ", ".join((deciders - unseen).mapped("display_name")) or self.env._("None"),
            self.env._("Meet %(names)s", names=", ".join(deciders.mapped("display_name")))
            if deciders
            else self.env._("Find out who decides at the top, and meet that one"),
        )

    def _get_seen_text(self, role, days):
        wanted = self._get_wanted_days(role)
        if role.id not in days:
            return self.env._("never seen, wanted every %(wanted)s days", wanted=wanted)
        return self.env._(
            "seen %(days)s days ago, wanted every %(wanted)s days",
            days=days[role.id],
            wanted=wanted,
        )

    def _get_label(self, record, name):
        labels = dict(record._fields[name]._description_selection(self.env))
        return labels.get(record[name], "")
