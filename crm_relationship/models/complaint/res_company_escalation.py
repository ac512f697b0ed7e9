from odoo import api, fields, models

from .crm_relationship_complaint_escalation import USUAL


class ResCompany(models.Model):
    """Of which complaints a company's executives hear at once, and its escalation rules."""

    _inherit = "res.company"

    relationship_complaint_manager_ids = fields.Many2many(
        "res.users",
        "res_company_relationship_complaint_manager_rel",
        string="Managers Told of Complaints",
        domain="[('share', '=', False)]",
        help="Whom the rules tell as the managers. Empty: all sales managers of the company.",
    )
    relationship_complaint_escalate_top = fields.Boolean(
        "Complaints of Top Tier Customers Go to the Executives at Once", default=True
    )
    relationship_complaint_escalate_safety = fields.Boolean(
        "Safety Matters Go to the Executives at Once", default=True
    )
    relationship_complaint_escalate_count = fields.Integer(
        "Repeated Complaints",
        default=3,
        help="The executives hear at once of the complaint of a customer that is the third, or "
        "whatever stands here, within the days. 0: never.",
    )
    relationship_complaint_escalate_days = fields.Integer("Repeated Within (Days)", default=90)
    relationship_complaint_failure_date = fields.Date(
        "Told That Complaints Were Not Followed Up", readonly=True, copy=False
    )

    _relationship_complaint_escalate_sensible = models.Constraint(
        "CHECK (relationship_complaint_escalate_count >= 0"
        " AND relationship_complaint_escalate_days > 0)",
        "Enter how many complaints within how many days the executives hear of at once.",
    )

    @api.model_create_multi
    def create(self, vals_list):
        companies = super().create(vals_list)
        companies._create_complaint_escalations()
        return companies

    def _create_complaint_escalations(self):
        """Give the companies without escalation rules the usual ones."""
        # Who creates a company need not be a sales manager.
        rules = self.env["crm.relationship.complaint.escalation"].sudo()
        provided = (
            rules.with_context(active_test=False)
            .search([("company_id", "in", self.ids)])
            .company_id
        )
        return rules.create(
            [
                {
                    "company_id": company.id,
                    "kind": kind,
                    "moment": moment,
                    "hours": hours,
                    "recipient": recipient,
                }
                for company in self - provided
                for kind, moment, hours, recipient in USUAL
            ]
        )

    def _get_complaint_people(self):
        """Return ``{office: users}`` of those whom escalations tell in the company."""
        self.ensure_one()
        managers = self.relationship_complaint_manager_ids.filtered(
            lambda user: self in user.company_ids
        )
        return {
            "manager": managers or self._get_complaint_users("crm_relationship.group_manager"),
            "executive": self._get_complaint_users("crm_relationship.group_executive"),
        }

    def _get_complaint_users(self, group):
        """Return the people of a group who work in the company."""
        # Whoever enters a complaint need not see the other users.
        users = self.env["res.users"].sudo()
        return users.search(
            [
                ("all_group_ids", "in", self.env.ref(group).ids),
                ("company_ids", "in", self.ids),
                ("share", "=", False),
            ]
        )
