from dataclasses import replace

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import SQL, format_date

from ..engine import measure, preview, session, tier_cuts

MOVEMENTS = ("up", "down", "same", "new", "out", "renamed")
MOVEMENT_COUNT = "{}_count"


class CrmRelationshipPreview(models.TransientModel):
    """What a policy would make of today's customers, beside the tiers they have.

    How it works
        The customers are measured and graded by the engine's own statements on tables of
        their own (:mod:`..engine.preview`), so activating the policy and recalculating on
        the same day gives the same tiers. Nothing but the preview is written.
    """

    _name = "crm.relationship.preview"
    _description = "Tier Preview"
    _rec_name = "policy_id"

    policy_id = fields.Many2one(
        "crm.relationship.tier.policy", required=True, readonly=True, ondelete="cascade"
    )
    summary = fields.Text(related="policy_id.summary")
    company_id = fields.Many2one(related="policy_id.company_id", store=True)
    currency_id = fields.Many2one(related="company_id.currency_id")
    as_of = fields.Date(readonly=True, help="The customers are measured as of this day.")
    is_active = fields.Boolean(compute="_compute_is_active")
    tier_ids = fields.One2many("crm.relationship.preview.tier", "preview_id", readonly=True)
    up_count = fields.Integer("Up", readonly=True)
    down_count = fields.Integer("Down", readonly=True)
    same_count = fields.Integer("Unchanged", readonly=True)
    new_count = fields.Integer("Get a Tier", readonly=True)
    out_count = fields.Integer("Lose Their Tier", readonly=True)
    renamed_count = fields.Integer("Same Level", readonly=True)

    @api.depends("policy_id")
    def _compute_display_name(self):
        for record in self:
            record.display_name = self.env._("Preview of %s", record.policy_id.name)

    @api.depends("policy_id.state")
    def _compute_is_active(self):
        for record in self:
            record.is_active = record.policy_id.state == "active"

    @api.model
    def _make(self, policy):
        """Return a new preview of ``policy``.

        :raises UserError: for a template
        :raises AccessError: where the policy's filter asks for what the user may not read
        :raises ValidationError: where the policy's tiers are not complete
        """
        if not policy.company_id:
            raise UserError(
                self.env._("This is a template. Use it for your company first, then preview it.")
            )
        policy._check_complete()
        policy._check_filter_rights(policy.read(["domain"]))
        record = self.create(
            {"policy_id": policy.id, "as_of": policy.company_id._get_relationship_today()}
        )
        record._fill()
        return record

    def _fill(self):
        """Measure and grade by the policy, and keep what it gives."""
        self.ensure_one()
        self._forget()
        self.env.flush_all()
        session.tune(self.env)
        profiles = self.env["crm.relationship.profile"].sudo()  # the engine reads documents
        policy = self.policy_id
        measurement = profiles._prepare_measurement(
            policy.company_id, policy, self.as_of, scoped=False
        )
        measure.find(self.env, measurement)
        # The credit caps a previewed tier as it caps the present one.
        credit = self.env["crm.relationship.credit.policy"].sudo()
        terms = replace(
            policy._get_tier_terms(self.as_of),
            table=preview.PREVIEWED,
            cap=credit._get_of_company(policy.company_id)._get_tier_cap(policy),
        )
        preview.grade(self.env, terms)
        self.env.cr.execute(preview.keep_customers(terms, self.id, self.env.uid))
        self._count(terms)
        self.env.invalidate_all()

    def _forget(self):
        """Empty the preview before it is filled anew."""
        self.tier_ids.unlink()
        self.write(dict.fromkeys(map(MOVEMENT_COUNT.format, MOVEMENTS), 0))
        self.env.flush_all()
        self.env.cr.execute(
            SQL("DELETE FROM crm_relationship_preview_customer WHERE preview_id = %s", self.id)
        )

    def _count(self, terms):
        """Count the customers by movement and by tier."""
        groups = self.env["crm.relationship.preview.customer"]._read_group(
            [("preview_id", "=", self.id)], ["movement"], ["__count"]
        )
        self.write({MOVEMENT_COUNT.format(movement): count for movement, count in groups})
        rows = self.env.execute_query_dict(self._get_tier_rows(terms))
        self.env["crm.relationship.preview.tier"].create(rows)

    def _get_tier_rows(self, terms) -> SQL:
        """One row per tier: what the preview gives it, and what its code holds now."""
        return SQL(
            """
            WITH cut AS MATERIALIZED (%(cuts)s),
                 held AS (
                    SELECT old.code, COUNT(*) AS customers
                      FROM crm_relationship_preview_customer customer
                      JOIN crm_relationship_tier old ON old.id = customer.old_tier_id
                     WHERE customer.preview_id = %(preview)s
                     GROUP BY old.code),
                 given AS (
                    SELECT new_tier_id, COUNT(*) AS customers, SUM(revenue) AS revenue
                      FROM crm_relationship_preview_customer
                     WHERE preview_id = %(preview)s
                     GROUP BY new_tier_id)
            SELECT %(preview)s AS preview_id, cut.tier_id, tier.sequence,
                   COALESCE(held.customers, 0) AS present_count,
                   COALESCE(given.customers, 0) AS customer_count,
                   COALESCE(given.revenue, 0) AS revenue,
                   100.0 * given.customers
                     / NULLIF(SUM(given.customers) OVER (), 0) AS customer_share,
                   100.0 * given.revenue
                     / NULLIF(SUM(given.revenue) OVER (), 0) AS revenue_share,
                   COALESCE(cut.cut_value, 0) AS cut_value,
                   cut.cut_value IS NOT NULL AS has_cut
              FROM cut
              JOIN crm_relationship_tier tier ON tier.id = cut.tier_id
              LEFT JOIN held ON held.code = tier.code
              LEFT JOIN given ON given.new_tier_id = tier.id
             ORDER BY tier.sequence, tier.id
            """,
            cuts=tier_cuts.cuts(terms, tier_cuts.ranked_profiles(terms)),
            preview=self.id,
        )

    # ---------------------------------------------------------------- actions

    def action_open_customers(self):
        """Open the customers of the preview, those of the movement in the context."""
        self.ensure_one()
        movement = self.env.context.get("movement")
        return self._open_customers([("movement", "=", movement)] if movement else [])

    def action_open_matrix(self):
        """Open the present tiers against the previewed ones."""
        self.ensure_one()
        action = self._open_customers([])
        return {**action, "views": [(False, "pivot"), (False, "list")], "view_mode": "pivot,list"}

    def _open_customers(self, domain):
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "crm_relationship.crm_relationship_preview_customer_action"
        )
        name = self.env._(
            "%(policy)s, preview of %(day)s",
            policy=self.policy_id.name,
            day=format_date(self.env, self.as_of),
        )
        return {
            **action,
            "name": name,
            "display_name": name,
            "domain": [("preview_id", "=", self.id), *domain],
            "context": {},
        }

    def action_refresh(self):
        """Measure again: the policy or the documents may have changed."""
        self.ensure_one()
        self.policy_id._check_complete()
        self.policy_id._check_filter_rights(self.policy_id.read(["domain"]))
        self.as_of = self.company_id._get_relationship_today()
        self._fill()

    def action_activate(self):
        """Activate the previewed policy and open it."""
        self.ensure_one()
        self.policy_id.action_activate()
        return {
            "type": "ir.actions.act_window",
            "res_model": "crm.relationship.tier.policy",
            "res_id": self.policy_id.id,
            "view_mode": "form",
        }


class CrmRelationshipPreviewTier(models.TransientModel):
    """One tier of a previewed policy."""

    _name = "crm.relationship.preview.tier"
    _description = "Tier in a Preview"
    _order = "sequence, id"
    _rec_name = "tier_id"

    preview_id = fields.Many2one("crm.relationship.preview", required=True, ondelete="cascade")
    currency_id = fields.Many2one(related="preview_id.currency_id")
    tier_id = fields.Many2one("crm.relationship.tier", required=True, ondelete="cascade")
    tier_color = fields.Integer(related="tier_id.color", string="Tier Colour")
    condition = fields.Char(related="tier_id.condition")
    sequence = fields.Integer()
    present_count = fields.Integer(
        "Now", help="Customers that have the tier of this code today, whatever the policy."
    )
    customer_count = fields.Integer("Customers")
    difference = fields.Integer(compute="_compute_difference")
    customer_share = fields.Float("Customers (%)", digits=(5, 1), aggregator=None)
    revenue = fields.Monetary(help="Untaxed, in the policy's window.")
    revenue_share = fields.Float("Revenue (%)", digits=(5, 1), aggregator=None)
    cut_value = fields.Monetary("From Amount", aggregator=None)
    has_cut = fields.Boolean()

    @api.depends("customer_count", "present_count")
    def _compute_difference(self):
        for line in self:
            line.difference = line.customer_count - line.present_count

    def action_open_customers(self):
        """Open the customers that would have this tier."""
        self.ensure_one()
        return self.preview_id._open_customers([("new_tier_id", "=", self.tier_id.id)])

    def action_open_present(self):
        """Open the customers that have the tier of this code today."""
        self.ensure_one()
        return self.preview_id._open_customers([("old_tier_id.code", "=", self.tier_id.code)])


class CrmRelationshipPreviewCustomer(models.TransientModel):
    """One customer in a preview; gone with it."""

    _name = "crm.relationship.preview.customer"
    _description = "Customer in a Preview"
    _order = "tier_basis desc NULLS LAST, id"
    _rec_name = "partner_id"

    preview_id = fields.Many2one(
        "crm.relationship.preview", required=True, ondelete="cascade", index=True, readonly=True
    )
    company_id = fields.Many2one("res.company", readonly=True, ondelete="cascade")
    currency_id = fields.Many2one(related="company_id.currency_id")
    partner_id = fields.Many2one(
        "res.partner", "Customer", readonly=True, required=True, ondelete="cascade", index=True
    )
    user_id = fields.Many2one(related="partner_id.user_id", string="Salesperson")
    old_tier_id = fields.Many2one(
        "crm.relationship.tier", "Today", readonly=True, ondelete="cascade"
    )
    new_tier_id = fields.Many2one(
        "crm.relationship.tier", "By the Preview", readonly=True, ondelete="cascade"
    )
    old_tier_color = fields.Integer(
        related="old_tier_id.color", string="Colour Today", aggregator=None
    )
    new_tier_color = fields.Integer(
        related="new_tier_id.color", string="Colour by the Preview", aggregator=None
    )
    tier_basis = fields.Monetary("Ranked By", readonly=True, aggregator=None)
    revenue = fields.Monetary(readonly=True)
    movement = fields.Selection(
        [
            ("up", "Up"),
            ("down", "Down"),
            ("same", "Unchanged"),
            ("new", "Gets a tier"),
            ("out", "Loses its tier"),
            ("renamed", "Same level, other code"),
        ],
        readonly=True,
        help="By the places of the tiers' codes in the previewed policy. Same level, other code: "
        "the best or lowest tier under another code.",
    )

    def action_open_partner(self):
        """Open the customer."""
        self.ensure_one()
        return self.partner_id.get_formview_action()
