from odoo import api, fields, models


class CrmRelationshipTreeMixin(models.AbstractModel):
    """A catalogue with levels, such as categories: each entry is read with those above it.

    The model has ``parent_id``, ``parent_path`` and ``_parent_store``.
    """

    _name = "crm.relationship.tree.mixin"
    _description = "Catalogue with Levels"
    _rec_name = "complete_name"
    _rec_names_search = ["complete_name"]

    name = fields.Char(required=True, translate=True)
    complete_name = fields.Char(
        "Full Name",
        compute="_compute_complete_name",
        recursive=True,
        search="_search_complete_name",
    )
    sequence = fields.Integer(default=10)
    active = fields.Boolean(default=True)

    @api.depends("name", "parent_id.complete_name")
    @api.depends_context("lang")
    def _compute_complete_name(self):
        for record in self:
            names = filter(None, (record.parent_id.complete_name, record.name))
            record.complete_name = " / ".join(names)

    def _search_complete_name(self, operator, value):
        """Find an entry by its own name, or by that of one above it."""
        if operator not in ("ilike", "like", "=ilike", "=like", "in"):
            return NotImplemented
        return [("id", "child_of", self.search([("name", operator, value)]).ids)]

    @api.depends("complete_name")
    def _compute_display_name(self):
        for record in self:
            record.display_name = record.complete_name
