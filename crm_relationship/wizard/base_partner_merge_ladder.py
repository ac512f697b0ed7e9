from odoo import models

from ..models.grading.crm_relationship_profile_override import NOTED_FIELDS


class BasePartnerMergeAutomaticWizard(models.TransientModel):
    """Keeps what was written down of merged contacts, and no referral of a customer by itself."""

    _inherit = "base.partner.merge.automatic.wizard"

    def _merge_relationship_profiles(self, src_partners, dst_partner):
        """Let the remaining profiles have the notes, the destination's first."""
        # The profiles are the engine's, so whoever merges contacts needs no right on them.
        profiles = self.env["crm.relationship.profile"].sudo()
        domain = [("partner_id", "in", (src_partners | dst_partner).ids)]
        found = profiles.search(domain).sorted(lambda profile: profile.partner_id != dst_partner)
        notes = {
            company: {
                name: next((value for value in same.mapped(name) if value), False)
                for name in NOTED_FIELDS
            }
            for company, same in found.grouped("company_id").items()
        }
        kept = super()._merge_relationship_profiles(src_partners, dst_partner)
        for profile in profiles.search(domain):
            missing = {
                name: value
                for name, value in notes[profile.company_id].items()
                if value and not profile[name]
            }
            if missing:
                profile.write(missing)
        return kept

    def _update_values(self, src_partners, dst_partner):
        """Take over who referred the contact, unless that was itself or goes back to it."""
        customer = dst_partner.commercial_partner_id.id
        for partner in (src_partners | dst_partner).filtered("referred_by_id"):
            if customer in partner.referred_by_id._get_referral_ancestors():
                partner.referred_by_id = False
        return super()._update_values(src_partners, dst_partner)
