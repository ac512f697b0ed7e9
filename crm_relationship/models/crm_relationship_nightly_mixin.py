import logging

from odoo import api, models

_logger = logging.getLogger(__name__)


class CrmRelationshipNightlyMixin(models.AbstractModel):
    """A nightly job that does its work in each company on its own.

    How it works
        A failure in one company leaves the others done: whom that company chose in its settings
        is told, and the next night tries again. What is done is committed batch by batch.
    """

    _name = "crm.relationship.nightly.mixin"
    _description = "Nightly Job of Each Company"

    @api.model
    def _work_in_companies(self):
        """Do the work in all companies, until one has no time left."""
        for company in self.env["crm.relationship.run"]._get_all_companies():
            try:
                if not self._work_in(company):
                    return
            # Whatever went wrong in one company, it must be done in the others.
            except Exception as error:
                subject, body = self._describe_failure(company, error)
                _logger.exception("Nightly work of %s in %s failed", self._name, company.name)
                self._tell_failure(company, subject, body)

    @api.model
    def _work_in(self, company):
        """Do the work in one company; return whether there is time left."""
        raise NotImplementedError

    @api.model
    def _describe_failure(self, company, error):
        """Return subject and text of the message that the work failed in a company."""
        raise NotImplementedError

    @api.model
    def _tell_failure(self, company, subject, body):
        users = company.relationship_alert_user_ids
        if users:
            self.env["mail.thread"].message_notify(
                partner_ids=users.partner_id.ids,
                model=company._name,
                res_id=company.id,
                subject=subject,
                body=body,
            )

    @api.model
    def _checkpoint(self, processed=0, remaining=None):
        """Commit what is done, if that is allowed; return the seconds left."""
        self.env.flush_all()
        if not self.env["crm.relationship.run"]._may_commit():
            return float("inf")
        return self.env["ir.cron"]._commit_progress(processed, remaining=remaining)
