from odoo import fields, models


class CrmRelationshipDismiss(models.TransientModel):
    """Asks why the company ends the relationship with a customer."""

    _name = "crm.relationship.dismiss"
    _description = "Dismiss Customer"

    profile_id = fields.Many2one(
        "crm.relationship.profile", "Customer", required=True, ondelete="cascade"
    )
    # Read with the user's own rights: whose profile it is, nobody has checked here.
    currency_id = fields.Many2one(related="profile_id.currency_id", related_sudo=False)
    stage_id = fields.Many2one(
        related="profile_id.stage_id", string="Stage Today", related_sudo=False
    )
    stage_color = fields.Integer(
        related="profile_id.stage_color", string="Stage Colour", related_sudo=False
    )
    last_purchase_date = fields.Date(related="profile_id.last_purchase_date", related_sudo=False)
    revenue = fields.Monetary(related="profile_id.revenue", related_sudo=False)
    overdue_amount = fields.Monetary(related="profile_id.overdue_amount", related_sudo=False)
    reason_id = fields.Many2one(
        "crm.relationship.loss.reason",
        required=True,
        ondelete="cascade",
        domain="[('kind', 'in', ['passive', False])]",
    )
    note = fields.Text(help="It stands in the history and on the loss, for all who may see them.")

    def action_dismiss(self):
        """Dismiss the customer; the profile checks who may."""
        self.ensure_one()
        self.profile_id._dismiss(self.reason_id, self.note)
        return {"type": "ir.actions.client", "tag": "soft_reload"}
