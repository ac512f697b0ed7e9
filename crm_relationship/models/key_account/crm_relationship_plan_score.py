from collections import defaultdict

from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError
from odoo.tools import format_date

from ..numbers import format_short
from .crm_relationship_plan_dimension import PARAMETERS
from .crm_relationship_plan_dimension_rule import get_score

LIFTS = 3
"""How many steps are named that would lift a score most."""

JUDGEMENT = {"judged_score", "is_judged", "evidence"}
SIGNATURE = {"judged_date", "judged_by_id"}

RATED_FIELDS = [
    "plan_id",
    "partner_id",
    "company_id",
    "level",
    "buying_role",
    "influence",
    "support",
    "support_score",
    "competitor_id",
    "coverage",
]
"""What the rules read of a role."""


class CrmRelationshipPlanScore(models.Model):
    """How a plan stands in a dimension, and how it wants to stand.

    How it works
        Each plan has one for each active dimension; they come by themselves, nobody adds or
        deletes any. A score is judged by the team, with evidence, or worked out whenever it is
        looked at. Without a chain, or a judgement, it is not assessed, which is not 0. When a
        plan is closed its scores stay as they were then.
    """

    _name = "crm.relationship.plan.score"
    _description = "Score of an Account Plan"
    _inherit = ["crm.relationship.plan.lock.mixin"]
    _rec_name = "dimension_id"
    _order = "plan_id desc, dimension_id, id"

    plan_id = fields.Many2one(index=True, readonly=True)
    dimension_id = fields.Many2one(
        "crm.relationship.plan.dimension",
        required=True,
        readonly=True,
        ondelete="cascade",
        index=True,
    )
    active = fields.Boolean(related="dimension_id.active", store=True)
    company_id = fields.Many2one(related="plan_id.company_id")
    plan_state = fields.Selection(related="plan_id.state", string="State of the Plan")
    layer = fields.Selection(related="dimension_id.layer", store=True)
    rule = fields.Selection(related="dimension_id.rule")
    wanted_score = fields.Integer("Wanted", required=True, aggregator=None)

    is_judged = fields.Boolean("Judged", help="Somebody judged it; 0 is a judgement as well.")
    judged_score = fields.Integer(help="From 0 to 100.", aggregator=None)
    evidence = fields.Char(help="What the judgement rests on.")
    judged_date = fields.Date("Judged On", readonly=True)
    judged_by_id = fields.Many2one("res.users", readonly=True, ondelete="set null")

    score = fields.Integer(compute="_compute_score", aggregator=None)
    is_assessed = fields.Boolean(
        "Assessed",
        compute="_compute_score",
        help="There is a chain to work it out of, or somebody judged it.",
    )
    gap = fields.Integer(
        compute="_compute_gap", aggregator=None, help="What is missing to the wanted score."
    )
    explanation = fields.Html(compute="_compute_explanation", sanitize=False, string="Why?")

    _dimension_uniq = models.UniqueIndex(
        "(plan_id, dimension_id)", "A plan has one score in each dimension. Change that one."
    )
    _wanted_range = models.Constraint(
        "CHECK (wanted_score BETWEEN 0 AND 100)", "The wanted score is a number from 0 to 100."
    )
    _judged_range = models.Constraint(
        "CHECK (judged_score BETWEEN 0 AND 100)", "A judged score is a number from 0 to 100."
    )

    @api.depends(
        "is_judged",
        "judged_score",
        "dimension_id.rule",
        *(f"dimension_id.{name}" for name in PARAMETERS),
        "plan_id.state",
        "plan_id.closing_assessment",
        "plan_id.sponsor_id",
        *(f"plan_id.role_ids.{name}" for name in RATED_FIELDS),
    )
    def _compute_score(self):
        known = self.plan_id._get_score_facts()
        for score in self:
            value = score._get_score(known)
            score.is_assessed = value is not None
            score.score = value or 0

    @api.depends("score", "is_assessed", "wanted_score")
    def _compute_gap(self):
        for score in self:
            score.gap = score.wanted_score - score.score if score.is_assessed else 0

    @api.depends("score", "is_assessed", "wanted_score", "evidence")
    @api.depends_context("lang")
    def _compute_explanation(self):
        known = self.plan_id._get_score_facts()
        for score in self:
            score.explanation = self.env["ir.qweb"]._render(
                "crm_relationship.score_explanation", score._prepare_explanation(known)
            )

    @api.constrains("is_judged", "evidence", "dimension_id")
    def _check_judgement(self):
        for score in self.filtered("is_judged"):
            if score.rule != "judged":
                raise ValidationError(
                    self.env._(
                        "“%(dimension)s” is worked out of the decision chain, not judged. Change "
                        "the chain instead.",
                        dimension=score.dimension_id.name,
                    )
                )
            if not (score.evidence or "").strip():
                raise ValidationError(
                    self.env._(
                        "Enter what the judgement of “%(dimension)s” rests on, as its evidence.",
                        dimension=score.dimension_id.name,
                    )
                )

    @api.model_create_multi
    def create(self, vals_list):
        return super().create([self._sign(vals) for vals in vals_list])

    def write(self, vals):
        self._refuse_move(vals)
        dimension_id = vals.get("dimension_id")
        if dimension_id and any(score.dimension_id.id != dimension_id for score in self):
            raise UserError(self.env._("A score stays in its dimension. Change that one instead."))
        former = {score: score._get_judgement_text() for score in self}
        result = super().write(self._sign(vals))
        if not JUDGEMENT.isdisjoint(vals):
            self._tell_judgements(former)
        return result

    def _sign(self, vals):
        """Return ``vals`` with when and by whom it is judged: nobody judges for others."""
        if not self.env.su:
            vals = {name: value for name, value in vals.items() if name not in SIGNATURE}
        if JUDGEMENT.isdisjoint(vals):
            return vals
        if "judged_score" in vals and "is_judged" not in vals:
            # 0 is a judgement, unlike False, which it equals.
            cleared = vals["judged_score"] is False or vals["judged_score"] is None
            vals = {**vals, "is_judged": not cleared}
        if not vals.get("is_judged", True):
            return {**vals, "judged_score": 0, "judged_date": False, "judged_by_id": False}
        today = fields.Date.context_today(self)
        return {"judged_date": today, "judged_by_id": self.env.uid, **vals}

    def _get_judgement_text(self):
        self.ensure_one()
        return f"{self.judged_score} ({self.evidence})" if self.is_judged else ""

    def _tell_judgements(self, former):
        """Write into the plans' chatter what is judged anew, and how it was before."""
        for plan, scores in self.grouped("plan_id").items():
            changes = []
            for score in scores:
                text = score._get_judgement_text()
                if text != former[score]:
                    none = self.env._("not judged")
                    name = score.dimension_id.name
                    changes.append(f"{name}: {former[score] or none} → {text or none}")
            if changes:
                # The entry is the server's: who judges need not follow the plan.
                plan.sudo()._message_log(
                    body="; ".join(changes), author_id=self.env.user.partner_id.id
                )

    def _get_score(self, known):
        """Return the score, None where the dimension is not assessed."""
        self.ensure_one()
        if self.plan_id.state == "closed":
            return self.plan_id._get_closing_score(self.dimension_id.code)
        if self.rule == "judged":
            return self.judged_score if self.is_judged else None
        return get_score((line.points, line.weight) for line in self._get_lines(known))

    def _get_lines(self, known):
        plan = self.plan_id
        roles = known["roles"].get(plan._origin, self.env["crm.relationship.role"])
        return self.dimension_id._get_lines(plan, roles, known["days"])

    def _prepare_explanation(self, known):
        """Return what the template lays out."""
        self.ensure_one()
        dimension = self.dimension_id
        plan = self.plan_id
        is_live = plan.state != "closed"
        lines = self._get_lines(known) if is_live else []
        weight = sum(line.weight for line in lines)
        roles = known["roles"].get(plan._origin, self.env["crm.relationship.role"])
        rows = []
        gains = defaultdict(float)
        for line in lines:
            name, fact, step = dimension._describe_line(line, plan, roles, known["days"])
            gain = round(line.get_gain(weight), 1)
            gains[step] += gain
            rows.append(
                {
                    "name": name,
                    "fact": fact,
                    "points": line.points,
                    "weight": line.weight,
                    "gain": gain,
                }
            )
        lifts = sorted(gains.items(), key=lambda item: -item[1])[:LIFTS]
        return {
            "score": self,
            "is_live": is_live,
            "rows": sorted(rows, key=lambda row: -row["gain"]),
            "weight": weight,
            "lifts": [(step, gain) for step, gain in lifts if gain > 0],
            "short": lambda value: format_short(self.env, value, 1),
            "weight_text": self.env._(
                "%(layer)s, weight %(weight)s",
                layer=dimension._get_label(dimension, "layer"),
                weight=dimension.weight,
            ),
            "wanted_text": self.env._("wanted %(score)s", score=self.wanted_score),
            "gap_text": self.env._("%(gap)s missing", gap=self.gap),
            "judged_text": self.env._(
                "Judged by %(user)s on %(date)s",
                # Whoever reads the plan may know who judged.
                user=self.judged_by_id.sudo().name or "",
                date=format_date(self.env, self.judged_date),
            ),
        }

    def action_explain(self):
        """Open why the score is what it is."""
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Why? %(dimension)s", dimension=self.dimension_id.name),
            "res_model": self._name,
            "res_id": self.id,
            "views": [
                (self.env.ref("crm_relationship.crm_relationship_plan_score_view_why").id, "form")
            ],
            "target": "new",
        }
