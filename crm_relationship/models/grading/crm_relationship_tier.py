from odoo import api, fields, models
from odoo.exceptions import ValidationError


class CrmRelationshipTier(models.Model):
    """One tier of a policy, the best first; the last one takes the rest."""

    _name = "crm.relationship.tier"
    _description = "Customer Tier"
    _order = "policy_id, sequence, id"

    policy_id = fields.Many2one(
        "crm.relationship.tier.policy", required=True, ondelete="cascade", index=True
    )
    company_id = fields.Many2one(related="policy_id.company_id", store=True, index=True)
    sequence = fields.Integer(default=10)
    name = fields.Char(required=True, translate=True)
    code = fields.Char(
        required=True,
        help="Short, stable mark of the tier, such as A. It stands in the history, in exports "
        "and on the badges.",
    )
    share = fields.Float(
        "Share of Customers (%)",
        digits=(7, 4),
        help="How many of the ranked customers belong to this tier. The lowest tier takes "
        "the rest, whatever is entered.",
    )
    cumulative_share = fields.Float(
        "Cumulative Share (%)",
        digits=(7, 4),
        compute="_compute_place",
        store=True,
        help="The share of this tier and of all better ones: the cut stands at this share of "
        "the ranking, rounded up to a whole customer.",
    )
    is_top = fields.Boolean("Best Tier", compute="_compute_place", store=True)
    is_lowest = fields.Boolean("Lowest Tier", compute="_compute_place", store=True)
    color = fields.Integer(help="Colour of the badge; the code always stands beside it.")
    description = fields.Text(
        translate=True, help="What belonging to this tier means to the customer and to you."
    )

    _code_uniq = models.UniqueIndex("(policy_id, code)", "A policy has each tier code only once.")
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
        for tier in self:
            tier.display_name = f"{tier.code} · {tier.name}" if tier.code else tier.name

    @api.constrains("code")
    def _check_code(self):
        for tier in self:
            if not tier.code.strip():
                raise ValidationError(
                    self.env._("Give the tier “%(tier)s” a code, such as A.", tier=tier.name)
                )

    @api.constrains("share", "sequence", "policy_id")
    def _check_share(self):
        self.policy_id._check_shares()

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
