from odoo import models

TIMES = {"start", "start_date", "allday"}


class CalendarEvent(models.Model):
    """Meetings that belong to actions of account plans tell them."""

    _inherit = "calendar.event"

    def write(self, vals):
        moved = TIMES & vals.keys()
        result = super().write(vals)
        if moved:
            self._tell_actions()
        return result

    def unlink(self):
        """Let go of the actions first: the meetings take their activities along."""
        actions = self._get_relationship_actions()
        actions.write({"meeting_id": False, "planned_activity_id": False})
        actions.flush_recordset()
        return super().unlink()

    def _get_relationship_actions(self):
        """Return the actions that these meetings belong to: who moves a meeting need not have a
        right on the plan.
        """
        actions = self.env["crm.relationship.plan.action"].sudo()
        return actions.search([("meeting_id", "in", self.ids)]) if self.ids else actions

    def _tell_actions(self):
        """Let the deadlines of open actions follow; a closed plan stays as it is."""
        for action in self._get_relationship_actions():
            if action.state == "planned" and action.plan_state != "closed":
                day = action._get_meeting_day()
                if action.date_deadline != day:
                    action.date_deadline = day


class CalendarAttendee(models.Model):
    """Contacts of key customers hear of a meeting only where that was chosen."""

    _inherit = "calendar.attendee"

    def _notify_attendees(self, mail_template, notify_author=False, force_send=False):
        told = self - self._get_unasked_contacts()
        return super(CalendarAttendee, told)._notify_attendees(
            mail_template, notify_author=notify_author, force_send=force_send
        )

    def _get_unasked_contacts(self):
        """Return the contacts of actions who were not to be invited."""
        silent = {
            (action.meeting_id.id, action.role_id.partner_id.id)
            for action in self.event_id._get_relationship_actions()
            if not action.invites_contact
        }
        return self.filtered(
            lambda attendee: (attendee.event_id.id, attendee.partner_id.id) in silent
        )
