from datetime import date

from odoo import api, fields, models
from odoo.exceptions import AccessError, ValidationError
from odoo.fields import Domain
from odoo.tools import SQL, format_list

from ...engine import sources
from ...engine.measure import MARGIN_COVERAGE_MIN, Measurement

OVERRIDE_FIELDS = {"override_tier_id", "override_reason", "override_until"}
"""What people may write; everything else is the engine's."""


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
    company_id = fields.Many2one(
        "res.company",
        required=True,
        ondelete="cascade",
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
    tier_id = fields.Many2one(
        "crm.relationship.tier",
        readonly=True,
        ondelete="restrict",
        index=True,
        group_expand="_group_expand_tier_id",
    )
    computed_tier_id = fields.Many2one(
        "crm.relationship.tier",
        readonly=True,
        ondelete="restrict",
        help="What the cuts alone gave at the last evaluation, before grace and manual tier.",
    )
    tier_basis = fields.Monetary(
        "Ranked By", readonly=True, help="The amount that the policy ranks the customer by."
    )
    evaluated_basis = fields.Monetary(
        "Ranked By at the Evaluation", readonly=True, help="The same at the last evaluation."
    )
    tier_color = fields.Integer(related="tier_id.color", string="Tier Colour", aggregator=None)
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

    # manual tier
    override_tier_id = fields.Many2one(
        "crm.relationship.tier", "Manual Tier", ondelete="restrict", index="btree_not_null"
    )
    override_reason = fields.Char("Reason")
    override_user_id = fields.Many2one("res.users", "Set By", readonly=True, ondelete="set null")
    override_until = fields.Date(
        "Valid Through", help="The next day the computed tier holds. Empty: until taken back."
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
            remarks = [
                (profile.tier_standing == "frozen", self.env._("Archived")),
                (profile.override_tier_id, self.env._("By hand")),
                (profile.is_below_zero, self.env._("Below zero")),
                (profile.is_newcomer, self.env._("Newcomer")),
                (profile.below_count, self.env._("In grace")),
                (profile.tier_standing == "unknown", self.env._("Amount unknown")),
            ]
            held = [text for holds, text in remarks if holds]
            profile.remark = format_list(self.env, held, "unit")

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

    @api.constrains("override_tier_id")
    def _check_override_tier(self):
        for profile in self:
            tier = profile.override_tier_id
            if tier and tier.company_id != profile.company_id:
                raise ValidationError(
                    self.env._(
                        "The tier %(tier)s is not one of %(company)s. Choose a tier of the "
                        "company's own policy.",
                        tier=tier.display_name,
                        company=profile.company_id.display_name,
                    )
                )

    @api.constrains("override_tier_id", "override_reason", "override_until")
    def _check_override(self):
        if self.filtered(
            lambda profile: (
                not profile.override_tier_id and (profile.override_reason or profile.override_until)
            )
        ):
            raise ValidationError(self.env._("Choose the manual tier that the reason is for."))
        for profile in self.filtered("override_tier_id"):
            if not (profile.override_reason or "").strip():
                raise ValidationError(self.env._("Give a reason: it is what “why?” answers with."))
            today = profile.company_id._get_relationship_today()
            if profile.override_until and profile.override_until < today:
                raise ValidationError(
                    self.env._(
                        "%(day)s is over. Let the manual tier be valid through today or later, or "
                        "leave the date empty.",
                        day=profile.override_until,
                    )
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

    @api.model_create_multi
    def create(self, vals_list):
        """Create profiles with a manual tier, or set it where the customer has a profile.

        An import of decided tiers need not know which customers were measured before.
        """
        for vals in vals_list:
            self._check_written_fields(set(vals) - {"partner_id", "company_id"})
        known = self._get_known(vals_list)
        created = super().create(
            [
                self._prepare_override(vals)
                for vals, profile in zip(vals_list, known, strict=True)
                if not profile
            ]
        )
        created.filtered("override_tier_id")._apply_override()
        created._mark_due()
        for vals, profile in zip(vals_list, known, strict=True):
            if profile:
                profile.write({name: vals[name] for name in OVERRIDE_FIELDS & set(vals)})
        new = iter(created)
        return self.union(*(profile or next(new) for profile in known))

    def _get_known(self, vals_list):
        """Return, for each of ``vals_list``, the profile that exists or an empty one."""
        partners = [vals.get("partner_id") for vals in vals_list]
        profiles = {
            (profile.partner_id.id, profile.company_id.id): profile
            for profile in self.search([("partner_id", "in", partners)])
        }
        company = self.env.company.id
        return [
            profiles.get((vals.get("partner_id"), vals.get("company_id") or company), self.browse())
            for vals in vals_list
        ]

    def write(self, vals):
        """Write the manual tier: it holds at once and goes to the history."""
        self._check_written_fields(set(vals))
        decided = self.filtered("override_tier_id")
        result = super().write(self._prepare_override(vals))
        if OVERRIDE_FIELDS & set(vals):
            decided |= self.filtered("override_tier_id")
            decided._apply_override(note=vals.get("override_reason"))
        return result

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

    def _is_override_valid(self):
        """Return whether the manual tier holds today."""
        self.ensure_one()
        today = self.company_id._get_relationship_today()
        return bool(self.override_tier_id) and (
            not self.override_until or self.override_until >= today
        )

    def _take_override(self, other):
        """Take over the manual tier of ``other``, who decided it included."""
        self.write(
            {
                "override_tier_id": other.override_tier_id.id,
                "override_reason": other.override_reason,
                "override_until": other.override_until,
                "override_user_id": other.override_user_id.id,
            }
        )

    def _check_written_fields(self, names):
        """Check that people write decisions only; the engine's own code runs as sudo."""
        if not self.env.su and names - OVERRIDE_FIELDS:
            raise AccessError(
                self.env._(
                    "Measures and tiers are computed. To decide otherwise for a customer, give it "
                    "a manual tier with a reason."
                )
            )

    def _prepare_override(self, vals):
        """Return ``vals`` with who decides; without a tier the whole decision goes."""
        if "override_tier_id" not in vals:
            return dict(vals)
        if vals["override_tier_id"]:
            return {"override_user_id": self.env.uid, **vals}
        return {**vals, **dict.fromkeys(OVERRIDE_FIELDS, False), "override_user_id": False}

    def _apply_override(self, note=None):
        """Let the manual tier hold, or after taking it back the computed one."""
        moved = self.filtered(lambda profile: profile._get_decided_tier() != profile.tier_id)
        changes = [profile._prepare_change(note) for profile in moved]
        for tier, profiles in self.grouped(lambda profile: profile._get_decided_tier()).items():
            # The result of a decision is the engine's to write, like every tier.
            profiles.sudo().write({"tier_id": tier.id, "below_count": 0, "next_due_date": AT_ONCE})
        # People append to the history only through decisions like this one.
        self.env["crm.relationship.change"].sudo().create(changes)

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

    def _get_decided_tier(self):
        """Return the tier that holds by decision, without one the computed tier."""
        self.ensure_one()
        return self.override_tier_id or self.computed_tier_id

    def _prepare_change(self, note=None):
        """Return the line of the history that the present decision makes."""
        self.ensure_one()
        return {
            "partner_id": self.partner_id.id,
            "company_id": self.company_id.id,
            "date": self.company_id._get_relationship_today(),
            "dimension": "tier",
            "old_value": self.tier_id.code,
            "new_value": self._get_decided_tier().code,
            "cause": "override" if self.override_tier_id else "override_end",
            "basis_amount": self.tier_basis,
            "note": self.override_reason or note,
            "user_id": self.env.uid,
        }

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
        return Measurement(
            company_id=company.id,
            as_of=as_of,
            purchase_sources=tuple(self._get_purchase_sources()),
            margin_sources=tuple(self._get_margin_sources()),
            window_months=terms.get("window_months", 12),
            basis=terms.get("basis", "revenue"),
            nurture_days=terms.get("nurture_days", 0),
            only_buyers=terms.get("only_buyers", False),
            domain=policy._get_domain_query() if policy else None,
            scoped=scoped,
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
        return {
            "type": "ir.actions.act_window",
            "res_model": "res.partner",
            "res_id": self.partner_id.id,
            "view_mode": "form",
        }

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
