from odoo import api, fields, models

FEATURE = "crm_relationship.group_key_account_feature"

FOLLOWED = {"active", "parent_id"}
"""What of a contact tells whether it is still one of the customer's."""


class ResPartner(models.Model):
    """The account plans of a customer."""

    _inherit = "res.partner"

    relationship_plan_ids = fields.One2many(
        "crm.relationship.plan", "partner_id", "Account Plans", groups="crm_relationship.group_user"
    )
    relationship_plan_count = fields.Integer(
        "Number of Account Plans",
        compute="_compute_relationship_plan_count",
        groups="crm_relationship.group_user",
    )

    @api.depends("relationship_plan_ids")
    @api.depends_context("uid", "su", "allowed_company_ids")
    def _compute_relationship_plan_count(self):
        counts = {}
        if self.env.user.has_group(FEATURE):  # nobody counts what is switched off
            counts = dict(
                self.env["crm.relationship.plan"]._read_group(
                    [("partner_id", "in", self.commercial_partner_id.ids)],
                    ["partner_id"],
                    ["__count"],
                )
            )
        for partner in self:
            partner.relationship_plan_count = counts.get(partner.commercial_partner_id, 0)

    def write(self, vals):
        if not vals.keys() & FOLLOWED:
            return super().write(vals)
        roles = self._get_followed_roles()
        before = roles._get_present()
        result = super().write(vals)
        roles._follow_contacts(before)
        return result

    def unlink(self):
        """Take the contacts' roles along, private notes and messages included, even those in
        closed plans: who deletes a contact need not be of the team.
        """
        roles = self.env["crm.relationship.role"].sudo().with_context(active_test=False)
        roles.search([("partner_id", "in", self.ids)]).unlink()
        followed = self._get_followed_roles()  # of contacts below, which lose their place
        before = followed._get_present()
        result = super().unlink()
        followed._follow_contacts(before)
        return result

    def _get_followed_roles(self):
        """Return the roles of these contacts, and of those below, in plans that may change."""
        # Whoever changes a contact needs no right on account plans.
        roles = self.env["crm.relationship.role"].sudo().with_context(active_test=False)
        return roles.search(
            [("partner_id", "child_of", self.ids), ("plan_id.state", "!=", "closed")]
        )

    def action_open_relationship_plans(self):
        """Open the account plans of the contact's customer."""
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "crm_relationship.crm_relationship_plan_action"
        )
        customer = self.commercial_partner_id
        action["domain"] = [("partner_id", "=", customer.id)]
        action["context"] = {"default_partner_id": customer.id}
        return action
