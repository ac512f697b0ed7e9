from odoo import api, fields, models
from odoo.exceptions import UserError


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
        parts = super().create(vals_list)
        parts._check_may_work()
        return parts

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
