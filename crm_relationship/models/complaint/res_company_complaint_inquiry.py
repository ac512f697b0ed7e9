from odoo import fields, models


class ResCompany(models.Model):
    """What a company decides about causes and improvements."""

    _inherit = "res.company"

    relationship_complaint_effect_days = fields.Integer(
        "Check of Effect After (Days)",
        default=30,
        help="So many days after an improvement is done its effect is checked. Each action may "
        "have days of its own.",
    )
    relationship_complaint_recurrence_months = fields.Integer(
        "Recurrence Within (Months)",
        default=12,
        help="A complaint is a recurrence if the customer complained of the same cause so many "
        "months before, or less. 0: none is.",
    )

    _relationship_complaint_effect_positive = models.Constraint(
        "CHECK (relationship_complaint_effect_days > 0)",
        "The effect of an improvement is checked one day after it is done, or later.",
    )
    _relationship_complaint_recurrence_positive = models.Constraint(
        "CHECK (relationship_complaint_recurrence_months >= 0)",
        "Recurrences are looked for within zero months (never) or more.",
    )

    def write(self, vals):
        result = super().write(vals)
        if "relationship_complaint_recurrence_months" in vals:
            # Who changes settings need not see the complaints.
            self.env["crm.relationship.complaint"].sudo()._work_out_recurrences(self)
        return result
