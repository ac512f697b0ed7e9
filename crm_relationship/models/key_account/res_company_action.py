from odoo import fields, models


class ResCompany(models.Model):
    _inherit = "res.company"

    relationship_climb_days = fields.Integer(
        "Overdue Actions Climb After (Days)",
        default=3,
        help="An open action of an account plan makes an activity for the plan's owner so many "
        "days after its deadline. 0: never.",
    )

    _relationship_climb_positive = models.Constraint(
        "CHECK (relationship_climb_days >= 0)",
        "Overdue actions climb after zero days (never) or more.",
    )


class ResConfigSettings(models.TransientModel):
    _inherit = "res.config.settings"

    relationship_climb_days = fields.Integer(
        related="company_id.relationship_climb_days", readonly=False
    )
