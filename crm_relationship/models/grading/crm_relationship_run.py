import logging
import time
from datetime import timedelta

import psycopg2

from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.fields import Domain
from odoo.modules import module
from odoo.service.model import PG_CONCURRENCY_ERRORS_TO_RETRY
from odoo.tools import SQL

from ...engine import grade_tier, measure, opening, preview, record, scope, session
from ...engine.periods import DAY, due_evaluations
from .days import to_date

_logger = logging.getLogger(__name__)

LOCK_CLASS = 7_202_619
"""First key of the advisory locks; the second one is the company's id."""

FULL_RUN_DAYS = 7
"""A company is measured in full when its last full run is so many days old."""

MAX_TRIES = 5
"""Tries of a phase that collides with somebody's edit of the same rows."""

RETENTION_DAYS = 400


class CrmRelationshipRun(models.Model):
    """One recalculation of one company.

    How it works
        A run goes through steps, each one transaction: for every period-end that is
        due it measures as of that day and evaluates, then it measures as of its own
        day and places newcomers. It commits after each step and keeps its state here,
        so that a killed run goes on where it stood. A session lock keeps two runs of a
        company apart; it goes with the connection of a killed process.
    """

    _name = "crm.relationship.run"
    _description = "Recalculation"
    _inherit = ["mail.thread"]
    _order = "id desc"
    _rec_name = "company_id"

    company_id = fields.Many2one(
        "res.company", required=True, ondelete="cascade", readonly=True, index=True
    )
    as_of = fields.Date(
        readonly=True, help="Nothing dated after this day was read. Empty: the day it starts."
    )
    is_as_of_given = fields.Boolean(
        readonly=True,
        help="Somebody asked for this day, so it counts as over; otherwise only days before "
        "today are evaluated.",
    )
    kind = fields.Selection(
        [
            ("opening", "First run"),
            ("full", "All customers"),
            ("incremental", "What changed"),
            ("partners", "Selected customers"),
            ("preview", "Preview of a past day"),
            ("backfill", "Backfill of past months"),
        ],
        readonly=True,
    )
    state = fields.Selection(
        [
            ("pending", "Waiting"),
            ("running", "Running"),
            ("done", "Done"),
            ("failed", "Failed"),
            ("declined", "Declined"),
        ],
        required=True,
        default="pending",
        readonly=True,
        index=True,
    )
    is_full = fields.Boolean("Asked in Full", readonly=True)
    step = fields.Char("At", readonly=True, help="What the run does now, or did last.")
    steps_done = fields.Integer(readonly=True, aggregator=None)
    steps_total = fields.Integer(readonly=True, aggregator=None)
    progress = fields.Float("Progress (%)", compute="_compute_progress", aggregator=None)
    watermark = fields.Datetime(
        readonly=True, help="Documents written until an hour before this were read."
    )
    terms = fields.Json(readonly=True, help="The policy's terms that the measures were taken by.")
    scope_count = fields.Integer("Looked At", readonly=True, help="Customers measured.")
    created_count = fields.Integer("New Profiles", readonly=True)
    updated_count = fields.Integer("Measures Changed", readonly=True)
    removed_count = fields.Integer("Removed", readonly=True)
    change_count = fields.Integer("Changes", readonly=True)
    evaluation_count = fields.Integer("Evaluations", readonly=True)
    result = fields.Json(
        readonly=True,
        groups="crm_relationship.group_manager",
        help="What a preview found: customers per tier.",
    )
    start_date = fields.Datetime("Started", readonly=True)
    end_date = fields.Datetime("Ended", readonly=True)
    duration = fields.Float("Duration (s)", readonly=True, digits=(12, 1))
    measure_seconds = fields.Float("Measuring (s)", readonly=True, digits=(12, 1))
    grade_seconds = fields.Float("Grading (s)", readonly=True, digits=(12, 1))
    error = fields.Text(readonly=True)
    user_id = fields.Many2one(
        "res.users", "Asked By", readonly=True, default=lambda self: self.env.user
    )
    change_ids = fields.One2many("crm.relationship.change", "run_id", readonly=True)

    @api.depends("company_id", "as_of", "state")
    def _compute_display_name(self):
        for run in self:
            day = fields.Date.to_string(run.as_of) if run.as_of else self.env._("waiting")
            run.display_name = self.env._(
                "%(company)s (%(day)s)", company=run.company_id.name, day=day
            )

    @api.depends("state", "steps_done", "steps_total")
    def _compute_progress(self):
        for run in self:
            done = 100.0 * run.steps_done / run.steps_total if run.steps_total else 0.0
            run.progress = 100.0 if run.state == "done" else done

    # --------------------------------------------------------------- one call

    @api.model
    def recalculate(self, companies=None, partners=None, as_of=None, full=False):
        """Measure and grade customers; return the run records, one a company.

        :param companies: companies or their ids; default: those the user works in, all
            of them for the scheduled action
        :param partners: contacts or their ids: only their customers, at once, in the
            present transaction and without an evaluation. Else each step is committed
        :param as_of: a date or its ISO string; default: today in the company's time
            zone. Before the company's last run nothing is written: the run is a preview
            and its ``result`` has what it found
        :param full: look at all customers even if little changed
        :raises AccessError: for companies or customers that the user may not see
        :raises UserError: for ``partners`` of a company without its first run

        A company whose run is on already gets a run in state ``declined``.
        """
        companies = self._get_companies(companies)
        partners = self._get_partners(partners)
        self._check_day(companies, as_of)
        runs = self.browse()
        for company in companies.sudo():
            # The engine writes profiles and history, which nobody may do by hand.
            runs += self.sudo()._recalculate_company(company, partners, as_of, full)
        return runs.with_env(self.env)

    def _check_day(self, companies, as_of):
        """Check that people ask for a day only as managers, and for none to come.

        A run of a future day would leave every run until then a preview.
        """
        if self.env.su or as_of is None:
            return
        if not self.env.user.has_group("crm_relationship.group_manager"):
            raise AccessError(self.env._("Only relationship managers choose the day of a run."))
        days = [company._get_relationship_today() for company in companies.sudo()]
        if days and to_date(self.env, as_of) > min(days):
            raise ValidationError(self.env._("%(day)s is still to come.", day=as_of))

    def _get_companies(self, companies):
        """Return the companies to run; people stay within those they work in."""
        if companies is None:
            return self._get_all_companies() if self.env.su else self.env.companies
        companies = self._to_records("res.company", companies)
        if not self.env.su and companies - self.env.user.company_ids:
            raise AccessError(self.env._("You may not recalculate a company you do not work in."))
        return companies

    def _get_partners(self, partners):
        """Return the commercial partners of ``partners``, None for everybody."""
        if partners is None:
            if not self.env.su and not self.env.user.has_group("crm_relationship.group_manager"):
                raise AccessError(
                    self.env._("Only relationship managers recalculate whole companies.")
                )
            return None
        if not self.env.su and not self.env.user.has_group("crm_relationship.group_user"):
            raise AccessError(self.env._("Only relationship users recalculate customers."))
        partners = self._to_records("res.partner", partners)
        partners.check_access("read")
        return partners.commercial_partner_id

    @api.model
    def _get_all_companies(self):
        """Return every company; there are few, and each has its run."""
        return self.env["res.company"].search(Domain.TRUE)

    def _to_records(self, model, records):
        if isinstance(records, models.BaseModel):
            return records
        return self.env[model].browse([records] if isinstance(records, int) else records)

    def _recalculate_company(self, company, partners, as_of, full):
        """Run one company; a failure of a whole run is written on it, not raised."""
        if not self._lock(company, session=partners is None):
            return self._decline(company)
        if partners is not None:
            return self._recalculate_partners(company, partners, as_of)
        try:
            return self._recalculate_locked(company, as_of, full)
        finally:
            self._unlock(company)

    def _recalculate_locked(self, company, as_of, full):
        """Finish what a killed process left, then do what is asked."""
        resumed = self._get_last(company, ["running"])
        resumed._process()
        waiting = self._get_last(company, ["pending"])
        if as_of is None and waiting:
            waiting.is_full = waiting.is_full or full
            return waiting._process()
        if as_of is None and resumed.as_of == company._get_relationship_today() and not full:
            return resumed
        run = self.create(self._prepare_run(company, as_of, full))
        self._checkpoint()  # a failure at the very start must find the run
        return run._process()

    def _prepare_run(self, company, as_of, full):
        return {
            "company_id": company.id,
            "as_of": to_date(self.env, as_of),
            "is_as_of_given": bool(as_of),
            "is_full": full,
            "user_id": self.env.uid,
        }

    def _recalculate_partners(self, company, partners, as_of):
        """Measure and place the customers of ``partners`` in the present transaction."""
        last = self._get_last(company)
        if not last:
            raise UserError(
                self.env._(
                    "The customers of %(company)s have never been measured. Start the first "
                    "recalculation under Relationships › Recalculations; it places everybody.",
                    company=company.display_name,
                )
            )
        run = self.create(self._prepare_run(company, as_of, full=False))
        run._start("partners")
        if run.kind == "preview":
            raise UserError(
                self.env._("A past day is previewed for all customers of a company, not for some.")
            )
        run._measure(run.as_of, scope.of_partners(partners.ids))
        run._place(run.as_of)
        run._keep_due_evaluations(partners)
        run._finish()
        return run

    def _keep_due_evaluations(self, partners):
        """Let a period-end that is still to be evaluated be measured as of its own day."""
        policy = self.company_id._get_relationship_policy()
        done = policy.evaluated_until
        if done and due_evaluations(done, self._get_closed_day(), policy.period):
            profiles = self.env["crm.relationship.profile"].search(
                [("partner_id", "in", partners.ids), ("company_id", "=", self.company_id.id)]
            )
            profiles._mark_due()

    def _decline(self, company):
        """Record that the company's run was not started, another one being on."""
        values = {
            "company_id": company.id,
            "state": "declined",
            "error": self.env._("Another recalculation of this company was running."),
        }
        return self.create(values)

    @api.model
    def _get_last(self, company, states=("done",)):
        """Return the company's last run of all customers in one of ``states``."""
        domain = [
            ("company_id", "=", company.id),
            ("state", "in", list(states)),
            ("kind", "!=", "backfill"),
        ]
        if "done" in states:
            domain.append(("kind", "in", ["opening", "full", "incremental"]))
        return self.search(domain, order="id desc", limit=1)

    def _lock(self, company, session, key=LOCK_CLASS):
        """Try to get the company: for this connection, over commits, or for the
        present transaction.

        :param key: what for; runs of another key do not mind
        """
        function = SQL.identifier(
            "pg_try_advisory_lock" if session else "pg_try_advisory_xact_lock"
        )
        return self.env.execute_query(SQL("SELECT %s(%s, %s)", function, key, company.id))[0][0]

    def _unlock(self, company, key=LOCK_CLASS):
        self.env.execute_query(SQL("SELECT pg_advisory_unlock(%s, %s)", key, company.id))

    # ------------------------------------------------------------------ steps

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
        if not policy:
            return [("_measure", self.as_of)]
        if not policy.evaluated_until:
            if self.kind == "opening":
                return [("_open", self.as_of)]
            return [("_measure", self.as_of), ("_evaluate", self.as_of)]
        days = due_evaluations(policy.evaluated_until, self._get_closed_day(), policy.period)
        steps = [(method, day) for day in days for method in ("_measure", "_evaluate")]
        if self.as_of not in days:
            steps += [("_measure", self.as_of), ("_place", self.as_of)]
        return steps

    def _get_step_label(self, method, day):
        labels = {
            "_measure": self.env._("Measuring as of %(day)s", day=day),
            "_evaluate": self.env._("Evaluating the tiers of %(day)s", day=day),
            "_place": self.env._("Placing new customers of %(day)s", day=day),
            "_open": self.env._("Placing all customers as of %(day)s", day=day),
        }
        return labels[method]

    def _get_closed_day(self):
        """Return the last day that is over: today is not, unless asked for."""
        return self.as_of if self.is_as_of_given else self.as_of - DAY

    def _open(self, day):
        """Measure and evaluate for the first time, as one step: profiles are created
        with their tiers, and a failure leaves none.
        """
        self._measure(day)
        self.steps_done -= 1
        self._evaluate(day)

    def _measure(self, day, partners=None):
        """Measure as of ``day`` and write the profiles that differ.

        :param partners: parts of the scope, see :mod:`..engine.scope`; None: by kind
        """
        started = time.monotonic()
        measurement = self._prepare_measurement(day, partners)
        measure.find(self.env, measurement)
        changed = {
            "updated_count": measure.update(self.env, measurement)
            + measure.freeze(self.env, measurement),
            "created_count": self._create_profiles(measurement),
            "scope_count": self._count_measured(),
        }
        self._remove_leavers(measurement, day)
        self.env.invalidate_all()
        self._count(changed, "measure_seconds", started)

    def _create_profiles(self, measurement):
        """Create the profiles of new customers, in a first run with their tiers."""
        policy = self.company_id._get_relationship_policy()
        if self.kind != "opening" or not policy or policy.evaluated_until:
            return measure.insert(self.env, measurement)
        terms = self._prepare_tier_terms(policy, measurement.as_of)
        created, changes = opening.insert(self.env, terms, self.id)
        self.change_count += changes
        return created

    def _prepare_measurement(self, day, partners=None):
        """Settle the terms and, unless everybody is measured, the scope."""
        self.env.flush_all()
        session.tune(self.env)
        policy = self.company_id._get_relationship_policy()
        everybody = partners is None and self.kind in ("opening", "full", "preview")
        measurement = self.env["crm.relationship.profile"]._prepare_measurement(
            self.company_id, policy, day, scoped=not (everybody and not self.steps_done)
        )
        if measurement.scoped:
            scope.fill(self.env, partners or self._get_scope(measurement))
        return measurement

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
        self._append(grade_tier.evaluate(terms, self.id, opening=self.kind == "opening"))
        self.env.cr.execute(grade_tier.keep_cuts(terms))
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
            self._append(grade_tier.place(terms, self.id, scoped=scoped))
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

    # ---------------------------------------------------------------- actions

    @api.model
    def action_request(self, full=False):
        """Ask for a run of each of the user's companies; the scheduler does it.

        :raises AccessError: unless the user is a relationship manager
        """
        self._get_partners(None)  # the check of who may run whole companies
        requested = self.sudo()  # people read runs, only the engine writes them
        for company in self.env.companies:
            if not requested.search_count(
                [
                    ("company_id", "=", company.id),
                    ("state", "=", "pending"),
                    ("kind", "!=", "backfill"),
                ],
                limit=1,
            ):
                requested.create(
                    {"company_id": company.id, "is_full": full, "user_id": self.env.uid}
                )
        self.env.ref("crm_relationship.ir_cron_process_relationship_runs").sudo()._trigger()
        return self.env["ir.actions.act_window"]._for_xml_id(
            "crm_relationship.crm_relationship_run_action"
        )

    def action_start(self):
        """Ask for a run of all companies, from the list of runs whatever is selected there."""
        self.action_request()
        return {"type": "ir.actions.client", "tag": "soft_reload"}

    def action_open_changes(self):
        """Open what these runs changed."""
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "crm_relationship.crm_relationship_change_action"
        )
        return {**action, "domain": [("run_id", "in", self.ids)], "context": {}}

    def _prepare_notification(self):
        """Return the client action that tells how these runs went."""
        declined = self.filtered(lambda run: run.state == "declined")
        message = (
            self.env._("Another recalculation is running. Try again when it is done.")
            if declined
            else self.env._(
                "%(count)s customers measured, %(changes)s changes.",
                count=sum(self.mapped("scope_count")),
                changes=sum(self.mapped("change_count")),
            )
        )
        return {
            "type": "ir.actions.client",
            "tag": "display_notification",
            "params": {
                "message": message,
                "type": "warning" if declined else "success",
                "next": {"type": "ir.actions.client", "tag": "soft_reload"},
            },
        }

    # ------------------------------------------------------------------ crons

    @api.model
    def _cron_recalculate(self):
        """Recalculate every company, the one longest without a run first."""
        self._process_companies(self._get_stalest_companies())

    @api.model
    def _cron_process_runs(self):
        """Do the runs that were asked for and go on with those that were killed."""
        runs = self.search([("state", "in", ["pending", "running"]), ("kind", "!=", "backfill")])
        self._process_companies(runs.company_id)

    def _process_companies(self, companies):
        cron = self.env["ir.cron"]
        remaining = len(companies)
        if self._may_commit():
            cron._commit_progress(remaining=remaining)
        for company in companies:
            remaining -= 1
            self.recalculate(companies=company)
            if self._may_commit():
                cron._commit_progress(1, remaining=remaining)

    def _get_stalest_companies(self):
        last = dict(
            self._read_group(
                [("state", "=", "done"), ("kind", "!=", "backfill")],
                groupby=["company_id"],
                aggregates=["end_date:max"],
            )
        )
        return self._get_all_companies().sorted(
            lambda company: (last.get(company) is not None, last.get(company), company.id)
        )

    @api.autovacuum
    def _gc_runs(self):
        """Delete runs past the retention; the last one of each company stays."""
        limit = fields.Datetime.now() - timedelta(days=RETENTION_DAYS)
        last = self._read_group(
            [("state", "=", "done")], groupby=["company_id", "kind"], aggregates=["id:max"]
        )
        kept = [run_id for *_group, run_id in last]
        self.search([("create_date", "<", limit), ("id", "not in", kept)]).unlink()
