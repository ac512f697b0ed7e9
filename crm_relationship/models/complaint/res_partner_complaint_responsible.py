from odoo import api, models

from .crm_relationship_complaint import INSIDERS
from .crm_relationship_complaint_customer import NOTHING


class ResPartner(models.Model):
    """The complaints that a supplier, or another partner, is responsible for."""

    _inherit = "res.partner"

    def _get_responsible_domain(self):
        """Return the domain of the complaints that the partner, or a contact of it, caused."""
        return [("supplier_id", "child_of", self.ids)]

    @api.readonly
    def get_relationship_responsible_count(self):
        """Return how many complaints there are; the form asks after it is shown."""
        complaints = self.env["crm.relationship.complaint"]
        if not complaints._is_used() or not self.env.user.has_groups(INSIDERS):
            return NOTHING
        return complaints._count_of(self._get_responsible_domain())

    def action_open_responsible_complaints(self):
        """Open the complaints that the partner is responsible for."""
        return self.env["crm.relationship.complaint"]._open_of(self._get_responsible_domain())
