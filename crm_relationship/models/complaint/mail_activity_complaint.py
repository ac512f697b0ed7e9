from odoo import models

from .crm_relationship_complaint_action import OPEN


class MailActivity(models.Model):
    """Activities that belong to actions of complaints tell them."""

    _inherit = "mail.activity"

    def write(self, vals):
        result = super().write(vals)
        if vals.keys() & {"date_deadline", "user_id"}:
            for action in self._get_complaint_actions():
                activity = action.planned_activity_id
                told = {
                    name: activity._fields[name].convert_to_write(activity[name], activity)
                    for name in ("date_deadline", "user_id")
                    if activity[name] and activity[name] != action[name]
                }
                if told:
                    action.write(told)
        return result

    def _action_done(self, feedback=False, attachment_ids=None):
        """Let the actions be done; one without a proof refuses before."""
        actions = self._get_complaint_actions()
        actions._accept_proof(feedback, attachment_ids)
        result = super()._action_done(feedback=feedback, attachment_ids=attachment_ids)
        actions.write({"state": "done"})
        return result

    def _get_complaint_actions(self):
        """Return the open actions that these activities belong to.

        Whom an activity is assigned to may finish it without a right on the complaint.
        """
        actions = self.env["crm.relationship.complaint.action"].sudo()
        if not self.ids:
            return actions
        return actions.search([("planned_activity_id", "in", self.ids), ("state", "in", OPEN)])
