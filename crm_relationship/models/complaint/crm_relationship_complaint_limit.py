from odoo import api, fields, models
from odoo.exceptions import ValidationError

KINDS = [
    ("refund", "Refund"),
    ("exchange", "Exchange"),
    ("repair", "Repair"),
    ("replacement", "Replacement"),
    ("help", "Technical help"),
    ("information", "Information"),
    ("compensation", "Compensation"),
    ("apology", "Apology"),
    ("gift", "Gift"),
]
"""What a complaint can be settled by."""


class CrmRelationshipComplaintLimit(models.Model):
    """How much may be granted in one complaint without a manager.

    How it works
        A limit of a kind holds for what is granted of that kind, one of all kinds for the whole.
        Both hold beside each other. Of two for the same, the one for the customer's tier wins.
        Without any limit nobody has to be asked.
    """

    _name = "crm.relationship.complaint.limit"
    _description = "Limit of What Is Granted"
    _order = "company_id, kind, tier_code, id"
    _rec_name = "kind"

    active = fields.Boolean(default=True)
    company_id = fields.Many2one(
        "res.company",
        required=True,
        index=True,
        ondelete="cascade",
        default=lambda self: self.env.company,
    )
    currency_id = fields.Many2one(related="company_id.currency_id")
    kind = fields.Selection(KINDS, help="Empty: for all kinds together.")
    tier_code = fields.Char(
        "Tier", size=8, help="The code of a tier, such as A. Empty: for customers of every tier."
    )
    amount = fields.Monetary(
        "May Be Granted", help="In one complaint, altogether. Up to and including this amount."
    )
    leader_approves = fields.Boolean(
        "Team Leader May Approve",
        help="The leader of the complaint's team may approve what is above, beside managers.",
    )

    _amount_positive = models.Constraint("CHECK (amount >= 0)", "A limit is zero or more.")
    _once = models.UniqueIndex(
        "(company_id, COALESCE(kind, ''), COALESCE(tier_code, '')) WHERE active",
        "There is a limit for this kind and tier already.",
    )

    @api.depends("kind", "tier_code")
    @api.depends_context("lang")
    def _compute_display_name(self):
        names = dict(self._fields["kind"]._description_selection(self.env))
        for limit in self:
            kind = names.get(limit.kind) or self.env._("All kinds")
            limit.display_name = f"{kind} ({limit.tier_code})" if limit.tier_code else kind

    @api.constrains("tier_code", "company_id")
    def _check_tier_code(self):
        # Who sets limits need not see the tier policies of all companies.
        tiers = self.env["crm.relationship.tier"].sudo()
        for limit in self.filtered("tier_code"):
            codes = tiers.search([("company_id", "=", limit.company_id.id)]).mapped("code")
            if limit.tier_code not in codes:
                raise ValidationError(
                    self.env._(
                        "%(company)s has no tier “%(code)s”. Its tiers are: %(codes)s.",
                        company=limit.company_id.name,
                        code=limit.tier_code,
                        codes=", ".join(sorted(set(codes))),
                    )
                )

    def _pick(self, kind, tier_code):
        """Return the one that holds for the kind, or for all of them, and the tier."""
        own = self.filtered(lambda limit: (limit.kind or False) == kind)
        return (
            own.filtered(lambda limit: tier_code and limit.tier_code == tier_code)
            or own.filtered(lambda limit: not limit.tier_code)
        )[:1]
