from odoo import fields


class TrustingMany2one(fields.Many2one):
    """A link without a foreign key: PostgreSQL does not look up every row that a run writes.

    A company's first run at a million customers writes four million rows, and the checks of
    their companies, runs, tiers and stages, and of the customers in the history, would take
    longer than writing them. The engine writes only ids that it has just read; the models at
    the other end see to what links to them before they are deleted.
    """

    def update_db_foreign_key(self, model, column):
        """Add none."""
