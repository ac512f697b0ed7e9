from odoo import api, models
from odoo.tools import split_every

BATCH = 200
"""Complaints at once; what is done of them is committed."""


class CrmRelationshipComplaint(models.Model):
    """The scheduled action of complaints: tiers that changed, escalations, the digest.

    How it works
        Each company on its own, by the frame of all nightly work. What was told is in the log,
        so a run that was stopped goes on where it was. It rests while the feature is off.
    """

    _name = "crm.relationship.complaint"
    _inherit = ["crm.relationship.complaint", "crm.relationship.nightly.mixin"]

    @api.model
    def _cron_escalate(self):
        """Follow up the deadlines of all companies."""
        if self._is_feature_on():
            self._work_in_companies()

    @api.model
    def _work_in(self, company):
        own = self.with_company(company).with_context(allowed_company_ids=company.ids)
        return (
            own._update_stale_deadlines(company)
            and own._follow_tiers(company)
            and own._escalate_by_rules(company, BATCH)
        )

    @api.model
    def _follow_tiers(self, company):
        """Work out the deadlines of customers whose tier is another one now."""
        found = self._find_other_tiers(company)
        remaining = len(found)
        for batch in split_every(BATCH, found.ids, found.browse):
            with self.env.cr.savepoint():
                batch._update_deadlines()
                batch._check_top()
            remaining -= len(batch)
            if not self._checkpoint(len(batch), remaining):
                return False
        return True

    @api.model
    def _describe_failure(self, company, error):
        return (
            self.env._("Following up the complaints of %(company)s failed", company=company.name),
            self.env._("It is tried again soon. What went wrong: %(error)s", error=error),
        )

    @api.model
    def _tell_failure(self, company, subject, body):
        """Tell of a failure once a day: this runs every quarter of an hour."""
        today = company._get_relationship_today()
        if company.relationship_complaint_failure_date == today:
            return None
        company.relationship_complaint_failure_date = today
        return super()._tell_failure(company, subject, body)
