from dateutil.relativedelta import relativedelta

from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError
from odoo.fields import Domain

from .crm_relationship_plan_lock_mixin import check_insiders, is_talk

MANAGER = "crm_relationship.group_manager"

STEPS = {"draft": ("active",), "active": ("draft", "closed"), "closed": ("active",)}
"""From which state to which a plan goes."""


class CrmRelationshipPlan(models.Model):
    """What a company does about a key customer in a period, and with whom.

    How it works
        The owner and the team work on it, other users who may see the customer read it. A
        closed plan stays as it is, whatever the route; a manager reopens it.
    """

    _name = "crm.relationship.plan"
    _description = "Account Plan"
    _inherit = ["mail.thread", "mail.activity.mixin"]
    _order = "date_start desc, id desc"
    _check_company_auto = True

    name = fields.Char(
        compute="_compute_name", store=True, readonly=False, required=True, precompute=True
    )
    partner_id = fields.Many2one(
        "res.partner",
        "Customer",
        required=True,
        index=True,
        ondelete="restrict",
        tracking=True,
        check_company=True,
        domain="[('parent_id', '=', False)]",
        help="The key customer itself, not one of its contacts.",
    )
    company_id = fields.Many2one(
        "res.company",
        required=True,
        index=True,
        ondelete="cascade",
        default=lambda self: self.env.company,
    )
    user_id = fields.Many2one(
        "res.users",
        "Owner",
        required=True,
        index=True,
        tracking=True,
        default=lambda self: self.env.user,
        domain="[('share', '=', False), ('company_ids', 'in', company_id)]",
        help="The account manager: answers for the plan.",
    )
    sponsor_id = fields.Many2one(
        "res.users",
        index="btree_not_null",
        tracking=True,
        domain="[('share', '=', False), ('company_ids', 'in', company_id)]",
        help="The executive of ours who stands behind the customer and opens doors at the top.",
    )
    member_ids = fields.One2many("crm.relationship.plan.member", "plan_id", "Team", copy=True)
    date_start = fields.Date(
        "From",
        required=True,
        tracking=True,
        default=lambda self: fields.Date.context_today(self) + relativedelta(month=1, day=1),
    )
    date_end = fields.Date(
        "Until",
        required=True,
        tracking=True,
        default=lambda self: fields.Date.context_today(self) + relativedelta(month=12, day=31),
    )
    state = fields.Selection(
        [("draft", "Draft"), ("active", "Active"), ("closed", "Closed")],
        required=True,
        default="draft",
        readonly=True,
        copy=False,
        tracking=True,
        index=True,
        group_expand=True,
    )
    note = fields.Html("Purpose", help="What this plan is for, in a few sentences.")
    is_team = fields.Boolean(
        "I Belong to the Team",
        compute="_compute_is_team",
        search="_search_is_team",
        help="You own the plan or belong to its team.",
    )

    _period_order = models.Constraint(
        "CHECK (date_end >= date_start)", "A plan ends on the day it starts, or later."
    )
    # Two people who start plans at once don't see each other's: the database does, when they
    # are saved for good. Before that the check below says which plan is in the way.
    _active_period_excl = models.Constraint(
        "EXCLUDE USING gist (int4range(partner_id, partner_id, '[]') WITH &&,"
        " int4range(company_id, company_id, '[]') WITH &&,"
        " daterange(date_start, date_end, '[]') WITH &&) WHERE (state = 'active')"
        " DEFERRABLE INITIALLY DEFERRED",
        "The customer has an active plan in this period already.",
    )

    @api.depends("partner_id", "date_start")
    def _compute_name(self):
        for plan in self:
            if plan.partner_id and plan.date_start and not plan.name:
                plan.name = f"{plan.partner_id.name} {plan.date_start.year}"
            else:
                plan.name = plan.name

    @api.depends("user_id", "member_ids.user_id")
    @api.depends_context("uid")
    def _compute_is_team(self):
        for plan in self:
            plan.is_team = self.env.user in plan.user_id | plan.member_ids.user_id

    def _search_is_team(self, operator, value):
        if operator != "in":
            return NotImplemented
        mine = Domain("user_id", "=", self.env.uid) | Domain(
            "member_ids.user_id", "=", self.env.uid
        )
        return mine if True in value else ~mine

    @api.constrains("partner_id")
    def _check_partner(self):
        for plan in self:
            customer = plan.partner_id.commercial_partner_id
            if customer != plan.partner_id:
                raise ValidationError(
                    self.env._(
                        "%(contact)s is a contact of %(customer)s. Make the plan for the customer "
                        "itself.",
                        contact=plan.partner_id.display_name,
                        customer=customer.display_name,
                    )
                )

    @api.constrains("user_id", "sponsor_id", "company_id")
    def _check_people(self):
        for plan in self:
            check_insiders(plan.user_id, plan.company_id, self.env._("the plan's owner"))
            check_insiders(plan.sponsor_id, plan.company_id, self.env._("the plan's sponsor"))
            check_insiders(
                plan.member_ids.user_id, plan.company_id, self.env._("a member of the team")
            )

    @api.constrains("partner_id", "company_id", "date_start", "date_end", "state")
    def _check_active_period(self):
        """Check that a customer has one active plan at a time in a company."""
        for plan, other in self._get_active_overlaps():
            raise ValidationError(
                self.env._(
                    "“%(other)s” is active for %(customer)s from %(start)s until %(end)s. Close "
                    "it first, or choose another period for “%(plan)s”.",
                    other=other.name,
                    customer=plan.partner_id.display_name,
                    start=fields.Date.to_string(other.date_start),
                    end=fields.Date.to_string(other.date_end),
                    plan=plan.name,
                )
            )

    def _get_active_overlaps(self):
        """Return pairs of these active plans and others that are active in their period."""
        # Who may not see the other plan still must hear which one it is.
        active = self.sudo().filtered(lambda plan: plan.state == "active")
        others = active.search(
            [("state", "=", "active"), ("partner_id", "in", active.partner_id.ids)]
        )
        return [(plan, other) for plan in active for other in others if plan._is_rival_of(other)]

    def _is_rival_of(self, other):
        """Return whether both are active for the same customer at the same time."""
        return (
            self != other
            and other.state == "active"
            and self.partner_id == other.partner_id
            and self.company_id == other.company_id
            and self.date_start <= other.date_end
            and self.date_end >= other.date_start
        )

    @api.model_create_multi
    def create(self, vals_list):
        for vals in vals_list:
            if vals.get("state", "draft") != "draft" and not self.env.su:
                raise UserError(self.env._("A plan begins as a draft. Start it afterwards."))
        return super().create(vals_list)

    def write(self, vals):
        if self.env.su or is_talk(vals):
            return super().write(vals)
        if "company_id" in vals and any(plan.company_id.id != vals["company_id"] for plan in self):
            raise UserError(
                self.env._("A plan stays in its company. Make a plan in the other one instead.")
            )
        if "state" not in vals:
            self._check_not_closed()
            return super().write(vals)
        self._check_step(vals["state"])
        if "closed" in self.mapped("state") and vals.keys() != {"state"}:
            raise UserError(self.env._("Reopen the plan first, and change it then."))
        return super().write(vals)

    def unlink(self):
        self._check_not_closed()
        return super().unlink()

    def copy_data(self, default=None):
        return [
            {**vals, "name": self.env._("%(name)s (copy)", name=plan.name)}
            for plan, vals in zip(self, super().copy_data(default), strict=True)
        ]

    def _check_not_closed(self):
        """Check that nothing closed is about to change; the server itself still may."""
        closed = self.filtered(lambda plan: plan.state == "closed")
        if closed and not self.env.su:
            raise UserError(
                self.env._(
                    "“%(plan)s” is closed, so nothing of it changes any more. A manager can reopen "
                    "it.",
                    plan=closed[0].name,
                )
            )

    def _check_step(self, state):
        for plan in self:
            if state != plan.state and state not in STEPS[plan.state]:
                raise UserError(
                    self.env._(
                        "“%(plan)s” can't go this way: a draft is started, and an active plan "
                        "closed.",
                        plan=plan.name,
                    )
                )
            if plan.state == "closed" and not self.env.user.has_group(MANAGER):
                raise UserError(
                    self.env._(
                        "“%(plan)s” is closed. Ask a relationship manager to reopen it.",
                        plan=plan.name,
                    )
                )

    def action_start(self):
        """Let the plan be the customer's active one."""
        self.write({"state": "active"})

    def action_draft(self):
        """Take a plan back that was started too early."""
        self.write({"state": "draft"})

    def action_close(self):
        """Lock the plan as it is."""
        self.write({"state": "closed"})

    def action_reopen(self):
        """Let the team go on with a plan that was closed too early; managers may."""
        self.write({"state": "active"})
