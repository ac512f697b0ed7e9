from odoo import api, fields, models
from odoo.exceptions import ValidationError
from odoo.tools import format_amount

from ..numbers import format_short

GOALPOSTS = ("target", "wallet_amount")
"""What nobody changes without the plan's chatter saying so."""


class CrmRelationshipPlanObjective(models.Model):
    """What a plan wants to reach with its customer on the market: a figure, or a project.

    What has been reached is read when somebody looks, see
    ``crm_relationship_plan_objective_figures``; nothing of it is stored.
    """

    _name = "crm.relationship.plan.objective"
    _description = "Objective of an Account Plan"
    _inherit = ["crm.relationship.plan.opportunity.mixin"]
    _order = "plan_id desc, sequence, id"

    sequence = fields.Integer(default=10)
    partner_id = fields.Many2one(store=True, index=True)
    user_id = fields.Many2one(related="plan_id.user_id", string="Owner", store=True)
    plan_state = fields.Selection(related="plan_id.state", string="State of the Plan", store=True)
    date_start = fields.Date(related="plan_id.date_start")
    date_end = fields.Date(related="plan_id.date_end", store=True)
    kind = fields.Selection(
        [
            ("revenue", "Revenue"),
            ("margin", "Margin"),
            ("wallet", "Share of wallet"),
            ("project", "Named project"),
        ],
        required=True,
        default="revenue",
        help="Revenue, margin and share of wallet count posted invoices and credit notes within "
        "the plan's period, untaxed. A named project is an opportunity.",
    )
    name = fields.Char(
        "Objective",
        compute="_compute_name",
        store=True,
        readonly=False,
        precompute=True,
        help="Everybody who reads the plan sees the name, whoever may read the opportunity.",
    )
    target = fields.Float(
        required=True,
        digits=(16, 2),
        aggregator=None,
        help="What is to be reached by the end of the period: an amount, or a share in per cent.",
    )
    unit = fields.Char(compute="_compute_unit")
    wallet_amount = fields.Monetary(
        "Customer's Spending",
        help="What the customer spends in the plan's period on what we could sell, with us and "
        "with others. The share of wallet is our revenue in per cent of it.",
    )
    baseline = fields.Float(
        digits=(16, 2), aggregator=None, help="Where we start from, such as last year's figure."
    )
    note = fields.Text("Notes")

    _kind_uniq = models.UniqueIndex(
        "(plan_id, kind) WHERE kind <> 'project'",
        "A plan has one objective of revenue, of margin and of share of wallet. Change that one.",
    )
    _opportunity_uniq = models.UniqueIndex(
        "(plan_id, opportunity_id) WHERE opportunity_id IS NOT NULL",
        "The opportunity is an objective of this plan already. Change that one.",
    )
    _target_positive = models.Constraint("CHECK (target > 0)", "Enter a target above zero.")
    _share_possible = models.Constraint(
        "CHECK (kind <> 'wallet' OR target <= 100)",
        "A share of wallet is a percentage: nobody has more than 100 %.",
    )
    _wallet_known = models.Constraint(
        "CHECK (kind <> 'wallet' OR COALESCE(wallet_amount, 0) > 0)",
        "Enter what the customer spends in the period: our share is taken of it.",
    )

    @api.depends("opportunity_id")
    def _compute_name(self):
        for objective in self:
            objective.name = objective.name or objective.opportunity_id.name

    @api.depends("kind", "name")
    @api.depends_context("lang")
    def _compute_display_name(self):
        kinds = dict(self._fields["kind"]._description_selection(self.env))
        for objective in self:
            objective.display_name = objective.name or kinds.get(objective.kind, "")

    @api.depends("kind", "company_id")
    def _compute_unit(self):
        for objective in self:
            is_share = objective.kind == "wallet"
            objective.unit = "%" if is_share else objective.currency_id.symbol

    @api.constrains("kind", "opportunity_id")
    def _check_project(self):
        for objective in self:
            if objective.kind == "project" and not objective.opportunity_id:
                raise ValidationError(
                    self.env._("A named project is an opportunity. Choose the one it is about.")
                )

    @api.model_create_multi
    def create(self, vals_list):
        objectives = super().create(vals_list)
        objectives._tell_targets(dict.fromkeys(objectives.ids))
        return objectives

    def write(self, vals):
        if not any(name in vals for name in GOALPOSTS):
            return super().write(vals)
        former = {objective.id: objective._get_target_text() for objective in self}
        result = super().write(vals)
        self._tell_targets(former)
        return result

    def unlink(self):
        self.plan_id._check_not_closed()
        for objective in self:
            objective.plan_id._log_objective(
                self.env._(
                    "Objective removed: %(objective)s, %(target)s.",
                    objective=objective.display_name,
                    target=objective._get_target_text(),
                )
            )
        return super().unlink()

    def _get_target_text(self):
        """Return the target as people read it."""
        self.ensure_one()
        if self.kind != "wallet":
            return self._format_amount(self.target)
        return self.env._(
            "%(share)s %% of %(spending)s",
            share=format_short(self.env, self.target),
            spending=self._format_amount(self.wallet_amount),
        )

    def _format_amount(self, amount):
        """Return the amount as people read it, without decimals where it has none."""
        amount = float(amount)
        has_decimals = not amount.is_integer()
        return format_amount(self.env, amount, self.currency_id, trailing_zeroes=has_decimals)

    def _tell_targets(self, former):
        """Write targets that were moved into the plan's chatter.

        :param former: ``{id: text}`` of what they were, None for new ones
        """
        for objective in self:
            target = objective._get_target_text()
            before = former[objective.id]
            if before == target:
                continue
            if before is None:
                message = self.env._(
                    "New objective: %(objective)s, %(target)s.",
                    objective=objective.display_name,
                    target=target,
                )
            else:
                message = self.env._(
                    "Target of %(objective)s: %(target)s instead of %(before)s.",
                    objective=objective.display_name,
                    target=target,
                    before=before,
                )
            objective.plan_id._log_objective(message)
