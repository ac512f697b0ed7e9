from odoo import api, fields, models

from ..grading.crm_relationship_profile_override import NOTED_FIELDS
from ..res_partner import RELATIONSHIP_GROUP, profile_field

NOTES = {f"relationship_{name}": name for name in NOTED_FIELDS}
"""Fields here that write the profile's."""


class ResPartner(models.Model):
    """The customer ladder on the contact: its step, and what salespeople write down."""

    _inherit = "res.partner"

    relationship_ladder_step = profile_field(
        fields.Selection, "ladder_step", string="Ladder Step", readonly=True
    )
    relationship_ladder_date = profile_field(
        fields.Date, "ladder_date", string="On the Step Since", readonly=True
    )
    relationship_source_id = profile_field(
        fields.Many2one, "source_id", string="Customer Source", readonly=True
    )
    relationship_need_share = fields.Float(
        related="relationship_profile_id.need_share",
        related_sudo=False,
        groups=RELATIONSHIP_GROUP,
    )
    relationship_is_due = fields.Boolean(
        related="relationship_profile_id.is_due", related_sudo=False, groups=RELATIONSHIP_GROUP
    )
    relationship_tenure_years = profile_field(fields.Integer, "tenure_years")
    relationship_milestone_id = profile_field(fields.Many2one, "milestone_id")
    relationship_next_milestone_id = profile_field(fields.Many2one, "next_milestone_id")
    relationship_next_milestone_date = profile_field(fields.Date, "next_milestone_date")
    relationship_is_milestone_near = profile_field(fields.Boolean, "is_milestone_near")
    relationship_ladder_mark = fields.Selection(
        selection=lambda self: (
            self.env["crm.relationship.profile"]
            ._fields["ladder_mark"]
            ._description_selection(self.env)
        ),
        string="Marked As",
        compute="_compute_relationship_notes",
        inverse="_inverse_relationship_notes",
        search=lambda self, operator, value: self._search_relationship(
            "ladder_mark", operator, value
        ),
        groups=RELATIONSHIP_GROUP,
        help="An advocate recommends us, known without a referral; it counts from the first "
        "purchase on. Disqualified holds until the first purchase.",
    )
    relationship_yearly_need = fields.Monetary(
        "Yearly Need",
        compute="_compute_relationship_notes",
        inverse="_inverse_relationship_notes",
        search=lambda self, operator, value: self._search_relationship(
            "yearly_need", operator, value
        ),
        currency_field="relationship_currency_id",
        groups=RELATIONSHIP_GROUP,
        help="What the customer buys in a year from everybody, untaxed. Our share of it tells a "
        "client; without it the share is taken as given.",
    )
    relationship_ladder_explanation = fields.Html(
        "Why This Step?",
        compute="_compute_relationship_ladder_explanation",
        sanitize=False,
        groups=RELATIONSHIP_GROUP,
    )

    @api.depends("commercial_partner_id")
    @api.depends_context("company", "uid", "su", "allowed_company_ids")
    def _compute_relationship_notes(self):
        for partner in self:
            for field, name in NOTES.items():
                partner[field] = partner.relationship_profile_id[name]

    def _inverse_relationship_notes(self):
        """Write what differs to the profiles of the customers; contacts write their company's."""
        notes = {}
        for partner in self:
            profile = partner.relationship_profile_id
            changed = {
                name: partner[field]
                for field, name in NOTES.items()
                if partner[field] != profile[name]
            }
            if changed:
                notes.setdefault(partner.commercial_partner_id, {}).update(changed)
        if notes:
            self.env["crm.relationship.profile"]._write_notes(notes)
            self.invalidate_recordset(["relationship_profile_id"])

    def _get_relationship_source(self, field_expr):
        return NOTES.get(field_expr) or super()._get_relationship_source(field_expr)

    @api.depends_context("company", "uid", "su", "allowed_company_ids", "lang")
    def _compute_relationship_ladder_explanation(self):
        for partner in self:
            profiles = self.env["crm.relationship.profile"]
            profile = partner.relationship_profile_id or profiles.new(
                {"partner_id": partner.commercial_partner_id.id, "company_id": self.env.company.id}
            )
            partner.relationship_ladder_explanation = profile.ladder_explanation

    def action_explain_ladder(self):
        """Open the answer to "why this step?", also for who has no profile."""
        self.ensure_one()
        if self.relationship_profile_id:
            return self.relationship_profile_id.action_explain_ladder()
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Why this step?"),
            "res_model": self._name,
            "res_id": self.id,
            "views": [
                (self.env.ref("crm_relationship.res_partner_view_form_ladder_why").id, "form")
            ],
            "target": "new",
        }
