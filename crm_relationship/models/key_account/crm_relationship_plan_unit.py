from odoo import api, fields, models
from odoo.exceptions import ValidationError


class CrmRelationshipPlanUnit(models.Model):
    """A business unit of a plan's customer, a column of the whitespace grid.

    What is invoiced to a contact of the unit, or delivered to one, is the unit's. What is no
    unit's belongs to the whole customer.
    """

    _name = "crm.relationship.plan.unit"
    _description = "Business Unit of a Key Customer"
    _inherit = ["crm.relationship.plan.lock.mixin"]
    _order = "plan_id desc, sequence, id"

    plan_id = fields.Many2one(index=True)
    sequence = fields.Integer(default=10)
    name = fields.Char("Business Unit", required=True)
    company_id = fields.Many2one(related="plan_id.company_id", store=True)
    customer_id = fields.Many2one(related="plan_id.partner_id", string="Customer")
    partner_id = fields.Many2one(
        "res.partner",
        "Contact or Address",
        ondelete="set null",
        index="btree_not_null",
        domain="[('commercial_partner_id', '=', customer_id), ('id', '!=', customer_id)]",
        help="The contact or branch address that stands for the unit. What is invoiced or "
        "delivered to it, or to a contact below it, counts as the unit's.",
    )

    _name_uniq = models.UniqueIndex(
        "(plan_id, name)", "The plan has a business unit of this name already."
    )

    @api.constrains("partner_id", "plan_id")
    def _check_contact(self):
        for unit in self.filtered("partner_id"):
            unit._check_own_contact()
            others = unit.plan_id.unit_ids - unit
            if unit.partner_id in others.partner_id:
                raise ValidationError(
                    self.env._(
                        "%(contact)s stands for another business unit already. Choose a contact of "
                        "its own for “%(unit)s”.",
                        contact=unit.partner_id.display_name,
                        unit=unit.name,
                    )
                )

    def _check_own_contact(self):
        """Check that the contact is invoiced with the plan's customer."""
        customer = self.plan_id.partner_id
        # Who changes the plan need not see all contacts of the customer.
        contact = self.partner_id.sudo()
        if contact == customer or contact.commercial_partner_id != customer:
            raise ValidationError(
                self.env._(
                    "%(contact)s is no contact or address of %(customer)s that is invoiced with "
                    "it. Choose one, or leave it empty.",
                    contact=contact.display_name,
                    customer=customer.display_name,
                )
            )

    def write(self, vals):
        self._refuse_move(vals)
        return super().write(vals)
