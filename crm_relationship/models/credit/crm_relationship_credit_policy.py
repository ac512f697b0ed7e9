from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError

from ...engine.credit import CreditTerms
from ...engine.measurement import WINDOW_MONTHS
from ..numbers import decimal
from ..saving import SAVING

SAVES_CRITERIA = "crm_relationship_saves_criteria"
"""Context key: the policy is being saved together with its criteria and grades."""

TOTAL_POINTS = 100


class CrmRelationshipCreditPolicy(models.Model):
    """How a company judges how far its customers can be trusted with credit.

    How it works
        The criteria of a policy carry 100 points together. Each takes a share of its points
        by the band that its value lies in; one whose value is unknown takes the share for
        unknown. The sum is the score, the grades are ranges of it. The coverage is how many
        of the points are known; below the policy's minimum a grade is provisional.

        Each company has one policy, copied from the template, which has no company.
    """

    _name = "crm.relationship.credit.policy"
    _description = "Credit Policy"
    _inherit = ["mail.thread"]
    _rec_name = "company_id"

    company_id = fields.Many2one(
        "res.company", ondelete="cascade", readonly=True, help="Empty: the template."
    )
    currency_id = fields.Many2one(related="company_id.currency_id")
    unknown_share = fields.Float(
        "Share for Unknown (%)",
        required=True,
        default=50,
        digits=(5, 2),
        tracking=True,
        help="The share of its points that a criterion gets whose value is unknown.",
    )
    coverage_min = fields.Float(
        "Coverage From (%)",
        required=True,
        default=60,
        digits=(5, 2),
        tracking=True,
        help="At least so many of the points must be known, or the grade is provisional.",
    )
    bad_debt_account_ids = fields.Many2many(
        "account.account",
        "crm_relationship_credit_bad_debt_account_rel",
        string="Bad Debt Accounts",
        check_company=True,
        help="A journal entry writes bad debts off if at least half of what it settles goes to "
        "these accounts. Without accounts no bad debt is known.",
    )
    criterion_ids = fields.One2many("crm.relationship.credit.criterion", "policy_id", copy=True)
    grade_ids = fields.One2many("crm.relationship.credit.grade", "policy_id", copy=True)
    points_total = fields.Float("Points in Total", compute="_compute_points", digits=(6, 2))
    points_financial = fields.Float("Financial Points", compute="_compute_points", digits=(6, 2))

    _company_uniq = models.UniqueIndex(
        "(COALESCE(company_id, 0))", "A company has one credit policy."
    )
    _shares_percent = models.Constraint(
        "CHECK (unknown_share BETWEEN 0 AND 100 AND coverage_min BETWEEN 0 AND 100)",
        "The share for unknown and the coverage are between 0 and 100 %.",
    )

    @api.depends("criterion_ids.points", "criterion_ids.is_financial")
    def _compute_points(self):
        for policy in self:
            criteria = policy.criterion_ids
            policy.points_total = sum(criteria.mapped("points"))
            policy.points_financial = sum(criteria.filtered("is_financial").mapped("points"))

    @api.depends("company_id.name")
    def _compute_display_name(self):
        for policy in self:
            policy.display_name = (
                self.env._("Credit policy of %(company)s", company=policy.company_id.name)
                if policy.company_id
                else self.env._("Template of the credit policies")
            )

    @api.constrains("criterion_ids")
    def _check_points(self):
        """Check that the criteria carry 100 points together; a template, when it is copied."""
        for policy in self.filtered("company_id"):
            total = round(sum(policy.criterion_ids.mapped("points")), 2)
            if total != TOTAL_POINTS:
                raise ValidationError(
                    self.env._(
                        "The criteria of the credit policy carry %(total)g points; together they "
                        "must carry %(wanted)s. Change the points of other criteria as well.",
                        total=total,
                        wanted=TOTAL_POINTS,
                    )
                )

    @api.constrains("grade_ids")
    def _check_grades(self):
        """Check that every score has one grade: the lowest begins at 0."""
        for policy in self.filtered("company_id"):
            if min(policy.grade_ids.mapped("score_from"), default=1) != 0:
                raise ValidationError(
                    self.env._(
                        "No grade begins at a score of 0, so low scores would have none. Let the "
                        "lowest grade begin at 0."
                    )
                )

    @api.model_create_multi
    def create(self, vals_list):
        saving = self.with_context(**{SAVES_CRITERIA: SAVING})
        policies = super(CrmRelationshipCreditPolicy, saving).create(vals_list).with_env(self.env)
        policies._check_points()
        policies._check_grades()
        self.env.registry.clear_cache()  # the coverage that companies keep in memory
        return policies

    def write(self, vals):
        saving = self.with_context(**{SAVES_CRITERIA: SAVING})
        result = super(CrmRelationshipCreditPolicy, saving).write(vals)
        self.env.registry.clear_cache()  # the coverage that companies keep in memory
        return result

    def copy_data(self, default=None):
        if not (default or {}).get("company_id"):
            raise UserError(
                self.env._("A company has one credit policy. Change that one instead of copying.")
            )
        return super().copy_data(default)

    @api.ondelete(at_uninstall=False)
    def _unlink_except_company_exists(self):
        if self.company_id.exists():
            raise UserError(
                self.env._("A company keeps its credit policy. Change it instead of deleting it.")
            )

    @api.model
    def _get_of_company(self, company):
        """Return the company's policy, or none."""
        return self.search([("company_id", "=", company.id)], limit=1)

    @api.model
    def _get_own_action(self):
        """Return the action that opens the current company's policy."""
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "crm_relationship.crm_relationship_credit_policy_action"
        )
        policy = self._get_of_company(self.env.company)
        if policy:
            action.update(res_id=policy.id, view_mode="form", views=[(False, "form")])
        return action

    def _get_terms(self, as_of, tier_policy) -> CreditTerms:
        """Return what the engine scores by as of a day.

        :param tier_policy: the company's, whose tiers are the sizes; may be none
        """
        self.ensure_one()
        return CreditTerms(
            company_id=self.company_id.id,
            as_of=as_of,
            unknown_share=decimal(self.unknown_share),
            criteria=tuple(criterion._get_terms() for criterion in self.criterion_ids),
            grades=tuple(
                (grade.id, grade.code, decimal(grade.score_from))
                for grade in self.grade_ids.sorted("score_from", reverse=True)
            ),
            tiers=tuple(tier_policy.tier_ids.ids) if tier_policy else (),
            window_months=tier_policy.window_months if tier_policy else WINDOW_MONTHS,
        )

    def _get_bad_debt_accounts(self):
        """Return the ids of the accounts; their numbers are no secret to a run, hence sudo."""
        return sorted(self.sudo().bad_debt_account_ids.ids)

    def _duplicate_for(self, companies):
        """Create a copy of this template in each of ``companies``."""
        for company in companies if self else ():
            self.copy({"company_id": company.id})
