from odoo import fields, models


class CrmRelationshipMilestone(models.Model):
    """An anniversary of the first purchase that has a name."""

    _name = "crm.relationship.milestone"
    _description = "Tenure Milestone"
    _inherit = ["crm.relationship.cached.mixin"]
    _order = "years"

    _cached_fields = ("years", "active")

    years = fields.Integer(required=True)
    active = fields.Boolean(default=True)

    _years_uniq = models.UniqueIndex("(years)", "There is a milestone of so many years already.")
    _years_positive = models.Constraint(
        "CHECK (years BETWEEN 1 AND 200)", "A milestone comes after 1 to 200 years."
    )
