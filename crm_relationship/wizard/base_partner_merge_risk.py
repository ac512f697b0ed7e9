from odoo import models


class BasePartnerMergeAutomaticWizard(models.TransientModel):
    _inherit = "base.partner.merge.automatic.wizard"

    def _update_foreign_keys(self, src_partners, dst_partner):
        """Leave the merged customer one open proposal and one judgement of each sign.

        Else the merge would find two of what a customer has one of, and delete one unseen.
        """
        partners = (src_partners | dst_partner).ids
        # They are the engine's and the credit group's; whoever merges contacts needs no right.
        proposals = (
            self.env["crm.relationship.dismissal.proposal"]
            .sudo()
            .search([("partner_id", "in", partners), ("state", "=", "open")])
        )
        for same in proposals.grouped("company_id").values():
            kept = same.filtered(lambda item: item.partner_id == dst_partner)[:1] or same[:1]
            (same - kept)._withdraw("merged")
        judgements = self.env["crm.relationship.risk.judgement"].sudo()
        judgements.search([("partner_id", "in", partners)])._keep_highest()
        self.env.flush_all()
        result = super()._update_foreign_keys(src_partners, dst_partner)
        self.env.invalidate_all()
        profiles = self.env["crm.relationship.profile"].sudo()
        profiles.search([("partner_id", "=", dst_partner.id)])._follow_proposals()
        return result
