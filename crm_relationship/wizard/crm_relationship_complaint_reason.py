from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Domain

from ..models.complaint.crm_relationship_complaint_step import ORDER


class CrmRelationshipComplaintReason(models.TransientModel):
    """Asks why a complaint goes back, or is reopened; the complaint itself checks it."""

    _name = "crm.relationship.complaint.reason"
    _description = "Step Back or Reopen"

    complaint_id = fields.Many2one(
        "crm.relationship.complaint", required=True, readonly=True, ondelete="cascade"
    )
    kind = fields.Selection(
        [("back", "Step back"), ("reopen", "Reopen")], required=True, default="back", readonly=True
    )
    earlier_stage_ids = fields.Many2many(
        "crm.relationship.complaint.stage", compute="_compute_earlier_stage_ids"
    )
    stage_id = fields.Many2one(
        "crm.relationship.complaint.stage",
        "Back To",
        compute="_compute_stage_id",
        compute_sudo=False,
        store=True,
        readonly=False,
        precompute=True,
        ondelete="cascade",
        domain="[('id', 'in', earlier_stage_ids)]",
    )
    reason = fields.Text(required=True, help="It stands in the complaint's chatter.")

    @api.constrains("complaint_id")
    def _check_complaint(self):
        """Let nobody read by the dialog what he may not see."""
        self.complaint_id.check_access("read")

    @api.depends("complaint_id")
    def _compute_earlier_stage_ids(self):
        stages = self.env["crm.relationship.complaint.stage"].search(Domain.TRUE)
        for wizard in self:
            code = wizard.complaint_id.stage_code
            place = ORDER.index(code) if code else 0
            wizard.earlier_stage_ids = stages.filtered(
                lambda stage, place=place: ORDER.index(stage.code) < place
            )

    @api.depends("earlier_stage_ids", "kind")
    def _compute_stage_id(self):
        for wizard in self:
            wizard.stage_id = wizard.kind == "back" and wizard.earlier_stage_ids._origin[-1:]

    @api.model
    def default_get(self, fields_list):
        """Take the complaint that the button was pressed on."""
        values = super().default_get(fields_list)
        if self.env.context.get("active_model") == "crm.relationship.complaint":
            values["complaint_id"] = self.env.context.get("active_id")
        return values

    def action_confirm(self):
        """Go back, or reopen; the complaint checks who may."""
        self.ensure_one()
        if self.kind == "reopen":
            self.complaint_id._reopen(self.reason)
        elif self.stage_id in self.earlier_stage_ids:
            self.complaint_id._step_back(self.stage_id.code, self.reason)
        else:
            raise UserError(self.env._("Choose a stage before the one it is in."))
        return {"type": "ir.actions.client", "tag": "soft_reload"}
