from odoo import fields, models
from odoo.tools import format_date, formatLang


class CrmRelationshipChange(models.Model):
    """Approved grades in the history."""

    _inherit = "crm.relationship.change"

    cause = fields.Selection(
        selection_add=[
            ("approved", "Grade approved"),
            ("approval_end", "End of the approved grade"),
        ],
        ondelete={"approved": "cascade", "approval_end": "cascade"},
    )

    def _get_other_reason(self):
        if self.dimension != "credit" or self.cause not in ("approved", "approval_end"):
            return super()._get_other_reason()
        if self.cause == "approval_end":
            return self.env._("The approval ended; the automatic grade holds.")
        kept = self.evidence or {}
        return self.env._(
            "Approved with a score of %(score)s; it holds until %(date)s.",
            score=formatLang(self.env, kept.get("score", 0), digits=2),
            date=format_date(self.env, kept.get("until")),
        )
