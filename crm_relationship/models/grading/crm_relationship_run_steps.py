import logging
import time
from dataclasses import replace
from datetime import timedelta

import psycopg2

from odoo import fields, models
from odoo.modules import module
from odoo.service.model import PG_CONCURRENCY_ERRORS_TO_RETRY
from odoo.tools import SQL

from ...engine import grade_tier, measure, opening, preview, record, scope, session, tier_cuts
from ...engine.periods import DAY, due_evaluations

_logger = logging.getLogger(__name__)

FULL_RUN_DAYS = 7
"""A company is measured in full when its last full run is so many days old."""

MAX_TRIES = 5
"""Tries of a phase that collides with somebody's edit of the same rows."""


class CrmRelationshipRun(models.Model):
    """The steps of a run: what it does, in which transactions, and what it keeps of that.

    See the docstring of the model itself for how it works.
    """

    _inherit = "crm.relationship.run"

    def _process(self):
        """Do, or go on with, these runs; failures are written on them."""
        for run in self:
            try:
                run._attempt(lambda run=run: run._start())
                run._process_steps()
                run._attempt(run._finish)
            # Whatever went wrong in one company, the others must still get their run.
            except Exception as error:
                _logger.exception("Recalculation of %s failed", run.company_id.name)
                run._fail(error)
        return self

    def _process_steps(self):
        if self.kind == "preview":
            return self._attempt(self._preview)
        steps = self._get_steps()
        self.steps_total = self.steps_done + len(steps)
        for method, day in steps:
            self.step = self._get_step_label(method, day)
            self._checkpoint()
            self._attempt(lambda method=method, day=day: getattr(self, method)(day))
        return None

    def _attempt(self, function):
        """Call ``function`` in a transaction of its own; again if it collides."""
        for attempt in range(1, MAX_TRIES + 1):
            try:
                with self.env.cr.savepoint():
                    function()
                self._checkpoint()
            except psycopg2.OperationalError as error:
                final = attempt == MAX_TRIES or not self._may_commit()
                if final or error.pgcode not in PG_CONCURRENCY_ERRORS_TO_RETRY:
                    raise
                # Only a new snapshot sees what the other transaction wrote.
                self.env.cr.rollback()
                self.env.invalidate_all(flush=False)
            else:
                return

    def _may_commit(self):
        """Tests keep all in their transaction, as in crm; so does a module that is loading."""
        return not module.current_test and self.env.registry.ready

    def _checkpoint(self):
        """Commit what is done, if that is allowed."""
        self.env.flush_all()
        if self._may_commit():
            self.env["ir.cron"]._commit_progress()

    def _start(self, kind=None):
        """Settle the day, the kind and the watermark; a resumed run keeps them."""
        if self.state == "running":
            return
        self.as_of = self.as_of or self.company_id._get_relationship_today()
        policy = self.company_id._get_relationship_policy()
        terms = self._get_terms(policy)
        self.write(
            {
                "state": "running",
                "kind": self._get_kind(kind, terms),
                "terms": terms,
                "watermark": self.env.cr.now(),
                "start_date": fields.Datetime.now(),
            }
        )

    def _get_terms(self, policy):
        """Return what the measures depend on besides documents, as JSON."""
        profiles = self.env["crm.relationship.profile"]
        queries = profiles._get_purchase_sources() + profiles._get_margin_sources()
        return {
            **(policy._get_measure_terms() if policy else {}),
            "sources": [query.code for query in queries],
            **self._get_lifecycle_terms(policy),
        }

    def _get_kind(self, kind, terms):
        """Return the kind of run: time goes forward, so an earlier day is a preview."""
        last = self._get_last(self.company_id)
        latest = self.search(
            [
                ("company_id", "=", self.company_id.id),
                ("state", "=", "done"),
                ("kind", "in", ["opening", "full", "incremental"]),
            ],
            order="as_of desc, id desc",
            limit=1,
        )
        if latest and self.as_of < latest.as_of:
            return "preview"
        if kind or not last:
            return kind or "opening"
        if self.is_full or last.terms != terms or self._is_full_due():
            return "full"
        return "incremental"

    def _is_full_due(self):
        recent = self.as_of - timedelta(days=FULL_RUN_DAYS)
        return not self.search_count(
            [
                ("company_id", "=", self.company_id.id),
                ("state", "=", "done"),
                ("kind", "in", ["opening", "full"]),
                ("as_of", ">", recent),
            ],
            limit=1,
        )

    def _get_steps(self):
        """Return what is still to do: ``[(method, day)]``, each a transaction."""
        policy = self.company_id._get_relationship_policy()
        if self.kind == "opening" and policy and not policy.evaluated_until:
            return [("_open", self.as_of)]
        due = {
            "_evaluate": self._get_due_tiers(policy),
            "_evaluate_stages": self._get_due_stages(),
        }
        steps = []
        for day in sorted({self.as_of}.union(*due.values())):
            steps.append(("_measure", day))
            steps += [(method, day) for method, days in due.items() if day in days]
        if policy and self.as_of not in due["_evaluate"]:
            steps.append(("_place", self.as_of))
        return steps

    def _get_due_tiers(self, policy):
        """Return the days as of which the tiers are to be evaluated; a new policy's at once."""
        if not policy:
            return []
        if not policy.evaluated_until:
            return [self.as_of]
        return due_evaluations(policy.evaluated_until, self._get_closed_day(), policy.period)

    def _get_step_label(self, method, day):
        labels = {
            "_measure": self.env._("Measuring as of %(day)s", day=day),
            "_evaluate": self.env._("Evaluating the tiers of %(day)s", day=day),
            "_place": self.env._("Placing new customers of %(day)s", day=day),
            "_open": self.env._("Placing all customers as of %(day)s", day=day),
            "_evaluate_stages": self.env._("Evaluating the stages of %(day)s", day=day),
        }
        return labels[method]

    def _get_closed_day(self):
        """Return the last day that is over: today is not, unless asked for."""
        return self.as_of if self.is_as_of_given else self.as_of - DAY

    def _open(self, day):
        """Measure and evaluate for the first time, as one step: profiles are created
        with their tiers and stages, and a failure leaves none.
        """
        self._measure(day)
        self._evaluate(day)
        self.steps_done -= 1

    def _measure(self, day, partners=None):
        """Measure as of ``day`` and write the profiles that differ.

        :param partners: parts of the scope, see :mod:`..engine.scope`; None: by kind
        """
        started = time.monotonic()
        measurement = self._prepare_measurement(day, partners)
        measure.find(self.env, measurement)
        measurement = self._settle_rhythm(measurement)
        changed = self._write_profiles(measurement)
        changed["updated_count"] += measure.freeze(self.env, measurement)
        changed["scope_count"] = self._count_measured()
        self._remove_leavers(measurement, day)
        self.env.invalidate_all()
        self._count(changed, "measure_seconds", started)

    def _write_profiles(self, measurement):
        """Write what was measured to the profiles; return how many, by the run's counters."""
        return {
            "updated_count": measure.update(self.env, measurement),
            "created_count": self._create_profiles(measurement),
        }

    def _create_profiles(self, measurement):
        """Create the profiles of new customers, in a first run with their tiers."""
        policy = self.company_id._get_relationship_policy()
        if self.kind != "opening" or not policy or policy.evaluated_until:
            return measure.insert(self.env, measurement)
        terms = self._prepare_tier_terms(policy, measurement.as_of)
        created, changes = opening.insert(self.env, measurement, terms, self.id)
        self.change_count += changes
        return created

    def _prepare_measurement(self, day, partners=None):
        """Settle the terms and, unless everybody is measured, the scope."""
        self.env.flush_all()
        session.tune(self.env)
        policy = self.company_id._get_relationship_policy()
        measurement = self.env["crm.relationship.profile"]._prepare_measurement(
            self.company_id, policy, day, scoped=not self._is_everybody_measured(policy, partners)
        )
        if measurement.scoped:
            parts = partners or self._get_scope(measurement)
            count = scope.fill(self.env, parts, shared=not partners)
            measurement = replace(measurement, is_large=count >= scope.MANY)
        return measurement

    def _is_everybody_measured(self, policy, partners):
        """Return whether the next step measures everybody: the first one of such a run, and
        the one after an evaluation that gave the due dates other limits.
        """
        if partners is not None:
            return False
        terms = self._get_terms(policy)
        if self.kind != "preview" and self.terms != terms:
            self.terms = terms
            return True
        return self.kind in ("opening", "full", "preview") and not self.steps_done

    def _get_scope(self, measurement):
        """Return the parts of the scope of an incremental run."""
        since = self._get_previous_watermark() - scope.WATERMARK_OVERLAP
        parts = scope.touched(self.company_id.id, since, measurement.purchases, measurement.margins)
        parts.append(scope.due(self.company_id.id, measurement.as_of))
        last = self._get_last(self.company_id)
        if last:
            parts.append(
                scope.dated(
                    self.company_id.id, last.as_of, measurement.as_of, measurement.purchases
                )
            )
        if measurement.domain is not None:
            parts.append(scope.moved_across_domain(self.company_id.id, measurement.domain))
        return parts

    def _get_previous_watermark(self):
        """Return the watermark to start from: the last finished run's."""
        return self._get_last(self.company_id).watermark or self.watermark

    def _count_measured(self):
        return self.env.execute_query(SQL("SELECT COUNT(*) FROM crm_relationship_measured"))[0][0]

    def _remove_leavers(self, measurement, day):
        """Delete the profiles of those who are no customers any more."""
        leavers = measure.leavers(measurement)
        count = self.env.execute_query(SQL("SELECT COUNT(*) FROM (%s) leaver", leavers))[0][0]
        if count:
            self._append(record.left_population(self.company_id.id, day, self.id, leavers))
            self.removed_count += count

    def _evaluate(self, day):
        """Evaluate the tiers as of ``day`` and keep the cuts for "why?"."""
        started = time.monotonic()
        policy = self.company_id._get_relationship_policy()
        self._append(record.end_overrides(self.company_id.id, day, self.id, scoped=False))
        terms = self._prepare_tier_terms(policy, day)
        cut = tier_cuts.find_cuts(self.env, terms)
        self._append(grade_tier.evaluate(terms, cut, self.id, opening=self.kind == "opening"))
        self.env.cr.execute(grade_tier.keep_cuts(terms, cut))
        is_period_end = policy.evaluated_until
        policy.evaluated_until = day if is_period_end else self._get_closed_day()
        self.env.invalidate_all()
        self._count({"evaluation_count": 1}, "grade_seconds", started)

    def _place(self, day):
        """Place newcomers as of ``day`` and end the manual tiers that ran out."""
        started = time.monotonic()
        policy = self.company_id._get_relationship_policy()
        if policy:
            scoped = self.kind == "partners"
            self._append(record.end_overrides(self.company_id.id, day, self.id, scoped))
            terms = self._prepare_tier_terms(policy, day)
            if self.env.execute_query(SQL("%s LIMIT 1", grade_tier.newcomers(terms, scoped))):
                cut = tier_cuts.find_values(self.env, terms)
                self._append(grade_tier.place(terms, cut, self.id, scoped))
            self.env.invalidate_all()
        self._count({}, "grade_seconds", started)

    def _prepare_tier_terms(self, policy, day):
        self.env.flush_all()
        session.read_rows_just_written(self.env)
        return policy._get_tier_terms(day)

    def _append(self, changes):
        self.change_count += record.append(self.env, changes)

    def _count(self, counters, timer, started):
        """Add ``counters`` and the seconds since ``started`` to the record."""
        values = {name: self[name] + count for name, count in counters.items()}
        values[timer] = self[timer] + time.monotonic() - started
        values["steps_done"] = self.steps_done + 1
        self.write(values)

    def _preview(self, partners=None):
        """Find the measures and tiers of a past day; no profile is written."""
        measurement = self._prepare_measurement(self.as_of, partners)
        measure.find(self.env, measurement)
        policy = self.company_id._get_relationship_policy()
        self.scope_count = self._count_measured()
        if policy:
            rows = self.env.execute_query_dict(
                preview.count_tiers(self._prepare_tier_terms(policy, self.as_of))
            )
            self.result = {row.pop("code"): row for row in rows}

    def _finish(self):
        self.write({"state": "done", "end_date": fields.Datetime.now(), "step": False})
        elapsed = (self.end_date - self.start_date).total_seconds()
        # Both dates are whole seconds; short runs are known better by their parts.
        self.duration = max(elapsed, self.measure_seconds + self.grade_seconds)

    def _fail(self, error):
        """Write what went wrong on the run and tell whom the company chose."""
        if self._may_commit():
            self.env.cr.rollback()
            self.env.invalidate_all(flush=False)
        self.write(
            {"state": "failed", "end_date": fields.Datetime.now(), "error": str(error).strip()}
        )
        self._notify_failure()
        self._checkpoint()

    def _notify_failure(self):
        users = self.company_id.relationship_alert_user_ids
        if users:
            subject, body = self._prepare_failure()
            self.env["mail.thread"].message_notify(
                partner_ids=users.partner_id.ids,
                model=self._name,
                res_id=self.id,
                subject=subject,
                body=body,
            )

    def _prepare_failure(self):
        """Return the subject and the body of the message about the failure."""
        return (
            self.env._("The recalculation of %s failed", self.company_id.name),
            self.env._(
                "The customers keep the results of the last run. The next run tries again. "
                "What went wrong: %s",
                self.error,
            ),
        )
