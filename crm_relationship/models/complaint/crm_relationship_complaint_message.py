from odoo import fields, models

from .crm_relationship_complaint_team import is_worker

SEES_ALL = (
    "crm_relationship.group_manager",
    "crm_relationship.group_credit",
    "sales_team.group_sale_salesman_all_leads",
)


class CrmRelationshipComplaint(models.Model):
    """What people say about a complaint.

    The board is open to employees; what is written in the chatter is not. Those who work on
    complaints read it, the customer's salespeople and followers.
    """

    _inherit = "crm.relationship.complaint"

    # Searched by what the user may read: Odoo searches in all of them.
    message_ids = fields.One2many(bypass_search_access=False)
    activity_ids = fields.One2many(bypass_search_access=False)
    activity_summary = fields.Char(related_sudo=False)

    def _mail_get_operation_for_mail_message_operation(self, message_operation):
        """Ask others for the right to change a complaint before they read its chatter."""
        operations = super()._mail_get_operation_for_mail_message_operation(message_operation)
        if message_operation not in ("read", "create"):
            return operations
        insiders = self._filter_insiders()
        for complaint in self:
            operations[complaint] = "read" if complaint in insiders else "write"
        return operations

    def message_subscribe(self, partner_ids=None, subtype_ids=None):
        """Let nobody follow on its own what only followers read.

        Odoo lets everybody follow what he reads, and the board is open to all.
        """
        if self.env.su or set(partner_ids or []) != {self.env.user.partner_id.id}:
            return super().message_subscribe(partner_ids, subtype_ids)
        insiders = self._filter_insiders()
        return super(CrmRelationshipComplaint, insiders).message_subscribe(partner_ids, subtype_ids)

    def _filter_insiders(self):
        """Return those that the user works on or follows, or whose customer is the user's."""
        user = self.env.user
        if self.env.su or is_worker(user):
            return self
        # Who follows a complaint, and whose customer it is, decides what is read of it.
        complaints = self.sudo().exists()
        followed = complaints.filtered(
            lambda complaint: user.partner_id in complaint.message_partner_ids
        )
        if any(user.has_group(group) for group in SEES_ALL):
            return self
        if user.has_group("crm_relationship.group_user"):
            followed |= complaints.filtered(
                lambda complaint: complaint.partner_id.user_id in (user, user.browse())
            )
        return self.browse(followed.ids)

    def _mail_get_partner_fields(self, introspect_fields=False):
        """Write to whoever complains, else to the customer."""
        return ["contact_id", "partner_id"]
