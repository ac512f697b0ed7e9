from odoo import api, fields, models


class CrmRelationshipBackfilledMixin(models.AbstractModel):
    """A row of the history that may have been worked out later, from the documents."""

    _name = "crm.relationship.backfilled.mixin"
    _description = "Recorded or Backfilled"

    is_backfilled = fields.Boolean(
        "Backfilled",
        readonly=True,
        help="Worked out later, from the documents, for a time before the history began.",
    )
    origin = fields.Char(compute="_compute_origin", help="Backfilled, or empty: recorded.")

    @api.depends("is_backfilled")
    def _compute_origin(self):
        for row in self:
            row.origin = row.is_backfilled and self.env._("Backfilled")
