from odoo import fields, models

from .scales import COMPLEXITIES, IMPACTS, SEVERITIES


class CrmRelationshipComplaintCategory(models.Model):
    """What a complaint is about, and what is usual for such ones.

    What an entry leaves open it takes from the one above it.
    """

    _name = "crm.relationship.complaint.category"
    _description = "Complaint Category"
    _inherit = ["crm.relationship.tree.mixin"]
    _order = "parent_path, sequence, id"
    _parent_store = True

    parent_id = fields.Many2one(
        "crm.relationship.complaint.category", "Above", index=True, ondelete="restrict"
    )
    parent_path = fields.Char(index=True)
    child_ids = fields.One2many("crm.relationship.complaint.category", "parent_id", "Below")
    severity = fields.Selection(SEVERITIES, help="Empty: as of the category above.")
    complexity = fields.Selection(COMPLEXITIES, help="Empty: as of the category above.")
    impact = fields.Selection(IMPACTS, help="Empty: as of the category above.")
    is_safety = fields.Boolean(
        "Safety Matter",
        help="Such complaints, and those of the categories below, are about safety.",
    )
    needs_immediate_action = fields.Boolean("Immediate Action")
    is_confidential = fields.Boolean(
        "Confidential",
        help="Such complaints are seen by their handler, the team's leader, followers and "
        "executives alone.",
    )
    team_id = fields.Many2one(
        "crm.relationship.complaint.team",
        company_dependent=True,
        domain="[('company_id', '=', allowed_company_ids[0])]",
        help="Who works on such complaints in your current company.",
    )

    def _get_defaults(self, company):
        """Return ``{field: value}`` of what is usual for such complaints in the company.

        Only what the category or one above it says stands there.
        """
        defaults = {}
        category = self.with_company(company) if company else self
        while category:
            for name in ("severity", "complexity", "impact"):
                if category[name]:
                    defaults.setdefault(name, category[name])
            for name in ("is_safety", "needs_immediate_action", "is_confidential"):
                if category[name]:
                    defaults[name] = True
            # Whoever enters a complaint need not see the team.
            team = category.sudo().team_id
            if team.active and team.company_id == company:
                defaults.setdefault("team_id", team.id)
            category = category.parent_id
        return defaults
