from odoo import api, fields, models

from .crm_relationship_role import DECIDERS
from .worked_out import WorkedOutInteger, WorkedOutSelection

FEW = 2
"""From so many well-covered contacts on an account does not hang on one person."""

INFLUENTIAL = ("4", "5")
COVERED = ("multiple", "deep")
SEVERITIES = ("high", "medium", "low")

RED_FLAGS = [
    ("no_economic_buyer", "No economic buyer"),
    ("no_coach", "No coach"),
    ("no_sponsor", "No sponsor"),
    ("uncovered", "Uncovered roles"),
    ("unseen_decider", "Decision maker unseen"),
    ("single_threaded", "Single-threaded"),
    ("opponent", "Influential opponent without an action"),
    ("no_rising_star", "No rising star"),
    ("hidden_chain", "Hidden chain not looked at"),
    ("no_competitor", "No competitor assessed"),
    ("no_career_wish", "Nobody's career wishes known"),
    ("one_level", "All contacts on one level"),
]
"""Each has a method ``_flag_<code>`` that returns how severe it is, why it is up and which step
clears it, or nothing."""

ROLE_FIELDS = [
    "plan_id",
    "partner_id",
    "company_id",
    "level",
    "buying_role",
    "is_coach",
    "influence",
    "hidden_power",
    "support",
    "support_score",
    "competitor_id",
    "coverage",
    "is_rising_star",
]


class CrmRelationshipPlan(models.Model):
    """What is dangerous about an account: twelve red flags.

    How it works
        Each is worked out whenever it is looked at, for all plans at once: with a bounded number
        of queries. It says why it is up and which step clears it. The one about career wishes
        rests on private data, so only the team sees it. A closed plan raises none: nothing can
        be done about it any more.
    """

    _name = "crm.relationship.plan"
    _inherit = ["crm.relationship.plan", "crm.relationship.worked.out.mixin"]

    red_flags = fields.Json(
        "List of Red Flags",
        compute="_compute_red_flags",
        help="The red flags, the most severe first: code, severity, name, why, step.",
    )
    red_flag_count = WorkedOutInteger(
        "Red Flags", compute="_compute_red_flags", search="_search_red_flag_count"
    )
    red_flag_severity = WorkedOutSelection(
        [("high", "Severe"), ("medium", "Serious"), ("low", "Watch")],
        "Severity",
        compute="_compute_red_flags",
        search="_search_red_flag_severity",
        group_expand=True,
        help="How severe the worst red flag is.",
    )
    red_flag = WorkedOutSelection(
        RED_FLAGS,
        "Worst Red Flag",
        compute="_compute_red_flags",
        search="_search_red_flag",
        help="The most severe red flag. A search finds all plans with a flag, and groups show a "
        "plan under each of its flags.",
    )
    red_flag_explanation = fields.Html(
        compute="_compute_red_flag_explanation", sanitize=False, string="Why?"
    )

    @api.depends(
        "state",
        "sponsor_id",
        "competitor_ids",
        "has_no_competitor",
        "is_team",
        *(f"role_ids.{name}" for name in ROLE_FIELDS),
        "role_ids.activity_ids",
    )
    @api.depends_context("uid", "lang")
    def _compute_red_flags(self):
        known = self._get_flag_facts()
        for plan in self:
            flags = plan._raise_flags(known)
            plan.red_flags = flags
            plan.red_flag_count = len(flags)
            plan.red_flag_severity = flags[0]["severity"] if flags else False
            plan.red_flag = flags[0]["code"] if flags else False

    def _search_red_flag_count(self, operator, value):
        return self._search_worked_out("red_flag_count", operator, value)

    def _search_red_flag_severity(self, operator, value):
        return self._search_worked_out("red_flag_severity", operator, value)

    def _search_red_flag(self, operator, value):
        return self._search_worked_out("red_flag", operator, value)

    def _get_worked_out(self, name):
        plans = self.search([("state", "!=", "closed")])
        if name == "red_flag":
            return [(plan.id, flag["code"]) for plan in plans for flag in plan.red_flags or []]
        return [(plan.id, plan[name]) for plan in plans if plan[name]]

    def _order_field_to_sql(self, alias, field_name, direction, nulls, query):
        """Sort by how severe the worst flag is; a plan would come once for each of its flags."""
        if field_name == "red_flag":
            field_name = "red_flag_severity"
        return super()._order_field_to_sql(alias, field_name, direction, nulls, query)

    @api.depends("red_flags", "state")
    @api.depends_context("uid", "lang")
    def _compute_red_flag_explanation(self):
        words = dict(self._fields["red_flag_severity"]._description_selection(self.env))
        for plan in self:
            plan.red_flag_explanation = self.env["ir.qweb"]._render(
                "crm_relationship.red_flags",
                {"flags": plan.red_flags, "words": words, "closed": plan.state == "closed"},
            )

    def _get_flag_facts(self):
        """Return what the flags of these plans are worked out of, read for all at once."""
        roles = self.env["crm.relationship.role"].search_fetch(
            [("plan_id", "in", self.ids)], ROLE_FIELDS
        )
        # All names at once: whoever reads the role reads the name on it.
        roles.partner_id.sudo().fetch(["name"])
        return {
            "roles": roles.grouped("plan_id"),
            "planned": self._get_planned_roles(roles),
            "wishes": self._get_plans_with_wishes(),
            "names": dict(self._fields["red_flag"]._description_selection(self.env)),
        }

    @api.model
    def _get_planned_roles(self, roles):
        """Return the ids of the roles with an open activity: it exists, no more is told."""
        groups = (
            self.env["mail.activity"]
            .sudo()
            ._read_group(
                [("res_model", "=", "crm.relationship.role"), ("res_id", "in", roles.ids)],
                ["res_id"],
            )
        )
        return {res_id for (res_id,) in groups}

    def _get_plans_with_wishes(self):
        """Return the plans of which the user may see a career wish."""
        notes = self.env["crm.relationship.role.note"]
        groups = notes._read_group(
            [("plan_id", "in", self.ids), ("kind", "=", "career")], ["plan_id"]
        )
        return self.browse([plan.id for (plan,) in groups])

    def _raise_flags(self, known):
        """Return the plan's red flags, the most severe first."""
        self.ensure_one()
        if self.state == "closed":
            return []
        roles = known["roles"].get(self._origin, self.env["crm.relationship.role"])
        flags = []
        for code, name in known["names"].items():
            flag = getattr(self, f"_flag_{code}")(roles, known)
            if flag:
                severity, why, step = flag
                flags.append(
                    {"code": code, "severity": severity, "name": name, "why": why, "step": step}
                )
        return sorted(flags, key=lambda flag: SEVERITIES.index(flag["severity"]))

    def _list_names(self, roles):
        return ", ".join(roles.mapped("display_name"))

    def _flag_no_economic_buyer(self, roles, _known):
        if "economic_buyer" in roles.mapped("buying_role"):
            return None
        return (
            "high",
            self.env._("Nobody in the chain is marked as the one who releases the money."),
            self.env._(
                "Find out who can say yes when all others say no, and set that buying role."
            ),
        )

    def _flag_no_coach(self, roles, _known):
        if any(roles.mapped("is_coach")):
            return None
        return (
            "high",
            self.env._("Nobody inside tells us how decisions are made and wants us to win."),
            self.env._("Win over a contact who is listened to, and mark it as coach."),
        )

    def _flag_no_sponsor(self, _roles, _known):
        if self.sponsor_id:
            return None
        return (
            "high",
            self.env._("No executive of ours stands behind the customer."),
            self.env._("Agree with one of our executives, and enter the sponsor on the plan."),
        )

    def _flag_uncovered(self, roles, _known):
        uncovered = roles.filtered(lambda role: role.coverage == "none")
        if not uncovered:
            return None
        return (
            "medium",
            self.env._("Nobody of ours reaches: %(names)s.", names=self._list_names(uncovered)),
            self.env._("Name a person in charge, make contact and set the coverage."),
        )

    def _flag_unseen_decider(self, roles, _known):
        unseen = roles.filtered(
            lambda role: role.buying_role in DECIDERS and role.freshness in ("stale", "never")
        )
        if not unseen:
            return None
        return (
            "high",
            self.env._(
                "Without any contact for more than %(days)s days: %(names)s.",
                # Whoever reads the plan may know the limit.
                days=self.sudo().company_id.relationship_unseen_days,
                names=self._list_names(unseen),
            ),
            self.env._("Meet them, and log the meeting or the call as done."),
        )

    def _flag_single_threaded(self, roles, _known):
        reached = roles.filtered(lambda role: role.coverage in COVERED)
        if len(reached) >= FEW:
            return None
        return (
            "high",
            self.env._("Only %(name)s is in good contact with us.", name=reached.display_name)
            if reached
            else self.env._("Nobody of the customer is in good contact with us."),
            self.env._("Build a second line: multiple or deep coverage of another contact."),
        )

    def _flag_opponent(self, roles, known):
        opponents = roles.filtered(
            lambda role: (
                role.support_score < 0
                and role.influence in INFLUENTIAL
                and role.id not in known["planned"]
            )
        )
        if not opponents:
            return None
        return (
            "high",
            self.env._(
                "Against us, with much influence, and nothing is planned: %(names)s.",
                names=self._list_names(opponents),
            ),
            self.env._("Plan an activity on the contact's role: the advice there says which."),
        )

    def _flag_no_rising_star(self, roles, _known):
        if any(roles.mapped("is_rising_star")):
            return None
        return (
            "low",
            self.env._("Nobody is marked who will decide more in some years."),
            self.env._("Ask who is being promoted, and mark a rising star."),
        )

    def _flag_hidden_chain(self, roles, _known):
        if any(roles.mapped("hidden_power")):
            return None
        return (
            "medium",
            self.env._("Nobody's hidden power is judged, so we only know the formal chain."),
            self.env._("Ask the coach who is really listened to, and judge the hidden power."),
        )

    def _flag_no_competitor(self, roles, _known):
        if self.has_no_competitor or self.competitor_ids or roles.competitor_id:
            return None
        return (
            "medium",
            self.env._("Neither the plan nor any contact names a competitor."),
            self.env._("Enter the competitors on the plan, or mark that there is none."),
        )

    def _flag_no_career_wish(self, _roles, known):
        # Whoever reads the plan may know whether the company keeps private data.
        if not self.is_team or not self.sudo().company_id.relationship_private_data:
            return None
        if self._origin in known["wishes"]:
            return None
        return (
            "low",
            self.env._("We don't know what any of the contacts wants to become."),
            self.env._("Listen to it at the next meeting, and keep a career wish as private data."),
        )

    def _flag_one_level(self, roles, _known):
        levels = set(roles.mapped("level"))
        if not roles or len(levels) > 1:
            return None
        return (
            "medium",
            self.env._("All contacts stand on one level, so above or below we are blind."),
            self.env._("Add contacts of another level to the chain, and set everybody's level."),
        )
