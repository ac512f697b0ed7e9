from odoo import models


class BasePartnerMergeAutomaticWizard(models.TransientModel):
    _inherit = "base.partner.merge.automatic.wizard"

    def _get_fk_on(self, table):
        """The history links to contacts without a foreign key, and goes over as if by one."""
        links = super()._get_fk_on(table)
        if table == "res_partner":
            links.append(("crm_relationship_change", "partner_id"))
        return links

    def _update_foreign_keys(self, src_partners, dst_partner):
        """Merge the profiles before the merge finds two for one customer and deletes one.

        The history's rows go over to the remaining contact; where both had one, a row more
        says which tier holds.
        """
        kept = self._merge_relationship_profiles(src_partners, dst_partner)
        result = super()._update_foreign_keys(src_partners, dst_partner)
        self.env.invalidate_all()
        kept._record_merge()
        self._settle_relationship_losses(dst_partner)
        self._untie_referrals(src_partners | dst_partner, dst_partner)
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
                kept._absorb(same - kept)
            (same - kept).unlink()
            kept._mark_due()
        if customer != dst_partner:
            # Documents roll up to the parent, whose profile must see them.
            profiles.search([("partner_id", "=", customer.id)])._mark_due()
        return merged

    def _settle_relationship_losses(self, dst_partner):
        """Leave the customer one open loss in each company, none where it is not lost.

        The losses are the engine's, as the profiles.
        """
        profiles = self.env["crm.relationship.profile"].sudo()
        losses = self.env["crm.relationship.loss"].sudo()
        losses = losses.search([("partner_id", "=", dst_partner.id)])
        for company, same in losses.grouped("company_id").items():
            same._settle_merge(
                profiles.search(
                    [("partner_id", "=", dst_partner.id), ("company_id", "=", company.id)]
                )
            )
        # The rows went over in SQL; what is stored of the contact follows.
        self.env.add_to_compute(losses._fields["user_id"], losses)

    def _untie_referrals(self, partners, dst_partner):
        """Take away who referred ``partners`` where that is now the remaining contact, itself
        or through others: nobody refers itself.
        """
        for partner in partners.sudo():  # whoever merges contacts may not write all of them
            referrer = partner.referred_by_id
            while referrer and referrer != dst_partner:
                referrer = referrer.referred_by_id
            if referrer:
                partner.referred_by_id = False
