from collections import defaultdict

from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError
from odoo.fields import Command
from odoo.tools import format_date

from ..lifecycle.crm_relationship_profile_dismissal import CREDIT

TASK = "crm_relationship.mail_activity_type_dismissal_proposal"
"""XML id of the type of the tasks that ask for the decision."""

REASON = "crm_relationship.crm_relationship_loss_reason_payment"
"""XML id of the reason that is proposed."""


class CrmRelationshipDismissalProposal(models.Model):
    """The nightly run proposes to dismiss a customer; a credit approver decides.

    How it works
        Nobody writes here: the run makes, refreshes and withdraws proposals, and people decide
        through :meth:`_accept` and :meth:`_decline`, which check who they are. A customer has one
        open proposal in a company. What a person has decided about is not proposed again: it
        takes a strike that was on no proposal that was decided.
    """

    _name = "crm.relationship.dismissal.proposal"
    _description = "Proposal to Dismiss a Customer"
    _inherit = ["mail.thread", "mail.activity.mixin"]
    _mail_post_access = "read"  # who may see it may talk about it; nobody may write it
    _order = "date desc, id desc"
    _rec_name = "partner_id"

    partner_id = fields.Many2one(
        "res.partner", "Customer", required=True, ondelete="cascade", readonly=True, index=True
    )
    company_id = fields.Many2one("res.company", required=True, ondelete="cascade", readonly=True)
    currency_id = fields.Many2one(related="company_id.currency_id")
    user_id = fields.Many2one(related="partner_id.user_id", store=True, string="Salesperson")
    profile_id = fields.Many2one(
        "crm.relationship.profile", compute="_compute_profile_id", string="Customer Profile"
    )
    date = fields.Date("Proposed On", required=True, readonly=True)
    state = fields.Selection(
        [
            ("open", "To Decide"),
            ("accepted", "Dismissed"),
            ("declined", "Declined"),
            ("withdrawn", "Withdrawn"),
        ],
        required=True,
        readonly=True,
        default="open",
        tracking=True,
    )
    strike_ids = fields.One2many(
        "crm.relationship.dismissal.strike", "proposal_id", readonly=True, copy=False
    )
    strike_count = fields.Integer("Strikes", readonly=True)
    open_amount = fields.Monetary(
        "Not Paid", readonly=True, help="Unpaid or written off, including tax."
    )
    # The rule that it was found by, whatever the policy says later.
    as_of = fields.Date(required=True, readonly=True, help="The strikes are as of this day.")
    rule_count = fields.Integer("Strikes From", readonly=True)
    rule_days = fields.Integer("Days Past Due", readonly=True)
    rule_months = fields.Integer("Within Months", readonly=True)
    explanation = fields.Text("Why?", compute="_compute_explanation")
    withdrawal = fields.Selection(
        [
            ("settled", "Fewer invoices are unpaid than the policy asks for"),
            ("dismissed", "The customer was dismissed otherwise"),
            ("archived", "The customer is archived"),
            ("merged", "The contact was merged with one that had a proposal"),
        ],
        "Why Withdrawn",
        readonly=True,
        tracking=True,
    )
    decided_by_id = fields.Many2one("res.users", readonly=True, tracking=True)
    decision_date = fields.Date("Decided On", readonly=True)
    reason_id = fields.Many2one(
        "crm.relationship.loss.reason", readonly=True, ondelete="restrict", tracking=True
    )
    note = fields.Text("Why It Was Decided So", readonly=True, tracking=True)

    _open_uniq = models.UniqueIndex(
        "(partner_id, company_id) WHERE state = 'open'",
        "The customer has an open proposal already.",
    )
    _end_check = models.Constraint(
        "CHECK ((state = 'open') = (decision_date IS NULL))",
        "A proposal that is no longer open has a day of its decision.",
    )

    @api.depends("partner_id", "company_id")
    def _compute_profile_id(self):
        profiles = self.env["crm.relationship.profile"].search(
            [
                ("partner_id", "in", self.partner_id.ids),
                ("company_id", "in", self.company_id.ids),
            ]
        )
        known = {(profile.partner_id, profile.company_id): profile for profile in profiles}
        for proposal in self:
            proposal.profile_id = known.get((proposal.partner_id, proposal.company_id))

    @api.depends("strike_count", "as_of", "rule_count", "rule_days", "rule_months")
    def _compute_explanation(self):
        for proposal in self:
            proposal.explanation = self.env._(
                "%(count)s invoices were unpaid for more than %(days)s days past their due dates, "
                "or written off, within the %(months)s months until %(day)s. The credit policy "
                "proposes the dismissal from %(limit)s on.",
                count=proposal.strike_count,
                days=proposal.rule_days,
                months=proposal.rule_months,
                day=format_date(self.env, proposal.as_of),
                limit=proposal.rule_count,
            )

    @api.model_create_multi
    def create(self, vals_list):
        proposals = super().create(vals_list)
        proposals._tell_profiles()
        return proposals

    def write(self, vals):
        result = super().write(vals)
        if "state" in vals:
            self._tell_profiles()
        return result

    def unlink(self):
        profiles = self._find_profiles()
        result = super().unlink()
        profiles._follow_proposals()
        return result

    def _tell_profiles(self):
        """Let the customers' profiles say whether their dismissal is proposed."""
        self._find_profiles()._follow_proposals()

    def _find_profiles(self):
        # Results are the engine's to write, whoever decides here.
        return (
            self.env["crm.relationship.profile"]
            .sudo()
            .search(
                [
                    ("partner_id", "in", self.partner_id.ids),
                    ("company_id", "in", self.company_id.ids),
                ]
            )
        )

    # ---------------------------------------------------------------- decision

    def _accept(self, reason, note=False):
        """Dismiss the customer for ``reason``.

        :raises AccessError: unless the user approves credit
        :raises UserError: for a proposal that is not open, or a customer that is unknown now
        """
        self._check_decision()
        if not self.profile_id:
            raise UserError(
                self.env._(
                    "%(customer)s has no documents left, so there is no relationship to end. "
                    "Decline the proposal.",
                    customer=self.partner_id.display_name,
                )
            )
        self._decide("accepted", note, reason_id=reason.id)
        self.profile_id._dismiss(reason, note)

    def _decline(self, note):
        """Keep the customer, because of ``note``.

        :raises AccessError: unless the user approves credit
        :raises UserError: for a proposal that is not open, or without a note
        """
        self._check_decision()
        if not (note or "").strip():
            raise UserError(self.env._("Say why the customer is not dismissed."))
        self._decide("declined", note)

    def _check_decision(self):
        """Check that the user may decide, and that there is something to decide."""
        self.ensure_one()
        self.check_access("read")
        if not self.env.su and not self.env.user.has_group(CREDIT):
            raise AccessError(
                self.env._("Only credit approvers decide about the dismissal of a customer.")
            )
        self.sudo().lock_for_update()
        self.invalidate_recordset(["state"])
        if self.state != "open":
            raise UserError(
                self.env._(
                    "The proposal to dismiss %(customer)s is no longer open.",
                    customer=self.partner_id.display_name,
                )
            )

    def _decide(self, state, note, **values):
        # Nobody may write proposals; who may decide has been checked.
        decided = self.sudo()
        decided.write(
            {
                "state": state,
                "note": note,
                "decided_by_id": self.env.uid,
                "decision_date": self.company_id._get_relationship_today(),
                **values,
            }
        )
        decided.activity_feedback([TASK])

    def _withdraw(self, withdrawal, decided_by=None):
        """Take back these open proposals; their tasks go.

        :param decided_by: who settled the matter otherwise, if a person did
        """
        for company, proposals in self.grouped("company_id").items():
            proposals.write(
                {
                    "state": "withdrawn",
                    "withdrawal": withdrawal,
                    "decision_date": company._get_relationship_today(),
                    "decided_by_id": decided_by.id if decided_by else False,
                }
            )
        self.activity_unlink([TASK])

    # ------------------------------------------------------------------ engine

    @api.model
    def _settle(self, policy, terms, found):
        """Let the open proposals of the policy's company be those of who has too many strikes.

        :param found: ``{customer id: strikes}``, see :func:`...engine.strikes.find`
        """
        proposals = self.search([("company_id", "=", policy.company_id.id), ("state", "=", "open")])
        gone = proposals.filtered(lambda proposal: proposal.partner_id.id not in found)
        for withdrawal, same in gone.grouped(lambda item: item._get_withdrawal()).items():
            same._withdraw(withdrawal)
        kept = proposals - gone
        for proposal in kept:
            proposal._refresh(terms, found[proposal.partner_id.id])
        known = set(kept.partner_id.ids) | self._get_decided(policy.company_id, found)
        new = self.create(
            [
                {
                    "partner_id": customer,
                    "company_id": policy.company_id.id,
                    "date": terms.as_of,
                    **self._prepare_finding(terms, strikes),
                }
                for customer, strikes in found.items()
                if customer not in known
            ]
        )
        kept._tell_profiles()  # a profile that went and came back does not know
        new._ask(policy._get_decider())

    def _get_withdrawal(self):
        """Return why this proposal no longer holds."""
        if self.profile_id.dismissed_date:
            return "dismissed"
        return "settled" if self.partner_id.active else "archived"

    @api.model
    def _get_decided(self, company, found):
        """Return the ids of the customers whose strikes a person has decided about, all of
        them.
        """
        groups = self.env["crm.relationship.dismissal.strike"]._read_group(
            [
                ("proposal_id.company_id", "=", company.id),
                ("proposal_id.partner_id", "in", list(found)),
                ("proposal_id.decided_by_id", "!=", False),
                ("move_id", "!=", False),
            ],
            ["proposal_id", "move_id"],
        )
        decided = defaultdict(set)
        for proposal, move in groups:
            decided[proposal.partner_id.id].add(move.id)
        return {
            customer
            for customer, strikes in found.items()
            if {strike["move_id"] for strike in strikes} <= decided[customer]
        }

    def _refresh(self, terms, strikes):
        """Write what was found, if it differs."""
        columns = ("move_id", "due_date", "written_off_date", "open_amount")
        former = {
            (strike.move_id.id, strike.due_date, strike.written_off_date or None): (
                strike.open_amount
            )
            for strike in self.strike_ids
        }
        now = {
            tuple(strike[name] for name in columns[:3]): strike["open_amount"] for strike in strikes
        }
        same = former.keys() == now.keys() and not any(
            self.currency_id.compare_amounts(former[key], now[key]) for key in now
        )
        if not same:
            finding = self._prepare_finding(terms, strikes)
            finding["strike_ids"].insert(0, Command.clear())
            self.write(finding)

    @api.model
    def _prepare_finding(self, terms, strikes):
        return {
            "as_of": terms.as_of,
            "rule_count": terms.count,
            "rule_days": terms.days,
            "rule_months": terms.months,
            "strike_count": len(strikes),
            "open_amount": sum(strike["open_amount"] for strike in strikes),
            "strike_ids": [Command.create(strike) for strike in strikes],
        }

    def _ask(self, user):
        """Give ``user`` a task for each of these proposals; nobody is mailed."""
        kind = self.env.ref(TASK, raise_if_not_found=False)
        if not kind or not user:
            return
        self.env["mail.activity"].with_context(mail_activity_quick_update=True).create(
            [
                {
                    "activity_type_id": kind.id,
                    "summary": kind.summary,
                    "automated": True,
                    "date_deadline": fields.Date.add(
                        proposal.date, **{kind.delay_unit: kind.delay_count}
                    ),
                    "res_model_id": self.env["ir.model"]._get_id(self._name),
                    "res_id": proposal.id,
                    "user_id": user.id,
                }
                for proposal in self
            ]
        )

    # ----------------------------------------------------------------- actions

    def action_accept(self):
        """Ask for the reason, then dismiss the customer."""
        self.ensure_one()
        reason = self.env.ref(REASON, raise_if_not_found=False)
        return {
            **self.env["ir.actions.act_window"]._for_xml_id(
                "crm_relationship.crm_relationship_dismiss_action"
            ),
            "context": {
                "default_profile_id": self.profile_id.id,
                "default_proposal_id": self.id,
                "default_reason_id": reason.id if reason else False,
            },
        }

    def action_decline(self):
        """Ask why the customer is kept."""
        self.ensure_one()
        return {
            **self.env["ir.actions.act_window"]._for_xml_id(
                "crm_relationship.crm_relationship_decline_dismissal_action"
            ),
            "context": {"default_proposal_id": self.id},
        }

    def action_open_profile(self):
        """Open what is known of the customer."""
        self.ensure_one()
        return (self.profile_id or self.partner_id).get_formview_action()

    def action_open_invoices(self):
        """Open the unpaid and written off invoices."""
        self.ensure_one()
        return {
            **self.env["ir.actions.act_window"]._for_xml_id("account.action_move_out_invoice_type"),
            "domain": [("id", "in", self.strike_ids.move_id.ids)],
            "context": {"create": False},
        }
