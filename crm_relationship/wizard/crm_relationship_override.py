from odoo import api, fields, models
from odoo.exceptions import ValidationError


class CrmRelationshipOverride(models.TransientModel):
    """Asks for the manual tier of customers, and why."""

    _name = "crm.relationship.override"
    _description = "Manual Tier"

    profile_ids = fields.Many2many(
        "crm.relationship.profile",
        required=True,
        default=lambda self: self._default_profile_ids(),
    )
    company_id = fields.Many2one("res.company", compute="_compute_company_id")
    has_override = fields.Boolean(compute="_compute_has_override")
    tier_id = fields.Many2one(
        "crm.relationship.tier",
        domain="[('company_id', '=', company_id), ('policy_id.state', '=', 'active')]",
        help="Empty: take the manual tier back, the computed one holds at once.",
    )
    reason = fields.Char(help="Everybody who asks why will read it.")
    until = fields.Date(
        "Valid Through", help="The next day the computed tier holds. Empty: until taken back."
    )

    @api.model
    def default_get(self, fields):
        """Start from the present decision where there is one to change."""
        values = super().default_get(fields)
        profile = self._default_profile_ids()
        if profile and len(profile) == 1 and profile.override_tier_id:
            values.update(
                tier_id=profile.override_tier_id.id,
                reason=profile.override_reason,
                until=profile.override_until,
            )
        return values

    def _default_profile_ids(self):
        """Return the selected profiles, or those of the selected contacts."""
        records = self.env[self.env.context.get("active_model", self._name)].browse(
            self.env.context.get("active_ids", [])
        )
        if records._name == "crm.relationship.profile":
            return records
        if records._name == "res.partner":
            return records.relationship_profile_id
        return False

    @api.depends("profile_ids")
    def _compute_company_id(self):
        for wizard in self:
            wizard.company_id = wizard.profile_ids.company_id[:1]

    @api.depends("profile_ids")
    def _compute_has_override(self):
        for wizard in self:
            wizard.has_override = bool(wizard.profile_ids.override_tier_id)

    def action_apply(self):
        """Write the decision on the profiles."""
        self.ensure_one()
        if len(self.profile_ids.company_id) > 1:
            raise ValidationError(self.env._("Choose customers of one company at a time."))
        if not self.profile_ids:
            raise ValidationError(
                self.env._("These contacts have no relationship with the company yet.")
            )
        self.profile_ids.write(
            {
                "override_tier_id": self.tier_id.id,
                "override_reason": self.reason,
                "override_until": self.until,
            }
        )
        return {"type": "ir.actions.client", "tag": "soft_reload"}

    def action_take_back(self):
        """End the manual tier: the computed one holds at once."""
        self.ensure_one()
        self.tier_id = False
        return self.action_apply()
