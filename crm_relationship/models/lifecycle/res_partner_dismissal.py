from odoo import api, fields, models
from odoo.exceptions import ValidationError

from ..res_partner import profile_field


class ResPartner(models.Model):
    """Dismissal of the customer, from its contact."""

    _inherit = "res.partner"

    relationship_dismissed_date = profile_field(fields.Date, "dismissed_date")

    @api.constrains("parent_id", "is_company", "relationship_excluded")
    def _check_not_dismissed(self):
        """Check that a dismissal does not go with its customer: only credit approvers lift it."""
        # Of every company, and whoever changes the contact.
        profiles = (
            self.env["crm.relationship.profile"]
            .sudo()
            .search([("partner_id", "in", self.ids), ("dismissed_date", "!=", False)])
        )
        for customer in profiles.partner_id:
            if customer.relationship_excluded or customer.commercial_partner_id != customer:
                raise ValidationError(
                    self.env._(
                        "%(customer)s is dismissed. Let a credit approver lift that before it is "
                        "left out or becomes a contact of another customer.",
                        customer=customer.display_name,
                    )
                )

    def action_dismiss_relationship(self):
        """Ask why the relationship with this customer ends in the current company."""
        self.ensure_one()
        return {
            **self.env["ir.actions.act_window"]._for_xml_id(
                "crm_relationship.crm_relationship_dismiss_action"
            ),
            "context": {"default_profile_id": self.relationship_profile_id.id},
        }

    def action_lift_relationship_dismissal(self):
        """Let the rules of the lifecycle hold again for this customer."""
        return self.relationship_profile_id.action_lift_dismissal()
