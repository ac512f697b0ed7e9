from datetime import date, timedelta

from freezegun import freeze_time

from odoo.tests import tagged

from ..common import RelationshipCase

TODAY = date(2025, 7, 10)
DAY = timedelta(days=1)


@tagged("post_install", "-at_install")
class TestLadderExplanation(RelationshipCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.startClassPatcher(freeze_time(TODAY))
        cls.salesperson = cls.new_user("why_own", "sales_team.group_sale_salesman")
        cls.manager = cls.new_user("why_manager", "sales_team.group_sale_manager")
        cls.buyers = cls.make_customers(5)
        cls.make_invoices(
            [
                (buyer, date(2025, 6, 1) + 7 * number * DAY, 100)
                for purchases, buyer in enumerate(cls.buyers, start=1)
                for number in range(purchases)
            ]
        )
        cls.stranger = cls.make_customers(1)
        cls.prospect = cls.make_customers(1)
        cls.lead = cls.env["crm.lead"].create(
            {
                "name": "Deal",
                "type": "opportunity",
                "partner_id": cls.prospect.id,
                "company_id": cls.company.id,
            }
        )
        cls.recalculate(as_of=TODAY)

    def explain(self, partner, user=None):
        partner = partner.with_user(user or self.salesperson)
        return partner.with_context(
            allowed_company_ids=self.company.ids
        ).relationship_ladder_explanation

    def test_a_contact_without_a_profile_is_a_suspect(self):
        text = self.explain(self.stranger)
        self.assertIn("stands on the step “Suspect”.", text)
        self.assertIn("To reach “Prospect” it needs: An open opportunity or quotation", text)
        partner = self.stranger.with_user(self.salesperson)
        action = partner.with_context(allowed_company_ids=self.company.ids).action_explain_ladder()
        self.assertEqual((action["res_model"], action["target"]), ("res.partner", "new"))
        self.assertFalse(self.get_profile(self.stranger))

    def test_a_prospect(self):
        text = self.explain(self.prospect)
        self.assertIn("“Prospect” since 07/10/2025", text)
        self.assertIn("1 open", text)
        self.assertIn("To reach “First-time Buyer” it needs: A first purchase", text)

    def test_each_buyer_and_what_it_needs(self):
        steps = ["first_time", "repeat", "repeat", "repeat", "client"]
        profiles = [self.get_profile(buyer) for buyer in self.buyers]
        self.assertEqual([profile.ladder_step for profile in profiles], steps)
        self.assertIn("(now: 1 purchase days)", self.explain(self.buyers[0]))
        self.assertIn(
            "To reach “Client” it needs: Purchases on at least 5 days (now: 4 purchase days)",
            self.explain(self.buyers[3]),
        )
        text = self.explain(self.buyers[4])
        self.assertIn("need not known, taken as given", text)
        self.assertIn("To reach “Member” it needs: An active loyalty card (now: 0 cards)", text)

    def test_the_share_decides_as_in_the_engine(self):
        client = self.buyers[4]
        profile = self.get_profile(client)
        for need, step in ((625.0, "client"), (625.01, "repeat"), (0, "client")):
            profile.yearly_need = need
            self.recalculate(as_of=TODAY)
            self.assertEqual(profile.ladder_step, step, need)
            rows = profile._prepare_ladder_explanation(TODAY)["steps"]
            best = [row["code"] for row in rows if row["holds"]][-1]
            self.assertEqual(best, step)

    def test_the_best_step_that_holds_is_the_customers(self):
        for mark in (False, "advocate", "disqualified"):
            profiles = self.env["crm.relationship.profile"].search(
                [("company_id", "=", self.company.id)]
            )
            profiles.ladder_mark = mark
            self.lead.active = mark != "disqualified"
            self.recalculate(as_of=TODAY, full=True)
            for profile in profiles:
                values = profile._prepare_ladder_explanation(TODAY)
                own = [row["code"] for row in values["steps"] if row["holds"]]
                best = own[-1] if own else values["beside"]["code"]
                self.assertEqual(best, profile.ladder_step, (mark, profile.purchase_count))
                self.assertEqual(
                    values["beside"]["holds"], profile.ladder_step == "disqualified", mark
                )

    def test_marks_that_do_not_count_are_told(self):
        prospect, buyer = self.get_profile(self.prospect), self.get_profile(self.buyers[0])
        prospect.ladder_mark = "advocate"
        buyer.ladder_mark = "disqualified"
        self.assertIn("counts from the first purchase on", self.explain(self.prospect))
        self.assertIn("the purchase counts more", self.explain(self.buyers[0]))

    def test_a_colleagues_customer_is_not_explained(self):
        self.buyers[4].user_id = self.manager
        text = self.explain(self.buyers[4])
        self.assertIn("is a customer of somebody else", text)
        self.assertNotIn("purchase days", text)
        self.assertIn("“Client”", self.explain(self.buyers[4], self.manager))

    def test_names_are_escaped(self):
        self.buyers[0].name = "<script>alert(1)</script>"
        self.assertNotIn("<script>", self.explain(self.buyers[0]))
