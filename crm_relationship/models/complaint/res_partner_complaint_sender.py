from odoo import fields, models


class ResPartner(models.Model):
    _inherit = "res.partner"

    def _get_last_purchases(self, company):
        """Return when these contacts, and when their customers, last ordered or were invoiced.

        :return: ``{contact id: day}`` and ``{customer id: day}``, days as text
        """
        customers = self.commercial_partner_id
        # Whoever sorts mail need not see orders and invoices.
        orders = self.env["sale.order"].sudo()
        invoices = self.env["account.move"].sudo()
        ordered = orders._read_group(
            [
                ("partner_id", "child_of", customers.ids),
                ("company_id", "=", company.id),
                ("state", "=", "sale"),
            ],
            ["partner_id"],
            ["date_order:max"],
        )
        invoiced = invoices._read_group(
            [
                ("commercial_partner_id", "in", customers.ids),
                ("company_id", "=", company.id),
                ("move_type", "=", "out_invoice"),
                ("state", "=", "posted"),
            ],
            ["partner_id"],
            ["invoice_date:max"],
        )
        own, bought = {}, {}
        for contact, day in [*ordered, *invoiced]:
            text = fields.Date.to_string(day) or ""
            customer = contact.commercial_partner_id
            own[contact.id] = max(own.get(contact.id, ""), text)
            bought[customer.id] = max(bought.get(customer.id, ""), text)
        return own, bought
