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

    advice_ids = fields.Many2many("crm.relationship.advice", compute="_compute_advice_ids")

    @api.depends("support", "is_insatiable", "style")
    def _compute_advice_ids(self):
        cases_of = {role: role._get_cases() for role in self}
        advice = self.env["crm.relationship.advice"].search(
            [("case", "in", list(set().union(*cases_of.values())))]
        )
        for role, cases in cases_of.items():
            role.advice_ids = advice.filtered(lambda item, cases=cases: item.case in cases)

    def _get_cases(self):
        """Return the cases of advice that hold for the contact."""
        self.ensure_one()
        cases = {SUPPORT_CASES.get(self.support), self.style}
        if self.is_insatiable:
            cases.add("insatiable")
        return cases - {None, False}
