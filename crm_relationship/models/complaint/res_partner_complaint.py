from odoo import api, models
from odoo.exceptions import UserError

from .crm_relationship_complaint_customer import NOTHING

MOVED = {"parent_id", "is_company"}
"""What of a contact tells which customer it belongs to."""


class ResPartner(models.Model):
    """The complaints of a customer."""

    _inherit = "res.partner"

    def write(self, vals):
        result = super().write(vals)
        if vals.keys() & MOVED:
            self._move_complaints()
        return result

    def _move_complaints(self):
        """Let complaints follow a customer that became a contact of another one."""
        # Who changes a contact need not see its complaints.
        complaints = self.env["crm.relationship.complaint"].sudo()
        for complaint in complaints.search([("partner_id", "in", self.ids)]):
            customer = complaint.partner_id.commercial_partner_id
            if customer != complaint.partner_id:
                contact = complaint.contact_id or complaint.partner_id
                complaint.write({"partner_id": customer.id, "contact_id": contact.id})

    @api.ondelete(at_uninstall=False)
    def _unlink_except_complaints(self):
        """Refuse in words what the database would refuse."""
        # Who deletes a contact need not see its complaints to be told of them.
        complaints = self.env["crm.relationship.complaint"].sudo()
        found = complaints.search([("partner_id", "in", self.ids)], limit=1)
        if found:
            raise UserError(
                self.env._(
                    "%(customer)s has complaints, which are kept. Archive the contact instead.",
                    customer=found.partner_id.display_name,
                )
            )

    def _get_complaint_domain(self):
        """Return the domain of the complaints of the customer, or of a contact of its own."""
        self.ensure_one()
        if self == self.commercial_partner_id:
            return [("partner_id", "=", self.id)]
        return [("contact_id", "=", self.id)]

    @api.readonly
    def get_relationship_complaint_count(self):
        """Return how many complaints there are; the form asks after it is shown."""
        complaints = self.env["crm.relationship.complaint"]
        if not complaints._is_used():
            return NOTHING
        return complaints._count_of(self._get_complaint_domain())

    def action_open_relationship_complaints(self):
        """Open the complaints of the customer."""
        customer = self.commercial_partner_id
        return self.env["crm.relationship.complaint"]._open_of(
            self._get_complaint_domain(),
            partner_id=customer.id,
            contact_id=self.id if self != customer or not self.is_company else False,
        )
