import json
import random
from datetime import date, timedelta

from freezegun import freeze_time

from odoo.exceptions import AccessError, ValidationError
from odoo.tests import tagged

from ...engine.ladder import STEPS
from ...models.lifecycle.crm_relationship_ladder_board import STAIRS
from ..common import RelationshipCase

TODAY = date(2025, 7, 10)
DAY = timedelta(days=1)
PERIODS = ("month", "last_month", "quarter", "last_quarter", "year")


class LadderBoardCase(RelationshipCase):
    """Customers with a way over the ladder of their own, written into the history."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.startClassPatcher(freeze_time(TODAY))
        cls.recalculate(as_of=TODAY)
        cls.manager = cls.new_user("board_manager", "sales_team.group_sale_manager")
        cls.salesperson = cls.new_user("board_own", "sales_team.group_sale_salesman")
        cls.sources = cls.env["utm.source"].create(
            [{"name": "Board fair"}, {"name": "Board letter"}]
        )

    @classmethod
    def make_way(cls, way, first_purchase=False, source=None, **values):
        """Create a customer that stood on the steps of ``way``, ``[(day, step)]``."""
        customer = cls.make_customers(1, **values)
        step = way[-1][1] if way else False
        profile = cls.env["crm.relationship.profile"].create(
            {
                "partner_id": customer.id,
                "company_id": cls.company.id,
                "ladder_step": step,
                "first_purchase_date": first_purchase,
                "source_id": source.id if source else False,
            }
        )
        former = [(None, None), *way]
        cls.env["crm.relationship.change"].create(
            [
                {
                    "partner_id": customer.id,
                    "company_id": cls.company.id,
                    "date": day,
                    "dimension": "ladder",
                    "old_value": old,
                    "new_value": new,
                    "cause": cls.get_cause(old, new),
                }
                for (_day, old), (day, new) in zip(former, way, strict=False)
            ]
        )
        return profile

    @classmethod
    def get_cause(cls, old, new):
        if old is None:
            return "placed"
        order = ["disqualified", *STEPS[:-1]]
        return "up" if order.index(new) > order.index(old) else "down"

    def get_board(self, user=None, company=None, **options):
        company = company or self.company
        model = self.env["crm.relationship.ladder.board"].with_user(user or self.manager)
        model = model.with_context(allowed_company_ids=company.ids)
        return json.loads(json.dumps(model.get_board(company.id, **options)))

    def get_steps(self, board):
        return {step["code"]: step for step in board["steps"]}

    def count_listed(self, mark, user=None):
        profiles = self.env["crm.relationship.profile"].with_user(user or self.manager)
        return profiles.search_count(mark["domain"])

    def get_marks(self, board):
        """Return every mark of the board."""
        marks = [*board["steps"], *board["beside"], board["total"]]
        for step in board["steps"]:
            marks += [step["climbed"], step["fell"]]
            marks += list((step["conversion"] or {}).values())
        newcomers = board["newcomers"]
        marks += [newcomers["all"], newcomers["referred"]]
        for month in newcomers["months"]:
            marks += [month["all"], month["referred"]]
        return marks


@tagged("post_install", "-at_install")
class TestLadderBoard(LadderBoardCase):
    def test_who_climbs_stands_and_falls(self):
        self.make_way([(date(2025, 1, 5), "prospect"), (date(2025, 6, 3), "first_time")])
        self.make_way([(date(2025, 1, 5), "client"), (date(2025, 6, 30), "repeat")])
        self.make_way([(date(2025, 6, 1), "prospect"), (date(2025, 6, 2), "disqualified")])
        board = self.get_board(period="last_month")
        self.assertEqual(
            board["period"], {"key": "last_month", "start": "2025-06-01", "end": "2025-06-30"}
        )
        steps = self.get_steps(board)
        figures = {
            code: (step["count"], step["climbed"]["count"], step["fell"]["count"])
            for code, step in steps.items()
        }
        self.assertEqual(
            figures,
            {
                "prospect": (0, 1, 1),
                "first_time": (1, 1, 0),
                "repeat": (1, 0, 0),
                "client": (0, 0, 1),
                "member": (0, 0, 0),
                "advocate": (0, 0, 0),
            },
        )
        self.assertEqual([mark["count"] for mark in board["beside"]], [0, 1])

    def test_conversion_counts_from_before_and_new(self):
        before = date(2025, 1, 5)
        self.make_way([(before, "prospect"), (date(2025, 6, 1), "repeat")])
        self.make_way([(date(2025, 6, 30), "prospect")])
        self.make_way([(before, "prospect"), (date(2025, 5, 31), "first_time")])
        self.make_way([(before, "prospect"), (date(2025, 7, 1), "first_time")])
        steps = self.get_steps(self.get_board(period="last_month"))
        conversion = {
            code: (step["conversion"]["stood"]["count"], step["conversion"]["went_on"]["count"])
            for code, step in steps.items()
            if step["conversion"]
        }
        self.assertEqual(conversion["prospect"], (3, 1))
        self.assertEqual(conversion["first_time"], (1, 0))
        self.assertEqual(conversion["repeat"], (1, 0))
        self.assertFalse(steps["advocate"]["conversion"])

    def test_who_only_fell_has_not_gone_on(self):
        self.make_way([(date(2025, 1, 5), "member"), (date(2025, 6, 3), "client")])
        steps = self.get_steps(self.get_board(period="last_month"))
        for code in ("client", "member"):
            conversion = steps[code]["conversion"]
            self.assertEqual((conversion["stood"]["count"], conversion["went_on"]["count"]), (1, 0))

    def test_marks_of_the_history_are_no_moves(self):
        profile = self.make_way([(date(2025, 6, 3), "first_time")])
        before = self.get_board(period="year")
        profile.ladder_mark = "advocate"
        after = self.get_board(period="year")
        self.assertEqual(before["steps"], after["steps"])

    def test_numbers_are_those_of_plain_python_and_of_their_lists(self):
        ways = self.make_random_ways(120)
        for period in PERIODS:
            for source in (None, 0, self.sources[0].id):
                board = self.get_board(period=period, source_id=source)
                self.assert_expected(board, ways, source)
                for mark in self.get_marks(board):
                    self.assertEqual(self.count_listed(mark), mark["count"], mark["domain"])

    def make_random_ways(self, quantity):
        """Return ``{profile: way}`` of random customers."""
        dice = random.Random(7)
        ways = {}
        for _number in range(quantity):
            days = sorted(
                TODAY - dice.randint(0, 500) * DAY for _change in range(dice.randint(1, 6))
            )
            codes = [dice.choice(STEPS) for _day in days]
            way = [
                (day, code)
                for place, (day, code) in enumerate(zip(days, codes, strict=True))
                if not place or codes[place - 1] != code
            ]
            source = dice.choice([None, *self.sources])
            ways[self.make_way(way, dice.choice([False, days[0]]), source)] = way
        return ways

    def assert_expected(self, board, ways, source):
        start, end = (date.fromisoformat(board["period"][key]) for key in ("start", "end"))
        ways = {
            profile: way
            for profile, way in ways.items()
            if source is None or profile.source_id.id == (source or False)
        }
        visits = [self.get_visits(way, start, end) for way in ways.values()]
        for code in STAIRS:
            step = self.get_steps(board)[code]
            self.assertEqual(
                step["count"], sum(profile.ladder_step == code for profile in ways), code
            )
            for key, side in (("climbed", 1), ("fell", 0)):
                moved = sum(
                    any(move[side] == code for move in self.get_moves(way, start, end)[key])
                    for way in ways.values()
                )
                self.assertEqual(step[key]["count"], moved, (code, key))
            stood = [visited for visited in visits if code in visited]
            if step["conversion"]:
                went_on = [visited for visited in stood if self.has_gone_on(visited, code)]
                self.assertEqual(step["conversion"]["stood"]["count"], len(stood))
                self.assertEqual(step["conversion"]["went_on"]["count"], len(went_on))
        newcomers = [
            profile
            for profile in ways
            if profile.first_purchase_date and start <= profile.first_purchase_date <= end
        ]
        self.assertEqual(board["newcomers"]["all"]["count"], len(newcomers))
        months = board["newcomers"]["months"]
        self.assertEqual(sum(month["all"]["count"] for month in months), len(newcomers))

    def get_visits(self, way, start, end):
        """Return the steps held when ``start`` began, and reached through ``end``, in order."""
        held = [code for day, code in way if day < start][-1:]
        return held + [code for day, code in way if start <= day <= end]

    def has_gone_on(self, visited, code):
        """Tell whether a higher step came after ``code``; beside the ladder is below it."""
        places = [0 if step == "disqualified" else STEPS.index(step) + 1 for step in visited]
        return any(
            step == code and max(places[number:]) > places[number]
            for number, step in enumerate(visited)
        )

    def get_moves(self, way, start, end):
        """Return the pairs of steps of those who climbed and fell in the period."""
        moves = {"climbed": [], "fell": []}
        for (_day, old), (day, new) in zip([(None, None), *way], way, strict=False):
            if start <= day <= end:
                cause = self.get_cause(old, new)
                moves["fell" if cause == "down" else "climbed"].append((old, new))
        return moves

    def test_periods(self):
        periods = {
            "month": ("2025-07-01", "2025-07-10", 1),
            "last_month": ("2025-06-01", "2025-06-30", 1),
            "quarter": ("2025-07-01", "2025-07-10", 1),
            "last_quarter": ("2025-04-01", "2025-06-30", 3),
            "year": ("2024-08-01", "2025-07-10", 12),
        }
        for key, (start, end, months) in periods.items():
            board = self.get_board(period=key)
            self.assertEqual(board["period"], {"key": key, "start": start, "end": end})
            self.assertEqual(len(board["newcomers"]["months"]), months)
        with self.assertRaises(ValidationError):
            self.get_board(period="decade")

    def test_new_customers_by_referral(self):
        referrer = self.make_way([(date(2024, 1, 1), "repeat")], date(2023, 12, 1))
        new = [self.make_way([(day, "first_time")], day) for day in (date(2025, 5, 1), TODAY)]
        new[0].partner_id.referred_by_id = referrer.partner_id
        newcomers = self.get_board(period="year")["newcomers"]
        self.assertEqual((newcomers["all"]["count"], newcomers["referred"]["count"]), (2, 1))
        months = {month["month"]: month for month in newcomers["months"]}
        self.assertEqual(months["2025-05-01"]["referred"]["count"], 1)
        self.assertEqual(months["2025-07-01"]["referred"]["count"], 0)
        self.assertEqual(months["2025-07-01"]["all"]["count"], 1)

    def test_texts_to_search_by(self):
        profile = self.make_way([(date(2025, 6, 3), "client")])
        profiles = self.env["crm.relationship.profile"]
        found = profiles.search([("ladder_during", "=", "client,member@2025-06-01/2025-06-30")])
        self.assertEqual(found, profile)
        self.assertFalse(profiles.search([("ladder_during", "=", "client@2025-05-01/2025-05-31")]))
        for text in ("client", "client@2025-05-01", "client@a/b", ""):
            with self.assertRaises(ValidationError):
                profiles.search([("ladder_during", "=like", text)])

    def test_no_more_queries_for_more_customers(self):
        self.make_random_ways(3)
        few = self.count_queries()
        self.make_random_ways(30)
        self.assertEqual(self.count_queries(), few)

    def count_queries(self):
        self.env.flush_all()
        for _attempt in range(3):  # the first two fill Odoo's caches
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            self.get_board()
        return self.env.cr.sql_log_count - before


@tagged("post_install", "-at_install")
class TestLadderBoardGraded(LadderBoardCase):
    """On the history that the engine itself writes."""

    def test_a_purchase_climbs(self):
        prospect, buyer = self.make_customers(2)
        self.env["crm.lead"].create(
            {"name": "Deal", "partner_id": prospect.id, "company_id": self.company.id}
        ).convert_opportunity(prospect)
        self.make_invoices([(buyer, date(2025, 6, 1), 10)])
        self.recalculate(as_of=TODAY)
        steps = self.get_steps(self.get_board(period="month"))
        self.assertEqual(steps["prospect"]["climbed"]["count"], 1)
        self.make_invoices([(prospect, TODAY, 10)])
        self.recalculate(as_of=TODAY)
        steps = self.get_steps(self.get_board(period="month"))
        self.assertEqual(steps["prospect"]["count"], 0)
        self.assertEqual(steps["first_time"]["climbed"]["count"], 2)
        self.assertEqual(steps["prospect"]["conversion"]["stood"]["count"], 1)
        self.assertEqual(steps["prospect"]["conversion"]["went_on"]["count"], 1)

    def test_the_first_placements_are_no_climbs(self):
        other = self.create_company("Fresh Ltd")
        self.manager.company_ids += other
        self.make_invoices([(self.make_customers(1), date(2025, 6, 1), 10)], company=other)
        self.assertEqual(self.get_board(company=other)["state"], "no_run")
        self.recalculate(as_of=TODAY, company=other)
        step = self.get_steps(self.get_board(company=other))["first_time"]
        self.assertEqual((step["count"], step["climbed"]["count"]), (1, 0))
        self.assertEqual(step["conversion"]["stood"]["count"], 1)


@tagged("post_install", "-at_install")
class TestLadderBoardAccess(LadderBoardCase):
    def test_salespeople_see_own_and_unassigned_customers(self):
        way = [(date(2025, 5, 1), "prospect"), (date(2025, 6, 3), "first_time")]
        self.make_way(way, TODAY, user_id=self.manager.id)
        self.make_way(way, TODAY, user_id=self.salesperson.id)
        self.make_way(way, TODAY)
        for user, count in ((self.manager, 3), (self.salesperson, 2)):
            board = self.get_board(user, period="year")
            step = self.get_steps(board)["first_time"]
            self.assertEqual((step["count"], step["climbed"]["count"]), (count, count))
            prospects = self.get_steps(board)["prospect"]["conversion"]
            self.assertEqual(prospects["went_on"]["count"], count)
            self.assertEqual(board["newcomers"]["all"]["count"], count)
            for mark in self.get_marks(board):
                self.assertEqual(self.count_listed(mark, user), mark["count"])

    def test_another_company(self):
        other = self.create_company("Elsewhere Ltd")
        boards = self.env["crm.relationship.ladder.board"].with_user(self.manager)
        with self.assertRaises(AccessError):
            boards.get_board(other.id)
        self.assertEqual(boards.get_board()["company"]["id"], self.company.id)

    def test_nobody_else_learns_anything(self):
        employee = self.new_user("board_employee", "base.group_user")
        portal = self.new_user("board_portal", "base.group_portal")
        for user in (employee, portal, self.env.ref("base.public_user")):
            with self.assertRaises(AccessError):
                self.env["crm.relationship.ladder.board"].with_user(user).get_board()
