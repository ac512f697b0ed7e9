from odoo import api, fields, models
from odoo.fields import Domain
from odoo.tools import SQL

RELATIONSHIP_GROUP = "crm_relationship.group_user"


def profile_field(field_class, name, **attributes):
    """Return a field that shows the field ``name`` of the customer's profile.

    It reads with the user's own rights, see :class:`ResPartner`.
    """
    if field_class is fields.Monetary:
        attributes["currency_field"] = "relationship_currency_id"
    return field_class(
        related=f"relationship_profile_id.{name}",
        related_sudo=False,
        search=lambda self, operator, value: self._search_relationship(name, operator, value),
        groups=RELATIONSHIP_GROUP,
        **attributes,
    )


def is_result(name):
    """Return whether the partner's field ``name`` shows a result of ours."""
    return name.startswith("relationship_")


class ResPartner(models.Model):
    """Shows the results of the customer's profile in the current company.

    How it works
        Nothing is stored here. The fields read the profile that the user may see, and in
        SQL they come from one LEFT JOIN of those profiles, so that contacts search, sort
        and group by them. Record rules and the group hold on every route.
    """

    _inherit = "res.partner"

    relationship_profile_id = fields.Many2one(
        "crm.relationship.profile",
        compute="_compute_relationship_profile_id",
        search=lambda self, operator, value: self._search_relationship("id", operator, value),
        groups=RELATIONSHIP_GROUP,
    )
    relationship_currency_id = fields.Many2one(
        "res.currency", compute="_compute_relationship_currency_id", groups=RELATIONSHIP_GROUP
    )
    relationship_tier_id = profile_field(fields.Many2one, "tier_id", string="Tier")
    relationship_tier_color = fields.Integer(
        related="relationship_profile_id.tier_color",
        related_sudo=False,
        groups=RELATIONSHIP_GROUP,
    )
    relationship_tier_basis = profile_field(fields.Monetary, "tier_basis")
    relationship_is_newcomer = profile_field(fields.Boolean, "is_newcomer")
    relationship_purchase_count = profile_field(fields.Integer, "purchase_count")
    relationship_first_purchase_date = profile_field(fields.Date, "first_purchase_date")
    relationship_last_purchase_date = profile_field(fields.Date, "last_purchase_date")
    relationship_revenue = profile_field(fields.Monetary, "revenue")
    relationship_revenue_previous = profile_field(fields.Monetary, "revenue_previous")
    relationship_is_margin_known = profile_field(fields.Boolean, "is_margin_known")
    relationship_margin_health = profile_field(fields.Selection, "margin_health")
    relationship_margin_rate = profile_field(fields.Float, "margin_rate", aggregator=None)
    relationship_overdue_amount = profile_field(fields.Monetary, "overdue_amount")
    relationship_excluded = fields.Boolean(
        "Left Out of the Relationship",
        groups="crm_relationship.group_manager",
        help="Such as the walk-in customer: gets no profile and no tier, and does not count.",
    )

    _relationship_written_idx = models.Index(
        "USING brin (write_date) WITH (pages_per_range = 16, autosummarize = on)"
    )

    @api.depends("commercial_partner_id")
    @api.depends_context("company", "uid", "su", "allowed_company_ids")
    def _compute_relationship_profile_id(self):
        # With their fields in the same query: whoever asks for the profile reads it.
        profiles = self.env["crm.relationship.profile"].search_fetch(
            [
                ("partner_id", "in", self.commercial_partner_id.ids),
                ("company_id", "=", self.env.company.id),
            ]
        )
        by_partner = {profile.partner_id.id: profile for profile in profiles}
        for partner in self:
            partner.relationship_profile_id = by_partner.get(partner.commercial_partner_id.id)

    @api.depends_context("company")
    def _compute_relationship_currency_id(self):
        self.relationship_currency_id = self.env.company.currency_id

    def _search_relationship(self, name, operator, value):
        """Return the contacts whose customer's profile has ``name operator value``.

        A contact without a profile counts as one whose value is empty.
        """
        if operator not in ("in", "<", ">", "<=", ">=", "any", "ilike", "like", "=ilike", "=like"):
            return NotImplemented
        if operator == "in" and any(not item for item in value):
            return ~self._get_relationship_domain(Domain(name, "not in", value))
        return self._get_relationship_domain(Domain(name, operator, value))

    def _get_relationship_domain(self, domain):
        """Return the domain of the contacts whose customer's profile is in ``domain``."""
        profiles = self.env["crm.relationship.profile"]._search(
            Domain("company_id", "=", self.env.company.id) & domain
        )
        customers = profiles.subselect(SQL.identifier(profiles.table, "partner_id"))
        return Domain("commercial_partner_id", "in", customers)

    def _field_to_sql(self, alias, field_expr, query=None):
        """Read the results in SQL from the joined profile, with the user's rights."""
        name = self._get_relationship_source(field_expr)
        if not name:
            return super()._field_to_sql(alias, field_expr, query)
        self._check_field_access(self._fields[field_expr], "read")
        profiles, coalias = self._join_relationship_profile(alias, query)
        return profiles._field_to_sql(coalias, name, query)

    def _get_relationship_source(self, field_expr):
        """Return the profile's field behind ``field_expr``, None if there is none."""
        if field_expr == "relationship_profile_id":
            return "id"
        field = self._fields.get(field_expr)
        path = (field.related or "").split(".") if field else []
        return path[1] if path[:1] == ["relationship_profile_id"] else None

    def _join_relationship_profile(self, alias, query):
        """Join the profiles of the current company that the user may see."""
        return self.env["crm.relationship.profile"]._join_visible(
            query,
            alias,
            partner=self._field_to_sql(alias, "commercial_partner_id", query),
            company=SQL("%s", self.env.company.id),
        )

    @api.model
    @api.readonly
    def web_name_search(self, name, specification, domain=None, operator="ilike", limit=100):
        """Return the customers' standing too, beside the names that the drop-down formats.

        Odoo formats names for a specification of the name alone.
        """
        results = {field: terms for field, terms in specification.items() if is_result(field)}
        names = {field: specification[field] for field in specification if field not in results}
        rows = super().web_name_search(name, names, domain, operator, limit)
        if not results:
            return rows
        standings = self.browse([row["id"] for row in rows]).web_read(results)
        return [{**standing, **row} for standing, row in zip(standings, rows, strict=True)]

    def write(self, vals):
        """Let the next run see customers that a contact moves away from."""
        if not {"parent_id", "is_company"} & set(vals):
            return super().write(vals)
        self.env["crm.relationship.profile"]._mark_partners_due(self)
        return super().write(vals)

    def unlink(self):
        """Take the customers' history along: it hangs on no foreign key."""
        ids = self.ids
        result = super().unlink()  # which checks that the user may
        self.env.cr.execute(
            SQL("DELETE FROM crm_relationship_change WHERE partner_id = ANY (%s)", ids)
        )
        self.env["crm.relationship.change"].invalidate_model()
        return result

    def action_explain_relationship(self):
        """Open the answer to "why this tier?"."""
        self.ensure_one()
        return self.relationship_profile_id.action_explain_tier()

    def action_open_relationship_profile(self):
        """Open what is known of the customer in the current company."""
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "res_model": "crm.relationship.profile",
            "res_id": self.relationship_profile_id.id,
            "view_mode": "form",
        }

    def action_open_relationship_changes(self):
        """Open the history of the customer in the current company."""
        self.ensure_one()
        return self.relationship_profile_id.action_open_changes()

    def action_recalculate_relationship(self):
        """Measure the selected customers anew in the current company, at once."""
        runs = self.env["crm.relationship.run"].recalculate(
            companies=self.env.company, partners=self
        )
        return runs._prepare_notification()
