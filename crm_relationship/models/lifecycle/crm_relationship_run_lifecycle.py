import time
from dataclasses import replace

from odoo import models
from odoo.tools import SQL

from ...engine import lifecycle, record, session
from ...engine.backfill import STATE
from ...engine.measurement import WINDOW_MONTHS, Measurement
from ...engine.periods import due_evaluations
from ...engine.tier_cuts import PROFILES

MONTHLY = "monthly"
"""The lifecycle is evaluated at month-ends, whatever the tiers' policy says."""


class CrmRelationshipRun(models.Model):
    """The lifecycle's part of a run: Decline and Lost at once, all else at the month-end."""

    _inherit = "crm.relationship.run"

    def _start(self, kind=None):
        """Give a company that has none its stages: it was there before them."""
        self.company_id._create_relationship_stages()
        return super()._start(kind)

    def _get_lifecycle_terms(self, policy):
        """Return what the due dates depend on, as JSON; nothing without stages."""
        terms = self._prepare_stage_terms(
            self.as_of, policy.window_months if policy else WINDOW_MONTHS
        )
        return {"lifecycle": terms.as_json} if terms else {}

    def _prepare_stage_terms(self, day, window_months=None):
        """Return what the stages are graded by as of ``day``, None without stages."""
        if window_months is None:
            policy = self.company_id._get_relationship_policy()
            window_months = policy.window_months if policy else WINDOW_MONTHS
        return self.env["crm.relationship.stage"]._get_terms(self.company_id, day, window_months)

    def _get_due_stages(self):
        """Return the days as of which the stages are to be evaluated; the first time at once."""
        if not self._prepare_stage_terms(self.as_of):
            return []
        last = self._get_last_stage_evaluation()
        if not last:
            return [self.as_of]
        return due_evaluations(last.evaluated_until, self._get_closed_day(), MONTHLY)

    def _has_due_evaluation(self):
        return super()._has_due_evaluation() or bool(self._get_due_stages())

    def _get_last_stage_evaluation(self):
        """Return the last evaluation that is not backfilled."""
        return self.env["crm.relationship.stage.evaluation"].search(
            [("company_id", "=", self.company_id.id), ("is_backfilled", "=", False)],
            order="date desc",
            limit=1,
        )

    def _settle_rhythm(self, measurement: Measurement) -> Measurement:
        """Freeze the customers' rhythm before a first run grades by it."""
        terms = measurement.lifecycle
        if not terms or self.kind != "opening" or self._get_last_stage_evaluation():
            return measurement
        measured = SQL(
            "(SELECT %s AS company_id, * FROM crm_relationship_measured)", self.company_id.id
        )
        lifecycle.freeze_rhythm(self.env, terms, self._get_closed_day(), measured)
        self.env["crm.relationship.stage.evaluation"].invalidate_model()
        self.terms = self._get_terms(self.company_id._get_relationship_policy())
        return replace(
            measurement, lifecycle=self._prepare_stage_terms(terms.as_of, terms.window_months)
        )

    def _write_profiles(self, measurement: Measurement):
        """Grade the customers just measured: who is new, and who declines or is lost."""
        terms = measurement.lifecycle
        if self.kind == "opening" and terms and terms.as_of not in self._get_due_stages():
            counts = super()._write_profiles(measurement)
            # A first run has graded those that it created.
            among = SQL("%s AND profile.stage_id IS NULL", lifecycle.MEASURED)
            grading = lifecycle.Grading(evaluated=False, among=among, placed="opening")
            self._append(lifecycle.grade(self.env, terms, grading, self.id))
            return counts
        if not self._is_graded_along(measurement):
            return super()._write_profiles(measurement)
        grading = lifecycle.Grading(evaluated=False, measurement=measurement)
        counts = record.append_and_count(
            self.env, lifecycle.grade(self.env, terms, grading, self.id), lifecycle.COUNTERS
        )
        self.change_count += counts["changes"]
        return {"updated_count": counts["updated"], "created_count": counts["created"]}

    def _is_graded_along(self, measurement: Measurement):
        """Return whether one statement writes measures, stages and all that follows from them:
        not in a first run, and not where an evaluation of the stages comes next.
        """
        terms = measurement.lifecycle
        return bool(terms) and self.kind != "opening" and terms.as_of not in self._get_due_stages()

    def _evaluate_stages(self, day):
        """Evaluate the stages as of ``day`` and freeze the rhythm until the next time."""
        started = time.monotonic()
        self.env.flush_all()
        session.tune(self.env)
        session.read_rows_just_written(self.env)
        terms = self._prepare_stage_terms(day)
        first = not self._get_last_stage_evaluation()
        lifecycle.freeze_rhythm(
            self.env,
            terms,
            min(day, self._get_closed_day()),
            SQL.identifier(PROFILES),
        )
        self.env["crm.relationship.stage.evaluation"].invalidate_model()
        grading = lifecycle.Grading(evaluated=True, placed="opening" if first else "placed")
        self._append(lifecycle.grade(self.env, self._prepare_stage_terms(day), grading, self.id))
        self.env.invalidate_all()
        self._count({}, "grade_seconds", started)

    def _backfill_stages(self, day, window_months, first):
        """Evaluate the stages of a past period-end; return how many changes were appended."""
        terms = self._prepare_stage_terms(day, window_months)
        if not terms:
            return 0
        lifecycle.freeze_rhythm(self.env, terms, day, STATE.name, backfilled=True)
        self.env["crm.relationship.stage.evaluation"].invalidate_model()
        grading = lifecycle.Grading(
            evaluated=True, placed="opening" if first else "placed", table=STATE.table
        )
        terms = self._prepare_stage_terms(day, window_months)
        changes = lifecycle.grade(self.env, terms, grading, self.id)
        return record.append(self.env, changes, backfilled=True)
