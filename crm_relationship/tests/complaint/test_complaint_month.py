from datetime import date, datetime, timedelta

from freezegun import freeze_time

from odoo.exceptions import AccessError
from odoo.tests import tagged

from ...models.complaint.pareto_drawing import draw
from .test_complaint_insight import InsightCase

NOW = datetime(2025, 6, 16, 8, 0)
MAY = date(2025, 5, 20)


@tagged("post_install", "-at_install")
@freeze_time(NOW)
class TestComplaintMonth(InsightCase):
    """The printed month, against figures counted by hand."""

    def wizard(self, user=None, **values):
        wizards = self.env["crm.relationship.complaint.month"].with_user(user or self.reader)
        wizards = wizards.with_context(allowed_company_ids=self.company.ids)
        return wizards.create({"company_id": self.company.id, "date": MAY, **values})

    def report(self, **options):
        self.env.flush_all()
        self.env.invalidate_all()
        return self.wizard(**options)._prepare_report()

    def row(self, name, **options):
        return next(row for row in self.report(**options)["rows"] if row["name"] == name)

    def make(self, received, closed=None, **values):
        complaint = self.make_complaint(date_received=received, **values)
        if closed:
            self.settle(complaint, closed, work_days=7)
        return complaint

    def test_the_last_month_is_proposed(self):
        wizard = self.env["crm.relationship.complaint.month"].with_user(self.reader).new()
        self.assertEqual(wizard.date, date(2025, 5, 31))

    def test_months_begin_and_end_at_midnight(self):
        self.make(datetime(2025, 4, 30, 23, 59))
        self.make(datetime(2025, 5, 1, 0, 0))
        self.make(datetime(2025, 5, 31, 23, 59))
        self.make(datetime(2025, 6, 1, 0, 0))
        self.make(datetime(2024, 5, 31, 23, 59))
        row = self.row("received")
        self.assertEqual(row["values"], [2, 1, 1])
        self.assertEqual([change["value"] for change in row["changes"]], [1, 1])
        self.assertEqual([change["is_good"] for change in row["changes"]], [False, False])

    def test_closed_and_open(self):
        self.make(datetime(2025, 4, 10), datetime(2025, 5, 10))
        self.make(datetime(2025, 5, 5), datetime(2025, 6, 2))
        self.make(datetime(2025, 5, 6))
        self.assertEqual(self.row("closed")["values"], [1, 0, 0])
        self.assertEqual(self.row("open")["values"], [2, 1, 0])
        self.assertEqual(self.row("median")["values"], [7, None, None])
        self.assertEqual(self.row("median")["changes"][0], {"value": None, "is_good": None})

    def test_in_time(self):
        kept = self.make(datetime(2025, 5, 2), datetime(2025, 5, 4))
        missed = self.make(datetime(2025, 5, 2), datetime(2025, 5, 4))
        kept._save({"resolved_in_time": "yes"})
        missed._save({"resolved_in_time": "no"})
        self.assertEqual(self.row("resolved")["values"], [50, None, None])

    def test_more_that_is_justified_is_neither_good_nor_bad(self):
        self.make(datetime(2025, 5, 2), datetime(2025, 5, 4))
        other = self.make(datetime(2025, 4, 2), datetime(2025, 4, 4))
        other._save({"result": "not_justified"})
        row = self.row("justified")
        self.assertEqual(row["values"], [100, 0, None])
        self.assertEqual(row["changes"][0], {"value": 100, "is_good": None})

    def test_causes_of_the_year_until_then(self):
        self.make(datetime(2024, 5, 31, 23, 59), cause_id=self.cause.id)
        self.make(datetime(2024, 6, 1), cause_id=self.cause.id)
        self.make(datetime(2025, 6, 1), cause_id=self.cause.id)
        report = self.report()
        self.assertEqual([(bar["name"], bar["value"]) for bar in report["bars"]], [("Mixed Up", 1)])
        self.assertEqual(report["pareto"]["bars"][0]["label"], "Mixed Up")

    def test_worst_categories(self):
        first, second = self.env["crm.relationship.complaint.category"].create(
            [{"name": "One"}, {"name": "Two"}]
        )
        for number in range(3):
            self.make(datetime(2025, 5, 2 + number), category_id=second.id, severity="critical")
        self.make(datetime(2025, 5, 9), category_id=first.id, severity="minor")
        self.make(datetime(2025, 4, 9), category_id=first.id)
        rows = self.report()["categories"]
        self.assertEqual([row["category"].id for row in rows], [second.id, first.id])
        self.assertEqual([row["counts"] for row in rows], [[3, 0], [1, 1]])
        self.assertEqual([float(row["severe"]) for row in rows], [100, 0])

    def test_what_is_open_still(self):
        late = self.make(datetime(2025, 5, 30))
        early = self.make(datetime(2025, 3, 1))
        self.make(datetime(2025, 6, 3))
        self.make(datetime(2025, 5, 3), datetime(2025, 5, 9))
        self.assertEqual(self.report()["oldest"].ids, [early.id, late.id])

    def test_nothing(self):
        report = self.report()
        self.assertFalse(report["has_any"])
        self.assertIsNone(report["pareto"])
        self.assertFalse(report["oldest"])
        self.assertTrue(self.html())

    def html(self, **options):
        self.env.flush_all()
        report = self.env["ir.actions.report"].with_user(options.get("user") or self.reader)
        content, _kind = report._render_qweb_html(
            "crm_relationship.report_complaint_month", self.wizard(**options).ids
        )
        return content.decode()

    def test_on_paper(self):
        self.make(datetime(2025, 5, 2), datetime(2025, 5, 4), cause_id=self.cause.id)
        self.make(datetime(2025, 5, 2), subject="Still waiting")
        html = self.html()
        for text in ("May 2025", "<svg", "<polyline", "Mixed Up", "Still waiting", "06/01/2024"):
            self.assertIn(text, html)

    def test_who_prints_it(self):
        self.make(datetime(2025, 5, 2), is_confidential=True, user_id=self.handler.id)
        for user, count in (
            (self.handler, 1),
            (self.executive, 1),
            (self.colleague, 0),
            (self.manager, 0),
        ):
            with self.subTest(user=user.login):
                self.assertEqual(self.row("received", user=user)["values"][0], count)
        for user in (self.employee, self.seller):
            with self.subTest(user=user.login), self.assertRaises(AccessError):
                self.wizard(user=user)

    def test_another_company(self):
        other = self.create_company("Elsewhere Ltd")
        wizard = self.wizard()
        wizard.sudo().company_id = other
        with self.assertRaises(AccessError):
            wizard.action_print()
        with self.assertRaises(AccessError):
            wizard._prepare_report()

    def test_queries(self):
        """As many for three hundred complaints as for ten."""
        causes = self.env["crm.relationship.complaint.cause"].create(
            [{"name": f"Cause {number}"} for number in range(12)]
        )

        def count(number):
            complaints = self.env["crm.relationship.complaint"]
            vals = [
                {
                    "subject": f"x {index}",
                    "partner_id": self.customer.id,
                    "company_id": self.company.id,
                    "date_received": NOW - timedelta(days=20),
                    "cause_id": causes[index % 12].id,
                    "user_id": self.handler.id,
                }
                for index in range(number)
            ]
            complaints.create(vals)
            self.env.flush_all()
            self.env.invalidate_all()
            wizard = self.wizard()
            before = self.env.cr.sql_log_count
            wizard._prepare_report()
            return self.env.cr.sql_log_count - before

        count(10)
        few = count(10)
        self.assertLessEqual(count(290), few + 2)


@tagged("post_install", "-at_install")
class TestParetoDrawing(InsightCase):
    """Where bars and line stand."""

    def test_bars_and_line(self):
        bars = [
            {"name": "A", "value": 3, "share": 75, "cumulative": 75, "is_vital": True},
            {"name": "B / C", "value": 1, "share": 25, "cumulative": 100, "is_vital": True},
        ]
        drawing = draw(bars, 80)
        first, second = drawing["bars"]
        self.assertAlmostEqual(first["bar_height"], 3 * second["bar_height"])
        self.assertEqual(first["y"] + first["bar_height"], drawing["base"])
        self.assertEqual(second["label"], "C")
        points = [tuple(map(float, point.split(","))) for point in drawing["line"].split()]
        self.assertEqual(points[0], (first["middle"], first["y"]))
        self.assertEqual(points[1][1], drawing["grid"][-1]["y"])
