from odoo import models


class BasePartnerMergeAutomaticWizard(models.TransientModel):
    _inherit = "base.partner.merge.automatic.wizard"

    def _merge(self, partner_ids, dst_partner=None, extra_checks=True):
        """Let roles leave whose contact becomes one of another customer."""
        roles = self.env["res.partner"].browse(partner_ids)._get_followed_roles()
        before = roles._get_present()
        result = super()._merge(partner_ids, dst_partner, extra_checks)
        roles._follow_contacts(before)
        return result

    def _update_foreign_keys(self, src_partners, dst_partner):
        """Leave the merged contact one role in a plan, and the merged customer one active plan
        in a period; else the merge would find two and delete one unseen, or fail.
        """
        partners = (src_partners | dst_partner).ids
        # Whoever merges contacts needs no right on account plans.
        roles = self.env["crm.relationship.role"].sudo().with_context(active_test=False)
        roles.search([("partner_id", "in", partners)])._settle_merge(dst_partner)
        plans = self.env["crm.relationship.plan"].sudo()
        plans.search([("partner_id", "in", partners), ("state", "=", "active")])._settle_merge(
            dst_partner
        )
        # Who is merged is not deleted: reviews go on naming the contact.
        reviews = self.env["crm.relationship.plan.review"].sudo()
        reviews._change_contacts(src_partners, {"partner_id": dst_partner.id})
        self.env.flush_all()
        result = super()._update_foreign_keys(src_partners, dst_partner)
        self.env.invalidate_all()
        self._follow_chain_customer(dst_partner)
        return result

    def _follow_chain_customer(self, dst_partner):
        """Let the roles know the customer that stays: they keep a copy."""
        roles = self.env["crm.relationship.role"].sudo().with_context(active_test=False)
        found = roles.search([("plan_id.partner_id", "=", dst_partner.id)])
        self.env.add_to_compute(roles._fields["customer_id"], found)
        found.flush_recordset(["customer_id"])
