from odoo import fields, models


class CrmRelationshipChange(models.Model):
    """Tiers in the history that the credit capped, and let go."""

    _inherit = "crm.relationship.change"

    cause = fields.Selection(
        selection_add=[("capped", "Capped by credit"), ("uncapped", "Credit caps no more")],
        ondelete={"capped": "cascade", "uncapped": "cascade"},
    )

    def _get_reason(self):
        if self.cause == "uncapped":
            return self.env._("The credit caps the tier no more; the computed one holds.")
        if self.cause != "capped":
            return super()._get_reason()
        rule = self.evidence or {}
        return self.env._(
            "The credit grade is below %(grade)s: no better tier than %(tier)s.",
            grade=rule.get("grade", ""),
            tier=rule.get("tier", ""),
        )
