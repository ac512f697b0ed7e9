from contextlib import suppress

from odoo import api, fields, models
from odoo.exceptions import ValidationError
from odoo.fields import Domain
from odoo.tools.safe_eval import safe_eval

from ..grading.crm_relationship_tier_policy import DOMAIN_ERRORS

TOP_TIER = "[('tier_id.is_top', '=', True)]"
CRON = "crm_relationship.ir_cron_assess_relationship_credit"


class CrmRelationshipCreditPolicy(models.Model):
    """Which customers are assessed every quarter, how long an approval holds, and what it does."""

    _inherit = "crm.relationship.credit.policy"

    assesses = fields.Boolean(
        "Assess Every Quarter",
        tracking=True,
        help="After the end of a calendar quarter, drafts of assessments are made for the "
        "customers below, once. They wait for somebody to complete and propose them.",
    )
    assessment_domain = fields.Char(
        "Assessed Customers",
        required=True,
        default=TOP_TIER,
        tracking=True,
        help="The customers whose assessments are made by themselves; anybody else is assessed "
        "by hand.",
    )
    assessment_months = fields.Integer(
        "Approval Holds (Months)",
        required=True,
        default=6,
        tracking=True,
        help="For so long after its approval a grade holds instead of the automatic one.",
    )
    assessed_quarter = fields.Date(
        readonly=True, copy=False, help="The end of the last quarter whose drafts were made."
    )
    writes_limit = fields.Boolean(
        "Write the Limit on Approval",
        tracking=True,
        help="Approving an assessment writes its limit to the customer's credit limit in "
        "Accounting. An approval that ends leaves it as it is.",
    )
    is_limit_used = fields.Boolean(related="company_id.account_use_credit_limit")

    _assessment_months_positive = models.Constraint(
        "CHECK (assessment_months > 0)", "An approval holds for one month or more."
    )

    @api.model_create_multi
    def create(self, vals_list):
        self._check_assessment_rights(vals_list)
        return super().create(vals_list)

    def write(self, vals):
        """Make the drafts of the quarter that is over as soon as somebody wants them."""
        self._check_assessment_rights([vals])
        result = super().write(vals)
        if vals.get("assesses"):
            # Whoever sets the policy need not see the scheduled actions.
            self.env.ref(CRON).sudo()._trigger()
        return result

    def _check_assessment_rights(self, vals_list):
        """Check the filters with the rights of who writes them: constraints run as sudo.

        :raises AccessError: for fields that the user may not search by
        """
        for domain in filter(None, (vals.get("assessment_domain") for vals in vals_list)):
            with suppress(*DOMAIN_ERRORS):  # which the constraint explains
                self.env["crm.relationship.profile"]._search(Domain(safe_eval(domain)))

    @api.constrains("assessment_domain")
    def _check_assessment_domain(self):
        for policy in self:
            try:
                self.env["crm.relationship.profile"]._search(policy._get_assessment_domain())
            except DOMAIN_ERRORS as error:
                raise ValidationError(
                    self.env._(
                        "The assessed customers are not a valid filter on customers: %(error)s. "
                        "Choose the conditions again on the page Assessments.",
                        error=error,
                    )
                ) from error

    def _get_assessment_domain(self) -> Domain:
        """Return the domain of the profiles that are assessed every quarter."""
        self.ensure_one()
        own = Domain("company_id", "=", self.company_id.id)
        active = Domain("tier_standing", "!=", "frozen")
        return own & active & Domain(safe_eval(self.assessment_domain or "[]"))
