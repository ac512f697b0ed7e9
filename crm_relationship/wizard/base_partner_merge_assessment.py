from odoo import models


class BasePartnerMergeAutomaticWizard(models.TransientModel):
    _inherit = "base.partner.merge.automatic.wizard"

    def _update_foreign_keys(self, src_partners, dst_partner):
        """Keep one assessment of a quarter before the merge would delete the others, and one
        that is approved; the others have expired.
        """
        # Whoever merges contacts needs no right on assessments.
        assessments = self.env["crm.relationship.credit.assessment"].sudo()
        customers = src_partners | dst_partner
        assessments.search([("partner_id", "in", customers.ids)])._settle_merge(dst_partner)
        result = super()._update_foreign_keys(src_partners, dst_partner)
        self.env.invalidate_all()
        profiles = self.env["crm.relationship.profile"].sudo()
        profiles = profiles.search([("partner_id", "=", dst_partner.id)])
        profiles._follow_assessments()
        profiles._count_assessments()
        return result
