from odoo import models


class IrAttachment(models.Model):
    _inherit = "ir.attachment"

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
