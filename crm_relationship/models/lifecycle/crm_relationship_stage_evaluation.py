from odoo import api, fields, models


class CrmRelationshipStageEvaluation(models.Model):
    """A month-end of the lifecycle: the rhythm that was frozen, until the next one.

    It is what "why?" answers with, so nobody edits it.
    """

    _name = "crm.relationship.stage.evaluation"
    _description = "Lifecycle Evaluation"
    _inherit = ["crm.relationship.backfilled.mixin"]
    _order = "date desc"
    _rec_name = "date"
    _log_access = False

    company_id = fields.Many2one("res.company", required=True, ondelete="cascade")
    date = fields.Date(required=True, help="The day as of which the customers were evaluated.")
    evaluated_until = fields.Date(
        required=True, help="The last day that is over: no month-end until then is due again."
    )
    median_days = fields.Float(
        "Median Interval (Days)",
        digits=(16, 4),
        help="Median of the mean intervals of all customers with three purchase days or more.",
    )
    customer_count = fields.Integer("Customers with a Rhythm")

    _evaluation_uniq = models.UniqueIndex("(company_id, date)")

    @api.model
    def _get_valid(self, company, as_of):
        """Return the last evaluation until ``as_of``, empty before the first one."""
        return self.search(
            [("company_id", "=", company.id), ("date", "<=", as_of)], order="date desc", limit=1
        )

    def _get_rhythm(self, company):
        """Return the days between purchases of who has no rhythm of its own."""
        return self.median_days if self.customer_count else company.relationship_rhythm_days
