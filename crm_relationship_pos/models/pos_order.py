from odoo import api, models


class PosOrder(models.Model):
    _name = "pos.order"
    _inherit = ["pos.order", "crm.relationship.document.mixin"]

    def write(self, vals):
        """Let the next run see the customer that an order is taken away from."""
        if "partner_id" in vals:
            moved = self.filtered(
                lambda order: (
                    order.state in ("paid", "done") and order.partner_id.id != vals["partner_id"]
                )
            )
            self.env["crm.relationship.profile"]._mark_partners_due(moved.partner_id)
        return super().write(vals)

    @api.model
    def _load_pos_data_read(self, records, config):
        """Keep the customers' tiers off the tills: those store what they read."""
        rows = super()._load_pos_data_read(records, config)
        for row in rows:
            row.pop("relationship_tier_id", None)
            row.pop("relationship_tier_color", None)
        return rows
