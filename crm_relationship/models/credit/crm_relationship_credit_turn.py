from odoo import fields, models


class CrmRelationshipCreditTurn(models.Model):
    """The row that orders of a customer write in turn, and nothing else does.

    Nobody reads it. Writing the customer itself would make everything wait that refers to it.
    """

    _name = "crm.relationship.credit.turn"
    _description = "Turn of a Customer's Orders"
    _log_access = False
    _rec_name = "customer_id"

    customer_id = fields.Many2one("res.partner", required=True, ondelete="cascade")
    company_id = fields.Many2one("res.company", required=True, ondelete="cascade", index=True)

    _customer_unique = models.Constraint(
        "UNIQUE (customer_id, company_id)", "The orders of a customer take turns at one row."
    )
