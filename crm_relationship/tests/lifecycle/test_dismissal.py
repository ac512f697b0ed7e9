from datetime import date

from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import new_test_user, tagged

from .common_loss import LOST_DAY, OPENING, LossCase

BUYS_UNTIL = date(2025, 2, 25)
DAY = date(2025, 3, 10)


@tagged("post_install", "-at_install")
class TestDismissal(LossCase):
    """Managers and credit approvers end a relationship, only the latter take it back."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.buyer = cls.make_customers(1, user_id=cls.salesperson.id)
        cls.make_invoices([(cls.buyer, date(2024, month, 1), 100) for month in range(1, 13)])
        cls.make_invoices([(cls.buyer, BUYS_UNTIL, 100)])
        cls.recalculate(OPENING)
        cls.profile = cls.get_profile(cls.buyer)

    def setUp(self):
        super().setUp()
        self.set_today(DAY)

    def dismiss(self, user=None, profile=None, reason=None, note="Three reminders"):
        wizard = (
            self.env["crm.relationship.dismiss"]
            .with_user(user or self.manager)
            .create(
                {
                    "profile_id": (profile or self.profile).id,
                    "reason_id": (reason or self.passive_reason).id,
                    "note": note,
                }
            )
        )
        wizard.action_dismiss()
        self.env.invalidate_all()

    def lift(self, user=None):
        self.profile.with_user(user or self.credit).action_lift_dismissal()
        self.env.invalidate_all()

    def get_lines(self):
        changes = self.profile.change_ids
        return changes.filtered(lambda change: change.dimension == "stage")

    def test_it_is_lost_at_once(self):
        former = self.profile.stage_code
        self.dismiss()
        profile = self.profile
        self.assertEqual((profile.dismissed_date, profile.stage_code), (DAY, "lost"))
        self.assertEqual((profile.stage_date, profile.stage_purchase_date), (DAY, BUYS_UNTIL))
        line = self.get_lines()[0]
        self.assertEqual(
            (line.cause, line.old_value, line.new_value, line.user_id),
            ("dismissed", former, "lost", self.manager),
        )
        self.assertEqual(line.note, "Does not pay: Three reminders")
        self.assertEqual(line.evidence["last"], "2025-02-25")
        loss = self.find_losses(self.buyer)
        self.assertEqual((loss.kind, loss.state, loss.date), ("passive", "open", DAY))
        self.assertEqual((loss.reason_id, loss.note), (self.passive_reason, "Three reminders"))
        self.assertEqual((loss.change_id, loss.user_id), (line, self.salesperson))
        self.assertEqual(loss.revenue_before, 1100)
        self.assertFalse(self.find_tasks(loss))

    def test_the_reason_says_who_and_why(self):
        self.dismiss()
        self.assertIn("Dismissed by loss_manager", self.get_lines()[0].reason)
        self.assertIn("Does not pay", self.get_lines()[0].reason)
        self.lift()
        self.assertIn("lifted the dismissal", self.get_lines()[0].reason)

    def test_the_run_keeps_it_lost_and_takes_it_from_the_ladder(self):
        self.assertEqual(self.profile.ladder_step, "client")
        self.dismiss()
        self.make_invoices([(self.buyer, date(2025, 3, 20), 100)])
        self.recalculate(date(2025, 3, 11))
        self.assertEqual(self.profile.ladder_step, "repeat")
        for day in (date(2025, 3, 31), date(2025, 4, 30)):
            self.recalculate(day)
            self.assertEqual(self.profile.stage_code, "lost")
        self.assertEqual(self.find_losses(self.buyer).state, "open")
        self.assertEqual(len(self.find_losses(self.buyer)), 1)

    def test_lifted_it_is_won_back_at_the_month_end_if_it_bought(self):
        self.dismiss()
        self.make_invoices([(self.buyer, date(2025, 3, 20), 100)])
        self.recalculate(date(2025, 3, 21))
        self.set_today(date(2025, 3, 22))
        self.lift()
        self.assertFalse(self.profile.dismissed_date)
        self.assertEqual(self.profile.stage_code, "lost")
        self.recalculate(date(2025, 3, 23))
        self.assertEqual(self.profile.stage_code, "lost")
        self.recalculate(date(2025, 3, 31))
        self.assertEqual(self.profile.stage_code, "formation")
        loss = self.find_losses(self.buyer)
        self.assertEqual((loss.state, loss.end_date), ("won_back", date(2025, 3, 31)))
        self.assertEqual(self.profile.ladder_step, "client")

    def test_lifted_it_stays_lost_if_it_did_not_buy(self):
        self.dismiss()
        self.lift()
        self.recalculate(date(2025, 3, 31))
        self.assertEqual(self.profile.stage_code, "lost")
        self.assertEqual(self.find_losses(self.buyer).state, "open")

    def test_the_history_keeps_who_and_when(self):
        self.dismiss()
        self.lift()
        lines = self.get_lines()
        self.assertEqual(lines.mapped("cause")[:2], ["lifted", "dismissed"])
        self.assertEqual(lines[0].user_id, self.credit)
        self.assertEqual((lines[0].old_value, lines[0].new_value), ("lost", "lost"))

    def test_one_that_was_lost_before_is_given_up(self):
        self.recalculate(LOST_DAY)
        self.set_today(LOST_DAY)
        loss = self.find_losses()
        task = self.find_tasks(loss)
        self.dismiss(profile=self.get_profile(self.customer))
        self.assertEqual(self.find_losses(), loss)
        self.assertEqual((loss.kind, loss.reason_id), ("passive", self.passive_reason))
        self.assertFalse(task.active)
        profile = self.get_profile(self.customer)
        self.assertEqual((profile.stage_date, profile.dismissed_date), (LOST_DAY, LOST_DAY))

    # ----------------------------------------------------------------- people

    def test_credit_approvers_may_too(self):
        self.dismiss(self.credit)
        self.assertEqual(self.profile.dismissed_date, DAY)

    def test_nobody_else_may(self):
        portal = new_test_user(self.env, "dismiss_portal", "base.group_portal")
        employee = self.new_user("dismiss_employee", "base.group_user")
        for user in (self.salesperson, employee, portal):
            with self.assertRaises(AccessError):
                self.dismiss(user)
            with self.assertRaises(AccessError):
                self.profile.with_user(user)._dismiss(self.passive_reason)
        self.assertFalse(self.profile.dismissed_date)

    def test_nobody_of_another_company(self):
        other = self.create_company("Other Ltd")
        stranger = self.new_user("dismiss_far", "sales_team.group_sale_manager", company=other)
        with self.assertRaises(AccessError):
            self.dismiss(stranger)
        self.assertFalse(self.profile.dismissed_date)

    def test_only_credit_approvers_lift_it(self):
        self.dismiss()
        for user in (self.manager, self.salesperson):
            with self.assertRaises(AccessError):
                self.lift(user)
        self.lift()
        with self.assertRaises(UserError):
            self.lift()

    def test_a_write_does_not_get_past_it(self):
        for user in (self.manager, self.credit, self.salesperson):
            for name, value in (("dismissed_date", DAY), ("stage_id", False)):
                with self.assertRaises(AccessError):
                    self.profile.with_user(user).write({name: value})
        self.dismiss()
        with self.assertRaises(AccessError):
            self.profile.with_user(self.manager).write({"dismissed_date": False})

    def test_a_reason_of_the_customers_does_not_fit(self):
        with self.assertRaisesRegex(ValidationError, "Choose another reason"), self.cr.savepoint():
            self.dismiss(reason=self.reason)
        self.env.invalidate_all()
        self.assertFalse(self.profile.dismissed_date)
        self.dismiss(reason=self.env.ref("crm_relationship.crm_relationship_loss_reason_other"))

    def test_not_twice_and_not_without_a_purchase(self):
        self.dismiss()
        with self.assertRaisesRegex(UserError, "dismissed already"):
            self.dismiss()
        prospect = self.make_customers(1)
        self.env["sale.order"].create({"partner_id": prospect.id, "company_id": self.company.id})
        self.recalculate(DAY)
        with self.assertRaisesRegex(UserError, "has not bought yet"):
            self.dismiss(profile=self.get_profile(prospect))

    def test_from_the_contact(self):
        contact = self.env["res.partner"].create({"name": "Contact", "parent_id": self.buyer.id})
        contact = contact.with_user(self.credit)
        action = contact.action_dismiss_relationship()
        self.assertEqual(action["context"]["default_profile_id"], self.profile.id)
        self.dismiss()
        self.assertEqual(contact.relationship_dismissed_date, DAY)
        found = contact.search([("relationship_dismissed_date", "!=", False)])
        self.assertIn(contact, found)
        contact.action_lift_relationship_dismissal()
        self.assertFalse(self.profile.dismissed_date)

    def test_without_documents_it_stays_dismissed(self):
        self.dismiss()
        self.env.cr.execute(
            "UPDATE account_move SET state = 'cancel' WHERE partner_id = %s", self.buyer.ids
        )
        self.env.invalidate_all()
        self.recalculate(date(2025, 3, 31), full=True)
        self.assertEqual(self.profile.dismissed_date, DAY)
        self.assertEqual(self.profile.stage_code, "lost")

    def test_a_dismissed_customer_is_not_left_out_nor_moved(self):
        self.dismiss()
        parent = self.make_customers(1)
        for values in (
            {"relationship_excluded": True},
            {"parent_id": parent.id, "is_company": False},
        ):
            with self.assertRaisesRegex(ValidationError, "is dismissed"), self.cr.savepoint():
                self.buyer.with_user(self.env.ref("base.user_admin")).write(values)
        self.lift()
        self.buyer.parent_id = parent

    def test_the_wizard_shows_nothing_of_another_company(self):
        second = self.create_company("Second Ltd")
        self.make_invoices([(self.buyer, date(2025, 1, 2), 12345)], company=second)
        self.recalculate(OPENING, company=second)
        wizard = (
            self.env["crm.relationship.dismiss"]
            .with_user(self.credit)
            .create(
                {
                    "profile_id": self.get_profile(self.buyer, second).id,
                    "reason_id": self.passive_reason.id,
                }
            )
        )
        wizard.invalidate_recordset()
        with self.assertRaises(AccessError):
            wizard.read(["revenue", "overdue_amount"])
