from odoo import api, models


class ResourceCalendarLeaves(models.Model):
    """Nobody works on a holiday, and deadlines stand still. People's own days off don't count."""

    _inherit = "resource.calendar.leaves"

    @api.model_create_multi
    def create(self, vals_list):
        leaves = super().create(vals_list)
        leaves._refresh_complaints()
        return leaves

    def write(self, vals):
        refresh = self._prepare_refresh()
        result = super().write(vals)
        refresh()
        self._refresh_complaints()
        return result

    def unlink(self):
        refresh = self._prepare_refresh()
        result = super().unlink()
        refresh()
        return result

    def _refresh_complaints(self):
        self._prepare_refresh()()

    def _prepare_refresh(self):
        """Return what works out the deadlines that these hold up, even once they are gone."""
        holidays = self.filtered(lambda leave: not leave.resource_id)
        calendars = holidays.calendar_id
        companies = holidays.filtered(lambda leave: not leave.calendar_id).company_id

        def refresh():
            calendars.exists()._refresh_complaints()
            if companies:
                complaints = self.env["crm.relationship.complaint"]
                complaints._refresh_deadlines([("company_id", "in", companies.ids)])

        return refresh
