from odoo import api, fields, models
from odoo.tools import SQL

from .worked_out import WorkedOutDate, WorkedOutSelection

DUE_FROM = 2
"""A contact is due soon when one part of so many of the days allowed has gone by."""

READS = {
    "calendar.attendee": ["event_id", "partner_id", "state"],
    "calendar.event": ["active", "allday", "partner_ids", "stop", "stop_date"],
    "crm.lead": ["partner_id"],
    "crm.relationship.role": ["company_id", "partner_id"],
    "mail.activity": ["active", "date_done", "res_id", "res_model"],
    "mail.message": ["author_id", "date", "message_type", "model", "partner_ids", "res_id"],
    "res.company": ["resource_calendar_id"],
    "resource.calendar": ["tz"],
    "sale.order": ["company_id", "date_order", "partner_id", "state"],
}
"""What the last contact is read from."""


class CrmRelationshipRole(models.Model):
    """When somebody of ours was last in touch with the contact, from what Odoo knows.

    How it works
        It is worked out whenever it is looked at: a message or meeting costs nothing then. A day
        is one of the company's time zone; Odoo keeps the day alone of a done activity.
    """

    _name = "crm.relationship.role"
    _inherit = ["crm.relationship.role", "crm.relationship.worked.out.mixin"]

    last_contact_date = WorkedOutDate(
        "Last Contact",
        compute="_compute_last_contact",
        search="_search_last_contact_date",
        help="The last done activity, meeting, message or order of this contact.",
    )
    freshness = WorkedOutSelection(
        [
            ("fresh", "Fresh"),
            ("due", "Due soon"),
            ("stale", "Unseen"),
            ("never", "Never seen"),
        ],
        compute="_compute_last_contact",
        search="_search_freshness",
        group_expand=True,
        help="Against the days in the settings, after which a contact counts as unseen.",
    )

    @api.depends("partner_id", "company_id")
    def _compute_last_contact(self):
        dates = self._get_last_contacts()
        for company, roles in self.grouped("company_id").items():
            # Whoever sees a role may know from when on it counts as unseen.
            unseen = company.sudo().relationship_unseen_days
            today = company._get_relationship_today() if company else None
            for role in roles:
                last = dates.get(role._origin.id)
                # A day that Odoo keeps in UTC may lie ahead.
                role.last_contact_date = last and min(last, today)
                role.freshness = self._get_freshness(last, today, unseen)

    def _search_last_contact_date(self, operator, value):
        return self._search_worked_out("last_contact_date", operator, value)

    def _search_freshness(self, operator, value):
        return self._search_worked_out("freshness", operator, value)

    def _get_worked_out(self, name):
        roles = self.search([("active", "in", [True, False])])
        return [(role.id, role[name]) for role in roles if role[name]]

    @api.model
    def _get_freshness(self, last, today, unseen):
        """Return how fresh a last contact is, where ``unseen`` days are too many."""
        if not last:
            return "never"
        days = (today - last).days
        if days > unseen:
            return "stale"
        return "due" if days * DUE_FROM > unseen else "fresh"

    def _get_last_contacts(self):
        """Return ``{id: date}`` of the last contact with these, nothing where there was none.

        Read past the rights of the user: no more than the day comes out, and the calendar or
        inbox of a colleague must not make a contact look forgotten.
        """
        if not self.ids:
            return {}
        for model, names in READS.items():
            self.env[model].flush_model(names)
        queries = SQL(" UNION ALL ").join(self._get_contact_queries())
        rows = self.env.execute_query(
            SQL(
                """
                WITH role AS (
                    SELECT role.id, role.partner_id, role.company_id,
                           COALESCE(calendar.tz, 'UTC') AS tz
                      FROM crm_relationship_role role
                      JOIN res_company company ON company.id = role.company_id
                      LEFT JOIN resource_calendar calendar
                        ON calendar.id = company.resource_calendar_id
                     WHERE role.id IN %s)
                SELECT touch.role_id, MAX(touch.day) FROM (%s) touch GROUP BY touch.role_id
                """,
                tuple(self.ids),
                queries,
            )
        )
        return dict(rows)

    def _get_contact_queries(self):
        """Return queries of one row per contact that took place: role, day.

        They read ``role``: id, partner_id, company_id, tz.
        """
        now = fields.Datetime.now()

        def get_day(moment):
            return SQL("(%s AT TIME ZONE 'UTC' AT TIME ZONE role.tz)::date", moment)

        return [
            SQL(  # activities done on the role, on the contact, or on an opportunity of it
                """
                SELECT role.id AS role_id, activity.date_done AS day
                  FROM role
                  JOIN mail_activity activity ON activity.res_model = 'crm.relationship.role'
                   AND activity.res_id = role.id
                 WHERE NOT activity.active AND activity.date_done IS NOT NULL
                """
            ),
            SQL(
                """
                SELECT role.id, activity.date_done
                  FROM role
                  JOIN mail_activity activity ON activity.res_model = 'res.partner'
                   AND activity.res_id = role.partner_id
                 WHERE NOT activity.active AND activity.date_done IS NOT NULL
                """
            ),
            SQL(
                """
                SELECT role.id, activity.date_done
                  FROM role
                  JOIN crm_lead lead ON lead.partner_id = role.partner_id
                  JOIN mail_activity activity ON activity.res_model = 'crm.lead'
                   AND activity.res_id = lead.id
                 WHERE NOT activity.active AND activity.date_done IS NOT NULL
                """
            ),
            SQL(  # meetings that are over, and that the contact did not decline
                """
                SELECT role.id, CASE WHEN event.allday THEN event.stop_date ELSE %(day)s END
                  FROM role
                  JOIN calendar_event_res_partner_rel invited
                    ON invited.res_partner_id = role.partner_id
                  JOIN calendar_event event ON event.id = invited.calendar_event_id
                 WHERE event.active AND event.stop <= %(now)s
                   AND NOT EXISTS (
                       SELECT FROM calendar_attendee attendee
                        WHERE attendee.event_id = event.id
                          AND attendee.partner_id = role.partner_id
                          AND attendee.state = 'declined')
                """,
                day=get_day(SQL("event.stop")),
                now=now,
            ),
            SQL(  # what the contact wrote
                """
                SELECT role.id, %(day)s
                  FROM role
                  JOIN mail_message message ON message.author_id = role.partner_id
                 WHERE message.message_type IN ('comment', 'email') AND message.date <= %(now)s
                """,
                day=get_day(SQL("message.date")),
                now=now,
            ),
            SQL(  # what was written to the contact
                """
                SELECT role.id, %(day)s
                  FROM role
                  JOIN mail_message_res_partner_rel recipient
                    ON recipient.res_partner_id = role.partner_id
                  JOIN mail_message message ON message.id = recipient.mail_message_id
                 WHERE message.message_type IN ('comment', 'email', 'email_outgoing')
                   AND message.date <= %(now)s
                """,
                day=get_day(SQL("message.date")),
                now=now,
            ),
            SQL(  # what the contact ordered
                """
                SELECT role.id, %(day)s
                  FROM role
                  JOIN sale_order sale ON sale.partner_id = role.partner_id
                   AND sale.company_id = role.company_id
                 WHERE sale.state = 'sale' AND sale.date_order <= %(now)s
                """,
                day=get_day(SQL("sale.date_order")),
                now=now,
            ),
        ]
