from odoo import api, fields, models


class CrmRelationshipComplaint(models.Model):
    """Of which message in another chatter a complaint was made."""

    _inherit = "crm.relationship.complaint"

    origin_message_id = fields.Many2one(
        "mail.message",
        "Made of the Message",
        readonly=True,
        copy=False,
        index="btree_not_null",
        ondelete="set null",
    )

    @api.model
    def _get_managed_fields(self):
        return super()._get_managed_fields() | {"origin_message_id"}
