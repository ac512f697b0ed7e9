from odoo import api, fields, models
from odoo.exceptions import ValidationError
from odoo.tools import SQL

from ..res_partner import RELATIONSHIP_GROUP


class ResPartner(models.Model):
    """Who referred whom."""

    _inherit = "res.partner"

    referred_by_id = fields.Many2one(
        "res.partner",
        index="btree_not_null",
        ondelete="set null",
        groups="base.group_user",
        help="The contact that recommended us to this one.",
    )
    referred_ids = fields.One2many("res.partner", "referred_by_id", groups="base.group_user")
    relationship_referred_count = fields.Integer(
        "Referred Customers", compute="_compute_relationship_referred", groups=RELATIONSHIP_GROUP
    )
    relationship_referred_revenue = fields.Monetary(
        "Revenue of the Referred",
        compute="_compute_relationship_referred",
        currency_field="relationship_currency_id",
        groups=RELATIONSHIP_GROUP,
        help="Revenue in the window of the customers that were referred, in this company.",
    )

    @api.depends("referred_ids")
    @api.depends_context("company", "uid", "su", "allowed_company_ids")
    def _compute_relationship_referred(self):
        figures = self._get_referred_figures()
        for partner in self:
            count, revenue = figures.get(partner._origin.id, (0, 0.0))
            partner.relationship_referred_count = count
            partner.relationship_referred_revenue = revenue

    def _get_referred_figures(self):
        """Return ``{id: (customers, revenue)}`` of whom these referred, as far as the user may
        see them; a customer counts what all its contacts referred.
        """
        if not self.ids:
            return {}
        self.env["res.partner"].flush_model(["referred_by_id", "commercial_partner_id"])
        profiles = self.env["crm.relationship.profile"]
        query = profiles._search([("company_id", "=", self.env.company.id)])
        columns = [
            profiles._field_to_sql(query.table, name, query) for name in ("partner_id", "revenue")
        ]
        visible = query.select(*columns)
        rows = self.env.execute_query(self._get_referred_query(visible))
        return {id_: (count, float(revenue or 0)) for id_, count, revenue in rows}

    def _get_referred_query(self, visible: SQL) -> SQL:
        """Return one row per contact of these that referred: id, customers, revenue.

        :param visible: the customers that may be seen, and their revenue
        """
        return SQL(
            """
            SELECT pair.referrer_id, COUNT(*), SUM(visible.revenue)
              FROM (SELECT DISTINCT asked.id AS referrer_id,
                                    contact.commercial_partner_id AS customer_id
                      FROM res_partner asked
                      JOIN res_partner referrer
                        ON referrer.id = asked.id
                        OR referrer.commercial_partner_id = asked.id
                      JOIN res_partner contact ON contact.referred_by_id = referrer.id
                       AND contact.commercial_partner_id <> referrer.commercial_partner_id
                       AND contact.active
                      JOIN res_partner customer ON customer.id = contact.commercial_partner_id
                       AND customer.active
                     WHERE asked.id IN %(ids)s) pair
              JOIN (%(visible)s) visible (partner_id, revenue)
                ON visible.partner_id = pair.customer_id
             GROUP BY pair.referrer_id
            """,
            ids=tuple(self.ids),
            visible=visible,
        )

    @api.constrains("referred_by_id")
    def _check_referred_by(self):
        """Check that a referral leads from customer to customer, and never back."""
        for referrer, contacts in self.filtered("referred_by_id").grouped("referred_by_id").items():
            for contact in contacts:
                if contact.commercial_partner_id == referrer.commercial_partner_id:
                    raise ValidationError(
                        self.env._(
                            "%(contact)s and %(referrer)s belong to the same customer, and nobody "
                            "refers oneself. Choose a contact of another customer.",
                            contact=contact.display_name,
                            referrer=referrer.display_name,
                        )
                    )
            ancestors = referrer._get_referral_ancestors()
            for contact in contacts:
                if contact.commercial_partner_id.id in ancestors:
                    raise ValidationError(
                        self.env._(
                            "%(contact)s can't be referred by %(referrer)s: that customer was "
                            "itself referred by this one, directly or through others. Choose "
                            "another contact.",
                            contact=contact.display_name,
                            referrer=referrer.display_name,
                        )
                    )

    @api.constrains("parent_id", "is_company")
    def _check_referral_cycle(self):
        """Check that no contact moves to a customer so that referrals lead back to it."""
        # Whoever moves a contact need not see who referred whom.
        contacts = (
            self.sudo()
            .with_context(active_test=False)
            .search(
                [
                    ("commercial_partner_id", "in", self.commercial_partner_id.ids),
                    ("referred_by_id", "!=", False),
                ]
            )
        )
        for contact in contacts:
            customer, referrer = contact.commercial_partner_id, contact.referred_by_id
            if referrer.commercial_partner_id == customer:
                continue  # a referral within a customer does not count
            if customer.id in referrer._get_referral_ancestors():
                raise ValidationError(
                    self.env._(
                        "With this contact %(customer)s would be referred by a customer that it "
                        "referred itself, directly or through others. Change who referred whom "
                        "first.",
                        customer=customer.display_name,
                    )
                )

    def _get_referral_ancestors(self):
        """Return the ids of this contact's customer and of those that its referrals go back
        to, through all contacts of each customer.
        """
        self.env["res.partner"].flush_model(["referred_by_id", "commercial_partner_id"])
        rows = self.env.execute_query(
            SQL(
                """
                WITH RECURSIVE chain (customer_id) AS (
                    SELECT commercial_partner_id FROM res_partner WHERE id = %s
                    UNION
                    SELECT referrer.commercial_partner_id
                      FROM chain
                      JOIN res_partner contact
                        ON contact.commercial_partner_id = chain.customer_id
                       AND contact.referred_by_id IS NOT NULL
                      JOIN res_partner referrer ON referrer.id = contact.referred_by_id)
                SELECT customer_id FROM chain
                """,
                self.id,
            )
        )
        return {row[0] for row in rows}

    def write(self, vals):
        """Let the next run see who loses a referral; who gains one is found by the contact."""
        if "referred_by_id" in vals:
            self.env["crm.relationship.profile"]._mark_partners_due(self.sudo().referred_by_id)
        return super().write(vals)

    def unlink(self):
        self.env["crm.relationship.profile"]._mark_partners_due(self.sudo().referred_by_id)
        return super().unlink()

    def action_open_referred(self):
        """Open the customers in the current company that this one referred."""
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Referred by %(partner)s", partner=self.display_name),
            "res_model": "crm.relationship.profile",
            "view_mode": "list,kanban,pivot,graph,form",
            "domain": [
                ("company_id", "=", self.env.company.id),
                ("partner_id", "in", self._get_referred_customers().ids),
            ],
            "context": {"create": False},
        }

    def _get_referred_customers(self):
        """Return the other customers whose contacts this one, or a contact of it, referred."""
        # Which of them the user may see, the rules of the profiles say.
        contacts = self.sudo().search(
            [
                "|",
                ("referred_by_id", "=", self.id),
                ("referred_by_id.commercial_partner_id", "=", self.id),
            ]
        )
        customers = contacts.commercial_partner_id.filtered("active")
        return customers - self.sudo().commercial_partner_id
