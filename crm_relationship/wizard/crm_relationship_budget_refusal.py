from odoo import fields, models


class CrmRelationshipBudgetRefusal(models.TransientModel):
    """Asks why spending that was requested is refused."""

    _name = "crm.relationship.budget.refusal"
    _description = "Refuse Spending"

    budget_ids = fields.Many2many(
        "crm.relationship.budget",
        "crm_relationship_budget_refusal_rel",
        string="Spending",
        required=True,
        readonly=True,
    )
    reason = fields.Char(required=True, help="Who asked for it is told.")

    def action_refuse(self):
        """Refuse them; the spending checks who may."""
        self.ensure_one()
        self.budget_ids._refuse(self.reason)
        return {"type": "ir.actions.client", "tag": "soft_reload"}
