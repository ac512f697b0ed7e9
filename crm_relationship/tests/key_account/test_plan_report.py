import io
import re
from unittest import skipIf

from freezegun import freeze_time
from lxml import html
from pypdf import PdfReader

from odoo.exceptions import AccessError
from odoo.tests import HttpCase, tagged
from odoo.tools.misc import find_in_path

from ...models.key_account.radar_drawing import draw, place
from .common_assessment import TODAY
from .common_health import DAY, HealthCase

REPORT = "crm_relationship.report_account_plan"


def has_wkhtmltopdf():
    try:
        return bool(find_in_path("wkhtmltopdf"))
    except OSError:
        return False


class ReportCase(HealthCase):
    def fill(self):
        """Give the plan something of everything, and something private."""
        self.company.relationship_private_data = True
        self.make_chain()
        self.finance.reports_to_id = self.boss
        self.buyer.reports_to_id = self.finance
        self.plan.sponsor_id = self.manager
        self.judge(self.delivery, 80)
        self.make_objective(1000)
        self.make_invoices([(self.customer, DAY, 600)])
        self.make_goal(name="Framework agreement")
        self.plan_action(-2, name="Late call")
        category = self.env["product.category"].create({"name": "Test Presses"})
        self.env["crm.relationship.plan.whitespace"].create(
            {"plan_id": self.plan.id, "category_id": category.id, "potential": 5000}
        )
        self.env["crm.relationship.role.note"].create(
            {"role_id": self.boss.id, "kind": "note", "body": "Private Secret"}
        )

    def render(self, user=None, plan=None):
        self.env.flush_all()
        self.env.invalidate_all()
        reports = self.env["ir.actions.report"].with_user(user or self.owner)
        content, _type = reports._render_qweb_html(REPORT, (plan or self.plan).ids)
        return html.fromstring(content)


@tagged("post_install", "-at_install")
@freeze_time(TODAY)
class TestPlanReport(ReportCase):
    """The plan on paper."""

    def test_a_full_plan(self):
        self.fill()
        page = self.render()
        text = " ".join(page.text_content().split())
        for part in (
            "Key Customer",
            "plan_owner",
            "plan_manager",
            "Architect",
            "of 100",
            "No coach",
            "To do:",
            "Framework agreement",
            "Late call",
            "Overdue",
            "Test Presses",
            "Revenue",
        ):
            self.assertIn(part, text)
        self.assertNotIn("Private Secret", text)
        self.assertNotIn("career wishes known", text)
        self.assertEqual(len(page.findall(".//svg")), 1)
        self.assertEqual(len(page.findall(".//svg/polygon")), 4)  # the rings; one is not judged

    def test_the_chain_is_a_tree(self):
        self.fill()
        chain = self.plan.with_user(self.owner)._prepare_report_chain()
        self.assertEqual(
            [(row["name"], row["depth"]) for row in chain],
            [("Boss", 0), ("Finance", 1), ("Buyer", 2), ("User", 0)],
        )

    def test_an_empty_and_a_closed_plan(self):
        page = self.render()
        self.assertIn("Nobody is in the chain yet", page.text_content())
        self.assertIn("No objective yet", page.text_content())
        self.plan.action_close()
        self.assertIn("no health any more", self.render().text_content())

    def test_who_reads_the_plan_prints_it(self):
        self.fill()
        for user in (self.outsider, self.manager):
            self.assertNotIn("Private Secret", self.render(user).text_content())
        seller = self.new_user("plan_seller", "sales_team.group_sale_salesman")
        other = self.create_company("Second Ltd")
        stranger = self.new_user("second_manager", "sales_team.group_sale_manager", other)
        for user in (seller, stranger):
            with self.assertRaises(AccessError):
                self.render(user)

    def test_the_radar(self):
        self.assertEqual(place(0, 4, 100), (0, -108))
        self.assertEqual(place(1, 4, 50), (54, 0))
        dimensions = [
            {"name": name, "score": score, "wanted": 80, "last": None}
            for name, score in (("A", 100), ("B", 50), ("C", 0), ("D", None))
        ]
        radar = draw(dimensions)
        self.assertEqual(len(radar["series"]["score"]["marks"]), 3)
        self.assertEqual(
            radar["series"]["score"]["lines"], [((0, -108), (54, 0)), ((54, 0), (0, 0))]
        )
        self.assertFalse(radar["series"]["score"]["outline"])
        self.assertTrue(radar["series"]["wanted"]["outline"])
        self.assertFalse(radar["series"]["last"]["marks"])
        self.assertEqual(
            [name["anchor"] for name in radar["names"]], ["middle", "start", "middle", "end"]
        )


@tagged("post_install", "-at_install")
class TestPlanPdf(ReportCase, HttpCase):
    """The PDF itself, where wkhtmltopdf is there."""

    @skipIf(not has_wkhtmltopdf(), "No wkhtmltopdf")
    def test_the_pdf(self):
        reports = self.env["ir.actions.report"].with_context(force_report_rendering=True)
        empty, kind = reports._render_qweb_pdf(REPORT, self.plan.ids)
        self.assertEqual(kind, "pdf")
        with freeze_time(TODAY):
            self.fill()
        full, _kind = reports._render_qweb_pdf(REPORT, self.plan.ids)
        pages = PdfReader(io.BytesIO(full)).pages
        # Lines in the colour of the scores: the radar is drawn, not left out by the converter.
        drawn = b"".join(page.get_contents().get_data() for page in pages)
        self.assertEqual(len(re.findall(rb"0\.4431\d* 0\.2941\d* 0\.4039\d* SCN\s+2 w", drawn)), 4)
        self.assertGreater(len(full), len(empty))
