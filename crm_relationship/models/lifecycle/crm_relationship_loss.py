from odoo import fields, models


class CrmRelationshipLoss(models.Model):
    """A customer that was lost: when, how, and what the salesperson found out."""

    _name = "crm.relationship.loss"
    _description = "Lost Customer"
    _inherit = ["mail.thread", "mail.activity.mixin"]
    _order = "date desc, id desc"
    _rec_name = "partner_id"

    partner_id = fields.Many2one(
        "res.partner", "Customer", required=True, ondelete="cascade", readonly=True, index=True
    )
    company_id = fields.Many2one("res.company", required=True, ondelete="cascade", readonly=True)
    currency_id = fields.Many2one(related="company_id.currency_id")
    user_id = fields.Many2one(related="partner_id.user_id", store=True, string="Salesperson")
    date = fields.Date(required=True, readonly=True, help="The day on which it was lost.")
    kind = fields.Selection(
        [("active", "The customer left"), ("passive", "We ended it")],
        required=True,
        readonly=True,
    )
    reason_id = fields.Many2one(
        "crm.relationship.loss.reason", ondelete="restrict", tracking=True, index="btree_not_null"
    )
    note = fields.Text(tracking=True)
    end_date = fields.Date(
        readonly=True, help="The day on which it was won back, or the dismissal lifted."
    )
    revenue_before = fields.Monetary(
        readonly=True, help="Revenue of the window before the loss: what went with the customer."
    )
