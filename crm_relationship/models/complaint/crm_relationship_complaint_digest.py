from datetime import timedelta

from odoo import api, fields, models

ROWS = 200
"""Complaints of a kind in one digest; of further ones it says how many there are."""


class CrmRelationshipComplaint(models.Model):
    """What the executives are sent once a day: every new and every overdue complaint.

    New is what was entered since the last digest. On a day with nothing to say none is sent.
    """

    _inherit = "crm.relationship.complaint"

    @api.model
    def _work_in(self, company):
        has_time = super()._work_in(company)
        if has_time and company._is_complaint_digest_due():
            with self.env.cr.savepoint():
                self._send_digest(company)
            return self._checkpoint(1)
        return has_time

    @api.model
    def _send_digest(self, company):
        """Send the digest of a company to its executives."""
        now = fields.Datetime.now()
        since = company.relationship_complaint_digest_sent or now - timedelta(days=1)
        own = [("company_id", "=", company.id)]
        parts = {
            "new": [*own, ("create_date", ">", since), ("create_date", "<=", now)],
            "overdue": [*own, ("deadline_light", "=", "red")],
        }
        found = {
            name: self.search(domain, limit=ROWS, order="priority desc, date_received, id")
            for name, domain in parts.items()
        }
        counts = {name: self.search_count(domain) for name, domain in parts.items()}
        company.relationship_complaint_digest_sent = now
        if not any(counts.values()):
            return
        executives = company._get_complaint_users("crm_relationship.group_executive")
        for lang, users in executives.grouped("lang").items():
            self.with_context(lang=lang)._send_digest_to(users, company, found, counts)

    @api.model
    def _send_digest_to(self, users, company, found, counts):
        """Send it to users of one language."""
        titles = {
            "new": self.env._("New complaints: %(quantity)s", quantity=counts["new"]),
            "overdue": self.env._("Overdue complaints: %(quantity)s", quantity=counts["overdue"]),
        }
        body = self.env["ir.qweb"]._render(
            "crm_relationship.complaint_digest",
            {
                "parts": [
                    {
                        "title": titles[name],
                        "complaints": complaints.with_env(self.env),
                        "more": counts[name] - len(complaints),
                    }
                    for name, complaints in found.items()
                    if complaints
                ],
                "address": company.get_base_url(),
            },
        )
        self.env["mail.thread"].message_notify(
            partner_ids=users.partner_id.ids,
            model=company._name,
            res_id=company.id,
            subject=self.env._(
                "Complaints of %(company)s: %(new)s new, %(overdue)s overdue",
                company=company.name,
                **counts,
            ),
            body=body,
        )
