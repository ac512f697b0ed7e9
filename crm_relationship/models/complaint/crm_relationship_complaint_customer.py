from odoo import api, fields, models

from .crm_relationship_complaint import FEATURE

NOTHING = {"total": 0, "open": 0}


class CrmRelationshipComplaint(models.Model):
    """Who the customer is: its stage beside the tier, and its other complaints.

    Both come from the profile that the user may see; whoever is no user of the relationships
    sees neither.
    """

    _inherit = "crm.relationship.complaint"

    relationship_stage_id = fields.Many2one(
        "crm.relationship.stage",
        "Customer Stage",
        compute="_compute_relationship_stage_id",
        groups="crm_relationship.group_user",
    )
    relationship_stage_color = fields.Integer(
        "Customer Stage Colour",
        compute="_compute_relationship_stage_id",
        aggregator=None,
        groups="crm_relationship.group_user",
    )
    sibling_count = fields.Integer(
        "Other Complaints",
        compute="_compute_sibling_count",
        help="Of the same customer, as far as you see them.",
    )

    @api.depends("partner_id", "company_id")
    @api.depends_context("uid", "su", "allowed_company_ids")
    def _compute_relationship_stage_id(self):
        profiles = self.env["crm.relationship.profile"].search(
            [
                ("partner_id", "in", self.partner_id.ids),
                ("company_id", "in", self.company_id.ids),
            ]
        )
        stages = {
            (profile.partner_id, profile.company_id): profile.stage_id for profile in profiles
        }
        none = self.env["crm.relationship.stage"]
        for complaint in self:
            stage = stages.get((complaint.partner_id, complaint.company_id), none)
            complaint.relationship_stage_id = stage
            complaint.relationship_stage_color = stage._get_cached_color()

    @api.depends("partner_id")
    @api.depends_context("uid", "su", "allowed_company_ids")
    def _compute_sibling_count(self):
        counts = dict(
            self._read_group(
                [("partner_id", "in", self.partner_id.ids)], ["partner_id"], ["__count"]
            )
        )
        for complaint in self:
            itself = 1 if complaint._origin.id else 0
            complaint.sibling_count = max(0, counts.get(complaint.partner_id, 0) - itself)

    def action_open_siblings(self):
        """Open all complaints of the customer."""
        self.ensure_one()
        return self.partner_id.action_open_relationship_complaints()

    def action_open_order(self):
        """Open the order that it is about."""
        self.ensure_one()
        return self._open_document("sale_order_id")

    def action_open_invoice(self):
        """Open the invoice that it is about."""
        self.ensure_one()
        return self._open_document("invoice_id")

    def _open_document(self, name):
        return {
            "type": "ir.actions.act_window",
            "res_model": self._fields[name].comodel_name,
            "res_id": self[name].id,
            "view_mode": "form",
        }

    # ---------------------------------------------- buttons of other documents

    @api.model
    def _is_used(self):
        """Return whether complaints are switched on: nobody counts what is off."""
        return self.env.user.has_group(FEATURE)

    @api.model
    def _count_of(self, domain):
        """Return how many complaints there are, and how many are open, that the user sees."""
        groups = self._read_group(domain, ["stage_code"], ["__count"])
        counts = dict(groups)
        total = sum(counts.values())
        return {"total": total, "open": total - counts.get("closed", 0)}

    @api.model
    def _open_of(self, domain, **defaults):
        """Return the action that shows these complaints, new ones having the defaults."""
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "crm_relationship.crm_relationship_complaint_action"
        )
        action["domain"] = domain
        action["context"] = {f"default_{name}": value for name, value in defaults.items()}
        action["views"] = [(False, view) for view in ("list", "kanban", "form")]
        action["view_mode"] = "list,kanban,form"
        return action
