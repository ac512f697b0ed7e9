from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError
from odoo.tools import format_amount

TASK = "crm_relationship.mail_activity_type_resolution_approval"
"""XML id of the type of the tasks that ask for the approval."""

DECIDERS = ("crm_relationship.group_manager", "crm_relationship.group_executive")

GRANTED = ("approved", "done")


class CrmRelationshipComplaintResolution(models.Model):
    """The steps of a resolution: granted, or approved by another person, and carried out.

    How it works
        What was granted in the complaint so far counts: three times a little is as much as once
        a lot. Above a limit a manager or an executive decides, or the team's leader where each
        limit that is passed says so; never who entered it or asked for it.
    """

    _inherit = "crm.relationship.complaint.resolution"

    approved_amount = fields.Monetary(
        readonly=True, copy=False, tracking=True, help="Granted up to this amount."
    )
    requested_by_id = fields.Many2one(
        "res.users", "Asked By", readonly=True, copy=False, ondelete="restrict", index=True
    )
    requested_date = fields.Datetime("Asked On", readonly=True, copy=False)
    request_reason = fields.Text("Why It Was Asked For", readonly=True, copy=False)
    decided_by_id = fields.Many2one(
        "res.users",
        readonly=True,
        copy=False,
        ondelete="restrict",
        tracking=True,
        index=True,
    )
    decided_date = fields.Datetime("Decided On", readonly=True, copy=False)
    refusal_reason = fields.Text("Why It Was Refused", readonly=True, copy=False, tracking=True)
    needs_manager = fields.Boolean(compute="_compute_needs_manager")
    manager_explanation = fields.Text(
        "Why Does This Need the Manager?", compute="_compute_needs_manager"
    )
    can_decide = fields.Boolean(compute="_compute_can_decide")

    @api.depends("amount", "kind", "state", "complaint_id", "approved_amount", "request_reason")
    @api.depends_context("lang", "uid")
    def _compute_needs_manager(self):
        rules = self._get_rules()
        for line in self:
            reasons = line._list_reasons(rules) if line.state in ("draft", "approved") else []
            line.needs_manager = bool(reasons) or line.state == "waiting"
            line.manager_explanation = (
                "\n".join(reasons) or (line.state == "waiting" and line.request_reason) or False
            )

    @api.depends("state", "requested_by_id")
    @api.depends_context("uid")
    def _compute_can_decide(self):
        for line in self:
            line.can_decide = line.state == "waiting" and not line._get_obstacle()

    # ------------------------------------------------------------------ rules

    def _get_rules(self):
        """Return the limits of these ones' companies, and ``{(customer, company): tier code}``."""
        # The limits and the tiers hold for all who grant.
        lines = self.sudo()
        limits = lines.env["crm.relationship.complaint.limit"].search(
            [("company_id", "in", lines.company_id.ids)]
        )
        if not limits:
            return limits, {}
        profiles = lines.env["crm.relationship.profile"].search(
            [
                ("partner_id", "in", lines.complaint_id.partner_id.ids),
                ("company_id", "in", lines.company_id.ids),
            ]
        )
        codes = {
            (profile.partner_id, profile.company_id): profile.tier_id.code for profile in profiles
        }
        return limits, codes

    def _find_passed(self, rules=None):
        """Return ``[(limit, sum)]`` of the limits that this one would pass.

        :param rules: see ``_get_rules``, of more than this one
        """
        self.ensure_one()
        compare = self.currency_id.compare_amounts
        if not self.amount or (
            self.state in GRANTED and compare(self.amount, self.approved_amount) <= 0
        ):
            return []
        # What colleagues granted counts, also what the user may not read.
        line = self.sudo()
        complaint, company = line.complaint_id, line.complaint_id.company_id
        limits, codes = rules or self._get_rules()
        limits = limits.filtered(lambda limit: limit.company_id == company)
        code = codes.get((complaint.partner_id, company))
        others = complaint.resolution_ids.filtered(
            lambda other: other.state in GRANTED and other._origin != line._origin
        )
        passed = []
        for kind in (line.kind, False):
            limit = limits._pick(kind, code)
            same = others.filtered(lambda other, kind=kind: not kind or other.kind == kind)
            total = sum(same.mapped("approved_amount")) + line.amount
            if limit and compare(total, limit.amount) > 0:
                passed.append((limit, total))
        return passed

    def _list_reasons(self, rules=None):
        """Return as sentences why it is more than may be granted without a manager."""
        self.ensure_one()
        reasons = []
        for limit, total in self._find_passed(rules):
            if limit.kind:
                text = self.env._(
                    "%(total)s of this kind would be granted in this complaint, which is more "
                    "than %(limit)s, the limit for “%(name)s” in %(company)s.",
                    total=self._format(total),
                    limit=self._format(limit.amount),
                    name=limit.display_name,
                    company=limit.company_id.name,
                )
            else:
                text = self.env._(
                    "%(total)s would be granted in this complaint altogether, which is more than "
                    "%(limit)s, the limit for “%(name)s” in %(company)s.",
                    total=self._format(total),
                    limit=self._format(limit.amount),
                    name=limit.display_name,
                    company=limit.company_id.name,
                )
            reasons.append(text)
        return reasons

    def _format(self, amount):
        return format_amount(self.env, amount, self.currency_id)

    def _leader_may_decide(self):
        """Return whether each limit that is passed lets the team's leader approve."""
        # Asked as of now: what was granted since counts.
        passed = self._find_passed()
        return bool(passed) and all(limit.leader_approves for limit, _total in passed)

    def _get_obstacle(self):
        """Return in words why the user may not decide on it, if so."""
        self.ensure_one()
        user = self.env.user
        is_leader = self.sudo().complaint_id.team_id.user_id == user
        if not any(user.has_group(group) for group in DECIDERS) and not (
            is_leader and self._leader_may_decide()
        ):
            return self.env._(
                "Only relationship managers and executives approve what is above the limits, and "
                "team leaders where the limit says so."
            )
        if user in self.sudo().create_uid | self.requested_by_id:
            return self.env._(
                "Somebody else must decide on “%(resolution)s”, for you entered it or asked for "
                "it.",
                resolution=self.display_name,
            )
        return None

    # ------------------------------------------------------------------ steps

    def action_grant(self):
        """Grant these; what is above a limit is asked for instead."""
        self._check_may_work()
        self._check_not_locked()
        self._check_states("draft")
        self._grant()

    def action_carry_out(self):
        """Mark as done what was granted, or may be granted without asking.

        :raises UserError: where a manager has to approve first
        """
        self._check_may_work()
        self._check_states("draft", "approved")
        drafts = self.filtered(lambda line: line.state == "draft")
        drafts._check_not_locked()
        rules = self._get_rules()
        for line in self:
            reasons = line._list_reasons(rules)
            if reasons:
                raise UserError(
                    self.env._(
                        "“%(resolution)s” needs an approval before it is done: %(reasons)s Ask "
                        "for it with “Grant”.",
                        resolution=line.display_name,
                        reasons=" ".join(reasons),
                    )
                )
            if line.state == "draft":
                line._grant()
            line._settle({"state": "done", "date_done": line.company_id._get_relationship_today()})

    def action_draft(self):
        """Take it back, to grant it anew."""
        self._check_may_work()
        self._check_not_locked()
        self._check_states("waiting", "approved", "refused", "done")
        self._settle(self._prepare_fresh())
        self._clear_tasks()

    def action_approve(self):
        """Approve what others asked for.

        :raises AccessError: unless the user may decide, and neither entered it nor asked
        """
        self._check_decider()
        for line in self:
            line._decide({"state": "approved", "approved_amount": line.amount})
            line._answer(self.env._("Approved up to %(amount)s.", amount=line._format(line.amount)))

    def action_ask_refusal(self):
        """Ask why it is refused."""
        self._check_decider()
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Refuse Resolution"),
            "res_model": "crm.relationship.complaint.refusal",
            "view_mode": "form",
            "target": "new",
            "context": {"default_resolution_ids": [fields.Command.set(self.ids)]},
        }

    def _refuse(self, reason):
        """Refuse what others asked for, for a reason that they are told."""
        self._check_decider()
        if not (reason or "").strip():
            raise UserError(self.env._("Enter why it is refused: who asked for it is told."))
        for line in self:
            line._decide({"state": "refused", "approved_amount": 0, "refusal_reason": reason})
            line._answer(self.env._("Refused: %(reason)s", reason=reason))

    def _grant(self):
        """Grant these one after the other: what is granted first counts for the next."""
        rules = self._get_rules()
        for line in self:
            reasons = line._list_reasons(rules)
            if reasons:
                line._request(reasons)
            else:
                line._settle(
                    {
                        **self._prepare_fresh(),
                        "state": "approved",
                        "approved_amount": line.amount,
                        "decided_by_id": self.env.uid,
                        "decided_date": fields.Datetime.now(),
                    }
                )

    def _change_terms(self, before):
        """Grant anew what was granted on other terms; what waits is asked for on the new ones.

        :param before: amount and kind that each had
        """
        for line in self:
            if line.state == "done":
                raise UserError(
                    self.env._(
                        "“%(resolution)s” is done, so its kind and its cost stay. Take it back to "
                        "a draft first.",
                        resolution=line.display_name,
                    )
                )
            if line.state == "draft":
                continue
            is_less = (
                line.state == "approved"
                and line.kind == before[line][1]
                and line.currency_id.compare_amounts(line.amount, line.approved_amount) <= 0
            )
            if not is_less:
                line._settle(self._prepare_fresh())
                line._clear_tasks()
                line._grant()

    def _decide(self, vals):
        # Managers and leaders decide; they need not be able to change the complaint.
        self.sudo()._settle(
            {**vals, "decided_by_id": self.env.uid, "decided_date": fields.Datetime.now()}
        )

    @api.model
    def _prepare_fresh(self):
        return {
            "state": "draft",
            "approved_amount": 0,
            "requested_by_id": False,
            "requested_date": False,
            "request_reason": False,
            "decided_by_id": False,
            "decided_date": False,
            "refusal_reason": False,
            "date_done": False,
        }

    def _check_states(self, *states):
        words = dict(self._fields["state"]._description_selection(self.env))
        for line in self:
            if line.state not in states:
                raise UserError(
                    self.env._(
                        "“%(resolution)s” is not at this step: it is %(state)s.",
                        resolution=line.display_name,
                        state=words[line.state].lower(),
                    )
                )

    def _check_decider(self):
        self.check_access("read")
        self._check_states("waiting")
        for line in self:
            obstacle = line._get_obstacle()
            if obstacle:
                raise AccessError(obstacle)

    def _request(self, reasons):
        """Ask for an approval."""
        self._settle(
            {
                **self._prepare_fresh(),
                "state": "waiting",
                "requested_by_id": self.env.uid,
                "requested_date": fields.Datetime.now(),
                "request_reason": "\n".join(reasons),
            }
        )
        self._ask()

    def _ask(self):
        """Give somebody who may decide, and may see the complaint, a task."""
        for line in self:
            chosen = line._find_decider()
            if chosen and self.env.ref(TASK, raise_if_not_found=False):
                line.activity_schedule(TASK, user_id=chosen.id, note=line.request_reason)

    def _find_decider(self):
        """Return the leader where the limit says so, else a manager, else an executive."""
        self.ensure_one()
        # Who asks need not read users and their groups.
        line = self.sudo()
        company, complaint = line.company_id, line.complaint_id
        able = complaint.team_id.user_id if self._leader_may_decide() else self.env["res.users"]
        for group in DECIDERS:
            users = line.env.ref(group).all_user_ids.filtered("active")
            able |= users.sorted(lambda user: (user._is_admin(), user.id))
        barred = line.create_uid | line.requested_by_id
        own = complaint.with_context(allowed_company_ids=company.ids)
        for user in able - barred:
            if company in user.company_ids and own.with_user(user).has_access("read"):
                return user.sudo(False)
        return self.env["res.users"]

    def _answer(self, text):
        """Tell who asked what was decided; the tasks are done."""
        told = (self.requested_by_id - self.env.user).partner_id
        # Managers decide without a right to change it.
        line = self.sudo()
        line.message_post(body=text, partner_ids=told.ids, author_id=self.env.user.partner_id.id)
        line.complaint_id._message_log(
            body=f"{line.display_name}: {text}", author_id=self.env.user.partner_id.id
        )
        line.activity_feedback([TASK])
        self._clear_tasks()

    def _clear_tasks(self):
        """Take tasks back that nobody needs to do any more, of other users too."""
        self.sudo().activity_unlink([TASK])
