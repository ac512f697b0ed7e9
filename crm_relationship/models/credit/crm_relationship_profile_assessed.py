from odoo import api, fields, models
from odoo.tools import format_date

from ..trusting_many2one import TrustingMany2one


class CrmRelationshipProfile(models.Model):
    """The grade that a person approved, beside the automatic one."""

    _inherit = "crm.relationship.profile"

    assessed_grade_id = TrustingMany2one(
        "crm.relationship.credit.grade",
        "Approved Grade",
        readonly=True,
        help="Of the last approved assessment. It holds instead of the automatic grade until "
        "it expires.",
    )
    assessed_until = fields.Date("Approved Until", readonly=True)
    assessed_color = fields.Integer(
        "Colour of the Approved Grade", compute="_compute_assessed_color", aggregator=None
    )
    assessment_count = fields.Integer(
        "Assessments",
        readonly=True,
        aggregator="sum",
        help="Kept here, for every contact's form shows it.",
    )

    @api.depends("assessed_grade_id")
    def _compute_assessed_color(self):
        for profile in self:
            profile.assessed_color = profile.assessed_grade_id._get_cached_color()

    def _count_assessments(self):
        """Count the assessments of these customers, when one came or went."""
        groups = self.env["crm.relationship.credit.assessment"]._read_group(
            [
                ("partner_id", "in", self.partner_id.ids),
                ("company_id", "in", self.company_id.ids),
            ],
            ["partner_id", "company_id"],
            ["__count"],
        )
        counts = {(partner, company): count for partner, company, count in groups}
        for profile in self:
            count = counts.get((profile.partner_id, profile.company_id), 0)
            if profile.assessment_count != count:
                profile.assessment_count = count

    def _get_valid_credit_grade(self):
        """Return the grade that holds today: the approved, unexpired one, else the automatic."""
        self.ensure_one()
        return self.assessed_grade_id if self._is_assessment_valid() else self.credit_grade_id

    def _is_assessment_valid(self):
        """Return whether an approved grade holds today."""
        self.ensure_one()
        today = self.company_id._get_relationship_today()
        return bool(self.assessed_grade_id and self.assessed_until and self.assessed_until >= today)

    # ------------------------------------------------------------ assessments

    def _follow_assessments(self):
        """Let what is approved hold, and nothing where nothing is; the grades that hold and
        differ from the former go to the history. Return the profiles that this changes.
        """
        approved = {
            (each.partner_id, each.company_id): each
            for each in self.env["crm.relationship.credit.assessment"].search(
                [
                    ("partner_id", "in", self.partner_id.ids),
                    ("company_id", "in", self.company_id.ids),
                    ("state", "=", "approved"),
                ]
            )
        }
        changes, moved = [], self.browse()
        for profile in self:
            assessment = approved.get((profile.partner_id, profile.company_id))
            if profile._is_followed(assessment):
                continue
            moved |= profile
            changes += profile._follow_assessment(assessment)
        self.env["crm.relationship.change"].create(changes)
        return moved

    def _is_followed(self, assessment):
        """Return whether the profile says what an assessment does, or none."""
        return (self.assessed_grade_id.id, self.assessed_until) == (
            assessment.grade_id.id if assessment else False,
            assessment.valid_until if assessment else False,
        )

    def _follow_assessment(self, assessment):
        """Let one assessment hold, or none; return the row for the history, if there is one."""
        former = self.assessed_grade_id or self.credit_grade_id
        values = {
            "assessed_grade_id": assessment.grade_id.id if assessment else False,
            "assessed_until": assessment.valid_until if assessment else False,
        }
        self.write(values)
        latter = self.assessed_grade_id or self.credit_grade_id
        if latter == former or not latter:
            return []
        return [
            {
                "partner_id": self.partner_id.id,
                "company_id": self.company_id.id,
                "date": self.company_id._get_relationship_today(),
                "dimension": "credit",
                "old_value": former.code,
                "new_value": latter.code,
                "cause": "approved" if assessment else "approval_end",
                "evidence": {
                    "score": assessment.score,
                    "until": fields.Date.to_string(assessment.valid_until),
                }
                if assessment
                else None,
                "user_id": self.env.uid,
            }
        ]

    # ------------------------------------------------------------ explanation

    def _prepare_credit_explanation(self, inputs, shared):
        return {
            **super()._prepare_credit_explanation(inputs, shared),
            "held": self._explain_held_grade(),
        }

    def _explain_held_grade(self):
        """Return which grade holds, where somebody approved one; else nothing."""
        if not self.assessed_grade_id:
            return ""
        values = {
            "approved": self.assessed_grade_id.code,
            "date": format_date(self.env, self.assessed_until),
            "automatic": self.credit_grade_id.code or self.env._("none"),
        }
        if self._is_assessment_valid():
            return self.env._(
                "%(approved)s holds: it was approved until %(date)s. The automatic grade below is "
                "%(automatic)s.",
                **values,
            )
        return self.env._(
            "The approval of %(approved)s ended on %(date)s; the automatic grade %(automatic)s "
            "holds.",
            **values,
        )

    # ---------------------------------------------------------------- actions

    def action_assess(self):
        """Assess these customers by hand: make the drafts that are missing, and open them."""
        assessments = self.env["crm.relationship.credit.assessment"]._assess(self)
        return assessments._open()

    def action_open_assessments(self):
        """Open the assessments of these customers."""
        assessments = self.env["crm.relationship.credit.assessment"]
        return assessments._open(
            [
                ("partner_id", "in", self.partner_id.ids),
                ("company_id", "in", self.company_id.ids),
            ]
        )
