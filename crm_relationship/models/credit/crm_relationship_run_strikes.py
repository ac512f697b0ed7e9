import time

from odoo import models

from ...engine import sources, strikes

NIGHTLY = ("full", "incremental")
"""Kinds of runs that propose; a first run only places, and one of some customers is no night."""


class CrmRelationshipRun(models.Model):
    """What a night does about who does not pay: it proposes to the credit group to dismiss them.

    A step of its own, in its own transaction: if it is killed, it is done again and finds the
    proposals that are there.
    """

    _inherit = "crm.relationship.run"

    def _get_steps(self):
        steps = super()._get_steps()
        if self.kind in NIGHTLY and self._get_credit_policy().counts_strikes:
            steps.append(("_act_on_strikes", self.as_of))
        return steps

    def _get_step_label(self, method, day):
        if method == "_act_on_strikes":
            return self.env._("Looking for customers that do not pay, as of %(day)s", day=day)
        return super()._get_step_label(method, day)

    def _act_on_strikes(self, day):
        """Propose dismissals, refresh the proposals that are open and withdraw those that no
        longer hold.
        """
        started = time.monotonic()
        self.env.flush_all()
        policy = self._get_credit_policy()
        terms = policy._get_strike_terms(day)
        found = strikes.find(self.env, terms, sources.receivable_accounts(self.env))
        self.env["crm.relationship.dismissal.proposal"]._settle(policy, terms, found)
        self._count({}, "grade_seconds", started)
