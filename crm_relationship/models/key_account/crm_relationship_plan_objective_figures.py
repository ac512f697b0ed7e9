from odoo import api, fields, models
from odoo.fields import Domain
from odoo.tools import SQL

from . import objective_figures as figures

FIGURES = {
    "target_amount",
    "actual_amount",
    "gap_amount",
    "actual",
    "gap",
    "progress",
    "status",
}
"""What is worked out in SQL, for lists, filters and groups alike."""

LEAD_FIELDS = ["stage_id", "won_status", "active", "expected_revenue", "probability"]

TERMS = ("pace", "gone", "total", "is_over", "is_settled", "is_readable")
"""What the explanation needs besides."""


class CrmRelationshipPlanObjective(models.Model):
    """What has been reached of an objective, and whether it is on track.

    How it works
        Invoices are read in SQL past the rights of the user, as the profiles' measures are:
        whoever may read a plan may read how far it is, and no document comes out. Of an
        opportunity only those see figures who may read it.
    """

    _inherit = "crm.relationship.plan.objective"

    target_amount = fields.Monetary(
        compute="_compute_figures",
        help="The target in money: of a share of wallet, so much of the customer's spending.",
    )
    actual_amount = fields.Monetary(
        "Reached Amount",
        compute="_compute_figures",
        help="Reached so far, in money; a project once it is won.",
    )
    gap_amount = fields.Monetary(
        compute="_compute_figures", help="What is missing to the target, in money."
    )
    actual = fields.Float(
        compute="_compute_figures",
        digits=(16, 2),
        aggregator=None,
        help="Reached so far, in the target's unit.",
    )
    gap = fields.Float(
        compute="_compute_figures",
        digits=(16, 2),
        aggregator=None,
        help="What is missing to the target, in its unit.",
    )
    progress = fields.Float(
        compute="_compute_figures",
        digits=(16, 2),
        aggregator="avg",
        help="Reached so far, in per cent of the target, rounded down.",
    )
    status = fields.Selection(
        [
            ("reached", "Reached"),
            ("ahead", "Ahead"),
            ("on_track", "On track"),
            ("behind", "Behind"),
            ("missed", "Missed"),
            ("upcoming", "Not begun"),
            ("unknown", "Unknown"),
        ],
        compute="_compute_figures",
        search="_search_status",
        help="Compared with the share of the period that has gone: ahead from 110 % of what it "
        "asks for, on track from 90 %, else behind.",
    )
    target_text = fields.Char("Target (Text)", compute="_compute_figures")
    actual_text = fields.Char("Actual (Text)", compute="_compute_figures")
    gap_text = fields.Char("Gap (Text)", compute="_compute_figures")
    explanation = fields.Char("Why?", compute="_compute_figures")

    @api.depends(
        "kind",
        "target",
        "wallet_amount",
        "opportunity_id",
        "plan_id.partner_id",
        "plan_id.company_id",
        "plan_id.date_start",
        "plan_id.date_end",
    )
    @api.depends_context("uid", "su", "allowed_company_ids", "lang")
    def _compute_figures(self):
        """Read what SQL finds for all at once; new objectives have no figures yet."""
        found = self._read_figures()
        # Whether the user may read them is asked in the query: no others are looked at.
        visible = [row["opportunity"] for row in found.values() if row["is_readable"]]
        self.env["crm.lead"].sudo().browse(visible).fetch(LEAD_FIELDS)
        for objective in self:
            row = found.get(objective._origin.id, {})
            for name in FIGURES:
                objective[name] = row.get(name, False)
            objective.target_text = objective._get_target_text() if row else False
            objective.actual_text = objective._get_actual_text(row) if row else False
            objective.gap_text = objective._get_gap_text(row) if row else False
            objective.explanation = objective._explain_status(row) if row else False

    def _read_figures(self):
        """Return ``{id: {column: value}}`` of the objectives that are saved."""
        query = self.browse(self._origin.ids)._as_query(ordered=False)
        names = [*sorted(FIGURES), *TERMS]
        row = self._join_figures(self._table, query)
        columns = [SQL.identifier(row, name) for name in names]
        rows = self.env.execute_query(
            query.select(
                SQL.identifier(self._table, "id"),
                SQL.identifier(self._table, "opportunity_id"),
                *columns,
            )
        )
        return {
            id_: {"opportunity": opportunity, **dict(zip(names, values, strict=True))}
            for id_, opportunity, *values in rows
        }

    def _search_status(self, operator, value):
        if operator != "in":
            return NotImplemented
        wanted = tuple(status for status in value if status)
        if not wanted:
            return Domain.FALSE
        return Domain.custom(
            to_sql=lambda model, alias, query: SQL(
                "%s IN %s", model._field_to_sql(alias, "status", query), wanted
            )
        )

    # -------------------------------------------------------------------- SQL

    def _field_to_sql(self, alias, field_expr, query=None):
        """Give lists, filters and groups the figures without Python."""
        if field_expr not in FIGURES:
            return super()._field_to_sql(alias, field_expr, query)
        self._check_field_access(self._fields[field_expr], "read")
        return SQL.identifier(self._join_figures(alias, query), field_expr)

    def _join_figures(self, alias, query):
        """Join the figures of the objectives to ``query``; return their alias."""
        joined = query.make_alias(alias, "figures")
        profiles = self.env["crm.relationship.profile"]
        # The days of companies are nobody's secret, and the objectives' rules choose the plans.
        groups = self.env["crm.relationship.plan"].sudo()._read_group([], ["company_id"])
        row = figures.objective_row(
            SQL.identifier(alias),
            figures.days(company for (company,) in groups),
            profiles._get_purchase_sources(),
            profiles._get_margin_sources(),
            self._get_readable_opportunities(),
        )
        query.add_join(
            "LEFT JOIN", joined, SQL("%s", row, to_flush=self._get_figure_fields()), SQL("TRUE")
        )
        return joined

    def _get_figure_fields(self):
        """Return the fields that the figures are read of, to be in the database before."""
        names = {
            self._name: ["plan_id", "kind", "target", "wallet_amount", "opportunity_id"],
            "crm.relationship.plan": ["partner_id", "company_id", "date_start", "date_end"],
            "res.partner": ["commercial_partner_id"],
            "account.move": [
                "partner_id",
                "company_id",
                "move_type",
                "state",
                "invoice_date",
                "amount_untaxed_signed",
            ],
            "account.move.line": ["balance", "quantity", "display_type"],
            "crm.lead": ["won_status", "active", "expected_revenue", "probability"],
        }
        return [
            self.env[model]._fields[name] for model, fields_ in names.items() for name in fields_
        ]

    def _get_readable_opportunities(self):
        """Return the query of the opportunities that the user may read, archived ones too."""
        leads = self.env["crm.lead"].with_context(active_test=False)
        if not leads.has_access("read"):
            return SQL("SELECT NULL::integer WHERE FALSE")
        return leads._search([]).select()
