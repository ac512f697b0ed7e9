from datetime import date

from odoo import api, fields, models
from odoo.exceptions import ValidationError
from odoo.fields import Domain
from odoo.tools import SQL, format_list

from ...engine import sources
from ...engine.measurement import MARGIN_COVERAGE_MIN, WINDOW_MONTHS, Measurement
from ..trusting_many2one import TrustingMany2one

COMPARISONS = {"<": SQL("<"), ">": SQL(">"), "<=": SQL("<="), ">=": SQL(">=")}

AT_ONCE = date(1970, 1, 1)
"""Due date of profiles that the next run measures in any case."""


class CrmRelationshipProfile(models.Model):
    """What is known of one customer in one company: measures and results.

    One row per commercial partner and company, written by the runs alone; people
    write the manual tier. Results never stand on ``res.partner`` itself: that table
    is wide and edited all day, and a customer has another tier in another company.
    """

    _name = "crm.relationship.profile"
    _description = "Customer Relationship"
    _order = "tier_basis desc NULLS LAST, id"
    _rec_name = "partner_id"
    _log_access = False  # narrow: a million rows are compared every week

    partner_id = fields.Many2one("res.partner", "Customer", required=True, ondelete="cascade")
    company_id = TrustingMany2one(
        "res.company",
        required=True,
        default=lambda self: self.env.company,
    )
    currency_id = fields.Many2one(related="company_id.currency_id")
    user_id = fields.Many2one(related="partner_id.user_id", string="Salesperson")
    country_id = fields.Many2one(related="partner_id.country_id")
    email = fields.Char(related="partner_id.email")
    phone = fields.Char(related="partner_id.phone")

    # measures
    purchase_count = fields.Integer(
        "Purchase Days", readonly=True, help="Different days with a purchase, all time."
    )
    visit_count = fields.Integer(
        "Visits in the Window",
        readonly=True,
        help="Purchase documents within the window: two on one day are two visits.",
    )
    guest_count = fields.Integer(
        "Guests", readonly=True, help="Guests within the window, where a source knows them."
    )
    guest_revenue = fields.Monetary(
        "Revenue with Guests",
        readonly=True,
        help="Untaxed amount of the window's purchases whose guests are known.",
    )
    first_purchase_date = fields.Date("First Purchase", readonly=True)
    last_purchase_date = fields.Date("Last Purchase", readonly=True)
    purchase_interval_days = fields.Float(
        "Mean Interval (Days)",
        readonly=True,
        aggregator="avg",
        digits=(16, 1),
        help="Mean number of days between purchase days; needs two of them.",
    )
    revenue = fields.Monetary(
        readonly=True, help="Purchases in the window, untaxed, refunds taken off."
    )
    revenue_previous = fields.Monetary(
        "Previous Revenue", readonly=True, help="The same for the window before."
    )
    refund_amount = fields.Monetary(
        "Refunded", readonly=True, help="Refunds in the window, untaxed."
    )
    margin = fields.Monetary(
        readonly=True,
        help="Revenue of the window minus costs, empty unless the costs of at least 80 % of it "
        "are known.",
    )
    margin_coverage = fields.Float(
        "Margin Coverage (%)",
        readonly=True,
        aggregator="avg",
        digits=(5, 2),
        help="Share of the revenue in the window whose cost is known. A cost of zero is unknown.",
    )
    is_margin_known = fields.Boolean(
        compute="_compute_is_margin_known", search="_search_is_margin_known"
    )
    paid_amount = fields.Monetary(
        "Paid",
        readonly=True,
        help="Payments in the window on invoices, tax included. What was paid at once without an "
        "invoice is no payment of a debt and not in it.",
    )
    settled_amount = fields.Monetary(
        "Paid in 24 Months", readonly=True, help="The amount that the days late are weighted by."
    )
    days_late = fields.Float(
        readonly=True,
        aggregator="avg",
        digits=(16, 1),
        help="Mean days between due date and payment over 24 months, weighted by the amounts; "
        "negative is early.",
    )
    overdue_amount = fields.Monetary("Overdue", readonly=True, help="Open after its due date.")
    is_newcomer = fields.Boolean(
        "Newcomer", readonly=True, help="Within the nurture period after the first purchase."
    )
    next_due_date = fields.Date(
        readonly=True, help="The first day on which a measure changes if nothing happens."
    )

    # results
    tier_id = TrustingMany2one(
        "crm.relationship.tier",
        readonly=True,
        group_expand="_group_expand_tier_id",
    )
    computed_tier_id = TrustingMany2one(
        "crm.relationship.tier",
        readonly=True,
        help="What the cuts alone gave at the last evaluation, before grace and manual tier.",
    )
    tier_basis = fields.Monetary(
        "Ranked By", readonly=True, help="The amount that the policy ranks the customer by."
    )
    evaluated_basis = fields.Monetary(
        "Ranked By at the Evaluation", readonly=True, help="The same at the last evaluation."
    )
    tier_color = fields.Integer("Tier Colour", compute="_compute_tier_color", aggregator=None)
    tier_standing = fields.Selection(
        [
            ("ranked", "Ranked"),
            ("unranked", "Lowest, not counted"),
            ("unknown", "Amount unknown"),
            ("frozen", "Archived"),
        ],
        "Standing",
        readonly=True,
        help="Ranked: counts among the customers that the shares are taken of. Not counted: "
        "bought nothing in the window. Unknown: keeps its tier. Empty: no customer, or outside "
        "the policy.",
    )
    below_count = fields.Integer(
        "Evaluations Below",
        required=True,
        default=0,
        readonly=True,
        aggregator=None,
        help="In a row, below its tier.",
    )
    is_below_zero = fields.Boolean(
        "Below Zero",
        compute="_compute_is_below_zero",
        search="_search_is_below_zero",
        help="Costs more than it brings.",
    )

    is_declining = fields.Boolean(
        "Declining",
        compute="_compute_is_declining",
        search="_search_is_declining",
        help="Brings less than in the window before.",
    )
    remark = fields.Char(
        compute="_compute_remark", help="What is special: newcomer, below zero, by hand, in grace."
    )

    change_ids = fields.One2many(
        "crm.relationship.change",
        compute="_compute_change_ids",
        search="_search_change_ids",
        string="History",
    )

    _partner_company_uniq = models.UniqueIndex(
        "(partner_id, company_id)", "A customer has one profile in each company."
    )
    _ranking_idx = models.Index("(company_id, tier_basis) WHERE tier_standing = 'ranked'")
    _next_due_idx = models.Index("(company_id, next_due_date)")
    _newcomer_idx = models.Index(
        """(company_id) WHERE tier_id IS NULL AND override_tier_id IS NULL
                          AND tier_standing IN ('ranked', 'unranked')"""
    )
    _decided_idx = models.Index(
        """(company_id) WHERE override_tier_id IS NOT NULL OR ladder_mark IS NOT NULL
                           OR yearly_need > 0 OR dismissed_date IS NOT NULL"""
    )

    @api.depends("tier_id")
    def _compute_tier_color(self):
        for profile in self:
            profile.tier_color = profile.tier_id._get_cached_color()

    @api.depends("margin_coverage")
    def _compute_is_margin_known(self):
        for profile in self:
            profile.is_margin_known = profile.margin_coverage >= MARGIN_COVERAGE_MIN

    def _search_is_margin_known(self, operator, value):
        if operator != "in":
            return NotImplemented
        if {True, False} <= set(value):
            return Domain.TRUE
        return [("margin_coverage", ">=" if True in value else "<", MARGIN_COVERAGE_MIN)]

    @api.depends("tier_basis")
    def _compute_is_below_zero(self):
        for profile in self:
            profile.is_below_zero = profile.tier_basis < 0

    def _search_is_below_zero(self, operator, value):
        if operator != "in":
            return NotImplemented
        if {True, False} <= set(value):
            return Domain.TRUE
        return [("tier_basis", "<" if True in value else ">=", 0)]

    @api.depends("revenue", "revenue_previous")
    def _compute_is_declining(self):
        for profile in self:
            profile.is_declining = profile.revenue < profile.revenue_previous

    def _search_is_declining(self, operator, value):
        if operator != "in":
            return NotImplemented
        sign = SQL("<") if True in value else SQL(">=")
        return Domain.custom(
            to_sql=lambda model, alias, query: SQL(
                "COALESCE(%s, 0) %s COALESCE(%s, 0)",
                model._field_to_sql(alias, "revenue", query),
                sign,
                model._field_to_sql(alias, "revenue_previous", query),
            )
        )

    @api.depends("tier_standing", "tier_basis", "is_newcomer", "override_tier_id", "below_count")
    def _compute_remark(self):
        for profile in self:
            held = [text for holds, text in profile._get_remarks() if holds]
            profile.remark = format_list(self.env, held, "unit")

    def _get_remarks(self):
        """Return whether each remark holds, and its words."""
        return [
            (self.tier_standing == "frozen", self.env._("Archived")),
            (self.override_tier_id, self.env._("By hand")),
            (self.is_below_zero, self.env._("Below zero")),
            (self.is_newcomer, self.env._("Newcomer")),
            (self.below_count, self.env._("In grace")),
            (self.tier_standing == "unknown", self.env._("Amount unknown")),
        ]

    def _search_in_sql(self, name, operator, value):
        """Return the domain of the profiles by a field that is worked out in SQL, see
        ``_field_to_sql``; an empty value is NULL there.
        """
        if operator in COMPARISONS:
            return Domain.custom(
                to_sql=lambda model, alias, query: SQL(
                    "%s %s %s",
                    model._field_to_sql(alias, name, query),
                    COMPARISONS[operator],
                    value,
                )
            )
        if operator != "in":
            return NotImplemented
        wanted = tuple(item for item in value if item is not False)
        has_none = len(wanted) < len(value)

        def to_sql(model, alias, query):
            result = model._field_to_sql(alias, name, query)
            parts = [SQL("%s IN %s", result, wanted)] if wanted else []
            parts += [SQL("%s IS NULL", result)] if has_none else []
            return SQL("(%s)", SQL(" OR ").join(parts)) if parts else SQL("FALSE")

        return Domain.custom(to_sql=to_sql)

    def _compute_change_ids(self):
        changes = self.env["crm.relationship.change"].search(
            [("partner_id", "in", self.partner_id.ids), ("company_id", "in", self.company_id.ids)]
        )
        by_customer = changes.grouped(lambda change: (change.partner_id, change.company_id))
        for profile in self:
            profile.change_ids = by_customer.get(
                (profile.partner_id, profile.company_id), changes[:0]
            )

    def _search_change_ids(self, operator, value):
        """Return the domain of the customers with a change in the domain ``value``."""
        if operator not in ("any", "any!") or not isinstance(value, Domain):
            return NotImplemented
        changes = self.env["crm.relationship.change"].sudo(self.env.su or operator == "any!")
        query = changes._search(value)
        found = query.subselect(
            SQL.identifier(query.table, "partner_id"), SQL.identifier(query.table, "company_id")
        )
        return Domain.custom(
            to_sql=lambda model, alias, query: SQL(
                "(%s, %s) IN %s",
                model._field_to_sql(alias, "partner_id", query),
                model._field_to_sql(alias, "company_id", query),
                found,
            )
        )

    @api.model
    def _group_expand_tier_id(self, tiers, domain):
        """Show the empty tiers of the companies' policies too."""
        return tiers.search(
            [
                ("policy_id.state", "=", "active"),
                ("company_id", "in", self.env.companies.ids),
            ]
        )

    @api.constrains("partner_id")
    def _check_commercial_partner(self):
        for profile in self:
            commercial = profile.partner_id.commercial_partner_id
            if commercial != profile.partner_id:
                raise ValidationError(
                    self.env._(
                        "%(contact)s is a contact of %(customer)s. Give the tier to the customer.",
                        contact=profile.partner_id.display_name,
                        customer=commercial.display_name,
                    )
                )

    def _mark_due(self):
        """Let the next run measure these customers, whatever changed or not."""
        self.sudo().write({"next_due_date": AT_ONCE})  # a measure, which people do not write

    @api.model
    def _mark_partners_due(self, partners):
        """Let the next run measure the customers of ``partners`` in every company.

        For edits that leave no trace to find later. Whoever makes one needs no right on
        profiles, hence sudo.
        """
        customers = partners.commercial_partner_id
        if customers:
            self.sudo().search([("partner_id", "in", customers.ids)])._mark_due()

    def _record_merge(self):
        """Append which tier holds after the histories of merged contacts became one."""
        # People append to the history only through what they do to customers.
        self.env["crm.relationship.change"].sudo().create(
            [
                {
                    "partner_id": profile.partner_id.id,
                    "company_id": profile.company_id.id,
                    "date": profile.company_id._get_relationship_today(),
                    "dimension": "tier",
                    "old_value": profile.tier_id.code,
                    "new_value": profile.tier_id.code,
                    "cause": "merged",
                    "basis_amount": profile.tier_basis,
                    "user_id": self.env.uid,
                }
                for profile in self
            ]
        )

    # ---------------------------------------------------------------- sources

    @api.model
    def _get_purchase_sources(self):
        """Return the SQL of the purchase documents, see :mod:`..engine.sources`.

        Other addons add theirs by overriding this.
        """
        return sources.customer_invoices(self._get_invoice_condition())

    @api.model
    def _get_invoice_condition(self):
        """Return the SQL of what an invoice ``move`` must meet to be a purchase itself.

        A bridge whose documents are purchases leaves out the invoices made of them.
        """
        return SQL("TRUE")

    @api.model
    def _get_margin_sources(self):
        """Return the SQL of document lines with their margin; none where nobody knows costs.

        A bridge that knows some says so in ``_knows_costs``. Then all purchases are here:
        revenue whose cost is unknown lowers the coverage.
        """
        return [self._get_invoice_margin_source()] if self._knows_costs() else []

    @api.model
    def _knows_costs(self):
        return False

    @api.model
    def _get_invoice_margin_source(self):
        """Return the SQL of the invoices with their margin, unknown without a bridge."""
        return sources.without_costs(sources.customer_invoices(self._get_invoice_condition()))

    @api.model
    def _prepare_measurement(self, company, policy, as_of, scoped):
        """Return what to measure in ``company`` as of ``as_of``.

        Without a policy the measures are taken with the default terms.
        """
        terms = policy._get_measure_terms() if policy else {}
        credit = self.env["crm.relationship.credit.policy"]._get_of_company(company)
        return Measurement(
            company_id=company.id,
            as_of=as_of,
            purchase_sources=tuple(self._get_purchase_sources()),
            margin_sources=tuple(self._get_margin_sources()),
            window_months=terms.get("window_months", WINDOW_MONTHS),
            basis=terms.get("basis", "revenue"),
            nurture_days=terms.get("nurture_days", 0),
            only_buyers=terms.get("only_buyers", False),
            domain=policy._get_domain_query() if policy else None,
            scoped=scoped,
            lifecycle=self.env["crm.relationship.stage"]._get_terms(
                company, as_of, terms.get("window_months", WINDOW_MONTHS)
            ),
            credit=credit._get_terms(as_of, policy) if credit else None,
            bad_debt_accounts=tuple(credit._get_bad_debt_accounts()),
        )

    # ------------------------------------------------------------------- join

    def _join_visible(self, query, alias, partner, company):
        """Join the profiles that the user may see; return the model and the alias.

        :param partner: SQL of the commercial partner's id, from ``alias``
        :param company: SQL of the company's id
        """
        coalias = query.make_alias(alias, "relationship_profile")
        visible = self._search([])
        table = (
            SQL.identifier(self._table)
            if not visible.where_clause.code
            else SQL("(%s)", visible.select(SQL("%s.*", SQL.identifier(self._table))))
        )
        condition = SQL(
            "%s = %s AND %s = %s",
            SQL.identifier(coalias, "partner_id"),
            partner,
            SQL.identifier(coalias, "company_id"),
            company,
        )
        query.add_join("LEFT JOIN", coalias, table, condition)
        # The rows are already those that the user may see; its fields need no more rights.
        return self.sudo(), coalias

    # ---------------------------------------------------------------- actions

    def action_open_partner(self):
        self.ensure_one()
        return self.partner_id.get_formview_action()

    def action_open_changes(self):
        """Open the customer's history."""
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "crm_relationship.crm_relationship_change_action"
        )
        return {
            **action,
            "domain": [
                ("partner_id", "=", self.partner_id.id),
                ("company_id", "=", self.company_id.id),
            ],
            "context": {},
        }

    def action_recalculate(self):
        """Measure the selected customers anew, at once."""
        runs = self.env["crm.relationship.run"].recalculate(
            companies=self.company_id, partners=self.partner_id
        )
        return runs._prepare_notification()
