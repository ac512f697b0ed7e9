from odoo import models


class ResPartner(models.Model):
    """A contact that gets another company takes along what it has ordered: the company that
    will owe it is checked.
    """

    _inherit = "res.partner"

    def write(self, vals):
        if self.env.su or not ("parent_id" in vals or "is_company" in vals):
            return super().write(vals)
        with self._get_orders_to_owe()._guard_credit():
            return super().write(vals)

    def _get_orders_to_owe(self):
        """Return the confirmed orders to be invoiced to the contacts and those below them."""
        modes = self.env["res.company"]._get_relationship_check_modes()
        orders = self.env["sale.order"]
        if not modes:
            return orders
        # Whoever edits a contact need not see its orders, hence sudo.
        found = orders.sudo().search(
            [
                ("company_id", "in", list(modes)),
                ("state", "=", "sale"),
                ("invoice_status", "!=", "invoiced"),
                ("partner_invoice_id", "child_of", self.ids),
            ]
        )
        return orders.browse(found.ids)
