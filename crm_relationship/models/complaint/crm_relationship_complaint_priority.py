from odoo import api, fields, models

from .scales import PRIORITIES

POINTS = {
    "severity": {"minor": 0, "moderate": 2, "serious": 4, "critical": 6},
    "complexity": {"simple": 0, "normal": 1, "complex": 2},
    "impact": {"one": 0, "group": 2, "many": 4},
    "needs_immediate_action": {False: 0, True: 2},
}
"""Points of each answer: together they make the priority, see ``_get_priority_basis``."""

MOST = sum(max(points.values()) for points in POINTS.values())


class CrmRelationshipComplaint(models.Model):
    """Which complaint comes first, and why.

    How it works
        A safety matter is urgent. Otherwise the points are added, and the company's settings
        say from how many on a complaint is normal, high or urgent. The limits that held are
        kept with the result, so that the explanation tells what happened. New limits hold for
        open complaints at once; closed ones keep theirs.
    """

    _inherit = "crm.relationship.complaint"

    priority = fields.Selection(
        PRIORITIES,
        compute="_compute_priority",
        store=True,
        precompute=True,
        tracking=True,
        group_expand=True,
        help="Follows from severity, complexity, safety, impact and the need for immediate action.",
    )
    priority_basis = fields.Json(
        "What the Priority Rests On", compute="_compute_priority", store=True, precompute=True
    )
    priority_explanation = fields.Html(
        "Why This Priority?", compute="_compute_priority_explanation", sanitize=False
    )

    @api.depends(*POINTS, "is_safety")
    def _compute_priority(self):
        for complaint in self:
            basis = complaint._get_priority_basis()
            complaint.priority_basis = basis
            complaint.priority = complaint._get_priority(basis)

    def _get_priority_basis(self):
        """Return the points, the limits and whether safety decides."""
        self.ensure_one()
        # Whoever sees a complaint may know by which limits it is ranked.
        company = self.company_id.sudo()
        return {
            "points": sum(points.get(self[name], 0) for name, points in POINTS.items()),
            "1": company.relationship_complaint_normal_from,
            "2": company.relationship_complaint_high_from,
            "3": company.relationship_complaint_urgent_from,
            "safety": bool(self.is_safety and company.relationship_complaint_safety_urgent),
        }

    @api.model
    def _get_priority(self, basis):
        if basis["safety"]:
            return "3"
        return max((rank for rank in "123" if basis["points"] >= basis[rank]), default="0")

    @api.depends("priority_basis")
    @api.depends_context("lang")
    def _compute_priority_explanation(self):
        ranks = dict(self._fields["priority"]._description_selection(self.env))
        for complaint in self:
            basis = complaint.priority_basis
            complaint.priority_explanation = basis and self.env["ir.qweb"]._render(
                "crm_relationship.complaint_priority",
                {
                    "inputs": complaint._get_priority_inputs(),
                    "basis": basis,
                    "priority": ranks[complaint.priority],
                    "rule": self._describe_priority_rule(basis),
                    "safety_rule": complaint._describe_safety_rule(),
                    "verdict": complaint._describe_priority(basis, ranks),
                },
            )

    def _get_priority_inputs(self):
        """Return name, value and points of all that counts."""
        self.ensure_one()
        inputs = []
        for name, points in POINTS.items():
            field = self._fields[name]
            words = (
                {True: self.env._("Yes"), False: self.env._("No")}
                if field.type == "boolean"
                else dict(field._description_selection(self.env))
            )
            inputs.append(
                {
                    "name": field._description_string(self.env),
                    "value": words.get(self[name], ""),
                    "points": points.get(self[name], 0),
                }
            )
        return inputs

    @api.model
    def _describe_priority_rule(self, basis):
        return self.env._(
            "The points are added: from %(normal)s on a complaint is normal, from %(high)s on "
            "high and from %(urgent)s on urgent; below it is low.",
            normal=basis["1"],
            high=basis["2"],
            urgent=basis["3"],
        )

    def _describe_safety_rule(self):
        self.ensure_one()
        # Whoever sees a complaint may know by which rule it is ranked.
        if self.company_id.sudo().relationship_complaint_safety_urgent:
            return self.env._("A safety matter is urgent, whatever its points.")
        return self.env._("Safety matters are ranked by their points, as all others.")

    def _describe_priority(self, basis, ranks):
        """Return in one sentence why it is this priority."""
        self.ensure_one()
        if basis["safety"]:
            return self.env._("It is a safety matter, and those are urgent whatever the points.")
        points, rank = basis["points"], self.priority
        above = str(int(rank) + 1)
        if rank == "3":
            return self.env._(
                "%(points)s points reach the %(limit)s from which a complaint is urgent.",
                points=points,
                limit=basis["3"],
            )
        return self.env._(
            "%(points)s points make it “%(priority)s”; “%(next)s” begins at %(limit)s.",
            points=points,
            priority=ranks[rank],
            next=ranks[above],
            limit=basis[above],
        )

    @api.model
    def _get_locked_fields(self):
        return super()._get_locked_fields() | {"priority", "priority_basis"}

    @api.model
    def _get_managed_fields(self):
        return super()._get_managed_fields() | {"priority", "priority_basis"}

    def action_explain_priority(self):
        """Open the answer to "why this priority?" in a dialog."""
        self.ensure_one()
        self.check_access("read")
        view = self.env.ref("crm_relationship.crm_relationship_complaint_view_form_why")
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Why this priority?"),
            "res_model": self._name,
            "res_id": self.id,
            "view_mode": "form",
            "views": [(view.id, "form")],
            "target": "new",
        }
