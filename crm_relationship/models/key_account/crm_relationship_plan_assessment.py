import copy

from odoo import api, fields, models

from .crm_relationship_plan_dimension_rule import get_score
from .crm_relationship_plan_score import RATED_FIELDS


class CrmRelationshipPlan(models.Model):
    """How an account stands: a score in each dimension, in each layer and in all."""

    _inherit = "crm.relationship.plan"

    score_ids = fields.One2many("crm.relationship.plan.score", "plan_id", "Assessment")
    assessment = fields.Json(
        "Radar",
        compute="_compute_assessment",
        help="What the radar draws: the scores of dimensions, layers and the plan.",
    )
    assessment_score = fields.Integer(
        "Score",
        compute="_compute_assessment",
        help="The weighted mean of the dimensions that are assessed, from 0 to 100.",
    )
    is_assessed = fields.Boolean("Assessed", compute="_compute_assessment")
    closing_assessment = fields.Json(
        readonly=True, copy=False, help="The scores that the plan was closed with."
    )

    @api.depends(
        "state",
        "closing_assessment",
        "score_ids.score",
        "score_ids.is_assessed",
        "score_ids.wanted_score",
        "score_ids.active",
        "score_ids.dimension_id.name",
        "score_ids.dimension_id.sequence",
        "score_ids.dimension_id.layer",
        "score_ids.dimension_id.weight",
    )
    @api.depends_context("lang")
    def _compute_assessment(self):
        last = self._get_last_review_scores()
        for plan, assessment in self._get_assessments().items():
            plan._add_last_review(assessment, last.get(plan._origin.id, {}))
            total = assessment["total"]["score"]
            plan.assessment = assessment
            plan.assessment_score = total or 0
            plan.is_assessed = total is not None

    @api.model_create_multi
    def create(self, vals_list):
        plans = super().create(vals_list)
        plans._make_scores()
        return plans

    def write(self, vals):
        """What is closed keeps its scores as they were then, and gives them up when reopened."""
        if "state" not in vals:
            return super().write(vals)
        closed = self.filtered(lambda plan: plan.state == "closed")
        closing = self - closed if vals["state"] == "closed" else self.browse()
        kept = closing._get_scores_snapshot()
        result = super().write(vals)
        for plan in closing:
            # The plan is locked by now: this is what it was closed with.
            plan.sudo().closing_assessment = kept[plan.id]
        if vals["state"] != "closed":
            closed._make_scores()
        return result

    def _make_scores(self):
        """Give these plans a score in every dimension where they have none."""
        # Scores come with the plan, so that nobody needs the right to add any.
        scores = self.env["crm.relationship.plan.score"].sudo().with_context(active_test=False)
        known = set(scores._read_group([("plan_id", "in", self.ids)], ["plan_id", "dimension_id"]))
        dimensions = self.env["crm.relationship.plan.dimension"].search_fetch([], ["wanted_score"])
        scores.create(
            [
                {
                    "plan_id": plan.id,
                    "dimension_id": dimension.id,
                    "wanted_score": dimension.wanted_score,
                }
                for plan in self
                for dimension in dimensions
                if (plan, dimension) not in known
            ]
        )

    def _get_score_facts(self):
        """Return what the scores of these plans are worked out of, read for all at once."""
        roles = self.env["crm.relationship.role"].search_fetch(
            [("plan_id", "in", self.ids), ("active", "=", True)], RATED_FIELDS
        )
        # All names at once: whoever reads the role reads the name on it.
        roles.partner_id.sudo().fetch(["name"])
        last = roles._get_last_contacts()
        todays = {company: company._get_relationship_today() for company in roles.company_id}
        return {
            "roles": roles.grouped("plan_id"),
            "days": {
                role.id: max((todays[role.company_id] - last[role.id]).days, 0)
                for role in roles
                if role.id in last
            },
        }

    def _get_closing_score(self, code):
        """Return the score of a dimension as the plan was closed with, None where none."""
        self.ensure_one()
        dimensions = (self.closing_assessment or {}).get("dimensions", [])
        return next((kept["score"] for kept in dimensions if kept["code"] == code), None)

    def _get_last_review_scores(self):
        """Return ``{plan id: {code of a dimension: score}}`` as of the plans' last reviews."""
        return {}

    def _get_assessments(self):
        """Return ``{plan: scores}``; of closed plans, those that they were closed with."""
        # All of all plans at once: beyond what is prefetched, each plan would read its own.
        self.score_ids._origin.fetch(["active", "dimension_id", "layer", "wanted_score"])
        self.score_ids.mapped("score")
        names = self._get_dimension_names()
        return {
            plan: plan._get_closing_assessment(names)
            if plan.state == "closed" and plan.closing_assessment
            else plan._prepare_assessment()
            for plan in self
        }

    @api.model
    def _add_last_review(self, assessment, last):
        """Add the scores of the last review, None where there is none.

        :param last: the scores by the code of the dimension
        """
        for dimension in assessment["dimensions"]:
            dimension["last"] = last.get(dimension["code"])

    def _get_closing_assessment(self, names):
        """Return what the plan was closed with, in the words of whoever looks at it.

        :param names: those of the dimensions, see :meth:`_get_dimension_names`
        """
        self.ensure_one()
        assessment = copy.deepcopy(self.closing_assessment)
        self._name_assessment(assessment, names, self._get_layer_names())
        return assessment

    @api.model
    def _name_assessment(self, assessment, names, layers):
        """Give dimensions and layers that were kept the names that they have now."""
        for key, words in (("dimensions", names), ("layers", layers)):
            for kept in assessment[key]:
                kept["name"] = words.get(kept["code"], kept["name"])

    @api.model
    def _get_dimension_names(self):
        """Return ``{code: name}`` of all dimensions, archived ones too."""
        dimensions = self.env["crm.relationship.plan.dimension"].with_context(active_test=False)
        names = ["code", "name"]
        return {dimension.code: dimension.name for dimension in dimensions.search_fetch([], names)}

    def _get_layer_names(self):
        """Return ``{code: name}`` of the layers, in their order."""
        field = self.env["crm.relationship.plan.dimension"]._fields["layer"]
        return dict(field._description_selection(self.env))

    def _prepare_assessment(self):
        """Return the scores of dimensions, layers and plan, None where there is none."""
        self.ensure_one()
        scores = self.score_ids.filtered("active").sorted(
            lambda score: (score.dimension_id.sequence, score.dimension_id.id)
        )
        return {
            "dimensions": [
                {
                    "id": score._origin.id,
                    "code": score.dimension_id.code,
                    "name": score.dimension_id.name,
                    "layer": score.dimension_id.layer,
                    "score": score.score if score.is_assessed else None,
                    "wanted": score.wanted_score,
                }
                for score in scores
            ],
            "layers": [
                {
                    "code": code,
                    "name": name,
                    **scores.filtered(lambda score, code=code: score.layer == code)._get_mean(),
                }
                for code, name in self._get_layer_names().items()
            ],
            "total": scores._get_mean(),
        }

    def _get_scores_snapshot(self):
        """Return ``{plan id: scores}`` to keep, as labels and values."""
        return {plan.id: assessment for plan, assessment in self._get_assessments().items()}

    def _copy_scores_to(self, new_plan):
        """Let ``new_plan`` aim at what this one does; what is judged is to be judged anew."""
        self.ensure_one()
        wanted = {score.dimension_id: score.wanted_score for score in self.score_ids}
        for score in new_plan.score_ids:
            if score.dimension_id in wanted:
                score.wanted_score = wanted[score.dimension_id]

    def action_open_scores(self):
        """Open the scores of the plan as a list."""
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "crm_relationship.crm_relationship_plan_score_action"
        )
        action["name"] = self.env._("Assessment of %(plan)s", plan=self.name)
        action["domain"] = [("plan_id", "=", self.id)]
        action["context"] = {}
        return action


class CrmRelationshipPlanScore(models.Model):
    _inherit = "crm.relationship.plan.score"

    def _get_mean(self):
        """Return the score and the wanted one of all that are assessed, by their weights."""
        assessed = self.filtered("is_assessed")
        return {
            name: get_score((score[field], score.dimension_id.weight) for score in assessed)
            for name, field in (("score", "score"), ("wanted", "wanted_score"))
        }
