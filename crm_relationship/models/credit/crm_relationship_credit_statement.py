from odoo import api, fields, models
from odoo.exceptions import ValidationError
from odoo.tools import SQL, format_date, formatLang

from ...engine import credit
from ...engine.credit import BEST, RATIOS
from ..numbers import format_short

YEARLY = {"year": 1, "quarter": 4}
"""What the flows of a period are multiplied by to be those of a year."""

PERCENT = {"debt_ratio", "net_margin", "return_on_equity"}
"""Ratios in percent; the others are times."""

SAFE = 2.9
DISTRESS = 1.23
"""Altman's zones of Z′: safe above the one, in distress below the other, grey between."""


class CrmRelationshipCreditStatement(models.Model):
    """A customer's financial statement of a year or a quarter, and its ratios.

    How it works
        Flows of a quarter are taken to a year before they are compared with a stock. A
        denominator of zero gives no number: a rule says whether that is as good as can be
        (nothing to pay), as bad as can be (losses, debts without assets, no equity left)
        or unknown, and the screen shows the rule. A ratio that is as good or as bad as can
        be is kept as plus or minus :data:`BEST`, so that it lies in the outermost band.

        Z′ is Altman's score for private firms (Corporate Financial Distress, 1983):
        0.717 working capital / assets + 0.847 retained earnings / assets
        + 3.107 EBIT / assets + 0.420 book equity / liabilities + 0.998 sales / assets.
    """

    _name = "crm.relationship.credit.statement"
    _description = "Financial Statement"
    _inherit = ["mail.thread", "crm.relationship.credit.entry.mixin"]
    _order = "partner_id, date_end desc, id desc"

    partner_id = fields.Many2one(
        "res.partner", "Customer", required=True, ondelete="cascade", index=True, tracking=True
    )
    company_id = fields.Many2one(
        "res.company", help="Empty: for all companies, a customer has one set of books."
    )
    currency_id = fields.Many2one(
        "res.currency", required=True, default=lambda self: self.env.company.currency_id
    )
    period = fields.Selection(
        [("year", "Year"), ("quarter", "Quarter")], required=True, default="year", tracking=True
    )
    date_end = fields.Date(
        "Period Ends On", required=True, tracking=True, help="The day of the balance sheet."
    )
    is_audited = fields.Boolean("Audited")
    is_current = fields.Boolean(
        "Counts Now",
        compute="_compute_is_current",
        search="_search_is_current",
        help="The customer's latest statement, and not older than 18 months.",
    )
    current_assets = fields.Monetary(tracking=True)
    total_assets = fields.Monetary(tracking=True)
    current_liabilities = fields.Monetary(tracking=True)
    total_liabilities = fields.Monetary(tracking=True)
    equity = fields.Monetary(
        "Book Equity", compute="_compute_equity", store=True, help="Assets less liabilities."
    )
    retained_earnings = fields.Monetary(tracking=True)
    sales = fields.Monetary(tracking=True, help="Of the period, without tax.")
    ebit = fields.Monetary(
        "EBIT", tracking=True, help="Earnings before interest and taxes, of the period."
    )
    net_income = fields.Monetary(tracking=True, help="After taxes, of the period.")
    operating_cash_flow = fields.Monetary(tracking=True, help="Of the period.")
    is_cash_flow_known = fields.Boolean("Cash Flow Is Known", default=True)

    current_ratio = fields.Float(compute="_compute_ratios", store=True, digits=(16, 4))
    debt_ratio = fields.Float(
        "Debt to Assets",
        compute="_compute_ratios",
        store=True,
        digits=(16, 4),
        help="In percent.",
    )
    cash_flow_ratio = fields.Float(
        "Cash Flow to Current Liabilities", compute="_compute_ratios", store=True, digits=(16, 4)
    )
    net_margin = fields.Float(
        compute="_compute_ratios", store=True, digits=(16, 4), help="In percent."
    )
    return_on_equity = fields.Float(
        "Return on Equity",
        compute="_compute_ratios",
        store=True,
        digits=(16, 4),
        help="In percent.",
    )
    known_ratios = fields.Char(
        compute="_compute_ratios", store=True, help="Codes of the ratios that are known."
    )
    ratio_explanation = fields.Html("Ratios", compute="_compute_ratio_explanation", sanitize=False)
    z_score = fields.Float(
        "Altman Z′", compute="_compute_z_score", store=True, digits=(16, 4), aggregator=None
    )
    z_zone = fields.Selection(
        [("safe", "Safe"), ("grey", "Grey Zone"), ("distress", "Distress")],
        "Z′ Zone",
        compute="_compute_z_score",
        store=True,
        help="Safe above 2.9, distress below 1.23. Empty: assets or liabilities are zero.",
    )

    _period_uniq = models.UniqueIndex(
        "(partner_id, COALESCE(company_id, 0), period, date_end)",
        "There is a statement of this customer for this period already. Change that one.",
    )
    _stocks_not_negative = models.Constraint(
        """CHECK (LEAST(current_assets, total_assets, current_liabilities, total_liabilities,
                        sales) >= 0)""",
        "Assets, liabilities and sales can't be negative. A negative equity follows from "
        "liabilities that are greater than the assets.",
    )
    _parts_of_wholes = models.Constraint(
        """CHECK (COALESCE(current_assets, 0) <= COALESCE(total_assets, 0)
                  AND COALESCE(current_liabilities, 0) <= COALESCE(total_liabilities, 0))""",
        "Current assets are part of the assets, and current liabilities of the liabilities: "
        "neither can be greater than the whole.",
    )

    @api.depends("total_assets", "total_liabilities")
    def _compute_equity(self):
        for statement in self:
            statement.equity = statement.total_assets - statement.total_liabilities

    @api.depends(
        "period", "current_assets", "total_assets", "current_liabilities", "total_liabilities",
        "sales", "net_income", "operating_cash_flow", "is_cash_flow_known",
    )  # fmt: skip
    def _compute_ratios(self):
        for statement in self:
            ratios = {code: statement._get_ratio(code) for code in RATIOS}
            known = [code for code, (value, _rule) in ratios.items() if value is not None]
            statement.known_ratios = ",".join(known)
            for code, (value, _rule) in ratios.items():
                statement[code] = value or 0.0

    def _get_ratio(self, code):
        """Return a ratio, None where it is unknown, and the rule where there is no division."""
        self.ensure_one()
        above, below = self._get_terms(code)
        scale = 100 if code in PERCENT else 1
        if below > 0:
            return round(above / below * scale, 4), None
        return getattr(self, f"_get_{code}_without")(above)

    def _get_terms(self, code):
        """Return numerator and denominator; None for a cash flow that is not known."""
        yearly = YEARLY[self.period or "year"]
        return {
            "current_ratio": (self.current_assets, self.current_liabilities),
            "debt_ratio": (self.total_liabilities, self.total_assets),
            "cash_flow_ratio": (
                self.operating_cash_flow * yearly if self.is_cash_flow_known else None,
                self.current_liabilities if self.is_cash_flow_known else 0,
            ),
            "net_margin": (self.net_income, self.sales),
            "return_on_equity": (self.net_income * yearly, self.equity),
        }[code]

    def _get_current_ratio_without(self, current_assets):
        if current_assets:
            return BEST, self.env._("Nothing to pay within a year: as good as can be.")
        return None, self.env._("Neither current assets nor liabilities: unknown.")

    def _get_debt_ratio_without(self, liabilities):
        if liabilities:
            return BEST, self.env._("Debts and no assets: as bad as can be.")
        return None, self.env._("Neither assets nor liabilities: unknown.")

    def _get_cash_flow_ratio_without(self, cash_flow):
        if cash_flow is None:
            return None, self.env._("The cash flow is not known.")
        if cash_flow > 0:
            return BEST, self.env._("Cash comes in and nothing is due: as good as can be.")
        if cash_flow < 0:
            return -BEST, self.env._("Cash flows out and nothing is due: as bad as can be.")
        return None, self.env._("Neither cash flow nor current liabilities: unknown.")

    def _get_net_margin_without(self, net_income):
        if net_income < 0:
            return -BEST, self.env._("A loss without sales: as bad as can be.")
        return None, self.env._("No sales: unknown.")

    def _get_return_on_equity_without(self, _net_income):
        if not (self.total_assets or self.total_liabilities):
            return None, self.env._("Neither assets nor liabilities: unknown.")
        if self.equity == 0:
            return -BEST, self.env._("No equity is left: as bad as can be.")
        return -BEST, self.env._("The equity is negative: as bad as can be.")

    @api.depends_context("lang")
    @api.depends("known_ratios", "z_score", *RATIOS)
    def _compute_ratio_explanation(self):
        """List the ratios with their rules, and Z′, for people to read."""
        for statement in self:
            statement.ratio_explanation = self.env["ir.qweb"]._render(
                "crm_relationship.credit_ratios", {"lines": statement._prepare_ratio_lines()}
            )

    def _prepare_ratio_lines(self):
        lines = []
        for code in RATIOS:
            value, rule = self._get_ratio(code)
            lines.append(
                {
                    "name": self._fields[code]._description_string(self.env),
                    "value": self._format_ratio(code, value),
                    "rule": rule or "",
                }
            )
        zones = dict(self._fields["z_zone"]._description_selection(self.env))
        score = self._get_z_score()
        lines.append(
            {
                "name": self._fields["z_score"]._description_string(self.env),
                "value": self.env._("unknown") if score is None else formatLang(self.env, score),
                "rule": self.env._("Without assets or liabilities there is nothing to divide by.")
                if score is None
                else self.env._(
                    "%(zone)s: safe above %(safe)s, distress below %(distress)s.",
                    zone=zones[self._get_z_zone()],
                    safe=format_short(self.env, SAFE),
                    distress=format_short(self.env, DISTRESS),
                ),
            }
        )
        return lines

    def _format_ratio(self, code, value):
        if value is None:
            return self.env._("unknown")
        if abs(value) >= BEST:
            return "∞" if value > 0 else "−∞"
        number = format_short(self.env, value)
        return f"{number} %" if code in PERCENT else number

    @api.depends(
        "period", "current_assets", "current_liabilities", "total_assets", "total_liabilities",
        "retained_earnings", "ebit", "sales",
    )  # fmt: skip
    def _compute_z_score(self):
        for statement in self:
            statement.z_score = statement._get_z_score() or 0.0
            statement.z_zone = statement._get_z_zone()

    def _get_z_score(self):
        """Return Altman's Z′, None without assets or liabilities to divide by."""
        self.ensure_one()
        assets, liabilities = self.total_assets, self.total_liabilities
        if not (assets and liabilities):
            return None
        yearly = YEARLY[self.period or "year"]
        return round(
            0.717 * (self.current_assets - self.current_liabilities) / assets
            + 0.847 * self.retained_earnings / assets
            + 3.107 * self.ebit * yearly / assets
            + 0.420 * self.equity / liabilities
            + 0.998 * self.sales * yearly / assets,
            4,
        )

    def _get_z_zone(self):
        score = self._get_z_score()
        if score is None:
            return False
        if score > SAFE:
            return "safe"
        return "distress" if score < DISTRESS else "grey"

    @api.depends("partner_id", "date_end")
    @api.depends_context("company")
    def _compute_is_current(self):
        current = self._get_current_ids(among=self.partner_id)
        for statement in self:
            statement.is_current = statement._origin.id in current

    def _search_is_current(self, operator, value):
        if operator != "in":
            return NotImplemented
        return [("id", "in" if True in value else "not in", self._get_current_ids())]

    @api.model
    def _get_current_ids(self, as_of=None, among=None):
        """Return the ids of the statements that count in the current company.

        :param among: the customers to look at; None: all
        """
        company = self.env.company
        self.env.flush_all()
        query = credit.statements(
            company.id,
            as_of or company._get_relationship_today(),
            None if among is None else among.ids,
        )
        return [row[0] for row in self.env.execute_query(SQL("SELECT id FROM (%s) current", query))]

    @api.model
    def _get_current(self, customers, as_of):
        """Return ``{customer id: statement}`` of those that count in the current company."""
        current = self.browse(self._get_current_ids(as_of, customers))
        return {statement.partner_id.id: statement for statement in current}

    @api.depends("partner_id", "period", "date_end")
    @api.depends_context("lang")
    def _compute_display_name(self):
        periods = dict(self._fields["period"]._description_selection(self.env))
        for statement in self:
            statement.display_name = bool(statement.partner_id) and self.env._(
                "%(customer)s, %(period)s to %(date)s",
                customer=statement.partner_id.display_name,
                period=periods.get(statement.period, ""),
                date=format_date(self.env, statement.date_end),
            )

    @api.constrains("partner_id")
    def _check_partner(self):
        for statement in self:
            customer = statement.partner_id.commercial_partner_id
            if customer != statement.partner_id:
                raise ValidationError(
                    self.env._(
                        "%(contact)s is a contact of %(customer)s. Enter the statement for the "
                        "customer itself.",
                        contact=statement.partner_id.display_name,
                        customer=customer.display_name,
                    )
                )

    @api.constrains("date_end")
    def _check_date(self):
        for statement in self:
            if statement.date_end > fields.Date.context_today(statement):
                raise ValidationError(
                    self.env._("The period ends in the future. Enter statements that are closed.")
                )
