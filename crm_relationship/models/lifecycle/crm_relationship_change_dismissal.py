from odoo import api, fields, models


class CrmRelationshipChange(models.Model):
    """What is decided about a dismissal, in the history."""

    _inherit = "crm.relationship.change"

    cause = fields.Selection(
        selection_add=[("lifted", "Dismissal lifted")], ondelete={"lifted": "cascade"}
    )

    @api.depends("user_id")
    def _compute_reason(self):
        return super()._compute_reason()

    def _get_other_reason(self):
        """Return who decided it, and that contacts were merged."""
        values = {"note": self.note or "", "user": self.user_id.name or ""}
        if self.cause == "lifted":
            return self.env._(
                "%(user)s lifted the dismissal. The customer is won back at the month-end after it "
                "buys; what it bought while dismissed counts.",
                **values,
            )
        if self.cause == "dismissed" and self.user_id:
            return self.env._("Dismissed by %(user)s. %(note)s", **values)
        if self.cause == "merged":
            return self.env._("Contacts were merged; what holds for the remaining one stays.")
        return super()._get_other_reason()
