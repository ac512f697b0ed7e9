from odoo import api, fields, models
from odoo.tools import SQL

from .crm_relationship_complaint import INSIDERS
from .crm_relationship_complaint_stage import CODES
from .crm_relationship_complaint_step import JUSTIFIED, RESULTS
from .scales import COMPLEXITIES, IMPACTS, PRIORITIES, SEVERITIES

COMPLAINT = "crm.relationship.complaint"
FULL = 100

PERCENTILES = {"median": 0.5, "percentile_90": 0.9}
"""What the analysis can take of a measure besides what Odoo can: name and share."""


class Percentile(fields.Float):
    """A figure of which the analysis shows a percentile; Odoo knows no such aggregate."""

    def _description_aggregator(self, _env):
        return self.aggregator


class CrmRelationshipComplaintReport(models.Model):
    """Complaints as figures, one row each: for pivot, graph and list.

    How it works
        Read from the complaints when asked for, with the same rules of who sees which. Shares
        are 0 or 100 in each row, and empty where the question does not apply yet, so that
        their average is the percentage of those to which it does.
    """

    _name = "crm.relationship.complaint.report"
    _description = "Complaint Analysis"
    _inherit = ["crm.relationship.document.mixin"]
    _auto = False
    _rec_name = "complaint_id"
    _order = "date_received desc, id desc"

    complaint_id = fields.Many2one(COMPLAINT, readonly=True)
    company_id = fields.Many2one("res.company", readonly=True)
    partner_id = fields.Many2one("res.partner", "Customer", readonly=True)
    salesperson_id = fields.Many2one("res.users", readonly=True)
    country_id = fields.Many2one("res.country", readonly=True)
    product_id = fields.Many2one("product.product", readonly=True)
    category_id = fields.Many2one("crm.relationship.complaint.category", readonly=True)
    cause_id = fields.Many2one("crm.relationship.complaint.cause", readonly=True, groups=INSIDERS)
    touchpoint_id = fields.Many2one("crm.relationship.complaint.touchpoint", readonly=True)
    touchpoint_phase = fields.Selection(
        selection=lambda self: (
            self.env["crm.relationship.complaint.touchpoint"]
            ._fields["phase"]
            ._description_selection(self.env)
        ),
        string="Phase",
        readonly=True,
    )
    department_id = fields.Many2one(
        "crm.relationship.complaint.department", "Responsible Department", readonly=True
    )
    supplier_id = fields.Many2one("res.partner", "Responsible Partner", readonly=True)
    team_id = fields.Many2one("crm.relationship.complaint.team", readonly=True)
    user_id = fields.Many2one("res.users", "Handler", readonly=True)
    channel = fields.Selection(
        selection=lambda self: (
            self.env[COMPLAINT]._fields["channel"]._description_selection(self.env)
        ),
        readonly=True,
    )
    severity = fields.Selection(SEVERITIES, readonly=True)
    complexity = fields.Selection(COMPLEXITIES, readonly=True)
    impact = fields.Selection(IMPACTS, readonly=True)
    priority = fields.Selection(PRIORITIES, readonly=True)
    stage_id = fields.Many2one("crm.relationship.complaint.stage", readonly=True)
    stage_code = fields.Selection(CODES, "Code of the Stage", readonly=True)
    result = fields.Selection(RESULTS, readonly=True)
    is_safety = fields.Boolean("Safety Matter", readonly=True)
    is_confidential = fields.Boolean("Confidential", readonly=True)
    entered_by_id = fields.Many2one("res.users", readonly=True)
    date_received = fields.Datetime("Received", readonly=True)
    date_closed = fields.Datetime("Closed", readonly=True)

    complaint_count = fields.Integer("Complaints", readonly=True)
    age_days = fields.Float(
        "Age (Days)",
        readonly=True,
        aggregator="avg",
        digits=(16, 1),
        help="From receipt to closing, of an open one until now.",
    )
    closing_days = fields.Float(
        "Days to Closing",
        readonly=True,
        aggregator="avg",
        digits=(16, 1),
        help="Days of the calendar from receipt to closing, of closed complaints.",
    )
    work_days = fields.Float(
        "Working Days",
        readonly=True,
        aggregator="avg",
        digits=(16, 1),
        help="From receipt to closing, less those in which we waited for the customer.",
    )
    work_days_median = Percentile(
        "Working Days, Median",
        readonly=True,
        aggregator="median",
        digits=(16, 1),
        help="Half of the closed complaints took no longer.",
    )
    work_days_90 = Percentile(
        "Working Days, 90th Percentile",
        readonly=True,
        aggregator="percentile_90",
        digits=(16, 1),
        help="Nine of ten closed complaints took no longer.",
    )
    acknowledged_share = fields.Float(
        "Acknowledged in Time (%)",
        readonly=True,
        aggregator="avg",
        digits=(5, 1),
        help="Of those where it is decided.",
    )
    responded_share = fields.Float(
        "Responded in Time (%)",
        readonly=True,
        aggregator="avg",
        digits=(5, 1),
        help="Of those where it is decided.",
    )
    resolved_share = fields.Float(
        "Resolved in Time (%)",
        readonly=True,
        aggregator="avg",
        digits=(5, 1),
        help="Of those where it is decided.",
    )
    severe_share = fields.Float(
        "Serious or Critical (%)", readonly=True, aggregator="avg", digits=(5, 1)
    )
    closed_share = fields.Float(
        "Closed (%)", readonly=True, aggregator="avg", digits=(5, 1), help="Of all complaints."
    )
    justified_share = fields.Float(
        "Justified (%)",
        readonly=True,
        aggregator="avg",
        digits=(5, 1),
        help="Accepted ones, of those that are closed.",
    )
    reopened_share = fields.Float(
        "Reopened (%)",
        readonly=True,
        aggregator="avg",
        digits=(5, 1),
        help="At least once, of those that were closed at least once.",
    )

    recurrence_share = fields.Float(
        "Recurrences (%)",
        readonly=True,
        aggregator="avg",
        digits=(5, 1),
        help="Of the same customer and cause as an earlier one, of those with a known cause.",
    )
    currency_id = fields.Many2one("res.currency", readonly=True)
    cost = fields.Monetary(readonly=True, groups=INSIDERS)
    rating = fields.Float(
        readonly=True,
        aggregator="avg",
        digits=(5, 1),
        help="What the complainants say of the handling: 1 not satisfied, 5 satisfied.",
    )

    @property
    def _table_query(self):
        columns = self._get_columns()
        return SQL(
            "SELECT %s FROM %s",
            SQL(", ").join(
                SQL("%s AS %s", sql, SQL.identifier(name)) for name, sql in columns.items()
            ),
            self._get_tables(),
        )

    @api.model
    def _get_tables(self):
        """Return the SQL of what a row is made of: a complaint, and its customer."""
        # Odoo flushes the fields of this model alone before it reads.
        self.env[COMPLAINT].flush_model()
        self.env["res.partner"].flush_model(["user_id", "country_id"])
        return SQL(
            """crm_relationship_complaint complaint
               JOIN res_partner customer ON customer.id = complaint.partner_id
               JOIN res_company company ON company.id = complaint.company_id"""
        )

    @api.model
    def _get_columns(self):
        """Return ``{column: SQL}``. What other aspects know is added by overriding this."""
        plain = (
            "id company_id partner_id product_id category_id cause_id touchpoint_id "
            "touchpoint_phase department_id supplier_id team_id user_id channel severity "
            "complexity impact priority stage_id stage_code result is_safety is_confidential "
            "date_received date_closed cost"
        )
        columns = {name: SQL.identifier("complaint", name) for name in plain.split()}
        closing_days = SQL(
            "EXTRACT(EPOCH FROM complaint.date_closed - complaint.date_received) / 86400"
        )
        # Of an open complaint the column holds a zero.
        work_days = SQL("CASE WHEN complaint.stage_code = 'closed' THEN complaint.work_days END")
        return {
            **columns,
            "complaint_id": SQL("complaint.id"),
            "salesperson_id": SQL("customer.user_id"),
            "country_id": SQL("customer.country_id"),
            "entered_by_id": SQL("complaint.create_uid"),
            "currency_id": SQL("company.currency_id"),
            "complaint_count": SQL("1"),
            "age_days": SQL(
                """EXTRACT(EPOCH FROM COALESCE(complaint.date_closed, %s::timestamp)
                           - complaint.date_received) / 86400""",
                fields.Datetime.now(),
            ),
            "closing_days": closing_days,
            "work_days": work_days,
            "work_days_median": work_days,
            "work_days_90": work_days,
            **{
                f"{step}_share": self._get_share(
                    SQL("%s = 'yes'", SQL.identifier("complaint", f"{step}_in_time")),
                    SQL("%s IS NOT NULL", SQL.identifier("complaint", f"{step}_in_time")),
                )
                for step in ("acknowledged", "responded", "resolved")
            },
            "severe_share": self._get_share(
                SQL("complaint.severity IN ('serious', 'critical')"),
                SQL("complaint.severity IS NOT NULL"),
            ),
            "closed_share": self._get_share(SQL("complaint.stage_code = 'closed'")),
            "justified_share": self._get_share(
                SQL("complaint.result IN %s", JUSTIFIED), SQL("complaint.stage_code = 'closed'")
            ),
            "reopened_share": self._get_share(
                SQL("complaint.reopen_count > 0"),
                SQL("complaint.stage_code = 'closed' OR complaint.reopen_count > 0"),
            ),
            "recurrence_share": self._get_share(
                SQL("complaint.is_recurrence"), SQL("complaint.cause_id IS NOT NULL")
            ),
            # Odoo's rating holds a zero where nobody rated.
            "rating": SQL("NULLIF(complaint.rating_last_value, 0)"),
        }

    @api.model
    def _get_share(self, holds, applies=None):
        """Return the SQL of 100 where it holds, 0 where not, and NULL where it does not apply."""
        return SQL(
            "CASE WHEN %s THEN CASE WHEN %s THEN %s ELSE 0 END END::float8",
            applies or SQL("TRUE"),
            holds,
            FULL,
        )

    def _read_group_select(self, aggregate_spec, query):
        name, _colon, aggregator = aggregate_spec.partition(":")
        if aggregator not in PERCENTILES or not isinstance(self._fields.get(name), Percentile):
            return super()._read_group_select(aggregate_spec, query)
        return SQL(
            "PERCENTILE_CONT(%s) WITHIN GROUP (ORDER BY %s)",
            PERCENTILES[aggregator],
            self._field_to_sql(self._table, name, query),
        )

    @api.readonly
    def action_open_complaint(self):
        """Open the complaint itself."""
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "res_model": COMPLAINT,
            "res_id": self.complaint_id.id,
            "views": [(False, "form")],
        }
