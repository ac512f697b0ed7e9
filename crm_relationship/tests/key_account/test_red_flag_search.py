from odoo.tests import tagged

from .common import KeyAccountCase


@tagged("post_install", "-at_install")
class TestRedFlagSearch(KeyAccountCase):
    """Plans are found, sorted and grouped by what is dangerous about them."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.company.relationship_private_data = True
        cls.bare = cls.make_plan()
        cls.make_role("Ann", cls.bare)
        cls.sound = cls.make_plan(sponsor_id=cls.manager.id, has_no_competitor=True)
        ann = cls.make_role(
            "Ann",
            cls.sound,
            level="high",
            buying_role="economic_buyer",
            is_coach=True,
            is_rising_star=True,
            hidden_power="low",
            coverage="deep",
        )
        ann.activity_schedule("mail.mail_activity_data_call").action_done()
        cls.make_role("Bob", cls.sound, level="middle", coverage="deep")
        cls.env["crm.relationship.role.note"].create(
            {"role_id": ann.id, "kind": "career", "body": "Wants to lead the plant"}
        )
        cls.closed = cls.make_plan(state="draft")
        cls.closed.state = "closed"
        cls.all = cls.bare + cls.sound + cls.closed

    def find(self, *domain, user=None, **options):
        plans = self.env["crm.relationship.plan"].with_user(user or self.owner)
        return plans.search([("id", "in", self.all.ids), *domain], **options)

    def test_each_flag_finds_the_plans_that_raise_it(self):
        plans = self.all.with_user(self.owner)
        for code, _name in plans._fields["red_flag"].selection:
            raised = plans.filtered(
                lambda plan, code=code: code in [flag["code"] for flag in plan.red_flags or []]
            )
            self.assertEqual(self.find(("red_flag", "=", code)), raised, code)
            self.assertEqual(self.find(("red_flag", "!=", code)), plans - raised, code)
        self.assertEqual(self.find(("red_flag", "=", "no_coach")), self.bare)

    def test_plans_with_and_without_any(self):
        self.assertFalse(self.sound.with_user(self.owner).red_flags)
        self.assertEqual(self.find(("red_flag", "!=", False)), self.bare)
        self.assertEqual(self.find(("red_flag", "=", False)), self.sound + self.closed)
        self.assertEqual(self.find(("red_flag_count", ">", 1)), self.bare)
        self.assertEqual(self.find(("red_flag_count", "=", 0)), self.sound + self.closed)
        self.assertEqual(self.find(("red_flag_count", "<", 1)), self.sound + self.closed)

    def test_by_severity(self):
        self.assertEqual(self.find(("red_flag_severity", "=", "high")), self.bare)
        self.assertFalse(self.find(("red_flag_severity", "in", ["medium", "low"])))
        self.sound.has_no_competitor = False
        self.assertEqual(self.find(("red_flag_severity", "in", ["medium", "low"])), self.sound)

    def test_the_worst_stand_first(self):
        self.sound.has_no_competitor = False
        last = self.closed + self.sound + self.bare
        for order in ("red_flag_severity", "red_flag", "red_flag_count desc, id"):
            found = self.find(("state", "!=", "closed"), order=order)
            self.assertEqual(found, self.bare + self.sound, order)
        self.assertEqual(self.find(order="red_flag_count, id desc"), last)

    def test_groups_show_a_plan_under_each_flag(self):
        plans = self.env["crm.relationship.plan"].with_user(self.owner)
        domain = [("id", "in", self.all.ids)]
        counts = dict(plans._read_group(domain, ["red_flag"], ["__count"]))
        expected = {flag["code"]: 1 for flag in self.bare.with_user(self.owner).red_flags}
        self.assertEqual(counts, {**expected, False: 2})
        groups = plans.web_read_group(domain, ["red_flag"], ["__count", "red_flag_count:sum"])
        self.assertEqual(groups["length"], len(counts))
        severity = plans._read_group(domain, ["red_flag_severity"], ["red_flag_count:sum"])
        self.assertEqual(dict(severity), {"high": len(expected), False: 0})

    def test_the_fields_tell_lists_what_they_can_do(self):
        told = self.env["crm.relationship.plan"].fields_get(["red_flag", "red_flag_count"])
        for field in told.values():
            self.assertTrue(field["searchable"] and field["sortable"] and field["groupable"])

    def test_the_wishes_are_the_teams_business(self):
        self.sound.role_ids.sudo().note_ids.unlink()
        wish = ("red_flag", "=", "no_career_wish")
        self.assertEqual(self.find(wish), self.bare + self.sound)
        self.assertFalse(self.find(wish, user=self.outsider))
        self.assertEqual(
            self.find(("red_flag", "!=", "no_career_wish"), user=self.outsider), self.all
        )

    def test_nobody_finds_plans_of_others(self):
        seller = self.new_user("plan_seller", "sales_team.group_sale_salesman")
        self.assertFalse(self.find(("red_flag", "!=", False), user=seller))
        self.assertFalse(self.find(("red_flag", "=", False), user=seller))

    def test_a_closed_plan_raises_none(self):
        plan = self.closed.with_user(self.owner)
        self.assertFalse(plan.red_flags)
        self.assertIn("closed plan raises no", plan.red_flag_explanation)
        self.closed.state = "draft"
        self.assertTrue(plan.red_flags)
