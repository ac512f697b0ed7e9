from contextlib import contextmanager

from odoo import api, fields, models
from odoo.fields import Domain
from odoo.tools import ormcache


class CrmRelationshipCachedMixin(models.AbstractModel):
    """Few settings that stand beside every customer, such as the tiers, kept in memory.

    Each list and form of contacts shows several of them. Their names and colours are nobody's
    secret; all else is read from the database, with the user's rights.
    """

    _name = "crm.relationship.cached.mixin"
    _description = "Settings Kept in Memory"

    _cached_fields = ("color",)
    """What is kept of a record besides its name."""

    name = fields.Char(required=True, translate=True)

    @api.depends("name")
    @api.depends_context("lang")
    def _compute_display_name(self):
        """Take the names from memory; a record that is being edited has its own."""
        cached = self._get_cached()
        for record in self:
            known = cached.get(record.id)
            record.display_name = known["label"] if known else record._get_label()

    def _get_label(self):
        """Return the name as people read it."""
        return self.name

    @api.model
    @ormcache("self.env.lang")
    def _get_cached(self):
        """Return ``{id: {"label": its name, field: value}}`` of all records, archived ones
        too, in their order.
        """
        # The same for everybody, whoever asks first, hence sudo.
        records = self.sudo().with_context(active_test=False).search_fetch(Domain.TRUE)
        return {
            record.id: {
                "label": record._get_label(),
                **{name: record[name] for name in self._cached_fields},
            }
            for record in records
        }

    def _get_cached_color(self):
        """Return the colour, 0 without a record."""
        known = self._get_cached().get(self.id)
        return known["color"] if known else self.color

    @contextmanager
    def _forget_cached(self):
        """Forget what is kept, and what is read while the records change."""
        self.env.registry.clear_cache()
        yield
        self.env.registry.clear_cache()

    @api.model_create_multi
    def create(self, vals_list):
        with self._forget_cached():
            return super().create(vals_list)

    def write(self, vals):
        with self._forget_cached():
            return super().write(vals)

    def unlink(self):
        with self._forget_cached():
            return super().unlink()

    def _update_field_translations(self, *args, **kwargs):
        with self._forget_cached():
            return super()._update_field_translations(*args, **kwargs)
