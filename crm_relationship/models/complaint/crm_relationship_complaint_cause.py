from odoo import fields, models


class CrmRelationshipComplaintCause(models.Model):
    """Why something went wrong, as found out by the investigation."""

    _name = "crm.relationship.complaint.cause"
    _description = "Cause of Complaints"
    _inherit = ["crm.relationship.tree.mixin"]
    _order = "parent_path, sequence, id"
    _parent_store = True

    parent_id = fields.Many2one(
        "crm.relationship.complaint.cause", "Above", index=True, ondelete="restrict"
    )
    parent_path = fields.Char(index=True)
    child_ids = fields.One2many("crm.relationship.complaint.cause", "parent_id", "Below")
