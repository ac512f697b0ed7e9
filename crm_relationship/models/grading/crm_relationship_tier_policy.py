from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError
from odoo.fields import Domain
from odoo.tools.safe_eval import safe_eval

from ...engine.periods import DAY, period_end

KEEP_NAME = "crm_relationship_keep_name"
"""Context key: a copy bears the name of the original, in all languages."""

MEASURE_FIELDS = ("basis", "window_months", "nurture_days", "only_buyers", "domain")
"""Fields that the measures depend on: after a change all customers are measured anew."""


class CrmRelationshipTierPolicy(models.Model):
    """How a company sorts its customers into tiers.

    How it works
        Each company has one active policy. A policy without a company is a template:
        companies start with copies of it. Customers are ranked by the basis in the
        window; the cuts stand at the cumulative shares of the ranked customers.
        Period-ends are evaluated once each: up at once, down after the grace.
    """

    _name = "crm.relationship.tier.policy"
    _description = "Tier Policy"
    _inherit = ["mail.thread"]
    _order = "state, name, id"
    _check_company_auto = True

    name = fields.Char(required=True, translate=True, tracking=True)
    company_id = fields.Many2one(
        "res.company",
        index=True,
        ondelete="cascade",
        help="Empty: a template that companies copy.",
    )
    currency_id = fields.Many2one(related="company_id.currency_id")
    state = fields.Selection(
        [
            ("template", "Template"),
            ("draft", "Draft"),
            ("active", "Active"),
            ("retired", "Retired"),
        ],
        required=True,
        default="draft",
        copy=False,
        tracking=True,
        index=True,
    )
    method = fields.Selection(
        [("customers", "Share of customers")],
        required=True,
        default="customers",
        help="Share of customers: the best 1 % of the customers are A, the next 4 % B, and so "
        "on (the ABCD pyramid).",
    )
    basis = fields.Selection(
        [
            ("revenue", "Invoiced revenue"),
            ("margin", "Margin"),
            ("paid", "Payments received"),
        ],
        required=True,
        default="revenue",
        tracking=True,
        help="What the customers are ranked by. Revenue and margin are untaxed, after refunds; "
        "payments include tax.",
    )
    window_months = fields.Integer(
        "Window (Months)",
        required=True,
        default=12,
        tracking=True,
        help="The months up to the evaluated day that count.",
    )
    domain = fields.Char(
        "Customers",
        default="[]",
        tracking=True,
        help="Only these customers are ranked and get a tier; the others have none.",
    )
    only_buyers = fields.Boolean(
        "Count Only Buyers of the Window",
        tracking=True,
        help="The shares are taken of the customers that bought within the window. The others "
        "take the lowest tier and do not widen the cuts.",
    )
    period = fields.Selection(
        [
            ("daily", "Every day"),
            ("monthly", "Month-end"),
            ("quarterly", "Quarter-end"),
        ],
        string="Evaluation",
        required=True,
        default="monthly",
        tracking=True,
        help="When tiers rise and fall. In between, only new customers are placed.",
    )
    grace_evaluations = fields.Integer(
        "Falls After",
        required=True,
        default=2,
        tracking=True,
        help="Evaluations in a row below its tier after which a customer falls: 1 is at once, "
        "2 forgives one bad month. An evaluation that is not below starts the count anew.",
    )
    fall = fields.Selection(
        [("computed", "To the computed tier"), ("step", "One tier at a time")],
        required=True,
        default="computed",
        tracking=True,
        help="One tier at a time: the count starts anew after each step.",
    )
    nurture_days = fields.Integer(
        "Nurture Period (Days)",
        required=True,
        default=90,
        tracking=True,
        help="For so many days from its first purchase a customer is marked a newcomer, and "
        "lists of small customers leave it out.",
    )
    tier_ids = fields.One2many("crm.relationship.tier", "policy_id", copy=True)
    cut_ids = fields.One2many(
        "crm.relationship.tier.cut",
        "policy_id",
        "Evaluations",
        groups="crm_relationship.group_manager",
    )
    evaluated_until = fields.Date(
        readonly=True, copy=False, help="Period-ends up to this day have been evaluated."
    )
    next_evaluation_date = fields.Date(compute="_compute_next_evaluation_date")
    summary = fields.Text(
        "In Words", compute="_compute_summary", help="What the policy does, in sentences."
    )

    _active_uniq = models.UniqueIndex(
        "(company_id) WHERE state = 'active'", "A company has one active tier policy."
    )
    _window_positive = models.Constraint(
        "CHECK(window_months BETWEEN 1 AND 120)", "The window is 1 to 120 months long."
    )
    _grace_positive = models.Constraint(
        "CHECK(grace_evaluations >= 1)",
        "A customer falls after at least 1 evaluation below its tier.",
    )
    _nurture_not_negative = models.Constraint(
        "CHECK(nurture_days >= 0)", "The nurture period has 0 or more days."
    )
    _company_or_template = models.Constraint(
        "CHECK((company_id IS NULL) = (state = 'template'))",
        "A policy belongs to a company; only templates have none.",
    )

    @api.depends("evaluated_until", "period", "state")
    def _compute_next_evaluation_date(self):
        for policy in self:
            policy.next_evaluation_date = policy._get_evaluation_date(1)

    def _get_evaluation_date(self, number):
        """Return the day of the ``number``-th evaluation from now on, the next one is 1."""
        self.ensure_one()
        day = self.evaluated_until
        if self.state != "active" or not day:
            return False
        for _number in range(number):
            day = period_end(day + DAY, self.period)
        return day

    @api.depends(
        "basis", "window_months", "period", "grace_evaluations", "fall", "nurture_days",
        "domain", "only_buyers", "tier_ids.share", "tier_ids.name", "tier_ids.code",
        "tier_ids.sequence",
    )  # fmt: skip
    def _compute_summary(self):
        for policy in self:
            policy.summary = " ".join(policy._explain())

    def _explain(self):
        """Return the sentences that say what the policy does."""
        self.ensure_one()
        return [
            self._explain_ranking(),
            self._explain_tiers(),
            *(
                [self.env._("Only the customers in the filter get a tier.")]
                if self._is_filtered()
                else []
            ),
            *(
                [
                    self.env._(
                        "Who bought nothing in the window takes the lowest tier and does not "
                        "count in the shares."
                    )
                ]
                if self.only_buyers
                else []
            ),
            self._explain_moves(),
            self.env._(
                "A customer is a newcomer for %(days)s days from its first purchase.",
                days=self.nurture_days,
            ),
        ]

    def _is_filtered(self):
        return (self.domain or "[]").strip() != "[]"

    def _explain_ranking(self):
        sentences = {
            "revenue": self.env._(
                "Customers are ranked by the revenue invoiced in the last %(months)s months.",
                months=self.window_months,
            ),
            "margin": self.env._(
                "Customers are ranked by the margin of the last %(months)s months.",
                months=self.window_months,
            ),
            "paid": self.env._(
                "Customers are ranked by what they paid in the last %(months)s months.",
                months=self.window_months,
            ),
        }
        return sentences[self.basis]

    def _explain_tiers(self):
        """Return the sentence with the shares, such as "The best 1 % are A · VIP, …"."""
        tiers = self.tier_ids.sorted("sequence")
        if len(tiers) < 2:
            return self.env._("It has no tiers yet.")
        parts = [
            self.env._(
                "the next %(share).4g %% are %(tier)s, ", share=tier.share, tier=tier.display_name
            )
            for tier in tiers[1:-1]
        ]
        return self.env._(
            "The best %(share).4g %% are %(best)s, %(next)sall others %(lowest)s.",
            share=tiers[0].share,
            best=tiers[0].display_name,
            next="".join(parts),
            lowest=tiers[-1].display_name,
        )

    def _explain_moves(self):
        when = {
            "daily": self.env._("Tiers are evaluated every day."),
            "monthly": self.env._("Tiers are evaluated at month-ends."),
            "quarterly": self.env._("Tiers are evaluated at quarter-ends."),
        }
        falls = (
            self.env._("Customers rise at once and fall at the first evaluation below.")
            if self.grace_evaluations == 1
            else self.env._(
                "Customers rise at once and fall after %(count)s evaluations in a row below.",
                count=self.grace_evaluations,
            )
        )
        step = [self.env._("They fall one tier at a time.")] if self.fall == "step" else []
        return " ".join([when[self.period], falls, *step])

    @api.constrains("tier_ids", "state")
    def _check_tiers(self):
        for policy in self:
            if policy.state == "active" and len(policy.tier_ids) < 2:
                raise ValidationError(
                    self.env._(
                        "The policy “%(policy)s” needs at least two tiers before it can be active.",
                        policy=policy.name,
                    )
                )
        self._check_shares()

    def _check_shares(self):
        """Check that the tiers above the lowest leave room for it."""
        for policy in self:
            above = policy.tier_ids.sorted(lambda tier: (tier.sequence, tier.id))[:-1]
            total = sum(above.mapped("share"))
            if total > 100:
                raise ValidationError(
                    self.env._(
                        "The tiers of “%(policy)s” above the lowest add up to %(total).4g %% of "
                        "the customers. Lower their shares to 100 %% or less; the lowest tier "
                        "takes the rest.",
                        policy=policy.name,
                        total=total,
                    )
                )

    @api.constrains("domain")
    def _check_domain(self):
        for policy in self:
            try:
                self.env["res.partner"].sudo()._search(policy._get_domain())
            except (
                ArithmeticError,
                KeyError,
                NameError,
                SyntaxError,
                TypeError,
                ValueError,
            ) as error:
                raise ValidationError(
                    self.env._(
                        "The customers of the policy “%(policy)s” are not a valid filter on "
                        "contacts: %(error)s",
                        policy=policy.name,
                        error=error,
                    )
                ) from error

    def write(self, vals):
        """A company may not take another's policy, nor edit a template into one."""
        if "company_id" in vals and any(policy.cut_ids for policy in self):
            raise UserError(
                self.env._(
                    "This policy has already evaluated customers. Copy it for the other company."
                )
            )
        if vals.get("state") == "active":
            vals = {**vals, "evaluated_until": False}
        result = super().write(vals)
        if "period" in vals:
            self._skip_past_evaluations()
        return result

    def _skip_past_evaluations(self):
        """Let a new rhythm begin now: period-ends before the last run are not made up."""
        runs = self.env["crm.relationship.run"]
        for policy in self.filtered("evaluated_until"):
            last = runs._get_last(policy.company_id).as_of
            if last:
                policy.evaluated_until = max(policy.evaluated_until, last - DAY)

    def copy_data(self, default=None):
        vals_list = super().copy_data(default)
        for policy, vals in zip(self, vals_list, strict=True):
            if "name" not in (default or {}) and not self.env.context.get(KEEP_NAME):
                vals["name"] = self.env._("%(name)s (copy)", name=policy.name)
            if not vals.get("company_id"):
                vals["company_id"] = self.env.company.id
        return vals_list

    @api.ondelete(at_uninstall=False)
    def _unlink_except_evaluated(self):
        for policy in self:
            if policy.state == "active" or policy.cut_ids:
                raise UserError(
                    self.env._(
                        "The policy “%(policy)s” is part of the customers' history. Retire it "
                        "instead, by activating another one.",
                        policy=policy.name,
                    )
                )

    def action_activate(self):
        """Make this the company's policy; the present one retires.

        The next run places every customer by it.
        """
        self.ensure_one()
        if not self.company_id:
            raise UserError(self.env._("This is a template. Copy it for your company first."))
        present = self.search([("company_id", "=", self.company_id.id), ("state", "=", "active")])
        (present - self).state = "retired"
        self.env.flush_all()
        self.write({"state": "active", "evaluated_until": False})

    def action_use_template(self):
        """Open a draft copy of the template for the current company."""
        self.ensure_one()
        draft = self.with_context(**{KEEP_NAME: True}).copy({"company_id": self.env.company.id})
        return {
            "type": "ir.actions.act_window",
            "res_model": self._name,
            "res_id": draft.id,
            "view_mode": "form",
        }

    def _get_domain(self) -> Domain:
        """Return the policy's domain on contacts."""
        self.ensure_one()
        return Domain(safe_eval(self.domain or "[]"))

    def _get_domain_query(self):
        """Return the SQL of the ids of the contacts inside, None where all are."""
        self.ensure_one()
        domain = self._get_domain()
        if domain.is_true():
            return None
        partners = self.env["res.partner"].sudo().with_company(self.company_id)
        return partners.with_context(active_test=False)._search(domain).select()

    def _get_measure_terms(self) -> dict:
        """Return the policy's terms that the measures depend on, as JSON."""
        self.ensure_one()
        return {name: self[name] for name in MEASURE_FIELDS}

    def _duplicate_for(self, companies):
        """Create an active copy of this template in each of ``companies``."""
        self.ensure_one()
        template = self.with_context(**{KEEP_NAME: True})
        for company in companies:
            template.copy({"company_id": company.id, "state": "active"})

    def action_open_cuts(self):
        """Open the evaluations of this policy."""
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "crm_relationship.crm_relationship_tier_cut_action"
        )
        return {**action, "domain": [("policy_id", "=", self.id)]}
