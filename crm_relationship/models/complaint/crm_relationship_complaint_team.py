import ast

from odoo import api, fields, models
from odoo.exceptions import ValidationError
from odoo.fields import Domain

from ..key_account.crm_relationship_plan_lock_mixin import check_insiders

WORKERS = ("crm_relationship.group_complaint", "crm_relationship.group_executive")
"""Who may work on complaints."""


def is_worker(user):
    """Return whether the user may work on complaints."""
    return any(user.has_group(group) for group in WORKERS)


def check_workers(users, company, what):
    """Check that these are handlers of complaints who work in the company.

    :param what: whose job it is, for the message, such as "the leader"
    """
    check_insiders(users, company, what)
    for user in users:
        if not is_worker(user):
            raise ValidationError(
                users.env._(
                    "%(user)s can't be %(what)s without the right to handle complaints. An "
                    "administrator grants it on the user.",
                    user=user.name,
                    what=what,
                )
            )


class CrmRelationshipComplaintTeam(models.Model):
    """Who handles complaints in a company, by which calendar, and how they are shared out."""

    _name = "crm.relationship.complaint.team"
    _description = "Complaint Team"
    _inherit = ["mail.alias.mixin"]
    _order = "sequence, id"
    _check_company_auto = True

    name = fields.Char(required=True, translate=True)
    sequence = fields.Integer(default=10)
    active = fields.Boolean(default=True)
    company_id = fields.Many2one(
        "res.company",
        required=True,
        index=True,
        ondelete="cascade",
        default=lambda self: self.env.company,
    )
    user_id = fields.Many2one(
        "res.users",
        "Leader",
        index="btree_not_null",
        domain=lambda self: self._get_worker_domain(),
        help="Sees the confidential complaints of the team too.",
    )
    member_ids = fields.One2many(
        "crm.relationship.complaint.team.member", "team_id", "Members", copy=False
    )
    resource_calendar_id = fields.Many2one(
        "resource.calendar",
        "Working Hours",
        compute="_compute_resource_calendar_id",
        store=True,
        readonly=False,
        check_company=True,
        ondelete="restrict",
        help="Deadlines count in these hours.",
    )
    assignment = fields.Selection(
        [
            ("manual", "By hand"),
            ("load", "To whoever has the fewest open ones"),
            ("turn", "In turn"),
        ],
        required=True,
        default="load",
        help="Who gets a new complaint that nobody is in charge of.",
    )
    open_count = fields.Integer("Open Complaints", compute="_compute_open_count")
    unassigned_count = fields.Integer("Unassigned", compute="_compute_open_count")

    is_mine = fields.Boolean(
        "My Team",
        compute="_compute_is_mine",
        search="_search_is_mine",
        help="You lead it or belong to it.",
    )

    @api.depends("company_id")
    def _compute_resource_calendar_id(self):
        for team in self:
            calendar = team.resource_calendar_id
            if not calendar or calendar.company_id not in (
                team.company_id,
                calendar.company_id.browse(),
            ):
                calendar = team.company_id.resource_calendar_id
            team.resource_calendar_id = calendar

    @api.depends("user_id", "member_ids.user_id")
    @api.depends_context("uid")
    def _compute_is_mine(self):
        mine = self.search([("is_mine", "=", True)])
        for team in self:
            team.is_mine = team in mine

    def _search_is_mine(self, operator, value):
        if operator != "in":
            return NotImplemented
        # Everybody may know of which teams he is.
        members = self.env["crm.relationship.complaint.team.member"].sudo()
        teams = members.search([("user_id", "=", self.env.uid)]).team_id
        mine = Domain("user_id", "=", self.env.uid) | Domain("id", "in", teams.ids)
        return mine if True in value else ~mine

    @api.depends_context("uid", "allowed_company_ids")
    def _compute_open_count(self):
        groups = self.env["crm.relationship.complaint"]._read_group(
            [("team_id", "in", self.ids), ("stage_code", "!=", "closed")],
            ["team_id"],
            ["__count", "user_id:count"],
        )
        counts = {team: (quantity, assigned) for team, quantity, assigned in groups}
        for team in self:
            quantity, assigned = counts.get(team._origin, (0, 0))
            team.open_count = quantity
            team.unassigned_count = quantity - assigned

    @api.constrains("user_id", "company_id")
    def _check_leader(self):
        for team in self:
            check_workers(team.user_id, team.company_id, self.env._("the team's leader"))
            team.member_ids._check_user()

    @api.constrains("company_id")
    def _check_complaints(self):
        """Check that a team stays where its complaints are."""
        # Other companies' complaints count too.
        complaints = self.env["crm.relationship.complaint"].sudo()
        for team in self:
            if complaints.search_count(
                [("team_id", "=", team.id), ("company_id", "!=", team.company_id.id)], limit=1
            ):
                raise ValidationError(
                    self.env._(
                        "“%(team)s” has complaints in another company. Make a team in "
                        "%(company)s instead.",
                        team=team.name,
                        company=team.company_id.name,
                    )
                )

    @api.model
    def _get_worker_domain(self):
        """Return the domain of the users who may work on complaints of ``company_id``."""
        groups = [self.env.ref(group).id for group in WORKERS]
        return (
            "[('share', '=', False), ('company_ids', 'in', company_id), "
            f"('all_group_ids', 'in', {groups})]"
        )

    @api.model
    def _get_default(self, company):
        """Return the company's first team."""
        return self.search([("company_id", "=", company.id)], limit=1)

    def _alias_get_creation_values(self):
        values = super()._alias_get_creation_values()
        values["alias_model_id"] = self.env["ir.model"]._get_id("crm.relationship.complaint")
        if self.id:
            defaults = ast.literal_eval(self.alias_defaults or "{}")
            values["alias_defaults"] = {**defaults, "team_id": self.id, "channel": "mail"}
        return values

    def action_open_complaints(self):
        """Open the team's open complaints, by who is in charge of them."""
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "crm_relationship.crm_relationship_complaint_action"
        )
        action["domain"] = [("team_id", "=", self.id)]
        action["context"] = {
            "default_team_id": self.id,
            "search_default_open": 1,
            "search_default_group_handler": 1,
        }
        return action
