from odoo import models


class BasePartnerMergeAutomaticWizard(models.TransientModel):
    """Brings complaints over to the contact that stays."""

    _inherit = "base.partner.merge.automatic.wizard"

    def _update_foreign_keys(self, src_partners, dst_partner):
        result = super()._update_foreign_keys(src_partners, dst_partner)
        self.env.invalidate_all()
        self._settle_complaints(dst_partner)
        return result

    def _settle_complaints(self, dst_partner):
        """Let customer and complainant of each complaint belong together again."""
        # Whoever merges contacts need not see their complaints.
        complaints = self.env["crm.relationship.complaint"].sudo()
        dst_partner._move_complaints()
        complaints.search([("partner_id", "=", dst_partner.id)])._find_recurrences()
        for complaint in complaints.search([("contact_id", "=", dst_partner.id)]):
            if dst_partner.commercial_partner_id != complaint.partner_id:
                complaint.contact_id = False
                complaint._message_log(
                    body=self.env._(
                        "The complainant was merged with %(contact)s, who does not belong to the "
                        "customer.",
                        contact=dst_partner.display_name,
                    )
                )
