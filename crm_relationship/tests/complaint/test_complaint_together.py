from odoo.tests import tagged

from .inquiry import InquiryCase


@tagged("post_install", "-at_install")
class TestComplaintTogether(InquiryCase):
    """What the aspects of a complaint give each other."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.complaint.write({"contact_id": cls.contact.id, "team_id": cls.team.id})

    def settle(self):
        """Close the second complaint of the same cause, which cost 40, and rate it low."""
        self.close()
        self.again = self.make_complaint(user_id=self.handler.id, contact_id=self.contact.id)
        self.department = self.env["crm.relationship.complaint.department"].create(
            {"name": "Assembly"}
        )
        self.again.department_id = self.department
        self.make_resolution(40, complaint_id=self.again.id).with_user(self.handler).action_grant()
        self.close(self.again)
        self.again.sudo()._rate("1", "5", "Slow")
        self.env.flush_all()

    def test_the_analysis_knows_cost_recurrence_rating_and_department(self):
        self.settle()
        rows = self.env["crm.relationship.complaint.report"].with_user(self.handler)
        rows = rows.with_context(allowed_company_ids=self.company.ids)
        found = rows._read_group(
            [("partner_id", "=", self.customer.id)],
            ["department_id"],
            ["__count", "cost:sum", "recurrence_share:avg", "rating:avg"],
        )
        self.assertCountEqual(
            found,
            [
                (self.department.with_env(rows.env), 1, 40, 100, 1),
                (self.department.browse(), 1, 0, 0, False),
            ],
        )

    def test_causes_weigh_by_cost(self):
        self.settle()
        pareto = self.env["crm.relationship.complaint.pareto"].with_user(self.handler)
        pareto = pareto.with_context(allowed_company_ids=self.company.ids)
        found = pareto.get_pareto(self.company.id, period="all", measure="cost")
        [bar] = [bar for bar in found["bars"] if bar["id"] == self.cause.id]
        self.assertEqual((bar["value"], bar["count"]), (40, 2))

    def test_the_month_on_paper_has_improvements_and_cost(self):
        self.settle()
        done = self.finish(self.make_action(complaint_id=self.again.id, name="Done now"))
        self.make_action(complaint_id=self.again.id, name="Next year", date_deadline="2199-01-01")
        wizard = self.env["crm.relationship.complaint.month"].with_user(self.handler)
        wizard = wizard.with_context(allowed_company_ids=self.company.ids).create(
            {"company_id": self.company.id, "date": self.today}
        )
        report = wizard._prepare_report()
        self.assertEqual(report["actions"].ids, done.ids)
        values = {row["name"]: row["values"][0] for row in report["rows"]}
        self.assertEqual((values["cost"], values["recurrence"], values["rating"]), (40, 50, 1))
        html = self.env["ir.qweb"]._render(
            "crm_relationship.report_complaint_month", {"docs": wizard}
        )
        self.assertIn("Done now", html)

    def test_a_low_rating_can_go_to_the_executives(self):
        self.company.relationship_complaint_low_rating = "executives"
        before = self.complaint.escalation_ids
        self.close()
        self.complaint.sudo()._rate("1", "1", "")
        log = self.complaint.escalation_ids - before
        self.assertEqual(log.origin, "other")
        self.assertIn("not satisfied", log.reason)

    def test_who_withdraws_reads_nothing_of_an_approval_that_is_missing(self):
        self.make_limit(0)
        self.make_resolution(40).action_grant()
        self.complaint.sudo()._portal_withdraw(self.contact, "We have found it")
        self.assertEqual(self.complaint.stage_code, "new")
        activity = self.complaint.activity_ids.filtered(
            lambda activity: "withdraws" in (activity.summary or "")
        )
        self.assertEqual(activity.user_id, self.handler)
