from odoo import api, fields, models
from odoo.exceptions import ValidationError

from ..saving import SAVING

SAVES_TIERS = "crm_relationship_saves_tiers"
"""Context key: the policy is being saved together with its tiers."""


class CrmRelationshipTier(models.Model):
    """One tier of a policy, the best first; the last one takes the rest."""

    _name = "crm.relationship.tier"
    _description = "Customer Tier"
    _inherit = ["crm.relationship.cached.mixin"]
    _order = "policy_id, sequence, id"

    policy_id = fields.Many2one(
        "crm.relationship.tier.policy", required=True, ondelete="cascade", index=True
    )
    company_id = fields.Many2one(related="policy_id.company_id", store=True, index=True)
    sequence = fields.Integer(default=10)
    code = fields.Char(
        required=True,
        help="Short, stable mark of the tier, such as A. It stands in the history, in exports "
        "and on the badges.",
    )
    currency_id = fields.Many2one(related="policy_id.currency_id")
    share = fields.Float(
        "Share (%)",
        digits=(7, 4),
        help="Share of customers: how many of them belong to this tier. Share of revenue: how "
        "much of the total they bring. The lowest tier takes the rest, whatever is entered.",
    )
    cumulative_share = fields.Float(
        "Cumulative Share (%)",
        digits=(7, 4),
        compute="_compute_place",
        store=True,
        help="The share of this tier and of all better ones. Share of customers: the cut stands "
        "at this share of the ranking, rounded up to a whole customer. Share of revenue: the "
        "customer that crosses it still belongs to the tier.",
    )
    amount_min = fields.Monetary(
        "From Amount", help="Thresholds: the least amount in the window, inclusive."
    )
    visits_min = fields.Float(
        "Visits a Month",
        digits=(9, 2),
        help="Purchase behaviour: at least so many purchase documents, divided by the months of "
        "the window. Two on one day are two visits.",
    )
    average_min = fields.Monetary(
        "Average Spend",
        help="Purchase behaviour: at least so much per guest, over the purchases whose guests are "
        "known; per visit where none are.",
    )
    monthly_amount_min = fields.Monetary(
        "Amount a Month",
        help="Purchase behaviour: at least so much revenue, divided by the months of the window.",
    )
    condition = fields.Char(
        compute="_compute_condition", help="What belonging to the tier takes, in words."
    )
    is_top = fields.Boolean("Best Tier", compute="_compute_place", store=True)
    is_lowest = fields.Boolean("Lowest Tier", compute="_compute_place", store=True)
    color = fields.Integer(help="Colour of the badge; the code always stands beside it.")
    description = fields.Text(
        translate=True, help="What belonging to this tier means to the customer and to you."
    )

    _code_uniq = models.UniqueIndex("(policy_id, code)", "A policy has each tier code only once.")
    _minimums_not_negative = models.Constraint(
        "CHECK(LEAST(amount_min, visits_min, average_min, monthly_amount_min) >= 0)",
        "The conditions of a tier are 0 or more.",
    )
    _share_range = models.Constraint(
        "CHECK(share >= 0 AND share <= 100)", "The share of a tier lies between 0 and 100 %."
    )

    @api.depends("share", "sequence", "policy_id.tier_ids.share", "policy_id.tier_ids.sequence")
    def _compute_place(self):
        for policy in self.policy_id:
            tiers = policy.tier_ids.sorted(lambda tier: (tier.sequence, tier._origin.id or 0))
            total = 0.0
            for tier in tiers:
                total = round(total + tier.share, 4)
                tier.cumulative_share = total
                tier.is_top = tier == tiers[0]
                tier.is_lowest = tier == tiers[-1]
        for tier in self.filtered(lambda tier: not tier.policy_id):
            tier.update({"cumulative_share": tier.share, "is_top": False, "is_lowest": False})

    @api.depends("code", "name")
    def _compute_display_name(self):
        return super()._compute_display_name()

    def _get_label(self):
        return f"{self.code} · {self.name}" if self.code else self.name

    @api.depends(
        "policy_id.method", "is_lowest", "cumulative_share", "amount_min", "visits_min",
        "average_min", "monthly_amount_min", "currency_id",
    )  # fmt: skip
    def _compute_condition(self):
        for tier in self:
            tier.condition = tier.policy_id and tier.policy_id._explain_condition(tier)

    def _get_conditions(self):
        """Return the minimums that the policy's method compares with, none for shares."""
        self.ensure_one()
        if self.policy_id.method == "threshold":
            return (self.amount_min,)
        if self.policy_id.method == "behaviour":
            return (self.visits_min, self.average_min, self.monthly_amount_min)
        return ()

    @api.constrains("code")
    def _check_code(self):
        for tier in self:
            if not tier.code.strip():
                raise ValidationError(
                    self.env._("Give the tier “%(tier)s” a code, such as A.", tier=tier.name)
                )

    @api.constrains(
        "share", "sequence", "policy_id", "amount_min", "visits_min", "average_min",
        "monthly_amount_min",
    )  # fmt: skip
    def _check_place(self):
        # One that is saved with its tiers is checked when all of them are saved.
        if self.env.context.get(SAVES_TIERS) is not SAVING:
            self.policy_id._check_tiers()

    def write(self, vals):
        """A tier stays with its policy, whose customers and history name it."""
        if "policy_id" in vals and self.policy_id.ids != [vals["policy_id"]]:
            raise ValidationError(
                self.env._("A tier stays with its policy. Add a tier to the other policy instead.")
            )
        return super().write(vals)

    @api.model
    def _get_known(self, company):
        """Return ``{code: tier}`` of all that the company's history may name, the best of
        the present policy first; the latest policy that used a code counts.
        """
        # The names of tiers are no secret to who may read the history, hence sudo.
        tiers = self.sudo().search(
            [("company_id", "=", company.id), ("policy_id.state", "in", ["active", "retired"])]
        )
        latest = tiers.sorted(
            lambda tier: (
                tier.policy_id.state != "active",
                -tier.policy_id.id,
                tier.sequence,
                tier.id,
            )
        )
        known = {}
        for tier in latest:
            known.setdefault(tier.code, tier)
        return known

    @api.model
    def _prepare_levels(self, company, codes):
        """Return what screens show of the present tiers and of former ones in ``codes``,
        the best first.
        """
        known = self._get_known(company)
        shown = [
            code
            for code, tier in known.items()
            if code in codes or tier.policy_id.state == "active"
        ]
        return [
            {"code": code, "name": known[code].display_name, "color": known[code].color}
            for code in shown
        ] + [{"code": code, "name": code, "color": 0} for code in sorted(codes - set(known))]

    @api.ondelete(at_uninstall=False)
    def _unlink_except_in_use(self):
        profiles = self.env["crm.relationship.profile"].sudo()  # of every company
        domain = ["|", ("tier_id", "in", self.ids), ("computed_tier_id", "in", self.ids)]
        if profiles.search_count(domain, limit=1):
            raise ValidationError(
                self.env._(
                    "Customers have this tier, or would have it. It is retired, not deleted."
                )
            )
        tiers = self.filtered(lambda tier: tier.policy_id.state == "active")
        if tiers:
            raise ValidationError(
                self.env._(
                    "The tier %(tier)s belongs to the active policy of %(company)s. Copy the "
                    "policy, change the copy and activate it: every customer is then placed anew.",
                    tier=tiers[0].display_name,
                    company=tiers[0].company_id.display_name,
                )
            )
