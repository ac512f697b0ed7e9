from dateutil.relativedelta import relativedelta

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import format_amount

CHOICES = (
    "takes_chain",
    "takes_objectives",
    "takes_whitespace",
    "takes_scores",
    "takes_goals",
    "takes_actions",
    "takes_team",
    "takes_budget",
)
OF_TEMPLATES = ("takes_scores", "takes_goals", "takes_actions", "takes_budget")
"""What templates have as well."""


class CrmRelationshipPlanStart(models.TransientModel):
    """Begins an account plan: empty, from a template, or from another plan of the customer."""

    _name = "crm.relationship.plan.start"
    _description = "Start an Account Plan"

    company_id = fields.Many2one(
        "res.company", required=True, readonly=True, default=lambda self: self.env.company
    )
    partner_id = fields.Many2one(
        "res.partner", "Customer", required=True, domain="[('parent_id', '=', False)]"
    )
    source_plan_id = fields.Many2one(
        "crm.relationship.plan",
        "From Which Plan",
        compute="_compute_source_plan_id",
        store=True,
        readonly=False,
        precompute=True,
        domain="[('partner_id', '=', partner_id), ('company_id', '=', company_id)]",
    )
    source = fields.Selection(
        [("empty", "Empty"), ("template", "Template"), ("plan", "Another plan")],
        "Begin With",
        compute="_compute_source",
        store=True,
        readonly=False,
        precompute=True,
        required=True,
    )
    template_id = fields.Many2one(
        "crm.relationship.plan.template",
        domain="[('company_id', 'in', [False, company_id])]",
    )
    lead_id = fields.Many2one(
        "crm.lead",
        "Project",
        domain="[('type', '=', 'opportunity'), ('partner_id', 'child_of', partner_id),"
        " ('company_id', 'in', [False, company_id])]",
        help="The opportunity that the template's relationship activities serve. Without one they "
        "are left out.",
    )
    date_start = fields.Date(
        "From",
        required=True,
        compute="_compute_period",
        store=True,
        readonly=False,
        precompute=True,
    )
    date_end = fields.Date(
        "Until",
        required=True,
        compute="_compute_period",
        store=True,
        readonly=False,
        precompute=True,
    )
    user_id = fields.Many2one(
        "res.users",
        "Owner",
        required=True,
        compute="_compute_user_id",
        store=True,
        readonly=False,
        precompute=True,
        domain="[('share', '=', False), ('company_ids', 'in', company_id)]",
    )
    takes_chain = fields.Boolean("Decision chain", default=True)
    takes_objectives = fields.Boolean("Objectives", default=True)
    takes_whitespace = fields.Boolean("Whitespace", default=True)
    takes_scores = fields.Boolean("Wanted scores", default=True)
    takes_goals = fields.Boolean("Goals", default=True)
    takes_actions = fields.Boolean("Actions", default=True)
    takes_team = fields.Boolean("Team", default=True)
    takes_budget = fields.Boolean("Budget", default=True)
    preview = fields.Text("It Begins With", compute="_compute_preview")
    overlap_warning = fields.Char(compute="_compute_overlap_warning")

    _period_order = models.Constraint(
        "CHECK (date_end >= date_start)", "A plan ends on the day it starts, or later."
    )

    @api.depends("partner_id", "company_id")
    def _compute_source_plan_id(self):
        for wizard in self:
            if wizard.source_plan_id.partner_id != wizard.partner_id or not wizard.source_plan_id:
                wizard.source_plan_id = wizard._find_plans()[:1]

    @api.depends("source_plan_id")
    def _compute_source(self):
        for wizard in self:
            if wizard.source_plan_id:
                wizard.source = "plan"
            elif wizard.source in (False, "plan"):
                wizard.source = "template" if wizard.template_id else "empty"

    @api.depends("partner_id", "company_id")
    def _compute_period(self):
        """Propose the first year that no plan covers, the running one at the earliest."""
        for wizard in self:
            today = wizard.company_id._get_relationship_today()
            start = today.replace(month=1, day=1)
            # A plan that the user does not see covers its period as well.
            ends = wizard._find_plans(sudo=True).mapped("date_end")
            if ends:
                start = max(start, max(ends) + relativedelta(days=1))
            wizard.date_start = start
            wizard.date_end = start + relativedelta(years=1, days=-1)

    @api.depends("source_plan_id")
    def _compute_user_id(self):
        for wizard in self:
            owner = wizard.source_plan_id.user_id
            wizard.user_id = owner if owner.active else self.env.user

    @api.depends("source", "source_plan_id", "template_id", "lead_id", "user_id", *CHOICES)
    @api.depends_context("uid", "lang")
    def _compute_preview(self):
        for wizard in self:
            wizard.preview = wizard._describe(wizard._count_taken())

    @api.depends("partner_id", "company_id", "date_start", "date_end")
    def _compute_overlap_warning(self):
        for wizard in self:
            wizard.overlap_warning = wizard._get_overlap_problem()

    def _find_plans(self, sudo=False):
        """Return the plans of the customer, the last one first."""
        plans = self.env["crm.relationship.plan"].sudo(sudo or self.env.su)
        # Plans of colleagues are in the way as well; those of other companies are nobody's here.
        if not self.partner_id or self.company_id not in self.env.user.company_ids:
            return plans.browse()
        return plans.search(
            [
                ("partner_id", "=", self.partner_id.commercial_partner_id.id),
                ("company_id", "=", self.company_id.id),
            ],
            order="date_end desc, id desc",
        )

    def _get_overlap_problem(self):
        """Return which active plan is in the way, or nothing."""
        if not self.date_start or not self.date_end:
            return False
        rival = self._find_plans(sudo=True).filtered(
            lambda plan: (
                plan.state == "active"
                and plan.date_start <= self.date_end
                and plan.date_end >= self.date_start
            )
        )[:1]
        if not rival:
            return False
        return self.env._(
            "“%(plan)s” is active for %(customer)s from %(start)s until %(end)s. Choose a period "
            "after it, or close it first.",
            plan=rival.name,
            customer=rival.partner_id.display_name,
            start=fields.Date.to_string(rival.date_start),
            end=fields.Date.to_string(rival.date_end),
        )

    # ---------------------------------------------------------------- preview

    def _get_taken(self):
        """Return the names of what is taken over."""
        if self.source == "plan" and self.source_plan_id:
            return [name for name in CHOICES if self[name]]
        if self.source == "template" and self.template_id:
            return [name for name in OF_TEMPLATES if self[name]]
        return []

    def _count_taken(self):
        """Return ``{name: how many}`` of what is taken over."""
        taken = self._get_taken()
        source = self.source_plan_id if self.source == "plan" else self.template_id
        counters = {
            "takes_chain": lambda: len(self._get_roles()),
            "takes_objectives": self._count_objectives,
            "takes_whitespace": lambda: len(source.whitespace_ids),
            "takes_scores": lambda: len(source.score_ids),
            "takes_goals": lambda: len(self._get_goals()),
            "takes_actions": lambda: len(self._get_actions()),
            "takes_team": lambda: len(self._get_members()),
            "takes_budget": lambda: int(bool(source.budget_amount)),
        }
        return {name: counters[name]() for name in taken}

    def _get_roles(self):
        return self.source_plan_id.role_ids._get_present()

    def _count_objectives(self):
        objectives = self.source_plan_id.objective_ids
        figures = objectives._read_figures()
        return sum(
            objective.kind != "project"
            or (figures[objective.id]["is_readable"] and not figures[objective.id]["is_settled"])
            for objective in objectives
        )

    def _get_goals(self):
        if self.source == "template":
            return self.template_id.goal_ids
        return self.source_plan_id.goal_ids.filtered(lambda goal: goal.state == "open")

    def _get_actions(self):
        """Return the actions that are taken over: those whose contacts come along too."""
        if self.source == "template":
            return self.template_id.action_ids._get_usable(self.lead_id)
        roles = self._get_roles() if self.takes_chain else self.source_plan_id.role_ids.browse()
        return self.source_plan_id.plan_action_ids.filtered(
            lambda action: (
                action.state == "planned"
                and (
                    action.role_id in roles or action.department_id or action.role_id.department_id
                )
            )
        )

    def _get_members(self):
        """Return the members that still work in the company, but for the owner."""
        # Companies of other users are not everybody's to read.
        return self.source_plan_id.member_ids.filtered(
            lambda member: (
                member.user_id.active
                and member.user_id != self.user_id
                and self.company_id in member.sudo().user_id.company_ids
            )
        )

    def _describe(self, counts):
        """Return as lines of text what the plan begins with."""
        words = {
            "takes_chain": self.env._("Contacts of the decision chain"),
            "takes_objectives": self.env._("Objectives"),
            "takes_whitespace": self.env._("Potentials of the whitespace grid"),
            "takes_scores": self.env._("Wanted scores"),
            "takes_goals": self.env._("Goals"),
            "takes_actions": self.env._("Actions"),
            "takes_team": self.env._("Members of the team"),
        }
        lines = [f"{word}: {counts[name]}" for name, word in words.items() if counts.get(name)]
        if counts.get("takes_budget"):
            source = self.source_plan_id if self.source == "plan" else self.template_id
            budget = format_amount(self.env, source.budget_amount, self.company_id.currency_id)
            lines.append(f"{self.env._('Budget')}: {budget}")
        if self.source == "template" and self.takes_actions:
            left = len(self.template_id.action_ids) - counts.get("takes_actions", 0)
            if left:
                lines.append(
                    self.env._(
                        "Relationship activities left out: %(count)s. Choose the project that they "
                        "serve.",
                        count=left,
                    )
                )
        return "\n".join(lines) or self.env._("Nothing: it is empty")

    # ---------------------------------------------------------------- actions

    def action_create(self):
        """Create the plan as a draft, and open it.

        :raises UserError: if an active plan is in the way, or the source is missing
        """
        self.ensure_one()
        self._check_ready()
        plan = self.env["crm.relationship.plan"].create(self._prepare_plan())
        if self.source == "plan":
            self._fill_from_plan(plan)
        elif self.source == "template":
            self._fill_from_template(plan)
        if plan.user_id != self.user_id:
            # Whoever begins a plan for a colleague fills it first, then hands it over.
            plan.user_id = self.user_id
        return {
            "type": "ir.actions.act_window",
            "res_model": plan._name,
            "res_id": plan.id,
            "view_mode": "form",
            "target": "current",
        }

    def _check_ready(self):
        problem = self._get_overlap_problem()
        if problem:
            raise UserError(problem)
        template = self.template_id
        if self.source == "template" and not template:
            raise UserError(self.env._("Choose the template to begin with."))
        if (
            self.source == "template"
            and (template.company_id or self.company_id) != self.company_id
        ):
            raise UserError(
                self.env._(
                    "“%(template)s” is a template of %(company)s. Choose one of this company.",
                    template=template.name,
                    company=template.company_id.name,
                )
            )
        if self.source != "plan":
            return
        plan = self.source_plan_id
        if not plan:
            raise UserError(self.env._("Choose the plan to begin with."))
        plan.check_access("read")
        if plan.partner_id != self.partner_id or plan.company_id != self.company_id:
            raise UserError(
                self.env._(
                    "“%(plan)s” is no plan of %(customer)s in %(company)s. Choose one of this "
                    "customer.",
                    plan=plan.name,
                    customer=self.partner_id.display_name,
                    company=self.company_id.name,
                )
            )

    def _prepare_plan(self):
        vals = {
            "partner_id": self.partner_id.id,
            "company_id": self.company_id.id,
            "user_id": self.env.uid,
            "date_start": self.date_start,
            "date_end": self.date_end,
        }
        if self.source == "plan":
            vals["sponsor_id"] = self._get_sponsor().id
            vals["competitor_ids"] = [fields.Command.set(self.source_plan_id.competitor_ids.ids)]
            vals["has_no_competitor"] = self.source_plan_id.has_no_competitor
        source = self.source_plan_id if self.source == "plan" else self.template_id
        if "takes_budget" in self._get_taken():
            vals["budget_amount"] = source.budget_amount
        return vals

    def _get_sponsor(self):
        """Return the sponsor of the other plan who still works in the company."""
        # Companies of other users are not everybody's to read.
        return self.source_plan_id.sponsor_id.filtered(
            lambda user: user.active and self.company_id in user.sudo().company_ids
        )

    def _fill_from_plan(self, plan):
        """Carry over what was chosen; the team first, for what is private goes along with it."""
        source, taken = self.source_plan_id, self._get_taken()
        if "takes_team" in taken:
            self.env["crm.relationship.plan.member"].create(
                [
                    {"plan_id": plan.id, "user_id": member.user_id.id, "role": member.role}
                    for member in self._get_members()
                ]
            )
        if "takes_chain" in taken:
            source._copy_chain_to(plan)
        if "takes_objectives" in taken:
            source._copy_objectives_to(plan)
        if "takes_whitespace" in taken:
            source._copy_whitespace_to(plan)
        if "takes_scores" in taken:
            source._copy_scores_to(plan)
        goals = source._copy_goals_to(plan) if "takes_goals" in taken else {}
        if "takes_actions" in taken:
            source._copy_open_actions_to(plan, goals)

    def _fill_from_template(self, plan):
        template, taken = self.template_id, self._get_taken()
        if "takes_scores" in taken:
            template._copy_scores_to(plan)
        goals = template._copy_goals_to(plan, self.user_id) if "takes_goals" in taken else {}
        if "takes_actions" in taken:
            template._copy_actions_to(plan, self.user_id, self.lead_id, goals)
