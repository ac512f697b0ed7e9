from odoo import api, fields, models


class CrmRelationshipComplaintEffect(models.TransientModel):
    """Asks whether an improvement was effective; the action itself checks when and who."""

    _name = "crm.relationship.complaint.effect"
    _description = "Check of Effect"

    action_id = fields.Many2one(
        "crm.relationship.complaint.action", required=True, readonly=True, ondelete="cascade"
    )
    company_id = fields.Many2one(related="action_id.company_id")
    effect = fields.Selection(
        [("effective", "Effective"), ("not_effective", "Not effective")],
        required=True,
        default="effective",
    )
    note = fields.Text("What Was Found", required=True)
    name = fields.Char("Follow-up")
    user_id = fields.Many2one(
        "res.users",
        "Owner",
        compute="_compute_user_id",
        compute_sudo=False,
        store=True,
        readonly=False,
        precompute=True,
        domain="[('share', '=', False), ('company_ids', 'in', company_id)]",
    )
    date_deadline = fields.Date("Deadline", help="Empty: in two weeks.")

    @api.constrains("action_id")
    def _check_action(self):
        """Let nobody read by the dialog what he may not see."""
        self.action_id.check_access("read")

    @api.depends("action_id")
    def _compute_user_id(self):
        for wizard in self:
            wizard.user_id = wizard.action_id.user_id

    def action_confirm(self):
        """Say so."""
        self.ensure_one()
        self.action_id._check_effect(
            self.effect,
            self.note,
            name=self.name,
            user_id=self.user_id.id,
            date_deadline=self.date_deadline,
        )
        return {"type": "ir.actions.client", "tag": "soft_reload"}
