from datetime import date

from psycopg2 import IntegrityError

from odoo import Command
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import tagged, users
from odoo.tools import mute_logger

from .common_objectives import ObjectivesCase


@tagged("post_install", "-at_install")
class TestWhitespace(ObjectivesCase):
    """Potential, current and rest by unit and category, from invoices made by Odoo."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env["account.chart.template"].try_loading(
            "generic_coa", company=cls.company, install_demo=False
        )
        cls.env = cls.env(context={**cls.env.context, "allowed_company_ids": cls.company.ids})
        cls.plan = cls.plan.with_env(cls.env)
        categories = cls.env["product.category"]
        cls.machines = categories.create({"name": "Machines"})
        cls.presses = categories.create({"name": "Presses", "parent_id": cls.machines.id})
        cls.service = categories.create({"name": "Service"})
        cls.north = cls.make_contact("Plant North")
        cls.gate = cls.env["res.partner"].create({"name": "Gate 3", "parent_id": cls.north.id})
        cls.south = cls.make_contact("Plant South")
        units = cls.env["crm.relationship.plan.unit"]
        cls.unit_north = units.create(
            {"plan_id": cls.plan.id, "name": "North", "partner_id": cls.north.id}
        )
        cls.unit_south = units.create(
            {"plan_id": cls.plan.id, "name": "South", "partner_id": cls.south.id}
        )

    def invoice(self, amount, category=None, partner=None, day=date(2025, 6, 1), **values):
        product = category and self.env["product.product"].create(
            {"name": "Thing", "categ_id": category.id}
        )
        invoice = self.env["account.move"].create(
            {
                "move_type": "out_invoice",
                "partner_id": (partner or self.customer).id,
                "invoice_date": day,
                "date": day,
                "invoice_line_ids": [
                    Command.create(
                        {
                            "product_id": product and product.id,
                            "name": "Thing",
                            "price_unit": amount,
                            "tax_ids": [Command.clear()],
                        }
                    )
                ],
                **values,
            }
        )
        invoice.action_post()
        return invoice

    def enter(self, category, potential, unit=None, **values):
        return self.env["crm.relationship.plan.whitespace"].create(
            {
                "plan_id": self.plan.id,
                "category_id": category.id,
                "unit_id": unit and unit.id,
                "potential": potential,
                **values,
            }
        )

    def sales(self):
        self.env.flush_all()
        self.env.invalidate_all()
        found = self.plan._get_whitespace_sales()[self.plan.id]
        return {key: amount for key, amount in found.items() if amount}

    def test_units_by_who_is_invoiced_else_by_where_it_goes(self):
        self.invoice(1, self.service, self.south)
        self.invoice(2, self.service, self.customer, partner_shipping_id=self.gate.id)
        self.invoice(4, self.service, self.south, partner_shipping_id=self.north.id)
        self.invoice(8, self.service)
        service = self.service.id
        self.assertEqual(
            self.sales(),
            {
                (service, self.unit_south.id): 5,
                (service, self.unit_north.id): 2,
                (service, False): 8,
            },
        )

    def test_the_nearest_unit_counts(self):
        inner = self.unit_north.copy({"name": "Gate", "partner_id": self.gate.id})
        self.invoice(1, self.service, self.gate)
        self.invoice(2, self.service, self.north)
        service = self.service.id
        self.assertEqual(self.sales(), {(service, inner.id): 1, (service, self.unit_north.id): 2})

    def test_categories_below_count_unless_they_have_a_row(self):
        self.invoice(1, self.presses)
        self.invoice(2, self.machines)
        self.invoice(4)
        machines, presses = self.machines.id, self.presses.id
        self.assertEqual(
            self.sales(), {(presses, False): 1, (machines, False): 2, (False, False): 4}
        )
        entered = self.enter(self.machines, 100, self.unit_north)
        self.assertEqual(self.sales(), {(machines, False): 3, (False, False): 4})
        self.enter(self.presses, 50)
        self.assertEqual(
            self.sales(), {(presses, False): 1, (machines, False): 2, (False, False): 4}
        )
        entered.unlink()

    def test_a_year_until_today_in_the_currency_of_the_company(self):
        other = self.create_company("Second Ltd")
        self.env["account.chart.template"].try_loading(
            "generic_coa", company=other, install_demo=False
        )
        self.env.ref("base.JPY").write(
            {
                "active": True,
                "rate_ids": [
                    Command.clear(),
                    Command.create(
                        {"name": "2024-01-01", "rate": 200, "company_id": self.company.id}
                    ),
                ],
            }
        )
        self.invoice(1, self.service, day=date(2024, 7, 2))
        self.invoice(2, self.service, day=date(2025, 7, 1))
        self.invoice(400, self.service, currency_id=self.env.ref("base.JPY").id)
        self.invoice(8, self.service, move_type="out_refund")
        self.invoice(1000, self.service, day=date(2024, 7, 1))
        self.invoice(1000, self.service, day=date(2025, 7, 2))
        self.invoice(1000, self.service, self.make_customers(1))
        self.invoice(1000, self.service).button_draft()
        self.env = self.env(context={**self.env.context, "allowed_company_ids": other.ids})
        self.invoice(1000, self.service, company_id=other.id)
        self.assertEqual(self.sales(), {(self.service.id, False): -3})

    def test_a_plan_that_is_over_is_read_to_its_end(self):
        self.plan.date_end = date(2025, 6, 30)
        self.invoice(1, self.service, day=date(2025, 6, 30))
        self.invoice(2, self.service, day=date(2025, 7, 1))
        self.assertEqual(self.sales(), {(self.service.id, False): 1})

    def test_rows_add_up_to_the_revenue(self):
        self.invoice(100, self.presses)
        self.invoice(20, None, self.south)
        objective = self.make_objective()
        self.assertEqual(sum(self.sales().values()), self.look(objective).actual)

    def test_the_grid(self):
        self.invoice(30, self.service, self.south)
        self.invoice(4)
        self.enter(self.service, 100, self.unit_south, note="In talks")
        plan = self.plan.with_user(self.member)
        grid = plan.get_whitespace()
        names = ["North", "South", "Whole customer, no unit"]
        self.assertEqual([unit["name"] for unit in grid["units"]], names)
        self.assertEqual(
            [row["name"] for row in grid["rows"]], ["Service", "Without a product category"]
        )
        cell = grid["rows"][0]["cells"][1]
        self.assertEqual((cell["potential"], cell["current"], cell["rest"]), (100, 30, 70))
        self.assertEqual(cell["note"], "In talks")
        self.assertEqual(grid["rows"][0]["cells"][0]["rest"], False)
        self.assertTrue(grid["editable"])
        self.assertEqual(self.plan.whitespace_ids.rest, 70)
        snapshot = self.plan._get_whitespace_snapshot()[self.plan.id]
        self.assertEqual([line["rest"] for line in snapshot], [70])

    @users("plan_member")
    def test_entering_changing_and_clearing_a_cell(self):
        plan = self.plan.with_env(self.env)
        cells = plan.whitespace_ids
        grid = plan.set_whitespace(self.service.id, self.unit_north.id, 50)
        self.assertEqual(grid["rows"][0]["cells"][0]["potential"], 50)
        plan.set_whitespace(self.service.id, self.unit_north.id, 60)
        self.assertEqual(plan.whitespace_ids.mapped("potential"), [60])
        plan.set_whitespace(self.service.id, False, 5)
        self.assertEqual(len(plan.whitespace_ids), 2)
        with self.assertRaisesRegex(ValidationError, "can't be negative"):
            plan.set_whitespace(self.service.id, False, -5)
        plan.set_whitespace(self.service.id, False, False)
        self.assertEqual(len(plan.whitespace_ids), 1)
        plan.whitespace_ids.note = "In talks"
        plan.set_whitespace(self.service.id, self.unit_north.id, False)
        self.assertEqual(plan.whitespace_ids.mapped("potential"), [0])
        self.assertFalse(cells)

    def test_only_the_team_enters_and_nobody_in_a_closed_plan(self):
        cell = self.enter(self.service, 10)
        outsider = self.plan.with_user(self.outsider)
        self.assertEqual(outsider.get_whitespace()["rows"][0]["cells"][2]["potential"], 10)
        self.assertFalse(outsider.get_whitespace()["editable"])
        for attempt in (
            lambda: outsider.set_whitespace(self.service.id, False, 1),
            lambda: outsider.set_whitespace(self.machines.id, False, 1),
            lambda: outsider.set_whitespace(self.service.id, False, False),
            lambda: self.unit_north.with_user(self.outsider).write({"name": "x"}),
        ):
            with self.assertRaises(AccessError):
                attempt()
        seller = self.new_user("whitespace_seller", "sales_team.group_sale_salesman")
        with self.assertRaises(AccessError):
            self.plan.with_user(seller).get_whitespace()
        self.plan.state = "closed"
        owner = self.plan.with_user(self.owner)
        self.assertFalse(owner.get_whitespace()["editable"])
        for attempt in (
            lambda: owner.set_whitespace(self.service.id, False, 1),
            lambda: cell.with_user(self.owner).unlink(),
            lambda: self.unit_north.with_user(self.owner).unlink(),
        ):
            with self.assertRaisesRegex(UserError, "closed"):
                attempt()

    def test_what_is_refused(self):
        other = self.make_plan(date_start=date(2026, 1, 1), date_end=date(2026, 12, 31))
        subsidiary = self.make_contact("Daughter Ltd", is_company=True)
        for partner in (self.customer, subsidiary, self.make_customers(1)):
            with self.assertRaisesRegex(ValidationError, "no contact or address of Key Customer"):
                self.unit_north.partner_id = partner
        with self.assertRaisesRegex(ValidationError, "another business unit already"):
            self.unit_north.partner_id = self.south
        with self.assertRaisesRegex(ValidationError, "unit of another plan"):
            self.enter(self.service, 1, self.unit_north, plan_id=other.id)
        stranger = self.make_opportunity(partner_id=self.make_customers(1).id)
        with self.assertRaisesRegex(ValidationError, "no opportunity of"):
            self.enter(self.presses, 1, opportunity_id=stranger.id)
        self.enter(self.service, 1)
        self.enter(self.service, 1, self.unit_north)
        for attempt in (
            lambda: self.enter(self.service, 1),
            lambda: self.enter(self.service, 1, self.unit_north),
            lambda: self.enter(self.machines, -1),
        ):
            with mute_logger("odoo.sql_db"), self.assertRaises(IntegrityError):
                attempt()
        hidden = self.make_opportunity(user_id=self.manager.id)
        with self.assertRaises(AccessError):
            self.plan.whitespace_ids[:1].with_user(self.member).opportunity_id = hidden
        with self.assertRaisesRegex(ValidationError, "no contact or address"):
            self.plan.partner_id = self.make_customers(1)

    def test_copied_into_another_plan(self):
        self.enter(self.service, 10, self.unit_north)
        self.enter(self.machines, 20)
        new = self.make_plan(date_start=date(2026, 1, 1), date_end=date(2026, 12, 31))
        self.plan.with_user(self.owner)._copy_whitespace_to(new.with_user(self.owner))
        copied = {(one.category_id, one.unit_id.name, one.potential) for one in new.whitespace_ids}
        self.assertEqual(copied, {(self.service, "North", 10), (self.machines, False, 20)})
        self.assertEqual(new.unit_ids.plan_id, new)

    def test_merged_contacts_of_two_units(self):
        """Both units stay; what the merged contact buys is the first one's."""
        wizard = self.env["base.partner.merge.automatic.wizard"].create({})
        wizard._merge([self.north.id, self.south.id], self.south)
        self.assertEqual((self.unit_north | self.unit_south).exists().partner_id, self.south)
        self.invoice(1, self.service, self.south)
        self.assertEqual(self.sales(), {(self.service.id, self.unit_north.id): 1})
