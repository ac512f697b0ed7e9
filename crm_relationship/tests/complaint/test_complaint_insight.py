from datetime import datetime, timedelta
from random import Random

import pytz
from freezegun import freeze_time
from lxml import etree

from odoo.exceptions import AccessError, ValidationError
from odoo.tests import new_test_user, tagged

from ...engine.periods import window_start
from .common import COMPLAINT, ComplaintCase

NOW = datetime(2025, 6, 16, 8, 0)
WORKED_OUT = ("work_days", "acknowledged_in_time", "responded_in_time", "resolved_in_time")
"""What the deadlines give; here it is entered."""

LIGHTS = ("overdue", "due_soon", "in_time")


class InsightCase(ComplaintCase):
    """Complaints that lie in the past: what the rules of the stages ask for is not asked here."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.reader = cls.new_user(
            "complaint_reader", f"{COMPLAINT},sales_team.group_sale_salesman_all_leads"
        )
        cls.complaint.unlink()

    def settle(self, complaint, closed, **values):
        """Close a complaint at a moment."""
        worked_out = {name: values.pop(name) for name in WORKED_OUT if name in values}
        complaint._save(
            {
                "stage_id": self.stages["closed"].id,
                "date_closed": closed,
                "result": "accepted",
                **values,
            }
        )
        complaint._save(worked_out)


def board_fields(views):
    """Return the fields of kanban and list with their nodes."""
    for kind in ("kanban", "list"):
        for node in etree.fromstring(views[kind]["arch"]).iter("field"):
            yield node.get("name"), node


@tagged("post_install", "-at_install")
@freeze_time(NOW)
class TestComplaintBoard(InsightCase):
    """What stands above the board of open complaints."""

    def figures(self, user=None, domain=None):
        complaints = self.env["crm.relationship.complaint"].with_user(user or self.employee)
        complaints = complaints.with_context(allowed_company_ids=self.company.ids)
        self.env.flush_all()
        return {row["name"]: row["count"] for row in complaints.get_board_figures(domain)}

    def test_each_figure(self):
        self.assertEqual(set(self.figures().values()), {0})
        self.make_complaint()
        self.make_complaint(user_id=self.handler.id, is_safety=True)  # urgent as well
        self.make_complaint(
            user_id=self.handler.id, date_received=NOW - timedelta(days=14), subject="Not old"
        )
        old = self.make_complaint(
            user_id=self.handler.id, date_received=NOW - timedelta(days=15), subject="Old"
        )
        old.with_user(self.handler).action_wait()
        self.settle(self.make_complaint(), NOW)
        self.assertEqual(
            {name: count for name, count in self.figures().items() if name not in LIGHTS},
            {"open": 4, "unassigned": 1, "urgent": 1, "safety": 1, "waiting": 1, "old": 1},
        )
        self.assertEqual(self.figures(domain=[("is_waiting", "=", True)])["open"], 1)

    def test_by_light(self):
        hour = timedelta(hours=1)
        for due, amber, waits in (
            (NOW - hour, NOW - 2 * hour, False),
            (NOW - hour, NOW - 2 * hour, True),  # stands still
            (NOW + hour, NOW - hour, False),
            (NOW + hour, NOW + hour, False),
            (NOW, NOW + hour, False),  # not over yet
        ):
            complaint = self.make_complaint()
            complaint._save(
                {"next_deadline_date": due, "amber_date": amber, "deadline_waits": waits}
            )
        figures = self.figures()
        self.assertEqual([figures[name] for name in ("open", *LIGHTS)], [5, 1, 1, 2])

    def test_figures_are_those_of_the_filters(self):
        """What a figure counts is what the filter of its name shows."""
        arch = self.env.ref("crm_relationship.crm_relationship_complaint_view_search_board").arch
        for name, domain in self.env["crm.relationship.complaint"]._get_board_figures().items():
            with self.subTest(figure=name):
                self.assertTrue(name == "open" or f'name="{name}"' in arch)
                self.assertTrue(not domain or str(domain[0][0]) in arch)

    def test_confidential_ones_are_not_counted_for_others(self):
        self.make_complaint(is_confidential=True, user_id=self.handler.id)
        self.assertEqual(self.figures()["open"], 0)
        self.assertEqual(self.figures(self.executive)["open"], 1)

    def test_without_the_board_employees_count_nothing(self):
        self.make_complaint()
        self.assertEqual(self.figures()["open"], 1)
        self.company.relationship_complaint_board = False
        self.assertEqual(self.figures()["open"], 0)

    def test_another_company(self):
        other = self.create_company("Elsewhere Ltd")
        self.make_complaint()
        stranger = self.new_user("complaint_stranger", COMPLAINT, other)
        complaints = self.env["crm.relationship.complaint"].with_user(stranger)
        self.assertEqual(complaints.get_board_figures()[0]["count"], 0)

    def test_the_public_is_refused(self):
        portal = new_test_user(self.env, login="board_portal", groups="base.group_portal")
        with self.assertRaises(AccessError):
            self.env["crm.relationship.complaint"].with_user(portal).get_board_figures()

    def test_the_board_shows_nothing_of_ours(self):
        """Neither scores nor causes nor costs nor what is said among ourselves."""
        for kind in ("kanban", "list"):
            view = self.env.ref(f"crm_relationship.crm_relationship_complaint_view_{kind}_board")
            for name in ("tier", "cause", "cost", "answer", "closing_reason", "description"):
                self.assertNotIn(f'name="relationship_{name}', view.arch)
                self.assertNotIn(f'name="{name}', view.arch)

    def test_an_employee_loads_the_board(self):
        self.make_complaint()
        complaints = self.env["crm.relationship.complaint"].with_user(self.employee).sudo(False)
        action = self.env.ref("crm_relationship.crm_relationship_complaint_board_action")
        views = [(view.view_id.id, view.view_mode) for view in action.view_ids]
        got = complaints.get_views([*views, (False, "form"), (action.search_view_id.id, "search")])
        self.assertEqual(set(got["views"]), {"kanban", "list", "form", "search"})
        names = {name for name, _node in board_fields(got["views"])}
        self.assertIn("deadline_light", names)
        spec = {name: {} for name in names}
        self.assertTrue(complaints.web_search_read([("stage_code", "!=", "closed")], spec))


@tagged("post_install", "-at_install")
@freeze_time(NOW)
class TestComplaintReport(InsightCase):
    """Measures of the analysis against figures counted by hand."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.categories = cls.env["crm.relationship.complaint.category"].create(
            [{"name": "Cat 1"}, {"name": "Cat 2"}]
        )

    def analyse(self, aggregates, groupby=(), user=None, domain=()):
        report = self.env["crm.relationship.complaint.report"].with_user(user or self.reader)
        report = report.with_context(allowed_company_ids=self.company.ids)
        self.env.flush_all()
        return report._read_group(list(domain), list(groupby), list(aggregates))

    def test_percentiles(self):
        received = NOW - timedelta(days=100)
        for days in (1, 2, 3, 4, 100):
            self.settle(self.make_complaint(date_received=received), NOW, work_days=days)
        self.make_complaint()  # open: counts in neither
        aggregates = ["work_days_median:median", "work_days_90:percentile_90"]
        [(median, most)] = self.analyse(aggregates)
        self.assertAlmostEqual(float(median), 3)
        self.assertAlmostEqual(float(most), 4 + 0.6 * 96)

    def test_percentiles_in_the_pivot(self):
        """As the browser asks for them, and fields say that they can be asked for."""
        report = self.env["crm.relationship.complaint.report"].with_user(self.reader)
        described = report.fields_get(["work_days_median"], ["aggregator", "type"])
        self.assertEqual(described["work_days_median"]["aggregator"], "median")
        received = NOW - timedelta(days=4)
        complaint = self.make_complaint(date_received=received, category_id=self.categories[0].id)
        self.settle(complaint, NOW, work_days=4)
        self.env.flush_all()
        rows = report.formatted_read_group(
            [("company_id", "=", self.company.id)],
            ["category_id"],
            ["__count", "work_days_median:median", "justified_share:avg"],
        )
        self.assertAlmostEqual(rows[0]["work_days_median:median"], 4)
        self.assertAlmostEqual(rows[0]["justified_share:avg"], 100)
        grid = report.formatted_read_grouping_sets(
            [("company_id", "=", self.company.id)],
            [[], ["category_id"], ["category_id", "date_received:month"]],
            ["complaint_count:sum", "work_days_90:percentile_90"],
        )
        self.assertEqual(grid[0][0]["complaint_count:sum"], 1)
        self.assertAlmostEqual(grid[2][0]["work_days_90:percentile_90"], 4)

    def test_shares(self):
        """An open complaint is neither justified nor reopened, nor the contrary."""
        self.make_complaint()
        [(justified, reopened, closed)] = self.analyse(
            ["justified_share:avg", "reopened_share:avg", "closed_share:avg"]
        )
        self.assertEqual((justified, reopened, closed), (False, False, 0))
        self.settle(self.make_complaint(), NOW)
        self.settle(self.make_complaint(), NOW, result="not_justified")
        again = self.make_complaint()
        again._save({"reopen_count": 2})
        [(justified, reopened, closed)] = self.analyse(
            ["justified_share:avg", "reopened_share:avg", "closed_share:avg"]
        )
        self.assertAlmostEqual(float(justified), 50)
        self.assertAlmostEqual(float(reopened), 100 / 3)
        self.assertAlmostEqual(float(closed), 50)

    def test_in_time(self):
        """Where nothing is decided nothing is counted."""
        for kept in ("yes", "yes", "no", False):
            self.settle(
                self.make_complaint(),
                NOW,
                acknowledged_in_time=kept and "yes",
                resolved_in_time=kept,
            )
        [(acknowledged, resolved)] = self.analyse(["acknowledged_share:avg", "resolved_share:avg"])
        self.assertAlmostEqual(float(acknowledged), 100)
        self.assertAlmostEqual(float(resolved), 200 / 3)
        late = [("complaint_id.resolved_in_time", "=", "no")]
        self.assertEqual(self.analyse(["__count"], domain=late), [(1,)])
        self.assertEqual(self.analyse(["__count"], domain=[("resolved_share", ">", 0)]), [(2,)])

    def test_by_everything(self):
        """Each dimension groups, and the rows add up."""
        for number in range(4):
            self.make_complaint(category_id=self.categories[number % 2].id)
        names = (
            "category_id cause_id touchpoint_id touchpoint_phase product_id salesperson_id team_id "
            "user_id channel severity result relationship_tier_id partner_id stage_id priority "
            "date_received:month"
        )
        for name in names.split():
            with self.subTest(groupby=name):
                self.assertEqual(sum(n for _key, n in self.analyse(["__count"], [name])), 4)

    def test_by_tier_and_salesperson(self):
        [good, other] = self.make_customers(2, user_id=self.seller.id)
        self.make_invoices([(good, NOW.date() - timedelta(days=5), 9000)])
        self.recalculate(as_of=NOW.date())
        self.make_complaint(partner_id=good.id)
        self.make_complaint(partner_id=other.id)
        tiers = dict(self.analyse(["__count"], ["relationship_tier_id"]))
        self.assertEqual(tiers[self.get_profile(good).tier_id], 1)
        sellers = dict(self.analyse(["__count"], ["salesperson_id"]))
        self.assertEqual(sellers[self.seller.with_user(self.reader)], 2)

    def test_who_sees_it(self):
        self.make_complaint(user_id=self.colleague.id)
        self.make_complaint(is_confidential=True, user_id=self.handler.id)
        for user, count in (
            (self.handler, 2),
            (self.colleague, 1),
            (self.executive, 2),
            (self.manager, 1),
        ):
            with self.subTest(user=user.login):
                self.assertEqual(self.analyse(["__count"], user=user), [(count,)])
        portal = new_test_user(self.env, login="report_portal", groups="base.group_portal")
        for user in (self.employee, self.seller, portal):
            with self.subTest(user=user.login), self.assertRaises(AccessError):
                self.analyse(["__count"], user=user)

    def test_another_company(self):
        other = self.create_company("Elsewhere Ltd")
        self.make_complaint()
        stranger = self.new_user("report_stranger", COMPLAINT, other)
        report = self.env["crm.relationship.complaint.report"].with_user(stranger)
        self.env.flush_all()
        self.assertFalse(report.search_count([]))

    def test_tiers_are_for_users_of_the_relationships(self):
        with self.assertRaises(AccessError):
            self.analyse(["__count"], ["relationship_tier_id"], user=self.handler)

    def test_it_opens_the_complaint(self):
        complaint = self.make_complaint()
        self.env.flush_all()
        report = self.env["crm.relationship.complaint.report"].with_user(self.reader)
        action = report.browse(complaint.id).action_open_complaint()
        self.assertEqual((action["res_model"], action["res_id"]), (complaint._name, complaint.id))

    def test_nobody_writes_it(self):
        complaint = self.make_complaint()
        report = self.env["crm.relationship.complaint.report"].with_user(self.executive)
        with self.assertRaises(AccessError):
            report.browse(complaint.id).write({"result": "accepted"})


@tagged("post_install", "-at_install")
@freeze_time(NOW)
class TestComplaintPareto(InsightCase):
    """Causes by weight, counted by hand."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        causes = cls.env["crm.relationship.complaint.cause"]
        cls.root = causes.create({"name": "Process"})
        cls.leaves = causes.create(
            [{"name": f"Leaf {number}", "parent_id": cls.root.id} for number in range(2)]
        )
        cls.other = causes.create({"name": "Outside"})

    def get(self, user=None, **options):
        self.env.flush_all()
        pareto = self.env["crm.relationship.complaint.pareto"].with_user(user or self.reader)
        pareto = pareto.with_context(allowed_company_ids=self.company.ids)
        return pareto.get_pareto(**{"company_id": self.company.id, **options})

    def make(self, cause, count=1, **values):
        complaints = self.env["crm.relationship.complaint"]
        for _number in range(count):
            complaints += self.make_complaint(cause_id=cause.id, **values)
        return complaints

    def test_bars_and_their_sum(self):
        self.make(self.leaves[0], 5)
        self.make(self.leaves[1], 3)
        self.make(self.root, 1)
        self.make(self.other, 1)
        self.make_complaint()
        got = self.get()
        self.assertEqual(
            [(bar["name"], bar["value"], bar["cumulative"]) for bar in got["bars"]],
            [("Process", 9, 90), ("Outside", 1, 100)],
        )
        self.assertEqual([bar["is_vital"] for bar in got["bars"]], [True, False])
        self.assertEqual(got["unknown"]["count"], 1)
        deep = self.get(level=2)["bars"]
        self.assertEqual(
            [(bar["name"], bar["value"], bar["cumulative"], bar["is_vital"]) for bar in deep],
            [
                ("Process / Leaf 0", 5, 50, True),
                ("Process / Leaf 1", 3, 80, True),  # reaches the limit
                ("Outside", 1, 90, False),
                ("Process", 1, 100, False),
            ],
        )

    def test_each_bar_opens_what_it_counts(self):
        self.make(self.leaves[0], 2)
        self.make(self.leaves[1], 1)
        self.make(self.root, 1)
        complaints = self.env["crm.relationship.complaint"].with_user(self.reader)
        for level in (1, 2, 9):
            got = self.get(level=level)
            self.assertEqual(sum(bar["count"] for bar in got["bars"]), 4)
            for bar in got["bars"]:
                self.assertEqual(complaints.search_count(bar["domain"]), bar["count"])

    def test_many_causes_stand_together(self):
        causes = self.env["crm.relationship.complaint.cause"].create(
            [{"name": f"Cause {number:02}"} for number in range(20)]
        )
        for cause in causes:
            self.make(cause)
        bars = self.get()["bars"]
        self.assertEqual(len(bars), 15)
        self.assertEqual((bars[-1]["id"], bars[-1]["value"]), (False, 6))
        self.assertAlmostEqual(bars[-1]["cumulative"], 100)
        complaints = self.env["crm.relationship.complaint"].with_user(self.reader)
        self.assertEqual(complaints.search_count(bars[-1]["domain"]), 6)

    def test_periods_begin_and_end_at_midnight_of_the_company(self):
        calendar = self.company.resource_calendar_id
        calendar.tz = "Asia/Shanghai"
        self.env.registry.clear_cache()
        self.make(self.root, date_received=datetime(2025, 4, 30, 15, 59))  # still April there
        self.make(self.other, date_received=datetime(2025, 4, 30, 16, 0))
        self.make(self.other, date_received=datetime(2025, 5, 31, 15, 59))
        self.make(self.root, date_received=datetime(2025, 5, 31, 16, 0))
        last = self.get(period="last_month")
        self.assertEqual((last["start"], last["end"]), ("2025-05-01", "2025-05-31"))
        self.assertEqual([(b["name"], b["value"]) for b in last["bars"]], [("Outside", 2)])
        self.assertEqual(self.get(period="month")["total"], 1)
        self.assertEqual(self.get(period="all")["total"], 4)

    def test_filters(self):
        category = self.env["crm.relationship.complaint.category"].create({"name": "Above"})
        below = category.create({"name": "Below", "parent_id": category.id})
        self.make(self.root, category_id=below.id)
        self.make(self.root)
        self.assertEqual(self.get(category_id=category.id)["total"], 1)
        self.assertEqual(self.get(team_id=self.team.id)["total"], 2)
        self.assertEqual(self.get(team_id=self.make_team(name="None").id)["total"], 0)

    def test_nothing(self):
        got = self.get()
        self.assertEqual((got["bars"], got["total"]), ([], 0))

    def test_only_what_the_user_sees(self):
        self.make(self.root, is_confidential=True, user_id=self.handler.id)
        self.assertEqual(self.get(self.handler)["total"], 1)
        self.assertEqual(self.get(self.colleague)["total"], 0)
        for user in (self.employee, self.seller):
            with self.subTest(user=user.login), self.assertRaises(AccessError):
                self.get(user)
        with self.assertRaises(AccessError):
            self.get(company_id=self.create_company("Elsewhere Ltd").id)
        for options in ({"period": "never"}, {"measure": "write_uid"}):
            with self.subTest(**options), self.assertRaises(ValidationError):
                self.get(**options)


@tagged("post_install", "-at_install")
@freeze_time(NOW)
class TestComplaintProfile(InsightCase):
    """What a customer's profile says of its complaints, against plain Python."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env["res.config.settings"].create({"group_relationship_complaint": True}).execute()
        cls.customers = cls.make_customers(4, user_id=cls.seller.id)
        cls.make_invoices([(customer, NOW.date(), 1000) for customer in cls.customers])
        cls.recalculate(as_of=NOW.date())

    def figures(self, customer, user=None, company=None):
        self.env.flush_all()
        self.env.invalidate_all()
        profile = self.get_profile(customer, company).with_user(user or self.manager).sudo(False)
        return (
            profile.complaint_open_count,
            profile.complaint_count,
            profile.complaint_last_date,
            profile.days_since_complaint,
        )

    def test_none(self):
        self.assertEqual(self.figures(self.customers[0]), (0, 0, False, 0))
        profiles = self.env["crm.relationship.profile"].with_user(self.manager)
        own = [("partner_id", "in", self.customers.ids)]
        self.assertEqual(profiles.search_count([*own, ("days_since_complaint", "=", False)]), 4)
        self.assertEqual(profiles.search_count([*own, ("complaint_open_count", "=", 0)]), 4)

    def test_open_at_once(self):
        complaint = self.make_complaint(partner_id=self.customers[0].id)
        self.assertEqual(self.figures(self.customers[0])[:2], (1, 1))
        self.settle(complaint, NOW)
        self.assertEqual(self.figures(self.customers[0])[:2], (0, 1))

    def test_resolved_in_time(self):
        customer = self.customers[0]
        for kept in ("yes", "no", "no", "yes", "yes", False):
            self.settle(self.make_complaint(partner_id=customer.id), NOW, resolved_in_time=kept)
        self.settle(
            self.make_complaint(partner_id=customer.id, date_received=NOW - timedelta(days=4000)),
            NOW,
            resolved_in_time="no",
        )
        self.figures(customer)
        profile = self.get_profile(customer).with_user(self.manager).sudo(False)
        self.assertEqual(profile.complaint_decided_count, 5)
        self.assertAlmostEqual(profile.complaint_in_time_share, 60)
        profiles = self.env["crm.relationship.profile"].with_user(self.manager)
        own = ("partner_id", "in", self.customers.ids)
        for domain, found in (
            ([("complaint_in_time_share", "<", 61)], profile),
            ([("complaint_in_time_share", "<", 60)], profiles),
            ([("complaint_in_time_share", "=", False), ("complaint_count", ">", 0)], profiles),
            ([("complaint_decided_count", "=", 5)], profile),
        ):
            with self.subTest(domain=domain):
                self.assertEqual(profiles.search([own, *domain]).ids, found.ids)

    def test_the_window_has_its_days(self):
        since = window_start(NOW.date(), self.policy.window_months)
        start = datetime.combine(since, datetime.min.time())
        self.make_complaint(partner_id=self.customers[0].id, date_received=start)
        self.make_complaint(
            partner_id=self.customers[1].id, date_received=start - timedelta(seconds=1)
        )
        self.assertEqual(self.figures(self.customers[0])[1], 1)
        self.assertEqual(self.figures(self.customers[1])[1], 0)
        with freeze_time(NOW + timedelta(days=1)):
            self.assertEqual(self.figures(self.customers[0])[1], 0)

    def test_random_complaints(self):
        """An oracle over random complaints, days and a time zone; read, searched and sorted."""
        random = Random(7)
        self.company.resource_calendar_id.tz = "America/New_York"
        self.env.registry.clear_cache()
        zone = pytz.timezone("America/New_York")
        made = []
        for _number in range(60):
            customer = random.choice(self.customers[:3])
            received = NOW - timedelta(minutes=random.randrange(900 * 24 * 60))
            complaint = self.make_complaint(partner_id=customer.id, date_received=received)
            is_closed = random.random() < 0.6
            if is_closed:
                self.settle(complaint, received + timedelta(hours=1))
            made.append((customer, received, is_closed))

        def day(moment):
            return pytz.utc.localize(moment).astimezone(zone).date()

        for passed in (0, 1, 30, 200):
            now = NOW + timedelta(days=passed)
            since = window_start(day(now), self.policy.window_months)
            expected = {}
            for customer in self.customers:
                own = [row for row in made if row[0] == customer]
                last = max((day(row[1]) for row in own), default=False)
                expected[customer] = (
                    sum(not row[2] for row in own),
                    sum(day(row[1]) >= since for row in own),
                    last,
                    (day(now) - last).days if last else 0,
                )
            with freeze_time(now):
                for customer in self.customers:
                    with self.subTest(days=passed, customer=customer.name):
                        self.assertEqual(self.figures(customer), expected[customer])
                self.check_searches(expected)

    def check_searches(self, expected):
        profiles = self.env["crm.relationship.profile"].with_user(self.manager)
        own = [("partner_id", "in", self.customers.ids)]
        names = ("complaint_open_count", "complaint_count")
        for place, name in enumerate(names):
            for limit in (0, 3, 10):
                found = profiles.search([*own, (name, ">", limit)])
                wanted = {customer for customer, row in expected.items() if row[place] > limit}
                self.assertEqual(set(found.partner_id.sudo()), wanted)
            ordered = profiles.search(own, order=f"{name} desc, id")
            values = [expected[profile.partner_id.sudo()][place] for profile in ordered]
            self.assertEqual(values, sorted(values, reverse=True))
            [(total,)] = profiles._read_group(own, [], [f"{name}:sum"])
            self.assertEqual(total, sum(row[place] for row in expected.values()))

    def test_confidential_ones_count_for_those_who_see_them(self):
        self.make_complaint(
            partner_id=self.customers[0].id, is_confidential=True, user_id=self.handler.id
        )
        self.assertEqual(self.figures(self.customers[0])[0], 0)
        self.manager.group_ids += self.env.ref("crm_relationship.group_executive")
        self.assertEqual(self.figures(self.customers[0])[0], 1)

    def test_nothing_while_switched_off(self):
        self.make_complaint(partner_id=self.customers[0].id)
        self.env["res.config.settings"].create({"group_relationship_complaint": False}).execute()
        self.assertEqual(self.figures(self.customers[0]), (0, 0, False, 0))
        profiles = self.env["crm.relationship.profile"].with_user(self.manager)
        self.assertFalse(profiles.search_count([("complaint_open_count", ">", 0)]))
        profiles.search([], order="complaint_last_date", limit=1)

    def test_another_company(self):
        other = self.create_company("Elsewhere Ltd")
        self.make_invoices([(self.customers[0], NOW.date(), 1)], company=other)
        self.recalculate(as_of=NOW.date(), company=other)
        self.make_complaint(partner_id=self.customers[0].id)
        self.manager.company_ids += other
        self.manager = self.manager.with_context(allowed_company_ids=[self.company.id, other.id])
        self.assertEqual(self.figures(self.customers[0])[0], 1)
        self.assertEqual(self.figures(self.customers[0], company=other)[0], 0)

    def test_merged_contacts(self):
        first, second = self.customers[:2]
        self.make_complaint(partner_id=first.id)
        self.make_complaint(partner_id=second.id)
        self.env["base.partner.merge.automatic.wizard"]._merge((first + second).ids, second)
        self.assertEqual(self.figures(second)[:2], (2, 2))

    def test_it_opens_the_complaints(self):
        complaint = self.make_complaint(partner_id=self.customers[0].id)
        self.make_complaint(partner_id=self.customers[1].id)
        profile = self.get_profile(self.customers[0]).with_user(self.manager)
        action = profile.action_open_complaints()
        found = self.env[action["res_model"]].with_user(self.manager).search(action["domain"])
        self.assertEqual(found.ids, complaint.ids)

    def test_revenue_for_each_complaint(self):
        self.make_complaint(partner_id=self.customers[0].id)
        self.make_complaint(partner_id=self.customers[0].id)
        profile = self.get_profile(self.customers[0]).with_user(self.manager)
        self.assertEqual(profile.revenue_per_complaint, profile.revenue / 2)
        self.assertEqual(self.get_profile(self.customers[3]).revenue_per_complaint, 0)

    def test_queries(self):
        customers = self.make_customers(40)
        self.make_invoices([(customer, NOW.date(), 10) for customer in customers])
        self.recalculate(as_of=NOW.date())
        profiles = self.env["crm.relationship.profile"].search(
            [("partner_id", "in", customers.ids)]
        )

        def count(number):
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            profiles[:number].with_user(self.manager).sudo(False).web_read(
                {"complaint_open_count": {}, "complaint_explanation": {}}
            )
            return self.env.cr.sql_log_count - before

        count(4)
        self.assertLessEqual(count(40), count(4) + 1)


@tagged("post_install", "-at_install")
@freeze_time(NOW)
class TestComplaintInsightQueries(InsightCase):
    """As many queries for three hundred complaints as for ten."""

    def count(self, read):
        self.env.flush_all()
        self.env.invalidate_all()
        before = self.env.cr.sql_log_count
        read()
        return self.env.cr.sql_log_count - before

    def make(self, number):
        causes = self.env["crm.relationship.complaint.cause"].create(
            [{"name": f"Cause {index} of {number}"} for index in range(12)]
        )
        self.env["crm.relationship.complaint"].create(
            [
                {
                    "subject": f"Complaint {index}",
                    "partner_id": self.customer.id,
                    "company_id": self.company.id,
                    "user_id": self.handler.id,
                    "cause_id": causes[index % 12].id,
                }
                for index in range(number)
            ]
        )

    def assert_bounded(self, read):
        self.make(10)
        read()  # what is kept in memory for good
        few = self.count(read)
        self.make(290)
        self.assertLessEqual(self.count(read), few + 1)

    def test_figures(self):
        complaints = self.env["crm.relationship.complaint"].with_user(self.employee).sudo(False)
        self.assert_bounded(complaints.get_board_figures)

    def test_pareto(self):
        pareto = self.env["crm.relationship.complaint.pareto"].with_user(self.reader).sudo(False)
        self.assert_bounded(lambda: pareto.get_pareto(self.company.id, level=3))

    def test_pivot(self):
        report = self.env["crm.relationship.complaint.report"].with_user(self.reader).sudo(False)
        measures = ["complaint_count:sum", "work_days_median:median", "resolved_share:avg"]
        self.assert_bounded(
            lambda: report.formatted_read_grouping_sets(
                [("company_id", "=", self.company.id)],
                [[], ["relationship_tier_id"], ["relationship_tier_id", "date_received:month"]],
                measures,
            )
        )
