from odoo import models
from odoo.tools import SQL

from ...engine import credit, session
from ...engine.scope import WATERMARK_OVERLAP

EVERYBODY = SQL("TRUE")
UNSCORED = SQL("profile.credit_coverage IS NULL")


class CrmRelationshipRun(models.Model):
    """The credit's part of a run.

    Who is measured gets a new score along with the measures. Who gets another tier after
    that is scored once more, for the tier is the customer's size.
    """

    _inherit = "crm.relationship.run"

    def _start(self, kind=None):
        """Give a company that has none its credit policy: it was there before it."""
        self.company_id._create_relationship_credit_policy()
        return super()._start(kind)

    def _get_terms(self, policy):
        terms = super()._get_terms(policy)
        credit_terms = self._get_credit_terms(self.as_of)
        if credit_terms:
            terms["credit"] = credit_terms.as_json
            terms["bad_debt_accounts"] = self._get_credit_policy()._get_bad_debt_accounts()
        return terms

    def _get_credit_policy(self):
        return self.env["crm.relationship.credit.policy"]._get_of_company(self.company_id)

    def _get_credit_terms(self, day):
        """Return what the credit is scored by as of ``day``, None without a policy."""
        credit_policy = self._get_credit_policy()
        tier_policy = self.company_id._get_relationship_policy()
        return credit_policy._get_terms(day, tier_policy) if credit_policy else None

    def _get_scope(self, measurement):
        """Look at the customers, too, of whom people entered something."""
        since = self._get_previous_watermark() - WATERMARK_OVERLAP
        parts = super()._get_scope(measurement) + credit.entered_since(since)
        last = self._get_last(self.company_id)
        if last:
            parts.append(
                credit.expired_statements(self.company_id.id, last.as_of, measurement.as_of)
            )
        return parts

    def _write_profiles(self, measurement):
        """Score those that were not scored in the statement that wrote their measures."""
        counts = super()._write_profiles(measurement)
        if self.kind == "opening":
            if not self.company_id._get_relationship_policy():
                self._grade_credit(measurement.as_of, UNSCORED)
        elif not self._is_graded_along(measurement):
            among = SQL("profile.partner_id IN (SELECT partner_id FROM crm_relationship_measured)")
            self._grade_credit(measurement.as_of, among)
        return counts

    def _place(self, day):
        result = super()._place(day)
        self._grade_credit(day, self._just_placed(day))
        return result

    def _just_placed(self, day):
        """Return the condition on ``profile`` that this run changed its tier as of ``day``."""
        return SQL(
            """profile.partner_id IN (
                   SELECT partner_id FROM crm_relationship_change
                    WHERE company_id = %s AND date = %s AND dimension = 'tier' AND run_id = %s)""",
            self.company_id.id,
            day,
            self.id,
        )

    def _evaluate(self, day):
        result = super()._evaluate(day)
        # A first run has scored those that it created, not those who had a profile before it.
        self._grade_credit(day, UNSCORED if self.kind == "opening" else EVERYBODY)
        return result

    def _grade_credit(self, day, among):
        """Score the customers among whom ``among``, a condition on ``profile``, holds."""
        terms = self._get_credit_terms(day)
        if not terms:
            return
        self.env.flush_all()
        session.read_rows_just_written(self.env)
        self._append(credit.grade(terms, among, self.id))
        self.env.invalidate_all()
