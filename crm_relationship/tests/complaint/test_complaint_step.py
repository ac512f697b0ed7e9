from odoo.exceptions import AccessError, UserError
from odoo.tests import freeze_time, tagged
from odoo.tools import mute_logger

from .common import TALK, ComplaintCase


@tagged("post_install", "-at_install")
class TestComplaintStep(ComplaintCase):
    """The rules of the stages hold on every route."""

    def assert_refused(self, text, **values):
        with self.assertRaisesRegex(UserError, text), self.env.cr.savepoint():
            self.as_handler().write(values)
        self.env.invalidate_all()

    def test_step_by_step(self):
        complaint = self.as_handler()
        for press, code in (
            (complaint.action_acknowledge, "acknowledged"),
            (complaint.action_assess, "assessing"),
            (complaint.action_investigate, "investigating"),
        ):
            press()
            self.assertEqual(complaint.stage_code, code)
        complaint.answer = "<p>We are sorry</p>"
        complaint.action_respond()
        self.assertEqual(complaint.stage_code, "responded")
        self.assertTrue(complaint.date_answered)

    @freeze_time("2025-06-30 12:00:00")
    def test_work_implies_that_it_is_acknowledged(self):
        self.move("investigating")
        self.assertEqual(str(self.complaint.date_acknowledged), "2025-06-30 12:00:00")
        with freeze_time("2025-07-01"):
            self.step("back", stage_id=self.stages["acknowledged"].id)
            self.move("assessing")
        self.assertEqual(str(self.complaint.date_acknowledged), "2025-06-30 12:00:00")

    def test_there_is_always_a_stage(self):
        self.assert_refused("always has a stage", stage_id=False)

    def test_back_needs_a_reason(self):
        self.move("investigating")
        self.assert_refused("only with a reason", stage_id=self.stages["assessing"].id)
        self.step("back", stage_id=self.stages["assessing"].id)
        self.assertEqual(self.complaint.stage_code, "assessing")
        self.assertIn("Failed again", self.complaint.message_ids[0].body)
        with self.assertRaisesRegex(UserError, "Choose a stage before"):
            self.step("back", stage_id=self.stages["responded"].id)
        with self.assertRaisesRegex(UserError, "only with a reason"):
            self.step("back", stage_id=self.stages["new"].id, reason=" ")

    def test_the_step_before_is_proposed(self):
        self.move("investigating")
        wizards = self.env["crm.relationship.complaint.reason"].with_user(self.handler)
        wizard = wizards.create({"complaint_id": self.complaint.id, "reason": "x"})
        self.assertEqual(wizard.stage_id, self.stages["assessing"])

    def test_responded_needs_an_answer(self):
        responded = self.stages["responded"].id
        for answer in (False, "<p><br></p>"):
            self.assert_refused("Enter the answer", stage_id=responded, answer=answer)
        self.move("responded", answer="<p>Sorry</p>")
        self.assertEqual(self.complaint.stage_code, "responded")

    def test_closing_needs_result_answer_and_cause(self):
        closed = self.stages["closed"].id
        full = {"result": "accepted", "answer": "<p>Sorry</p>", "cause_id": self.cause.id}
        self.assert_refused("its result", stage_id=closed)
        self.assert_refused("an answer", **{**full, "stage_id": closed, "answer": False})
        self.assert_refused("an answer", **{**full, "stage_id": closed, "answer": "<p> </p>"})
        for result in ("accepted", "escalated"):
            self.assert_refused(
                "the cause", **{**full, "stage_id": closed, "result": result, "cause_id": False}
            )
        self.close()
        self.assertEqual((self.complaint.stage_code, self.complaint.result), ("closed", "accepted"))
        self.assertTrue(self.complaint.date_closed and self.complaint.date_answered)

    def test_not_justified_needs_answer_and_reason(self):
        values = {"stage_id": self.stages["closed"].id, "result": "not_justified"}
        self.assert_refused("an answer", **values, closing_reason="As ordered")
        self.assert_refused("the reason", **values, answer="<p>No</p>", closing_reason=" ")
        self.close(result="not_justified", closing_reason="As ordered", cause_id=False)
        self.assertEqual(self.complaint.result, "not_justified")

    def test_withdrawn_needs_a_reason_alone(self):
        closed = self.stages["closed"].id
        self.assert_refused("the reason", stage_id=closed, result="withdrawn")
        self.move("closed", result="withdrawn", closing_reason="Found the manual")
        self.assertEqual(self.complaint.result, "withdrawn")
        self.assertFalse(self.complaint.date_answered)

    def test_the_dialog_closes(self):
        wizards = self.env["crm.relationship.complaint.close"].with_user(self.handler)
        wizard = wizards.with_context(
            active_model=self.complaint._name, active_id=self.complaint.id
        ).create({"result": "escalated", "answer": "<p>Sorry</p>", "cause_id": self.cause.id})
        wizard.action_close()
        self.assertEqual(self.complaint.result, "escalated")
        self.assertEqual(self.complaint.cause_id, self.cause)

    def test_a_result_is_for_the_end(self):
        for name, value in (("result", "accepted"), ("closing_reason", "x")):
            self.assert_refused("when a complaint is closed", **{name: value})
            self.assert_refused(
                "when a complaint is closed",
                **{name: value, "stage_id": self.stages["assessing"].id},
            )

    def test_closed_stays_as_it_is(self):
        self.close()
        for name, value in (
            ("subject", "Nothing happened"),
            ("answer", "<p>x</p>"),
            ("severity", "minor"),
            ("cause_id", False),
            ("partner_id", self.customer.id),
            ("stage_id", self.stages["assessing"].id),
            ("result", "withdrawn"),
        ):
            with self.subTest(field=name):
                self.assert_refused("is closed|when a complaint", **{name: value})
        self.assert_refused("is closed", stage_id=self.stages["closed"].id, result="withdrawn")
        self.as_handler().message_post(**TALK)
        self.as_handler().user_id = self.colleague

    def test_created_further_on_by_the_same_rules(self):
        with self.assertRaisesRegex(UserError, "its result"):
            self.make_complaint(user=self.handler, stage_id=self.stages["closed"].id)
        imported = self.make_complaint(
            user=self.handler,
            stage_id=self.stages["closed"].id,
            result="withdrawn",
            closing_reason="Imported",
        )
        self.assertEqual(imported.stage_code, "closed")
        with self.assertRaises(AccessError):
            self.make_complaint(user=self.employee, stage_id=self.stages["assessing"].id)

    def test_who_has_no_right_moves_nothing(self):
        for user in (self.employee, self.seller, self.manager):
            complaint = self.complaint.with_user(user)
            with self.subTest(user=user.login):
                for call in (
                    complaint.action_acknowledge,
                    complaint.action_respond,
                    complaint.action_wait,
                    complaint.action_end_wait,
                    complaint.action_assign,
                    complaint.action_take,
                    lambda complaint=complaint: complaint.write(
                        {"stage_id": self.stages["acknowledged"].id}
                    ),
                ):
                    with self.assertRaises(AccessError):
                        call()
                with self.assertRaises(AccessError):
                    self.step("back", user=user)

    def test_time_in_each_stage(self):
        complaint = self.complaint.with_env(self.env(user=self.handler, context={}))
        self.flush_tracking()  # Odoo tracks nothing of what is made without tracking at once
        complaint.action_assess()
        self.flush_tracking()
        new, assessing = (str(self.stages[code].id) for code in ("new", "assessing"))
        self.assertEqual(list(complaint.duration_tracking), [new, assessing])

    def flush_tracking(self):
        self.env.flush_all()
        self.cr.flush()
        self.env.invalidate_all()

    def test_stages_are_fixed_and_their_names_free(self):
        stage = self.stages["assessing"].with_user(self.manager)
        stage.write({"name": "Judging", "fold": True, "help": "x"})
        for vals in ({"code": "new"}, {"sequence": 1}):
            with self.assertRaisesRegex(UserError, "are fixed"):
                stage.write(vals)
        with self.assertRaises(AccessError):
            stage.create({"name": "More", "code": "new"})
        with self.assertRaisesRegex(UserError, "none can be deleted"):
            self.stages["assessing"].unlink()
        with mute_logger("odoo.sql_db"), self.assertRaises(Exception):  # noqa: B017
            stage.sudo().create({"name": "More", "code": "new"})

    def test_empty_stages_are_columns(self):
        complaints = self.env["crm.relationship.complaint"].with_user(self.handler)
        complaints = complaints.with_context(read_group_expand=True)
        groups = complaints.web_read_group([("id", "=", self.complaint.id)], ["stage_id"])
        self.assertEqual(len(groups["groups"]), 6)
