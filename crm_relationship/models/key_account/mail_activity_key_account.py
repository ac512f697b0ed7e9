from odoo import models


class MailActivity(models.Model):
    """Activities that belong to actions of account plans tell them."""

    _inherit = "mail.activity"

    def write(self, vals):
        result = super().write(vals)
        if "date_deadline" in vals:
            # A meeting tells the action itself: it knows the time zone.
            alone = self.filtered(lambda activity: not activity.calendar_event_id)
            for action in alone._get_relationship_actions():
                deadline = action.planned_activity_id.date_deadline
                if action.date_deadline != deadline:
                    action.date_deadline = deadline
        return result

    def _action_done(self, feedback=False, attachment_ids=None):
        actions = self._get_relationship_actions()
        result = super()._action_done(feedback=feedback, attachment_ids=attachment_ids)
        actions._finish_by_activity(feedback)
        return result

    def _get_relationship_actions(self):
        """Return the open actions that these activities belong to.

        Whom an activity is assigned to may finish it without a right on the plan; a closed plan
        stays as it is.
        """
        actions = self.env["crm.relationship.plan.action"].sudo()
        if not self.ids:
            return actions
        return actions.search(
            [
                ("planned_activity_id", "in", self.ids),
                ("state", "=", "planned"),
                ("plan_id.state", "!=", "closed"),
            ]
        )
