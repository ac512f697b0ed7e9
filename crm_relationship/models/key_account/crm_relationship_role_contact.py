from odoo import api, fields, models
from odoo.tools import SQL

DUE_FROM = 2
"""A contact is due soon when one part of so many of the days allowed has gone by."""


class CrmRelationshipRole(models.Model):
    """When somebody of ours was last in touch with the contact, from what Odoo knows."""

    _inherit = "crm.relationship.role"

    last_contact_date = fields.Date(
        "Last Contact",
        compute="_compute_last_contact",
        help="The last done activity, meeting, message or order of this contact.",
    )
    freshness = fields.Selection(
        [
            ("fresh", "Fresh"),
            ("due", "Due soon"),
            ("stale", "Unseen"),
            ("never", "Never seen"),
        ],
        compute="_compute_last_contact",
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
                role.last_contact_date = last
                role.freshness = self._get_freshness(last, today, unseen)

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
        for model, names in (
            ("mail.activity", ["active", "date_done", "res_model", "res_id"]),
            ("calendar.event", ["active", "stop", "partner_ids"]),
            ("mail.message", ["author_id", "date", "message_type", "model", "res_id"]),
            ("sale.order", ["state", "date_order", "partner_id", "company_id"]),
            ("crm.lead", ["partner_id"]),
            ("crm.relationship.role", ["partner_id", "company_id"]),
        ):
            self.env[model].flush_model(names)
        queries = SQL(" UNION ALL ").join(self._get_contact_queries())
        rows = self.env.execute_query(
            SQL(
                """
                WITH role AS (
                    SELECT id, partner_id, company_id FROM crm_relationship_role WHERE id IN %s)
                SELECT touch.role_id, MAX(touch.day) FROM (%s) touch GROUP BY touch.role_id
                """,
                tuple(self.ids),
                queries,
            )
        )
        return dict(rows)

    def _get_contact_queries(self):
        """Return queries of one row per contact that took place: role, day.

        They read ``role``: id, partner_id, company_id.
        """
        now = fields.Datetime.now()
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
            SQL(  # meetings that are over
                """
                SELECT role.id, event.stop::date
                  FROM role
                  JOIN calendar_event_res_partner_rel attendee
                    ON attendee.res_partner_id = role.partner_id
                  JOIN calendar_event event ON event.id = attendee.calendar_event_id
                 WHERE event.active AND event.stop <= %s
                """,
                now,
            ),
            SQL(  # what the contact wrote
                """
                SELECT role.id, message.date::date
                  FROM role
                  JOIN mail_message message ON message.author_id = role.partner_id
                 WHERE message.message_type IN ('comment', 'email')
                """
            ),
            SQL(  # what was written to the contact
                """
                SELECT role.id, message.date::date
                  FROM role
                  JOIN mail_message_res_partner_rel recipient
                    ON recipient.res_partner_id = role.partner_id
                  JOIN mail_message message ON message.id = recipient.mail_message_id
                 WHERE message.message_type IN ('comment', 'email', 'email_outgoing')
                """
            ),
            SQL(  # what the contact ordered
                """
                SELECT role.id, sale.date_order::date
                  FROM role
                  JOIN sale_order sale ON sale.partner_id = role.partner_id
                   AND sale.company_id = role.company_id
                 WHERE sale.state = 'sale' AND sale.date_order <= %s
                """,
                now,
            ),
        ]
