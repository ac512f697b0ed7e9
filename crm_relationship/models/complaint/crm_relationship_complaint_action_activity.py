from odoo import api, fields, models

from .crm_relationship_complaint_action import OPEN

FOLLOWED = {"user_id", "date_deadline", "name"}
"""What of an action its activity repeats."""


class CrmRelationshipComplaintAction(models.Model):
    """An open action stands among the owner's activities; both are kept in step."""

    _inherit = "crm.relationship.complaint.action"

    planned_activity_id = fields.Many2one(
        "mail.activity", "Activity", readonly=True, copy=False, ondelete="set null", index=True
    )

    @api.model
    def _get_managed_fields(self):
        return super()._get_managed_fields() | {"planned_activity_id"}

    @api.model_create_multi
    def create(self, vals_list):
        actions = super().create(vals_list)
        actions.filtered(
            lambda action: action.state in OPEN and not action.planned_activity_id
        )._plan()
        return actions

    def write(self, vals):
        before = {action: action.state for action in self}
        result = super().write(vals)
        if vals.keys() & FOLLOWED:
            self._move_activities()
        changed = self.filtered(lambda action: action.state != before[action])
        if "state" in vals and changed:
            changed._follow_state()
        return result

    def unlink(self):
        activities = self.sudo().planned_activity_id
        result = super().unlink()
        activities.exists().unlink()
        return result

    def _plan(self):
        """Give each owner an activity."""
        # The owner's activity is the action's, whoever is at work here.
        activities = self.env["mail.activity"].sudo()
        todo = self.env.ref("mail.mail_activity_data_todo", raise_if_not_found=False)
        created = activities.create(
            [
                {
                    "res_model_id": self.env["ir.model"]._get_id(self._name),
                    "res_id": action.id,
                    "activity_type_id": todo.id if todo else False,
                    "summary": action.name,
                    "date_deadline": action.date_deadline,
                    "user_id": action.user_id.id,
                    "automated": True,
                }
                for action in self
            ]
        )
        for action, activity in zip(self, created, strict=True):
            action.sudo()._save({"planned_activity_id": activity.id})

    def _move_activities(self):
        """Let the activities follow owner, deadline and name."""
        for action in self:
            activity = action.sudo().planned_activity_id  # as above
            wanted = {
                "user_id": action.user_id.id,
                "date_deadline": action.date_deadline,
                "summary": action.name,
            }
            changed = {
                name: value
                for name, value in wanted.items()
                if activity.active
                and activity._fields[name].convert_to_write(activity[name], activity) != value
            }
            if changed:
                activity.write(changed)

    def _follow_state(self):
        """Finish the activities of what is done, remove those of what is cancelled."""
        done = self.filtered(lambda action: action.state == "done").sudo()  # as above
        activities = done.planned_activity_id.filtered("active")
        if activities:
            activities.action_done()
        cancelled = self.filtered(lambda action: action.state == "cancelled").sudo()
        cancelled.planned_activity_id.filtered("active").unlink()
        self.filtered(
            lambda action: action.state in OPEN and not action.sudo().planned_activity_id.active
        )._plan()

    def _accept_proof(self, feedback, attachment_ids):
        """Take what was said when the activity was marked as done as the proof."""
        for action in self:
            vals = {"proof": action.proof or feedback or False}
            if attachment_ids:
                vals["attachment_ids"] = [fields.Command.link(id_) for id_ in attachment_ids]
            action.write(vals)
            action._check_proven()
