from odoo import models


class LoyaltyCard(models.Model):
    """An active card of a loyalty programme makes a client a member."""

    _name = "loyalty.card"
    _inherit = ["loyalty.card", "crm.relationship.source.mixin"]

    _relationship_written_idx = models.Index(
        "USING brin (write_date) WITH (pages_per_range = 16, autosummarize = on)"
    )
