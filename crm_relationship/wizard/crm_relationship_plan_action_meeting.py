from odoo import api, fields, models


class CrmRelationshipPlanActionMeeting(models.TransientModel):
    """When and where the meeting of an action takes place, and whether the contact is asked."""

    _name = "crm.relationship.plan.action.meeting"
    _description = "Meeting of an Action"

    action_id = fields.Many2one(
        "crm.relationship.plan.action", required=True, readonly=True, ondelete="cascade"
    )
    role_id = fields.Many2one(related="action_id.role_id")
    start = fields.Datetime(
        "Begins", required=True, compute="_compute_start", store=True, readonly=False
    )
    duration = fields.Float("Duration (Hours)", required=True, default=1)
    location = fields.Char()
    invites_contact = fields.Boolean(
        "Invite the Contact",
        help="The contact gets an invitation by e-mail, and hears of it when the meeting moves. "
        "Otherwise nothing of the meeting is sent to the customer.",
    )

    _duration_positive = models.Constraint(
        "CHECK (duration > 0)", "A meeting takes longer than no time at all."
    )

    @api.depends("action_id")
    def _compute_start(self):
        for wizard in self:
            wizard.start = wizard.action_id and wizard.action_id._get_proposed_start()

    def action_confirm(self):
        """Put the meeting into the calendar."""
        self.ensure_one()
        self.action_id._plan_meeting(self.start, self.duration, self.location, self.invites_contact)
        return {"type": "ir.actions.act_window_close"}
