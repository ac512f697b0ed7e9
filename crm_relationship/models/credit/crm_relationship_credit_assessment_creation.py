from dateutil.relativedelta import relativedelta

from odoo import api, models
from odoo.exceptions import UserError
from odoo.tools import split_every

from ...engine.periods import DAY, period_end

BATCH = 200
"""Customers that are measured at once, and committed."""


class CrmRelationshipCreditAssessment(models.Model):
    """Making drafts: by the scheduler for the customers that a policy names, and by hand."""

    _name = "crm.relationship.credit.assessment"
    _inherit = ["crm.relationship.credit.assessment", "crm.relationship.nightly.mixin"]

    @api.model
    def _get_last_quarter_end(self, company):
        """Return the last day of the quarter that is over."""
        today = company._get_relationship_today()
        return period_end(today - relativedelta(months=3), "quarterly")

    @api.model
    def _assess(self, profiles):
        """Return the assessments of the last quarter of these customers, new ones measured.

        :raises AccessError: unless the user is a relationship manager or approves credit
        :raises UserError: where a company has no credit policy yet
        """
        self._check_assessor()
        profiles.check_access("read")
        found = self.browse()
        for company, customers in profiles.grouped("company_id").items():
            date_end = self._get_last_quarter_end(company)
            known = self._find_of_quarter(customers, date_end)
            missing = customers.filtered(
                lambda each, known=known: each.partner_id not in known.partner_id
            )
            found |= known | self._make_drafts(missing, date_end)
        return found

    @api.model
    def _find_of_quarter(self, profiles, date_end, states=("draft", "proposed", "approved")):
        return self.search(
            [
                ("partner_id", "in", profiles.partner_id.ids),
                ("company_id", "in", profiles.company_id.ids),
                ("date_end", "=", date_end),
                ("state", "in", list(states)),
            ]
        )

    @api.model
    def _make_drafts(self, profiles, date_end):
        """Return new drafts of the customers of one company, measured."""
        company = profiles.company_id
        if profiles and not self.env["crm.relationship.credit.policy"]._get_of_company(company):
            raise UserError(
                self.env._(
                    "%(company)s has no credit policy yet. The first recalculation makes one.",
                    company=company.display_name,
                )
            )
        # Nobody may enter assessments: only measuring makes them, hence sudo.
        drafts = (
            self.sudo()
            ._settling()
            .create(
                [
                    {
                        "partner_id": profile.partner_id.id,
                        "company_id": company.id,
                        "date_end": date_end,
                    }
                    for profile in profiles
                ]
            )
        )
        drafts._measure()
        return self.browse(drafts.ids)

    # ------------------------------------------------------------------ crons

    @api.model
    def _cron_assess(self):
        """End the approvals whose time is over, and make the drafts of the last quarter, once."""
        self._work_in_companies()

    @api.model
    def _work_in(self, company):
        own = self.with_company(company).with_context(allowed_company_ids=company.ids)
        with self.env.cr.savepoint():
            own._expire_due(company)
        self._checkpoint()
        policy = self.env["crm.relationship.credit.policy"]._get_of_company(company)
        date_end = self._get_last_quarter_end(company)
        if not policy.assesses or (policy.assessed_quarter or date_end - DAY) >= date_end:
            return True
        missing = own._find_missing(policy, date_end)
        remaining = len(missing)
        for batch in split_every(BATCH, missing.ids, missing.browse):
            with self.env.cr.savepoint():
                own._make_drafts(batch, date_end)
            remaining -= len(batch)
            if not self._checkpoint(len(batch), remaining) and remaining:
                return False
        policy.assessed_quarter = date_end
        return True

    def _find_missing(self, policy, date_end):
        """Return the customers that the policy names and that have no assessment of the quarter."""
        profiles = self.env["crm.relationship.profile"]
        customers = profiles.search(policy._get_assessment_domain(), order="id")
        states = ("draft", "proposed", "approved", "expired")
        known = self._find_of_quarter(customers, date_end, states).partner_id
        return customers.filtered(lambda each: each.partner_id not in known)

    def _expire_due(self, company):
        """End what is over, and look up the grades that hold, for those that wait."""
        today = company._get_relationship_today()
        in_company = [("company_id", "=", company.id)]
        due = self.search([*in_company, ("state", "=", "approved"), ("valid_until", "<", today)])
        due._expire()
        approved = self.search([*in_company, ("state", "=", "approved")])
        profiles = (due | approved)._find_assessed_profiles()
        profiles._follow_assessments()
        profiles._count_assessments()  # a profile that went and came back has none
        self.search([*in_company, ("state", "in", ["draft", "proposed"])])._refresh_current()

    @api.model
    def _describe_failure(self, company, error):
        return (
            self.env._("The credit assessments of %(company)s failed", company=company.name),
            self.env._(
                "The drafts that are missing are tried again tomorrow. What went wrong: %(error)s",
                error=error,
            ),
        )
