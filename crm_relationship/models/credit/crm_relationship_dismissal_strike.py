from odoo import api, fields, models


class CrmRelationshipDismissalStrike(models.Model):
    """An invoice that was not paid, as the proposal to dismiss its customer found it."""

    _name = "crm.relationship.dismissal.strike"
    _description = "Strike"
    _order = "proposal_id, due_date, id"

    proposal_id = fields.Many2one(
        "crm.relationship.dismissal.proposal",
        required=True,
        ondelete="cascade",
        readonly=True,
        index=True,
    )
    company_id = fields.Many2one(related="proposal_id.company_id", store=True)
    currency_id = fields.Many2one(related="company_id.currency_id")
    move_id = fields.Many2one(
        "account.move", "Journal Entry", readonly=True, ondelete="set null", index="btree_not_null"
    )
    name = fields.Char("Invoice", required=True, readonly=True)
    invoice_date = fields.Date(readonly=True)
    due_date = fields.Date(required=True, readonly=True)
    written_off_date = fields.Date("Written Off On", readonly=True)
    kind = fields.Selection(
        [("unpaid", "Unpaid"), ("written_off", "Written off")], "What", compute="_compute_kind"
    )
    days_overdue = fields.Integer(
        "Days Past Due",
        compute="_compute_days_overdue",
        help="Until it was written off, until the decision, or until today.",
    )
    amount = fields.Monetary(readonly=True, help="Of the invoice, including tax.")
    open_amount = fields.Monetary(
        "Not Paid", readonly=True, help="What is unpaid or was written off, including tax."
    )

    @api.depends("written_off_date")
    def _compute_kind(self):
        for strike in self:
            strike.kind = "written_off" if strike.written_off_date else "unpaid"

    @api.depends("due_date", "written_off_date", "proposal_id.decision_date")
    def _compute_days_overdue(self):
        for strike in self:
            today = strike.company_id._get_relationship_today()
            until = strike.written_off_date or strike.proposal_id.decision_date or today
            strike.days_overdue = max((until - strike.due_date).days, 0)
