from odoo import Command
from odoo.tests import HttpCase, tagged

from .common_objectives import TODAY, ObjectivesCase


@tagged("post_install", "-at_install")
class TestTourObjectives(ObjectivesCase, HttpCase):
    """From an objective that is behind to its target, and a potential into the grid."""

    def test_objectives_and_whitespace(self):
        self.env["res.config.settings"].create({"group_relationship_key_account": True}).execute()
        self.env["account.chart.template"].try_loading(
            "generic_coa", company=self.company, install_demo=False
        )
        self.env = self.env(context={**self.env.context, "allowed_company_ids": self.company.ids})
        category = self.env["product.category"].create({"name": "Tour Goods"})
        product = self.env["product.product"].create({"name": "Thing", "categ_id": category.id})
        line = {"product_id": product.id, "price_unit": 100, "tax_ids": [Command.clear()]}
        invoice = self.env["account.move"].create(
            {
                "move_type": "out_invoice",
                "partner_id": self.customer.id,
                "invoice_date": TODAY,
                "date": TODAY,
                "invoice_line_ids": [Command.create(line)],
            }
        )
        invoice.action_post()
        self.plan.name = "Tour Plan"
        objective = self.make_objective(target=1000)
        self.start_tour("/odoo/account-plans", "crm_relationship_objectives", login="plan_owner")
        self.assertEqual(objective.target, 100)
        self.assertEqual(self.plan.whitespace_ids.mapped("potential"), [1000])
