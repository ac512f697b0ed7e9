from odoo.exceptions import AccessError, ValidationError
from odoo.tests import tagged

from .common import ComplaintCase


@tagged("post_install", "-at_install")
class TestComplaintTeam(ComplaintCase):
    """Who gets a new complaint, and who may belong to a team."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.complaint.unlink()
        cls.members = cls.team.member_ids

    def enter(self, **values):
        return self.make_complaint(user=self.employee, **values).sudo().user_id

    def test_by_hand_nobody_gets_it(self):
        self.assertFalse(self.enter())

    def test_the_one_with_the_fewest_open(self):
        for _number in range(2):
            self.make_complaint(user_id=self.handler.id)
        self.make_complaint(user_id=self.colleague.id)
        self.team.assignment = "load"
        self.assertEqual(self.enter(), self.colleague)
        self.assertEqual(self.enter(), self.handler)  # two each: never had one of the team's
        self.assertEqual(self.enter(), self.colleague)

    def test_closed_ones_do_not_count(self):
        closed = [self.make_complaint(user_id=self.handler.id) for _number in range(2)]
        self.make_complaint(user_id=self.colleague.id)
        for complaint in closed:
            self.close(complaint)
        self.team.assignment = "load"
        self.assertEqual(self.enter(), self.handler)

    def test_other_teams_complaints_count(self):
        other = self.make_team(name="Other")
        self.make_complaint(user_id=self.handler.id, team_id=other.id)
        self.team.assignment = "load"
        self.assertEqual(self.enter(), self.colleague)

    def test_in_turn(self):
        self.team.assignment = "turn"
        self.make_complaint(user_id=self.handler.id)
        order = [self.enter() for _number in range(4)]
        self.assertEqual(order, [self.handler, self.colleague, self.handler, self.colleague])

    def test_many_at_once_are_shared_out(self):
        self.team.assignment = "load"
        vals = {"subject": "x", "partner_id": self.customer.id, "company_id": self.company.id}
        complaints = self.env["crm.relationship.complaint"].create([vals] * 5)
        self.assertEqual(
            complaints.mapped("user_id.login"), ["complaint_handler", "complaint_colleague"]
        )
        self.assertEqual(
            [
                len(complaints.filtered(lambda c, u=u: c.user_id == u))
                for u in (self.handler, self.colleague)
            ],
            [3, 2],
        )
        self.assertEqual(self.enter(), self.colleague)

    def test_those_without_a_handler_are_shared_out_later(self):
        complaints = self.make_complaint() + self.make_complaint(user_id=self.leader.id)
        self.team.assignment = "turn"
        complaints.with_user(self.handler).action_assign()
        self.assertEqual(complaints.mapped("user_id"), self.handler + self.leader)

    def test_who_is_away_gets_none(self):
        self.team.assignment = "load"
        self.members[0].takes_new = False
        self.assertEqual(self.enter(), self.colleague)
        self.colleague.active = False
        self.assertFalse(self.enter())

    def test_a_handler_that_was_named_stays(self):
        self.team.assignment = "load"
        self.assertEqual(self.enter(user_id=self.leader.id), self.leader)

    def test_handlers_can_handle(self):
        for name, user in (("employee", self.employee), ("seller", self.seller)):
            with (
                self.subTest(user=name),
                self.assertRaisesRegex(ValidationError, "right to handle"),
            ):
                self.make_complaint(user_id=user.id)
            with self.assertRaisesRegex(ValidationError, "right to handle"):
                self.members[0].user_id = user
            with self.assertRaisesRegex(ValidationError, "right to handle"):
                self.team.user_id = user
        other = self.create_company("Elsewhere Ltd")
        stranger = self.new_user("complaint_stranger", "crm_relationship.group_complaint", other)
        with self.assertRaisesRegex(ValidationError, "who works in"):
            self.make_complaint(user_id=stranger.id)

    def test_the_leader_sees_who_has_how_many(self):
        urgent = self.make_complaint(user_id=self.handler.id, is_safety=True)
        self.make_complaint(user_id=self.handler.id)
        self.make_complaint()
        urgent.with_user(self.handler).action_wait()
        team = self.team.with_user(self.leader)
        self.assertEqual((team.open_count, team.unassigned_count), (3, 1))
        handler, colleague = team.member_ids
        self.assertEqual(
            (handler.open_count, handler.urgent_count, handler.waiting_count), (2, 1, 1)
        )
        self.assertEqual(colleague.open_count, 0)
        action = handler.action_open_complaints()
        self.assertEqual(
            self.env[action["res_model"]].with_user(self.leader).search_count(action["domain"]), 2
        )

    def test_the_leader_changes_the_own_team_alone(self):
        self.team.with_user(self.leader).assignment = "turn"
        self.members.with_user(self.leader)[0].takes_new = False
        self.make_complaint(user_id=self.handler.id)
        for user in (self.handler, self.employee):
            with self.assertRaises(AccessError):
                self.team.with_user(user).assignment = "load"
        with self.assertRaises(AccessError):
            self.members.with_user(self.handler)[0].takes_new = True

    def test_my_teams(self):
        teams = self.env["crm.relationship.complaint.team"]
        domain = [("is_mine", "=", True), ("company_id", "=", self.company.id)]
        for user in (self.leader, self.handler):
            self.assertEqual(teams.with_user(user).search(domain), self.team)
            self.assertTrue(self.team.with_user(user).is_mine)
        self.assertFalse(teams.with_user(self.employee).search(domain))

    def test_a_team_stays_where_its_complaints_are(self):
        other = self.create_company("Elsewhere Ltd")
        team = self.make_team(name="Lonely")
        self.make_complaint(team_id=team.id)
        with self.assertRaises(ValidationError):
            team.company_id = other

    def test_its_alias_makes_complaints(self):
        alias = self.team.alias_id
        self.assertEqual(alias.alias_model_id.model, "crm.relationship.complaint")
        self.assertIn(f"'team_id': {self.team.id}", alias.alias_defaults)
        team = self.team
        team.unlink()
        self.assertFalse(alias.exists())
