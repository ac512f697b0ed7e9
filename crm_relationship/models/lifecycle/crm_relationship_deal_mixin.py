from odoo import models


class CrmRelationshipDealMixin(models.AbstractModel):
    """A document that the customer ladder is found by: opportunity, order or loyalty card.

    A changed one is found by the time it was written. What leaves no trace is told: one that
    is taken away from a customer or a company, and one that is deleted.
    """

    _name = "crm.relationship.deal.mixin"
    _description = "Document of the Customer Ladder"

    def write(self, vals):
        if {"partner_id", "company_id"} & set(vals):
            self._mark_relationships_due()
        return super().write(vals)

    def unlink(self):
        self._mark_relationships_due()
        return super().unlink()

    def _mark_relationships_due(self):
        self.env["crm.relationship.profile"]._mark_partners_due(self.sudo().partner_id)
