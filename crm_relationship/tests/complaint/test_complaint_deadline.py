import doctest
from contextlib import contextmanager

from psycopg2 import IntegrityError

from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import freeze_time, tagged, users
from odoo.tools import mute_logger

from ...models.complaint import resource_calendar_complaint, work_clock
from .common_deadline import SHANGHAI, WEEK, DeadlineCase


@tagged("post_install", "-at_install")
class TestComplaintDeadlineTime(DeadlineCase):
    """Deadlines against times that were worked out by hand. Hours are those on the wall."""

    def test_within_a_day(self):
        self.set_targets(("resolve", 2, {}))
        self.assert_due(self.receive("2025-06-02 09:00"), "2025-06-02 11:00")

    def test_over_noon_and_up_to_the_end_of_the_day(self):
        """Nine to twelve are three hours, thirteen to seventeen the other four."""
        self.set_targets(("respond", 3, {}), ("resolve", 7, {}))
        complaint = self.receive("2025-06-02 09:00")
        self.assert_due(complaint, "2025-06-02 12:00", "respond")
        self.assert_due(complaint, "2025-06-02 17:00")

    def test_over_night(self):
        self.set_targets(("respond", 8, {}), ("resolve", 12, {}))
        complaint = self.receive("2025-06-02 15:00")  # two hours until the evening
        self.assert_due(complaint, "2025-06-03 15:00", "respond")
        self.assert_due(complaint, "2025-06-04 10:00")

    def test_received_at_night(self):
        self.set_targets(("resolve", 4, {}))
        self.assert_due(self.receive("2025-06-02 20:00"), "2025-06-03 12:00")
        self.assert_due(self.receive("2025-06-03 04:00"), "2025-06-03 12:00")

    def test_over_a_weekend(self):
        self.set_targets(("resolve", 2, {}))
        self.assert_due(self.receive("2025-06-06 16:00"), "2025-06-09 09:00")
        self.assert_due(self.receive("2025-06-07 11:00"), "2025-06-09 10:00")

    def test_over_a_holiday(self):
        self.set_targets(("resolve", 2, {}))
        complaint = self.receive("2025-04-30 16:00")
        self.assert_due(complaint, "2025-05-01 09:00")
        holiday = self.env["resource.calendar.leaves"].create(
            {
                "name": "Labour Day",
                "calendar_id": self.calendar.id,
                "company_id": self.company.id,
                "date_from": self.utc("2025-05-01 00:00"),
                "date_to": self.utc("2025-05-02 00:00"),
            }
        )
        self.assert_due(complaint, "2025-05-02 09:00")
        holiday.date_to = self.utc("2025-05-02 10:00")
        self.assert_due(complaint, "2025-05-02 11:00")
        holiday.unlink()
        self.assert_due(complaint, "2025-05-01 09:00")

    def test_holidays_of_others(self):
        """Those of another company and people's own days off hold nothing up."""
        self.set_targets(("resolve", 2, {}))
        other = self.create_company("Elsewhere")
        person = self.env["resource.resource"].create(
            {"name": "Ann", "calendar_id": self.calendar.id, "company_id": self.company.id}
        )
        day = {
            "name": "Away",
            "date_from": self.utc("2025-06-02 00:00"),
            "date_to": self.utc("2025-06-03 00:00"),
        }
        leaves = self.env["resource.calendar.leaves"]
        leaves.with_company(other).create({**day, "calendar_id": False})
        leaves.create({**day, "calendar_id": self.calendar.id, "resource_id": person.id})
        self.assert_due(self.receive("2025-06-02 09:00"), "2025-06-02 11:00")
        leaves.with_company(self.company).create({**day, "calendar_id": False})
        self.assert_due(self.receive("2025-06-02 09:00"), "2025-06-03 10:00")

    def test_summer_time_begins(self):
        """On Sunday, 30 March 2025 two o'clock is three: Friday is UTC+1, Monday UTC+2."""
        self.set_targets(("resolve", 2, {}))
        complaint = self.receive("2025-03-28 16:00")
        self.assertEqual(str(complaint.date_received), "2025-03-28 15:00:00")
        self.assertEqual(str(self.deadline(complaint).date_due), "2025-03-31 07:00:00")

    def test_summer_time_ends(self):
        """On Sunday, 26 October 2025 three o'clock is two: Friday is UTC+2, Monday UTC+1."""
        self.set_targets(("resolve", 2, {}))
        complaint = self.receive("2025-10-24 16:00")
        self.assertEqual(str(complaint.date_received), "2025-10-24 14:00:00")
        self.assertEqual(str(self.deadline(complaint).date_due), "2025-10-27 08:00:00")

    def test_working_while_the_clock_is_put_forward(self):
        """Sunday from midnight to six has five hours then: four end at five."""
        self.team.resource_calendar_id = self.make_calendar([(6, 0, 6)])
        self.set_targets(("respond", 4, {}), ("resolve", 6, {}))
        complaint = self.receive("2025-03-30 00:00")
        self.assertEqual(str(self.deadline(complaint, "respond").date_due), "2025-03-30 03:00:00")
        self.assert_due(complaint, "2025-03-30 05:00", "respond")
        self.assert_due(complaint, "2025-04-06 01:00")  # the sixth hour, a week later

    def test_working_while_the_clock_is_put_back(self):
        """Sunday from midnight to six has seven hours then: four end at three."""
        self.team.resource_calendar_id = self.make_calendar([(6, 0, 6)])
        self.set_targets(("respond", 4, {}), ("resolve", 7, {}))
        complaint = self.receive("2025-10-26 00:00")
        self.assertEqual(str(self.deadline(complaint, "respond").date_due), "2025-10-26 02:00:00")
        self.assert_due(complaint, "2025-10-26 06:00")

    def test_another_time_zone(self):
        self.team.resource_calendar_id = self.make_calendar(WEEK, SHANGHAI)
        self.set_targets(("resolve", 2, {}))
        complaint = self.receive("2025-03-28 16:00", SHANGHAI)
        self.assertEqual(str(complaint.date_received), "2025-03-28 08:00:00")
        self.assertEqual(str(self.deadline(complaint).date_due), "2025-03-31 01:00:00")
        self.assert_due(complaint, "2025-03-31 09:00", tz=SHANGHAI)

    def test_no_calendar(self):
        """Around the clock: without a team, or without hours."""
        self.set_targets(("respond", 24, {}), ("resolve", 2, {"unit": "day"}))
        self.calendar.attendance_ids.unlink()
        for team in (self.team, self.team.browse()):
            complaint = self.receive("2025-06-06 16:00", team_id=team.id)
            complaint.team_id = team
            self.assert_due(complaint, "2025-06-07 16:00", "respond")
            self.assert_due(complaint, "2025-06-08 16:00")
            explanation = str(self.as_handler(complaint).deadline_explanation)
            self.assertIn("Around the clock", explanation)

    def test_around_the_clock_by_calendar(self):
        """Days that end at midnight go on with the next one."""
        self.team.resource_calendar_id = self.make_calendar([(day, 0, 24) for day in range(7)])
        self.set_targets(("resolve", 100, {}))
        self.assert_due(self.receive("2025-06-06 16:00"), "2025-06-10 20:00")

    def test_working_days(self):
        """A day is as long as the calendar's average one: eight hours."""
        self.set_targets(("resolve", 3, {"unit": "day"}))
        self.assert_due(self.receive("2025-06-05 10:00"), "2025-06-10 10:00")

    def test_internal_date_and_amber(self):
        """Two hours before; amber with a quarter left of eight hours as well."""
        self.set_targets(("resolve", 8, {}))
        complaint = self.receive("2025-06-06 16:00")
        deadline = self.deadline(complaint)
        self.assertEqual(deadline.date_due, self.utc("2025-06-09 16:00"))
        self.assertEqual(deadline.date_internal, self.utc("2025-06-09 14:00"))
        self.assertEqual(deadline.date_amber, self.utc("2025-06-09 14:00"))
        self.company.relationship_complaint_margin_hours = 1
        self.assertEqual(deadline.date_internal, self.utc("2025-06-09 15:00"))
        self.assertEqual(deadline.date_amber, self.utc("2025-06-09 14:00"))
        self.company.relationship_complaint_margin_hours = 20
        self.assertEqual(deadline.date_internal, complaint.date_received)

    def test_plan_hours_agrees(self):
        """Odoo's own planning says the same, hour after hour over a change of the clock."""
        self.env["resource.calendar.leaves"].create(
            {
                "name": "Closed",
                "calendar_id": self.calendar.id,
                "company_id": self.company.id,
                "date_from": self.utc("2025-03-27 00:00"),
                "date_to": self.utc("2025-03-28 10:30"),
            }
        )
        start = self.utc("2025-03-25 09:20")
        clock = self.calendar._get_complaint_clock(self.company)
        for hours in range(1, 60):
            planned = self.calendar.plan_hours(hours, start, compute_leaves=True)
            self.assertEqual(clock.add(start, hours * 3600), planned, hours)
            self.assertEqual(clock.between(start, planned), hours * 3600)
            self.assertLessEqual(clock.subtract(planned, hours * 3600), start)

    def test_examples(self):
        """The examples in the docstrings hold."""
        for module in (work_clock, resource_calendar_complaint):
            result = doctest.testmod(module)
            self.assertEqual((result.failed, bool(result.attempted)), (0, True))


@tagged("post_install", "-at_install")
class TestComplaintDeadlineWait(DeadlineCase):
    """Waiting for the customer adds the working time that was waited."""

    def test_adds_the_working_time(self):
        """From 15 to 17 and from 8 to 10: four hours, and the night adds none."""
        self.set_targets(("resolve", 8, {}))
        complaint = self.receive("2025-06-02 09:00")
        self.assert_due(complaint, "2025-06-03 09:00")
        self.wait(complaint, "2025-06-02 15:00", "2025-06-03 10:00")
        self.assert_due(complaint, "2025-06-03 14:00")
        self.assertEqual(self.deadline(complaint).minutes_waited, 240)

    def test_stands_still_meanwhile(self):
        self.set_targets(("resolve", 8, {}))
        complaint = self.receive("2025-06-02 09:00")
        self.wait(complaint, "2025-06-02 15:00")
        deadline = self.deadline(complaint)
        self.assertEqual((deadline.state, complaint.deadline_waits), ("waiting", True))
        with freeze_time(self.utc("2025-06-05 09:00")):
            complaint.invalidate_recordset(["deadline_light", "time_left"])
            self.assertEqual(complaint.deadline_light, "grey")
            self.assertIn("wait", complaint.time_left)
            self.assertFalse(deadline.is_overdue)

    def test_several_times(self):
        """One hour on Monday, a weekend, and a wait that only began by the first one."""
        self.set_targets(("resolve", 8, {}))
        complaint = self.receive("2025-06-05 09:00")  # due on Friday at nine
        self.wait(complaint, "2025-06-05 16:00", "2025-06-06 09:00")  # two: due at eleven
        self.wait(complaint, "2025-06-06 10:00", "2025-06-09 09:00")  # seven: Monday at ten
        self.assert_due(complaint, "2025-06-09 10:00")
        self.assertEqual(self.deadline(complaint).minutes_waited, 9 * 60)

    def test_too_late_is_not_mended_by_waiting(self):
        self.set_targets(("resolve", 2, {}))
        complaint = self.receive("2025-06-02 09:00")
        self.wait(complaint, "2025-06-02 11:00")  # the very moment it is due
        self.assertEqual(self.deadline(complaint).state, "running")
        with freeze_time(self.utc("2025-06-02 15:00")):
            self.as_handler(complaint).action_end_wait()
        self.assert_due(complaint, "2025-06-02 11:00")
        self.assertEqual(self.deadline(complaint).minutes_waited, 0)

    def test_a_minute_before(self):
        self.set_targets(("resolve", 2, {}))
        complaint = self.receive("2025-06-02 09:00")
        self.wait(complaint, "2025-06-02 10:59", "2025-06-02 15:00")
        self.assert_due(complaint, "2025-06-02 15:01")

    def test_answered_while_we_wait(self):
        """The wait counts until the answer."""
        self.set_targets(("acknowledge", 2, {}))
        complaint = self.receive("2025-06-02 09:00")
        self.wait(complaint, "2025-06-02 10:00")
        with freeze_time(self.utc("2025-06-02 16:00")):
            self.move("acknowledged", complaint)
        deadline = self.deadline(complaint, "acknowledge")
        self.assertEqual((deadline.state, deadline.minutes_waited), ("met", 300))
        self.assertEqual(deadline.date_due, self.utc("2025-06-02 17:00"))


@tagged("post_install", "-at_install")
class TestComplaintDeadline(DeadlineCase):
    """Which deadlines there are, what moves them, and how they end."""

    def test_boundary_of_being_in_time(self):
        self.set_targets(("acknowledge", 2, {}))
        for text, expected in (("11:00", ("met", "yes")), ("11:01", ("missed", "no"))):
            complaint = self.receive("2025-06-02 09:00")
            self.assertFalse(complaint.acknowledged_in_time)
            with freeze_time(self.utc(f"2025-06-02 {text}")):
                self.move("acknowledged", complaint)
            deadline = self.deadline(complaint, "acknowledge")
            self.assertEqual((deadline.state, complaint.acknowledged_in_time), expected)
        self.assertEqual(deadline.minutes_ahead, -1)

    def test_most_specific_target(self):
        self.make_profile("A")
        self.set_targets(
            ("resolve", 1, {"severity": "moderate", "tier_code": "A"}),
            ("resolve", 2, {"severity": "moderate"}),
            ("resolve", 3, {"tier_code": "A"}),
            ("resolve", 4, {}),
        )
        complaint = self.receive("2025-06-02 09:00")
        expected = ["10:00", "11:00", "12:00", "14:00"]
        for text in expected:
            self.assert_due(complaint, f"2025-06-02 {text}")
            self.deadline(complaint).target_id.active = False
        self.assertEqual(self.deadline(complaint).state, "dropped")
        self.assertFalse(complaint.next_deadline_date)

    def make_profile(self, code):
        return self.env["crm.relationship.profile"].create(
            {
                "partner_id": self.customer.id,
                "company_id": self.company.id,
                "tier_id": self.tiers[code].id,
            }
        )

    def test_other_tier(self):
        """Runs write tiers by SQL: the scheduled action finds out."""
        profile = self.make_profile("B")
        self.set_targets(("resolve", 1, {"tier_code": "A"}), ("resolve", 4, {}))
        complaint = self.receive("2025-06-02 09:00")
        self.assert_due(complaint, "2025-06-02 14:00")
        profile.tier_id = self.tiers["A"]
        self.env.flush_all()
        complaint._find_other_tiers(self.company)._update_deadlines()
        self.assert_due(complaint, "2025-06-02 10:00")
        self.assertFalse(complaint._find_other_tiers(self.company))

    def test_severity_moves_open_ones_only(self):
        self.set_targets(
            ("acknowledge", 2, {"severity": "moderate"}),
            ("acknowledge", 1, {"severity": "critical"}),
            ("resolve", 4, {"severity": "moderate"}),
            ("resolve", 3, {"severity": "critical"}),
        )
        complaint = self.receive("2025-06-02 09:00")
        with freeze_time(self.utc("2025-06-02 10:30")):
            self.move("acknowledged", complaint)
        self.as_handler(complaint).severity = "critical"
        self.assert_due(complaint, "2025-06-02 11:00", "acknowledge")
        self.assertEqual(complaint.acknowledged_in_time, "yes")
        self.assert_due(complaint, "2025-06-02 12:00")

    def test_calendar_moves_open_ones_only(self):
        self.set_targets(("resolve", 4, {}))
        opened, closed = self.receive("2025-06-02 09:00"), self.receive("2025-06-02 09:00")
        self.close_at(closed, "2025-06-02 10:00")
        self.calendar.attendance_ids.filtered(lambda line: line.hour_from == 13).hour_from = 14
        self.assert_due(opened, "2025-06-02 15:00")
        self.calendar.tz = "Europe/Lisbon"
        self.assert_due(opened, "2025-06-02 12:00", tz="Europe/Lisbon")
        self.team.resource_calendar_id = self.make_calendar([(0, 9, 18)])
        self.assert_due(opened, "2025-06-02 13:00")
        self.assert_due(closed, "2025-06-02 14:00")

    def close_at(self, complaint, text, **values):
        with freeze_time(self.utc(text)):
            self.close(complaint, **values)

    def test_targets_move_open_ones_only(self):
        self.set_targets(("resolve", 4, {}))
        opened, closed = self.receive("2025-06-02 09:00"), self.receive("2025-06-02 09:00")
        self.close_at(closed, "2025-06-02 10:00")
        self.targets.search([("company_id", "=", self.company.id)]).amount = 1
        self.assert_due(opened, "2025-06-02 10:00")
        self.assert_due(closed, "2025-06-02 14:00")

    def test_reopening_begins_anew(self):
        """Answer and resolution have a second round, the acknowledgement has not."""
        self.set_targets(("acknowledge", 1, {}), ("respond", 2, {}), ("resolve", 4, {}))
        complaint = self.receive("2025-06-02 09:00")
        self.close_at(complaint, "2025-06-03 09:00")
        self.assertEqual(complaint.resolved_in_time, "no")
        with freeze_time(self.utc("2025-06-06 16:00")):
            self.as_handler(complaint)._reopen("Again")
        self.assert_due(complaint, "2025-06-09 09:00", "respond", 1)
        self.assert_due(complaint, "2025-06-09 11:00", "resolve", 1)
        self.assertFalse(self.deadline(complaint, "acknowledge", 1))
        self.assertEqual(self.deadline(complaint).state, "missed")
        self.assertEqual(self.deadline(complaint, "resolve", 1).state, "running")
        self.assertFalse(complaint.resolved_in_time)
        self.assertEqual(complaint.acknowledged_in_time, "no")
        self.close_at(complaint, "2025-06-09 10:00")
        self.assertEqual(complaint.resolved_in_time, "yes")
        self.assertEqual(complaint.responded_in_time, "no")
        self.assertEqual(len(complaint.deadline_ids), 5)

    def test_another_team_leaves_closed_ones(self):
        self.set_targets(("resolve", 8, {}))
        complaint = self.receive("2025-06-02 09:00")
        with freeze_time(self.utc("2025-06-03 09:00")):
            self.close(complaint)
        figures = complaint.work_days, complaint.internal_date, complaint.deadline_ids
        hours = self.make_calendar([(day, 9, 11) for day in range(5)])
        self.targets.create({"company_id": self.company.id, "kind": "respond", "amount": 1})
        complaint.team_id = self.make_team(resource_calendar_id=hours.id)
        self.assertEqual(
            (complaint.work_days, complaint.internal_date, complaint.deadline_ids), figures
        )

    def test_withdrawn_before_the_answer(self):
        self.set_targets(("respond", 2, {}), ("resolve", 4, {}))
        for text, state in (("11:00", "dropped"), ("11:01", "missed")):
            complaint = self.receive("2025-06-02 09:00")
            self.close_at(
                complaint,
                f"2025-06-02 {text}",
                result="withdrawn",
                closing_reason="Found it",
                answer=False,
            )
            self.assertEqual(self.deadline(complaint, "respond").state, state)
        self.assertFalse(complaint.next_deadline_date)

    def test_next_is_the_first(self):
        self.set_targets(("acknowledge", 1, {}), ("respond", 2, {}), ("resolve", 4, {}))
        complaint = self.receive("2025-06-02 09:00")
        self.assertEqual(complaint.next_deadline_kind, "acknowledge")
        with freeze_time(self.utc("2025-06-02 09:30")):
            self.move("acknowledged", complaint)
        self.assertEqual(complaint.next_deadline_kind, "respond")
        self.assertEqual(complaint.next_deadline_date, self.utc("2025-06-02 11:00"))

    def test_work_days(self):
        """From Friday at nine to Tuesday at nine are two days, less half a day of waiting."""
        self.set_targets(("resolve", 4, {}))
        complaint = self.receive("2025-06-06 09:00")
        self.wait(complaint, "2025-06-06 13:00", "2025-06-07 12:00")
        self.close_at(complaint, "2025-06-10 09:00")
        self.assertEqual(complaint.work_days, 1.5)

    def test_usual_targets(self):
        targets = self.targets.search([("company_id", "=", self.create_company("New").id)])
        self.assertEqual(len(targets), 12)
        self.assertEqual(set(targets.mapped("unit")), {"hour", "day"})

    @contextmanager
    def refused(self):
        """Expect that the database refuses it."""
        with (
            mute_logger("odoo.sql_db"),
            self.assertRaises(IntegrityError),
            self.env.cr.savepoint(),
        ):
            yield

    def test_no_target_twice(self):
        self.set_targets(("resolve", 4, {}))
        with self.refused():
            self.targets.create({"company_id": self.company.id, "kind": "resolve", "amount": 1})

    def test_no_target_of_no_time(self):
        for amount in (0, -1):
            with self.refused():
                self.targets.create(
                    {"company_id": self.company.id, "kind": "resolve", "amount": amount}
                )

    def test_nobody_writes_deadlines(self):
        deadline = self.complaint.deadline_ids[0]
        for user in (self.handler, self.executive, self.manager):
            with self.assertRaises(AccessError):
                deadline.with_user(user).date_due = "2030-01-01 00:00:00"
            with self.assertRaises(AccessError):
                deadline.with_user(user).unlink()
        for name in ("next_deadline_date", "amber_date", "resolved_in_time", "work_days"):
            with self.assertRaisesRegex(UserError, "Nobody enters this by hand"):
                self.as_handler().write({name: False})

    @users("complaint_employee")
    def test_employees_see_the_light_alone(self):
        complaint = self.complaint.with_env(self.env)
        self.assertTrue(complaint.deadline_light)
        self.assertTrue(complaint.next_deadline_date)
        with self.assertRaises(AccessError):
            complaint.deadline_ids.mapped("date_due")
        with self.assertRaises(AccessError):
            complaint.deadline_explanation  # noqa: B018
        with self.assertRaises(AccessError):
            self.targets.with_env(self.env).search([])

    def test_deadlines_of_confidential_ones(self):
        self.complaint.is_confidential = True
        lines = self.complaint.deadline_ids
        for user in (self.colleague, self.manager):
            with self.assertRaises(AccessError):
                lines.with_user(user).mapped("date_due")
        self.assertTrue(lines.with_user(self.handler).mapped("date_due"))

    def test_targets_are_the_managers(self):
        target = self.targets.search([("company_id", "=", self.company.id)], limit=1)
        target.with_user(self.manager).amount = 3
        with self.assertRaises(AccessError):
            target.with_user(self.handler).amount = 3
        stranger = self.new_user(
            "complaint_stranger",
            "sales_team.group_sale_manager",
            self.create_company("Stranger"),
        )
        with self.assertRaises(AccessError):
            target.with_user(stranger).amount = 3


@tagged("post_install", "-at_install")
class TestComplaintLight(DeadlineCase):
    """Light, word and time left."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.set_targets(("resolve", 8, {}))

    def look(self, complaint, text):
        """Return the light in Python, by searching and by grouping, and the words."""
        with freeze_time(self.utc(text)):
            complaint.invalidate_recordset(["deadline_light", "time_left"])
            own = [("id", "=", complaint.id)]
            for light in ("red", "amber", "green", "grey"):
                found = complaint.search([*own, ("deadline_light", "=", light)])
                self.assertEqual(bool(found), complaint.deadline_light == light)
            [(light, _count)] = complaint._read_group(own, ["deadline_light"], ["__count"])
            self.assertEqual(light, complaint.deadline_light)
            return light, complaint.time_left

    def test_at_its_boundaries(self):
        complaint = self.receive("2025-06-02 09:00")  # due on Tuesday at nine, amber from Monday 15
        self.assertEqual(
            self.look(complaint, "2025-06-02 09:00"), ("green", "1 day of working time left")
        )
        self.assertEqual(
            self.look(complaint, "2025-06-02 11:00"), ("green", "6 h of working time left")
        )
        self.assertEqual(
            self.look(complaint, "2025-06-02 14:59"), ("green", "3 h of working time left")
        )
        self.assertEqual(
            self.look(complaint, "2025-06-02 16:00"), ("amber", "2 h of working time left")
        )
        self.assertEqual(
            self.look(complaint, "2025-06-03 08:45"), ("amber", "15 min of working time left")
        )
        self.assertEqual(self.look(complaint, "2025-06-03 09:00")[0], "amber")
        self.assertEqual(self.look(complaint, "2025-06-03 09:01"), ("red", "Overdue by 1 min"))
        self.assertEqual(self.look(complaint, "2025-06-05 09:00"), ("red", "Overdue by 2 days"))

    def test_sorted_and_grouped(self):
        """Lists sort and group by the light, and by what is due first."""
        late, soon = self.receive("2025-06-02 09:00"), self.receive("2025-06-04 09:00")
        own = [("id", "in", (late | soon).ids)]
        complaints = late.with_user(self.employee).browse()
        with freeze_time(self.utc("2025-06-04 10:00")):
            self.assertEqual(complaints.search(own, order="next_deadline_date, id"), late | soon)
            self.assertEqual(len(complaints.search(own, order="deadline_light, id")), 2)
            groups = complaints.web_read_group(own, ["deadline_light"], ["__count"])["groups"]
        counts = {group["deadline_light"]: group["__count"] for group in groups}
        self.assertEqual((counts["red"], counts["green"]), (1, 1))

    def test_closed(self):
        complaint = self.receive("2025-06-02 09:00")
        self.close(complaint)
        self.assertEqual(self.look(complaint, "2025-06-10 09:00"), ("grey", False))

    def test_filters(self):
        """Every filter of the search view can be asked."""
        arch = self.env["crm.relationship.complaint"].get_view(view_type="search")["arch"]
        complaint = self.receive("2025-06-02 09:00")
        with freeze_time(self.utc("2025-06-02 12:00")):
            for name, domain, found in (
                ("overdue", [("deadline_light", "=", "red")], False),
                (
                    "due_today",
                    [
                        ("next_deadline_date", ">=", "today"),
                        ("next_deadline_date", "<", "today +1d"),
                    ],
                    False,
                ),
                (
                    "due_week",
                    [
                        ("next_deadline_date", ">=", "=monday"),
                        ("next_deadline_date", "<", "=monday +7d"),
                    ],
                    True,
                ),
            ):
                self.assertIn(f'name="{name}"', arch)
                own = [("id", "=", complaint.id)]
                self.assertEqual(bool(complaint.search([*own, *domain])), found, name)

    def test_explanation(self):
        complaint = self.receive("2025-06-02 09:00")
        self.wait(complaint, "2025-06-02 15:00", "2025-06-03 10:00")
        text = str(self.as_handler(complaint).deadline_explanation)
        for words in ("Service Hours", "Europe/Berlin", "for all complaints", "4 h", "CEST"):
            self.assertIn(words, text)
        action = self.as_handler(complaint).action_explain_deadlines()
        self.assertEqual(action["res_id"], complaint.id)


@tagged("post_install", "-at_install")
class TestComplaintPromise(DeadlineCase):
    """What was promised to the customer is a date of its own."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.set_targets(("resolve", 8, {}))

    def setUp(self):
        super().setUp()
        self.promised = self.receive("2025-06-02 09:00")

    def promise(self, text):
        self.as_handler(self.promised).promised_date = self.utc(text)

    def test_is_the_deadline_at_first(self):
        self.assertEqual(self.promised.promised_date, self.utc("2025-06-03 09:00"))
        self.assertEqual(self.promised.internal_date, self.utc("2025-06-02 16:00"))
        self.wait(self.promised, "2025-06-02 15:00", "2025-06-03 10:00")
        self.assertEqual(self.promised.promised_date, self.utc("2025-06-03 14:00"))

    def test_by_hand(self):
        self.promise("2025-06-06 09:00")
        self.assertTrue(self.promised.is_promised_by_hand)
        self.assertEqual(self.promised.internal_date, self.utc("2025-06-05 16:00"))
        self.wait(self.promised, "2025-06-02 15:00", "2025-06-03 10:00")
        self.assertEqual(self.promised.promised_date, self.utc("2025-06-06 09:00"))
        self.assert_due(self.promised, "2025-06-03 14:00")
        self.assertIn("Promised to the customer", str(self.promised.message_ids.mapped("body")))
        self.as_handler(self.promised).promised_date = False
        self.assertEqual(self.promised.promised_date, self.utc("2025-06-03 14:00"))
        self.assertFalse(self.promised.is_promised_by_hand)

    def test_entered_with_the_complaint(self):
        complaint = self.receive("2025-06-02 09:00", promised_date=self.utc("2025-06-04 12:00"))
        self.assertTrue(complaint.is_promised_by_hand)
        self.assertEqual(complaint.internal_date, self.utc("2025-06-04 10:00"))

    def test_kept_and_ahead(self):
        """Answered three hours ahead, closed at the very moment."""
        self.promise("2025-06-05 12:00")
        with freeze_time(self.utc("2025-06-05 09:00")):
            self.move("responded", self.promised, answer="<p>Sorry</p>")
        self.assertEqual(self.promised.answered_ahead_hours, 3)
        self.assertFalse(self.promised.promise_kept)
        with freeze_time(self.utc("2025-06-05 12:00")):
            self.close(self.promised)
        self.assertEqual(
            (self.promised.promise_kept, self.promised.resolved_in_time), ("yes", "no")
        )

    def test_not_kept(self):
        with freeze_time(self.utc("2025-06-03 10:00")):
            self.close(self.promised)
        self.assertEqual(self.promised.promise_kept, "no")
        self.assertEqual(self.promised.answered_ahead_hours, -1)

    def test_closed_ones_stay(self):
        self.close(self.promised)
        with self.assertRaisesRegex(UserError, "closed"):
            self.promise("2025-06-06 09:00")

    def test_not_before_the_receipt(self):
        with self.assertRaisesRegex(ValidationError, "before"):
            self.promise("2025-06-02 08:59")

    def test_reopened(self):
        self.promise("2025-06-05 12:00")
        with freeze_time(self.utc("2025-06-05 11:00")):
            self.close(self.promised)
        with freeze_time(self.utc("2025-06-06 09:00")):
            self.as_handler(self.promised)._reopen("Again")
        self.assertEqual(self.promised.promised_date, self.utc("2025-06-09 09:00"))
        self.assertFalse(self.promised.promise_kept)

    def test_employees_promise_nothing(self):
        with self.assertRaises(AccessError):
            self.promised.with_user(self.employee).promised_date = self.utc("2025-06-06 09:00")
