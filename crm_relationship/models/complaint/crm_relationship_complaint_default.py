from odoo import api, fields, models

from ..saving import SAVING
from .crm_relationship_complaint import SAVES
from .scales import COMPLEXITIES, IMPACTS, SEVERITIES

USUAL = {
    "severity": "moderate",
    "complexity": "normal",
    "impact": "one",
    "is_safety": False,
    "needs_immediate_action": False,
    "is_confidential": False,
}
"""What holds where neither anybody nor the category says anything."""


def filled(field_class, name, *args, **attributes):
    """Return a field that the category fills in until somebody enters another value.

    Each has a compute of its own: of fields that share one, none would be filled in as soon as
    one is entered.
    """

    @api.depends("category_id")
    def compute(complaints):
        complaints._fill_in(name)

    attributes.setdefault("tracking", True)
    return field_class(
        *args, compute=compute, store=True, readonly=False, precompute=True, **attributes
    )


class CrmRelationshipComplaint(models.Model):
    """How bad a complaint is, with what is usual for its category.

    How it works
        ``filled_in`` keeps what the category said when it was chosen. A field that still holds
        it, nobody has changed by hand: another category fills it in anew. One that differs
        stays.
    """

    _inherit = "crm.relationship.complaint"

    severity = filled(
        fields.Selection, "severity", SEVERITIES, group_expand=True, help="How bad it is."
    )
    complexity = filled(
        fields.Selection,
        "complexity",
        COMPLEXITIES,
        group_expand=True,
        help="How hard it is to find out and to settle.",
    )
    impact = filled(
        fields.Selection, "impact", IMPACTS, group_expand=True, help="How many people it concerns."
    )
    is_safety = filled(
        fields.Boolean, "is_safety", "Safety Matter", help="Somebody was or could be hurt."
    )
    needs_immediate_action = filled(
        fields.Boolean,
        "needs_immediate_action",
        "Immediate Action",
        help="Something has to be done at once, such as a recall, before anything is found out.",
    )
    is_confidential = filled(
        fields.Boolean,
        "is_confidential",
        "Confidential",
        help="Seen by the handler, the team's leader, followers, whoever entered it and "
        "executives alone.",
    )
    filled_in = fields.Json(
        "Filled In by the Category", copy=False, default=lambda self: dict(USUAL)
    )

    @api.depends("category_id", "company_id")
    def _compute_team_id(self):
        self._fill_in("team_id")

    def _get_usual(self):
        """Return ``{field: value}`` of what is usual for the category, else for all."""
        self.ensure_one()
        usual = {**USUAL, **self.category_id._get_defaults(self.company_id)}
        if "team_id" not in usual:
            teams = self.env["crm.relationship.complaint.team"]
            usual["team_id"] = teams._get_default(self.company_id).id
        return usual

    def _get_usual_by_kind(self):
        """Return ``{(category, company): usual values}`` of these complaints."""
        kinds = self.grouped(lambda complaint: (complaint.category_id, complaint.company_id))
        return {kind: complaints[0]._get_usual() for kind, complaints in kinds.items()}

    def _fill_in(self, name):
        """Give the field its usual value, unless somebody entered another one."""
        field = self._fields[name]
        usual = self._get_usual_by_kind()
        for complaint in self:
            present = field.convert_to_write(complaint[name], complaint)
            is_empty = field.type != "boolean" and not present
            if is_empty or present == (complaint.filled_in or {}).get(name):
                complaint[name] = usual[complaint.category_id, complaint.company_id][name]
            else:
                complaint[name] = present

    @api.onchange("category_id", "company_id")
    def _onchange_category_id(self):
        """Only remembers: what is filled in is worked out by then."""
        self._work_out_filled()
        self.filled_in = self._get_usual()

    def _work_out_filled(self):
        """Work out what depends on what was filled in before, while that is still known."""
        for name in (*USUAL, "team_id"):
            self.mapped(name)

    def _remember_filled_in(self):
        """Keep what is filled in now."""
        self._work_out_filled()
        usual = self._get_usual_by_kind()
        for kind, complaints in self.grouped(
            lambda complaint: (complaint.category_id, complaint.company_id)
        ).items():
            # Who made it confidential a moment ago need not see it any more.
            complaints.sudo()._save({"filled_in": usual[kind]})

    @api.model_create_multi
    def create(self, vals_list):
        complaints = super().create([self._strip_filled_in(vals) for vals in vals_list])
        complaints._remember_filled_in()
        return complaints

    def write(self, vals):
        if self.env.context.get(SAVES) is SAVING:
            return super().write(vals)
        result = super().write(self._strip_filled_in(vals))
        if "category_id" in vals:
            self._remember_filled_in()
        return result

    @api.model
    def _strip_filled_in(self, vals):
        """Return the values without what forms send back of the memory."""
        return {name: value for name, value in vals.items() if name != "filled_in"}

    @api.model
    def _get_locked_fields(self):
        return super()._get_locked_fields() | USUAL.keys() - {"is_confidential"}
