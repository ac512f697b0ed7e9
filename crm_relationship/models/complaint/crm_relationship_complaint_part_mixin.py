from odoo import api, fields, models
from odoo.exceptions import UserError

from ..saving import without_defaults

DERIVED = {"company_id", "customer_id"}
"""What follows from the complaint."""


class CrmRelationshipComplaintPartMixin(models.AbstractModel):
    """What is found out or done about one complaint, by those who work on it.

    The server itself still may, see ``env.su``.
    """

    _name = "crm.relationship.complaint.part.mixin"
    _description = "Part of a Complaint"

    complaint_id = fields.Many2one(
        "crm.relationship.complaint", required=True, index=True, ondelete="cascade"
    )
    company_id = fields.Many2one(related="complaint_id.company_id", store=True, index=True)

    @api.model_create_multi
    def create(self, vals_list):
        own = without_defaults(self, DERIVED)
        for vals in vals_list:
            self._check_derived(vals)
        parts = super(CrmRelationshipComplaintPartMixin, own).create(vals_list)
        parts._check_may_work()
        return parts

    def write(self, vals):
        self._check_derived(vals)
        return super().write(vals)

    def _check_derived(self, vals):
        """Check that nobody names another company or customer than the complaint's."""
        if vals.keys() & DERIVED and not self.env.su:
            raise UserError(
                self.env._("Company and customer are those of the complaint. Leave them out.")
            )

    def _check_may_work(self):
        """Check that the user works on the complaints of these."""
        if self:
            self.complaint_id._check_may_work()

    def _check_not_locked(self):
        """Check that no complaint of these is closed."""
        self.complaint_id._check_not_locked({"findings": None})

    def _check_stays(self, vals):
        """Check that nothing moves to another complaint."""
        if "complaint_id" in vals and any(
            part.complaint_id.id != vals["complaint_id"] for part in self
        ):
            raise UserError(
                self.env._("This belongs to its complaint. Enter it anew in the other one.")
            )
