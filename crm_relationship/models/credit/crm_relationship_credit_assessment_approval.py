from dateutil.relativedelta import relativedelta

from odoo import fields, models
from odoo.exceptions import AccessError, UserError

from .crm_relationship_credit_assessment import ASSESSORS, CREDIT

TASK = "crm_relationship.mail_activity_type_credit_assessment"
"""XML id of the type of the tasks that ask for the approval."""


class CrmRelationshipCreditAssessment(models.Model):
    """The steps: proposed by one, approved by another, expired when its time is over."""

    _inherit = "crm.relationship.credit.assessment"

    proposed_by_id = fields.Many2one("res.users", readonly=True, ondelete="restrict", tracking=True)
    proposed_date = fields.Datetime("Proposed On", readonly=True)
    approved_by_id = fields.Many2one("res.users", readonly=True, ondelete="restrict", tracking=True)
    approved_date = fields.Date("Approved On", readonly=True)
    valid_until = fields.Date(
        readonly=True, tracking=True, help="The last day on which the approved grade holds."
    )
    return_reason = fields.Char(
        readonly=True, help="Why an approver sent it back to whoever proposed it."
    )

    # ---------------------------------------------------------------- actions

    def action_propose(self):
        """Propose these drafts: the levels can't be changed any more, another person approves.

        :raises AccessError: unless the user is a relationship manager or approves credit
        :raises UserError: unless all are drafts with a grade
        """
        self.check_access("write")
        self._check_assessor()
        if names := self._get_names_except("draft"):
            raise UserError(self.env._("Only drafts are proposed, unlike %(names)s.", names=names))
        for assessment in self:
            if not assessment.grade_code:
                raise UserError(
                    self.env._(
                        "Nothing is known of %(customer)s, so there is no grade to propose. Judge "
                        "it, or enter a financial statement and measure again.",
                        customer=assessment.partner_id.display_name,
                    )
                )
        self._refresh_current()
        for assessment in self._settling():
            assessment.write(
                {
                    "state": "proposed",
                    "proposed_by_id": self.env.uid,
                    "proposed_date": fields.Datetime.now(),
                    "return_reason": False,
                    "approved_limit": assessment.proposed_limit,
                }
            )
        self._ask_approvers()

    def action_approve(self):
        """Approve what others proposed: the grades hold instead of the automatic ones.

        All of them or none: one that may not be approved by this user is named.

        :raises AccessError: unless the user approves credit and neither proposed nor judged them
        :raises UserError: unless all are proposed, and none is older than an approved one
        """
        self.check_access("write")
        self._check_approver()
        if names := self._get_names_except("proposed"):
            raise UserError(
                self.env._("Only what was proposed is approved, unlike %(names)s.", names=names)
            )
        self._check_limits()
        self._check_latest()
        self._check_graded()
        self._refresh_current()
        self._get_approved()._expire()
        for company, assessments in self._settling().grouped("company_id").items():
            today = company._get_relationship_today()
            for assessment in assessments:
                assessment.write(
                    {
                        "state": "approved",
                        "approved_by_id": self.env.uid,
                        "approved_date": today,
                        "valid_until": today + relativedelta(months=assessment.valid_months),
                    }
                )
        self.flush_recordset()
        self._find_assessed_profiles()._follow_assessments()
        self._keep_judgements()
        self._write_limits()
        self.activity_feedback([TASK])

    def _return(self, reason):
        """Send proposals back to the draft.

        :raises AccessError: unless the user approves credit or proposed them
        """
        self.check_access("write")
        if names := self._get_names_except("proposed"):
            raise UserError(
                self.env._("Only what was proposed is returned, unlike %(names)s.", names=names)
            )
        user = self.env.user
        if not user.has_group(CREDIT) and any(each.proposed_by_id != user for each in self):
            raise AccessError(self.env._("Only credit approvers return what others proposed."))
        for assessment in self._settling():
            proposer = assessment.proposed_by_id
            assessment.write(
                {
                    "state": "draft",
                    "return_reason": reason,
                    "proposed_by_id": False,
                    "proposed_date": False,
                    "approved_limit": 0,
                    "limit_by_id": False,
                }
            )
            assessment.message_post(
                body=self.env._("Returned to the draft: %(reason)s", reason=reason),
                partner_ids=(proposer - user).partner_id.ids,
            )
        self.activity_unlink([TASK])

    # ----------------------------------------------------------------- checks

    def _check_assessor(self):
        if not any(map(self.env.user.has_group, ASSESSORS.split(","))):
            raise AccessError(
                self.env._("Only relationship managers and credit approvers assess customers.")
            )

    def _check_approver(self):
        """Check that the user approves credit, and neither proposed nor judged any of these.

        The user is who is logged in, also where code runs as superuser.
        """
        user = self.env.user
        if not user.has_group(CREDIT):
            raise AccessError(self.env._("Only credit approvers approve assessments."))
        own = self.filtered(
            lambda each: user in each.proposed_by_id | each._get_entered_lines().judged_by_id
        )
        if own:
            raise AccessError(
                self.env._(
                    "Another person must approve this, for you proposed it or set its levels: "
                    "%(names)s",
                    names=", ".join(own.mapped("display_name")),
                )
            )

    def _check_limits(self):
        """Check that nobody approves a limit that he raised himself above the proposed one."""
        raised = self.filtered(
            lambda each: (
                each.limit_by_id == self.env.user
                and each.currency_id.compare_amounts(each.approved_limit, each.proposed_limit) > 0
            )
        )
        if raised:
            raise AccessError(
                self.env._(
                    "Another credit approver must approve this, for you raised the limit above the "
                    "proposed one: %(names)s",
                    names=", ".join(raised.mapped("display_name")),
                )
            )

    def _get_names_except(self, state):
        """Return the names of those that are in another state."""
        return ", ".join(each.display_name for each in self if each.state != state)

    def _check_latest(self):
        """Check that no approval of a later quarter would give way to one of these, and that a
        customer is approved once."""
        approved = {}
        for former in self._get_settled():
            approved.setdefault((former.partner_id, former.company_id), former)
        for assessment in self:
            key = (assessment.partner_id, assessment.company_id)
            later = approved.get(key, self.browse())
            if later.date_end and later.date_end > assessment.date_end:
                raise UserError(
                    self.env._(
                        "%(later)s was approved already, so %(assessment)s comes too late. Return "
                        "it to the draft and delete it.",
                        later=later.display_name,
                        assessment=assessment.display_name,
                    )
                )
            if later in self:
                raise UserError(
                    self.env._(
                        "Approve one assessment of %(customer)s, that of its last quarter.",
                        customer=assessment.partner_id.display_name,
                    )
                )
            approved[key] = assessment

    def _check_graded(self):
        """Check that each has a grade to hold: the policy may have lost it meanwhile."""
        if names := ", ".join(each.display_name for each in self if not each.grade_id):
            raise UserError(
                self.env._(
                    "There is no grade to approve for %(names)s: nothing is known, or the policy "
                    "has lost the grade. Return it to the draft and measure again.",
                    names=names,
                )
            )

    # ---------------------------------------------------------------- effects

    def _get_entered_lines(self):
        return self.line_ids.filtered("is_entered")

    def _get_approved(self):
        """Return the assessments that hold now of these customers, by company."""
        return self._get_settled().filtered(lambda each: each.state == "approved")

    def _get_settled(self):
        """Return those of these customers, by company, that were ever approved, the last quarter
        first.
        """
        found = self.search(
            [
                ("partner_id", "in", self.partner_id.ids),
                ("company_id", "in", self.company_id.ids),
                ("approved_date", "!=", False),
            ],
            order="date_end desc, id desc",
        )
        own = {(each.partner_id, each.company_id) for each in self}
        return found.filtered(lambda each: (each.partner_id, each.company_id) in own)

    def _expire(self):
        """End these approvals; that of a customer's next one begins after it."""
        for assessment in self._settling():
            assessment.state = "expired"
        self.flush_recordset()  # before another one is approved, for one holds at a time

    def _find_assessed_profiles(self):
        """Return the customers' profiles; the grade that holds is theirs to keep, hence sudo."""
        found = self.env["crm.relationship.profile"].sudo()
        found = found.search(
            [
                ("partner_id", "in", self.partner_id.ids),
                ("company_id", "in", self.company_id.ids),
            ]
        )
        own = {(each.partner_id.id, each.company_id.id) for each in self}
        return found.filtered(lambda each: (each.partner_id.id, each.company_id.id) in own)

    def _refresh_current(self):
        """Look up the grade that holds now, for those that wait."""
        profiles = {
            (each.partner_id.id, each.company_id.id): each
            for each in self._find_assessed_profiles()
        }
        for assessment in self._settling():
            profile = profiles.get((assessment.partner_id.id, assessment.company_id.id))
            grade = profile._get_valid_credit_grade() if profile else False
            if (assessment.current_grade_id or False) != (grade or False):
                assessment.write(
                    {
                        "current_grade_id": grade.id if grade else False,
                        "current_grade_code": grade.code if grade else False,
                    }
                )
        self.flush_recordset()  # what follows from it is worked out before it is settled

    def _keep_judgements(self):
        """Make the levels that were set here the customers' judgements, in the name of who set
        them; one that is newer stays.
        """
        lines = self._get_entered_lines().filtered(
            lambda line: (
                line.level_id
                and line.level_id.criterion_id == line.criterion_id
                # Who got a parent meanwhile is judged with it.
                and line.partner_id.commercial_partner_id == line.partner_id
            )
        )
        # In the name of others, and the approver need not see all judgements, hence sudo.
        judgements = self.env["crm.relationship.credit.judgement"].sudo()
        former = {
            (each.partner_id, each.criterion_id): each
            for each in judgements.search(
                [
                    ("partner_id", "in", lines.partner_id.ids),
                    ("criterion_id", "in", lines.criterion_id.ids),
                ]
            )
        }
        replaced, entered = judgements.browse(), []
        for line in lines:
            known = former.get((line.partner_id, line.criterion_id), judgements)
            if known.date and known.date > line.judged_date:
                continue
            replaced |= known
            entered.append(line._prepare_judgement())
        replaced.unlink()
        judgements.create(entered)

    # ------------------------------------------------------------------ merge

    def _settle_merge(self, kept):
        """Leave one open assessment of each quarter and one that is approved, of customers that
        are being merged into ``kept``: its own first, what has come furthest first.
        """
        places = {"approved": 0, "proposed": 1, "draft": 2, "expired": 3}
        ranked = self.sorted(lambda each: (places[each.state], each.partner_id != kept, -each.id))
        held, seen = set(), set()
        surplus = self.browse()
        for assessment in ranked.filtered(lambda each: each.state != "expired"):
            quarter = (assessment.company_id, assessment.date_end)
            is_held = assessment.state == "approved" and assessment.company_id in held
            if quarter in seen or is_held:
                surplus |= assessment
                continue
            seen.add(quarter)
            if assessment.state == "approved":
                held.add(assessment.company_id)
        surplus._expire()
        surplus.activity_unlink([TASK])
        for assessment in surplus:
            assessment._message_log(body=self.env._("Expired, for its contact was merged."))

    # ------------------------------------------------------------------ tasks

    def _ask_approvers(self):
        """Give a credit approver, who neither proposed nor judged it, a task for each."""
        if not self.env.ref(TASK, raise_if_not_found=False):
            return
        # Whoever proposes need not read users and their groups.
        approvers = self.env.ref(CREDIT).sudo().all_user_ids.filtered("active")
        approvers = approvers.sorted(lambda user: (user._is_admin(), user.id))
        for assessment in self:
            barred = assessment.proposed_by_id | assessment._get_entered_lines().judged_by_id
            able = approvers.filtered(
                lambda user, company=assessment.company_id: company in user.company_ids
            )
            chosen = (able - barred)[:1]
            if chosen:
                assessment.activity_schedule(
                    TASK,
                    user_id=chosen.id,
                    note=self.env._(
                        "%(user)s proposes the grade %(grade)s.",
                        user=assessment.proposed_by_id.name,
                        grade=assessment.grade_code,
                    ),
                )
