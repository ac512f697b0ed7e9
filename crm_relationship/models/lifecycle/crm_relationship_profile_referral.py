from odoo import api, fields, models
from odoo.fields import Domain
from odoo.tools import SQL


class CrmRelationshipProfile(models.Model):
    """Whether a customer came by referral: it, or one of its contacts, was referred.

    A contact of the customer itself is no referrer of it, wherever it moved to later.
    """

    _inherit = "crm.relationship.profile"

    is_referred = fields.Boolean(
        "By Referral",
        compute="_compute_is_referred",
        search="_search_is_referred",
        help="The customer, or one of its contacts, was referred by another customer or contact.",
    )
    came_by = fields.Selection(
        [("referral", "By referral"), ("other", "Otherwise")],
        compute="_compute_is_referred",
        search="_search_came_by",
        help="How the customer came: by referral, or otherwise.",
    )
    referrer_id = fields.Many2one(
        related="partner_id.referred_by_id", string="Referred By", help="Who referred the customer."
    )

    @api.depends("partner_id")
    def _compute_is_referred(self):
        query = self.browse(self.ids)._as_query(ordered=False)
        query.add_where(self._field_to_sql(self._table, "is_referred", query))
        referred = {row[0] for row in self.env.execute_query(query.select())}
        for profile in self:
            profile.is_referred = profile._origin.id in referred
            profile.came_by = "referral" if profile.is_referred else "other"

    def _search_is_referred(self, operator, value):
        if operator != "in":
            return NotImplemented
        if {True, False} <= set(value):
            return Domain.TRUE
        sign = SQL("") if True in value else SQL("NOT")
        return Domain.custom(
            to_sql=lambda model, alias, query: SQL(
                "%s %s", sign, model._field_to_sql(alias, "is_referred", query)
            )
        )

    def _search_came_by(self, operator, value):
        if operator != "in":
            return NotImplemented
        wanted = {"referral": True, "other": False}
        return Domain("is_referred", "in", [wanted[code] for code in value if code in wanted])

    def _field_to_sql(self, alias, field_expr, query=None):
        """Give lists, filters and groups the referrals without Python."""
        if field_expr == "came_by":
            is_referred = self._field_to_sql(alias, "is_referred", query)
            return SQL("CASE WHEN %s THEN 'referral' ELSE 'other' END", is_referred)
        if field_expr != "is_referred":
            return super()._field_to_sql(alias, field_expr, query)
        self._check_field_access(self._fields[field_expr], "read")
        return SQL(
            "%s IN (%s)",
            self._field_to_sql(alias, "partner_id", query),
            self._get_referred_sql(),
        )

    @api.model
    def _get_referred_sql(self) -> SQL:
        """Return the ids of the customers that others referred."""
        self.env["res.partner"].flush_model(["referred_by_id", "commercial_partner_id"])
        return SQL(
            """
            SELECT contact.commercial_partner_id
              FROM res_partner contact
              JOIN res_partner referrer ON referrer.id = contact.referred_by_id
             WHERE contact.referred_by_id IS NOT NULL
               AND contact.commercial_partner_id <> referrer.commercial_partner_id
            """
        )
