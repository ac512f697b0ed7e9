from odoo import api, models

from .crm_relationship_complaint_customer import NOTHING


class AccountMove(models.Model):
    """The complaints about an invoice."""

    _inherit = "account.move"

    @api.readonly
    def get_relationship_complaint_count(self):
        """Return how many complaints there are; the form asks after it is shown."""
        complaints = self.env["crm.relationship.complaint"]
        if not complaints._is_used():
            return NOTHING
        return complaints._count_of([("invoice_id", "=", self.id)])

    def action_open_relationship_complaints(self):
        """Open the complaints about the invoice."""
        self.ensure_one()
        customer = self.partner_id.commercial_partner_id
        return self.env["crm.relationship.complaint"]._open_of(
            [("invoice_id", "=", self.id)],
            partner_id=customer.id,
            contact_id=self.partner_id.id if self.partner_id != customer else False,
            invoice_id=self.id,
            company_id=self.company_id.id,
        )
