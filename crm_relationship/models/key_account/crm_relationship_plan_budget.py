from collections import defaultdict

from odoo import api, fields, models
from odoo.tools import format_amount

FIGURES = ("budget_planned", "budget_spent", "budget_expected")


class CrmRelationshipPlan(models.Model):
    """The budget of a plan: what was planned, what was spent, what it comes to.

    How it works
        An action's budget and the lines that are planned for it are the same money: the larger
        of the two counts. What is refused counts nowhere. It *comes to* what was spent and what
        is still to come; above the plan's budget that warns, and the chatter says so once.
    """

    _inherit = "crm.relationship.plan"

    currency_id = fields.Many2one(related="company_id.currency_id")
    budget_amount = fields.Monetary(
        "Budget",
        tracking=True,
        help="What may be spent on the relationship in this plan. 0: nothing was set, nothing "
        "warns.",
    )
    budget_ids = fields.One2many("crm.relationship.budget", "plan_id", "Spending")
    budget_planned = fields.Monetary(
        "Planned Spending",
        compute="_compute_budget",
        help="Planned by lines and by the actions that are not cancelled; of an action and its "
        "lines the larger.",
    )
    budget_spent = fields.Monetary("Actual Spending", compute="_compute_budget")
    budget_expected = fields.Monetary(
        "Comes To",
        compute="_compute_budget",
        help="What was spent, and what is planned and still to come.",
    )
    budget_rest = fields.Monetary(
        "Rest", compute="_compute_budget", help="The budget less what was spent."
    )
    budget_to_approve_count = fields.Integer("To Approve", compute="_compute_budget")
    is_over_budget = fields.Boolean("Over Budget", compute="_compute_budget")
    budget_warning = fields.Char(compute="_compute_budget")
    budget_bars = fields.Html(compute="_compute_budget_bars", sanitize=False)

    _budget_positive = models.Constraint("CHECK (budget_amount >= 0)", "A budget is zero or more.")

    @api.depends(
        "budget_amount",
        "budget_ids.planned_amount",
        "budget_ids.spent_amount",
        "budget_ids.expected_amount",
        "budget_ids.state",
        "budget_ids.action_id",
        "plan_action_ids.budget",
        "plan_action_ids.state",
    )
    @api.depends_context("uid", "su", "allowed_company_ids", "lang")
    def _compute_budget(self):
        figures = self._read_budget_figures()
        for plan in self:
            found = figures[plan._origin.id]
            plan.update({name: found[name] for name in FIGURES})
            plan.budget_rest = plan.budget_amount - plan.budget_spent
            plan.budget_to_approve_count = found["requested"]
            plan.budget_warning = plan._get_budget_warning()
            plan.is_over_budget = bool(plan.budget_warning)

    @api.depends("budget_amount", *FIGURES)
    @api.depends_context("uid", "su", "allowed_company_ids", "lang")
    def _compute_budget_bars(self):
        for plan in self:
            plan.budget_bars = self.env["ir.qweb"]._render(
                "crm_relationship.budget_bars", {"bars": plan._prepare_budget_bars()}
            )

    def _prepare_budget_bars(self):
        """Return the bars, each as its share of the longest."""
        self.ensure_one()
        is_bad = self.is_over_budget
        spent_more = self.budget_rest < 0
        rows = [
            ("budget", self.env._("Budget"), self.budget_amount, "bg-secondary", False),
            ("planned", self.env._("Planned"), self.budget_planned, "bg-info", False),
            ("spent", self.env._("Actual"), self.budget_spent, "bg-primary", spent_more),
            (
                "expected",
                self.env._("Comes to"),
                self.budget_expected,
                "bg-danger" if is_bad else "bg-success",
                is_bad,
            ),
            (
                "rest",
                self.env._("Rest"),
                self.budget_rest if self.budget_amount else 0,
                "bg-success",
                spent_more,
            ),
        ]
        longest = max(amount for _code, _name, amount, _color, _bad in rows) or 1
        return [
            {
                "code": code,
                "name": name,
                "amount": self._format_budget(amount),
                "color": color,
                "is_bad": bad and bool(self.budget_amount),
                "share": round(max(amount, 0) / longest * 100),
            }
            for code, name, amount, color, bad in rows
            if self.budget_amount or code in ("planned", "spent", "expected")
        ]

    def _read_budget_figures(self):
        """Return ``{plan id: figures}``, read for all of these at once."""
        figures = defaultdict(lambda: dict.fromkeys((*FIGURES, "requested"), 0))
        lines = defaultdict(lambda: defaultdict(float))
        groups = self.env["crm.relationship.budget"]._read_group(
            [("plan_id", "in", self._origin.ids), ("state", "!=", "refused")],
            ["plan_id", "action_id", "state"],
            ["planned_amount:sum", "spent_amount:sum", "expected_amount:sum", "__count"],
        )
        for plan, action, state, planned, spent, expected, count in groups:
            of_action = lines[plan.id, action.id]
            of_action["planned"] += planned
            of_action["expected"] += expected
            if state == "spent":
                figures[plan.id]["budget_spent"] += spent
            elif state == "requested":
                figures[plan.id]["requested"] += count
        actions = self.env["crm.relationship.plan.action"].search_fetch(
            [("plan_id", "in", self._origin.ids), ("budget", ">", 0), ("state", "!=", "cancelled")],
            ["plan_id", "budget", "state"],
        )
        for action in actions:
            of_action = lines[action.plan_id.id, action.id]
            of_action["planned"] = max(of_action["planned"], action.budget)
            if action.state == "planned":
                of_action["expected"] = max(of_action["expected"], action.budget)
        for (plan_id, _action_id), amounts in lines.items():
            figures[plan_id]["budget_planned"] += amounts["planned"]
            figures[plan_id]["budget_expected"] += amounts["expected"]
        return figures

    def _get_budget_warning(self):
        """Return in one sentence that the plan is over its budget, or nothing."""
        self.ensure_one()
        budget, spent, expected = self.budget_amount, self.budget_spent, self.budget_expected
        compare = self.currency_id.compare_amounts
        if not budget or compare(max(spent, expected), budget) <= 0:
            return False
        if compare(spent, budget) > 0:
            return self.env._(
                "Over budget: %(spent)s was spent, %(over)s more than the budget of %(budget)s.",
                spent=self._format_budget(spent),
                over=self._format_budget(spent - budget),
                budget=self._format_budget(budget),
            )
        return self.env._(
            "Over budget: what was spent (%(spent)s) and what is still planned come to "
            "%(expected)s, %(over)s more than the budget of %(budget)s.",
            spent=self._format_budget(spent),
            expected=self._format_budget(expected),
            over=self._format_budget(expected - budget),
            budget=self._format_budget(budget),
        )

    def _format_budget(self, amount):
        return format_amount(self.env, amount, self.currency_id)

    def _find_over_budget(self):
        """Return those of these that are over their budgets, as the server sees them."""
        # Who enters spending need not see all that counts, and the entry is the server's.
        plans = self.sudo()
        self.env.flush_all()
        plans.invalidate_recordset([*FIGURES, "budget_warning", "is_over_budget"])
        return plans.filtered("is_over_budget")

    def _tell_over_budget(self, before):
        """Write into the chatter which of these have come to be over their budgets.

        :param before: those that were over already
        """
        for plan in self._find_over_budget() - before:
            plan._message_log(body=plan.budget_warning, author_id=self.env.user.partner_id.id)

    def write(self, vals):
        if "budget_amount" not in vals:
            result = super().write(vals)
        else:
            before = self._find_over_budget()
            result = super().write(vals)
            self._tell_over_budget(before)
        if vals.get("state") == "closed":
            # Nobody can decide in a plan that is closed.
            self.sudo().budget_ids._clear_tasks()
        return result

    def unlink(self):
        """Take spending along by the ORM: what is spent is deleted by managers alone."""
        self._check_not_closed()
        self.budget_ids.unlink()
        return super().unlink()

    def action_open_budget(self):
        """Open the spending of the plan."""
        self.ensure_one()
        return self.env["crm.relationship.budget"]._open_of(
            self.env._("Spending of %(plan)s", plan=self.name), plan_id=self.id
        )


class CrmRelationshipBudget(models.Model):
    """Spending that lets a plan or an action exceed its budget says so."""

    _inherit = "crm.relationship.budget"

    budget_warning = fields.Char(
        compute="_compute_budget_warning",
        help="What this line does to the budgets of its action and its plan.",
    )

    @api.depends("plan_id", "action_id", "planned_amount", "spent_amount", "state")
    @api.depends_context("lang")
    def _compute_budget_warning(self):
        for line in self:
            line.budget_warning = line._get_overrun(line.action_id) or line._get_overrun(
                line.plan_id
            )

    def _get_overrun(self, holder):
        """Return that the line lets its plan or action exceed its budget, or nothing.

        :param holder: the plan or the action, perhaps empty
        """
        budget = holder.budget_amount if holder._name == self.plan_id._name else holder.budget
        if not budget or self.state == "refused":
            return False
        kept = self._origin
        field = "plan_id" if holder._name == self.plan_id._name else "action_id"
        was = kept.expected_amount if kept[field] == holder._origin else 0
        expected = holder.budget_expected - was + self.expected_amount
        if self.currency_id.compare_amounts(expected, budget) <= 0:
            return False
        return self.env._(
            "With this line “%(name)s” comes to %(expected)s, %(over)s more than its budget of "
            "%(budget)s.",
            name=holder.name,
            expected=self._format(expected),
            over=self._format(expected - budget),
            budget=self._format(budget),
        )

    @api.model_create_multi
    def create(self, vals_list):
        plans = self.env["crm.relationship.plan"].browse(
            {vals["plan_id"] for vals in vals_list if vals.get("plan_id")}
        )
        before = plans._find_over_budget()
        lines = super().create(vals_list)
        lines.plan_id._tell_over_budget(before)
        return lines

    def write(self, vals):
        if not vals.keys() & {"planned_amount", "spent_amount", "state", "action_id"}:
            return super().write(vals)
        before = self.plan_id._find_over_budget()
        result = super().write(vals)
        self.plan_id._tell_over_budget(before)
        return result

    @api.model
    def _open_of(self, name, **values):
        """Return the action, called ``name``, that shows the lines with these values; new ones
        have them too.
        """
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "crm_relationship.crm_relationship_budget_action"
        )
        action["name"] = name
        action["domain"] = [(field, "=", value) for field, value in values.items()]
        action["context"] = {f"default_{field}": value for field, value in values.items()}
        return action


class CrmRelationshipPlanAction(models.Model):
    """What an action cost, and whether that was planned."""

    _inherit = "crm.relationship.plan.action"

    budget_ids = fields.One2many("crm.relationship.budget", "action_id", "Spending")
    budget_expected = fields.Monetary(
        "Comes To",
        compute="_compute_spending",
        help="What was spent on it, and what its lines still plan.",
    )
    budget_spent = fields.Monetary("Actual Spending", compute="_compute_spending")
    is_over_budget = fields.Boolean("Over Budget", compute="_compute_spending")

    @api.depends(
        "budget", "budget_ids.expected_amount", "budget_ids.spent_amount", "budget_ids.state"
    )
    @api.depends_context("uid", "su", "allowed_company_ids")
    def _compute_spending(self):
        spent, expected = defaultdict(float), defaultdict(float)
        groups = self.env["crm.relationship.budget"]._read_group(
            [("action_id", "in", self._origin.ids), ("state", "!=", "refused")],
            ["action_id", "state"],
            ["expected_amount:sum", "spent_amount:sum"],
        )
        for action, state, expected_sum, spent_sum in groups:
            if state == "spent":
                spent[action.id] += spent_sum
            expected[action.id] += expected_sum
        for action in self:
            action.budget_spent = spent[action._origin.id]
            action.budget_expected = expected[action._origin.id]
            action.is_over_budget = bool(
                action.budget
                and action.currency_id.compare_amounts(action.budget_expected, action.budget) > 0
            )

    @api.model_create_multi
    def create(self, vals_list):
        if not any(vals.get("budget") for vals in vals_list):
            return super().create(vals_list)
        plans = self.env["crm.relationship.plan"].browse(
            {vals["plan_id"] for vals in vals_list if vals.get("plan_id")}
        )
        before = plans._find_over_budget()
        actions = super().create(vals_list)
        actions.plan_id._tell_over_budget(before)
        return actions

    def write(self, vals):
        if "budget" not in vals:
            return super().write(vals)
        before = self.plan_id._find_over_budget()
        result = super().write(vals)
        self.plan_id._tell_over_budget(before)
        return result

    def action_open_budget(self):
        """Open the spending on the action."""
        self.ensure_one()
        return self.env["crm.relationship.budget"]._open_of(
            self.env._("Spending on %(action)s", action=self.name),
            plan_id=self.plan_id.id,
            action_id=self.id,
        )


class CrmRelationshipRole(models.Model):
    """What is planned for and was spent on a contact in the plan."""

    _inherit = "crm.relationship.role"

    currency_id = fields.Many2one(related="company_id.currency_id")
    budget_planned = fields.Monetary("Planned Spending", compute="_compute_spending")
    budget_spent = fields.Monetary("Actual Spending", compute="_compute_spending")

    @api.depends("plan_id", "partner_id")
    @api.depends_context("uid", "su", "allowed_company_ids")
    def _compute_spending(self):
        planned, spent = defaultdict(float), defaultdict(float)
        groups = self.env["crm.relationship.budget"]._read_group(
            [
                ("plan_id", "in", self.plan_id._origin.ids),
                ("partner_id", "in", self.partner_id._origin.ids),
                ("state", "!=", "refused"),
            ],
            ["plan_id", "partner_id", "state"],
            ["planned_amount:sum", "spent_amount:sum"],
        )
        for plan, partner, state, planned_sum, spent_sum in groups:
            planned[plan, partner] += planned_sum
            spent[plan, partner] += spent_sum if state == "spent" else 0
        for role in self:
            key = (role.plan_id._origin, role.partner_id._origin)
            role.budget_planned = planned[key]
            role.budget_spent = spent[key]

    def action_open_budget(self):
        """Open the spending on the contact in the plan."""
        self.ensure_one()
        return self.env["crm.relationship.budget"]._open_of(
            self.env._("Spending on %(contact)s", contact=self.display_name),
            plan_id=self.plan_id.id,
            partner_id=self.partner_id.id,
        )
