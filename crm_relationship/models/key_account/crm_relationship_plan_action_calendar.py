from datetime import datetime, time, timedelta

import pytz

from odoo import api, fields, models
from odoo.exceptions import UserError

MORNING = time(9)
"""When a meeting is proposed to begin, in the company's time zone."""

ASK_TYPE = "crm_relationship.mail_activity_type_action_result"


class CrmRelationshipPlanAction(models.Model):
    """The activity or the meeting by which an action gets done.

    How it works
        They stay together: a deadline that moves takes its activity or meeting along, and one
        that is moved in the calendar takes the deadline along. An activity that is done makes
        the action done, and asks for its result. The contact of a meeting gets no mail unless
        whoever plans it chooses so.
    """

    _inherit = "crm.relationship.plan.action"

    planned_activity_id = fields.Many2one(
        "mail.activity", "Activity", copy=False, index="btree_not_null", readonly=True
    )
    meeting_id = fields.Many2one(
        "calendar.event", copy=False, index="btree_not_null", readonly=True
    )
    meeting_start = fields.Datetime(related="meeting_id.start", string="Meeting At")
    planned_as = fields.Selection(
        [("activity", "Activity"), ("meeting", "Meeting")], compute="_compute_planned_as"
    )
    invites_contact = fields.Boolean(
        "Invite the Contact",
        copy=False,
        help="The contact gets an invitation by e-mail, and hears of it when the meeting moves. "
        "Otherwise nothing of the meeting is sent to the customer.",
    )

    @api.depends("planned_activity_id", "meeting_id")
    def _compute_planned_as(self):
        for action in self:
            action.planned_as = (
                "meeting"
                if action.meeting_id
                else "activity"
                if action.planned_activity_id
                else False
            )

    # ------------------------------------------------------------------ plan

    def action_plan_activity(self):
        """Make an activity for the responsible user, on the contact's role or on the plan."""
        for action in self:
            action._check_plannable()
            activity = action._get_place().activity_schedule(
                "mail.mail_activity_data_todo",
                date_deadline=action.date_deadline,
                summary=action.name,
                user_id=action.user_id.id,
                automated=False,
            )
            # The link is the server's: nobody may point an action at others' activities.
            action.sudo().planned_activity_id = activity

    def action_plan_meeting(self):
        """Ask when and where to meet."""
        self.ensure_one()
        self._check_plannable()
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Plan a Meeting"),
            "res_model": "crm.relationship.plan.action.meeting",
            "view_mode": "form",
            "target": "new",
            "context": {"default_action_id": self.id},
        }

    def _plan_meeting(self, start, duration, location=False, invites_contact=False):
        """Put a meeting with the contact into the calendar of the responsible user.

        :param start: naive UTC; its day becomes the deadline
        :param duration: hours
        """
        self.ensure_one()
        self._check_plannable()
        self.invites_contact = invites_contact
        meeting = (
            self.env["calendar.event"]
            .with_context(no_mail_to_attendees=not invites_contact, **self._get_calendar_context())
            .create(
                {
                    "name": self.name,
                    "start": start,
                    "stop": start + timedelta(hours=duration),
                    "location": location,
                    "user_id": self.user_id.id,
                    "partner_ids": [
                        fields.Command.set((self.user_id.partner_id | self.role_id.partner_id).ids)
                    ],
                    "opportunity_id": self.lead_id.id,
                    "res_model_id": self.env["ir.model"]._get_id(self._get_place()._name),
                    "res_id": self._get_place().id,
                }
            )
        )
        # As above: the link is the server's.
        self.sudo().write(
            {"meeting_id": meeting.id, "planned_activity_id": meeting.activity_ids[:1].id}
        )
        meeting._tell_actions()
        return meeting

    def action_open_meeting(self):
        """Open the meeting."""
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "res_model": "calendar.event",
            "res_id": self.meeting_id.id,
            "views": [[False, "form"]],
        }

    def _check_plannable(self):
        self.plan_id._check_not_closed()
        for action in self:
            if action.state != "planned":
                raise UserError(
                    self.env._("“%(action)s” is not open any more.", action=action.name)
                )
            if action.planned_as:
                raise UserError(
                    self.env._(
                        "“%(action)s” is planned already. Move its deadline, or remove the "
                        "activity or the meeting first.",
                        action=action.name,
                    )
                )

    def _get_place(self):
        """Return what the activity stands on: the contact's role, else the plan."""
        return self.role_id or self.plan_id

    def _get_timezone(self):
        return pytz.timezone(self.company_id._get_relationship_timezone())

    def _get_calendar_context(self):
        """Return the context in which the calendar takes a time for the company's day."""
        return {"tz": self.company_id._get_relationship_timezone()}

    def _get_proposed_start(self):
        """Return the morning of the deadline, of tomorrow if that is over; naive in UTC."""
        today = self._get_today()
        day = self.date_deadline if self.date_deadline >= today else today + timedelta(days=1)
        return self._to_utc(datetime.combine(day, MORNING))

    def _to_utc(self, local):
        return self._get_timezone().localize(local).astimezone(pytz.utc).replace(tzinfo=None)

    def _to_local(self, moment):
        """Return a naive UTC moment as naive time of the company."""
        return pytz.utc.localize(moment).astimezone(self._get_timezone()).replace(tzinfo=None)

    def _get_meeting_day(self):
        """Return the day of the meeting in the company."""
        meeting = self.meeting_id
        return meeting.start_date if meeting.allday else self._to_local(meeting.start).date()

    # ------------------------------------------------------------------ stay together

    def write(self, vals):
        before = {action: (action.user_id, action.state, action.outcome) for action in self}
        result = super().write(vals)
        if "date_deadline" in vals:
            self._move_planned()
        if "user_id" in vals:
            for action in self.filtered(lambda action: action.user_id != before[action][0]):
                action._hand_over(before[action][0])
        if "state" in vals or "result" in vals:
            changed = self.filtered(lambda action: action.state != before[action][1])
            changed._follow_state()
            self.filtered(lambda action: action.outcome != before[action][2])._ask_results()
        return result

    def unlink(self):
        self.plan_id._check_not_closed()
        self.filtered(lambda action: action.state == "planned")._take_back()
        return super().unlink()

    def _move_planned(self):
        """Let the activities and the meetings follow the deadlines."""
        for action in self:
            # The calendar of the responsible user may be private; the meeting is the action's.
            meeting = action.meeting_id.sudo()
            activity = action.planned_activity_id.sudo()
            if meeting:
                action._move_meeting(meeting)
            elif activity.active and activity.date_deadline != action.date_deadline:
                activity.date_deadline = action.date_deadline

    def _move_meeting(self, meeting):
        """Let the meeting take place on the day of the deadline, at its hour."""
        shift = self.date_deadline - self._get_meeting_day()
        if not shift:
            return
        start = (
            meeting.start + shift
            if meeting.allday
            else self._to_utc(self._to_local(meeting.start) + shift)
        )
        meeting.with_context(**self._get_calendar_context()).start = start

    def _hand_over(self, former):
        """Hand the activity and the meeting of ``former`` over to the responsible user."""
        # As above: they are the action's, whosever the calendar is.
        activity, meeting = self.planned_activity_id.sudo(), self.meeting_id.sudo()
        if meeting:
            meeting.write(
                {
                    "user_id": self.user_id.id,
                    "partner_ids": [
                        fields.Command.unlink(former.partner_id.id),
                        fields.Command.link(self.user_id.partner_id.id),
                    ],
                }
            )
        elif activity.active:
            activity.user_id = self.user_id

    def _follow_state(self):
        """Finish or take back what was planned for actions whose state has changed."""
        self.filtered(lambda action: action.state == "cancelled")._take_back()
        done = self.filtered(lambda action: action.state == "done")
        for feedback, actions in done.grouped("feedback").items():
            # Whoever records what came of it need not be whom the activity is assigned to.
            activities = actions.planned_activity_id.sudo().filtered("active")
            if activities:
                activities.action_feedback(feedback=feedback or False)
        again = self.filtered(lambda action: action.state == "planned")
        # The links are the server's.
        again.sudo().write({"planned_activity_id": False, "meeting_id": False})

    def _take_back(self):
        """Remove the open activities and the meetings to come of what won't happen."""
        # The activity may be another user's, and the calendar private: they are the action's.
        actions = self.sudo()
        meetings = actions.meeting_id.filtered(
            lambda meeting: meeting.start > fields.Datetime.now()
        )
        activities = actions.planned_activity_id.filtered("active")
        actions.write({"planned_activity_id": False, "meeting_id": False})
        activities.unlink()
        meetings.active = False

    # ------------------------------------------------------------------ results

    def _ask_results(self):
        """Ask the responsible users for results that are missing, and no longer for others."""
        # The activity is the responsible user's, whoever is at work here.
        asks = self.env["mail.activity"].sudo()
        asks.search(
            [
                ("res_model", "=", self._name),
                ("res_id", "in", self.ids),
                ("activity_type_id", "=", self._get_activity_type(ASK_TYPE).id),
                ("automated", "=", True),
            ]
        ).unlink()
        asked = self.filtered(lambda action: action.outcome == "asked")
        asks.with_context(mail_activity_quick_update=True).create(
            [action._prepare_ask() for action in asked]
        )

    @api.model
    def _get_activity_type(self, xmlid):
        """Return a type of activities, the general one where somebody has deleted it."""
        return self.env.ref(xmlid, raise_if_not_found=False) or self.env.ref(
            "mail.mail_activity_data_todo"
        )

    def _prepare_ask(self):
        """Return the values of the activity that asks for a result: of who may record it."""
        team = self.plan_id.user_id | self.plan_id.sudo().member_ids.user_id
        user = self.user_id if self.user_id in team else self.plan_id.user_id
        return {
            "res_model_id": self.env["ir.model"]._get_id(self._name),
            "res_id": self.id,
            "activity_type_id": self._get_activity_type(ASK_TYPE).id,
            "user_id": user.id,
            "date_deadline": self._get_today(),
            "summary": self.env._("What came of “%(action)s”?", action=self.name),
            "note": self.env._(
                "Record whether it brought an advance, which one, and what was said."
            ),
            "automated": True,
        }

    def _finish_by_activity(self, feedback):
        """Let actions be done whose activity was marked as done."""
        for action in self:
            action.write({"state": "done", "feedback": feedback or action.feedback})
