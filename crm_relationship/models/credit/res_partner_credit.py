from odoo import api, fields, models
from odoo.exceptions import ValidationError

from ..res_partner import RELATIONSHIP_GROUP, profile_field

JUDGES = "crm_relationship.group_manager,crm_relationship.group_credit"
"""Who may enter what the credit is judged by; salespeople could raise their own customers."""


class ResPartner(models.Model):
    """The customer's credit on the contact, and what people enter for it."""

    _inherit = "res.partner"

    relationship_credit_grade_id = profile_field(fields.Many2one, "credit_grade_id")
    relationship_credit_score = profile_field(fields.Float, "credit_score", aggregator=None)
    relationship_credit_coverage = profile_field(fields.Float, "credit_coverage", aggregator=None)
    relationship_credit_color = fields.Integer(
        related="relationship_profile_id.credit_color",
        related_sudo=False,
        groups=RELATIONSHIP_GROUP,
    )
    relationship_is_credit_provisional = fields.Boolean(
        related="relationship_profile_id.is_credit_provisional",
        related_sudo=False,
        groups=RELATIONSHIP_GROUP,
    )
    relationship_founding_date = fields.Date(
        "Founded On",
        groups=JUDGES,
        help="The day the customer's business was founded: its credit asks for how long it is in "
        "business.",
    )
    relationship_judgement_ids = fields.One2many(
        "crm.relationship.credit.judgement", "partner_id", groups=RELATIONSHIP_GROUP
    )
    relationship_statement_ids = fields.One2many(
        "crm.relationship.credit.statement", "partner_id", groups=RELATIONSHIP_GROUP
    )

    def action_explain_credit(self):
        """Open the answer to "why this grade?"."""
        self.ensure_one()
        return self.relationship_profile_id.action_explain_credit()

    def write(self, vals):
        """Score the customers anew whose founding date changes."""
        result = super().write(vals)
        if "relationship_founding_date" in vals:
            self.env["crm.relationship.profile"]._score_at_once(self.commercial_partner_id)
        return result

    @api.constrains("relationship_founding_date")
    def _check_founding_date(self):
        for partner in self:
            founded = partner.relationship_founding_date
            if founded and founded > fields.Date.context_today(partner):
                raise ValidationError(
                    self.env._(
                        "%(customer)s can't have been founded in the future.",
                        customer=partner.display_name,
                    )
                )
