import random
from collections import Counter, defaultdict
from datetime import date, timedelta
from statistics import median

from psycopg2.extras import execute_values

from odoo.exceptions import AccessError, ValidationError
from odoo.tests import tagged

from ...engine.stage import CODES
from ..common import RelationshipCase

FIRST = date(2025, 1, 31)
START = date(2025, 5, 31)
END = date(2025, 11, 20)
LAST = date(2025, 12, 10)


class HistoryCase(RelationshipCase):
    """Customers whose histories of the stage are written by the test."""

    @classmethod
    def write_history(cls, customers, histories):
        """Replace the company's history of stages by ``[(day, code or None, cause)]`` each."""
        rows = []
        for customer, history in zip(customers, histories, strict=True):
            former = None
            for day, code, cause in history:
                rows.append((customer.id, cls.company.id, day, "stage", former, code, cause))
                former = code
        cls.env.flush_all()
        cls.env.cr.execute(
            "DELETE FROM crm_relationship_change WHERE company_id = %s AND dimension = 'stage'",
            [cls.company.id],
        )
        execute_values(
            cls.env.cr._obj,
            """INSERT INTO crm_relationship_change (
                   partner_id, company_id, date, dimension, old_value, new_value, cause)
               VALUES %s""",
            rows,
        )
        cls.env.invalidate_all()


@tagged("post_install", "-at_install")
class TestBoard(HistoryCase):
    """Every figure equals a plain count over random histories, and opens what it counts."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.customers = cls.make_ranking(range(1, 81), day=date(2025, 1, 3))
        cls.recalculate(FIRST)
        cls.recalculate(LAST)
        rng = random.Random(4)
        cls.histories = [cls.draw_history(rng) for _customer in cls.customers]
        cls.write_history(cls.customers, cls.histories)
        cls.profiles = cls.env["crm.relationship.profile"]
        cls.changes = cls.env["crm.relationship.change"]
        cls.board = cls.env["crm.relationship.lifecycle.board"].with_company(cls.company)

    @classmethod
    def draw_history(cls, rng):
        """A first placement and changes after it, some on one day, some that change nothing."""
        placed = rng.random() < 0.6
        day = FIRST if placed else FIRST + timedelta(days=rng.randrange(1, 330))
        history = [(day, rng.choice(CODES), "opening" if placed else "placed")]
        for _change in range(rng.randrange(6)):
            day += timedelta(days=rng.choice([0, 1, 11, 30, 31, 60]))
            history.append((day, rng.choice([*CODES, CODES[0], history[-1][1], None]), "up"))
        return [change for change in history if change[0] <= LAST]

    def get_board(self, user=None, start=START, end=END):
        board = self.board.with_user(user) if user else self.board
        return board.get_board(self.company.id, start and str(start), end and str(end))

    def get_cells(self, **options):
        cells = self.get_board(**options)["cells"]
        return {(cell["from"], cell["to"]): cell["count"] for cell in cells}

    def stage_on(self, history, day):
        return next((code or "" for at, code, _cause in reversed(history) if at <= day), "")

    # ----------------------------------------------------------------- cells

    def test_cells_equal_a_plain_count(self):
        for start, end in ((START, END), (FIRST, LAST), (END, END)):
            moves = Counter(
                (self.stage_on(history, start), self.stage_on(history, end))
                for history in self.histories
            )
            del moves["", ""]
            self.assertEqual(self.get_cells(start=start, end=end), moves)

    def test_cells_sum_the_revenue(self):
        revenue = defaultdict(float)
        for customer, history in zip(self.customers, self.histories, strict=True):
            move = self.stage_on(history, START), self.stage_on(history, END)
            revenue[move] += self.get_profile(customer).revenue
        for cell in self.get_board()["cells"]:
            self.assertAlmostEqual(cell["revenue"], revenue[cell["from"], cell["to"]])

    def test_cells_open_their_customers(self):
        board = self.get_board()
        for cell in board["cells"]:
            domain = [
                *board["domain"],
                ("stage_on", "=like", f"{cell['from']}@{START}"),
                ("stage_on", "=like", f"{cell['to']}@{END}"),
            ]
            self.assertEqual(self.profiles.search_count(domain), cell["count"])

    def test_direction_of_each_move(self):
        expected = {
            ("prospect", "exploration"): "up",
            ("exploration", "stability"): "up",
            ("stability", "formation"): "down",
            ("exploration", "prospect"): "down",
            ("lost", "prospect"): "down",
            ("formation", "decline"): "decline",
            ("decline", "lost"): "lost",
            ("prospect", "lost"): "lost",
            ("lost", "decline"): "up",
            ("lost", "exploration"): "won_back",
            ("decline", "stability"): "won_back",
            ("", "decline"): "entered",
            ("stability", ""): "gone",
            ("lost", "lost"): "same",
        }
        for (former, latter), direction in expected.items():
            with self.subTest(former=former, latter=latter):
                self.assertEqual(self.board._get_direction(former, latter), direction)

    def test_archived_customers_are_left_out(self):
        before = sum(self.get_cells(end=LAST).values())
        customer = next(
            customer
            for customer, history in zip(self.customers, self.histories, strict=True)
            if self.stage_on(history, LAST)
        )
        customer.active = False
        self.recalculate(LAST, partners=customer)
        self.assertEqual(self.get_profile(customer).tier_standing, "frozen")
        self.assertEqual(sum(self.get_cells(end=LAST).values()), before - 1)

    # ----------------------------------------------------------------- flows

    def test_flows_equal_a_plain_count(self):
        flows = Counter()
        for history in self.histories:
            former = ""
            for day, code, cause in history:
                if START < day <= END and cause != "opening" and former != (code or ""):
                    flows[str(day.replace(day=1)), former, code or ""] += 1
                former = code or ""
        found = {
            (flow["month"], flow["from"], flow["to"]): flow["count"]
            for flow in self.get_board()["flows"]
        }
        self.assertEqual(found, flows)

    def test_flows_open_their_changes(self):
        for flow in self.get_board()["flows"]:
            month = date.fromisoformat(flow["month"])
            after = max(START, month - timedelta(days=1))
            through = min(END, (month + timedelta(days=32)).replace(day=1) - timedelta(days=1))
            domain = [
                *self.board._get_flow_domain(self.company, after, through),
                ("old_value", "=", flow["from"] or False),
                ("new_value", "=", flow["to"] or False),
            ]
            self.assertEqual(self.changes.search_count(domain), flow["count"])

    # ----------------------------------------------------------------- stays

    def get_stays(self, history):
        """Yield ``(code, entered, ended or None, was there)`` by the history until END."""
        known = [change for change in history if change[0] <= END]
        moves = [
            change
            for former, change in zip([None, *known], known, strict=False)
            if former is None or former[1] != change[1]
        ]
        for index, (day, code, cause) in enumerate(moves):
            ended = moves[index + 1][0] if index + 1 < len(moves) else None
            yield code, day, ended, index == 0 and cause == "opening"

    def test_stays_equal_a_plain_median(self):
        over, on = defaultdict(list), defaultdict(list)
        was_there = Counter()
        for history in self.histories:
            for code, entered, ended, there in self.get_stays(history):
                if ended is None:
                    on[code].append((END - entered).days)
                    was_there[code] += there
                elif ended > START and not there:
                    over[code].append((ended - entered).days)
        found = {stay["code"]: stay for stay in self.get_board()["stays"]}
        self.assertLessEqual({*over, *on} - {None}, set(found))
        for code, stay in found.items():
            with self.subTest(code=code):
                self.assertEqual(stay["ended_count"], len(over[code]))
                self.assertEqual(stay["count"], len(on[code]))
                self.assertEqual(stay["was_there_count"], was_there[code])
                self.assertEqual(stay["ended_days"], median(over[code]) if over[code] else None)
                self.assertEqual(stay["days"], median(on[code]) if on[code] else None)

    def test_stays_that_last_are_the_funnel(self):
        board = self.get_board()
        funnel = Counter()
        for cell in board["cells"]:
            funnel[cell["to"]] += cell["count"]
        del funnel[""]
        lasting = {stay["code"]: stay["count"] for stay in board["stays"] if stay["count"]}
        self.assertEqual(lasting, funnel)

    # ------------------------------------------------------------------ days

    def test_default_is_the_last_twelve_months_or_all(self):
        board = self.get_board(start=None, end=None)
        self.assertEqual((board["date_from"], board["date_to"]), (str(FIRST), str(LAST)))
        self.recalculate(date(2026, 3, 9))
        board = self.get_board(start=None, end=None)
        self.assertEqual((board["date_from"], board["date_to"]), ("2025-03-31", "2026-03-09"))
        self.assertEqual(
            [preset["key"] for preset in board["presets"]], ["month", "quarter", "year", "all"]
        )

    def test_bad_days(self):
        for start, end in (("yesterday", None), (LAST, FIRST)):
            with self.subTest(start=start), self.assertRaises(ValidationError):
                self.get_board(start=start, end=end)

    def test_stage_on_bad_values(self):
        for value in ("decline", "decline@31.12.2025", "", False):
            with self.subTest(value=value), self.assertRaisesRegex(ValidationError, "stage"):
                self.profiles.search([("stage_on", "=", value)])

    def test_without_a_history(self):
        empty = self.create_company("Empty Ltd")
        board = self.board.with_company(empty).get_board()
        self.assertFalse(board["first_date"] or board["is_comparable"] or board["cells"])
        self.assertEqual([stage["code"] for stage in board["stages"]], list(CODES))

    def test_one_day_shows_the_funnel(self):
        other = self.create_company("New Ltd")
        self.make_invoices([(self.customers[0], date(2025, 1, 3), 10)], company=other)
        self.recalculate(FIRST, company=other)
        board = self.board.with_company(other).get_board()
        self.assertFalse(board["is_comparable"])
        self.assertEqual([cell["count"] for cell in board["cells"]], [1])
        self.assertEqual(board["flows"], [])

    # ---------------------------------------------------------------- rights

    def test_salesperson_counts_own_and_unassigned_customers(self):
        user, other = (
            self.new_user(login, "sales_team.group_sale_salesman")
            for login in ("board_own", "board_other")
        )
        self.customers.user_id = other
        own = self.customers[:10] + self.customers[20:25]
        self.customers[:10].user_id = user
        self.customers[20:25].user_id = False
        self.env.flush_all()
        histories = dict(zip(self.customers, self.histories, strict=True))
        moves = Counter(
            (self.stage_on(histories[customer], START), self.stage_on(histories[customer], END))
            for customer in own
        )
        del moves["", ""]
        self.assertEqual(self.get_cells(user=user), moves)
        board = self.get_board(user=user)
        changes = [
            change
            for customer in own
            for change in histories[customer]
            if START < change[0] <= END and change[2] != "opening"
        ]
        self.assertLessEqual(sum(flow["count"] for flow in board["flows"]), len(changes))
        self.assertEqual(
            sum(stay["count"] for stay in board["stays"]),
            sum(count for (_former, latter), count in moves.items() if latter),
        )

    def test_other_companies_see_nothing(self):
        second = self.create_company("Second Ltd")
        stranger = self.new_user("board_stranger", "sales_team.group_sale_manager", second)
        with self.assertRaises(AccessError):
            self.get_board(user=stranger)
        board = self.env["crm.relationship.lifecycle.board"].with_user(stranger).get_board()
        self.assertFalse(board["first_date"] or board["cells"] or board["flows"])

    def test_not_for_everybody(self):
        for login, group in (
            ("board_employee", "base.group_user"),
            ("board_portal", "base.group_portal"),
            ("board_public", "base.group_public"),
        ):
            user = self.new_user(login, group)
            with self.subTest(group=group), self.assertRaises(AccessError):
                self.get_board(user=user)

    def test_queries_do_not_grow(self):
        counts = []
        self.get_board()
        for quantity in (1, 40):
            self.make_ranking(range(quantity), day=date(2025, 6, 3))
            self.recalculate(LAST + timedelta(days=quantity))
            self.env.invalidate_all()
            before = self.cr.sql_log_count
            self.get_board(end=None)
            counts.append(self.cr.sql_log_count - before)
        self.assertEqual(counts[0], counts[1])
