from datetime import datetime

import pytz

from odoo import api, fields, models
from odoo.tools import SQL, ormcache


class ResCompany(models.Model):
    _inherit = "res.company"

    relationship_alert_user_ids = fields.Many2many(
        "res.users",
        "res_company_relationship_alert_user_rel",
        string="Told of Failed Runs",
        help="They are notified when the nightly recalculation of this company fails.",
    )
    relationship_margin_target = fields.Float(
        "Healthy Margin From (%)",
        default=5,
        digits=(5, 2),
        help="Customers with a margin from this percentage of their revenue on are green, below "
        "it amber, and below zero red.",
    )

    _relationship_margin_target_percent = models.Constraint(
        "CHECK (relationship_margin_target BETWEEN 0 AND 100)",
        "The margin that counts as healthy is between 0 and 100 % of the revenue.",
    )

    relationship_rhythm_days = fields.Integer(
        "Usual Rhythm (Days)",
        default=90,
        help="Days between purchases that are usual, where no customer has bought on three days "
        "yet. Afterwards the median of the customers holds.",
    )
    relationship_loss_activity = fields.Boolean(
        "Ask Why Customers Are Lost",
        default=True,
        help="A customer that is lost makes a task for its salesperson: to find out the reason.",
    )

    _relationship_rhythm_positive = models.Constraint(
        "CHECK (relationship_rhythm_days > 0)", "The usual rhythm is one day or more."
    )

    @api.model_create_multi
    def create(self, vals_list):
        companies = super().create(vals_list)
        companies._create_relationship_policy()
        companies._create_relationship_stages()
        companies._create_relationship_credit_policy()
        return companies

    def cache_invalidation_fields(self):
        return super().cache_invalidation_fields() | {"resource_calendar_id"}

    def unlink(self):
        """Take the customers' results along: they hang on no foreign key."""
        for table in ("crm_relationship_profile", "crm_relationship_change"):
            self.env.cr.execute(
                SQL("DELETE FROM %s WHERE company_id = ANY (%s)", SQL.identifier(table), self.ids)
            )
        self.env.invalidate_all()
        return super().unlink()

    def _create_relationship_policy(self):
        """Give the companies without a tier policy a copy of the default template."""
        template = self.env.ref(
            "crm_relationship.crm_relationship_tier_policy_abcd", raise_if_not_found=False
        )
        if not template:
            return
        policies = self.env["crm.relationship.tier.policy"].sudo()
        provided = policies.search([("company_id", "in", self.ids)]).company_id
        # Who creates a company need not be a sales manager.
        template.sudo()._duplicate_for(self - provided)

    def _create_relationship_credit_policy(self):
        """Give the companies without a credit policy a copy of the template."""
        policies = self.env["crm.relationship.credit.policy"].sudo()
        template = policies.search([("company_id", "=", False)])
        provided = policies.search([("company_id", "in", self.ids)]).company_id
        # Who creates a company need not be a sales manager.
        template._duplicate_for(self - provided)

    def _create_relationship_stages(self):
        """Give the companies without lifecycle stages a copy of the templates."""
        stages = self.env["crm.relationship.stage"].sudo()
        templates = stages.search([("company_id", "=", False)])
        provided = stages.search([("company_id", "in", self.ids)]).company_id
        # Who creates a company need not be a sales manager.
        templates._duplicate_for(self - provided)

    def _get_relationship_policy(self):
        """Return the company's active tier policy, or none."""
        self.ensure_one()
        return self.env["crm.relationship.tier.policy"].search_fetch(
            [("company_id", "=", self.id), ("state", "=", "active")], limit=1
        )

    @ormcache("self.id")
    def _get_relationship_coverage_min(self):
        """Return the coverage in percent that a credit grade needs, kept in memory."""
        policy = self.env["crm.relationship.credit.policy"].sudo()._get_of_company(self)
        return policy.coverage_min

    def _get_relationship_today(self):
        """Return today in the time zone of the company's working hours."""
        self.ensure_one()
        timezone = pytz.timezone(self._get_relationship_timezone())
        return datetime.now(pytz.utc).astimezone(timezone).date()

    @ormcache("self.id")
    def _get_relationship_timezone(self):
        """Return the name of the time zone, kept in memory: every contact's form asks."""
        # Everybody who may see a customer may know which day it is there, hence sudo.
        return self.sudo().resource_calendar_id.tz or "UTC"
