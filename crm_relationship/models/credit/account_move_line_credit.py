from odoo import models

from .sale_order_credit_guard import REINVOICES, REINVOICING


class AccountMoveLine(models.Model):
    """A vendor bill is posted whatever the check says of the order that bears its costs."""

    _inherit = "account.move.line"

    def _sale_create_reinvoice_sale_line(self):
        reinvoicing = self.with_context(**{REINVOICES: REINVOICING})
        return super(AccountMoveLine, reinvoicing)._sale_create_reinvoice_sale_line()
