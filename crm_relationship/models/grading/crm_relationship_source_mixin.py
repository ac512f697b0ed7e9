from odoo import models


class CrmRelationshipSourceMixin(models.AbstractModel):
    """A document that customers are measured by.

    A changed one is found by the time it was written. What leaves no trace is told: one that
    is taken away from a customer or a company, and one that is deleted.
    """

    _name = "crm.relationship.source.mixin"
    _description = "Document that Customers Are Measured By"

    def write(self, vals):
        if {"partner_id", "company_id"} & set(vals):
            self._mark_relationships_due()
        return super().write(vals)

    def unlink(self):
        self._mark_relationships_due()
        return super().unlink()

    def _mark_relationships_due(self):
        """Let the next run see the customers of these documents."""
        # Whoever changes a document need not see its customer.
        self.env["crm.relationship.profile"]._mark_partners_due(self.sudo().partner_id)
