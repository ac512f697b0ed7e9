from odoo import models
from odoo.tools import OrderedSet

COMPLAINT = "crm.relationship.complaint"


class IrAttachment(models.Model):
    _inherit = "ir.attachment"

    def _inaccessible_comodel_records(self, model_and_ids, operation):
        """Keep files of complaints from employees who only see the board, as the chatter is."""
        yield from super()._inaccessible_comodel_records(model_and_ids, operation)
        ids = OrderedSet(filter(None, model_and_ids.get(COMPLAINT, ())))
        if ids and not self.env.su:
            complaints = self.env[COMPLAINT].browse(ids)
            others = complaints - complaints._filter_insiders()
            # Whoever entered one may attach files to it, and see them.
            for complaint in others - others._filtered_access("write"):
                yield COMPLAINT, complaint.id

    def _claim_for(self, record):
        """Attach to ``record`` what its form uploaded before it was saved.

        Only what the user uploaded and what belongs to nothing else yet.
        """
        loose = self.filtered(
            lambda attachment: (
                not attachment.res_id
                and attachment.res_model in (record._name, False)
                and attachment.create_uid == self.env.user
            )
        )
        if loose:
            loose.write({"res_model": record._name, "res_id": record.id})
