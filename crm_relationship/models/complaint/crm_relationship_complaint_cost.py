from odoo import api, fields, models
from odoo.exceptions import UserError

from .crm_relationship_complaint import INSIDERS

GRANTED = ("approved", "done")


class CrmRelationshipComplaint(models.Model):
    """By what a complaint is settled, and what that costs.

    What was granted counts as cost, carried out or not. What waits for an approval keeps the
    complaint open, whoever closes it.
    """

    _inherit = "crm.relationship.complaint"

    currency_id = fields.Many2one(related="company_id.currency_id")
    resolution_ids = fields.One2many(
        "crm.relationship.complaint.resolution", "complaint_id", groups=INSIDERS
    )
    cost = fields.Monetary(
        compute="_compute_cost",
        store=True,
        groups=INSIDERS,
        help="Of all that was granted, in the company's currency.",
    )

    @api.depends("resolution_ids.amount", "resolution_ids.state")
    def _compute_cost(self):
        for complaint in self:
            granted = complaint.resolution_ids.filtered(lambda line: line.state in GRANTED)
            complaint.cost = sum(granted.mapped("amount"))

    @api.model
    def _get_managed_fields(self):
        return super()._get_managed_fields() | {"cost"}

    @api.model
    def _get_locked_fields(self):
        return super()._get_locked_fields() | {"resolution_ids"}

    def _check_closing(self, **closing):
        """Let nobody close what a manager has yet to decide on."""
        result = super()._check_closing(**closing)
        # Resolutions are for insiders: who may close it is checked before.
        waiting = self.sudo().resolution_ids.filtered(lambda line: line.state == "waiting")
        if waiting:
            raise UserError(
                self.env._(
                    "“%(complaint)s” can't be closed while “%(resolution)s” waits for an approval. "
                    "Let it be decided, or take it back.",
                    complaint=self.display_name,
                    resolution=waiting[0].display_name,
                )
            )
        return result
