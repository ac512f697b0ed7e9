from odoo import api, fields, models

from .private_one2many import PrivateOne2many


class CrmRelationshipRole(models.Model):
    """The needs and the private notes of the contact; the latter only the team sees."""

    _inherit = "crm.relationship.role"

    note_ids = PrivateOne2many("crm.relationship.role.note", "role_id", "Private Notes")
    need_ids = fields.One2many("crm.relationship.role.need", "role_id", "Needs")
    keeps_private_data = fields.Boolean(
        compute="_compute_keeps_private_data",
        help="You belong to the team, and the company keeps private data.",
    )

    @api.depends("plan_id", "company_id")
    @api.depends_context("uid")
    def _compute_keeps_private_data(self):
        for role in self:
            # Every member of the team may know whether the company keeps any.
            kept = role.company_id.sudo().relationship_private_data
            role.keeps_private_data = kept and role.plan_id.is_team
