from collections import defaultdict

from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError
from odoo.tools import format_amount

from ..saving import SAVING
from .crm_relationship_budget import SETTLES

TASK = "crm_relationship.mail_activity_type_budget_approval"
"""XML id of the type of the tasks that ask for the approval."""

MANAGER = "crm_relationship.group_manager"


class CrmRelationshipBudget(models.Model):
    """The steps of spending: asked for, approved or refused by another person, spent."""

    _inherit = "crm.relationship.budget"

    requested_by_id = fields.Many2one(
        "res.users", readonly=True, copy=False, ondelete="restrict", tracking=True
    )
    requested_date = fields.Datetime("Requested On", readonly=True, copy=False)
    request_reason = fields.Text(
        "Why It Was Requested",
        readonly=True,
        copy=False,
        help="The rule, the amount and the limit on the day of the request.",
    )
    approved_amount = fields.Monetary(
        readonly=True, copy=False, tracking=True, help="It may be spent up to this amount."
    )
    approved_by_id = fields.Many2one(
        "res.users", "Decided By", readonly=True, copy=False, ondelete="restrict", tracking=True
    )
    approved_date = fields.Datetime("Decided On", readonly=True, copy=False)
    refusal_reason = fields.Text("Why It Was Refused", readonly=True, copy=False, tracking=True)
    needs_manager = fields.Boolean(compute="_compute_needs_manager")
    manager_explanation = fields.Text(
        "Why Does This Need the Manager?", compute="_compute_needs_manager"
    )

    @api.depends(
        "planned_amount",
        "spent_amount",
        "partner_id",
        "date",
        "company_id",
        "state",
        "approved_amount",
        "request_reason",
    )
    @api.depends_context("lang")
    def _compute_needs_manager(self):
        totals = self._get_contact_totals()
        for line in self:
            is_open = line.state in ("planned", "approved")
            reasons = line._list_reasons(totals) if is_open else []
            line.needs_manager = bool(reasons) or line.state == "requested"
            line.manager_explanation = "\n".join(reasons) or line.request_reason or False

    # ------------------------------------------------------------------ rules

    def _get_contact_key(self):
        """Return whose limit the line counts for: contact, company and calendar year."""
        return (self.partner_id._origin, self.company_id, self.date.year if self.date else 0)

    def _get_contact_totals(self):
        """Return ``{(contact, company, year): amount}`` of what is spent, or approved and not
        spent yet, on the contacts of these lines: of all plans.
        """
        totals = defaultdict(float)
        dated = self.filtered(lambda line: line.partner_id and line.date)
        if not dated:
            return totals
        days = dated.mapped("date")
        # The limit holds for the company, also where plans of colleagues are nobody else's to
        # read; no more than the sum is told.
        groups = self.sudo()._read_group(
            [
                ("partner_id", "in", dated.partner_id._origin.ids),
                ("company_id", "in", dated.company_id.ids),
                ("date", ">=", min(days).replace(month=1, day=1)),
                ("date", "<=", max(days).replace(month=12, day=31)),
                ("state", "in", ("approved", "spent")),
            ],
            ["partner_id", "company_id", "date:year", "state"],
            ["spent_amount:sum", "approved_amount:sum"],
        )
        for partner, company, year, state, spent, approved in groups:
            totals[partner, company, year.year] += spent if state == "spent" else approved
        return totals

    def _list_reasons(self, totals):
        """Return as sentences why the line is beyond what its responsible may spend alone.

        :param totals: see ``_get_contact_totals``
        """
        self.ensure_one()
        amount = self._get_amount()
        compare = self.currency_id.compare_amounts
        if not amount or (self.state == "approved" and compare(amount, self.approved_amount) <= 0):
            return []
        company = self.company_id.sudo()  # what it decides holds for all who spend
        reasons = []
        limit = company.relationship_spending_limit
        if limit and compare(amount, limit) > 0:
            reasons.append(
                self.env._(
                    "%(amount)s is more than %(limit)s, the limit of one expense in %(company)s.",
                    amount=self._format(amount),
                    limit=self._format(limit),
                    company=company.name,
                )
            )
        limit = company.relationship_contact_limit
        before = totals[self._get_contact_key()] if self.partner_id else 0
        origin = self._origin
        if origin.state == "approved" and origin._get_contact_key() == self._get_contact_key():
            before -= origin.approved_amount
        if limit and self.partner_id and compare(before + amount, limit) > 0:
            reasons.append(
                self.env._(
                    "%(contact)s would get %(total)s in %(year)s, %(before)s so far and %(amount)s "
                    "now, which is more than %(limit)s, the limit of a contact and year in "
                    "%(company)s.",
                    contact=self.partner_id.sudo().name,
                    total=self._format(before + amount),
                    year=self.date.year,
                    before=self._format(before),
                    amount=self._format(amount),
                    limit=self._format(limit),
                    company=company.name,
                )
            )
        return reasons

    def _format(self, amount):
        return format_amount(self.env, amount, self.currency_id)

    # ---------------------------------------------------------------- actions

    def action_spend(self):
        """Record these as spent; what is above a limit is asked for instead.

        :raises UserError: unless all are planned or approved
        """
        self.check_access("write")
        self._check_states("planned", "approved")
        totals = self._get_contact_totals()
        reasons = {}
        spent = self.browse()
        for line in self:
            line._prepare_spending()
            found = line._list_reasons(totals)
            if found:
                reasons[line] = found
                continue
            own = line.approved_amount if line.state == "approved" else 0
            totals[line._get_contact_key()] += line.spent_amount - own
            spent += line
        spent._settle({"state": "spent"})
        self.browse([line.id for line in reasons])._request(reasons)

    def _prepare_spending(self):
        """Take the planned amount, today at the latest, where nothing else was entered."""
        vals = {}
        if not self.spent_amount:
            vals["spent_amount"] = self.planned_amount
        today = self.company_id._get_relationship_today()
        if self.date > today:
            vals["date"] = today
        if vals:
            self._settle(vals)

    def action_request(self):
        """Ask a relationship manager before anything is spent.

        :raises UserError: unless all are planned, or approved for less, and above a limit
        """
        self.check_access("write")
        self._check_states("planned", "approved")
        totals = self._get_contact_totals()
        reasons = {line: line._list_reasons(totals) for line in self}
        for line, found in reasons.items():
            if not found:
                raise UserError(
                    self.env._(
                        "“%(line)s” is within the limits: nobody needs to approve it.",
                        line=line.name,
                    )
                )
        self._request(reasons)

    def action_withdraw(self):
        """Take back what was asked for or approved, to plan it anew."""
        self.check_access("write")
        self._check_states("requested", "approved")
        self._settle(self._prepare_fresh())
        self._clear_tasks()

    def action_reopen(self):
        """Plan again what was spent or refused by mistake; managers may."""
        self.check_access("write")
        if not self._is_manager():
            raise AccessError(
                self.env._("Only relationship managers reopen what is spent or refused.")
            )
        self._check_states("spent", "refused")
        self._settle(self._prepare_fresh())

    def action_approve(self):
        """Approve what others asked for.

        :raises AccessError: unless the user is a relationship manager, and neither asked nor
            spends
        """
        self._check_decider()
        for line in self:
            line._settle(
                {
                    "state": "approved",
                    "approved_amount": line._get_amount(),
                    "approved_by_id": self.env.uid,
                    "approved_date": fields.Datetime.now(),
                }
            )
            line._answer(
                self.env._("Approved up to %(amount)s.", amount=line._format(line.approved_amount))
            )

    def action_ask_refusal(self):
        """Ask why it is refused."""
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "crm_relationship.crm_relationship_budget_refusal_action"
        )
        action["context"] = {"default_budget_ids": [fields.Command.set(self.ids)]}
        return action

    def _refuse(self, reason):
        """Refuse what others asked for, for a reason that they are told."""
        self._check_decider()
        if not (reason or "").strip():
            raise UserError(self.env._("Enter why it is refused: who asked for it is told."))
        self._settle(
            {
                "state": "refused",
                "refusal_reason": reason,
                "approved_amount": 0,
                "approved_by_id": self.env.uid,
                "approved_date": fields.Datetime.now(),
            }
        )
        for line in self:
            line._answer(self.env._("Refused: %(reason)s", reason=reason))

    # ------------------------------------------------------------------ steps

    def _settle(self, vals):
        """Write what only the steps write."""
        self.with_context(**{SETTLES: SAVING}).write(vals)

    @api.model
    def _prepare_fresh(self):
        return {
            "state": "planned",
            "approved_amount": 0,
            "requested_by_id": False,
            "requested_date": False,
            "request_reason": False,
            "approved_by_id": False,
            "approved_date": False,
            "refusal_reason": False,
        }

    def _check_states(self, *states):
        words = dict(self._fields["state"]._description_selection(self.env))
        for line in self:
            if line.state not in states:
                raise UserError(
                    self.env._(
                        "“%(line)s” is not at this step any more: it is %(state)s.",
                        line=line.name,
                        state=words[line.state].lower(),
                    )
                )

    def _check_decider(self):
        """Check that the user, who is logged in, manages and neither asked nor spends."""
        self.check_access("write")
        if not self._is_manager():
            raise AccessError(
                self.env._("Only relationship managers approve spending above the limits.")
            )
        self._check_states("requested")
        for line in self:
            if self.env.user in line.requested_by_id | line.user_id:
                raise AccessError(
                    self.env._(
                        "Another relationship manager must decide on “%(line)s”, for you asked "
                        "for it or spend it.",
                        line=line.name,
                    )
                )

    def _request(self, reasons):
        """Ask the managers for these.

        :param reasons: the sentences why, by line
        """
        for line in self:
            line._settle(
                {
                    **self._prepare_fresh(),
                    "state": "requested",
                    "requested_by_id": self.env.uid,
                    "requested_date": fields.Datetime.now(),
                    "request_reason": "\n".join(reasons[line]),
                }
            )
        self._ask_managers()

    def _ask_managers(self):
        """Give a manager of each one's company, who neither asked nor spends, a task."""
        if not self.env.ref(TASK, raise_if_not_found=False):
            return
        # Who asks need not read users and their groups.
        managers = self.env.ref(MANAGER).sudo().all_user_ids.filtered("active")
        managers = managers.sorted(lambda user: (user._is_admin(), user.id))
        for line in self:
            barred = line.requested_by_id | line.user_id
            able = managers.filtered(
                lambda user, company=line.company_id: company in user.company_ids
            )
            chosen = (able - barred)[:1]
            if chosen:
                line.activity_schedule(TASK, user_id=chosen.id, note=line.request_reason)

    def _answer(self, text):
        """Tell who asked, and who spends, what was decided; the manager's task is done."""
        told = self.requested_by_id | self.user_id
        self.message_post(body=text, partner_ids=(told - self.env.user).partner_id.ids)
        self.activity_feedback([TASK])
        self._clear_tasks()

    def _clear_tasks(self):
        """Take tasks back that nobody needs to do any more, of other managers too."""
        self.sudo().activity_unlink([TASK])
