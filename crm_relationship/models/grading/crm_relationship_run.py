import logging
from datetime import timedelta

from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.fields import Domain
from odoo.tools import SQL

from ...engine import scope
from ...engine.periods import due_evaluations
from .crm_relationship_profile import AT_ONCE
from .days import to_date

_logger = logging.getLogger(__name__)

LOCK_CLASS = 7_202_619
"""First key of the advisory locks; the second one is the company's id."""

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
        run._keep_due_evaluations()
        run._finish()
        return run

    def _keep_due_evaluations(self):
        """Let a period-end that is still to be evaluated be measured as of its own day, for
        all that were just measured.
        """
        if not self._has_due_evaluation():
            return
        self.env.flush_all()
        self.env.cr.execute(
            SQL(
                """UPDATE crm_relationship_profile SET next_due_date = %s
                    WHERE company_id = %s
                      AND partner_id IN (SELECT partner_id FROM crm_relationship_scope)""",
                AT_ONCE,
                self.company_id.id,
            )
        )
        self.env["crm.relationship.profile"].invalidate_model(["next_due_date"])

    def _has_due_evaluation(self):
        """Return whether a period-end is still to be evaluated; subjects add theirs."""
        policy = self.company_id._get_relationship_policy()
        done = policy.evaluated_until
        return bool(done and due_evaluations(done, self._get_closed_day(), policy.period))

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

    def unlink(self):
        """Let the history forget the runs: a change does not depend on the run that made it."""
        self.env.execute_query(
            SQL(
                """UPDATE crm_relationship_change SET run_id = NULL
                    WHERE run_id = ANY (%s) RETURNING id""",
                self.ids,
            )
        )
        self.env["crm.relationship.change"].invalidate_model(["run_id"])
        return super().unlink()

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
