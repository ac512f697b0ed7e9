from odoo import api, fields, models

from ..numbers import format_short
from .crm_relationship_plan_dimension_rule import FULL
from .crm_relationship_plan_health import NOT_RATED, ON_TRACK

LIFTS = 3
"""How many steps are named that would lift the health most."""


class CrmRelationshipPlan(models.Model):
    """Why a plan is as healthy as it is: what each factor saw, and which step lifts it."""

    _inherit = "crm.relationship.plan"

    health_explanation = fields.Html(
        compute="_compute_health_explanation", sanitize=False, string="Why This Health?"
    )

    @api.depends("health", "health_factors", "health_band")
    @api.depends_context("uid", "lang", "allowed_company_ids")
    def _compute_health_explanation(self):
        known = self._get_health_facts()
        for plan in self:
            plan.health_explanation = self.env["ir.qweb"]._render(
                "crm_relationship.health_explanation", plan._prepare_health_explanation(known)
            )

    def _prepare_health_explanation(self, known):
        """Return what the template shows: the factors, what they saw and what lifts most."""
        self.ensure_one()
        factors = {factor.rule: factor for factor in known["factors"]}
        points = self.health_factors or []
        weight = sum(row["weight"] for row in points if row["points"] is not None)
        rows = []
        for row in points:
            factor = factors[row["rule"]]
            is_known = row["points"] is not None
            fact, step = getattr(self, f"_describe_health_{row['rule']}")(factor, known)
            gain = (FULL - row["points"]) * row["weight"] / weight if is_known else 0
            rows.append({**row, "fact": fact, "step": step, "gain": gain, "text": factor.rule_text})
        rated = sorted((row for row in rows if row["gain"]), key=lambda row: -row["gain"])
        company = self.company_id.sudo()
        return {
            "plan": self,
            "rows": rows,
            "weight": weight,
            "band": dict(self._fields["health_band"]._description_selection(self.env)).get(
                self.health_band
            ),
            "lifts": [(row["step"], row["gain"]) for row in rated[:LIFTS]],
            "short": lambda value: format_short(self.env, value, 1),
            "bands_text": self.env._(
                "Healthy from %(green)s, needs attention from %(amber)s, critical below.",
                green=company.relationship_health_green,
                amber=company.relationship_health_amber,
            ),
        }

    def _describe_health_assessment(self, _factor, _known):
        if not self.is_assessed:
            fact = self.env._("Not assessed")
        else:
            fact = self.env._("The assessment gives %(score)s.", score=self.assessment_score)
        return fact, self.env._("Raise the lowest scores of the assessment: each one says how")

    def _describe_health_flags(self, _factor, _known):
        flags = self._get_shared_flags()
        if not flags:
            return self.env._("No red flag is up."), ""
        words = dict(self._fields["red_flag_severity"]._description_selection(self.env))
        fact = "; ".join(f"{flag['name']} ({words[flag['severity']]})" for flag in flags)
        return fact, self.env._(
            "Clear the red flag “%(flag)s”, and the others", flag=flags[0]["name"]
        )

    def _describe_health_objectives(self, _factor, known):
        objectives = self._get_known(known, "objectives")
        rated = self._get_rated_objectives(known)
        if not objectives:
            return self.env._("No objective"), ""
        if not rated:
            return self.env._("No objective has begun, or is known"), ""
        behind = rated.filtered(lambda objective: known["statuses"][objective.id] not in ON_TRACK)
        fact = self.env._(
            "%(count)s of %(total)s on track", count=len(rated) - len(behind), total=len(rated)
        )
        # Of a project that the user may not read, nobody says that it is behind.
        named = behind.filtered(lambda objective: objective.status not in NOT_RATED)
        if behind and not named:
            return fact, self.env._("Bring the objectives back on track")
        if behind:
            names = ", ".join(named.mapped("display_name"))
            fact = self.env._("%(fact)s; behind: %(names)s", fact=fact, names=names)
            return fact, self.env._("Bring back on track: %(names)s", names=names)
        return fact, ""

    def _describe_health_actions(self, factor, known):
        actions = self._get_known(known, "actions")
        overdue = self._get_overdue_actions(known)
        ahead = self._get_next_actions(factor, known)
        plan_one = self.env._(
            "Plan an action within the next %(days)s days", days=factor.planned_days
        )
        if not actions:
            return self.env._("No open action"), plan_one
        fact = self.env._(
            "%(open)s open, %(overdue)s of them overdue; %(ahead)s within %(days)s days",
            open=len(actions),
            overdue=len(overdue),
            ahead=len(ahead),
            days=factor.planned_days,
        )
        if not ahead:
            return fact, plan_one
        names = ", ".join(overdue.mapped("name"))
        return fact, self.env._("Get done what is overdue: %(names)s", names=names)

    def _describe_health_contacts(self, factor, known):
        roles = self._get_influential_roles(factor, known)
        if not roles:
            return self.env._(
                "No contact of influence %(influence)s or more", influence=factor.influence_from
            ), ""
        # Whoever reads the role reads the name on it.
        roles.partner_id.sudo().fetch(["name"])
        fresh = roles.filtered(lambda role: known["freshness"][role.id] == "fresh")
        names = ", ".join((roles - fresh).mapped("display_name"))
        fact = self.env._(
            "%(fresh)s of %(total)s influential contacts are fresh",
            fresh=len(fresh),
            total=len(roles),
        )
        if not names:
            return fact, ""
        fact = self.env._("%(fact)s; not so: %(names)s", fact=fact, names=names)
        return fact, self.env._("Meet %(names)s", names=names)

    def _get_health_snapshot(self):
        """Return ``{plan_id: health}`` to keep: number, band and the points of the factors."""
        return {
            plan.id: {
                "health": plan.health if plan.health_band else None,
                "band": plan.health_band or None,
                "factors": plan.health_factors or [],
            }
            for plan in self
        }

    def action_open_health(self):
        """Open why the plan is as healthy as it is."""
        self.ensure_one()
        view = self.env.ref("crm_relationship.crm_relationship_plan_view_form_health_why")
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Why? Health of %(plan)s", plan=self.name),
            "res_model": self._name,
            "res_id": self.id,
            "views": [(view.id, "form")],
            "target": "new",
        }
