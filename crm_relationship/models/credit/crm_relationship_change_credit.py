from odoo import models
from odoo.tools import formatLang


class CrmRelationshipChange(models.Model):
    """The history of credit grades in words; a code is a grade's name."""

    _inherit = "crm.relationship.change"

    def _get_other_reason(self):
        kept = self.evidence or {}
        if self.dimension != "credit" or self.note or "score" not in kept:
            return super()._get_other_reason()
        values = {
            name: formatLang(self.env, kept[name] or 0, digits=2)
            for name in ("score", "former", "coverage")
        }
        return self.env._(
            "The score is %(score)s after %(former)s; %(coverage)s %% of the points are known.",
            **values,
        )
