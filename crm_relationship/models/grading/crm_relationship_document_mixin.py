from odoo import api, fields, models
from odoo.fields import Domain
from odoo.tools import SQL


class CrmRelationshipDocumentMixin(models.AbstractModel):
    """Shows the tier of a document's customer in the document's company.

    The document has ``partner_id`` and ``company_id``; without a company the user's
    counts. As on contacts nothing is stored and the user's rights hold.
    """

    _name = "crm.relationship.document.mixin"
    _description = "Document of a Graded Customer"

    relationship_tier_id = fields.Many2one(
        "crm.relationship.tier",
        "Customer Tier",
        compute="_compute_relationship_tier_id",
        search="_search_relationship_tier_id",
        groups="crm_relationship.group_user",
    )
    relationship_tier_color = fields.Integer(
        "Customer Tier Colour",
        compute="_compute_relationship_tier_color",
        aggregator=None,
        groups="crm_relationship.group_user",
    )

    @api.depends("partner_id.commercial_partner_id", "company_id")
    @api.depends_context("company", "uid", "su", "allowed_company_ids")
    def _compute_relationship_tier_id(self):
        companies = self.company_id | self.env.company
        profiles = self.env["crm.relationship.profile"].search(
            [
                ("partner_id", "in", self.partner_id.commercial_partner_id.ids),
                ("company_id", "in", companies.ids),
            ]
        )
        tiers = {(profile.partner_id, profile.company_id): profile.tier_id for profile in profiles}
        for document in self:
            company = document.company_id or self.env.company
            customer = document.partner_id.commercial_partner_id
            document.relationship_tier_id = tiers.get((customer, company))

    @api.depends("relationship_tier_id")
    @api.depends_context("company", "uid", "su", "allowed_company_ids")
    def _compute_relationship_tier_color(self):
        """Not a related field: Odoo follows those as sudo, past groups and record rules."""
        for document in self:
            document.relationship_tier_color = document.relationship_tier_id._get_cached_color()

    def _search_relationship_tier_id(self, operator, value):
        """Search through the join that sorting and grouping use."""
        if operator not in ("in", "any", "ilike", "like", "=ilike", "=like"):
            return NotImplemented
        if operator != "in":
            tiers = self.env["crm.relationship.tier"]
            domain = value if operator == "any" else Domain("display_name", operator, value)
            return Domain("relationship_tier_id", "in", tiers.search(domain).ids)
        ids = [item for item in value if item]
        has_none = len(ids) < len(value)

        def to_sql(model, alias, query):
            tier = model._field_to_sql(alias, "relationship_tier_id", query)
            parts = [SQL("%s IN %s", tier, tuple(ids))] if ids else []
            parts += [SQL("%s IS NULL", tier)] if has_none else []
            return SQL("(%s)", SQL(" OR ").join(parts)) if parts else SQL("FALSE")

        return Domain.custom(to_sql=to_sql)

    def _field_to_sql(self, alias, field_expr, query=None):
        if field_expr != "relationship_tier_id":
            return super()._field_to_sql(alias, field_expr, query)
        self._check_field_access(self._fields[field_expr], "read")
        customer = query.left_join(
            alias, "partner_id", "res_partner", "id", "relationship_customer"
        )
        profiles, coalias = self.env["crm.relationship.profile"]._join_visible(
            query,
            alias,
            partner=SQL.identifier(customer, "commercial_partner_id"),
            company=SQL(
                "COALESCE(%s, %s)",
                self._field_to_sql(alias, "company_id", query),
                self.env.company.id,
            ),
        )
        return profiles._field_to_sql(coalias, "tier_id", query)
