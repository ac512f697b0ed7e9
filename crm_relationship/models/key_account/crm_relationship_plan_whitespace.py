from odoo import api, fields, models


class CrmRelationshipPlanWhitespace(models.Model):
    """What a business unit could buy of a product category in a year: a cell of the grid.

    What it buys today is read from invoices when somebody looks, see ``whitespace_lines``.
    """

    _name = "crm.relationship.plan.whitespace"
    _description = "Whitespace of a Key Customer"
    _inherit = ["crm.relationship.plan.opportunity.mixin"]
    _order = "plan_id desc, category_id, unit_id, id"
    _rec_name = "category_id"

    unit_id = fields.Many2one(
        "crm.relationship.plan.unit",
        "Business Unit",
        ondelete="cascade",
        index="btree_not_null",
        domain="[('plan_id', '=', plan_id)]",
        help="Empty: the customer as a whole, and what is no unit's.",
    )
    category_id = fields.Many2one(
        "product.category",
        "Product Category",
        required=True,
        ondelete="restrict",
        index=True,
        help="With its child categories, as far as they have no row of their own.",
    )
    potential = fields.Monetary(
        "Potential per Year",
        help="What could be sold to the unit in a year, with what it buys from us already.",
    )
    current = fields.Monetary(
        compute="_compute_current",
        help="Invoiced within the last 12 months, untaxed, credit notes taken off; until the "
        "plan's last day once it is over.",
    )
    rest = fields.Monetary(
        compute="_compute_current", help="Potential minus what it buys already: the white space."
    )
    opportunity_id = fields.Many2one(help="The opportunity that goes for it.")
    note = fields.Char()

    _cell_uniq = models.UniqueIndex(
        "(plan_id, category_id, COALESCE(unit_id, 0))",
        "The plan has a potential of this unit and category already. Change that one.",
    )
    _potential_positive = models.Constraint(
        "CHECK (potential >= 0)", "A potential can't be negative. Leave it empty if there is none."
    )

    @api.depends("plan_id", "unit_id", "category_id", "potential")
    def _compute_current(self):
        sales = self.plan_id._get_whitespace_sales()
        for cell in self:
            found = sales.get(cell.plan_id._origin.id, {})
            key = (cell.category_id.id, cell.unit_id._origin.id or False)
            cell.current = found.get(key, 0.0)
            cell.rest = cell.potential - cell.current

    @api.constrains("unit_id", "plan_id")
    def _check_unit(self):
        message = self.env._("“%(other)s” is a unit of another plan. Choose one of this plan.")
        for cell in self:
            cell._check_same_plan(cell.unit_id, message)
