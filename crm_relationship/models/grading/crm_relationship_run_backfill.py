import time

from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError, ValidationError

from ...engine import backfill, session
from ...engine.periods import DAY, due_evaluations, months_before
from .crm_relationship_change import RETENTION

BACKFILL_LOCK_CLASS = 7_202_620
"""First key of the advisory locks of backfills, apart from those of recalculations: neither
waits for the other, for a backfill writes no profile."""

MONTHS_MAX = 120


class CrmRelationshipRun(models.Model):
    """Backfills the history: past period-ends, from the documents as they are now.

    How it works
        Each period-end is one transaction that measures as of its day and evaluates with
        the state carried from the one before (see :mod:`..engine.backfill`). The run
        keeps how far it came, so that a killed one goes on there. It counts as no
        recalculation: it has no part in the watermark and writes no profile.
    """

    _inherit = "crm.relationship.run"

    policy_id = fields.Many2one(
        "crm.relationship.tier.policy",
        readonly=True,
        ondelete="set null",
        help="The policy that a backfill evaluates by, to its end.",
    )
    backfill_from = fields.Date(
        "First Period-End", readonly=True, help="Where the backfill begins."
    )
    backfilled_until = fields.Date(
        readonly=True, help="The last period-end that the backfill has evaluated."
    )

    _backfill_uniq = models.UniqueIndex(
        "(company_id) WHERE kind = 'backfill'", "The history of a company is backfilled once."
    )

    # --------------------------------------------------------------- one call

    @api.model
    def backfill(self, company=None, months=24):
        """Ask for a backfill of the company's history; return the run, which the scheduler does.

        :param company: a company or its id; default: the current one
        :param months: so many months before the history began, 1 to 120
        :raises AccessError: unless the user is a relationship manager of the company
        :raises UserError: where there is nothing to do
        """
        company = self._get_backfill_company(company)
        days = self._plan_backfill(company, months)
        problem = self._get_backfill_problem(company, months, days)
        if problem:
            raise UserError(problem)
        # People read runs, only the engine writes them.
        run = self.sudo().create(self._prepare_backfill(company, days))
        self.env.ref("crm_relationship.ir_cron_process_relationship_runs").sudo()._trigger()
        return run.with_env(self.env)

    def _get_backfill_company(self, company):
        company = self._to_records("res.company", company or self.env.company)
        if self.env.su:
            return company
        if not self.env.user.has_group("crm_relationship.group_manager"):
            raise AccessError(self.env._("Only relationship managers backfill the history."))
        return self._get_companies(company)

    def _prepare_backfill(self, company, days):
        return {
            "company_id": company.id,
            "kind": "backfill",
            "policy_id": company.sudo()._get_relationship_policy().id,
            "backfill_from": days[0],
            "as_of": days[-1],
            "is_as_of_given": True,
            "steps_total": len(days),
            "user_id": self.env.uid,
        }

    @api.model
    def _plan_backfill(self, company, months):
        """Return the period-ends that a backfill of ``months`` would evaluate, in order.

        They lie before the history began, and not before the first purchase nor past the
        retention: what it would delete the next day is not written.
        """
        if not 1 <= months <= MONTHS_MAX:
            raise ValidationError(self.env._("Backfill 1 to %(most)s months.", most=MONTHS_MAX))
        self.env.flush_all()
        begin = backfill.history_begin(self.env, company.id)
        first = backfill.first_purchase(self.env, company.id)
        if not begin or not first:
            return []
        before = months_before(begin, months) - DAY
        earliest = max(first, self._get_retention_start() or first)
        policy = company.sudo()._get_relationship_policy()
        ends = due_evaluations(before, begin - DAY, self._get_backfill_period(policy))
        return [day for day in ends if day >= earliest]

    def _get_retention_start(self):
        """Return the first day whose changes are kept, None if all are."""
        months = int(self.env["ir.config_parameter"].sudo().get_param(RETENTION, 0))
        return months_before(fields.Date.today(), months) if months > 0 else None

    def _get_backfill_period(self, policy):
        """Daily evaluations are backfilled by the month."""
        return policy.period if policy.period in ("monthly", "quarterly") else "monthly"

    @api.model
    def _get_backfill_problem(self, company, months, days):
        """Return why there is nothing to backfill in ``days``, False if there is something."""
        former = self._get_former_problem(company)
        if former:
            return former
        if not company.sudo()._get_relationship_policy():
            return self.env._(
                "%(company)s has no active tier policy to evaluate by.",
                company=company.display_name,
            )
        if not self.sudo()._get_last(company):
            return self.env._(
                "The customers of %(company)s have no tiers yet. Start the first recalculation; "
                "the months before it can be backfilled afterwards.",
                company=company.display_name,
            )
        return not days and self.env._(
            "There is nothing to backfill: no purchase lies before a period-end of the "
            "%(months)s months before the history of %(company)s began.",
            months=months,
            company=company.display_name,
        )

    def _get_former_problem(self, company):
        """Return why the company's former backfill stands in the way, False without one.

        A history that is backfilled stays: from further back the tiers that its months
        went on from would be others, and the history is append only.
        """
        former = self.sudo().search(
            [("company_id", "=", company.id), ("kind", "=", "backfill")], limit=1
        )
        evaluations = self.env["crm.relationship.tier.cut"].sudo()
        kept = evaluations.search(
            [("company_id", "=", company.id), ("is_backfilled", "=", True)], order="date", limit=1
        )
        values = {"company": company.display_name, "day": kept.date}
        if former.state in ("pending", "running"):
            return self.env._("A backfill of %(company)s is on. See Recalculations.", **values)
        if former.state == "failed":
            return self.env._(
                "The last backfill of %(company)s failed. Open it under Recalculations and try "
                "again; it goes on where it stood.",
                **values,
            )
        return bool(kept) and self.env._(
            "The history of %(company)s is backfilled already, from %(day)s on. Going further "
            "back would change the tiers that these months went on from, and the history is "
            "append only.",
            **values,
        )

    # ------------------------------------------------------------------ steps

    def _get_kind(self, kind, terms):
        return "backfill" if self.kind == "backfill" else super()._get_kind(kind, terms)

    def _get_steps(self):
        if self.kind != "backfill":
            return super()._get_steps()
        before = self.backfilled_until or self.backfill_from - DAY
        period = self._get_backfill_period(self.policy_id)
        return [("_backfill", day) for day in due_evaluations(before, self.as_of, period)]

    def _get_step_label(self, method, day):
        if method == "_backfill":
            return self.env._("Backfilling the tiers of %(day)s", day=day)
        return super()._get_step_label(method, day)

    def _process_steps(self):
        """Backfill period-ends until all are done or the scheduler's time is over."""
        if self.kind != "backfill":
            return super()._process_steps()
        steps = self._get_steps()
        self.steps_total = self.steps_done + len(steps)
        for number, (method, day) in enumerate(steps, start=1):
            self.step = self._get_step_label(method, day)
            self._checkpoint()
            self._attempt(lambda day=day: self._backfill(day))
            if not self._has_time(remaining=len(steps) - number):
                break
        return None

    def _has_time(self, remaining):
        """Tell the scheduler that a period-end is done; return whether it gives more time."""
        if not self._may_commit():
            return True
        return self.env["ir.cron"]._commit_progress(1, remaining=remaining) > 0

    def _backfill(self, day):
        """Evaluate the tiers of a past period-end and append what changed."""
        started = time.monotonic()
        self.env.flush_all()
        session.tune(self.env)
        company, policy = self.company_id, self.policy_id
        measurement = self.env["crm.relationship.profile"]._prepare_measurement(
            company, policy, day, scoped=False
        )
        terms = policy._get_tier_terms(day)
        first = day == self.backfill_from
        if first:
            backfill.clear(self.env, company.id)
        changes = backfill.evaluate(self.env, measurement, terms, self.id, first)
        changes += self._backfill_stages(day, measurement.window_months, first)
        self.env.invalidate_all()
        self.backfilled_until = day
        self.scope_count = self._count_measured()
        counters = {"evaluation_count": 1, "change_count": changes}
        self._count(counters, "measure_seconds", started)

    def _finish(self):
        """Leave a backfill whose time is over to the scheduler's next turn."""
        if self.kind == "backfill":
            if self._get_steps():
                cron = self.env.ref("crm_relationship.ir_cron_process_relationship_runs")
                cron.sudo()._trigger()
                return
            backfill.clear(self.env, self.company_id.id)
        super()._finish()

    def _prepare_failure(self):
        if self.kind != "backfill":
            return super()._prepare_failure()
        return (
            self.env._("The backfill of %s failed", self.company_id.name),
            self.env._(
                "Present results are untouched. Open the run and try again; it goes on where it "
                "stood. What went wrong: %s",
                self.error,
            ),
        )

    # ---------------------------------------------------------------- actions

    def action_retry_backfill(self):
        """Let a failed backfill go on where it stood.

        :raises AccessError: unless the user is a relationship manager of the company
        """
        for run in self:
            run._get_backfill_company(run.company_id)
            if (run.kind, run.state) != ("backfill", "failed"):
                raise UserError(self.env._("Only a backfill that failed can go on."))
            # People read runs, only the engine writes them.
            run.sudo().write({"state": "pending", "error": False, "end_date": False})
        self.env.ref("crm_relationship.ir_cron_process_relationship_runs").sudo()._trigger()

    # ------------------------------------------------------------------ crons

    @api.model
    def _cron_process_runs(self):
        result = super()._cron_process_runs()
        backfills = self.search(
            [("kind", "=", "backfill"), ("state", "in", ["pending", "running"])], order="id"
        )
        for run in backfills:
            run._process_backfill()
        return result

    def _process_backfill(self):
        """Do, or go on with, a backfill, unless another worker is at it."""
        company = self.company_id
        if not self._lock(company, session=True, key=BACKFILL_LOCK_CLASS):
            return
        try:
            self._process()
        finally:
            self._unlock(company, key=BACKFILL_LOCK_CLASS)
