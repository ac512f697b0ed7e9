from odoo import models


class SaleOrder(models.Model):
    """Quotations and orders place who has not bought on the customer ladder.

    The index finds those that were written since the last run.
    """

    _name = "sale.order"
    _inherit = [
        "sale.order",
        "crm.relationship.document.mixin",
        "crm.relationship.source.mixin",
    ]

    _relationship_written_idx = models.Index(
        "USING brin (write_date) WITH (pages_per_range = 16, autosummarize = on)"
    )
