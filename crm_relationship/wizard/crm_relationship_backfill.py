from odoo import api, fields, models


class CrmRelationshipBackfill(models.TransientModel):
    """Asks for a backfill of the history and says beforehand what it will do."""

    _name = "crm.relationship.backfill"
    _description = "Backfill of the History"

    company_id = fields.Many2one(
        "res.company", required=True, default=lambda self: self.env.company
    )
    months = fields.Integer(
        "Months Back",
        required=True,
        default=24,
        help="So many months before the history began, 1 to 120.",
    )
    first_date = fields.Date("First Period-End", compute="_compute_plan")
    last_date = fields.Date("Last Period-End", compute="_compute_plan")
    evaluation_count = fields.Integer("Evaluations", compute="_compute_plan")
    problem = fields.Char(compute="_compute_plan", help="Why there is nothing to backfill.")

    _months_range = models.Constraint(
        "CHECK(months BETWEEN 1 AND 120)", "Backfill 1 to 120 months."
    )

    @api.depends("company_id", "months")
    def _compute_plan(self):
        runs = self.env["crm.relationship.run"]
        for wizard in self:
            company, months = wizard.company_id, min(max(wizard.months, 1), 120)
            days = runs._plan_backfill(company, months)
            wizard.problem = runs._get_backfill_problem(company, months, days)
            days = [] if wizard.problem else days
            wizard.first_date = days[0] if days else False
            wizard.last_date = days[-1] if days else False
            wizard.evaluation_count = len(days)

    def action_start(self):
        """Ask for the backfill and show the runs with their progress."""
        self.ensure_one()
        self.env["crm.relationship.run"].backfill(self.company_id, self.months)
        return self.env["ir.actions.act_window"]._for_xml_id(
            "crm_relationship.crm_relationship_run_action"
        )
