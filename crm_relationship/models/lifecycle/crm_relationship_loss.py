from collections import defaultdict

from dateutil.relativedelta import relativedelta

from odoo import api, fields, models
from odoo.exceptions import AccessError, ValidationError
from odoo.tools import split_every

from ...engine import loss as engine
from ...engine.measurement import WINDOW_MONTHS

TASK = "crm_relationship.mail_activity_type_loss_reason"
"""XML id of the type of the tasks that ask for the reason."""

TASK_BATCH = 1000

PEOPLE_FIELDS = {"reason_id", "note"}
"""What people find out; all else is the engine's."""


class CrmRelationshipLoss(models.Model):
    """A customer that was lost: when, how, and what the salesperson found out.

    How it works
        The run that lets a customer enter Lost makes one record of it as its last step, a
        dismissal makes it at once; first placements make none. A customer has one open
        loss, closed by the run with which the customer leaves Lost.
    """

    _name = "crm.relationship.loss"
    _description = "Lost Customer"
    _inherit = ["mail.thread", "mail.activity.mixin"]
    _order = "date desc, id desc"
    _rec_name = "partner_id"

    partner_id = fields.Many2one(
        "res.partner", "Customer", required=True, ondelete="cascade", readonly=True, index=True
    )
    company_id = fields.Many2one("res.company", required=True, ondelete="cascade", readonly=True)
    currency_id = fields.Many2one(related="company_id.currency_id")
    user_id = fields.Many2one(related="partner_id.user_id", store=True, string="Salesperson")
    date = fields.Date(
        "Lost On", required=True, readonly=True, help="The day on which it was lost."
    )
    kind = fields.Selection(
        [("active", "The customer left"), ("passive", "We ended it")],
        "How",
        required=True,
        readonly=True,
        tracking=True,
    )
    state = fields.Selection(
        [("open", "Lost"), ("won_back", "Won back"), ("void", "Not a loss")],
        required=True,
        readonly=True,
        default="open",
        help="Not a loss: its purchases were cancelled, or its contact was merged with one that "
        "is not lost.",
    )
    reason_id = fields.Many2one(
        "crm.relationship.loss.reason",
        domain="[('kind', 'in', [kind, False])]",
        ondelete="restrict",
        tracking=True,
        index="btree_not_null",
    )
    note = fields.Text(tracking=True)
    end_date = fields.Date(
        "Ended On", readonly=True, help="The day on which it was won back and left Lost."
    )
    revenue_before = fields.Monetary(
        readonly=True,
        help="Untaxed revenue of the window that ended with the last purchase: what went with "
        "the customer.",
    )
    change_id = fields.Many2one(
        "crm.relationship.change",
        readonly=True,
        ondelete="set null",
        help="The line of the history with which it was lost.",
    )

    _change_uniq = models.UniqueIndex(
        "(change_id) WHERE change_id IS NOT NULL", "A loss is recorded once."
    )
    _open_idx = models.Index("(partner_id, company_id) WHERE state = 'open'")
    _end_check = models.Constraint(
        "CHECK ((state = 'open') = (end_date IS NULL))", "A loss that ended has a day of its end."
    )

    @api.constrains("reason_id", "kind")
    def _check_reason(self):
        for loss in self:
            if loss.reason_id.kind and loss.reason_id.kind != loss.kind:
                kinds = dict(loss._fields["kind"]._description_selection(self.env))
                raise ValidationError(
                    self.env._(
                        "“%(reason)s” is a reason for “%(other)s”, and here it is “%(kind)s”. "
                        "Choose another reason.",
                        reason=loss.reason_id.name,
                        other=kinds[loss.reason_id.kind],
                        kind=kinds[loss.kind],
                    )
                )

    def write(self, vals):
        """Write what was found out; the reason completes the task that asks for it."""
        if not self.env.su and set(vals) - PEOPLE_FIELDS:
            raise AccessError(
                self.env._(
                    "When and how a customer was lost is recorded. Enter the reason and a note."
                )
            )
        result = super().write(vals)
        if vals.get("reason_id"):
            self.activity_feedback([TASK])
        return result

    def action_open_profile(self):
        """Open what is known of the customer in the company that lost it."""
        self.ensure_one()
        profile = self.env["crm.relationship.profile"].search(
            [("partner_id", "=", self.partner_id.id), ("company_id", "=", self.company_id.id)]
        )
        return profile.get_formview_action() if profile else self.partner_id.get_formview_action()

    # ----------------------------------------------------------------- engine

    @api.model
    def _close_returned(self, runs):
        """Close the losses of the customers that left Lost in ``runs``."""
        void = self.env.execute_query(engine.close(runs.ids))
        self.invalidate_model()
        self.browse(row[0] for row in void).activity_unlink([TASK])

    @api.model
    def _record_losses(self, runs):
        """Record the customers that entered Lost in ``runs`` of a company; return the losses."""
        rows = self.env.execute_query(engine.insert(runs.ids, self.env.uid))
        losses = self.browse(row[0] for row in rows)
        losses._measure_revenue()
        return losses

    def _measure_revenue(self):
        """Write what went with the customers of these losses of one company."""
        if not self:
            return
        self.env.flush_all()
        policy = self.company_id._get_relationship_policy()
        sources = self.env["crm.relationship.profile"]._get_purchase_sources()
        months = policy.window_months if policy else WINDOW_MONTHS
        self.env.cr.execute(engine.measure(self.ids, tuple(sources), months))
        self.invalidate_model()

    # ------------------------------------------------------------------ tasks

    def _ask_reasons(self):
        """Give the salespeople a task for each open loss of theirs; nobody is mailed."""
        kind = self.env.ref(TASK, raise_if_not_found=False)
        asked = self.filtered(
            lambda loss: (
                loss.state == "open"
                and loss.kind == "active"
                and loss.company_id.relationship_loss_activity
            )
        )
        asked = asked._filtered_askable() if kind else self.browse()
        activities = self.env["mail.activity"].with_context(mail_activity_quick_update=True)
        for batch in split_every(TASK_BATCH, asked.ids, self.browse):
            # Known in bulk before the activities ask for the name of one record each.
            batch.mapped("display_name")
            activities.create([loss._prepare_task(kind) for loss in batch])

    def _filtered_askable(self):
        """Return the losses whose salesperson may see them."""
        may_see = defaultdict(bool)
        for user in self.user_id:
            if user.active and user.has_group("crm_relationship.group_user"):
                for company in user.company_ids & self.company_id:
                    may_see[user, company] = True
        return self.filtered(lambda loss: may_see[loss.user_id, loss.company_id])

    def _prepare_task(self, kind):
        """Return the values of the task of the type ``kind``."""
        self.ensure_one()
        today = self.company_id._get_relationship_today()
        return {
            "activity_type_id": kind.id,
            "summary": kind.summary,
            "automated": True,
            "date_deadline": today + relativedelta(**{kind.delay_unit: kind.delay_count}),
            "res_model_id": self.env["ir.model"]._get_id(self._name),
            "res_id": self.id,
            "user_id": self.user_id.id,
        }

    # ------------------------------------------------------------------ merge

    def _settle_merge(self, profile):
        """Leave one open loss to the merged customer, none if it is not lost.

        :param profile: the customer's, which these losses are of
        """
        valid = "passive" if profile.dismissed_date else "active"
        still_open = self.filtered(lambda loss: loss.state == "open")
        ranked = still_open.sorted(lambda loss: (loss.kind != valid, loss.date, loss.id))
        void = ranked[1:] if profile.stage_code == "lost" else ranked
        void.write({"state": "void", "end_date": self.company_id._get_relationship_today()})
        void.activity_unlink([TASK])
