from odoo import models


class BasePartnerMergeAutomaticWizard(models.TransientModel):
    _inherit = "base.partner.merge.automatic.wizard"

    def _update_foreign_keys(self, src_partners, dst_partner):
        """Merge the profiles before the merge finds two for one customer and deletes one.

        The history's rows go over to the remaining contact; where both had one, a row more
        says which tier holds.
        """
        kept = self._merge_relationship_profiles(src_partners, dst_partner)
        result = super()._update_foreign_keys(src_partners, dst_partner)
        self.env.invalidate_all()
        kept._record_merge()
        return result

    def _merge_relationship_profiles(self, src_partners, dst_partner):
        """Leave one profile in each company, the destination's, else a source's; return
        those that took others in.

        It keeps a manual tier, its own first, and the next run measures it anew. The
        profiles are the engine's, so whoever merges contacts needs no right on them.
        """
        customer = dst_partner.commercial_partner_id
        profiles = (
            self.env["crm.relationship.profile"]
            .sudo()
            .search([("partner_id", "in", (src_partners | dst_partner).ids)])
        )
        merged = profiles.browse()
        for same in profiles.grouped("company_id").values():
            kept = same.filtered(lambda profile: profile.partner_id == dst_partner)[:1] or same[:1]
            decided = (kept | same).filtered(lambda profile: profile._is_override_valid())[:1]
            if decided and decided != kept:
                kept._take_override(decided)
            if same - kept:
                merged += kept
            (same - kept).unlink()
            kept._mark_due()
        if customer != dst_partner:
            # Documents roll up to the parent, whose profile must see them.
            profiles.search([("partner_id", "=", customer.id)])._mark_due()
        return merged
