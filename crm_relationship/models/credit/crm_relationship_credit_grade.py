from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError

from ..saving import SAVING
from .crm_relationship_credit_policy import SAVES_CRITERIA, TOTAL_POINTS


class CrmRelationshipCreditGrade(models.Model):
    """A range of the credit score; the next better grade ends it, so there are no gaps."""

    _name = "crm.relationship.credit.grade"
    _description = "Credit Grade"
    _inherit = ["crm.relationship.cached.mixin"]
    _order = "policy_id, score_from desc, id"

    policy_id = fields.Many2one(
        "crm.relationship.credit.policy", required=True, ondelete="cascade", index=True
    )
    company_id = fields.Many2one(related="policy_id.company_id", store=True, index=True)
    code = fields.Char(
        required=True,
        help="Short, stable mark of the grade, such as AA. It stands in the history, in exports "
        "and on the badges.",
    )
    score_from = fields.Float(required=True, digits=(5, 2))
    score_to = fields.Float(
        "Score Below",
        compute="_compute_score_to",
        digits=(5, 2),
        help="Where the next better grade begins.",
    )
    color = fields.Integer(help="Colour of the badge; the code always stands beside it.")
    description = fields.Text(translate=True, help="What customers of this grade are trusted with.")
    customer_count = fields.Integer("Customers", compute="_compute_customer_count")

    _code_uniq = models.UniqueIndex("(policy_id, code)", "A policy has each grade code only once.")
    _score_uniq = models.UniqueIndex(
        "(policy_id, score_from)", "Two grades can't begin at the same score."
    )
    _score_range = models.Constraint(
        "CHECK (score_from >= 0 AND score_from <= 100)", "A grade begins at a score of 0 to 100."
    )

    @api.depends("score_from", "policy_id.grade_ids.score_from")
    def _compute_score_to(self):
        for grade in self:
            better = [
                other.score_from
                for other in grade.policy_id.grade_ids
                if other.score_from > grade.score_from
            ]
            grade.score_to = min(better, default=TOTAL_POINTS)

    @api.depends("code", "name")
    def _compute_display_name(self):
        return super()._compute_display_name()

    def _get_label(self):
        return self.code

    def _compute_customer_count(self):
        counts = dict(
            self.env["crm.relationship.profile"]._read_group(
                [("credit_grade_id", "in", self.ids)], ["credit_grade_id"], ["__count"]
            )
        )
        for grade in self:
            grade.customer_count = counts.get(grade, 0)

    @api.constrains("code")
    def _check_code(self):
        for grade in self:
            if not grade.code.strip():
                raise ValidationError(
                    self.env._("Give the grade “%(grade)s” a code, such as AA.", grade=grade.name)
                )

    @api.constrains("score_from", "policy_id")
    def _check_score(self):
        if self.env.context.get(SAVES_CRITERIA) is not SAVING:
            self.policy_id._check_grades()

    def write(self, vals):
        """A grade stays with its policy, whose customers and history name it."""
        if "policy_id" in vals and self.policy_id.ids != [vals["policy_id"]]:
            raise ValidationError(
                self.env._(
                    "A grade stays with its policy. Add a grade to the other policy instead."
                )
            )
        return super().write(vals)

    @api.ondelete(at_uninstall=False)
    def _unlink_except_in_use(self):
        profiles = self.env["crm.relationship.profile"].sudo()  # of every salesperson
        for grade in self:
            if not grade.score_from and self.env.context.get(SAVES_CRITERIA) is not SAVING:
                raise UserError(
                    self.env._(
                        "%(grade)s is the lowest grade, and every score needs one. Let another "
                        "grade begin at 0 first.",
                        grade=grade.code,
                    )
                )
            held = ["|", ("credit_grade_id", "=", grade.id), ("assessed_grade_id", "=", grade.id)]
            if profiles.search_count(held, limit=1):
                raise UserError(
                    self.env._(
                        "Customers have the grade %(grade)s. Change its scores first, and let a "
                        "recalculation grade them anew.",
                        grade=grade.code,
                    )
                )

    def action_open_customers(self):
        """Open the customers of this grade."""
        self.ensure_one()
        return {
            **self.env["ir.actions.act_window"]._for_xml_id(
                "crm_relationship.crm_relationship_profile_action"
            ),
            "domain": [("credit_grade_id", "=", self.id)],
            "context": {},
        }
