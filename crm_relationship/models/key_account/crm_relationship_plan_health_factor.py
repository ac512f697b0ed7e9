from odoo import api, fields, models

POINTS = ("high_points", "medium_points", "low_points", "due_points")
"""Parameters that are points, from 0 to 100."""

PARAMETERS = (*POINTS, "planned_days", "influence_from")
"""What the rules of the factors can be adjusted by."""


class CrmRelationshipPlanHealthFactor(models.Model):
    """What the health of account plans is worked out of, and how much it weighs.

    How it works
        One yardstick serves all plans, of all companies, so that accounts can be compared. There
        is one factor for each rule; archived ones don't count. The rules themselves are methods
        of the plan, ``_rate_health_<rule>``.
    """

    _name = "crm.relationship.plan.health.factor"
    _description = "Factor of the Health of Account Plans"
    _order = "sequence, id"

    name = fields.Char(required=True, translate=True)
    sequence = fields.Integer(default=10)
    active = fields.Boolean(default=True)
    rule = fields.Selection(
        [
            ("assessment", "Assessment"),
            ("flags", "Red flags"),
            ("objectives", "Objectives on track"),
            ("actions", "Actions"),
            ("contacts", "Freshness of contacts"),
        ],
        required=True,
        readonly=True,
    )
    weight = fields.Integer(
        required=True, default=20, help="How much it counts in the health, against the others."
    )
    rule_text = fields.Text(
        "Rule in Words",
        compute="_compute_rule_text",
        help="What the rule does with its parameters.",
    )

    # Parameters of the rules.
    high_points = fields.Integer("Points Off: Severe", default=20)
    medium_points = fields.Integer("Points Off: Serious", default=10)
    low_points = fields.Integer("Points Off: Watch", default=5)
    planned_days = fields.Integer(
        "Next Action Within (Days)",
        default=30,
        help="An account is looked after when an action is planned within so many days.",
    )
    influence_from = fields.Integer(
        "Influential From",
        default=4,
        help="Contacts of this influence or more, from 1 to 5, are to be seen.",
    )
    due_points = fields.Integer("Points if Due Soon", default=50)

    _rule_uniq = models.UniqueIndex("(rule)", "There is a factor of this rule already.")
    _weight_positive = models.Constraint(
        "CHECK (weight > 0)",
        "A factor weighs 1 or more. Archive it if it is not to count any more.",
    )
    _points_range = models.Constraint(
        "CHECK ({})".format(" AND ".join(f"{name} BETWEEN 0 AND 100" for name in POINTS)),
        "Points of health are numbers from 0 to 100.",
    )
    _days_positive = models.Constraint(
        "CHECK (planned_days > 0)", "The next action is planned within one day or more."
    )
    _influence_range = models.Constraint(
        "CHECK (influence_from BETWEEN 1 AND 5)", "An influence is a number from 1 to 5."
    )

    @api.depends("rule", *PARAMETERS)
    @api.depends_context("lang")
    def _compute_rule_text(self):
        for factor in self:
            factor.rule_text = factor._get_rule_text()

    @api.model_create_multi
    def create(self, vals_list):
        factors = super().create(vals_list)
        self._forget_health()
        return factors

    def write(self, vals):
        result = super().write(vals)
        self._forget_health()
        return result

    def _forget_health(self):
        """Let the health of all plans be worked out anew: it depends on no record of theirs."""
        self.env["crm.relationship.plan"].invalidate_model(
            ["health", "health_band", "health_factors", "health_explanation"]
        )

    def _get_rule_text(self):
        """Return the rule with its parameters, as people read it."""
        self.ensure_one()
        values = {name: self[name] for name in PARAMETERS}
        texts = {
            "assessment": self.env._(
                "The score of the assessment. A plan that is not assessed is rated without it."
            ),
            "flags": self.env._(
                "100 points; each red flag takes some off: a severe one %(high_points)s, a serious "
                "one %(medium_points)s, one to watch %(low_points)s. The flag about career wishes "
                "doesn't count: only the team sees it.",
                **values,
            ),
            "objectives": self.env._(
                "The share of the objectives that are reached, ahead or on track. Those that have "
                "not begun, or are not known, don't count; without any other the plan is rated "
                "without it."
            ),
            "actions": self.env._(
                "One half is the share of open actions that are not overdue, the other whether "
                "one is planned within the next %(planned_days)s days. Without any open action: 0.",
                **values,
            ),
            "contacts": self.env._(
                "The contacts of influence %(influence_from)s or more: a fresh one has 100 points, "
                "one due soon %(due_points)s, one unseen or never seen 0. The mean counts; without "
                "any such contact the plan is rated without it.",
                **values,
            ),
        }
        return texts.get(self.rule, "")
