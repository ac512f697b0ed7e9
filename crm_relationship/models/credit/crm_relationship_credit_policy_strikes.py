from odoo import api, fields, models
from odoo.exceptions import ValidationError

from ...engine.credit import BAD_DEBT_MONTHS
from ...engine.strikes import StrikeTerms
from ..lifecycle.crm_relationship_profile_dismissal import CREDIT

DAYS_PER_MONTH = 28
"""The shortest month: so many days lie within each."""


class CrmRelationshipCreditPolicy(models.Model):
    """Three strikes: when the nightly run proposes to dismiss who takes goods and does not pay.

    The run only proposes. The credit group decides, see
    ``crm.relationship.dismissal.proposal``.
    """

    _inherit = "crm.relationship.credit.policy"

    counts_strikes = fields.Boolean(
        "Propose Dismissals",
        tracking=True,
        help="The nightly recalculation proposes to dismiss customers that took goods and did "
        "not pay too often. The credit approvers decide; nobody is dismissed by itself. What was "
        "proposed before it is turned off waits for its decision.",
    )
    strike_count = fields.Integer(
        "Strikes",
        required=True,
        default=3,
        tracking=True,
        help="So many unpaid or written off invoices propose the dismissal.",
    )
    strike_days = fields.Integer(
        "Days Past Due",
        required=True,
        default=60,
        tracking=True,
        help="An invoice is a strike when it is unpaid for more than so many days after its due "
        "date.",
    )
    strike_months = fields.Integer(
        "Within Months",
        required=True,
        default=12,
        tracking=True,
        help="Invoices that were due, or written off, within so many months count.",
    )
    strike_user_id = fields.Many2one(
        "res.users",
        "Asked to Decide",
        copy=False,
        domain="[('share', '=', False), ('company_ids', 'in', company_id)]",
        help="The credit approver that gets the activity. Empty: the first approver of the "
        "company.",
    )

    _strikes_positive = models.Constraint(
        "CHECK (strike_count > 0 AND strike_days > 0 AND strike_months > 0)",
        "Strikes, days past due and months of the three strikes are 1 or more.",
    )

    @api.constrains("strike_days", "strike_months")
    def _check_strike_months(self):
        """Check that an invoice can be unpaid for long enough within the months, and that the
        profiles, which know who has bad debts, look as far back.
        """
        for policy in self:
            if policy.strike_months > BAD_DEBT_MONTHS:
                raise ValidationError(
                    self.env._(
                        "The three strikes look back at most %(months)s months. Choose fewer.",
                        months=BAD_DEBT_MONTHS,
                    )
                )
            if policy.strike_days >= policy.strike_months * DAYS_PER_MONTH:
                raise ValidationError(
                    self.env._(
                        "No invoice can be %(days)s days past due and have been due within "
                        "%(months)s months. Choose fewer days or more months.",
                        days=policy.strike_days,
                        months=policy.strike_months,
                    )
                )

    @api.constrains("strike_user_id")
    def _check_strike_user(self):
        for policy in self:
            user = policy.strike_user_id
            if user and not policy._is_decider(user):
                raise ValidationError(
                    self.env._(
                        "%(user)s does not approve credit in %(company)s. Choose a credit approver "
                        "of the company.",
                        user=user.name,
                        company=policy.company_id.name,
                    )
                )

    def _is_decider(self, user):
        # Who works where is no secret to who chooses among them, hence sudo.
        return user.active and self.company_id in user.sudo().company_ids and user.has_group(CREDIT)

    def _get_decider(self):
        """Return the credit approver who is asked to decide, or nobody.

        Administrators approve credit from the beginning: anybody else comes first.
        """
        self.ensure_one()
        if self.strike_user_id and self._is_decider(self.strike_user_id):
            return self.strike_user_id
        approvers = self.env["res.users"].search(
            [
                ("all_group_ids", "in", self.env.ref(CREDIT).ids),
                ("company_ids", "in", self.company_id.ids),
            ],
            order="id",
        )
        return approvers.sorted(lambda user: user._is_admin())[:1]

    def _get_strike_terms(self, as_of) -> StrikeTerms:
        """Return what the engine looks for as of a day."""
        self.ensure_one()
        return StrikeTerms(
            company_id=self.company_id.id,
            as_of=as_of,
            count=self.strike_count,
            days=self.strike_days,
            months=self.strike_months,
            bad_debt_accounts=tuple(self._get_bad_debt_accounts()),
        )
