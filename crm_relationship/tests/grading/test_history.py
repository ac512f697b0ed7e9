from datetime import date

from odoo.exceptions import AccessError, ValidationError
from odoo.tests import tagged

from ..common import RelationshipCase

BEFORE = date(2025, 4, 29)
FIRST = date(2025, 4, 30)
SECOND = date(2025, 5, 31)
LAST = date(2025, 6, 30)


@tagged("post_install", "-at_install")
class TestHistory(RelationshipCase):
    """20 customers at 300 a month; one rises to the top, its former holder falls."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.policy.write({"grace_evaluations": 1})
        cls.customers = cls.make_ranking(range(20, 0, -1), day=date(2025, 4, 3))
        cls.recalculate(FIRST)
        cls.top, cls.riser, cls.small = cls.customers[0], cls.customers[10], cls.customers[19]
        cls.newcomer = cls.make_ranking([2], day=date(2025, 5, 10))
        cls.make_invoices([(cls.riser, date(2025, 5, 20), 500)])
        cls.recalculate(SECOND)
        cls.profiles = cls.env["crm.relationship.profile"]
        cls.migration = cls.env["crm.relationship.migration"].with_company(cls.company)

    def on(self, *values):
        """Return the company's customers that ``tier_on`` finds."""
        domain = [("company_id", "=", self.company.id), ("tier_on", "in", list(values))]
        return self.profiles.search(domain).partner_id

    def get_cells(self, user=None, **days):
        """Return ``{(from, to): (customers, direction)}``."""
        days = {"date_from": str(FIRST), "date_to": str(SECOND), **days}
        migration = self.migration.with_user(user) if user else self.migration
        cells = migration.get_migration(self.company.id, **days)["cells"]
        return {(cell["from"], cell["to"]): (cell["count"], cell["direction"]) for cell in cells}

    # ---------------------------------------------------------------- tier_on

    def test_tier_on_a_day(self):
        self.assertEqual(self.on(f"A@{FIRST}"), self.top)
        self.assertEqual(self.on("A@2025-05-30"), self.top)
        self.assertEqual(self.on(f"A@{SECOND}"), self.riser)
        self.assertFalse(self.on(f"A@{BEFORE}"))
        self.assertEqual(len(self.on(f"A@{FIRST}", f"D@{FIRST}")), 1 + 16)

    def test_tier_on_without_a_tier(self):
        self.assertEqual(self.on(f"@{FIRST}"), self.newcomer)
        self.assertEqual(len(self.on(f"@{BEFORE}")), 21)
        self.assertFalse(self.on(f"@{SECOND}"))

    def test_tier_on_in_larger_domains(self):
        company = ("company_id", "=", self.company.id)
        moved = [
            company,
            ("tier_on", "=like", f"A@{FIRST}"),
            ("tier_on", "not =like", f"A@{SECOND}"),
        ]
        self.assertEqual(self.profiles.search(moved).partner_id, self.top)
        either = ["|", ("tier_on", "=", f"A@{FIRST}"), ("tier_on", "=", f"A@{SECOND}")]
        self.assertEqual(self.profiles.search([company, *either]).partner_id, self.top + self.riser)
        others = self.profiles.search_count([company, ("tier_on", "!=", f"A@{FIRST}")])
        self.assertEqual(others, 20)
        partners = self.env["res.partner"].with_company(self.company)
        found = partners.search([("relationship_profile_id.tier_on", "=", f"A@{SECOND}")])
        self.assertEqual(found, self.riser)

    def test_tier_on_counts_decisions_of_the_day(self):
        profile = self.get_profile(self.small)
        self.patch(type(self.company), "_get_relationship_today", lambda company: LAST)
        profile.write({"override_tier_id": self.tiers["B"].id, "override_reason": "Friend"})
        self.assertIn(self.small, self.on(f"B@{LAST}"))
        self.assertIn(self.small, self.on("D@2025-06-29"))

    def test_tier_on_bad_values(self):
        for value in ("A", "A@31.12.2025", "A@2025-02-30", "", False, 5):
            with self.subTest(value=value), self.assertRaises(ValidationError):
                self.on(value)

    def test_tier_on_is_only_searched_by(self):
        described = self.profiles.fields_get(["tier_on"])["tier_on"]
        self.assertTrue(described["searchable"])
        for name in ("sortable", "groupable", "exportable", "store"):
            self.assertFalse(described[name], name)

    # -------------------------------------------------------------- migration

    def test_migration_counts_from_tier_to_tier(self):
        cells = self.get_cells()
        self.assertEqual(sum(count for count, _direction in cells.values()), 21)
        self.assertEqual(cells["D", "A"], (1, "up"))
        self.assertEqual(cells["A", "B"], (1, "down"))
        self.assertEqual(cells["", "D"], (1, "entered"))
        self.assertEqual(cells["D", "D"][1], "same")

    def test_migration_cells_open_their_customers(self):
        for (former, latter), (count, _direction) in self.get_cells().items():
            domain = [
                ("company_id", "=", self.company.id),
                ("tier_on", "=like", f"{former}@{FIRST}"),
                ("tier_on", "=like", f"{latter}@{SECOND}"),
            ]
            self.assertEqual(self.profiles.search_count(domain), count)

    def test_migration_of_a_day_to_itself_moves_nobody(self):
        cells = self.get_cells(date_to=str(FIRST))
        self.assertEqual({direction for _count, direction in cells.values()}, {"same"})

    def test_migration_of_customers_without_a_document_left(self):
        self.env.cr.execute(
            "UPDATE account_move SET state = 'cancel' WHERE partner_id = %s", [self.small.id]
        )
        self.recalculate(LAST, full=True)
        data = self.migration.get_migration(self.company.id, str(FIRST), str(LAST))
        self.assertEqual(data["left_count"], 1)
        self.assertEqual(sum(cell["count"] for cell in data["cells"]), 20)

    def test_migration_between_policies_has_no_direction(self):
        policy = self.policy.copy({"name": "Gold"})
        for tier, code in zip(policy.tier_ids, "GSBW", strict=True):
            tier.code = code
        policy.action_activate()
        self.recalculate(LAST)
        cells = self.get_cells(date_to=str(LAST))
        self.assertEqual(cells["D", "W"][1], "policy")
        tiers = self.migration.get_migration(self.company.id, str(FIRST), str(LAST))["tiers"]
        self.assertEqual([tier["code"] for tier in tiers], [*"GSBW", *"ACD"])

    def test_migration_of_own_customers_only(self):
        user, other = (
            self.new_user(login, "sales_team.group_sale_salesman")
            for login in ("migration_own", "migration_other")
        )
        self.customers.user_id = other
        self.riser.user_id = user
        self.assertEqual(self.get_cells(user), {("D", "A"): (1, "up"), ("", "D"): (1, "entered")})

    def test_migration_is_not_for_everybody(self):
        employee = self.new_user("migration_employee", "base.group_user")
        second = self.create_company("Second Ltd")
        stranger = self.new_user("migration_stranger", "sales_team.group_sale_manager", second)
        for user in (employee, stranger):
            with self.assertRaises(AccessError):
                self.get_cells(user)

    def test_migration_bad_days(self):
        for days in (
            {"date_from": "yesterday"},
            {"date_from": str(LAST), "date_to": str(FIRST)},
        ):
            with self.subTest(**days), self.assertRaises(ValidationError):
                self.get_cells(**days)

    def test_migration_presets(self):
        self.recalculate(date(2025, 7, 18))
        data = self.migration.get_migration(self.company.id)
        spans = {
            preset["key"]: (preset["date_from"], preset["date_to"]) for preset in data["presets"]
        }
        self.assertEqual(
            spans,
            {"month": ("2025-05-31", "2025-06-30"), "all": ("2025-04-30", "2025-07-18")},
        )
        self.assertEqual((data["date_from"], data["date_to"]), spans["month"])

    def test_migration_without_a_history(self):
        empty = self.create_company("Empty Ltd")
        data = self.migration.with_company(empty).get_migration()
        self.assertFalse(data["first_date"] or data["is_comparable"] or data["cells"])

    def test_migration_queries_do_not_grow(self):
        counts = []
        self.get_cells()
        for quantity in (1, 30):
            self.make_ranking(range(quantity), day=date(2025, 6, 3))
            self.recalculate(date(2025, 6, 1 + quantity % 29))
            self.env.invalidate_all()
            before = self.cr.sql_log_count
            self.get_cells()
            counts.append(self.cr.sql_log_count - before)
        self.assertEqual(counts[0], counts[1])

    # ------------------------------------------------------------ line, trend

    def test_line_has_the_changes_in_order(self):
        line = self.get_profile(self.riser).get_tier_line()
        self.assertEqual([point["code"] for point in line["points"]], ["D", "A"])
        self.assertEqual([point["date"] for point in line["points"]], [str(FIRST), str(SECOND)])
        self.assertEqual([tier["code"] for tier in line["tiers"]], [*"ABCD"])
        self.assertEqual(line["until"], str(SECOND))
        self.assertIn("reaches the cut", line["points"][1]["reason"])

    def test_line_of_anothers_customer(self):
        user = self.new_user("line_own", "sales_team.group_sale_salesman")
        self.riser.user_id = self.env.ref("base.user_admin")
        with self.assertRaises(AccessError):
            self.get_profile(self.riser).with_user(user).get_tier_line()

    def test_trend_counts_the_last_evaluation_of_a_month(self):
        self.policy.period = "daily"
        for day in (date(2025, 6, 10), date(2025, 6, 11), date(2025, 6, 12)):
            self.recalculate(day)
        cuts = self.env["crm.relationship.tier.cut"]
        company = [("company_id", "=", self.company.id)]
        last = cuts.search([*company, ("is_last_of_month", "=", True)])
        self.assertEqual(set(last.mapped("date")), {FIRST, SECOND, date(2025, 6, 12)})
        others = cuts.search([*company, ("is_last_of_month", "=", False)])
        self.assertEqual(cuts.search(company), last | others)
        self.assertTrue(all(last.mapped("is_last_of_month")))
        self.assertFalse(any(others.mapped("is_last_of_month")))

    def test_trend_is_a_sum_over_tiers_and_a_mean_over_evaluations(self):
        cuts = self.env["crm.relationship.tier.cut"]
        company = [("company_id", "=", self.company.id)]
        groups = cuts._read_group(
            company, ["date:month"], ["customer_count:sum", "revenue_total:sum"]
        )
        self.assertEqual([row[1:] for row in groups], [(20, 210), (21, 712)])
        ((count, revenue),) = cuts._read_group(
            company, [], ["customer_count:sum", "revenue_total:sum"]
        )
        self.assertEqual((count, revenue), (20, 461))
