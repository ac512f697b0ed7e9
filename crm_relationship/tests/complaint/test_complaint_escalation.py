from odoo.exceptions import AccessError, ValidationError
from odoo.tests import freeze_time, tagged

from ...models.complaint import (
    crm_relationship_complaint_cron,
    crm_relationship_complaint_deadlines as deadlines,
)
from .common_deadline import DeadlineCase

FEW, MANY = 5, 50


class EscalationCase(DeadlineCase):
    """Complaints are switched on, and no rule speaks but those of a test."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.complaint.unlink()
        cls.env["res.config.settings"].create({"group_relationship_complaint": True}).execute()
        cls.rules = cls.env["crm.relationship.complaint.escalation"]
        cls.rules.search([("company_id", "=", cls.company.id)]).unlink()
        cls.logs = cls.env["crm.relationship.complaint.escalation.log"]
        cls.set_targets(("resolve", 8, {}))

    def rule(self, moment="after", hours=0, **values):
        return self.rules.create(
            {
                "company_id": self.company.id,
                "kind": "resolve",
                "moment": moment,
                "hours": hours,
                **values,
            }
        )

    def run_at(self, text):
        """Run the scheduled action at a local time; return how many were told by rules."""
        before = self.count()
        with freeze_time(self.utc(text)):
            self.env["crm.relationship.complaint"]._cron_escalate()
        return self.count() - before

    def count(self):
        return self.logs.search_count(
            [("company_id", "=", self.company.id), ("origin", "=", "rule")]
        )

    def told(self, complaint):
        return complaint.escalation_ids.user_ids


@tagged("post_install", "-at_install")
class TestComplaintEscalation(EscalationCase):
    """Rules speak at their hour, once, to whoever holds the office."""

    def test_after(self):
        """Due on Tuesday at nine; two working hours later is eleven."""
        complaint = self.receive("2025-06-02 09:00")
        self.rule("after", 2)
        self.assertEqual(self.run_at("2025-06-03 10:59"), 0)
        self.assertEqual(self.run_at("2025-06-03 11:00"), 1)
        self.assertEqual(self.run_at("2025-06-03 12:00"), 0)
        self.assertEqual(self.told(complaint), self.handler)
        self.assertIn("overdue by 2 h", complaint.escalation_ids.reason)
        self.assertEqual(complaint.activity_ids.user_id, self.handler)

    def test_at_once_when_it_passes(self):
        self.receive("2025-06-02 09:00")
        self.rule("after", 0)
        self.assertEqual(self.run_at("2025-06-03 09:00"), 0)
        self.assertEqual(self.run_at("2025-06-03 09:01"), 1)

    def test_before_over_a_weekend(self):
        """Due on Monday at nine; two working hours before is Friday at four."""
        complaint = self.receive("2025-06-06 09:00", date_received=self.utc("2025-06-06 09:00"))
        self.assert_due(complaint, "2025-06-09 09:00")
        self.rule("before", 2)
        self.assertEqual(self.run_at("2025-06-06 15:59"), 0)
        self.assertEqual(self.run_at("2025-06-06 16:00"), 1)
        self.assertIn("due in 2 h", complaint.escalation_ids.reason)

    def test_before_says_nothing_once_overdue(self):
        self.receive("2025-06-02 09:00")
        self.rule("before", 2)
        self.assertEqual(self.run_at("2025-06-03 09:01"), 0)

    def test_without_calendar(self):
        complaint = self.receive("2025-06-07 09:00")
        complaint.team_id = False
        self.rule("after", 1)
        self.assert_due(complaint, "2025-06-07 17:00")
        self.assertEqual(self.run_at("2025-06-07 17:59"), 0)
        self.assertEqual(self.run_at("2025-06-07 18:00"), 1)

    def test_waiting_and_closed_ones(self):
        waiting, closed = self.receive("2025-06-02 09:00"), self.receive("2025-06-02 09:00")
        self.wait(waiting, "2025-06-02 10:00")
        self.close(closed)
        self.rule("after", 0)
        self.assertEqual(self.run_at("2025-06-10 09:00"), 0)

    def test_offices(self):
        complaint = self.receive("2025-06-02 09:00")
        self.company.relationship_complaint_manager_ids = self.manager
        for recipient, user in (
            ("handler", self.handler),
            ("leader", self.leader),
            ("manager", self.manager),
            ("executive", self.executive),
            ("user", self.colleague),
        ):
            rule = self.rule("after", 0, recipient=recipient, user_id=self.colleague.id)
            self.run_at("2025-06-05 09:00")
            log = complaint.escalation_ids.filtered(lambda log, rule=rule: log.rule_id == rule)
            self.assertEqual(log.user_ids, user, recipient)

    def test_next_office(self):
        complaint = self.receive("2025-06-02 09:00", user_id=False)
        self.team.user_id = False
        self.company.relationship_complaint_manager_ids = self.manager
        self.rule("after", 0)
        self.run_at("2025-06-05 09:00")
        self.assertEqual(self.told(complaint), self.manager)

    def test_confidential_ones(self):
        """Managers and others do not see them: the executives are told."""
        complaint = self.receive("2025-06-02 09:00", is_confidential=True)
        for recipient in ("manager", "user"):
            self.rule("after", 0, recipient=recipient, user_id=self.colleague.id)
        self.run_at("2025-06-05 09:00")
        self.assertEqual(self.told(complaint), self.executive)
        self.assertNotIn(self.colleague.partner_id, complaint.message_partner_ids)

    def test_by_message(self):
        complaint = self.receive("2025-06-02 09:00")
        self.rule("after", 0, channel="message")
        self.run_at("2025-06-05 09:00")
        self.assertFalse(complaint.activity_ids)
        messages = self.env["mail.message"].search(
            [("model", "=", complaint._name), ("res_id", "=", complaint.id)]
        )
        self.assertIn(self.handler.partner_id, messages.notified_partner_ids)

    def test_a_second_round_is_told_again(self):
        complaint = self.receive("2025-06-02 09:00")
        self.rule("after", 0)
        self.assertEqual(self.run_at("2025-06-05 09:00"), 1)
        with freeze_time(self.utc("2025-06-05 10:00")):
            self.close(complaint)
        self.assertFalse(complaint.activity_ids)  # nobody has to see to it any more
        with freeze_time(self.utc("2025-06-06 09:00")):
            self.as_handler(complaint)._reopen("Again")
        self.assertEqual(self.run_at("2025-06-06 12:00"), 0)
        self.assertEqual(self.run_at("2025-06-10 09:00"), 1)

    def test_rests_while_off(self):
        self.receive("2025-06-02 09:00")
        self.rule("after", 0)
        self.env["res.config.settings"].create({"group_relationship_complaint": False}).execute()
        self.assertFalse(self.env.ref("crm_relationship.ir_cron_escalate_complaints").active)
        self.assertEqual(self.run_at("2025-06-05 09:00"), 0)

    def test_stale_ones_are_worked_out(self):
        """Of very many open complaints the scheduled action works out the rest."""
        complaints = [self.receive("2025-06-02 09:00") for _number in range(3)]
        self.patch(deadlines, "AT_ONCE", 2)
        self.targets.search([("company_id", "=", self.company.id)]).amount = 1
        due = self.utc("2025-06-02 10:00")
        self.assertEqual(sum(one.next_deadline_date == due for one in complaints), 2)
        self.run_at("2025-06-02 09:30")
        self.assertEqual(sum(one.next_deadline_date == due for one in complaints), 3)
        self.assertFalse(any(one.deadline_is_stale for one in complaints))

    def test_goes_on_where_it_stopped(self):
        """A run without time left leaves the rest to the next one, and tells nobody twice."""
        for _number in range(5):
            self.receive("2025-06-02 09:00")
        self.rule("after", 0)
        self.patch(crm_relationship_complaint_cron, "BATCH", 2)
        model = type(self.env["crm.relationship.complaint"])
        self.patch(model, "_checkpoint", lambda *args: 0)
        runs = [self.run_at("2025-06-05 09:00") for _number in range(4)]
        self.assertEqual(runs, [2, 2, 1, 0])

    def test_failures_are_told_once_a_day(self):
        company = self.company
        company.relationship_alert_user_ids = self.manager
        complaints = self.env["crm.relationship.complaint"]

        def tell():
            complaints._tell_failure(company, "Failed", "Because")
            return self.env["mail.message"].search_count(
                [("model", "=", "res.company"), ("subject", "=", "Failed")]
            )

        with freeze_time("2025-06-02 09:00"):
            self.assertEqual([tell(), tell()], [1, 1])
        with freeze_time("2025-06-03 09:00"):
            self.assertEqual(tell(), 2)

    def test_failure_of_one_company(self):
        """Others go on, and those who are told of failures are told."""
        self.receive("2025-06-02 09:00")
        self.rule("after", 0)
        model = type(self.env["crm.relationship.complaint"])
        follow = model._follow_tiers

        def fail(complaints, company):
            if company != self.company:
                raise ValueError("no")
            return follow(complaints, company)

        self.patch(model, "_follow_tiers", fail)
        with self.assertLogs("odoo.addons.crm_relationship", "ERROR"):
            self.assertEqual(self.run_at("2025-06-05 09:00"), 1)

    def test_queries_do_not_grow(self):
        """Fifty are told with as many queries as five."""

        def measure(quantity):
            customers = self.make_customers(quantity)
            for customer in customers:
                self.receive("2025-06-02 09:00", partner_id=customer.id)
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            self.assertEqual(self.run_at("2025-06-05 09:00"), quantity)
            return self.env.cr.sql_log_count - before

        self.rule("after", 0)
        measure(1)
        few, many = measure(FEW), measure(MANY)
        self.assertLessEqual(many, few + 8)

    def test_queries_of_recomputing(self):
        """Another calendar costs as many queries for fifty complaints as for five."""

        def measure(quantity):
            customers = self.make_customers(quantity)
            for customer in customers:
                self.receive("2025-06-02 09:00", partner_id=customer.id)
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            self.calendar.tz = "Asia/Tokyo" if quantity == FEW else "Europe/Lisbon"
            self.env.flush_all()
            return self.env.cr.sql_log_count - before

        few, many = measure(FEW), measure(MANY)
        self.assertLessEqual(many, few + 8)

    def test_a_user_is_needed(self):
        with self.assertRaisesRegex(ValidationError, "Choose the user"):
            self.rule(recipient="user")
        portal = self.new_user("complaint_portal_told", "base.group_portal")
        with self.assertRaises(ValidationError):
            self.rule(recipient="user", user_id=portal.id)

    def test_usual_rules(self):
        company = self.create_company("New")
        self.assertEqual(self.rules.search_count([("company_id", "=", company.id)]), 8)

    def test_rights(self):
        rule = self.rule()
        rule.with_user(self.manager).hours = 3
        for user in (self.handler, self.executive, self.employee):
            with self.assertRaises(AccessError):
                rule.with_user(user).hours = 4
        complaint = self.receive("2025-06-02 09:00", is_confidential=True)
        complaint._escalate("Because")
        log = complaint.escalation_ids
        self.assertTrue(log.with_user(self.handler).reason)
        for user in (self.colleague, self.manager, self.employee):
            with self.assertRaises(AccessError):
                log.with_user(user).mapped("reason")
        with self.assertRaises(AccessError):
            log.with_user(self.executive).unlink()


@tagged("post_install", "-at_install")
class TestComplaintAtOnce(EscalationCase):
    """What the executives hear of at once."""

    def origins(self, complaint):
        return complaint.escalation_ids.mapped("origin")

    def test_safety(self):
        complaint = self.make_complaint(self.employee, is_safety=True)
        self.assertEqual(self.origins(complaint.sudo()), ["safety"])
        self.assertEqual(self.told(complaint.sudo()), self.executive)
        self.assertEqual(complaint.sudo().activity_ids.user_id, self.executive)

    def test_safety_found_out_later_once(self):
        complaint = self.make_complaint()
        self.assertFalse(self.origins(complaint))
        for is_safety in (True, False, True):
            self.as_handler(complaint).is_safety = is_safety
        self.assertEqual(self.origins(complaint), ["safety"])

    def test_top_tier(self):
        self.env["crm.relationship.profile"].create(
            {
                "partner_id": self.customer.id,
                "company_id": self.company.id,
                "tier_id": self.policy.tier_ids.filtered("is_top").id,
            }
        )
        self.assertEqual(self.origins(self.make_complaint()), ["top"])
        self.company.relationship_complaint_escalate_top = False
        self.assertFalse(self.origins(self.make_complaint()))

    def test_third_within_the_days(self):
        """Ninety days count, to the minute."""
        self.make_complaint(date_received=self.utc("2025-01-01 09:00"))
        self.make_complaint(date_received=self.utc("2025-03-01 09:00"))
        late = self.make_complaint(date_received=self.utc("2025-04-01 10:01"))
        self.assertFalse(self.origins(late))
        third = self.make_complaint(date_received=self.utc("2025-04-02 09:00"))
        self.assertEqual(self.origins(third), ["repeat"])
        [other] = self.make_customers(1)
        self.assertFalse(self.origins(self.make_complaint(partner_id=other.id)))

    def test_third_at_the_boundary(self):
        for text in ("2025-06-01 09:00", "2025-06-20 09:00"):
            self.make_complaint(date_received=self.utc(text))
        third = self.make_complaint(date_received=self.utc("2025-08-30 09:00"))
        self.assertEqual(self.origins(third), ["repeat"])

    def test_settings_turn_them_off(self):
        self.company.write(
            {
                "relationship_complaint_escalate_safety": False,
                "relationship_complaint_escalate_count": 0,
            }
        )
        complaints = [self.make_complaint(is_safety=True) for _number in range(4)]
        self.assertFalse(any(self.origins(complaint) for complaint in complaints))

    def test_other_company_is_not_told(self):
        company = self.create_company("Other")
        stranger = self.new_user("complaint_far", "crm_relationship.group_executive", company)
        complaint = self.make_complaint(is_safety=True)
        self.assertNotIn(stranger, self.told(complaint))

    def test_by_others(self):
        """Other parts escalate with their own reason, as often as they have one."""
        complaint = self.make_complaint()
        for reason in ("A low rating", "Another one"):
            self.as_handler(complaint)._escalate(reason)
        self.assertEqual(len(complaint.escalation_ids), 2)


@tagged("post_install", "-at_install")
class TestComplaintDigest(EscalationCase):
    """The executives' daily digest, and who of them has opened what."""

    def digests(self):
        return self.env["mail.message"].search(
            [
                ("model", "=", "res.company"),
                ("res_id", "=", self.company.id),
                ("subject", "like", "overdue"),
            ]
        )

    def run_digest(self, text):
        before = len(self.digests())
        with freeze_time(self.utc(text)):
            self.env["crm.relationship.complaint"]._cron_escalate()
        return len(self.digests()) - before

    def turn_on(self):
        self.company.resource_calendar_id.tz = "Europe/Berlin"
        with freeze_time(self.utc("2025-06-01 09:00")):
            self.company.relationship_complaint_digest = True

    def test_off_until_turned_on(self):
        self.receive("2025-06-02 09:00")
        self.assertEqual(self.run_digest("2025-06-05 09:00"), 0)

    def test_once_a_day_from_its_hour_on(self):
        self.turn_on()
        self.receive("2025-06-02 09:00")
        self.assertEqual(self.run_digest("2025-06-05 07:59"), 0)
        self.assertEqual(self.run_digest("2025-06-05 08:00"), 1)
        self.assertEqual(self.run_digest("2025-06-05 23:00"), 0)
        self.assertEqual(self.run_digest("2025-06-06 08:00"), 1)

    def test_says_what_and_to_whom(self):
        self.turn_on()
        secret = self.receive("2025-06-02 09:00", subject="Secret", is_confidential=True)
        self.assertEqual(self.run_digest("2025-06-05 09:00"), 1)
        message = self.digests()[0]
        self.assertIn(secret.name, message.body)
        self.assertIn("Overdue by", message.body)
        self.assertEqual(message.notified_partner_ids, self.executive.partner_id)

    def test_nothing_to_say(self):
        self.turn_on()
        complaint = self.receive("2025-06-02 09:00")
        with freeze_time(self.utc("2025-06-02 10:00")):
            self.close(complaint)
        self.env.cr.execute("UPDATE crm_relationship_complaint SET create_date = date_received")
        self.assertEqual(self.run_digest("2025-06-10 09:00"), 0 + 1)
        self.assertEqual(self.run_digest("2025-06-11 09:00"), 0)

    def test_opened(self):
        complaint = self.receive("2025-06-02 09:00")
        own = complaint.with_user(self.executive)
        unread = [("id", "=", complaint.id), ("is_read_by_me", "=", False)]
        self.assertTrue(own.search(unread))
        self.assertTrue(own.mark_read())
        first = complaint.read_ids.date
        self.assertTrue(own.mark_read())
        self.assertEqual(
            (complaint.read_ids.user_id, complaint.read_ids.date), (self.executive, first)
        )
        self.assertFalse(own.search(unread))
        self.assertTrue(own.is_read_by_me)

    def test_opened_by_others_says_nothing(self):
        complaint = self.receive("2025-06-02 09:00")
        for user in (self.handler, self.employee):
            self.assertFalse(complaint.with_user(user).mark_read())
        self.assertFalse(complaint.read_ids)
        with self.assertRaises(AccessError):
            complaint.with_user(self.handler).read(["read_ids"])

    def test_not_for_others(self):
        """Nobody marks for somebody else, nor what he does not see."""
        complaint = self.receive("2025-06-02 09:00")
        reads = self.env["crm.relationship.complaint.read"].with_user(self.executive)
        with self.assertRaises(AccessError):
            reads.create(
                {
                    "complaint_id": complaint.id,
                    "user_id": self.executive.id,
                    "date": "2025-06-02 09:00:00",
                }
            )
        company = self.create_company("Other")
        stranger = self.new_user("complaint_far_away", "crm_relationship.group_executive", company)
        with self.assertRaises(AccessError):
            complaint.with_user(stranger).mark_read()
