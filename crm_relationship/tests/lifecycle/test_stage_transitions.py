from datetime import date, timedelta

from odoo.tests import tagged

from .common import LifecycleCase

APRIL, MAY, JUNE = date(2025, 4, 30), date(2025, 5, 31), date(2025, 6, 30)
JULY, AUGUST = date(2025, 7, 31), date(2025, 8, 31)


def days_before(day, *silences):
    """Return purchases of 100 so many days before ``day``."""
    return [(day - timedelta(days=silence), 100) for silence in silences]


@tagged("post_install", "-at_install")
class TestStageTransitions(LifecycleCase):
    """Ways through the lifecycle, one at a time."""

    def make_customer(self, purchases):
        customer = self.make_customers(1)
        self.buy({customer: purchases})
        return customer

    def make_regular(self, last, interval=20, count=4):
        return self.make_customer(
            days_before(last, *(interval * number for number in range(count)))
        )

    def test_a_silence_of_exactly_twice_the_rhythm_is_no_decline(self):
        customer = self.make_regular(last=date(2025, 5, 1), interval=20)
        self.recalculate(date(2025, 6, 10))
        self.assertEqual(self.get_stage(customer), "formation")
        profile = self.get_profile(customer)
        self.assertEqual(profile.next_due_date, date(2025, 6, 11))
        self.forget_writes()
        run = self.recalculate(date(2025, 6, 11))
        self.assertEqual((run.kind, run.scope_count), ("incremental", 1))
        self.assertEqual(self.get_stage(customer), "decline")
        self.assertEqual(self.get_profile(customer).stage_date, date(2025, 6, 11))

    def test_a_daily_buyer_does_not_decline_over_a_weekend(self):
        customer = self.make_regular(last=date(2025, 6, 6), interval=1, count=30)
        for day in (date(2025, 6, 9), date(2025, 7, 5)):
            self.recalculate(day)
            self.assertNotIn(self.get_stage(customer), ("decline", "lost"))
        self.forget_writes()
        self.recalculate(date(2025, 7, 6))
        self.assertEqual(self.get_stage(customer), "decline")

    def test_lost_needs_half_a_year_of_silence(self):
        customer = self.make_regular(last=date(2025, 1, 1), interval=5, count=30)
        self.recalculate(date(2025, 6, 29))
        self.assertEqual(self.get_stage(customer), "decline")
        self.forget_writes()
        self.recalculate(JUNE)
        self.assertEqual(self.get_stage(customer), "lost")

    def test_a_large_first_order_is_no_decline_by_comparison(self):
        purchases = [(date(2023, 7, 15), 10_000)] + [
            (date(2024, 7, 15) + timedelta(days=30 * number), 10) for number in range(12)
        ]
        young = self.make_customer([(day + timedelta(days=1), money) for day, money in purchases])
        self.recalculate(date(2025, 7, 14))
        self.assertNotIn(self.get_stage(young), ("decline", "lost"))

    def test_a_fall_of_revenue_is_a_decline_after_two_windows(self):
        beginning = [(date(2023, 6, 30), 10), (date(2024, 2, 1), 1000)]
        recent = [(date(2024, 9, 1) + timedelta(days=30 * number), 50) for number in range(10)]
        declining = self.make_customer([*beginning, *recent[:-1], (JUNE, 49)])
        half = self.make_customer([*beginning, *recent])
        self.recalculate(JUNE)
        self.assertEqual(self.get_profile(declining).revenue, 499)
        self.assertEqual(self.get_stage(declining), "decline")
        self.assertEqual(self.get_profile(half).revenue, 500)
        self.assertEqual(self.get_stage(half), "formation")

    def test_stability_asks_for_four_fifths_of_the_former_revenue(self):
        beginning = [(date(2023, 6, 30), 10), (date(2024, 2, 1), 1000)]
        recent = [(date(2024, 9, 1) + timedelta(days=30 * number), 80) for number in range(10)]
        stable = self.make_customer([*beginning, *recent])
        weak = self.make_customer([*beginning, *recent[:-1], (JUNE, 79)])
        self.recalculate(JUNE)
        self.assertEqual(
            [self.get_stage(customer) for customer in (stable, weak)], ["stability", "formation"]
        )

    def test_up_by_one_step_at_each_month_end(self):
        customer = self.make_customers(1)
        self.env["crm.lead"].create(
            {
                "name": "Interested",
                "type": "opportunity",
                "partner_id": customer.id,
                "company_id": self.company.id,
            }
        )
        self.recalculate(APRIL)
        self.assertEqual(self.get_stage(customer), "prospect")
        # Old purchases are entered: by the rule it is stable, and climbs all the same.
        self.buy({customer: days_before(APRIL, *range(0, 500, 20))})
        self.recalculate(date(2025, 5, 5))
        self.assertEqual(self.get_stage(customer), "prospect")
        found = []
        for day in (MAY, JUNE, JULY, AUGUST):
            self.buy({customer: [(day, 100)]})
            self.recalculate(day)
            found.append(self.get_stage(customer))
        self.assertEqual(found, ["exploration", "formation", "stability", "stability"])
        self.assertEqual(self.get_profile(customer).stage_date, JULY)

    def test_missed_month_ends_are_made_up_one_by_one(self):
        customer = self.make_regular(last=APRIL, interval=10, count=3)
        self.recalculate(APRIL)
        self.assertEqual(self.get_stage(customer), "exploration")
        self.buy({customer: days_before(AUGUST, *range(0, 120, 10))})
        self.recalculate(AUGUST)
        self.assertEqual(
            self.get_stage_changes(customer),
            [
                (APRIL, False, "exploration", "opening"),
                (JULY, "exploration", "formation", "up"),
            ],
        )

    def test_the_first_placement_goes_straight_to_the_rule(self):
        self.recalculate(APRIL)
        customer = self.make_customer(days_before(date(2025, 5, 9), *range(0, 500, 20)))
        self.recalculate(date(2025, 5, 10))
        self.assertEqual(self.get_stage(customer), "stability")
        self.assertEqual(self.get_stage_changes(customer)[0][3], "placed")

    def test_won_back_at_the_month_end(self):
        customer = self.make_regular(last=date(2025, 4, 1), interval=15, count=10)
        self.recalculate(APRIL)
        self.recalculate(MAY)
        self.assertEqual(self.get_stage(customer), "decline")
        self.buy({customer: [(date(2025, 6, 10), 100)]})
        self.recalculate(date(2025, 6, 11))
        self.assertEqual(self.get_stage(customer), "decline")
        self.recalculate(JUNE)
        self.assertEqual(self.get_stage(customer), "formation")
        self.assertEqual(
            self.get_stage_changes(customer)[-1], (JUNE, "decline", "formation", "won_back")
        )

    def test_a_purchase_on_the_day_it_declined_wins_it_back(self):
        customer = self.make_regular(last=date(2025, 4, 30), interval=15, count=10)
        self.recalculate(MAY)
        self.assertEqual(self.get_profile(customer).stage_date, MAY)
        self.assertEqual(self.get_stage(customer), "decline")
        self.buy({customer: [(MAY, 100)]})
        self.recalculate(JUNE)
        self.assertEqual(self.get_stage(customer), "formation")

    def test_a_new_customer_is_won_back_to_exploration(self):
        customer = self.make_customer([(date(2025, 1, 1), 100)])
        self.company.relationship_rhythm_days = 30
        self.recalculate(APRIL)
        self.assertEqual(self.get_stage(customer), "decline")
        self.buy({customer: [(date(2025, 5, 20), 100)]})
        self.recalculate(MAY)
        self.assertEqual(self.get_stage(customer), "exploration")

    def test_without_a_purchase_nobody_comes_back(self):
        customer = self.make_regular(last=date(2024, 9, 1), interval=10, count=10)
        self.recalculate(MAY)
        self.assertEqual(self.get_stage(customer), "lost")
        # Other limits: by the rule it would be no more than declining, or nothing at all.
        for values in (
            {"silence_factor": 100, "silence_days_min": 180},
            {"silence_factor": 100, "silence_days_min": 5000},
        ):
            self.stages["lost"].write(values)
            self.recalculate(JUNE)
            self.assertEqual(self.get_stage(customer), "lost")
        self.stages["decline"].silence_factor = 100
        self.recalculate(JULY)
        self.assertEqual(self.get_stage(customer), "lost")

    def test_lost_comes_back_to_decline_by_a_purchase(self):
        customer = self.make_customer(
            [(date(2022, 6, 30), 10), *days_before(MAY, *range(370, 700))]
        )
        self.recalculate(MAY)
        self.assertEqual(self.get_stage(customer), "lost")
        self.buy({customer: [(date(2025, 6, 1), 1)]})
        self.recalculate(date(2025, 6, 2))
        profile = self.get_profile(customer)
        self.assertLess(profile.revenue * 2, profile.revenue_previous)
        self.assertEqual(self.get_stage(customer), "decline")

    def test_the_rhythm_of_all_is_frozen_until_the_next_month_end(self):
        regulars = [self.make_regular(last=MAY, interval=10) for _number in range(3)]
        once = self.make_customer([(date(2025, 5, 15), 100)])
        self.recalculate(MAY)
        self.assertEqual(self.get_frozen_rhythm(MAY), 10)
        # 30 days at least, whatever the rhythm; the regulars slow down meanwhile.
        self.buy({customer: [(date(2025, 6, 13), 100)] for customer in regulars})
        self.recalculate(date(2025, 6, 13))
        self.assertEqual(self.get_stage(once), "exploration")
        self.forget_writes()
        self.recalculate(date(2025, 6, 14))
        self.assertEqual(self.get_stage(once), "decline")
        self.recalculate(JUNE)
        self.assertEqual(self.get_frozen_rhythm(JUNE), 10.75)

    def test_without_a_rhythm_the_usual_one_holds(self):
        customer = self.make_customer([(date(2025, 1, 1), 100)])
        self.recalculate(date(2025, 6, 30))
        self.assertIsNone(self.get_frozen_rhythm(JUNE))
        self.assertEqual(self.get_stage(customer), "exploration")
        self.forget_writes()
        self.recalculate(date(2025, 7, 1))
        self.assertEqual(self.get_stage(customer), "decline")

    def test_an_archived_customer_keeps_its_stage(self):
        customer = self.make_regular(last=MAY, interval=10)
        self.recalculate(MAY)
        customer.active = False
        self.recalculate(AUGUST)
        self.assertEqual(self.get_stage(customer), "exploration")
        customer.active = True
        self.recalculate(date(2025, 9, 1))
        self.assertEqual(self.get_stage(customer), "decline")

    def test_without_a_tier_policy_there_are_stages(self):
        self.policy.state = "retired"
        customer = self.make_regular(last=MAY, interval=10)
        self.recalculate(MAY)
        self.assertEqual(self.get_stage(customer), "exploration")
        self.recalculate(AUGUST)
        self.assertEqual(self.get_stage(customer), "decline")

    def test_whose_invoices_are_all_cancelled_is_a_prospect(self):
        customer = self.make_regular(last=MAY, interval=10)
        self.env["crm.lead"].create(
            {
                "name": "Open",
                "type": "opportunity",
                "partner_id": customer.id,
                "company_id": self.company.id,
            }
        )
        self.recalculate(AUGUST)
        self.assertEqual(self.get_stage(customer), "decline")
        self.env.cr.execute(
            "UPDATE account_move SET state = 'cancel', write_date = %s WHERE partner_id = %s",
            [self.env.cr.now(), customer.id],
        )
        self.recalculate(date(2025, 9, 30))
        self.assertEqual(self.get_stage(customer), "prospect")

    def test_who_leaves_is_in_the_history(self):
        customer = self.make_regular(last=MAY, interval=10)
        self.recalculate(MAY)
        customer.relationship_excluded = True
        self.recalculate(JUNE)
        self.assertFalse(self.get_profile(customer))
        last = self.get_stage_changes(customer)[-1]
        self.assertEqual(last, (JUNE, "exploration", False, "left"))

    def test_dismissed_stays_lost_whatever_it_buys(self):
        customer = self.make_regular(last=MAY, interval=10)
        self.recalculate(MAY)
        self.get_profile(customer).sudo().write({"dismissed_date": date(2025, 6, 1)})
        self.recalculate(date(2025, 6, 2))
        self.assertEqual(self.get_stage(customer), "lost")
        self.assertEqual(self.get_stage_changes(customer)[-1][3], "dismissed")
        for day in (JUNE, JULY):
            self.buy({customer: [(day, 100)]})
            self.recalculate(day)
            self.assertEqual(self.get_stage(customer), "lost")
        self.get_profile(customer).sudo().write({"dismissed_date": False})
        self.recalculate(AUGUST)
        self.assertEqual(self.get_stage(customer), "formation")

    def test_two_runs_of_a_day_change_nothing(self):
        self.make_regular(last=MAY, interval=10)
        self.recalculate(JUNE)
        run = self.recalculate(JUNE, full=True)
        self.assertEqual((run.updated_count, run.change_count), (0, 0))

    def test_companies_grade_by_their_own_limits(self):
        second = self.create_company("Second Ltd")
        customer = self.make_regular(last=MAY, interval=10)
        self.make_invoices([(customer, *made[:2]) for made in self.purchases[customer]], second)
        stages = self.env["crm.relationship.stage"]._get_of_company(second)
        stages.filtered(lambda stage: stage.code == "decline").silence_days_min = 31
        day = date(2025, 6, 30)
        self.recalculate(day, company=self.company + second)
        found = [self.get_stages(company)[customer.id] for company in (self.company, second)]
        self.assertEqual(found, ["decline", "exploration"])

    def test_a_purchase_of_the_new_month_does_not_count_for_the_old_one(self):
        """Recalculating somebody in the morning leaves the month-end to its own day."""
        self.policy.period = "quarterly"
        customer = self.make_regular(last=date(2025, 1, 20), interval=10, count=4)
        self.recalculate(date(2025, 3, 31))
        self.assertEqual(self.get_stage(customer), "decline")
        self.buy({customer: [(date(2025, 5, 1), 100)]})
        self.patch(type(self.company), "_get_relationship_today", lambda company: date(2025, 5, 1))
        runs = self.env["crm.relationship.run"]
        runs.recalculate(companies=self.company, partners=customer)
        self.forget_writes()
        runs.recalculate(companies=self.company)
        self.assertEqual(self.get_stage(customer), "decline")
        self.recalculate(MAY)
        self.assertEqual(self.get_stage_changes(customer)[-1][0], MAY)

    def test_a_company_from_before_the_stages_gets_them_with_the_next_run(self):
        self.env.cr.execute(
            "DELETE FROM crm_relationship_stage WHERE company_id = %s", [self.company.id]
        )
        self.env.invalidate_all()
        customer = self.make_regular(last=MAY, interval=10)
        self.recalculate(MAY)
        self.assertEqual(self.get_stage(customer), "exploration")
