from datetime import date
from unittest.mock import patch

from psycopg2 import IntegrityError

from odoo import Command
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import new_test_user, tagged, users
from odoo.tools import SQL, mute_logger

from .common_objectives import ObjectivesCase


@tagged("post_install", "-at_install")
class TestObjectiveFigures(ObjectivesCase):
    """Actuals, gaps and statuses, worked out by hand."""

    def test_revenue_counts_what_the_engine_counts(self):
        contact = self.make_contact("Ann")
        other = self.create_company("Second Ltd")
        stranger = self.make_customers(1)
        objective = self.make_objective(target=1000)
        self.make_invoices(
            [
                (self.customer, date(2025, 1, 1), 100),  # the first day
                (contact, date(2025, 7, 1), 30),  # today, to a contact
                (self.customer, date(2024, 12, 31), 7000),  # before
                (self.customer, date(2025, 7, 2), 7000),  # tomorrow
                (stranger, date(2025, 3, 1), 7000),
            ]
        )
        self.make_invoices([(contact, date(2025, 2, 1), 20)], move_type="out_refund")
        self.make_invoices([(self.customer, date(2025, 2, 1), 7000)], state="draft")
        self.make_invoices([(self.customer, date(2025, 2, 1), 7000)], state="cancel")
        self.make_invoices([(self.customer, date(2025, 2, 1), 7000)], move_type="in_invoice")
        self.make_invoices([(self.customer, date(2025, 2, 1), 7000)], company=other)
        objective = self.look(objective)
        self.assertEqual((objective.actual, objective.gap, objective.progress), (110, 890, 11))
        self.assertIn("110", objective.actual_text)
        self.assertIn("890", objective.gap_text)

    def test_an_ended_period_is_read_to_its_end(self):
        objective = self.make_objective(target=1000)
        self.make_invoices([(self.customer, date(2025, 12, 31), 600)])
        self.make_invoices([(self.customer, date(2026, 1, 1), 600)])
        self.assertEqual(self.look(objective, date(2026, 2, 1)).actual, 600)

    def test_more_than_the_target_leaves_no_gap(self):
        objective = self.make_objective(target=1000)
        self.make_invoices([(self.customer, date(2025, 3, 1), 1250)])
        objective = self.look(objective)
        self.assertEqual((objective.actual, objective.gap, objective.progress), (1250, 0, 125))
        self.assertEqual(objective.status, "reached")

    def test_statuses_at_their_boundaries(self):
        """182 of 365 days ask for 182 of 365: ahead from 200.20 on, on track from 163.80."""
        objective = self.make_objective(target=365)
        before = 0
        for amount, status in (
            (163.79, "behind"),
            (163.80, "on_track"),
            (200.19, "on_track"),
            (200.20, "ahead"),
            (364.99, "ahead"),
            (365, "reached"),
        ):
            self.make_invoices([(self.customer, date(2025, 3, 1), round(amount - before, 2))])
            before = amount
            seen = self.look(objective)
            self.assertEqual(seen.status, status, amount)
            self.assertTrue(seen.explanation)
        self.assertIn("100 %", seen.explanation)

    def test_the_first_and_the_last_day(self):
        objective = self.make_objective(target=365)
        self.make_invoices([(self.customer, date(2025, 1, 1), 1)])
        self.assertEqual(self.look(objective, date(2024, 12, 31)).status, "upcoming")
        self.assertEqual(self.look(objective, date(2025, 1, 1)).status, "on_track")
        self.assertEqual(self.look(objective, date(2025, 12, 31)).status, "behind")
        self.assertEqual(self.look(objective, date(2026, 1, 1)).status, "missed")

    def test_why_says_what_was_compared(self):
        objective = self.make_objective(target=365)
        self.make_invoices([(self.customer, date(2025, 3, 1), 100)])
        why = self.look(objective).explanation
        for term in ("27.39 %", "49.9 %", "182 of 365 days", "less than 90 %", "182"):
            self.assertIn(term, why)

    def test_share_of_wallet_is_taken_of_the_spending(self):
        objective = self.make_objective("wallet", 40, wallet_amount=3000)
        self.make_invoices([(self.customer, date(2025, 3, 1), 1000)])
        objective = self.look(objective)
        self.assertEqual((objective.actual, objective.gap), (33.33, 6.67))
        self.assertEqual((objective.target_amount, objective.gap_amount), (1200, 200))
        self.assertEqual((objective.unit, objective.status), ("%", "ahead"))
        self.make_invoices([(self.customer, date(2025, 3, 1), 200)])
        self.assertEqual(self.look(objective).status, "reached")

    def test_no_margin_without_costs(self):
        objective = self.make_objective("margin", 1000)
        self.make_invoices([(self.customer, date(2025, 3, 1), 100)])
        profiles = type(self.env["crm.relationship.profile"])
        with patch.object(profiles, "_get_margin_sources", lambda _self: []):
            objective = self.look(objective)
            self.assertEqual(objective.status, "unknown")
            self.assertEqual(objective.actual_text, "Unknown")
            self.assertEqual(objective.gap_text, "Unknown")
            self.assertIn("No costs are measured", objective.explanation)
            snapshot = self.plan._get_objectives_snapshot()[self.plan.id][0]
            self.assertIsNone(snapshot["actual"])

    def test_margin_where_the_costs_of_enough_are_known(self):
        """Of 100 + 25, the costs of 100 are known: 80 %, just enough."""
        objective = self.make_objective("margin", 50)
        first, second = self.make_invoices(
            [(self.customer, date(2025, 3, 1), 100), (self.customer, date(2025, 4, 1), 25)]
        )
        source = SQL(
            """
            SELECT partner_id, company_id, invoice_date AS date, amount_untaxed_signed AS amount,
                   CASE WHEN id = %s THEN 30 END AS margin, state = 'posted' AS counts,
                   write_date AS changed_at
              FROM account_move WHERE id IN %s
            """,
            first,
            (first, second),
        )
        profiles = type(self.env["crm.relationship.profile"])
        with patch.object(profiles, "_get_margin_sources", lambda _self: [source]):
            seen = self.look(objective)
            self.assertEqual((seen.actual, seen.status), (30, "ahead"))
            self.env.cr.execute(
                "UPDATE account_move SET amount_untaxed_signed = 25.01 WHERE id = %s", [second]
            )
            seen = self.look(objective)
            self.assertEqual((seen.actual_text, seen.status), ("Unknown", "unknown"))
            self.assertIn("less than 80 %", seen.explanation)
            self.env.cr.execute("DELETE FROM account_move WHERE id IN %s", [(first, second)])
            self.assertEqual(self.look(objective).status, "behind")  # nothing sold: known, zero

    def test_an_open_project_is_judged_by_its_probability(self):
        """Half of the period asks for half of the target."""
        lead = self.make_opportunity(1000, 50)
        objective = self.make_objective("project", 1000, opportunity_id=lead.id)
        self.assertEqual(objective.name, "New plant")
        seen = self.look(objective)
        self.assertEqual((seen.actual, seen.gap, seen.status), (0, 1000, "on_track"))
        self.assertIn("50 %", seen.actual_text)
        self.assertIn(lead.stage_id.name, seen.actual_text)
        lead.probability = 40
        self.assertEqual(self.look(objective).status, "behind")
        lead.probability = 60
        self.assertEqual(self.look(objective).status, "ahead")
        self.assertEqual(self.look(objective, date(2026, 1, 1)).status, "missed")

    def test_projects_that_are_won_lost_archived_and_deleted(self):
        lead = self.make_opportunity(900, 50)
        objective = self.make_objective("project", 1000, opportunity_id=lead.id)
        lead.action_set_won()
        seen = self.look(objective)
        self.assertEqual((seen.actual, seen.gap, seen.status), (900, 100, "missed"))
        self.assertIn("won, with 90 %", seen.explanation)
        lead.expected_revenue = 1000
        self.assertEqual(self.look(objective).status, "reached")
        lead.stage_id = self.env["crm.stage"].search([("is_won", "=", False)], limit=1)
        lead.action_set_lost()
        seen = self.look(objective)
        self.assertEqual((seen.actual, seen.status, seen.actual_text), (0, "missed", "Lost"))
        self.assertIn("lost", seen.explanation)
        lead.action_unarchive()
        lead.probability = 90
        lead.active = False
        seen = self.look(objective)
        self.assertEqual((seen.status, seen.actual_text), ("behind", "Archived"))
        lead.unlink()
        seen = self.look(objective)
        self.assertEqual(seen.status, "unknown")
        self.assertIn("deleted", seen.explanation)

    def test_merged_opportunities(self):
        kept, gone = self.make_opportunity(500), self.make_opportunity(300)
        objective = self.make_objective("project", 1000, opportunity_id=gone.id)
        self.plan.state = "closed"
        (kept | gone).with_user(self.manager).merge_opportunity()
        self.env.invalidate_all()
        self.assertEqual(objective.opportunity_id, (kept | gone).exists())

    def test_statuses_filter_and_group(self):
        first = self.make_objective(target=365)
        second = self.make_objective("wallet", 10, wallet_amount=100)
        self.make_invoices([(self.customer, date(2025, 3, 1), 182)])
        self.look(first)
        objectives = self.env["crm.relationship.plan.objective"].with_user(self.owner)
        domain = [("plan_id", "=", self.plan.id)]
        found = objectives.search([*domain, ("status", "in", ["on_track", "behind"])])
        self.assertEqual(found, first)
        self.assertEqual(objectives.search([*domain, ("status", "=", "reached")]), second)
        groups = objectives._read_group(
            domain, ["status"], ["target_amount:sum", "gap_amount:sum", "__count"]
        )
        self.assertEqual(groups, [("on_track", 365, 183, 1), ("reached", 10, 0, 1)])
        self.assertEqual(self.plan.objective_count, 2)
        self.assertEqual(self.plan.objective_behind_count, 0)
        described = objectives.fields_get(["status", "actual_amount"])
        self.assertTrue(described["status"]["groupable"])
        self.assertEqual(described["actual_amount"]["aggregator"], "sum")


@tagged("post_install", "-at_install")
class TestObjectiveRules(ObjectivesCase):
    """What is refused, and to whom."""

    def test_impossible_targets(self):
        self.make_objective()
        refused = [
            {"target": 0, "kind": "margin"},
            {"target": -1, "kind": "margin"},
            {"target": 100.01, "kind": "wallet", "wallet_amount": 10},
            {"target": 10, "kind": "wallet"},
            {"target": 10, "kind": "revenue"},  # a second one
        ]
        for vals in refused:
            with mute_logger("odoo.sql_db"), self.assertRaises(IntegrityError):
                self.make_objective(**vals)
        self.make_objective("wallet", 100, wallet_amount=1)

    def test_a_project_is_an_opportunity_of_the_customer(self):
        other = self.create_company("Second Ltd")
        contact = self.make_contact("Ann")
        with self.assertRaisesRegex(ValidationError, "Choose the one it is about"):
            self.make_objective("project", 10)
        for values in (
            {"partner_id": self.make_customers(1).id},
            {"partner_id": False},
            {"company_id": other.id, "user_id": False},
            {"type": "lead"},
        ):
            lead = self.make_opportunity(**values)
            with self.assertRaisesRegex(ValidationError, "no opportunity of Key Customer"):
                self.make_objective("project", 10, opportunity_id=lead.id)
        for values in ({"partner_id": contact.id}, {"company_id": False}):
            lead = self.make_opportunity(**values)
            self.make_objective("project", 10, opportunity_id=lead.id)
        with self.assertRaisesRegex(ValidationError, "no opportunity of"):
            self.plan.partner_id = self.make_customers(1)

    @users("plan_owner")
    def test_a_closed_plan_is_locked(self):
        objective = self.make_objective()
        self.plan.state = "closed"
        objective = objective.with_env(self.env)
        plan = self.plan.with_env(self.env)
        for attempt in (
            lambda: objective.write({"target": 5}),
            objective.unlink,
            lambda: objective.create({"plan_id": plan.id, "kind": "margin", "target": 5}),
            lambda: plan.write({"objective_ids": [Command.update(objective.id, {"target": 5})]}),
        ):
            with self.assertRaisesRegex(UserError, "closed"):
                attempt()

    def test_an_objective_stays_in_its_plan(self):
        other = self.make_plan(date_start=date(2026, 1, 1), date_end=date(2026, 12, 31))
        objective = self.make_objective()
        with self.assertRaisesRegex(UserError, "belongs to its plan"):
            objective.with_user(self.owner).plan_id = other

    def test_moved_goalposts_are_told(self):
        objective = self.make_objective(target=1000).with_user(self.member)
        objective.target = 500
        objective.write({"target": 500, "note": "x"})
        objective.unlink()
        bodies = self.plan.message_ids.filtered(lambda message: message.body).mapped("body")
        text = " ".join(bodies)
        for term in ("New objective: Revenue", "instead of", "Objective removed"):
            self.assertEqual(text.count(term), 1, term)

    def test_the_team_writes_and_others_read(self):
        objective = self.make_objective()
        self.make_invoices([(self.customer, date(2025, 3, 1), 100)])
        for number, user in enumerate((self.owner, self.member, self.manager)):
            self.look(objective, user=user).target = 100 + number
        seen = self.look(objective, user=self.outsider)
        self.assertEqual((seen.target, seen.actual), (102, 100))
        for attempt in (
            lambda: seen.write({"target": 1}),
            seen.unlink,
            lambda: seen.create({"plan_id": self.plan.id, "kind": "margin", "target": 5}),
        ):
            with self.assertRaises(AccessError):
                attempt()

    def test_who_does_not_see_the_plan_sees_no_objective(self):
        objective = self.make_objective()
        other = self.create_company("Second Ltd")
        strangers = (
            self.new_user("objective_seller", "sales_team.group_sale_salesman"),
            self.new_user("objective_second", "sales_team.group_sale_manager", other),
        )
        for user in strangers:
            self.assertFalse(objective.with_user(user).search([("id", "=", objective.id)]))
            with self.assertRaises(AccessError):
                objective.with_user(user).read(["actual"])
            self.assertFalse(objective.with_user(user)._read_group([], ["status"], ["__count"]))
        portal = new_test_user(self.env, login="objective_portal", groups="base.group_portal")
        employee = self.new_user("objective_employee", "base.group_user")
        for user in (portal, employee):
            for model in ("objective", "unit", "whitespace"):
                with self.assertRaises(AccessError):
                    self.env[f"crm.relationship.plan.{model}"].with_user(user).search_count([])

    def test_figures_of_an_opportunity_are_for_those_who_may_read_it(self):
        lead = self.make_opportunity(1000, 100, user_id=self.manager.id)
        lead.action_set_won()
        objective = self.make_objective("project", 500, opportunity_id=lead.id)
        seen = self.look(objective, user=self.manager)
        self.assertEqual((seen.actual, seen.status), (1000, "reached"))
        approver = self.new_user("objective_approver", "crm_relationship.group_credit")
        for user in (self.member, approver):
            seen = self.look(objective, user=user)
            self.assertEqual((seen.actual, seen.progress, seen.status), (0, 0, "unknown"))
            self.assertEqual((seen.name, seen.actual_text), ("New plant", "Unknown"))
            self.assertIn("may not read", seen.explanation)
            self.assertFalse(seen.search([("id", "=", objective.id), ("status", "=", "reached")]))
            groups = seen._read_group([("id", "=", objective.id)], [], ["actual_amount:sum"])
            self.assertFalse(groups[0][0])
            spec = {"opportunity_id": {"fields": {"display_name": {}}}, "actual": {}}
            self.assertEqual(seen.web_read(spec)[0]["actual"], 0)

    def test_nobody_names_an_opportunity_that_is_not_shown(self):
        lead = self.make_opportunity(user_id=self.manager.id)
        vals = {"plan_id": self.plan.id, "kind": "project", "target": 5}
        objectives = self.env["crm.relationship.plan.objective"].with_user(self.member)
        with self.assertRaises(AccessError):
            objectives.create({**vals, "opportunity_id": lead.id})

    def test_copied_into_another_plan(self):
        open_lead, won = self.make_opportunity(), self.make_opportunity(900)
        won.action_set_won()
        self.make_objective(target=365)
        self.make_objective("wallet", 10, wallet_amount=1000, baseline=5)
        self.make_objective("project", 100, opportunity_id=open_lead.id)
        self.make_objective("project", 100, opportunity_id=won.id)
        self.make_invoices([(self.customer, date(2025, 3, 1), 80)])
        new = self.make_plan(date_start=date(2026, 1, 1), date_end=date(2026, 12, 31))
        self.plan.with_user(self.owner)._copy_objectives_to(new.with_user(self.owner))
        copied = [(one.kind, one.target, one.baseline) for one in new.objective_ids]
        expected = [("revenue", 365, 80), ("wallet", 10, 8), ("project", 100, 0)]
        self.assertEqual(copied, expected)
        self.assertEqual(new.objective_ids[-1].opportunity_id, open_lead)
