from odoo import models


class CrmLead(models.Model):
    """Opportunities place who has not bought on the customer ladder.

    The index finds those that were written since the last run.
    """

    _name = "crm.lead"
    _inherit = [
        "crm.lead",
        "crm.relationship.document.mixin",
        "crm.relationship.source.mixin",
    ]

    _relationship_written_idx = models.Index(
        "USING brin (write_date) WITH (pages_per_range = 16, autosummarize = on)"
    )
