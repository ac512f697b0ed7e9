from odoo import api, models
from odoo.fields import Domain
from odoo.tools import SQL

OLD_DAYS = 14
"""A complaint that is open for longer is pointed out."""

FIGURES = {
    "open": [],
    "overdue": [("deadline_light", "=", "red")],
    "due_soon": [("deadline_light", "=", "amber")],
    "in_time": [("deadline_light", "=", "green")],
    "unassigned": [("user_id", "=", False)],
    "urgent": [("priority", "=", "3")],
    "safety": [("is_safety", "=", True)],
    "waiting": [("is_waiting", "=", True)],
    "old": [("age_days", ">", OLD_DAYS)],
}
"""What of the open complaints is counted above the board. The search view has a filter of the
same name and domain, which the figure switches."""


class CrmRelationshipComplaint(models.Model):
    """The board of open complaints, which every employee of the company may look at."""

    _inherit = "crm.relationship.complaint"

    @api.model
    def _get_board_figures(self):
        """Return ``{figure: domain}`` of what is counted above the board."""
        return dict(FIGURES)

    @api.model
    @api.readonly
    def get_board_figures(self, domain=None):
        """Return how many open complaints there are of each figure, in one query.

        :param domain: what else holds for them, such as being of my team
        """
        figures = self._get_board_figures()
        query = self._search(Domain(domain or []) & Domain("stage_code", "!=", "closed"))
        if query.is_empty():
            return [{"name": name, "count": 0} for name in figures]
        counts = [
            SQL(
                "COUNT(*) FILTER (WHERE %s)",
                Domain(condition).optimize_full(self)._to_sql(self, self._table, query),
            )
            for condition in figures.values()
        ]
        [row] = self.env.execute_query(query.select(*counts))
        return [{"name": name, "count": count} for name, count in zip(figures, row, strict=True)]
