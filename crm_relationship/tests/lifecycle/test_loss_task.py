from datetime import date, timedelta

from odoo.tests import tagged

from .common_loss import LOST_DAY, LossCase


@tagged("post_install", "-at_install")
class TestLossTask(LossCase):
    """A new loss asks its salesperson for the reason."""

    def test_the_salesperson_gets_a_task(self):
        self.set_today(date(2025, 7, 21))
        mails = self.env["mail.mail"].search_count([])
        self.lose()
        task = self.find_tasks(self.find_losses())
        self.assertEqual(task.user_id, self.salesperson)
        self.assertEqual(task.date_deadline, date(2025, 7, 28))
        self.assertEqual(task.activity_type_id, self.task_type)
        self.assertEqual(task.summary, "Find out why the customer was lost")
        self.assertEqual(self.env["mail.mail"].search_count([]), mails)

    def test_the_setting_switches_it_off(self):
        self.company.relationship_loss_activity = False
        self.lose()
        self.assertTrue(self.find_losses())
        self.assertFalse(self.find_tasks(self.find_losses()))

    def test_nobody_is_asked_who_may_not_see_it(self):
        other = self.create_company("Other Ltd")
        gone = self.new_user("loss_gone", "sales_team.group_sale_salesman")
        users = (
            self.env["res.users"],
            self.new_user("loss_far", "sales_team.group_sale_salesman", company=other),
            self.new_user("loss_clerk", "base.group_user"),
            gone,
        )
        customers = self.make_customers(len(users))
        for customer, user in zip(customers, users, strict=True):
            customer.user_id = user
        gone.active = False
        self.make_silent(customers)
        self.lose()
        losses = self.losses.search([("partner_id", "in", customers.ids)])
        self.assertEqual(len(losses), len(users))
        self.assertFalse(self.find_tasks(losses))
        self.assertEqual(len(self.find_tasks(self.find_losses())), 1)

    def test_the_opening_asks_nobody(self):
        self.recalculate(LOST_DAY)
        self.assertFalse(self.env["mail.activity"].search([("res_model", "=", self.losses._name)]))

    def test_the_reason_completes_it(self):
        self.lose()
        loss = self.find_losses().with_user(self.salesperson)
        loss.note = "Have called"
        task = self.find_tasks(loss)
        self.assertTrue(task.active)
        loss.reason_id = self.reason
        self.assertFalse(task.active)
        self.assertTrue(task.date_done)

    def test_a_manager_may_complete_it(self):
        self.lose()
        task = self.find_tasks(self.find_losses())
        self.find_losses().with_user(self.manager).write({"reason_id": self.reason.id})
        self.assertFalse(task.active)

    def test_a_later_run_does_not_ask_again(self):
        self.lose()
        self.find_losses().with_user(self.salesperson).reason_id = self.reason
        self.recalculate(LOST_DAY + timedelta(days=1), full=True)
        self.assertFalse(self.find_tasks(self.find_losses()))
