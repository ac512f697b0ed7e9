from dataclasses import replace
from datetime import date, timedelta
from unittest.mock import patch

from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.sql_db import db_connect
from odoo.tests import tagged
from odoo.tools import mute_logger

from ...engine import tier_cuts
from ...models.grading.crm_relationship_run import LOCK_CLASS
from ..common import RelationshipCase


@tagged("post_install", "-at_install")
class TestRun(RelationshipCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.customers = cls.make_ranking(range(100, 0, -1))
        cls.runs = cls.env["crm.relationship.run"]

    def read_profiles(self, columns="xmin, ctid, *"):
        self.env.flush_all()
        self.env.cr.execute(
            f"SELECT {columns} FROM crm_relationship_profile WHERE company_id = %s ORDER BY id",
            [self.company.id],
        )
        return self.env.cr.fetchall()

    def user_of(self, group):
        return self.new_user(f"run_{group.rpartition('.')[2]}", group)

    def test_the_record_tells_what_was_done(self):
        run = self.recalculate()
        self.assertEqual((run.state, run.kind, run.progress), ("done", "opening", 100))
        self.assertEqual((run.created_count, run.change_count, run.scope_count), (100, 300, 100))
        self.assertEqual(run.evaluation_count, 1)
        self.assertFalse(run.error)

    def test_a_second_run_writes_nothing(self):
        self.recalculate()
        before = self.read_profiles()
        for full in (False, True):
            run = self.recalculate(full=full)
            self.assertEqual(run.kind, "full" if full else "incremental")
            self.assertEqual((run.updated_count, run.created_count, run.change_count), (0, 0, 0))
        self.assertEqual(self.read_profiles(), before)

    def test_time_goes_forward_an_earlier_day_is_a_preview(self):
        self.recalculate(date(2025, 7, 31))
        before = self.read_profiles()
        run = self.recalculate(date(2025, 6, 20))
        self.assertEqual((run.kind, run.state, run.scope_count), ("preview", "done", 100))
        self.assertEqual(
            {code: row["customers"] for code, row in run.result.items()},
            {"A": 1, "B": 4, "C": 15, "D": 80},
        )
        self.assertEqual(self.read_profiles(), before)

    def test_a_run_after_a_week_is_full(self):
        self.recalculate()
        self.assertEqual(self.recalculate(date(2025, 7, 6)).kind, "incremental")
        self.assertEqual(self.recalculate(date(2025, 7, 7)).kind, "full")

    def test_new_terms_measure_everybody(self):
        self.recalculate()
        self.policy.window_months = 6
        self.assertEqual(self.recalculate(date(2025, 7, 1)).kind, "full")

    def test_selected_customers(self):
        self.recalculate()
        first, second = self.customers[:2]
        self.make_invoices([(first, date(2025, 6, 20), 5), (second, date(2025, 6, 20), 5)])
        contact = self.env["res.partner"].create({"name": "Contact", "parent_id": first.id})
        run = self.recalculate(partners=contact)
        self.assertEqual((run.kind, run.scope_count, run.updated_count), ("partners", 1, 1))
        self.assertEqual(self.get_profile(first).revenue, 105)
        self.assertEqual(self.get_profile(second).revenue, 99)
        self.recalculate()
        self.assertEqual(self.get_profile(second).revenue, 104)

    def test_selected_customers_wait_for_the_first_run(self):
        with self.assertRaises(UserError):
            self.recalculate(partners=self.customers[:1])

    def test_one_of_two_runs_declines(self):
        with db_connect(self.env.cr.dbname).cursor() as other:
            other.execute("SELECT pg_advisory_lock(%s, %s)", [LOCK_CLASS, self.company.id])
            run = self.recalculate()
            self.assertEqual(run.state, "declined")
            self.assertFalse(self.get_profile(self.customers[0]))
            other.execute("SELECT pg_advisory_unlock(%s, %s)", [LOCK_CLASS, self.company.id])
        self.assertEqual(self.recalculate().state, "done")

    @mute_logger(
        "odoo.addons.crm_relationship.models.grading.crm_relationship_run_steps", "odoo.sql_db"
    )
    def test_a_failure_leaves_the_other_company_done(self):
        second = self.create_company("Second Ltd")
        self.make_invoices([(self.customers[0], date(2025, 6, 1), 5)], company=second)
        user = self.user_of("sales_team.group_sale_manager")
        self.company.relationship_alert_user_ids = user
        cuts = tier_cuts.cuts
        failing = self.policy.id

        def fail(terms, ranked, pivots):
            broken = replace(terms, policy_id="no policy")
            return cuts(broken if terms.policy_id == failing else terms, ranked, pivots)

        with patch.object(tier_cuts, "cuts", fail):
            runs = self.recalculate(company=self.company + second)
        self.assertEqual(runs.mapped("state"), ["failed", "done"])
        self.assertIn("no policy", runs[0].error)
        self.assertTrue(self.get_profile(self.customers[0], second).tier_id)
        message = self.env["mail.message"].search(
            [("model", "=", "crm.relationship.run"), ("res_id", "=", runs[0].id)]
        )
        self.assertEqual(message.notified_partner_ids, user.partner_id)
        run = self.recalculate()
        self.assertEqual((run.state, run.change_count), ("done", 300))

    def test_an_interrupted_run_goes_on_as_of_its_day(self):
        self.recalculate()
        interrupted = self.runs.create(
            {"company_id": self.company.id, "as_of": date(2025, 7, 1), "is_as_of_given": True}
        )
        interrupted._start()
        interrupted._measure(date(2025, 7, 1))
        run = self.recalculate(date(2025, 7, 2))
        self.assertEqual((interrupted.state, run.state), ("done", "done"))
        self.assertNotEqual(interrupted, run)

    def test_the_cron_does_what_was_asked_for(self):
        manager = self.user_of("sales_team.group_sale_manager")
        runs = self.runs.with_env(self.env(user=manager, context={}))
        runs.action_request()
        runs.action_request()
        waiting = self.runs.search([("company_id", "=", self.company.id)])
        self.assertEqual(waiting.mapped("state"), ["pending"])
        with self.enter_registry_test_mode():
            self.env.ref(
                "crm_relationship.ir_cron_process_relationship_runs"
            ).method_direct_trigger()
        self.assertEqual((waiting.state, waiting.user_id), ("done", manager))

    def test_the_nightly_cron_runs_every_company(self):
        second = self.create_company("Second Ltd")
        with self.enter_registry_test_mode():
            self.env.ref(
                "crm_relationship.ir_cron_recalculate_relationships"
            ).method_direct_trigger()
        runs = self.runs.search([("company_id", "in", (self.company + second).ids)])
        self.assertEqual(runs.mapped("state"), ["done", "done"])
        self.assertEqual(runs.company_id, self.company + second)

    def test_the_setting_drives_the_cron(self):
        cron = self.env.ref("crm_relationship.ir_cron_recalculate_relationships")
        settings = self.env["res.config.settings"].create({"relationship_nightly_run": False})
        settings.execute()
        self.assertFalse(cron.active)
        later = cron.nextcall + timedelta(hours=3)
        self.env["res.config.settings"].create(
            {"relationship_nightly_run": True, "relationship_next_run": later}
        ).execute()
        self.assertTrue(cron.active)
        self.assertEqual(cron.nextcall, later)

    def test_who_may_recalculate(self):
        self.recalculate()
        salesperson = self.user_of("sales_team.group_sale_salesman")
        runs = self.runs.with_env(self.env(user=salesperson, context={}))
        with self.assertRaises(AccessError):
            runs.recalculate()
        with self.assertRaises(AccessError):
            runs.action_request()
        run = runs.recalculate(partners=self.customers[:1].ids)
        self.assertEqual(run.state, "done")
        for day in ("2025-06-20", "2099-12-31"):
            with self.assertRaises(AccessError):
                runs.recalculate(partners=self.customers[:1].ids, as_of=day)
        self.env.invalidate_all()
        run = self.recalculate(date(2025, 7, 1))
        self.assertEqual(run.kind, "incremental")
        employee = self.user_of("base.group_user")
        with self.assertRaises(AccessError):
            self.runs.with_env(self.env(user=employee, context={})).recalculate(
                partners=self.customers[:1].ids
            )

    def test_a_day_that_is_none(self):
        for day in ("31.12.2025", 5, ["x"]):
            with self.assertRaises(ValidationError):
                self.recalculate(day)

    def test_managers_choose_no_day_to_come(self):
        manager = self.user_of("sales_team.group_sale_manager")
        runs = self.runs.with_env(self.env(user=manager, context={}))
        with self.assertRaises(ValidationError):
            runs.recalculate(as_of="2099-12-31")

    def test_some_customers_have_no_preview(self):
        self.recalculate()
        with self.assertRaises(UserError):
            self.recalculate(date(2025, 6, 20), partners=self.customers[:1])

    def test_selected_customers_end_no_others_manual_tier(self):
        self.recalculate()
        profile = self.get_profile(self.customers[50])
        self.patch(type(self.company), "_get_relationship_today", lambda company: date(2025, 7, 1))
        profile.write(
            {
                "override_tier_id": self.policy.tier_ids[0].id,
                "override_reason": "Friend",
                "override_until": date(2025, 7, 1),
            }
        )
        self.recalculate(date(2025, 7, 2), partners=self.customers[:1])
        self.assertEqual(profile.tier_id.code, "A")
        self.recalculate(date(2025, 7, 2))
        self.assertEqual(profile.tier_id.code, "D")

    @mute_logger("odoo.addons.crm_relationship.models.grading.crm_relationship_run_steps")
    def test_a_failure_at_the_start_is_on_the_run(self):
        profiles = type(self.env["crm.relationship.profile"])
        with patch.object(profiles, "_get_purchase_sources", side_effect=ValueError("broken")):
            run = self.recalculate()
        self.assertEqual((run.state, run.error), ("failed", "broken"))

    def test_old_runs_go_the_last_one_stays(self):
        first = self.recalculate()
        second = self.recalculate(date(2025, 7, 1))
        third = self.recalculate(date(2025, 7, 2))
        self.env.cr.execute(
            "UPDATE crm_relationship_run SET create_date = '2020-01-01' WHERE id IN %s",
            [(first + second + third)._ids],
        )
        changes = self.get_tier_changes(self.get_profile(self.customers[0]))
        self.env.invalidate_all()
        self.runs._gc_runs()
        self.assertEqual((first + second + third).exists(), first + third)
        self.assertTrue(changes.exists())

    def test_history_goes_after_the_retention_only(self):
        self.recalculate()
        riser = self.customers[-1]
        self.make_invoices([(riser, date(2025, 7, 2), 10**6)])
        self.recalculate(date(2025, 7, 31))
        changes = self.env["crm.relationship.change"]
        changes._gc_changes()
        domain = [("company_id", "=", self.company.id), ("dimension", "=", "tier")]
        self.assertEqual(changes.search_count(domain), 101)
        self.env["ir.config_parameter"].set_param("crm_relationship.change_retention_months", "1")
        changes._gc_changes()
        # The last one before the retention stays: it says what held when that began.
        self.assertEqual(changes.search_count(domain), 100)
        self.assertEqual(self.get_tier_changes(self.get_profile(riser)).mapped("cause"), ["up"])
