from decimal import ROUND_HALF_UP, Decimal

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools.misc import clean_context

from ...engine.credit import quarter_start
from ..numbers import decimal, format_short
from ..saving import SAVING

CREDIT = "crm_relationship.group_credit"

ASSESSORS = f"crm_relationship.group_manager,{CREDIT}"
"""Groups that assess and propose; only the latter approves."""

SETTLES = "crm_relationship_settles_assessment"
"""Context key: the assessment's own steps write it."""

PEOPLE_FIELDS = {"draft": {"line_ids", "note"}, "proposed": {"approved_limit"}}
"""What people write in each state; all else is done by the steps."""

CHATTER_FIELDS = ("message_", "activity_")

SETTLED = ("approved", "expired")
"""States in which nothing changes any more."""

SCORE_STEP = Decimal("0.01")


class CrmRelationshipCreditAssessment(models.Model):
    """A customer's credit at the end of a quarter, proposed by one and approved by another.

    How it works
        A draft measures the customer as of the quarter's last day by the engine and keeps a
        copy of everything that the grade was made of: values, bands, thresholds, grades, the
        financial statement. People set the levels of the judged criteria and propose it;
        somebody else, who approves credit, approves it. Then its grade holds instead of the
        automatic one until it expires or the next one is approved.

        Nothing but the steps (assess, measure, propose, return, approve, expire) writes more
        than what :data:`PEOPLE_FIELDS` lists, whatever the route. What is approved stays as it
        is, even if the policy, its criteria, statements or judgements change or go.

    Texts that are copied (names of criteria, levels, grades, rules) are kept in every installed
    language, see :meth:`_copy_texts`.
    """

    _name = "crm.relationship.credit.assessment"
    _description = "Credit Assessment"
    _inherit = ["mail.thread", "mail.activity.mixin"]
    _order = "date_end desc, id desc"

    partner_id = fields.Many2one(
        "res.partner", "Customer", required=True, readonly=True, ondelete="restrict", index=True
    )
    company_id = fields.Many2one("res.company", required=True, readonly=True, ondelete="cascade")
    currency_id = fields.Many2one(related="company_id.currency_id")
    user_id = fields.Many2one(related="partner_id.user_id", string="Salesperson")
    date_start = fields.Date(
        "Quarter From", compute="_compute_date_start", store=True, help="Its first day."
    )
    date_end = fields.Date(
        "Quarter Until",
        required=True,
        readonly=True,
        help="The last day of the quarter looked at: the customer is measured as of it.",
    )
    quarter_name = fields.Char("Quarter", compute="_compute_quarter_name")
    state = fields.Selection(
        [
            ("draft", "Draft"),
            ("proposed", "Proposed"),
            ("approved", "Approved"),
            ("expired", "Expired"),
        ],
        required=True,
        default="draft",
        readonly=True,
        tracking=True,
        index=True,
        group_expand=True,
    )
    tier_id = fields.Many2one(
        "crm.relationship.tier", readonly=True, ondelete="set null", help="When it was measured."
    )
    tier_color = fields.Integer(related="tier_id.color", string="Tier Colour", aggregator=None)
    note = fields.Text(
        "Comment", help="What the assessor wants the approver to know; it is printed."
    )
    line_ids = fields.One2many("crm.relationship.credit.assessment.line", "assessment_id")
    measured_date = fields.Datetime("Measured On", readonly=True)

    # The policy's terms, copied.
    unknown_share = fields.Float("Share for Unknown (%)", readonly=True, digits=(5, 2))
    coverage_min = fields.Float("Coverage From (%)", readonly=True, digits=(5, 2))
    valid_months = fields.Integer("Approval Holds (Months)", readonly=True, aggregator=None)
    window_months = fields.Integer("Window (Months)", readonly=True, aggregator=None)
    grades = fields.Json(
        readonly=True, help="The policy's grades, the best first, with their limits."
    )
    statement = fields.Json(readonly=True, help="The financial statement that counted.")
    opinion = fields.Json(readonly=True, help="The second opinion as of the quarter's end.")

    # What follows from the lines.
    score = fields.Float(
        compute="_compute_score", store=True, digits=(5, 2), aggregator="avg", tracking=True
    )
    coverage = fields.Float(
        "Coverage (%)",
        compute="_compute_score",
        store=True,
        digits=(5, 2),
        aggregator="avg",
        help="How many of the points are known; the others get the share for unknown.",
    )
    is_provisional = fields.Boolean(
        "Provisional",
        compute="_compute_score",
        store=True,
        help="Less of the points is known than the credit policy asks for.",
    )
    grade_id = fields.Many2one(
        "crm.relationship.credit.grade",
        compute="_compute_score",
        store=True,
        ondelete="set null",
        index="btree_not_null",
    )
    grade_code = fields.Char("Grade (Code)", compute="_compute_score", store=True, tracking=True)
    grade_color = fields.Integer("Grade Colour", compute="_compute_colors", aggregator=None)

    # What holds now, and the last time.
    current_grade_id = fields.Many2one(
        "crm.relationship.credit.grade",
        "Grade That Holds",
        readonly=True,
        ondelete="set null",
        help="The approved one, else the automatic; looked up every night until it is approved.",
    )
    current_grade_code = fields.Char("Grade That Holds (Code)", readonly=True)
    current_grade_color = fields.Integer(
        "Colour of the Grade That Holds", compute="_compute_colors", aggregator=None
    )
    change = fields.Selection(
        [("first", "First grade"), ("up", "Up"), ("same", "Unchanged"), ("down", "Down")],
        compute="_compute_change",
        store=True,
        help="What approving it does to the grade that holds.",
    )
    previous_id = fields.Many2one(
        "crm.relationship.credit.assessment",
        "Last Assessment",
        readonly=True,
        ondelete="set null",
        index="btree_not_null",
    )
    previous_date = fields.Date("Last Quarter Until", readonly=True)
    previous_name = fields.Char("Last Quarter", compute="_compute_previous_name")
    previous_score = fields.Float("Last Score", readonly=True, digits=(5, 2), aggregator=None)
    previous_grade_code = fields.Char("Last Grade", readonly=True)
    score_change = fields.Float(
        compute="_compute_score_change", digits=(5, 2), help="Against the last assessment."
    )

    _quarter_uniq = models.UniqueIndex(
        "(partner_id, company_id, date_end) WHERE state <> 'expired'",
        "The customer has an assessment of this quarter already.",
    )
    _approved_uniq = models.UniqueIndex(
        "(partner_id, company_id) WHERE state = 'approved'",
        "Only one assessment of a customer is approved at a time.",
    )
    _open_idx = models.Index("(company_id, date_end) WHERE state IN ('draft', 'proposed')")

    @api.depends("date_end")
    def _compute_date_start(self):
        for assessment in self:
            assessment.date_start = assessment.date_end and quarter_start(assessment.date_end)

    @api.depends("partner_id.name", "date_end")
    @api.depends_context("lang")
    def _compute_display_name(self):
        for assessment in self:
            assessment.display_name = self.env._(
                "%(customer)s · %(quarter)s",
                customer=assessment.partner_id.name or "",
                quarter=assessment._format_quarter(assessment.date_end),
            )

    @api.depends("line_ids.given", "line_ids.is_known", "line_ids.points", "grades")
    def _compute_score(self):
        # The policy may have lost a grade since its copy was made.
        grades = self.env["crm.relationship.credit.grade"]
        copied = {grade["id"] for each in self for grade in each.grades or ()}
        known = set(grades.browse(copied).exists().ids)
        for assessment in self:
            if assessment.state in SETTLED:
                # What was approved is never worked out again.
                assessment.update(
                    {name: assessment[name] for name in ("score", "coverage", "is_provisional")}
                )
                assessment.grade_id = assessment.grade_id
                assessment.grade_code = assessment.grade_code
                continue
            lines = assessment.line_ids
            score = sum((decimal(line.given, 6) for line in lines), Decimal(0))
            score = score.quantize(SCORE_STEP, ROUND_HALF_UP)
            coverage = sum(line.points for line in lines if line.is_known)
            grade = assessment._get_grade_of(score) if coverage else {}
            assessment.score = float(score) if coverage else 0
            assessment.coverage = coverage
            assessment.is_provisional = bool(grade) and coverage < assessment.coverage_min
            assessment.grade_id = grade["id"] if grade and grade["id"] in known else False
            assessment.grade_code = grade.get("code", False)

    @api.depends("grades", "grade_code", "current_grade_code")
    def _compute_colors(self):
        for assessment in self:
            colors = {grade["code"]: grade["color"] for grade in assessment.grades or ()}
            assessment.grade_color = colors.get(assessment.grade_code, 0)
            assessment.current_grade_color = colors.get(assessment.current_grade_code, 0)

    @api.depends("grade_code", "current_grade_id")
    def _compute_change(self):
        for assessment in self:
            if assessment.state in SETTLED:
                assessment.change = assessment.change
            else:
                assessment.change = assessment._get_change()

    @api.depends("date_end")
    @api.depends_context("lang")
    def _compute_quarter_name(self):
        for assessment in self:
            assessment.quarter_name = assessment._format_quarter(assessment.date_end)

    @api.depends("previous_date")
    @api.depends_context("lang")
    def _compute_previous_name(self):
        for assessment in self:
            assessment.previous_name = assessment._format_quarter(assessment.previous_date)

    @api.depends("score", "previous_score", "previous_date")
    def _compute_score_change(self):
        for assessment in self:
            compared = assessment.previous_date and assessment.grade_code
            assessment.score_change = (
                assessment.score - assessment.previous_score if compared else 0
            )

    # -------------------------------------------------------------- the lock

    @api.model_create_multi
    def create(self, vals_list):
        self._check_settling()
        # Defaults from the context are values like others, and nobody has checked them.
        clean = self.env(context=clean_context(self.env.context))[self._name]
        created = super(CrmRelationshipCreditAssessment, clean).create(vals_list)
        created._find_assessed_profiles()._count_assessments()
        return created

    def write(self, vals):
        self._check_writable(vals)
        if "approved_limit" in vals and not self._is_settling():
            vals = {**vals, "limit_by_id": self.env.uid}
        return super().write(vals)

    def unlink(self):
        profiles = self._find_assessed_profiles()
        result = super().unlink()
        profiles._count_assessments()
        return result

    def copy_data(self, default=None):
        self._check_settling()
        return super().copy_data(default)

    @api.ondelete(at_uninstall=False)
    def _unlink_except_draft(self):
        for assessment in self:
            if assessment.state != "draft":
                raise UserError(
                    self.env._(
                        "%(assessment)s has been proposed; only drafts are deleted.",
                        assessment=assessment.display_name,
                    )
                )

    def _settling(self):
        """Return these records for one of their own steps, which may write everything."""
        return self.with_context(**{SETTLES: SAVING})

    @api.model
    def _is_settling(self):
        return self.env.context.get(SETTLES) is SAVING

    @api.model
    def _check_settling(self):
        if not self._is_settling():
            raise UserError(
                self.env._(
                    "Assessments are measured, not entered or copied. Choose the customer and "
                    "press Assess."
                )
            )

    def _check_writable(self, vals):
        """Check that people write only what is theirs in the state that each is in.

        It holds for superusers too: automations and imports may run as one.
        """
        if self._is_settling():
            return
        names = {name for name in vals if not name.startswith(CHATTER_FIELDS)}
        for assessment in self:
            if names <= PEOPLE_FIELDS.get(assessment.state, set()):
                continue
            states = dict(self._fields["state"]._description_selection(self.env))
            raise UserError(
                self.env._(
                    "%(assessment)s can't be changed like this: it is “%(state)s”. Levels and "
                    "comments are entered in the draft, the limit while it is proposed; use its "
                    "buttons for everything else.",
                    assessment=assessment.display_name,
                    state=states[assessment.state],
                )
            )
        if "approved_limit" in names:
            self._check_approver()

    # --------------------------------------------------------------- helpers

    @api.model
    def _format_quarter(self, day):
        """Return the quarter of a day, such as "Q3 2026"."""
        if not day:
            return ""
        return self.env._("Q%(quarter)s %(year)s", quarter=(day.month + 2) // 3, year=str(day.year))

    def _get_grade_of(self, score):
        """Return the copied grade of a score."""
        self.ensure_one()
        reached = [each for each in self.grades or () if decimal(each["from"]) <= score]
        return reached[0] if reached else {}

    def _get_grade(self):
        """Return the copy of this assessment's grade, empty without one."""
        self.ensure_one()
        return next((each for each in self.grades or () if each["code"] == self.grade_code), {})

    def _get_change(self):
        """Return what approving does to the grade that holds; False without a grade."""
        self.ensure_one()
        grade, current = self._get_grade(), self.current_grade_id
        if not grade:
            return False
        if not current:
            return "first"
        if grade["id"] == current.id:
            return "same"
        return "up" if grade["from"] > current.score_from else "down"

    @api.model
    def _copy_texts(self, records, name):
        """Return ``{record id: {language: text}}`` of a translated field of ``records``."""
        texts = {record.id: {} for record in records}
        for lang, _name in self.env["res.lang"].get_installed():
            for record in records.with_context(lang=lang):
                texts[record.id][lang] = record[name] or ""
        return texts

    @api.model
    def _read_text(self, texts):
        """Return a copied text in the user's language."""
        texts = texts or {}
        return texts.get(self.env.lang) or texts.get("en_US") or next(iter(texts.values()), "")

    def _short(self, number):
        """Return a number for the report, with the decimals that it needs."""
        return format_short(self.env, number)

    def _get_line_groups(self):
        """Return the lines by category with their sums, for the report."""
        self.ensure_one()
        names = dict(self.line_ids._fields["category"]._description_selection(self.env))
        return [
            {
                "name": names[category],
                "lines": lines,
                "given": round(sum(lines.mapped("given")), 2),
                "points": round(sum(lines.mapped("points")), 2),
            }
            for category, lines in self.line_ids.grouped("category").items()
        ]

    # --------------------------------------------------------------- actions

    def action_open_profile(self):
        """Open what is known of the customer in the assessing company."""
        self.ensure_one()
        profile = self.env["crm.relationship.profile"].search(
            [("partner_id", "=", self.partner_id.id), ("company_id", "=", self.company_id.id)]
        )
        return profile.get_formview_action() if profile else self.partner_id.get_formview_action()

    def _open(self, domain=None):
        """Return the action that opens these assessments, or those of ``domain``."""
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "crm_relationship.crm_relationship_credit_assessment_action"
        )
        if domain is None and len(self) == 1:
            return {**action, "res_id": self.id, "views": [(False, "form")], "context": {}}
        domain = domain or [("id", "in", self.ids)]
        return {**action, "domain": domain, "context": {}}

    def action_open_previous(self):
        """Open the last assessment."""
        self.ensure_one()
        return self.previous_id.get_formview_action()
