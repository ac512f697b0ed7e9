from odoo import api, fields, models

from ..key_account.crm_relationship_plan_lock_mixin import check_insiders


class CrmRelationshipComplaintDepartment(models.Model):
    """A part of the own company that answers for what went wrong."""

    _name = "crm.relationship.complaint.department"
    _description = "Department Responsible for Complaints"
    _order = "sequence, id"

    name = fields.Char(required=True, translate=True)
    sequence = fields.Integer(default=10)
    active = fields.Boolean(default=True)
    company_id = fields.Many2one(
        "res.company", index=True, ondelete="cascade", help="Empty: for all companies."
    )
    user_id = fields.Many2one(
        "res.users",
        "Leader",
        index="btree_not_null",
        ondelete="set null",
        domain="[('share', '=', False)]",
    )
    complaint_count = fields.Integer("Complaints", compute="_compute_complaint_count")

    @api.depends_context("uid", "allowed_company_ids")
    def _compute_complaint_count(self):
        groups = self.env["crm.relationship.complaint"]._read_group(
            [("department_id", "in", self.ids)], ["department_id"], ["__count"]
        )
        counts = dict(groups)
        for department in self:
            department.complaint_count = counts.get(department._origin, 0)

    @api.constrains("user_id", "company_id")
    def _check_leader(self):
        for department in self.filtered("company_id"):
            check_insiders(
                department.user_id, department.company_id, self.env._("the department's leader")
            )

    def action_open_complaints(self):
        """Open the complaints that the department answers for."""
        self.ensure_one()
        return self.env["crm.relationship.complaint"]._open_of([("department_id", "=", self.id)])
