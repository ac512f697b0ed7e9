from contextlib import suppress
from operator import le

from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError
from odoo.fields import Domain
from odoo.tools import SQL
from odoo.tools.safe_eval import safe_eval

from ...engine.periods import DAY, period_end
from ...engine.tier_cuts import TierTerms
from ..saving import SAVING
from .crm_relationship_tier import SAVES_TIERS

KEEP_NAME = "crm_relationship_keep_name"
"""Context key: a copy bears the name of the original, in all languages."""

DOMAIN_ERRORS = (ArithmeticError, KeyError, NameError, SyntaxError, TypeError, ValueError)
"""What a filter that is none raises."""

SHARE_METHODS = ("customers", "revenue_share")
"""Methods whose tiers are shares of a whole; all others compare with minimums."""

MEASURE_FIELDS = ("basis", "window_months", "nurture_days", "only_buyers", "domain")
"""Fields that the measures depend on: after a change all customers are measured anew."""


class CrmRelationshipTierPolicy(models.Model):
    """How a company sorts its customers into tiers.

    How it works
        Each company has one active policy. A policy without a company is a template:
        companies start with copies of it. The method says where the cuts between the
        tiers stand (see :mod:`..engine.tier_cuts`), the basis and the window by what.
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
        [
            ("customers", "Share of customers"),
            ("revenue_share", "Share of revenue"),
            ("threshold", "Thresholds"),
            ("behaviour", "Purchase behaviour"),
        ],
        required=True,
        default="customers",
        tracking=True,
        help="Share of customers: the best 1 % of the customers are A, the next 4 % B, and so "
        "on (the ABCD pyramid).\n"
        "Share of revenue: the largest customers that together bring 80 % are A, those that "
        "bring the next 15 % B (Pareto, ABC analysis).\n"
        "Thresholds: everybody from a minimum amount on.\n"
        "Purchase behaviour: visits a month, average spend and amount a month, all together.",
    )
    basis = fields.Selection(
        [
            ("revenue", "Invoiced revenue"),
            ("margin", "Margin"),
            ("paid", "Payments received"),
        ],
        required=True,
        compute="_compute_basis",
        store=True,
        readonly=False,
        precompute=True,
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
    is_margin_missing = fields.Boolean(compute="_compute_is_margin_missing")
    evaluated_until = fields.Date(
        readonly=True, copy=False, help="Period-ends up to this day have been evaluated."
    )
    next_evaluation_date = fields.Date(compute="_compute_next_evaluation_date")
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

    @api.depends("method")
    def _compute_basis(self):
        """Purchase behaviour asks for visits and amounts, which are revenue."""
        for policy in self:
            if policy.method == "behaviour" or not policy.basis:
                policy.basis = "revenue"

    @api.depends("basis")
    def _compute_is_margin_missing(self):
        """No margin is known where no module brings costs: nobody could be ranked."""
        has_margin = bool(self.env["crm.relationship.profile"]._get_margin_sources())
        for policy in self:
            policy.is_margin_missing = policy.basis == "margin" and not has_margin

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

    @api.constrains("method", "basis")
    def _check_basis(self):
        for policy in self:
            if policy.method == "behaviour" and policy.basis != "revenue":
                raise ValidationError(
                    self.env._(
                        "“%(policy)s” sorts by purchase behaviour, which is measured by revenue. "
                        "Choose invoiced revenue, or another method.",
                        policy=policy.name,
                    )
                )

    @api.constrains("tier_ids", "state", "method")
    def _check_tiers(self):
        self._check_shares()
        self.filtered(lambda policy: policy.state == "active")._check_complete()

    def _check_complete(self):
        """Check that customers can be graded by these policies."""
        for policy in self:
            if len(policy.tier_ids) < 2:
                raise ValidationError(
                    self.env._(
                        "The policy “%(policy)s” needs at least two tiers before it can be active.",
                        policy=policy.name,
                    )
                )
            policy._check_conditions()

    def _check_shares(self):
        """Check that the tiers above the lowest leave room for it."""
        for policy in self.filtered(lambda policy: policy.method in SHARE_METHODS):
            total = sum(policy._get_tiers_above().mapped("share"))
            if total > 100:
                raise ValidationError(
                    self.env._(
                        "The tiers of “%(policy)s” above the lowest add up to %(total).4g %%. "
                        "Lower their shares to 100 %% or less; the lowest tier takes the rest.",
                        policy=policy.name,
                        total=total,
                    )
                )

    def _check_conditions(self):
        """Check that every tier above the lowest asks for something, and that no better
        tier takes all who fit it.
        """
        self.ensure_one()
        better = self.env["crm.relationship.tier"]
        for tier in self._get_tiers_above():
            conditions = tier._get_conditions()
            if conditions and not any(conditions):
                raise ValidationError(
                    self.env._(
                        "The tier %(tier)s asks for nothing, so every customer would fit it. Fill "
                        "in its conditions; only the lowest tier has none.",
                        tier=tier.display_name,
                    )
                )
            for other in better if conditions else ():
                if all(map(le, other._get_conditions(), conditions)):
                    raise ValidationError(
                        self.env._(
                            "Nobody could be in the tier %(tier)s, for whoever fits it fits the "
                            "better tier %(better)s too. Lower a condition of %(tier)s, or "
                            "raise one of %(better)s.",
                            tier=tier.display_name,
                            better=other.display_name,
                        )
                    )
            better += tier

    def _get_tiers_above(self):
        """Return the tiers with a condition: all but the lowest, the best first."""
        self.ensure_one()
        return self.tier_ids.sorted(lambda tier: (tier.sequence, tier.id))[:-1]

    @api.constrains("domain")
    def _check_domain(self):
        for policy in self:
            try:
                self.env["res.partner"]._search(policy._get_domain())
            except DOMAIN_ERRORS as error:
                raise ValidationError(
                    self.env._(
                        "The customers of the policy “%(policy)s” are not a valid filter on "
                        "contacts: %(error)s",
                        policy=policy.name,
                        error=error,
                    )
                ) from error

    def _check_filter_rights(self, vals_list):
        """Check the filters with the rights of who writes them: constraints run as sudo, and
        a preview would tell their author what it may not read.

        :raises AccessError: for fields that the user may not search by
        """
        for vals in vals_list:
            with suppress(*DOMAIN_ERRORS):  # which the constraint explains
                self.env["res.partner"]._search(Domain(safe_eval(vals.get("domain") or "[]")))

    @api.model_create_multi
    def create(self, vals_list):
        self._check_filter_rights(vals_list)
        return super().create(vals_list)

    def write(self, vals):
        """A company may not take another's policy, nor edit a template into one."""
        self._check_filter_rights([vals])
        if "company_id" in vals and any(policy.cut_ids for policy in self):
            raise UserError(
                self.env._(
                    "This policy has already evaluated customers. Copy it for the other company."
                )
            )
        if vals.get("state") == "active":
            vals = {**vals, "evaluated_until": False}
        saving = self.with_context(**{SAVES_TIERS: SAVING}) if "tier_ids" in vals else self
        result = super(CrmRelationshipTierPolicy, saving).write(vals)
        if vals.get("state") == "active":
            self._adopt_overrides()
        if "period" in vals:
            self._skip_past_evaluations()
        return result

    def _adopt_overrides(self):
        """Let the manual tiers be those of the same code in these policies.

        A manual tier whose code a policy does not have stays the former policy's.
        """
        self.env.flush_all()
        for policy in self:
            self.env.cr.execute(policy._get_adoption())
        self.env.invalidate_all()

    def _get_adoption(self) -> SQL:
        """Return the statement that moves the company's manual tiers to this policy."""
        return SQL(
            """
            UPDATE crm_relationship_profile profile
               SET override_tier_id = own.id,
                   tier_id = CASE WHEN profile.tier_id = held.id THEN own.id
                                  ELSE profile.tier_id END
              FROM crm_relationship_tier held
              JOIN crm_relationship_tier own ON own.code = held.code
             WHERE profile.company_id = %(company)s
               AND held.id = profile.override_tier_id
               AND held.policy_id <> %(policy)s
               AND own.policy_id = %(policy)s
            """,
            company=self.company_id.id,
            policy=self.id,
        )

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
        self._check_complete()
        present = self.search([("company_id", "=", self.company_id.id), ("state", "=", "active")])
        (present - self).state = "retired"
        self.env.flush_all()
        self.write({"state": "active", "evaluated_until": False})

    def action_preview(self):
        """Open what the policy would make of today's customers; nothing is changed."""
        self.ensure_one()
        preview = self.env["crm.relationship.preview"]._make(self)
        return {
            "type": "ir.actions.act_window",
            "name": preview.display_name,
            "res_model": preview._name,
            "res_id": preview.id,
            "view_mode": "form",
            "target": "current",
        }

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

    def _get_tier_terms(self, as_of) -> TierTerms:
        """Return what the engine grades by as of a day."""
        self.ensure_one()
        return TierTerms(
            policy_id=self.id,
            company_id=self.company_id.id,
            as_of=as_of,
            method=self.method,
            tiers=tuple(self.tier_ids.ids),
            window_months=self.window_months,
            grace=self.grace_evaluations,
            stepwise=self.fall == "step",
        )

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
