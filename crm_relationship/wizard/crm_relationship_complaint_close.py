from odoo import api, fields, models

from ..models.complaint.crm_relationship_complaint_step import JUSTIFIED, RESULTS


class CrmRelationshipComplaintClose(models.TransientModel):
    """Asks what closing a complaint needs; the complaint itself checks it."""

    _name = "crm.relationship.complaint.close"
    _description = "Close Complaint"

    complaint_id = fields.Many2one(
        "crm.relationship.complaint", required=True, readonly=True, ondelete="cascade"
    )
    result = fields.Selection(RESULTS, required=True, default="accepted")
    is_justified = fields.Boolean(compute="_compute_is_justified")
    answer = fields.Html(
        "Answer to the Customer",
        compute="_compute_from_complaint",
        compute_sudo=False,
        store=True,
        readonly=False,
        precompute=True,
    )
    cause_id = fields.Many2one(
        "crm.relationship.complaint.cause",
        compute="_compute_from_complaint",
        compute_sudo=False,
        store=True,
        readonly=False,
        precompute=True,
        ondelete="cascade",
    )
    reason = fields.Text(help="Why it is not justified, or why the customer withdrew it.")

    @api.depends("result")
    def _compute_is_justified(self):
        for wizard in self:
            wizard.is_justified = wizard.result in JUSTIFIED

    @api.depends("complaint_id")
    def _compute_from_complaint(self):
        for wizard in self:
            wizard.answer = wizard.complaint_id.answer
            wizard.cause_id = wizard.complaint_id.cause_id

    @api.constrains("complaint_id")
    def _check_complaint(self):
        """Let nobody read by the dialog what he may not see."""
        self.complaint_id.check_access("read")

    @api.model
    def default_get(self, fields_list):
        """Take the complaint that the button was pressed on."""
        values = super().default_get(fields_list)
        if self.env.context.get("active_model") == "crm.relationship.complaint":
            values["complaint_id"] = self.env.context.get("active_id")
        return values

    def action_close(self):
        """Enter what was decided, and close the complaint."""
        self.ensure_one()
        stage = self.env["crm.relationship.complaint.stage"]._get("closed")
        self.complaint_id.write(
            {
                "answer": self.answer,
                "cause_id": self.cause_id.id if self.is_justified else False,
                "stage_id": stage.id,
                "result": self.result,
                "closing_reason": False if self.is_justified else self.reason,
            }
        )
        return {"type": "ir.actions.client", "tag": "soft_reload"}
