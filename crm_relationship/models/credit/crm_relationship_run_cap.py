from dataclasses import replace

from odoo import models
from odoo.tools import SQL

from ...engine import session, tier_cap
from .crm_relationship_run_credit import EVERYBODY

MEASURED = SQL("profile.partner_id IN (SELECT partner_id FROM crm_relationship_measured)")


class CrmRelationshipRun(models.Model):
    """The cap of the tiers in a run: held as soon as the credit is scored."""

    _inherit = "crm.relationship.run"

    def _get_terms(self, policy):
        terms = super()._get_terms(policy)
        cap = self._get_tier_cap(policy)
        if cap:
            terms["cap"] = cap.as_json
        return terms

    def _get_tier_cap(self, policy):
        return self._get_credit_policy()._get_tier_cap(policy)

    def _prepare_tier_terms(self, policy, day):
        """Let an evaluation hold the cap."""
        return replace(super()._prepare_tier_terms(policy, day), cap=self._get_tier_cap(policy))

    def _measure(self, day, partners=None):
        result = super()._measure(day, partners)
        self._hold_cap(day, MEASURED)
        return result

    def _place(self, day):
        """Cap those who were just placed, and whose manual tier ended."""
        result = super()._place(day)
        self._hold_cap(day, self._just_placed(day))
        return result

    def _evaluate(self, day):
        """Cap once more: the tier is the customer's size, and may have moved its grade."""
        result = super()._evaluate(day)
        self._hold_cap(day, EVERYBODY)
        return result

    def _hold_cap(self, day, among):
        """Cap the customers among whom ``among``, a condition on ``profile``, holds."""
        policy = self.company_id._get_relationship_policy()
        cap = self._get_tier_cap(policy)
        if not policy or not (cap or self._has_capped()):
            return
        self.env.flush_all()
        session.read_rows_just_written(self.env)
        tiers = tuple(policy.tier_ids.ids)
        self._append(tier_cap.hold(cap, self.company_id.id, day, tiers, among, self.id))
        self.env.invalidate_all()

    def _has_capped(self):
        """Return whether anybody is capped: some are to be let go after the cap was turned off."""
        return bool(
            self.env["crm.relationship.profile"].search_count(
                [("company_id", "=", self.company_id.id), ("is_tier_capped", "=", True)], limit=1
            )
        )
