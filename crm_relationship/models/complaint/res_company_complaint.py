import pytz

from odoo import api, fields, models

from .crm_relationship_complaint import SEQUENCE

LIMITS = {
    "relationship_complaint_normal_from",
    "relationship_complaint_high_from",
    "relationship_complaint_urgent_from",
    "relationship_complaint_safety_urgent",
}
"""What the priority of open complaints rests on."""


class ResCompany(models.Model):
    """What a company decides about complaints, and its sequence of numbers."""

    _inherit = "res.company"

    relationship_complaint_reopen_days = fields.Integer(
        "Complaints Reopen Within (Days)",
        default=30,
        help="So many days after it was closed a complaint can be reopened. 0: never.",
    )
    relationship_complaint_board = fields.Boolean(
        "Complaints Are Open to Every Employee",
        default=True,
        help="Every employee of the company reads open complaints, confidential ones excepted. "
        "Without it only those who handle them, the customers' salespeople and followers do.",
    )
    relationship_complaint_normal_from = fields.Integer("Normal from (Points)", default=2)
    relationship_complaint_high_from = fields.Integer("High from (Points)", default=5)
    relationship_complaint_urgent_from = fields.Integer("Urgent from (Points)", default=8)
    relationship_complaint_safety_urgent = fields.Boolean("Safety Matters Are Urgent", default=True)

    _relationship_complaint_reopen_positive = models.Constraint(
        "CHECK (relationship_complaint_reopen_days >= 0)",
        "Complaints are reopened within zero days (never) or more.",
    )
    _relationship_complaint_limits_rise = models.Constraint(
        "CHECK (0 < relationship_complaint_normal_from"
        " AND relationship_complaint_normal_from < relationship_complaint_high_from"
        " AND relationship_complaint_high_from < relationship_complaint_urgent_from)",
        "The points rise from normal over high to urgent priority, and begin at one.",
    )

    @api.model_create_multi
    def create(self, vals_list):
        companies = super().create(vals_list)
        companies._create_complaint_sequences()
        return companies

    def write(self, vals):
        result = super().write(vals)
        if vals.keys() & LIMITS:
            self._rank_complaints()
        return result

    def unlink(self):
        """Take the numbers along."""
        # Who deletes a company may delete what belongs to it.
        sequences = self.env["ir.sequence"].sudo()
        sequences = sequences.search([("code", "=", SEQUENCE), ("company_id", "in", self.ids)])
        sequences.unlink()
        return super().unlink()

    def _rank_complaints(self):
        """Work out the priority of open complaints by the new limits."""
        # Who changes settings need not see the complaints.
        complaints = self.env["crm.relationship.complaint"].sudo()
        found = complaints.search([("company_id", "in", self.ids), ("stage_code", "!=", "closed")])
        for name in ("priority", "priority_basis"):
            self.env.add_to_compute(complaints._fields[name], found)

    def _create_complaint_sequences(self):
        """Give each company without one a sequence of complaint numbers."""
        # Who creates a company, or enters the first complaint, need not see sequences.
        sequences = self.env["ir.sequence"].sudo()
        provided = sequences.search(
            [("code", "=", SEQUENCE), ("company_id", "in", self.ids)]
        ).company_id
        return sequences.create(
            [
                {
                    "name": self.env._("Complaints of %(company)s", company=company.name),
                    "code": SEQUENCE,
                    "prefix": "CPL/%(year)s/",
                    "padding": 5,
                    "company_id": company.id,
                }
                for company in self - provided
            ]
        )

    def _get_complaint_sequence(self):
        """Return the sequence of the company's numbers."""
        self.ensure_one()
        sequences = self.env["ir.sequence"].sudo()
        return (
            sequences.search([("code", "=", SEQUENCE), ("company_id", "=", self.id)], limit=1)
            or self._create_complaint_sequences()
        )

    def _get_relationship_day(self, moment):
        """Return the day of a moment in the company's time zone.

        :param moment: a naive datetime in UTC
        """
        self.ensure_one()
        timezone = pytz.timezone(self._get_relationship_timezone())
        return pytz.utc.localize(moment).astimezone(timezone).date()
