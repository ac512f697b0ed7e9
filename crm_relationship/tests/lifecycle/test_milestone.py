import random
from datetime import date, timedelta

from freezegun import freeze_time

from odoo.exceptions import AccessError
from odoo.tests import Form, tagged

from ...models.lifecycle.tenure import anniversary, completed_years
from ..common import RelationshipCase

DAY = timedelta(days=1)

FEBRUARY = date(2020, 2, 29)


class MilestoneCase(RelationshipCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.salesperson = cls.new_user("milestone_own", "sales_team.group_sale_salesman")
        milestones = cls.env["crm.relationship.milestone"].search([])
        cls.years = milestones.sorted("years").mapped("years")

    @classmethod
    def make_profiles(cls, days, company=None):
        """Insert customers that first bought on ``days``; return their profiles, in order."""
        customers = cls.make_customers(len(days))
        profiles = cls.env["crm.relationship.profile"].create(
            [
                {
                    "partner_id": customer.id,
                    "company_id": (company or cls.company).id,
                    "first_purchase_date": day,
                    "purchase_count": 1,
                }
                for customer, day in zip(customers, days, strict=True)
            ]
        )
        cls.env.flush_all()
        return profiles

    def read_tenure(self, profile):
        profile.invalidate_recordset()
        return (
            profile.tenure_years,
            profile.milestone_id.years,
            profile.next_milestone_id.years,
            profile.next_milestone_date,
        )


@tagged("post_install", "-at_install")
class TestMilestone(MilestoneCase):
    def test_the_day_itself_and_its_neighbours(self):
        (profile,) = self.make_profiles([date(2020, 7, 10)])
        expected = {
            "2025-07-09": (4, 1, 5, date(2025, 7, 10)),
            "2025-07-10": (5, 5, 5, date(2025, 7, 10)),
            "2025-07-11": (5, 5, 10, date(2030, 7, 10)),
        }
        for today, values in expected.items():
            with freeze_time(f"{today} 12:00:00"):
                self.assertEqual(self.read_tenure(profile), values, today)

    def test_the_29th_of_february(self):
        (profile,) = self.make_profiles([FEBRUARY])
        expected = {
            "2021-02-27": (0, 0, 1, date(2021, 2, 28)),
            "2021-02-28": (1, 1, 1, date(2021, 2, 28)),
            "2021-03-01": (1, 1, 5, date(2025, 2, 28)),
            "2024-02-28": (3, 1, 5, date(2025, 2, 28)),
            "2024-02-29": (4, 1, 5, date(2025, 2, 28)),
            "2025-02-28": (5, 5, 5, date(2025, 2, 28)),
            "2040-02-28": (19, 15, 20, date(2040, 2, 29)),
            "2040-02-29": (20, 20, 20, date(2040, 2, 29)),
        }
        for today, values in expected.items():
            with freeze_time(f"{today} 12:00:00"):
                self.assertEqual(self.read_tenure(profile), values, today)
                self.assert_found(profile, *values)

    def test_the_28th_of_february(self):
        (profile,) = self.make_profiles([date(2019, 2, 28)])
        with freeze_time("2024-02-28 12:00:00"):
            self.assertEqual(self.read_tenure(profile), (5, 5, 5, date(2024, 2, 28)))
        with freeze_time("2024-02-29 12:00:00"):
            self.assertEqual(self.read_tenure(profile), (5, 5, 10, date(2029, 2, 28)))

    def assert_found(self, profile, years, reached, coming, day):
        """Check that SQL finds the profile by the same values."""
        domain = [
            ("id", "=", profile.id),
            ("tenure_years", "=", years),
            ("milestone_id.years", "=", reached) if reached else ("milestone_id", "=", False),
            ("next_milestone_id.years", "=", coming),
            ("next_milestone_date", "=", day),
        ]
        self.assertEqual(profile.search(domain), profile)

    def test_thirty_days_include_today_and_the_last_one(self):
        with freeze_time("2025-01-30 12:00:00"):
            today = date(2025, 1, 30)
            days = {
                FEBRUARY: True,  # on the 28th, in 29 days
                date(2020, 3, 1): True,  # in 30 days
                date(2020, 3, 2): False,
                date(2020, 1, 30): True,
                date(2020, 1, 29): False,
                date(2021, 2, 10): False,  # four years are no milestone
            }
            profiles = self.make_profiles(list(days))
            self.assertEqual(profiles.mapped("is_milestone_near"), list(days.values()))
            found = profiles.search(
                [("id", "in", profiles.ids), ("is_milestone_near", "=", True)], order="id"
            )
            self.assertEqual(found, profiles.filtered("is_milestone_near"))
            self.assertEqual(anniversary(FEBRUARY, 5), today + 29 * DAY)

    def test_today_is_the_companys(self):
        (profile,) = self.make_profiles([date(2020, 7, 10)])
        east = self.create_company("East Ltd")
        east.resource_calendar_id.tz = "Pacific/Auckland"
        self.company.resource_calendar_id.tz = "UTC"
        (eastern,) = self.make_profiles([date(2020, 7, 10)], east)
        with freeze_time("2025-07-09 20:00:00"):
            self.assertEqual((profile.tenure_years, eastern.tenure_years), (4, 5))
            found = profile.search(
                [("id", "in", (profile + eastern).ids), ("tenure_years", "=", 5)]
            )
            self.assertEqual(found, eastern)

    def test_no_purchase_no_milestone(self):
        (profile,) = self.make_profiles([False])
        self.assertEqual(self.read_tenure(profile), (0, 0, 0, False))
        self.assertEqual(
            profile.search([("id", "=", profile.id), ("next_milestone_id", "=", False)]), profile
        )
        self.assertFalse(
            profile.search([("id", "=", profile.id), ("is_milestone_near", "=", True)])
        )

    def test_without_any_milestone(self):
        (profile,) = self.make_profiles([date(2020, 7, 10)])
        self.env["crm.relationship.milestone"].search([]).active = False
        with freeze_time("2025-07-10 12:00:00"):
            self.assertEqual(self.read_tenure(profile), (5, 0, 0, False))
            self.assertFalse(profile.search([("next_milestone_date", "!=", False)]))


@tagged("post_install", "-at_install")
class TestMilestoneOracle(MilestoneCase):
    """The SQL that finds, orders and groups, against plain Python on random dates."""

    TODAYS = (date(2024, 2, 29), date(2025, 2, 28), date(2025, 3, 1), date(2025, 12, 31))

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        dice = random.Random(4)
        start = date(1970, 1, 1).toordinal()
        days = [date.fromordinal(dice.randint(start, start + 20000)) for _number in range(300)]
        days += [date(year, 2, 29) for year in range(1972, 2024, 4)]
        days += [date(year, 2, 28) for year in range(1972, 2024, 3)]
        days += [date(year, 3, 1) for year in range(1972, 2024, 5)]
        cls.profiles = cls.make_profiles([day for day in days if day < min(cls.TODAYS)])

    def expect(self, first, today):
        """Return tenure, milestone, coming one and its date by counting up the years."""
        falls = [(years, anniversary(first, years)) for years in self.years]
        reached = [years for years, day in falls if day <= today]
        coming = [(years, day) for years, day in falls if day >= today]
        tenure = sum(anniversary(first, years) <= today for years in range(1, 200))
        return tenure, reached[-1] if reached else 0, *(coming[0] if coming else (0, False))

    def test_records_and_searches(self):
        ids = [("id", "in", self.profiles.ids)]
        for today in self.TODAYS:
            with freeze_time(f"{today} 12:00:00"):
                self.profiles.invalidate_recordset()
                expected = {
                    each: self.expect(each.first_purchase_date, today) for each in self.profiles
                }
                for profile, values in expected.items():
                    self.assertEqual(self.read_tenure(profile), values)
                self.assert_searches(ids, expected, today)

    def assert_searches(self, ids, expected, today):
        search = self.profiles.search
        for years in (0, 1, 4, 5, 25):
            self.assertEqual(
                set(search([*ids, ("tenure_years", ">=", years)])),
                {profile for profile, values in expected.items() if values[0] >= years},
            )
        for milestone in self.env["crm.relationship.milestone"].search([]):
            for name, place in (("milestone_id", 1), ("next_milestone_id", 2)):
                self.assertEqual(
                    set(search([*ids, (name, "=", milestone.id)])),
                    {each for each, values in expected.items() if values[place] == milestone.years},
                )
        last = today + 30 * DAY
        near = {each for each, values in expected.items() if values[3] and values[3] <= last}
        self.assertTrue(near)
        self.assertEqual(set(search([*ids, ("is_milestone_near", "=", True)])), near)
        self.assertEqual(set(search([*ids, ("next_milestone_date", "<=", last)])), near)

    def test_order_and_groups(self):
        with freeze_time("2025-07-10 12:00:00"):
            self.profiles.invalidate_recordset()
            ids = [("id", "in", self.profiles.ids)]
            found = self.profiles.search(ids, order="next_milestone_date, id")
            key = lambda each: (each.next_milestone_date or date.max, each.id)  # noqa: E731
            self.assertEqual(found, self.profiles.sorted(key))
            groups = self.profiles._read_group(ids, ["milestone_id"], ["__count"])
            counted = {
                milestone: len(profiles)
                for milestone, profiles in self.profiles.grouped("milestone_id").items()
            }
            self.assertEqual(dict(groups), counted)

    def test_plain_functions_agree(self):
        for profile in self.profiles:
            first = profile.first_purchase_date
            for today in self.TODAYS:
                self.assertEqual(completed_years(first, today), self.expect(first, today)[0])


@tagged("post_install", "-at_install")
class TestMilestoneOnPartners(MilestoneCase):
    def test_partners_show_search_and_sort(self):
        with freeze_time("2025-07-10 12:00:00"):
            days = [date(2020, 8, 1), date(2020, 7, 15), date(2024, 8, 9), date(2024, 8, 10)]
            profiles = self.make_profiles(days)
            customers = profiles.partner_id
            stranger = self.make_customers(1)
            partners = self.env["res.partner"].with_user(self.salesperson)
            partners = partners.with_context(allowed_company_ids=self.company.ids)
            ids = [("id", "in", (customers + stranger).ids)]
            near = partners.search(
                [*ids, ("relationship_is_milestone_near", "=", True)],
                order="relationship_next_milestone_date",
            )
            self.assertEqual(near.ids, [customers[number].id for number in (1, 0, 2)])
            self.assertEqual(near.mapped("relationship_tenure_years"), [4, 4, 0])
            names = [partner.relationship_next_milestone_id.name for partner in near]
            self.assertEqual(names, ["Wood Anniversary", "Wood Anniversary", "Paper Anniversary"])
            groups = partners._read_group(ids, ["relationship_next_milestone_id"], ["__count"])
            counts = {milestone.name: count for milestone, count in groups}
            self.assertEqual(counts, {"Paper Anniversary": 2, "Wood Anniversary": 2, False: 1})
            others = partners.search([*ids, ("relationship_is_milestone_near", "=", False)])
            self.assertEqual(set(others.ids), {customers[3].id, stranger.id})

    def test_the_list_of_the_coming_thirty_days(self):
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "crm_relationship.crm_relationship_coming_milestone_action"
        )
        with freeze_time("2025-07-10 12:00:00"):
            profiles = self.make_profiles([date(2020, 8, 1), date(2020, 9, 1)])
            found = profiles.with_user(self.salesperson).search(
                [
                    ("company_id", "=", self.company.id),
                    ("is_milestone_near", "=", True),
                    ("tier_standing", "!=", "frozen"),
                ]
            )
            self.assertEqual(found.ids, profiles[:1].ids)
            self.assertEqual(found.next_milestone_years, 5)
        self.assertIn("is_milestone_near", action["domain"])

    def test_managers_name_milestones(self):
        milestones = self.env["crm.relationship.milestone"]
        manager = self.new_user("milestone_manager", "sales_team.group_sale_manager")
        milestones.with_user(manager).create({"name": "Leather", "years": 3})
        with self.assertRaises(AccessError):
            milestones.with_user(self.salesperson).create({"name": "Linen", "years": 4})
        (profile,) = self.make_profiles([date(2022, 1, 1)])
        with freeze_time("2025-07-10 12:00:00"):
            self.assertEqual(profile.milestone_id.name, "Leather")
        with Form(milestones.with_user(manager).search([("years", "=", 3)])) as form:
            form.name = "Lace"

    def test_no_more_queries_for_more_customers(self):
        names = [
            "relationship_tenure_years",
            "relationship_next_milestone_id",
            "relationship_ladder_step",
            "relationship_ladder_mark",
            "relationship_need_share",
        ]
        with freeze_time("2025-07-10 12:00:00"):
            days = [date(2020, 7, day) for day in range(1, 31)]
            ids = self.make_profiles(days).partner_id.ids
            counts = [self.count_queries(ids[:quantity], names) for quantity in (3, 3, 30)]
        self.assertEqual(*counts[1:])

    def count_queries(self, ids, names):
        partners = self.env["res.partner"].with_user(self.salesperson).browse(ids)
        self.env.flush_all()
        self.env.invalidate_all()
        before = self.env.cr.sql_log_count
        partners.read(names)
        return self.env.cr.sql_log_count - before
