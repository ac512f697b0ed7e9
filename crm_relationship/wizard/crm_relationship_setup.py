from odoo import api, fields, models

from ..models.grading.crm_relationship_run_backfill import MONTHS_MAX

MARGIN_BRIDGE = "crm_relationship_sale_margin"


class CrmRelationshipSetup(models.TransientModel):
    """The setup checklist: what is done, what is left and where to do it.

    Each step is a field ``has_…`` and a block of the form; another feature adds its own
    of both and names the field in :meth:`_get_steps`.
    """

    _name = "crm.relationship.setup"
    _description = "Relationship Setup"

    company_id = fields.Many2one(
        "res.company", required=True, default=lambda self: self.env.company
    )
    policy_id = fields.Many2one("crm.relationship.tier.policy", compute="_compute_policy_id")
    policy_summary = fields.Text(related="policy_id.summary")
    has_policy = fields.Boolean(compute="_compute_policy_id")
    last_run_id = fields.Many2one(
        "crm.relationship.run", "Last Recalculation", compute="_compute_last_run_id"
    )
    last_run_date = fields.Datetime(related="last_run_id.end_date", string="Last Run")
    has_run = fields.Boolean(compute="_compute_last_run_id")
    has_nightly_run = fields.Boolean(compute="_compute_settings")
    has_alert_users = fields.Boolean(compute="_compute_settings")
    alert_user_ids = fields.Many2many(related="company_id.relationship_alert_user_ids")
    has_margin = fields.Boolean(compute="_compute_settings")
    unassigned_count = fields.Integer(compute="_compute_unassigned_count")
    has_salespeople = fields.Boolean(compute="_compute_unassigned_count")
    has_history = fields.Boolean(compute="_compute_has_history")
    can_administrate = fields.Boolean(compute="_compute_settings")
    status = fields.Char(compute="_compute_progress")
    progress = fields.Float(compute="_compute_progress")

    @api.model
    def _get_steps(self):
        """Return the names of the fields that say whether a step is done, in order."""
        return [
            "has_policy",
            "has_run",
            "has_history",
            "has_nightly_run",
            "has_alert_users",
            "has_margin",
            "has_salespeople",
        ]

    @api.depends("company_id")
    def _compute_display_name(self):
        for setup in self:
            setup.display_name = self.env._("Setup of %s", setup.company_id.name)

    @api.depends("company_id")
    def _compute_policy_id(self):
        for setup in self:
            setup.policy_id = setup.company_id._get_relationship_policy()
            setup.has_policy = bool(setup.policy_id)

    @api.depends("company_id")
    def _compute_last_run_id(self):
        for setup in self:
            setup.last_run_id = self.env["crm.relationship.run"]._get_last(setup.company_id)
            setup.has_run = bool(setup.last_run_id)

    @api.depends("company_id")
    def _compute_has_history(self):
        """Done is a backfill, or a first run that leaves nothing to backfill."""
        runs = self.env["crm.relationship.run"]
        for setup in self:
            asked = runs.search_count(
                [("company_id", "=", setup.company_id.id), ("kind", "=", "backfill")], limit=1
            )
            setup.has_history = asked or (
                setup.has_run and not runs._plan_backfill(setup.company_id, MONTHS_MAX)
            )

    @api.depends("company_id")
    def _compute_settings(self):
        # Managers may see how the scheduler and the modules stand, not change them.
        cron = self.env.ref("crm_relationship.ir_cron_recalculate_relationships").sudo()
        modules = self.env["ir.module.module"].sudo()
        has_margin = bool(
            modules.search_count(
                [("name", "=", MARGIN_BRIDGE), ("state", "=", "installed")], limit=1
            )
        )
        for setup in self:
            setup.has_nightly_run = cron.active
            setup.has_alert_users = bool(setup.company_id.sudo().relationship_alert_user_ids)
            setup.has_margin = has_margin
            setup.can_administrate = self.env.user.has_group("base.group_system")

    @api.depends("company_id")
    def _compute_unassigned_count(self):
        profiles = self.env["crm.relationship.profile"]
        for setup in self:
            customers = [("company_id", "=", setup.company_id.id), ("purchase_count", ">", 0)]
            unassigned = [*customers, ("user_id", "=", False)]
            setup.unassigned_count = profiles.search_count(unassigned)
            setup.has_salespeople = bool(
                profiles.search_count([*customers, ("user_id", "!=", False)], limit=1)
            )

    @api.depends(lambda self: self._get_steps())
    def _compute_progress(self):
        steps = self._get_steps()
        for setup in self:
            done = sum(setup[step] for step in steps)
            setup.progress = 100.0 * done / len(steps)
            setup.status = self.env._(
                "%(done)s of %(total)s steps are done for %(company)s.",
                done=done,
                total=len(steps),
                company=setup.company_id.name,
            )

    def action_start(self):
        """Ask for a recalculation and show the runs."""
        return self.env["crm.relationship.run"].action_request()

    def action_open_policy(self):
        """Open the company's policy, or all where it has none."""
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "crm_relationship.crm_relationship_tier_policy_action"
        )
        if self.policy_id:
            action.update(res_id=self.policy_id.id, views=[(False, "form")], view_mode="form")
        return action

    def action_open_settings(self):
        """Open the settings of the relationships."""
        return self.env["ir.actions.act_window"]._for_xml_id(
            "crm_relationship.crm_relationship_settings_action"
        )

    def action_open_modules(self):
        """Open the module that brings the margins."""
        action = self.env["ir.actions.act_window"]._for_xml_id("base.open_module_tree")
        return {
            **action,
            "domain": [("name", "in", ["sale_margin", MARGIN_BRIDGE])],
            "context": {},
        }

    def action_open_unassigned(self):
        """Open the customers whom no salesperson looks after."""
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "crm_relationship.crm_relationship_profile_action"
        )
        return {
            **action,
            "context": {"search_default_unassigned": 1, "search_default_has_bought": 1},
        }
