from odoo.exceptions import UserError
from odoo.fields import Command
from odoo.tests import tagged
from odoo.tools import mute_logger

from odoo.addons.account_payment.tests.common import AccountPaymentCommon
from odoo.addons.mail.tests.common import MailCase
from odoo.addons.payment.tests.http_common import PaymentHttpCommon
from odoo.addons.sale.tests.common import SaleCommon

SIGNATURE = (
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJg"
    "gg=="
)
WORDS = "We are reviewing your order"
SECRETS = ("credit", "limit", "overdue", "release", "grade", "blocked")


@tagged("post_install", "-at_install")
class TestOrderOnline(AccountPaymentCommon, MailCase, PaymentHttpCommon, SaleCommon):
    """Customers and payments never meet an error of the order check."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.currency = cls.sale_order.currency_id
        cls.partner = cls.sale_order.partner_invoice_id
        cls.partner.email = "customer@example.com"
        cls.provider.journal_id.inbound_payment_method_line_ids.filtered(
            lambda line: line.payment_provider_id == cls.provider
        ).payment_account_id = cls.inbound_payment_method_line.payment_account_id
        cls.order = cls.sale_order
        company = cls.order.company_id
        company.account_use_credit_limit = True
        cls.partner.with_company(company).credit_limit = 1
        cls.policy = cls.env["crm.relationship.credit.policy"]._get_of_company(company)
        cls.policy.write({"check_mode": "block", "checks_limit": True})
        cls.approver = cls._create_new_internal_user(
            login="online_approver",
            group_ids=cls.env.ref("crm_relationship.group_credit").ids,
            company_ids=company.ids,
            company_id=company.id,
        )
        cls.policy.release_user_id = cls.approver

    def pay(self, amount, state="done"):
        self.amount = amount
        return self._create_transaction(flow="redirect", sale_order_ids=self.order.ids, state=state)

    def sign(self, order):
        return self.make_jsonrpc_request(
            self._build_url(f"/my/orders/{order.id}/accept"),
            {
                "access_token": order._portal_ensure_token(),
                "name": "Norbert Buyer",
                "signature": SIGNATURE,
            },
        )

    def read_page(self, order, **params):
        url = f"/my/orders/{order.id}"
        params["access_token"] = order._portal_ensure_token()
        return self._make_http_get_request(self._build_url(url), params=params).text

    def assert_held(self):
        self.assertEqual(self.order.state, "sent")
        self.assertTrue(self.order.relationship_is_held)
        self.assertEqual(self.order.activity_ids.user_id, self.approver)

    def assert_tells_nothing(self, text):
        """Check that the text says nothing of the check; Odoo's own pages know no credit."""
        for word in SECRETS:
            self.assertNotIn(word, text.lower())

    def test_the_check_fails(self):
        with self.assertRaisesRegex(UserError, "credit limit"):
            self.order.action_confirm()

    def test_a_captured_payment_is_booked(self):
        self.order.write({"require_payment": True, "prepayment_percent": 0.3})
        transaction = self.pay(self.order.amount_total / 2)
        with self.mock_mail_gateway(), mute_logger("odoo.addons.sale.models.payment_transaction"):
            transaction._post_process()
        self.assertTrue(transaction.is_post_processed)
        self.assertEqual(transaction.state, "done")
        self.assertIn(transaction.payment_id.state, ("in_process", "paid"))
        self.assert_held()
        for mail in self._new_mails.filtered(lambda mail: self.partner in mail.recipient_ids):
            self.assert_tells_nothing(mail.body_html)

    def test_the_cron_books_it_too(self):
        self.order.write({"require_payment": True, "prepayment_percent": 0.3})
        transaction = self.pay(self.order.amount_total / 2)
        superuser = transaction.with_user(self.env.ref("base.user_root"))
        superuser._post_process()
        self.assertTrue(transaction.payment_id)
        self.assert_held()

    def test_a_prepaid_order_is_confirmed(self):
        self.order.require_payment = True
        transaction = self.pay(self.order.amount_total)
        transaction._post_process()
        self.assertEqual(self.order.state, "sale")
        self.assertTrue(transaction.payment_id)
        self.assertFalse(self.order.relationship_is_held)
        line = self.order.order_line[0]
        salesperson = self._create_new_internal_user(
            login="online_seller",
            group_ids=self.env.ref("sales_team.group_sale_salesman_all_leads").ids,
            company_ids=self.order.company_id.ids,
            company_id=self.order.company_id.id,
        )
        with self.assertRaises(UserError):
            line.with_user(salesperson).price_unit += 1

    def test_a_cent_less_is_not_prepaid(self):
        self.order.write({"require_payment": True, "prepayment_percent": 0.3})
        self.pay(self.order.amount_total - 0.01)._post_process()
        self.assert_held()

    def test_a_reserved_amount_is_not_paid(self):
        self.order.require_payment = True
        self.provider.support_manual_capture = "full_only"
        self.pay(self.order.amount_total, state="authorized")._post_process()
        self.assert_held()

    def test_what_was_refunded_is_not_paid(self):
        transaction = self.pay(self.order.amount_total)
        self.assertTrue(self.order._is_prepaid())
        refund = transaction._create_child_transaction(0.01, is_refund=True)
        self.assertTrue(self.order._is_prepaid())
        refund.state = "done"
        self.env.invalidate_all()
        self.assertFalse(self.order._is_prepaid())

    def test_what_was_voided_is_not_paid(self):
        self.provider.support_manual_capture = "partial"
        transaction = self.pay(self.order.amount_total, state="authorized")
        half = self.currency.round(self.order.amount_total / 2)
        captured = transaction._create_child_transaction(half)
        voided = transaction._create_child_transaction(self.order.amount_total - half)
        captured.state, voided.state, transaction.state = "done", "cancel", "done"
        self.env.invalidate_all()
        self.assertFalse(self.order._is_prepaid())
        voided.state = "done"
        self.assertTrue(self.order._is_prepaid())
        captured._create_child_transaction(1, is_refund=True).state = "done"
        self.env.invalidate_all()
        self.assertFalse(self.order._is_prepaid())

    def test_a_payment_of_several_orders(self):
        other = self.order.copy()
        transaction = self.pay(self.order.amount_total)
        transaction.sale_order_ids |= other
        self.assertFalse(self.order._is_prepaid() or other._is_prepaid())
        transaction.amount = self.order.amount_total + other.amount_total
        self.assertTrue(self.order._is_prepaid() and other._is_prepaid())

    def test_a_card_that_was_tried_pays_nothing(self):
        self.pay(self.order.amount_total).operation = "validation"
        self.assertFalse(self.order._is_prepaid())

    def test_a_payment_of_an_order_that_confirming_enlarges(self):
        """Confirming computes rewards anew, after the order was found to pass."""
        program = self.env["loyalty.program"].create(
            {
                "name": "Ten Percent",
                "program_type": "promotion",
                "trigger": "auto",
                "applies_on": "current",
                "rule_ids": [Command.create({"minimum_qty": 0, "minimum_amount": 0})],
                "reward_ids": [
                    Command.create(
                        {"reward_type": "discount", "discount": 10, "required_points": 1}
                    )
                ],
            }
        )
        self.order._update_programs_and_rewards()
        for coupon, rewards in self.order._get_claimable_rewards().items():
            self.order._apply_program_reward(rewards, coupon)
        total = self.order.amount_total
        self.partner.with_company(self.order.company_id).credit_limit = total
        self.order.write({"require_payment": True, "prepayment_percent": 0.3})
        program.rule_ids.minimum_amount = 10**6
        transaction = self.pay(self.currency.round(total / 2))
        transaction._post_process()
        self.assertTrue(transaction.payment_id)
        self.assertTrue(transaction.is_post_processed)
        self.assert_held()
        self.assertEqual(self.order.amount_total, total)

    def test_a_second_payment_confirms(self):
        self.order.write({"require_payment": True, "prepayment_percent": 0.3})
        half = self.currency.round(self.order.amount_total / 2)
        self.pay(half)._post_process()
        self.assert_held()
        self.reference = "Second"
        self.pay(self.order.amount_total - half)._post_process()
        self.assertEqual(self.order.state, "sale")
        self.assertFalse(self.order.activity_ids)
        self.assertFalse(self.order.relationship_is_held)

    def test_a_signature_leaves_a_quotation(self):
        self.order.write({"require_signature": True, "require_payment": False})
        before = self.order.message_ids
        with self.mock_mail_gateway():
            answer = self.sign(self.order)
        self.assertTrue(answer.get("force_refresh"), answer)
        self.assertEqual(self.order.signed_by, "Norbert Buyer")
        self.assert_held()
        page = self.read_page(self.order, message="sign_ok")
        self.assertIn(WORDS, page)
        self.assertNotIn("has been confirmed", page)
        self.assert_tells_nothing(page[page.index('id="quote_content"') :])
        visible = (self.order.message_ids - before).filtered(
            lambda message: not message.is_internal and not message.subtype_id.internal
        )
        for body in visible.mapped("body"):
            self.assert_tells_nothing(body)

    def test_a_signature_confirms_what_passes(self):
        self.order.write({"require_signature": True, "require_payment": False})
        self.partner.with_company(self.order.company_id).credit_limit = 99999
        self.sign(self.order)
        self.assertEqual(self.order.state, "sale")
        self.assertNotIn(WORDS, self.read_page(self.order))

    def test_a_quotation_that_was_only_asked_for_looks_as_ever(self):
        self.order.write({"require_signature": True, "state": "sent"})
        self.order.action_ask_release()
        self.assertNotIn(WORDS, self.read_page(self.order))

    def test_several_orders_of_a_customer_in_the_portal(self):
        """What the customer confirms besides is judged for itself."""
        self.order.write({"require_signature": True, "require_payment": False})
        other = self.order.copy()
        self.partner.with_company(self.order.company_id).credit_limit = self.order.amount_total
        self.sign(self.order)
        self.assertEqual(self.order.state, "sale")
        other.write({"require_signature": True, "require_payment": False})
        self.sign(other)
        self.assertEqual(other.state, "sent")
