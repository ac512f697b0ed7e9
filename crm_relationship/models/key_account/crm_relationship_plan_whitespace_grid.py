from collections import defaultdict

from odoo import api, fields, models
from odoo.exceptions import ValidationError
from odoo.tools import SQL, format_date

from ...engine.periods import window_start
from . import whitespace_lines

MONTHS = 12
"""The potential is that of a year, and so is what it is compared with."""


class CrmRelationshipPlan(models.Model):
    """The whitespace of a customer: what its business units could buy, and don't yet.

    How it works
        Rows are product categories, columns the business units and the whole customer. A line
        of an invoice counts in the row of its product's category, else of the nearest one
        above it that somebody entered a potential for, else it makes a row of its own. It counts
        for the unit that is invoiced, else for the one that the goods go to.
    """

    _inherit = "crm.relationship.plan"

    unit_ids = fields.One2many("crm.relationship.plan.unit", "plan_id", "Business Units")
    whitespace_ids = fields.One2many("crm.relationship.plan.whitespace", "plan_id")

    @api.constrains("partner_id")
    def _check_units_customer(self):
        """Check that no unit of another customer stays behind in the plan."""
        for unit in self.unit_ids.filtered("partner_id"):
            unit._check_own_contact()
        for cell in self.whitespace_ids:
            cell.plan_id._check_opportunity_is_ours(cell.opportunity_id)

    def _get_whitespace_span(self):
        """Return the first and the last day of the invoices that the potential is compared with:
        a year until today, or until the plan's end once it is over.
        """
        self.ensure_one()
        end = min(self.date_end, self.sudo().company_id._get_relationship_today())
        return window_start(end, MONTHS), end

    def _get_whitespace_sales(self):
        """Return ``{plan_id: {(category_id, unit_id): amount}}`` of these plans, False for
        what is of no unit or category; the categories are those of the grid's rows.

        Invoices are read past the rights of the user, as profiles do: whoever may read a plan
        may read what its customer buys, and no document comes out.
        """
        plans = self.browse(self._origin.ids)
        sales = {plan.id: defaultdict(float) for plan in plans}
        if not plans:
            return sales
        for model, names in whitespace_lines.FLUSHED.items():
            self.env[model].flush_model(names)
        spans = [
            SQL(
                "(%s, %s, %s, %s::date, %s::date)",
                plan.id,
                plan.partner_id.id,
                plan.company_id.id,
                *plan._get_whitespace_span(),
            )
            for plan in plans
        ]
        rows = self.env.execute_query(whitespace_lines.sales(SQL(", ").join(spans)))
        entered = plans._get_entered_categories()
        above = self._get_categories_above({category for _plan, _unit, category, _sum in rows})
        for plan_id, unit_id, category_id, amount in rows:
            row = next(
                (one for one in above.get(category_id, ()) if one in entered[plan_id]),
                category_id or False,
            )
            sales[plan_id][row, unit_id or False] += float(amount)
        return sales

    def _get_entered_categories(self):
        """Return ``{plan_id: category ids}`` of those that have a potential entered."""
        # Whoever reads the plan reads all of its cells.
        groups = self.env["crm.relationship.plan.whitespace"]._read_group(
            [("plan_id", "in", self.ids)], ["plan_id"], ["category_id:array_agg"]
        )
        entered = {plan.id: set() for plan in self}
        entered.update((plan.id, set(ids)) for plan, ids in groups)
        return entered

    @api.model
    def _get_categories_above(self, category_ids):
        """Return ``{category_id: ids}`` of each category itself and those above, nearest first."""
        categories = self.env["product.category"].sudo().browse(id_ for id_ in category_ids if id_)
        return {
            category.id: [int(id_) for id_ in category.parent_path.split("/")[-2::-1]]
            for category in categories
        }

    # ------------------------------------------------------------------- grid

    def get_whitespace(self):
        """Return what the grid of the plan shows, see ``static/src/whitespace``."""
        self.ensure_one()
        self.check_access("read")
        sales = self._get_whitespace_sales()[self.id]
        cells = {(cell.category_id.id, cell.unit_id.id): cell for cell in self.whitespace_ids}
        start, end = self._get_whitespace_span()
        return {
            "currency": self.company_id.currency_id.name,
            "editable": self.state != "closed" and self.has_access("write"),
            "start": format_date(self.env, start),
            "end": format_date(self.env, end),
            "units": [
                *({"id": unit.id, "name": unit.name} for unit in self.unit_ids),
                {"id": False, "name": self._get_whole_customer_name()},
            ],
            "rows": self._get_whitespace_rows(cells, sales),
        }

    def _get_whole_customer_name(self):
        """Return the head of the column of what is no unit's."""
        if self.unit_ids:
            return self.env._("Whole customer, no unit")
        return self.env._("Whole customer")

    def _get_whitespace_rows(self, cells, sales):
        """Return the rows of the grid by name, what has no category last."""
        ids = {category_id for category_id, _unit in [*cells, *sales]}
        # The names of categories are those on the customer's invoices.
        categories = self.env["product.category"].sudo().browse(id_ for id_ in ids if id_)
        names = {category.id: category.complete_name for category in categories}
        rows = [
            self._get_whitespace_row(id_, name, cells, sales)
            for id_, name in sorted(names.items(), key=lambda item: (item[1].lower(), item[0]))
        ]
        if False in ids:
            name = self.env._("Without a product category")
            rows.append(self._get_whitespace_row(False, name, cells, sales))
        return rows

    def _get_whitespace_row(self, category_id, name, cells, sales):
        return {
            "id": category_id,
            "name": name,
            "cells": [
                self._get_whitespace_cell(cells.get((category_id, unit_id)), sold)
                for unit_id in [*self.unit_ids.ids, False]
                for sold in [round(sales.get((category_id, unit_id), 0.0), 2)]
            ],
        }

    def _get_whitespace_cell(self, cell, sold):
        """Return a cell: nothing is known of the rest where no potential was entered."""
        return {
            "id": cell.id if cell else False,
            "potential": cell.potential if cell else False,
            "current": sold,
            "rest": round(cell.potential - sold, 2) if cell else False,
            "note": cell.note if cell else False,
            "opportunity": cell.opportunity_id.sudo().display_name
            if cell and cell.opportunity_id
            else False,
        }

    def set_whitespace(self, category_id, unit_id, potential):
        """Enter the yearly potential of a cell, False to clear it; return the grid anew.

        A cell with a note or an opportunity stays, with a potential of zero.
        """
        self.ensure_one()
        if potential and potential < 0:
            raise ValidationError(
                self.env._("A potential can't be negative. Leave it empty if there is none.")
            )
        cells = self.env["crm.relationship.plan.whitespace"]
        key = {"plan_id": self.id, "category_id": category_id, "unit_id": unit_id}
        cell = cells.search([(name, "=", value) for name, value in key.items()])
        if potential is False and not (cell.note or cell.opportunity_id):
            cell.unlink()
        elif cell:
            cell.potential = potential
        else:
            cells.create({**key, "potential": potential})
        return self.get_whitespace()

    def action_open_whitespace(self):
        """Open the cells as a list, for their notes and opportunities."""
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "crm_relationship.crm_relationship_plan_whitespace_action"
        )
        action["name"] = self.env._("Whitespace of %(plan)s", plan=self.name)
        action["domain"] = [("plan_id", "=", self.id)]
        action["context"] = {"default_plan_id": self.id}
        return action

    # ------------------------------------------------------- snapshot and copy

    def _get_whitespace_snapshot(self):
        """Return ``{plan_id: [cell]}`` of the potentials and what is bought of them now."""
        cells = self.env["crm.relationship.plan.whitespace"].search([("plan_id", "in", self.ids)])
        found = {plan.id: [] for plan in self}
        for cell in cells:
            found[cell.plan_id.id].append(
                {
                    "id": cell.id,
                    "category": cell.category_id.display_name,
                    "unit": cell.unit_id.name or self.env._("Whole customer"),
                    "potential": cell.potential,
                    "current": cell.current,
                    "rest": cell.rest,
                    "note": cell.note or "",
                }
            )
        return found

    def _copy_whitespace_to(self, new_plan):
        """Give another plan of the customer these units and potentials anew."""
        self.ensure_one()
        units = self.env["crm.relationship.plan.unit"]
        copies = dict.fromkeys([False])
        for unit in self.unit_ids:
            copies[unit.id] = units.create(
                {
                    "plan_id": new_plan.id,
                    "sequence": unit.sequence,
                    "name": unit.name,
                    "partner_id": unit.partner_id.id,
                }
            ).id
        self.env["crm.relationship.plan.whitespace"].create(
            [
                {
                    "plan_id": new_plan.id,
                    "unit_id": copies[cell.unit_id.id],
                    "category_id": cell.category_id.id,
                    "potential": cell.potential,
                    "note": cell.note,
                }
                for cell in self.whitespace_ids
            ]
        )
