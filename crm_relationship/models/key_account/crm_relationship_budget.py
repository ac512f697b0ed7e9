from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError, ValidationError

from ..saving import SAVING
from .crm_relationship_plan_lock_mixin import check_insiders, is_talk

SETTLES = "crm_relationship_settles_budget"
"""Context key of the steps; its value is an object that no call from outside can give."""

KEPT_BY_STEPS = (
    "state",
    "approved_amount",
    "requested_by_id",
    "requested_date",
    "request_reason",
    "approved_by_id",
    "approved_date",
    "refusal_reason",
)
"""What only the steps write: ask, approve, refuse, spend."""

SETTLED = ("spent", "refused")


class CrmRelationshipBudget(models.Model):
    """Spending on a relationship: what is planned, and what was spent.

    How it works
        A line is planned, and spent at the amount that it came to. Above the company's limits, of
        an expense and of a contact in a year, it is *requested* instead, until a relationship
        manager, another person than who asked and who spends, approves it or refuses with a
        reason. What is approved is spent up to the approved amount. Nobody sets these states by
        writing them.

    A line belongs to an account plan. Something else that spends on relationships adds its own
    field and overrides ``_has_source``.
    """

    _name = "crm.relationship.budget"
    _description = "Relationship Spending"
    _inherit = ["crm.relationship.plan.lock.mixin", "mail.thread", "mail.activity.mixin"]
    _order = "date desc, id desc"

    name = fields.Char("Purpose", required=True, tracking=True)
    plan_id = fields.Many2one(required=False, index=True)
    company_id = fields.Many2one(
        "res.company",
        compute="_compute_company_id",
        store=True,
        precompute=True,
        required=True,
        index=True,
    )
    currency_id = fields.Many2one(related="company_id.currency_id")
    customer_id = fields.Many2one(
        related="plan_id.partner_id", string="Customer", store=True, index="btree_not_null"
    )
    plan_state = fields.Selection(related="plan_id.state", string="State of the Plan")
    action_id = fields.Many2one(
        "crm.relationship.plan.action",
        index="btree_not_null",
        ondelete="set null",
        tracking=True,
        domain="[('plan_id', '=', plan_id)]",
        help="The action of the same plan that it pays for.",
    )
    partner_id = fields.Many2one(
        "res.partner",
        "Contact",
        compute="_compute_partner_id",
        store=True,
        readonly=False,
        precompute=True,
        index="btree_not_null",
        ondelete="set null",
        tracking=True,
        domain="['|', ('id', '=', customer_id), ('id', 'child_of', customer_id)]",
        help="Who gets it. It counts for the limit of the contact and year.",
    )
    category_id = fields.Many2one(
        "crm.relationship.budget.category",
        required=True,
        index=True,
        ondelete="restrict",
        tracking=True,
    )
    needs_contact = fields.Boolean(related="category_id.needs_contact")
    user_id = fields.Many2one(
        "res.users",
        "Responsible",
        required=True,
        index=True,
        tracking=True,
        default=lambda self: self.env.user,
        domain="[('share', '=', False), ('company_ids', 'in', company_id)]",
        help="Who spends it.",
    )
    date = fields.Date(
        required=True,
        index=True,
        tracking=True,
        default=lambda self: self.env.company._get_relationship_today(),
        help="The day on which it is planned or was spent.",
    )
    planned_amount = fields.Monetary("Planned", tracking=True)
    spent_amount = fields.Monetary(
        "Actual",
        copy=False,
        tracking=True,
        help="What it came to. It counts once the line is spent.",
    )
    expected_amount = fields.Monetary(
        "Comes To",
        compute="_compute_expected_amount",
        store=True,
        help="The actual amount as far as it is known, else the planned one. What is refused "
        "comes to nothing.",
    )
    state = fields.Selection(
        [
            ("planned", "Planned"),
            ("requested", "Requested"),
            ("approved", "Approved"),
            ("spent", "Spent"),
            ("refused", "Refused"),
        ],
        required=True,
        default="planned",
        readonly=True,
        copy=False,
        tracking=True,
        index=True,
        group_expand=True,
    )
    note = fields.Text(help="Receipt, guests, occasion.")

    _amounts_positive = models.Constraint(
        "CHECK (planned_amount >= 0 AND spent_amount >= 0)", "Spending is zero or more."
    )

    @api.depends("plan_id")
    def _compute_company_id(self):
        for line in self:
            line.company_id = line.plan_id.company_id or line.company_id or self.env.company

    # A contact that the action gets later must not change what was spent on whom.
    @api.depends("action_id")
    def _compute_partner_id(self):
        for line in self:
            line.partner_id = line.action_id.role_id.partner_id or line.partner_id

    @api.depends("planned_amount", "spent_amount", "state")
    def _compute_expected_amount(self):
        for line in self:
            is_known = line.state == "spent" or line.spent_amount
            amount = line.spent_amount if is_known else line.planned_amount
            line.expected_amount = 0 if line.state == "refused" else amount

    def _has_source(self):
        """Return whether the line belongs to something."""
        self.ensure_one()
        return bool(self.plan_id)

    @api.constrains("plan_id")
    def _check_source(self):
        for line in self:
            if not line._has_source():
                raise ValidationError(
                    self.env._(
                        "Choose the account plan that “%(line)s” belongs to.", line=line.name
                    )
                )

    @api.constrains("action_id", "plan_id")
    def _check_action(self):
        message = self.env._("“%(other)s” belongs to another plan. Choose an action of this plan.")
        for line in self:
            line._check_same_plan(line.action_id, message)

    @api.constrains("partner_id", "plan_id", "category_id")
    def _check_contact(self):
        for line in self:
            if line.needs_contact and not line.partner_id:
                raise ValidationError(
                    self.env._(
                        "Enter who gets “%(line)s”: spending on %(category)s names its contact.",
                        line=line.name,
                        category=line.category_id.name,
                    )
                )
            if line.plan_id and line.partner_id and not line._is_of_customer():
                raise ValidationError(
                    self.env._(
                        "%(contact)s is no contact of %(customer)s. Choose one of its contacts.",
                        contact=line.partner_id.sudo().display_name,
                        customer=line.customer_id.sudo().display_name,
                    )
                )

    def _is_of_customer(self):
        roles = self.env["crm.relationship.role"]
        return roles._is_of_customer(self.partner_id, self.plan_id.partner_id)

    @api.constrains("company_id", "plan_id")
    def _check_company_of_plan(self):
        """Check that nothing is spent by the limits of another company."""
        for line in self.filtered("plan_id"):
            if line.company_id != line.plan_id.company_id:
                raise ValidationError(
                    self.env._(
                        "“%(line)s” belongs to the company of its plan. Leave the company as it "
                        "is.",
                        line=line.name,
                    )
                )

    @api.constrains("user_id", "plan_id")
    def _check_user(self):
        for line in self:
            check_insiders(line.user_id, line.company_id, self.env._("responsible for spending"))

    @api.constrains("state", "date", "spent_amount", "planned_amount")
    def _check_spent(self):
        for line in self:
            if line.state == "spent" and line.date > line.company_id._get_relationship_today():
                raise ValidationError(
                    self.env._(
                        "Enter the day on which “%(line)s” was spent, today or before.",
                        line=line.name,
                    )
                )
            if line.state != "planned" and line.currency_id.is_zero(line._get_amount()):
                raise ValidationError(
                    self.env._("Enter the amount of “%(line)s” first.", line=line.name)
                )

    def _get_amount(self):
        """Return what the line comes to as far as known: its actual amount, else the planned."""
        return self.spent_amount or self.planned_amount

    @api.model_create_multi
    def create(self, vals_list):
        lines = super().create(vals_list)
        if not lines._is_step() and any(
            line.state != "planned" or any(line[name] for name in KEPT_BY_STEPS if name != "state")
            for line in lines
        ):
            raise AccessError(
                self.env._("Spending begins as planned. Ask, approve and spend by the buttons.")
            )
        return lines

    def write(self, vals):
        if is_talk(vals) or self._is_step():
            return super().write(vals)
        self._refuse_move(vals)
        if vals.keys() & set(KEPT_BY_STEPS):
            raise AccessError(
                self.env._("Nobody writes this: ask, approve, refuse and spend by the buttons.")
            )
        self._check_open(vals)
        return super().write(vals)

    def _check_open(self, vals):
        """Check that nothing changes that was judged: its approval would stand for another."""
        for line in self:
            if line.state == "requested" or (line.state in SETTLED and vals.keys() != {"note"}):
                raise UserError(
                    self.env._(
                        "“%(line)s” is requested or settled, so it stays as it is. Withdraw the "
                        "request first, or ask a relationship manager to reopen what is settled.",
                        line=line.name,
                    )
                )
            if line.state == "approved" and vals.keys() - {"spent_amount", "date", "note"}:
                raise UserError(
                    self.env._(
                        "“%(line)s” was approved as it is: only its day and the actual amount "
                        "change. Withdraw it to plan it anew.",
                        line=line.name,
                    )
                )

    @api.ondelete(at_uninstall=False)
    def _unlink_except_settled(self):
        kept = self.filtered(lambda line: line.state in SETTLED)
        if kept and not self.env.su and not self._is_manager():
            raise UserError(
                self.env._(
                    "“%(line)s” is spent or refused: only relationship managers delete it.",
                    line=kept[0].name,
                )
            )

    def _is_step(self):
        """Return whether a step, or the server itself, is at work."""
        return self.env.su or self.env.context.get(SETTLES) is SAVING

    def _is_manager(self):
        return self.env.user.has_group("crm_relationship.group_manager")
