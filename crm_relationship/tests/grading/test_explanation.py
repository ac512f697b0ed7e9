from datetime import date

from odoo.exceptions import AccessError
from odoo.tests import new_test_user, tagged

from ..common import RelationshipCase


@tagged("post_install", "-at_install")
class TestExplanation(RelationshipCase):
    """The answer to "why this tier?" says what the engine did, in every case."""

    def explain(self, customer):
        return self.get_profile(customer).tier_explanation.striptags()

    def test_rank_amount_and_place(self):
        customers = self.make_ranking(range(100, 0, -1))
        self.recalculate()
        answer = self.explain(customers[2])
        self.assertIn("is B · Major since 06/30/2025", answer)
        self.assertIn("from 07/01/2024 to 06/30/2025: $ 98.00", answer)
        self.assertIn("rank 3 of 100 customers, within the best 3 %", answer)
        self.assertIn("$ 2.00 more would reach A · VIP", answer)
        self.assertIn("this customer", answer)

    def test_no_tier_is_better(self):
        customers = self.make_ranking(range(100, 0, -1))
        self.recalculate()
        self.assertIn("No tier is better", self.explain(customers[0]))

    def test_nobody_flatters_the_last(self):
        customers = self.make_ranking(range(100, 0, -1))
        self.recalculate()
        self.assertIn("rank 100 of 100 customers.", self.explain(customers[-1]))

    def test_grace_says_when_and_where_it_falls(self):
        customers = self.make_ranking(range(20, 0, -1))
        self.recalculate()
        self.make_invoices([(customers[5], date(2025, 7, 10), 500)])
        self.recalculate(as_of=date(2025, 7, 31))
        answer = self.explain(customers[0])
        self.assertIn("below its tier at 1 of 2 evaluations in a row", answer)
        self.assertIn("it falls to C · Ordinary on 08/31/2025", answer)

    def test_next_evaluation_moves_who_rose_meanwhile(self):
        customers = self.make_ranking(range(20, 0, -1))
        self.recalculate()
        self.make_invoices([(customers[5], date(2025, 7, 10), 500)])
        self.recalculate(as_of=date(2025, 7, 15))
        answer = self.explain(customers[5])
        self.assertIn("By the present amount it would be A · VIP", answer)
        self.assertIn("at the next evaluation, on 07/31/2025", answer)

    def test_manual_tier_names_who_and_why(self):
        customers = self.make_ranking(range(20, 0, -1))
        self.recalculate()
        self.get_profile(customers[9]).write(
            {"override_tier_id": self.tiers["A"].id, "override_reason": "Signed with the group"}
        )
        answer = self.explain(customers[9])
        self.assertIn(f"by {self.env.user.name}: “Signed with the group”", answer)
        self.assertIn("It holds until taken back; the computed tier is D · Small", answer)

    def test_below_zero(self):
        customers = self.make_ranking(range(20, 0, -1))
        self.make_invoices([(customers[4], date(2025, 6, 20), 100)], move_type="out_refund")
        self.recalculate()
        self.assertIn("Below zero", self.explain(customers[4]))

    def test_newcomer(self):
        customer = self.make_ranking([5])
        self.recalculate()
        answer = self.explain(customer)
        self.assertIn("it first bought on 06/15/2025. Through 09/12/2025", answer)

    def test_outside_the_policy(self):
        customer = self.make_ranking([5])
        self.policy.domain = "[('ref', '=', 'nobody')]"
        self.recalculate()
        self.assertIn("is not among the customers that the policy", self.explain(customer))

    def test_bought_nothing_in_the_window(self):
        self.make_ranking([5, 4, 3])
        quiet = self.make_ranking([9], day=date(2023, 1, 1))
        self.policy.only_buyers = True
        self.recalculate()
        self.assertIn("It bought nothing within the window", self.explain(quiet))

    def test_without_a_policy(self):
        self.policy.state = "retired"
        customer = self.make_ranking([5])
        self.recalculate()
        self.assertIn("has no active tier policy", self.explain(customer))

    def test_in_the_list(self):
        customers = self.make_ranking(range(20, 0, -1))
        self.recalculate()
        self.get_profile(customers[9]).write(
            {"override_tier_id": self.tiers["A"].id, "override_reason": "Signed"}
        )
        self.assertEqual(self.get_profile(customers[9]).remark, "By hand, Newcomer")

    def test_declining(self):
        falling, rising = self.make_ranking([5, 50])
        self.make_invoices([(falling, date(2024, 1, 5), 20), (rising, date(2024, 1, 5), 20)])
        self.recalculate()
        profiles = self.env["crm.relationship.profile"]
        company = [("company_id", "=", self.company.id)]
        declining = profiles.search([*company, ("is_declining", "=", True)])
        self.assertEqual(declining.partner_id, falling)
        self.assertEqual(declining.mapped("is_declining"), [True])
        steady = profiles.search([*company, ("is_declining", "=", False)])
        self.assertEqual(steady.partner_id, rising)


@tagged("post_install", "-at_install")
class TestScreens(RelationshipCase):
    MODELS = ("res.partner", "sale.order", "account.move")

    def get_arch(self, model, view_type, user):
        views = self.env[model].with_user(user).get_views([(False, view_type)])
        return views["views"][view_type]["arch"]

    def test_others_get_forms_without_tiers(self):
        accountant = new_test_user(
            self.env, "screens_accountant", groups="account.group_account_invoice"
        )
        for model in self.MODELS:
            for view_type in ("form", "list", "search"):
                arch = self.get_arch(model, view_type, accountant)
                self.assertNotIn("relationship_", arch, f"{model} {view_type}")

    def test_salespeople_get_forms_with_tiers(self):
        salesperson = new_test_user(
            self.env, "screens_salesperson", groups="sales_team.group_sale_salesman"
        )
        for model in (*self.MODELS, "crm.lead"):
            self.assertIn("relationship_tier_id", self.get_arch(model, "form", salesperson))

    def test_policy_says_what_it_does(self):
        self.policy.write({"window_months": 6, "period": "quarterly", "fall": "step"})
        self.assertIn("the revenue invoiced in the last 6 months", self.policy.summary)
        self.assertIn(
            "The best 1 % are A · VIP, the next 4 % are B · Major, the next 15 % are "
            "C · Ordinary, all others D · Small.",
            self.policy.summary,
        )
        self.assertIn("at quarter-ends", self.policy.summary)
        self.assertIn("one tier at a time", self.policy.summary)

    def test_checklist_follows_what_is_done(self):
        setups = self.env["crm.relationship.setup"].with_company(self.company)
        setup = setups.create({})
        self.assertTrue(setup.has_policy)
        self.assertFalse(setup.has_run)
        self.assertFalse(setup.has_alert_users)
        admin = self.env.ref("base.user_admin")
        self.make_ranking([5], user_id=admin.id)
        self.make_ranking([4])
        self.recalculate()
        self.company.relationship_alert_user_ids = admin
        setup = setups.create({})
        self.assertTrue(setup.has_run)
        self.assertTrue(setup.has_alert_users)
        self.assertTrue(setup.has_salespeople)
        self.assertEqual(setup.unassigned_count, 1)

    def test_checklist_is_for_managers(self):
        salesperson = new_test_user(
            self.env, "setup_salesperson", groups="sales_team.group_sale_salesman"
        )
        with self.assertRaises(AccessError):
            self.env["crm.relationship.setup"].with_user(salesperson).create({})

    def test_manual_tier_is_taken_back(self):
        customers = self.make_ranking(range(20, 0, -1))
        self.recalculate()
        profile = self.get_profile(customers[9])
        profile.write({"override_tier_id": self.tiers["A"].id, "override_reason": "Signed"})
        wizards = self.env["crm.relationship.override"].with_context(
            active_model="crm.relationship.profile", active_ids=profile.ids
        )
        wizard = wizards.create({})
        self.assertEqual((wizard.tier_id, wizard.reason), (self.tiers["A"], "Signed"))
        wizard.action_take_back()
        self.assertFalse(profile.override_tier_id)
        self.assertEqual(profile.tier_id, self.tiers["D"])
