from odoo import api, fields, models

from .crm_relationship_complaint_target import USUAL


class ResCompany(models.Model):
    """What a company decides about the deadlines of complaints, and its targets."""

    _inherit = "res.company"

    relationship_complaint_margin_hours = fields.Float(
        "Internal Margin of Complaints (Working Hours)",
        default=4,
        help="The internal date stands so many working hours before what is due.",
    )

    _relationship_complaint_margin_positive = models.Constraint(
        "CHECK (relationship_complaint_margin_hours >= 0)",
        "The margin before a deadline is zero hours or more.",
    )

    @api.model_create_multi
    def create(self, vals_list):
        companies = super().create(vals_list)
        companies._create_complaint_targets()
        return companies

    def write(self, vals):
        result = super().write(vals)
        if "relationship_complaint_margin_hours" in vals:
            complaints = self.env["crm.relationship.complaint"]
            complaints._refresh_deadlines([("company_id", "in", self.ids)])
        return result

    def _create_complaint_targets(self):
        """Give the companies without targets the usual ones."""
        # Who creates a company need not be a sales manager.
        targets = self.env["crm.relationship.complaint.target"].sudo()
        provided = (
            targets.with_context(active_test=False)
            .search([("company_id", "in", self.ids)])
            .company_id
        )
        return targets.create(
            [
                {
                    "company_id": company.id,
                    "kind": kind,
                    "severity": severity,
                    "amount": amount,
                    "unit": "day" if kind == "resolve" else "hour",
                }
                for company in self - provided
                for kind, amounts in USUAL.items()
                for severity, amount in amounts.items()
            ]
        )
