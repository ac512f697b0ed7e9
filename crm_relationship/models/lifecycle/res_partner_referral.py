from odoo import api, fields, models
from odoo.exceptions import ValidationError


class ResPartner(models.Model):
    """Who referred whom."""

    _inherit = "res.partner"

    referred_by_id = fields.Many2one(
        "res.partner",
        "Referred By",
        index="btree_not_null",
        ondelete="set null",
        help="The contact that recommended us to this one.",
    )
    referred_ids = fields.One2many("res.partner", "referred_by_id", "Referred")

    @api.constrains("referred_by_id")
    def _check_referred_by(self):
        if self._has_cycle("referred_by_id"):
            raise ValidationError(
                self.env._(
                    "A contact can't be referred by itself, nor by one that it referred. Choose "
                    "another contact."
                )
            )

    def write(self, vals):
        """Let the next run see who loses a referral; who gains one is found by the contact."""
        if "referred_by_id" in vals:
            self.env["crm.relationship.profile"]._mark_partners_due(self.sudo().referred_by_id)
        return super().write(vals)

    def unlink(self):
        self.env["crm.relationship.profile"]._mark_partners_due(self.sudo().referred_by_id)
        return super().unlink()
