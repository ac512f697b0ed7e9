from odoo import api, fields, models

from .crm_relationship_complaint_team import check_workers, is_worker


class CrmRelationshipComplaintTeamMember(models.Model):
    """Who belongs to a team, how much it has to do, and when it last got a complaint."""

    _name = "crm.relationship.complaint.team.member"
    _description = "Member of a Complaint Team"
    _order = "team_id, sequence, id"
    _rec_name = "user_id"

    team_id = fields.Many2one(
        "crm.relationship.complaint.team", required=True, index=True, ondelete="cascade"
    )
    company_id = fields.Many2one(related="team_id.company_id")
    sequence = fields.Integer(default=10)
    user_id = fields.Many2one(
        "res.users",
        "Member",
        required=True,
        index=True,
        ondelete="cascade",
        domain=lambda self: self.env["crm.relationship.complaint.team"]._get_worker_domain(),
    )
    takes_new = fields.Boolean(
        "Gets New Ones", default=True, help="Off for who is away: gets no new complaints."
    )
    turn = fields.Integer(
        readonly=True,
        copy=False,
        help="Counts the team's assignments: the last one to this member.",
    )
    last_assigned = fields.Datetime("Last Got One", readonly=True, copy=False)
    open_count = fields.Integer("Open", compute="_compute_open_count")
    urgent_count = fields.Integer("Urgent", compute="_compute_open_count")
    waiting_count = fields.Integer("Waiting", compute="_compute_open_count")

    _user_uniq = models.UniqueIndex("(team_id, user_id)", "Somebody is a member once.")

    @api.depends("user_id")
    @api.depends_context("uid", "allowed_company_ids")
    def _compute_open_count(self):
        loads = self._get_loads()
        for member in self:
            load = loads.get((member.company_id.id, member.user_id.id), (0, 0, 0))
            member.open_count, member.urgent_count, member.waiting_count = load

    def _get_loads(self):
        """Return ``{(company, user): (open, urgent, waiting)}`` over all teams of the companies."""
        groups = self.env["crm.relationship.complaint"]._read_group(
            [
                ("user_id", "in", self.user_id.ids),
                ("company_id", "in", self.company_id.ids),
                ("stage_code", "!=", "closed"),
            ],
            ["company_id", "user_id", "priority", "is_waiting"],
            ["__count"],
        )
        loads = {}
        for company, user, priority, is_waiting, quantity in groups:
            load = loads.setdefault((company.id, user.id), [0, 0, 0])
            load[0] += quantity
            load[1] += quantity if priority == "3" else 0
            load[2] += quantity if is_waiting else 0
        return loads

    @api.constrains("user_id", "team_id")
    def _check_user(self):
        for member in self:
            check_workers(
                member.user_id, member.team_id.company_id, self.env._("a member of the team")
            )

    def _share_out(self, complaints):
        """Name a handler for each of these complaints of one team, in their order.

        By load whoever has the fewest open ones, over all teams; of several the one whose turn
        is the longest ago. In turn only the latter counts.
        """
        members = self.filtered(
            lambda member: member.takes_new and member.user_id.active and is_worker(member.user_id)
        )
        if not members:
            return
        by_load = members.team_id.assignment == "load"
        loads = members._get_loads() if by_load else {}
        open_of = {
            member: loads.get((member.company_id.id, member.user_id.id), (0,))[0]
            for member in members
        }
        turn_of = {member: member.turn for member in members}
        last = max(self.mapped("turn"))
        for complaint in complaints:
            chosen = min(members, key=lambda member: (open_of[member] * by_load, turn_of[member]))
            last += 1
            open_of[chosen] += 1
            turn_of[chosen] = last
            complaint.user_id = chosen.user_id
        for member in members.filtered(lambda member: turn_of[member] != member.turn):
            member.write({"turn": turn_of[member], "last_assigned": fields.Datetime.now()})

    def action_open_complaints(self):
        """Open what the member has to do."""
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "crm_relationship.crm_relationship_complaint_action"
        )
        action["domain"] = [
            ("user_id", "=", self.user_id.id),
            ("company_id", "=", self.company_id.id),
        ]
        action["context"] = {"search_default_open": 1}
        return action
