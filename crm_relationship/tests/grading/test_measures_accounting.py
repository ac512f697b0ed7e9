from datetime import date, timedelta

from odoo import Command
from odoo.tests import tagged

from ..common import RelationshipCase

DAY = date(2025, 6, 15)


@tagged("post_install", "-at_install")
class TestMeasuresAccounting(RelationshipCase):
    """Documents made by Odoo's own accounting, in a company with a chart."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env["account.chart.template"].try_loading(
            "generic_coa", company=cls.company, install_demo=False
        )
        cls.env = cls.env(context={**cls.env.context, "allowed_company_ids": cls.company.ids})
        cls.customer = cls.make_customers(1).with_env(cls.env)
        cls.contact = cls.env["res.partner"].create(
            {"name": "Contact", "parent_id": cls.customer.id}
        )
        cls.tax = cls.env["account.tax"].search(
            [("company_id", "=", cls.company.id), ("type_tax_use", "=", "sale")], limit=1
        )
        cls.tax.amount = 20

    def make_invoice(self, amount, day=DAY, partner=None, move_type="out_invoice", **values):
        invoice = self.env["account.move"].create(
            {
                "move_type": move_type,
                "partner_id": (partner or self.customer).id,
                "invoice_date": day,
                "date": day,
                "invoice_date_due": day,
                "invoice_payment_term_id": False,
                "invoice_line_ids": [
                    Command.create(
                        {
                            "name": "Goods",
                            "price_unit": amount,
                            "tax_ids": [Command.set(self.tax.ids)],
                        }
                    )
                ],
                **values,
            }
        )
        invoice.action_post()
        return invoice

    def pay(self, invoice, amount, day):
        self.env["account.payment.register"].with_context(
            active_model="account.move", active_ids=invoice.ids
        ).create({"amount": amount, "payment_date": day})._create_payments()

    def measure(self, as_of=date(2025, 6, 30), customer=None):
        run = self.recalculate(as_of)
        self.assertEqual(run.state, "done", run.error)
        return self.get_profile(customer or self.customer)

    def test_untaxed_revenue_and_taxed_payments(self):
        invoice = self.make_invoice(100)
        self.pay(invoice, 60, DAY + timedelta(days=10))
        profile = self.measure()
        self.assertEqual((profile.revenue, profile.paid_amount), (100, 60))
        self.assertEqual(profile.overdue_amount, 60)
        self.assertEqual(profile.days_late, 10)

    def test_contacts_roll_up_to_the_customer(self):
        self.make_invoice(100, partner=self.contact)
        profile = self.measure()
        self.assertEqual((profile.revenue, profile.purchase_count), (100, 1))
        self.assertFalse(self.get_profile(self.contact))

    def test_days_late_are_weighted_by_amount_and_early_is_negative(self):
        first, second = self.make_invoice(100), self.make_invoice(300)
        self.pay(first, 120, DAY + timedelta(days=10))
        self.pay(second, 360, DAY + timedelta(days=2))
        self.assertEqual(self.measure().days_late, 4)  # (120 * 10 + 360 * 2) / 480
        third = self.make_invoice(100, day=DAY, invoice_date_due=date(2025, 7, 20))
        self.pay(third, 120, date(2025, 6, 20))
        self.assertEqual(self.measure().days_late, -2.8)  # (1920 - 120 * 30) / 600

    def test_due_today_is_not_overdue(self):
        self.make_invoice(100, invoice_date_due=date(2025, 6, 30))
        self.assertEqual(self.measure().overdue_amount, 0)
        self.assertEqual(self.get_profile(self.customer).next_due_date, date(2025, 7, 1))
        self.assertEqual(self.measure(date(2025, 7, 1)).overdue_amount, 120)

    def test_what_was_open_on_a_past_day(self):
        """A payment dated later does not change what was overdue before."""
        invoice = self.make_invoice(100)
        self.pay(invoice, 120, date(2025, 7, 10))
        self.assertEqual(self.measure().overdue_amount, 120)
        profile = self.measure(date(2025, 7, 10))
        self.assertEqual((profile.overdue_amount, profile.paid_amount), (0, 120))

    def test_credit_notes_lower_revenue_and_are_no_payments(self):
        invoice = self.make_invoice(100)
        refund = invoice._reverse_moves([{"invoice_date": DAY, "date": DAY}], cancel=False)
        refund.invoice_line_ids.price_unit = 40
        refund.action_post()
        lines = (invoice + refund).line_ids
        lines.filtered(lambda line: line.account_type == "asset_receivable").reconcile()
        profile = self.measure()
        self.assertEqual((profile.revenue, profile.refund_amount), (60, 40))
        self.assertEqual((profile.paid_amount, profile.settled_amount), (0, 0))
        self.assertEqual(profile.overdue_amount, 72)
        self.assertEqual((profile.purchase_count, profile.visit_count), (1, 1))

    def test_foreign_currency_is_converted(self):
        currency = self.env.ref("base.JPY")
        currency.active = True
        currency.rate_ids = [
            Command.clear(),
            Command.create({"name": DAY, "rate": 200, "company_id": self.company.id}),
            Command.create({"name": date(2025, 6, 20), "rate": 100, "company_id": self.company.id}),
        ]
        invoice = self.make_invoice(20000, currency_id=currency.id)
        self.pay(invoice, 24000, date(2025, 6, 25))
        profile = self.measure()
        self.assertEqual(profile.revenue, 100)
        self.assertEqual(profile.overdue_amount, 0)
        # The difference of the rates is no payment of the customer's.
        self.assertEqual(profile.paid_amount, 120)

    def test_drafts_cancelled_and_receipts_do_not_count(self):
        self.make_invoice(100)
        self.make_invoice(50, move_type="out_receipt")
        cancelled = self.make_invoice(30)
        profile = self.measure()
        self.assertEqual(profile.revenue, 130)
        cancelled.button_draft()
        self.assertEqual(self.measure().revenue, 100)
        cancelled.button_cancel()
        self.assertEqual(self.measure().revenue, 100)

    def test_a_posted_invoice_of_zero_is_a_purchase(self):
        self.make_invoice(0)
        profile = self.measure()
        self.assertEqual((profile.purchase_count, profile.tier_id.code), (1, "D"))

    def test_nothing_after_the_day_is_read(self):
        self.make_invoice(100)
        self.make_invoice(500, day=date(2025, 7, 5))
        profile = self.measure()
        self.assertEqual((profile.revenue, profile.next_due_date), (100, date(2025, 7, 5)))
        self.assertEqual(self.measure(date(2025, 7, 5)).revenue, 600)

    def test_archived_customers_keep_their_results_and_do_not_count(self):
        self.make_invoice(100)
        self.make_ranking([1] * 9)
        profile = self.measure()
        self.customer.active = False
        self.make_invoice(100)
        self.measure(date(2025, 7, 31))
        self.assertEqual((profile.tier_id.code, profile.revenue), ("A", 100))
        self.assertEqual(self.policy.cut_ids[0].population, 9)
        self.customer.active = True
        self.measure(date(2025, 8, 1))
        self.assertEqual((profile.revenue, profile.tier_standing), (200, "ranked"))

    def test_left_out_partners_have_no_profile(self):
        self.make_invoice(100)
        self.make_invoice(100, partner=self.company.partner_id)
        self.assertTrue(self.measure())
        self.assertFalse(self.get_profile(self.company.partner_id))
        self.customer.relationship_excluded = True
        self.assertFalse(self.measure(date(2025, 7, 1)))
        change = self.env["crm.relationship.change"].search(
            [("partner_id", "=", self.customer.id), ("dimension", "=", "tier")], limit=1
        )
        self.assertEqual((change.old_value, change.new_value, change.cause), ("A", False, "left"))

    def test_quotations_and_opportunities_have_a_profile_without_tier(self):
        buyer, prospect = self.make_customers(2)
        self.env["sale.order"].create({"partner_id": buyer.id, "company_id": self.company.id})
        self.env["crm.lead"].create(
            {
                "name": "Opportunity",
                "type": "opportunity",
                "partner_id": prospect.id,
                "company_id": self.company.id,
            }
        )
        self.make_invoice(100)
        self.measure()
        for partner in (buyer, prospect):
            profile = self.get_profile(partner)
            self.assertEqual((profile.purchase_count, profile.tier_id.id), (0, False))
        self.assertEqual(self.policy.cut_ids[0].population, 1)

    def test_edits_that_leave_no_trace_are_seen(self):
        """Unreconciled, deleted and reassigned documents, by an incremental run."""
        other = self.make_customers(1)
        kept = self.make_invoice(100)
        self.pay(kept, 120, DAY)
        moved, deleted = self.make_invoice(30), self.make_invoice(7)
        self.assertEqual(self.measure().paid_amount, 120)
        moved.button_draft()
        moved.partner_id = other
        moved.action_post()
        deleted.button_draft()
        deleted.unlink()
        lines = kept.line_ids.filtered(lambda line: line.account_type == "asset_receivable")
        lines.remove_move_reconcile()
        # As if the rest had been written long ago.
        for table in ("account_move", "account_partial_reconcile", "res_partner"):
            self.env.cr.execute(f"UPDATE {table} SET write_date = '2020-01-01'")
        run = self.recalculate(date(2025, 7, 1))
        self.assertEqual(run.kind, "incremental")
        profile = self.get_profile(self.customer)
        self.assertEqual((profile.revenue, profile.paid_amount), (100, 0))

    def test_merged_customers_have_one_profile_and_all_history(self):
        twin, third = self.make_customers(2)
        self.make_invoice(100)
        self.make_invoice(50, partner=twin)
        self.make_invoice(10, partner=third, company_id=self.company.id)
        self.measure()
        self.get_profile(twin).write(
            {"override_tier_id": self.tiers["B"].id, "override_reason": "Strategic"}
        )
        wizard = self.env["base.partner.merge.automatic.wizard"].create({})
        wizard._merge((self.customer + twin).ids, self.customer)
        self.env.invalidate_all()
        profile = self.measure(date(2025, 7, 1))
        self.assertEqual(profile.revenue, 150)
        self.assertEqual((profile.tier_id.code, profile.override_reason), ("B", "Strategic"))
        causes = self.get_tier_changes(profile).mapped("cause")
        self.assertEqual(causes.count("opening"), 2)
        self.assertEqual(causes.count("override"), 2)

    def test_a_merged_profile_moves_where_the_destination_has_none(self):
        twin = self.make_customers(1)
        self.make_invoice(50, partner=twin)
        self.measure()
        self.env["base.partner.merge.automatic.wizard"].create({})._merge(
            (self.customer + twin).ids, self.customer
        )
        self.env.invalidate_all()
        self.assertEqual(self.measure(date(2025, 7, 1)).revenue, 50)

    def test_a_contact_that_changes_customers(self):
        other = self.make_customers(1)
        self.make_invoice(100)
        self.make_invoice(60, partner=self.contact)
        self.make_invoice(10, partner=other)
        self.assertEqual(self.measure().revenue, 160)
        self.contact.parent_id = other
        self.measure(date(2025, 7, 1))
        self.assertEqual(self.get_profile(self.customer).revenue, 100)
        self.assertEqual(self.get_profile(other).revenue, 70)
