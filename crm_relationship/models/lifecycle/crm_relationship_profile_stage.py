from odoo import api, fields, models

from ..trusting_many2one import TrustingMany2one


class CrmRelationshipProfile(models.Model):
    """The lifecycle stage of a customer: since when, and why."""

    _inherit = "crm.relationship.profile"

    stage_id = TrustingMany2one(
        "crm.relationship.stage",
        "Lifecycle Stage",
        readonly=True,
        group_expand="_group_expand_stage_id",
    )
    stage_code = fields.Selection(related="stage_id.code", string="Stage Code")
    stage_color = fields.Integer("Stage Colour", compute="_compute_stage_color", aggregator=None)
    stage_date = fields.Date(
        "In the Stage Since", readonly=True, help="The day on which it entered the stage."
    )
    stage_purchase_date = fields.Date(
        readonly=True, help="The last purchase that was known when it entered the stage."
    )
    dismissed_date = fields.Date(
        "Dismissed On",
        readonly=True,
        help="Dismissed by the company: stays lost, whatever it buys, until that is lifted.",
    )

    @api.depends("stage_id")
    def _compute_stage_color(self):
        for profile in self:
            profile.stage_color = profile.stage_id._get_cached_color()

    @api.model
    def _group_expand_stage_id(self, stages, domain):
        """Show the empty stages too."""
        return stages.search([("company_id", "in", self.env.companies.ids)])
