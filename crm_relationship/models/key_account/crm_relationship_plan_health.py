from datetime import timedelta

from odoo import api, fields, models
from odoo.fields import Domain

from .crm_relationship_plan_dimension_rule import FULL, get_score, mean
from .res_company_health import BANDS
from .worked_out import WorkedOutInteger, WorkedOutSelection

ON_TRACK = ("reached", "ahead", "on_track")
NOT_RATED = ("upcoming", "unknown")
"""Statuses of objectives that say nothing yet."""

PRIVATE_FLAG = "no_career_wish"
"""Only the team sees it; the health of a plan is the same for everybody."""


class CrmRelationshipPlan(models.Model):
    """How healthy an account is, from 0 to 100.

    How it works
        The weighted mean of the factors that something is known of, worked out whenever it is
        looked at, for all plans at once with a bounded number of queries. A factor without
        anything to rate is left out, which is not 0. A closed plan has no health: nothing can be
        done about it any more.
    """

    _inherit = "crm.relationship.plan"

    health = WorkedOutInteger(
        compute="_compute_health",
        search="_search_health",
        aggregator=None,
        help="From 0 to 100: assessment, red flags, objectives, actions and contacts, by their "
        "weights.",
    )
    health_band = WorkedOutSelection(
        BANDS,
        compute="_compute_health",
        search="_search_health_band",
        group_expand=True,
        help="Against the limits in the settings. A closed plan has none.",
    )
    health_factors = fields.Json(
        compute="_compute_health",
        help="What the health is the mean of: rule, name, weight, points or nothing.",
    )

    @api.depends(
        "state",
        "red_flags",
        "assessment_score",
        "is_assessed",
        "role_ids.influence",
        "role_ids.active",
        "objective_ids.status",
        "plan_action_ids.state",
        "plan_action_ids.date_deadline",
    )
    @api.depends_context("uid", "lang", "allowed_company_ids")
    def _compute_health(self):
        known = self._get_health_facts()
        for plan in self:
            factors = plan._rate_health(known)
            health = get_score(
                (row["points"], row["weight"]) for row in factors if row["points"] is not None
            )
            plan.health_factors = factors
            plan.health = health or 0
            # Whoever sees a plan may know from when on it counts as healthy.
            company = plan.company_id.sudo()
            is_known = company and health is not None
            plan.health_band = company._get_health_band(health) if is_known else False

    def _search_health(self, operator, value):
        found = self._search_worked_out("health", operator, value)
        if found is NotImplemented:
            return found
        # A closed plan has no health, which is not 0.
        return Domain("state", "!=", "closed") & found

    def _search_health_band(self, operator, value):
        return self._search_worked_out("health_band", operator, value)

    def _get_health_facts(self):
        """Return what the health of these plans is worked out of, read for all at once."""
        in_plans = [("plan_id", "in", self.ids)]
        roles = self.env["crm.relationship.role"].search_fetch(
            [*in_plans, ("active", "=", True)], ["plan_id", "company_id", "influence", "partner_id"]
        )
        objectives = self.env["crm.relationship.plan.objective"].search_fetch(
            in_plans, ["plan_id", "kind", "name"]
        )
        actions = self.env["crm.relationship.plan.action"].search_fetch(
            [*in_plans, ("state", "=", "planned")], ["plan_id", "name", "date_deadline", "user_id"]
        )
        objectives.mapped("status")  # of all plans at once, also for who reads one by one later
        todays = {company: company._get_relationship_today() for company in self.company_id}
        last = roles._get_last_contacts()
        return {
            "factors": self.env["crm.relationship.plan.health.factor"].search(
                [("active", "=", True)]
            ),
            "roles": roles.grouped("plan_id"),
            "objectives": objectives.grouped("plan_id"),
            # The health is the same for everybody, also where a project is not everybody's to
            # read: no more than whether it is on track goes into it.
            "statuses": {
                objective_id: row["status"]
                for objective_id, row in objectives.sudo()._read_figures().items()
            },
            "actions": actions.grouped("plan_id"),
            "todays": todays,
            "last": last,
            "freshness": {
                role.id: role._get_freshness(
                    last.get(role.id),
                    todays[company],
                    # Whoever sees a role may know from when on it counts as unseen.
                    company.sudo().relationship_unseen_days,
                )
                for company, some in roles.grouped("company_id").items()
                for role in some
            },
        }

    def _get_known(self, known, name):
        """Return the roles, objectives or open actions of the plan."""
        models_ = {
            "roles": "crm.relationship.role",
            "objectives": "crm.relationship.plan.objective",
            "actions": "crm.relationship.plan.action",
        }
        return known[name].get(self._origin, self.env[models_[name]])

    def _rate_health(self, known):
        """Return the factors with their points, None where there is nothing to rate."""
        self.ensure_one()
        if self.state == "closed":
            return []
        return [
            {
                "rule": factor.rule,
                "name": factor.name,
                "weight": factor.weight,
                "points": getattr(self, f"_rate_health_{factor.rule}")(factor, known),
            }
            for factor in known["factors"]
        ]

    def _rate_health_assessment(self, _factor, _known):
        return self.assessment_score if self.is_assessed else None

    def _rate_health_flags(self, factor, _known):
        off = sum(factor[f"{flag['severity']}_points"] for flag in self._get_shared_flags())
        return max(FULL - off, 0)

    def _rate_health_objectives(self, _factor, known):
        objectives = self._get_rated_objectives(known)
        statuses = known["statuses"]
        return mean((FULL * (statuses[objective.id] in ON_TRACK), 1) for objective in objectives)

    def _rate_health_actions(self, factor, known):
        actions = self._get_known(known, "actions")
        if not actions:
            return 0
        in_time = actions - self._get_overdue_actions(known)
        has_next = bool(self._get_next_actions(factor, known))
        return (FULL * len(in_time) / len(actions) + FULL * has_next) / 2

    def _rate_health_contacts(self, factor, known):
        points = {"fresh": FULL, "due": factor.due_points}
        return mean(
            (points.get(known["freshness"][role.id], 0), 1)
            for role in self._get_influential_roles(factor, known)
        )

    def _get_shared_flags(self):
        """Return the red flags that everybody who reads the plan sees."""
        return [flag for flag in self.red_flags or [] if flag["code"] != PRIVATE_FLAG]

    def _get_rated_objectives(self, known):
        return self._get_known(known, "objectives").filtered(
            lambda objective: known["statuses"][objective.id] not in NOT_RATED
        )

    def _get_overdue_actions(self, known):
        today = known["todays"].get(self.company_id)
        return self._get_known(known, "actions").filtered(
            lambda action: action.date_deadline < today
        )

    def _get_next_actions(self, factor, known):
        """Return the open actions that are due in the days ahead that the factor looks at."""
        today = known["todays"].get(self.company_id)
        return self._get_known(known, "actions").filtered(
            lambda action: (
                today <= action.date_deadline <= today + timedelta(days=factor.planned_days)
            )
        )

    def _get_influential_roles(self, factor, known):
        return self._get_known(known, "roles").filtered(
            lambda role: int(role.influence or 0) >= factor.influence_from
        )
