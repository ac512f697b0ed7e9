from datetime import date, timedelta
from unittest.mock import patch

from odoo.exceptions import AccessError, ValidationError
from odoo.tests import new_test_user, tagged
from odoo.tools import mute_logger

from .common_loss import LAST_PURCHASE, LOST_DAY, OPENING, LossCase


@tagged("post_install", "-at_install")
class TestLoss(LossCase):
    """A run records who was lost, once, and who came back."""

    def test_a_loss_is_recorded_on_the_day_not_before(self):
        self.lose(LOST_DAY - timedelta(days=1))
        self.assertFalse(self.find_losses())
        self.recalculate(LOST_DAY)
        loss = self.find_losses()
        self.assertEqual((loss.date, loss.kind, loss.state), (LOST_DAY, "active", "open"))
        self.assertEqual(loss.user_id, self.salesperson)
        self.assertFalse(loss.end_date)
        self.assertEqual((loss.change_id.cause, loss.change_id.new_value), ("lost", "lost"))

    def test_the_opening_makes_none(self):
        self.recalculate(LOST_DAY)
        self.assertEqual(self.get_profile(self.customer).stage_code, "lost")
        self.recalculate(LOST_DAY + timedelta(days=1), full=True)
        self.assertFalse(self.find_losses())

    def test_a_newcomer_placed_in_lost_makes_none(self):
        self.lose(LOST_DAY - timedelta(days=1))
        late = self.make_customers(1)
        self.make_silent(late)
        self.recalculate(LOST_DAY)
        self.assertEqual(self.get_profile(late).stage_code, "lost")
        self.assertFalse(self.find_losses(late))

    def test_a_backfill_makes_none(self):
        self.recalculate(LOST_DAY)
        run = self.env["crm.relationship.run"].backfill(self.company, months=3)
        run._process()
        self.assertEqual(run.state, "done")
        self.assertFalse(self.find_losses())

    def test_a_preview_makes_none(self):
        self.recalculate(OPENING)
        self.recalculate(LOST_DAY - timedelta(days=1))
        self.assertEqual(self.recalculate(LOST_DAY - timedelta(days=2)).kind, "preview")
        self.assertFalse(self.find_losses())

    def test_the_button_records_it_too(self):
        self.recalculate(OPENING)
        self.recalculate(LOST_DAY, partners=self.customer)
        self.assertEqual(self.find_losses().date, LOST_DAY)
        self.recalculate(LOST_DAY)
        self.assertEqual(len(self.find_losses()), 1)

    def test_revenue_of_the_window_until_the_last_purchase(self):
        rare = self.make_customers(1)
        self.make_invoices(
            [
                (rare, date(2021, 1, 1), 1000),
                (rare, date(2022, 1, 1), 200),
                (rare, date(2022, 12, 31), 30),
                (rare, date(2023, 1, 1), 4),
            ]
        )
        self.make_invoices([(rare, date(2023, 2, 1), 1)], move_type="out_refund")
        contact = self.env["res.partner"].create({"name": "Branch", "parent_id": rare.id})
        self.make_invoices([(contact, date(2022, 6, 1), 500)])
        self.recalculate(date(2023, 3, 1))
        for year in (2024, 2025, 2026):
            self.recalculate(date(year, 3, 1))
        loss = self.find_losses(rare)
        self.assertTrue(loss)
        # From the day after January 1st of the year before on, without it and with the refund.
        self.assertEqual(loss.revenue_before, 500 + 30 + 4 - 1)

    def test_other_companies_purchases_are_theirs(self):
        other = self.create_company("Other Ltd")
        self.make_invoices([(self.customer, LAST_PURCHASE, 7000)], company=other)
        self.lose()
        self.assertEqual(self.find_losses().revenue_before, 300)
        self.assertFalse(self.losses.search([("company_id", "=", other.id)]))

    def test_won_back_closes_it(self):
        self.lose()
        self.make_invoices([(self.customer, date(2025, 8, 5), 50)])
        self.recalculate(date(2025, 8, 10))
        loss = self.find_losses()
        self.assertEqual((loss.state, loss.end_date), ("open", False))
        self.recalculate(date(2025, 8, 31))
        self.assertEqual((loss.state, loss.end_date), ("won_back", date(2025, 8, 31)))

    def test_a_customer_may_be_lost_twice(self):
        self.lose()
        self.make_silent(self.customer, last=date(2025, 8, 25))
        self.recalculate(date(2025, 8, 31))
        self.recalculate(date(2026, 8, 31))
        self.assertEqual(self.find_losses().mapped("state"), ["open", "won_back"])

    def test_lost_and_won_back_in_one_run(self):
        self.recalculate(OPENING)
        self.make_invoices([(self.customer, date(2025, 10, 5), 50)])
        self.recalculate(date(2025, 10, 31))
        loss = self.find_losses()
        self.assertEqual(
            (loss.date, loss.state, loss.end_date),
            (date(2025, 7, 31), "won_back", date(2025, 10, 31)),
        )
        self.assertFalse(self.find_tasks(loss))

    def test_without_a_purchase_left_it_was_none(self):
        self.lose()
        self.env["sale.order"].create(
            {"partner_id": self.customer.id, "company_id": self.company.id}
        )
        self.env.cr.execute(
            "UPDATE account_move SET state = 'cancel' WHERE partner_id = %s", self.customer.ids
        )
        self.env.invalidate_all()
        self.recalculate(date(2025, 7, 31), full=True)
        loss = self.find_losses()
        self.assertEqual((loss.state, loss.end_date), ("void", date(2025, 7, 31)))
        self.assertFalse(self.find_tasks(loss))

    def test_a_run_that_goes_on_makes_no_second_one(self):
        run = self.lose()
        before = self.find_losses()
        run.state = "running"
        self.recalculate(LOST_DAY + timedelta(days=1))
        self.assertEqual(run.state, "done")
        self.assertEqual(self.find_losses(), before)
        self.assertEqual(len(self.find_tasks(before)), 1)

    def test_what_a_failed_run_left_is_recorded_by_the_next(self):
        self.recalculate(OPENING)
        runs = type(self.env["crm.relationship.run"])
        with (
            patch.object(runs, "_act_on_losses", side_effect=ValueError("broken")),
            mute_logger("odoo.addons.crm_relationship.models.grading.crm_relationship_run_steps"),
        ):
            failed = self.recalculate(LOST_DAY)
        self.assertEqual(failed.state, "failed")
        self.assertFalse(self.find_losses())
        self.assertEqual(self.get_profile(self.customer).stage_code, "lost")
        self.recalculate(LOST_DAY + timedelta(days=1))
        self.assertEqual(self.find_losses().date, LOST_DAY)

    def test_a_second_run_of_the_day_writes_nothing(self):
        self.lose()
        self.env.flush_all()
        self.env.cr.execute("SELECT xmin, ctid, * FROM crm_relationship_loss ORDER BY id")
        before = self.env.cr.fetchall()
        self.recalculate(LOST_DAY, full=True)
        self.env.cr.execute("SELECT xmin, ctid, * FROM crm_relationship_loss ORDER BY id")
        self.assertEqual(self.env.cr.fetchall(), before)

    def test_queries_do_not_grow_with_the_losses(self):
        few, many = (self.make_customers(count, user_id=self.salesperson.id) for count in (4, 40))
        self.make_silent(few, last=date(2025, 1, 5))
        self.make_silent(many)
        self.recalculate(OPENING)
        counts = []
        for day in (date(2025, 7, 4), LOST_DAY):
            run = self.env["crm.relationship.run"].create(
                {"company_id": self.company.id, "as_of": day, "is_as_of_given": True}
            )
            run._start()
            run._measure(day)
            before = self.env.cr.sql_log_count
            run._act_on_losses(day)
            self.env.flush_all()
            counts.append((self.env.cr.sql_log_count - before, len(self.search_tasks())))
            run._finish()
        (of_few, tasks_of_few), (of_many, tasks_of_all) = counts
        self.assertEqual((tasks_of_few, tasks_of_all), (4, 45))
        self.assertLessEqual(of_many, of_few + 5)

    def search_tasks(self):
        return self.find_tasks(self.losses.search([("company_id", "=", self.company.id)]))

    # ----------------------------------------------------------------- people

    def test_salespeople_see_their_own(self):
        self.lose()
        loss = self.find_losses()
        self.assertEqual(loss.with_user(self.salesperson).reason_id.name, False)
        for user in (self.colleague, new_test_user(self.env, "loss_portal", "base.group_portal")):
            with self.assertRaises(AccessError):
                loss.with_user(user).read(["date"])
        employee = self.new_user("loss_employee", "base.group_user")
        with self.assertRaises(AccessError):
            loss.with_user(employee).read(["date"])
        for user in (self.manager, self.credit):
            self.assertEqual(loss.with_user(user).date, LOST_DAY)

    def test_another_company_sees_none(self):
        self.lose()
        other = self.create_company("Other Ltd")
        stranger = self.new_user("loss_stranger", "sales_team.group_sale_manager", company=other)
        with self.assertRaises(AccessError):
            self.find_losses().with_user(stranger).read(["date"])

    def test_people_write_the_reason_and_the_note_alone(self):
        self.lose()
        for user in (self.salesperson, self.manager):
            loss = self.find_losses().with_user(user)
            loss.write({"reason_id": self.reason.id, "note": "Cheaper elsewhere"})
            for vals in (
                {"date": date(2025, 1, 1)},
                {"kind": "passive"},
                {"state": "won_back", "end_date": date(2025, 8, 1)},
                {"revenue_before": 1},
                {"partner_id": self.make_customers(1).id, "note": "x"},
            ):
                with self.assertRaises(AccessError):
                    loss.write(vals)
            with self.assertRaises(AccessError):
                loss.unlink()
            with self.assertRaises(AccessError):
                loss.create(
                    {
                        "partner_id": self.customer.id,
                        "company_id": self.company.id,
                        "date": LOST_DAY,
                        "kind": "active",
                    }
                )
        with self.assertRaises(AccessError):
            self.find_losses().with_user(self.colleague).note = "x"

    def test_the_reason_fits_how_it_was_lost(self):
        self.lose()
        loss = self.find_losses().with_user(self.salesperson)
        with self.assertRaisesRegex(ValidationError, "Choose another reason"):
            loss.reason_id = self.passive_reason
        loss.reason_id = self.env.ref("crm_relationship.crm_relationship_loss_reason_other")

    def test_a_reason_in_use_stays(self):
        self.lose()
        self.find_losses().reason_id = self.reason
        reason = self.reason.with_user(self.manager)
        reason.active = False
        with self.assertRaises(AccessError):
            self.reason.with_user(self.salesperson).active = True

    def test_the_profile_counts_real_losses(self):
        self.lose()
        profile = self.get_profile(self.customer).with_user(self.salesperson)
        self.assertEqual(profile.loss_count, 1)
        self.assertEqual(profile.action_open_losses()["res_id"], self.find_losses().id)
        self.find_losses().write({"state": "void", "end_date": LOST_DAY})
        profile.invalidate_recordset()
        self.assertEqual(profile.loss_count, 0)
