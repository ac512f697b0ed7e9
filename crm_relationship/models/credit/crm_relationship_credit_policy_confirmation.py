from odoo import fields, models


class CrmRelationshipCreditPolicy(models.Model):
    """Who looked the policy over: until somebody did, it is an example that came along."""

    _inherit = "crm.relationship.credit.policy"

    confirmed_by_id = fields.Many2one(
        "res.users",
        readonly=True,
        copy=False,
        help="Who last changed the policy, or found that it fits as it is.",
    )

    def write(self, vals):
        """Who changes the policy has looked it over; an update of the addon is nobody."""
        if not self.env.su:
            vals = {**vals, "confirmed_by_id": self.env.uid}
        return super().write(vals)

    def action_confirm(self):
        """Note that the policy fits as it is."""
        self.write({"confirmed_by_id": self.env.uid})
