from odoo import fields, models


class CrmRelationshipCompetitor(models.Model):
    """A competitor that contacts of key customers may favour."""

    _name = "crm.relationship.competitor"
    _description = "Competitor"
    _order = "name, id"

    name = fields.Char(required=True)
    active = fields.Boolean(default=True)

    _name_uniq = models.UniqueIndex("(name)", "There is a competitor of this name already.")
