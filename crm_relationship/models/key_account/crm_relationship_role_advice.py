from odoo import api, fields, models

SUPPORT_CASES = {
    "-2": "opponent",
    "-1": "not_trusting",
    "0": "neutral",
    "1": "supporter",
    "2": "supporter",
}
"""Which advice goes with which support."""


class CrmRelationshipRole(models.Model):
    """How to deal with the contact."""

    _inherit = "crm.relationship.role"

    advice_ids = fields.Many2many(
        "crm.relationship.advice", string="Advice", compute="_compute_advice_ids"
    )

    @api.depends("support", "is_insatiable", "style")
    def _compute_advice_ids(self):
        advice = self.env["crm.relationship.advice"].search([])
        for role in self:
            cases = {SUPPORT_CASES.get(role.support), role.style}
            if role.is_insatiable:
                cases.add("insatiable")
            role.advice_ids = advice.filtered(lambda item, cases=cases: item.case in cases)
