from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError

from .layers import LAYERS

HUNDRED = ("none_points", "brief_points", "multiple_points", "deep_points", "rival_cap")
"""Parameters that are points, from 0 to 100; so are ``late_points``."""

PARAMETERS = (
    *HUNDRED,
    "unjudged_influence",
    "decider_factor",
    "sponsor_weight",
    "executive_weight",
    "decider_weight",
    "days_high",
    "days_middle",
    "days_grassroots",
    "late_factor",
    "late_points",
)
"""What the rules of computed dimensions can be adjusted by."""


class CrmRelationshipPlanDimension(models.Model):
    """A dimension that key accounts are assessed in, and the rule of its score.

    How it works
        One yardstick serves all plans, of all companies, so that accounts can be compared. A
        dimension is judged by people, or computed by one of the named rules, each of which
        has its parameters. Another subject adds a rule by a value of ``rule`` and a method
        ``_rate_<rule>``, see :meth:`_get_lines`.
    """

    _name = "crm.relationship.plan.dimension"
    _description = "Dimension of an Assessment"
    _order = "sequence, id"

    name = fields.Char(required=True, translate=True)
    code = fields.Char(
        required=True, help="Stable mark of the dimension: reviews remember its score by it."
    )
    sequence = fields.Integer(default=10)
    active = fields.Boolean(default=True)
    layer = fields.Selection(
        LAYERS,
        required=True,
        default="organisational",
        help="Whose score it counts in: the relationship with the organisation, with its key "
        "persons, or with everybody there.",
    )
    weight = fields.Integer(
        required=True,
        default=10,
        help="How much it counts in the score of its layer and of the plan, against the others.",
    )
    wanted_score = fields.Integer(
        "Wanted", required=True, default=80, help="What new plans aim at; each can change it."
    )
    rule = fields.Selection(
        [
            ("judged", "Judged by people"),
            ("coverage", "Coverage of the chain"),
            ("support", "Support of the contacts"),
            ("sponsor", "Sponsor and executives"),
            ("rhythm", "Contact rhythm"),
        ],
        required=True,
        default="judged",
        help="Where the score comes from: people, or a rule on the decision chain.",
    )
    rule_text = fields.Text(
        "Rule in Words",
        compute="_compute_rule_text",
        help="What the rule does with its parameters.",
    )
    description = fields.Text(translate=True, help="What to look at, for whoever judges.")

    # Parameters of the rules.
    none_points = fields.Integer("Coverage: None", default=0)
    brief_points = fields.Integer("Coverage: Brief", default=40)
    multiple_points = fields.Integer("Coverage: Multiple", default=75)
    deep_points = fields.Integer("Coverage: Deep", default=100)
    unjudged_influence = fields.Integer(
        "Influence if Not Judged",
        default=1,
        help="What a contact counts whose influence nobody has judged, from 1 to 5.",
    )
    decider_factor = fields.Integer(
        "Deciders Count",
        default=2,
        help="So many times as much as others: economic buyers, decision makers, approvers.",
    )
    rival_cap = fields.Integer(
        "Supporters of a Competitor",
        default=25,
        help="The points that a strong supporter of a competitor gets at most.",
    )
    sponsor_weight = fields.Integer("Weight: Our Sponsor", default=40)
    executive_weight = fields.Integer("Weight: Executives Seen", default=40)
    decider_weight = fields.Integer("Weight: Deciding Executive Seen", default=20)
    days_high = fields.Integer("Days: High Level", default=30)
    days_middle = fields.Integer("Days: Middle Level", default=45)
    days_grassroots = fields.Integer("Days: Grass Roots", default=90)
    late_factor = fields.Integer(
        "Late Until",
        default=2,
        help="So many times the wanted days: until then a contact counts as late, then as unseen.",
    )
    late_points = fields.Integer("Points if Late", default=50)

    _code_uniq = models.UniqueIndex("(code)", "There is a dimension of this code already.")
    _weight_positive = models.Constraint(
        "CHECK (weight > 0)",
        "A dimension weighs 1 or more. Archive it if it is not to count any more.",
    )
    _wanted_range = models.Constraint(
        "CHECK (wanted_score BETWEEN 0 AND 100)", "The wanted score is a number from 0 to 100."
    )
    _points_range = models.Constraint(
        "CHECK ({})".format(
            " AND ".join(f"COALESCE({name}, 0) BETWEEN 0 AND 100" for name in HUNDRED)
        ),
        "Points are numbers from 0 to 100.",
    )
    _late_range = models.Constraint(
        "CHECK (late_factor >= 1 AND late_points BETWEEN 0 AND 100)",
        "A contact is late from once the wanted days on, for 0 to 100 points.",
    )
    _influence_range = models.Constraint(
        "CHECK (unjudged_influence BETWEEN 1 AND 5 AND decider_factor BETWEEN 1 AND 100)",
        "The influence of who is not judged is 1 to 5, and deciders count once or more.",
    )
    _days_positive = models.Constraint(
        "CHECK (days_high > 0 AND days_middle > 0 AND days_grassroots > 0)",
        "A contact is wanted every day, or more seldom.",
    )
    _sponsor_weights = models.Constraint(
        "CHECK (sponsor_weight >= 0 AND executive_weight >= 0 AND decider_weight >= 0"
        " AND sponsor_weight + executive_weight + decider_weight > 0)",
        "The weights of the parts are 0 or more, and one of them more.",
    )

    @api.constrains(*HUNDRED)
    def _check_points_rise(self):
        for dimension in self:
            points = [dimension[name] for name in HUNDRED[:4]]
            if points != sorted(points):
                raise ValidationError(
                    self.env._(
                        "In “%(dimension)s” a better coverage would give fewer points. Let them "
                        "rise from none to deep.",
                        dimension=dimension.name,
                    )
                )

    @api.constrains("code")
    def _check_code(self):
        for dimension in self:
            if not (dimension.code or "").strip():
                raise ValidationError(self.env._("Give the dimension a code."))

    @api.depends("rule", "description", *PARAMETERS)
    @api.depends_context("lang")
    def _compute_rule_text(self):
        for dimension in self:
            dimension.rule_text = dimension._get_rule_text()

    @api.model_create_multi
    def create(self, vals_list):
        dimensions = super().create(vals_list)
        dimensions._reach_plans()
        return dimensions

    def write(self, vals):
        if "code" in vals and any(dimension.code != vals["code"] for dimension in self):
            raise UserError(
                self.env._(
                    "The code stays: the scores of former reviews are found by it. Archive the "
                    "dimension and add another one instead."
                )
            )
        result = super().write(vals)
        if vals.get("active"):
            self._reach_plans()
        return result

    def _reach_plans(self):
        """Let all plans that are not closed have a score in these dimensions."""
        # The yardstick holds for the plans of everybody, not for those that the manager sees.
        plans = self.env["crm.relationship.plan"].sudo()
        plans.search([("state", "!=", "closed")])._make_scores()

    @api.ondelete(at_uninstall=False)
    def _unlink_except_judged(self):
        # Nobody's judgement is lost because who deletes does not see it.
        scores = self.env["crm.relationship.plan.score"].sudo().with_context(active_test=False)
        judged = scores.search(
            [
                ("dimension_id", "in", self.ids),
                "|",
                ("is_judged", "=", True),
                ("plan_id.state", "=", "closed"),
            ],
            limit=1,
        )
        if judged:
            raise UserError(
                self.env._(
                    "“%(dimension)s” was judged already, or belongs to a closed plan. Archive it "
                    "instead.",
                    dimension=judged.dimension_id.name,
                )
            )
