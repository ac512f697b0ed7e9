import time

from odoo import models

ACTING = ("full", "incremental", "partners")
"""Kinds of runs that act on what they found; a first run only places."""


class CrmRelationshipRun(models.Model):
    """What a run does last: it records who was lost and asks the salespeople why.

    A step of its own, in its own transaction: if it is killed, it is done again and finds
    what is already recorded.
    """

    _inherit = "crm.relationship.run"

    def _get_steps(self):
        steps = super()._get_steps()
        if self.kind in ACTING:
            steps.append(("_act_on_losses", self.as_of))
        return steps

    def _get_step_label(self, method, day):
        if method == "_act_on_losses":
            return self.env._("Recording the lost customers of %(day)s", day=day)
        return super()._get_step_label(method, day)

    def _recalculate_partners(self, company, partners, as_of):
        run = super()._recalculate_partners(company, partners, as_of)
        run._act_on_losses(run.as_of)
        return run

    def _act_on_losses(self, _day):
        """Close the losses of who came back, record the new ones and ask for their reasons."""
        started = time.monotonic()
        self.env.flush_all()
        runs = self | self._get_failed_since()
        losses = self.env["crm.relationship.loss"]
        losses._close_returned(runs)
        losses._record_losses(runs)._ask_reasons()
        self._count({}, "grade_seconds", started)

    def _get_failed_since(self):
        """Return the runs that failed since the last one that was finished: what they
        appended to the history was perhaps not acted on.
        """
        last = self._get_last(self.company_id)
        return self.search(
            [
                ("company_id", "=", self.company_id.id),
                ("state", "=", "failed"),
                ("kind", "in", ACTING),
                ("end_date", ">=", last.end_date or self.start_date),
            ]
        )
