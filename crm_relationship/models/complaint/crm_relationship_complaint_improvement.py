from odoo import api, fields, models

from .crm_relationship_complaint import INSIDERS
from .crm_relationship_complaint_action import IMPROVING, OPEN


class CrmRelationshipComplaint(models.Model):
    """The actions because of a complaint, and how far its improvement is.

    Closing does not wait for them: the customer has the answer long before an effect is proven.
    """

    _inherit = "crm.relationship.complaint"

    action_ids = fields.One2many(
        "crm.relationship.complaint.action", "complaint_id", "Actions", groups=INSIDERS
    )
    open_action_count = fields.Integer(
        "Open Actions", compute="_compute_open_action_count", groups=INSIDERS
    )
    improvement_state = fields.Selection(
        [
            ("open", "Actions open"),
            ("check", "Effect to be checked"),
            ("failed", "Not effective"),
            ("contained", "Contained only"),
            ("effective", "Effective"),
        ],
        "Improvement",
        compute="_compute_improvement_state",
        store=True,
        index="btree_not_null",
        groups=INSIDERS,
        help="How far the actions are: one that was not effective opens it again.",
    )

    @api.model
    def _get_managed_fields(self):
        return super()._get_managed_fields() | {"improvement_state"}

    @api.depends("action_ids.state")
    def _compute_open_action_count(self):
        for complaint in self:
            complaint.open_action_count = len(
                complaint.action_ids.filtered(lambda action: action.state in OPEN)
            )

    @api.depends("action_ids.state", "action_ids.effect", "action_ids.kind")
    def _compute_improvement_state(self):
        for complaint in self:
            complaint.improvement_state = complaint._get_improvement_state()

    def _get_improvement_state(self):
        """Return the state; what another action follows counts no more."""
        self.ensure_one()
        actions = self.action_ids.filtered(lambda action: action.state != "cancelled")
        last = actions - actions.follows_id
        improving = last.filtered(lambda action: action.kind in IMPROVING)
        if not actions:
            return False
        if any(action.state in OPEN for action in last):
            return "open"
        if any(action.effect == "not_effective" for action in improving):
            return "failed"
        if any(not action.effect for action in improving):
            return "check"
        return "effective" if improving else "contained"

    def action_open_actions(self):
        """Open the actions because of the complaint."""
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "crm_relationship.crm_relationship_complaint_action_action"
        )
        action["domain"] = [("complaint_id", "=", self.id)]
        action["context"] = {"default_complaint_id": self.id}
        return action
